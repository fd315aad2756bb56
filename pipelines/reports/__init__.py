"""Document to Report: outline, identity, statements, narrative, evaluations. No PDF, no SQL."""

from __future__ import annotations

import re

from pipelines.documents.model import Document, Grid, Locator, Paragraph, Refused
from pipelines.reports import evaluations, glossary, members, narrative, statements, wording
from pipelines.reports.forms.wording import fold
from pipelines.reports.identify import identify, is_placeholder
from pipelines.reports.model import FilePart, Identity, NarrativeFact, Outline, PartName, ReadingFinding, Report, Statement
from pipelines.reports.outline import outline
from pipelines.reports.splitting import government_level, split

__all__ = ["assemble", "understand"]


def understand(document: Document) -> list[Report]:
    """The reports (or parts of reports) a document holds, in printed order.

    Raises Refused: `template` for a blank form (placeholders, no number in any table), `not_a_report` for what is no department's
    final account or budget (government accounts, other papers).
    """
    reports: list[Report] = []
    refused: Refused | None = None
    for piece in split(document):
        try:
            reports.append(_understand(piece))
        except Refused as error:
            refused = error
    if not reports and refused is not None:
        raise refused
    return reports


def _understand(document: Document) -> Report:
    found = outline(document)
    identity = identify(document, found)
    read, findings, unrecognised = statements.read(found, identity)
    facts, claims, left = narrative.read(found, identity, read)
    _refuse(document, found, identity, read, facts)
    report = Report(
        identity=identity,
        statements=read,
        facts=facts,
        claims=claims,
        evaluations=evaluations.read(found),
        member_units=members.read(found),
        glossary=glossary.read(found),
        findings=[*findings, *wording.read(document, identity), *_notes(document), *_of_identity(identity)],
        unrecognised=[*unrecognised, *left],
        unit_of_amount=_unit(read),
    )
    report.files = [FilePart(document.sha256, document.name, _part(report))]
    return report


def _unit(read: list[Statement]) -> str | None:
    units = [s.unit_of_amount for s in read if s.unit_of_amount]
    return max(set(units), key=units.count) if units else None


def _part(report: Report) -> PartName:
    tables = any(r.values for s in report.statements for r in s.rows)
    if tables and report.facts:
        return "all"
    return "tables" if tables else "narrative"


def _notes(document: Document) -> list[ReadingFinding]:
    """What the reader of the document was not certain of."""
    return [ReadingFinding(f"reading.{n.code}", "warning", n.message, locator=n.locator) for n in document.notes]


def _of_identity(identity: Identity) -> list[ReadingFinding]:
    missing = [name for name in ("department", "fiscal_year", "report_kind", "scope") if getattr(identity, name) is None]
    return [
        ReadingFinding(
            "reading.identity", "warning", f"the file does not say the {name.replace('_', ' ')} of the report", locator=Locator("pdf")
        )
        for name in missing
    ]


def _refuse(document: Document, found: Outline, identity: Identity, read: list[Statement], facts: list[NarrativeFact]) -> None:
    texts = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    numbers = sum(1 for s in read for r in s.rows for v in r.values.values() if v.number is not None)
    holes = sum(1 for t in texts if is_placeholder(t))
    named = bool(identity.department) and not is_placeholder(identity.department or "")
    if (holes >= 5 and numbers == 0) or (not named and holes >= 3 and numbers == 0):
        raise Refused("template", f"{document.name}: a blank form, {holes} places still hold XX: give the filled report")
    narrated = any(re.search(r"\d[\d,.]*\s*(?:万元|元)", t) for t in texts)
    if len(read) >= 3 and numbers == 0 and not narrated:
        raise Refused("template", f"{document.name}: {len(read)} tables without a single amount: give the filled report")
    keyed = {s.key for s in found.sections if s.role == "narrative" and s.key}
    if why := government_level(document, read, keyed):
        raise Refused("not_a_report", f"{document.name}: {why}: this is an account of a government, not of a department")
    if not read and len(keyed) < 2 and not _is_disclosure(texts, identity, facts):
        grids = sum(isinstance(b, Grid) for b in document.blocks)
        raise Refused("not_a_report", f"{document.name}: no statement and no 情况说明 found ({grids} tables): not a department's report")


_OVER_A_GOVERNMENT = re.compile(
    r"(?:^|[,。;])经[^,。]{0,16}汇总|各乡|全[省市州县区]三公"
    r"|(?:^|[,。;])(?:(?:19|20)\d\d年度?,?)?[^,。;]{0,4}[省市州县区]本?级(?:各?部门|汇总|(?:安排)?的?一般公共预算|三公)(?:[^,。]{0,24}三公|经费)"
)
"""A sum over the departments of a government, as its finance bureau publishes it."""


def _is_disclosure(texts: list[str], identity: Identity, facts: list[NarrativeFact]) -> bool:
    """A short disclosure of one body (a page on its 三公经费): it says whose, of which year and kind, and states amounts of the accounts.

    A place alone (某县2020年“三公”经费) is a sum over the departments of a government and no report of one.
    """
    if not identity.department or identity.department == identity.region or identity.fiscal_year is None or identity.report_kind is None:
        return False
    if any(_OVER_A_GOVERNMENT.search(fold(t)) for t in texts):
        return False
    stated = [f for f in facts if not f.metric.startswith(("reason.", "performance.", "project.", "headcount."))]
    return len(stated) >= 3 and any(f.unit.endswith("元") for f in stated)


from pipelines.reports.assemble import assemble  # noqa: E402
