"""Parts of one report in several files become one report: same body, year, kind and scope, or totals that agree (CONTRACT §4)."""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.reports.amounts import to_yuan
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Identity, ReadingFinding, Report
from pipelines.reports.names import normal_name, same_body

_TOTALS = re.compile(r"^(?:本年|当年)?(?:收入|支出)?(?:合|总|小)计$|^三公经费$|合计$|总计$")
NEEDED = 3
"""A part that names no body joins by at least this many equal distinct totals, with exactly one report."""


def assemble(parts: list[Report]) -> list[Report]:
    """The reports that the parts make up, in order of first appearance. A part that belongs to none stays alone with a finding."""
    reports: list[Report] = []
    nameless: list[Report] = []
    for part in parts:
        if part.identity.department is None or part.identity.fiscal_year is None:
            nameless.append(part)
            continue
        same = [r for r in reports if same_report(r.identity, part.identity)]
        home = next((r for r in same if _fits(r, part)), None)
        twin = next((r for r in same if _twin(r, part)), None)
        if home is not None:
            merge(home, part)
        elif twin is not None:
            twin.files += part.files  # the same content in another format adds a file
        else:
            reports.append(part)
    for part in nameless:
        homes = [r for r in reports if _may_join(r.identity, part.identity) and _fits(r, part) and len(totals(r) & totals(part)) >= NEEDED]
        if len(homes) == 1:
            merge(homes[0], part)
        else:
            part.findings.append(
                ReadingFinding(
                    "reading.unassigned",
                    "warning",
                    f"{_file(part)}: names no body or year, its totals agree with {len(homes)} reports; it stays alone",
                )
            )
            reports.append(part)
    return reports


def _file(part: Report) -> str:
    return part.files[0].name if part.files else "a file"


def same_report(a: Identity, b: Identity) -> bool:
    """Same body, year, kind and scope. Names may differ by their region in front (省人大办公厅, 江苏省人大办公厅)."""
    if a.fiscal_year != b.fiscal_year or (a.report_kind and b.report_kind and a.report_kind != b.report_kind):
        return False
    if _scope(a) and _scope(b) and _scope(a) != _scope(b):
        return False
    return same_body(a.department or "", b.department or "")


def _scope(identity: Identity) -> str | None:
    """The scope where it is more than the word over a table (every form prints 部门：)."""
    return None if identity.evidence.get("scope", "").startswith("weak") else identity.scope


def _may_join(a: Identity, b: Identity) -> bool:
    return all(
        x is None or y is None or x == y
        for x, y in ((a.fiscal_year, b.fiscal_year), (a.report_kind, b.report_kind), (_scope(a), _scope(b)))
    ) and (a.department is None or b.department is None or same_report(a, b))


def _fits(report: Report, part: Report) -> bool:
    """Two parts that both print the same statements are two reports (or revisions), not one."""
    mine = {s.key for s in report.statements if s.rows}
    theirs = {s.key for s in part.statements if s.rows}
    return not (mine & theirs) and not (report.facts and part.facts)


def _twin(report: Report, part: Report) -> bool:
    """The same content in other bytes or another format: every statement with the same rows and numbers."""
    mine, theirs = _numbers(report), _numbers(part)
    return bool(theirs) and all(mine.get(key) == rows for key, rows in theirs.items())


def _numbers(report: Report) -> dict[str, list[tuple[str | None, str, tuple[Decimal | None, ...]]]]:
    return {
        s.key: [(r.code, fold(r.name), tuple(v.number for v in r.values.values() if v.number is not None)) for r in s.rows]
        for s in report.statements
        if s.rows
    }


def totals(report: Report) -> set[Decimal]:
    """The distinct totals a part states, in 元 to the cent of 万元: of its tables' total rows, of its narrative's totals."""
    out: set[Decimal] = set()
    for statement in report.statements:
        for row in statement.rows:
            if row.code is None and _TOTALS.search(fold(row.name)):
                for value in row.values.values():
                    yuan = to_yuan(value.number, statement.unit_of_amount)
                    if yuan:
                        out.add(round(yuan, -2))
    for fact in report.facts:
        yuan = to_yuan(fact.value, fact.unit)
        if yuan and not re.search(r"yoy|change|reason|function_item", fact.metric):
            out.add(round(yuan, -2))
    return {t for t in out if t}


def merge(home: Report, part: Report) -> None:
    """Adds a part to a report: what the report lacks comes from the part; nothing of the report is overwritten."""
    home.files += part.files
    home.statements += part.statements
    home.facts += part.facts
    home.claims += part.claims
    home.evaluations += part.evaluations
    home.member_units = home.member_units or part.member_units
    home.glossary = home.glossary or part.glossary
    home.findings += part.findings
    home.unrecognised += part.unrecognised
    home.unit_of_amount = home.unit_of_amount or part.unit_of_amount
    mine, theirs = home.identity, part.identity
    if _scope(mine) is None and _scope(theirs) is not None:
        mine.scope, mine.printed_scope_word = theirs.scope, theirs.printed_scope_word
        mine.evidence["scope"] = theirs.evidence.get("scope", "")
    for name in ("region", "department", "fiscal_year", "report_kind", "scope", "printed_scope_word", "printed_date", "cover_text"):
        if getattr(mine, name) is None:
            setattr(mine, name, getattr(theirs, name))
    if theirs.department and mine.department and len(normal_name(theirs.department)) > len(normal_name(mine.department)):
        mine.department = theirs.department
    mine.evidence = {**theirs.evidence, **mine.evidence}
