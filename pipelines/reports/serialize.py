"""Report ⇄ JSON (CONTRACT §3). Also reads the gold files' shape, whose rows carry `page` or `line` instead of cells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.documents.model import Locator
from pipelines.reports.model import (
    Claim,
    FilePart,
    FundLine,
    GlossaryEntry,
    Identity,
    Indicator,
    ManagementLine,
    MemberUnit,
    NarrativeFact,
    ReadingFinding,
    Report,
    Row,
    SelfEvaluation,
    Statement,
    Unrecognised,
    Value,
)

FUND_FIELDS = ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score")
MANAGEMENT_FIELDS = ("weight", "score")
INDICATOR_FIELDS = ("weight", "score", "deviation_pct")


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)


def _numbers(values: dict[str, Value]) -> dict[str, Any]:
    return {measure: _number(v.number) for measure, v in values.items()}


def _cells(values: dict[str, Value]) -> dict[str, Any]:
    out = {}
    for measure, value in values.items():
        cell: dict[str, Any] = {"printed": value.printed, "locator": value.locator.to_json() if value.locator else None}
        if value.confidence is not None:
            cell["confidence"] = round(value.confidence, 3)
        out[measure] = cell
    return out


def _locator(locator: Locator | None) -> dict[str, Any] | None:
    return locator.to_json() if locator else None


def _row(row: Row) -> dict[str, Any]:
    out: dict[str, Any] = {"code": row.code, "name": row.name}
    for name in ("side", "block", "line_no"):
        if (value := getattr(row, name)) is not None:
            out[name] = value
    out.update(row.keys)
    out["values"] = _numbers(row.values)
    out["cells"] = _cells(row.values)
    return out


def _evaluation(form: SelfEvaluation) -> dict[str, Any]:
    return {
        "form_no": form.form_no,
        "kind": form.kind,
        "project_name": form.project_name,
        "department": form.department,
        "implementing_unit": form.implementing_unit,
        "attributes": form.attributes,
        "funds": [
            {"line": f.line, **_numbers(f.values), "recovered_fields": f.recovered_fields, "cells": _cells(f.values)} for f in form.funds
        ],
        "management": [
            {"item": m.item, "explanation": m.explanation, **_numbers(m.values), "problem": m.problem, "cells": _cells(m.values)}
            for m in form.management
        ],
        "goals": form.goals,
        "indicators": [
            {
                "level1": i.level1,
                "level2": i.level2,
                "level3": i.level3,
                "target": i.target,
                "actual": i.actual,
                **_numbers(i.values),
                "reason": i.reason,
                "cells": _cells(i.values),
            }
            for i in form.indicators
        ],
        "empty_level2": form.empty_level2,
        **_numbers(form.totals),
        "cells": _cells(form.totals),
        "form_notes": form.notes,
        "locator": _locator(form.locator),
    }


def to_json(report: Report) -> dict[str, Any]:
    """The report JSON of CONTRACT §3."""
    i = report.identity
    return {
        "report": {
            "report_id": report.report_id,
            "region": i.region,
            "department": i.department,
            "fiscal_year": i.fiscal_year,
            "report_kind": i.report_kind,
            "scope": i.scope,
            "printed_scope_word": i.printed_scope_word,
            "printed_date": i.printed_date,
            "cover_text": i.cover_text,
            "unit_of_amount": report.unit_of_amount,
            "evidence": i.evidence,
        },
        "files": [{"sha256": f.sha256, "name": f.name, "part": f.part} for f in report.files],
        "member_units": [{"name": m.name, "note": m.note, "locator": _locator(m.locator)} for m in report.member_units],
        "tables": {
            s.key: {
                "role": s.role,
                "title": s.title,
                "printed_form_no": s.form_no,
                "unit_of_amount": s.unit_of_amount,
                "pages": s.pages,
                "note": s.note,
                "printed_scope": s.printed_scope,
                "rows": [_row(r) for r in s.rows],
            }
            for s in report.statements
        },
        "narrative_facts": [
            {
                "section": f.section,
                "metric": f.metric,
                "value": _number(f.value),
                "printed": f.printed,
                "unit": f.unit,
                "direction": f.direction,
                **{
                    name: value
                    for name in ("item_no", "item_class", "item_section", "item_name", "item_code")
                    if (value := getattr(f, name)) is not None
                },
                "sentence": f.sentence,
                "locator": _locator(f.locator),
            }
            for f in report.facts
        ],
        "narrative_statements": [
            {
                "section": c.section,
                "kind": c.kind,
                "metric": c.metric,
                "direction": c.direction,
                "item_name": c.item_name,
                "item_code": c.item_code,
                "text": c.text,
                "locator": _locator(c.locator),
            }
            for c in report.claims
        ],
        "self_evaluations": [_evaluation(e) for e in report.evaluations],
        "glossary": [{"term": g.term, "definition": g.definition, "locator": _locator(g.locator)} for g in report.glossary],
        "findings": [
            {"check_id": f.check_id, "severity": f.severity, "statement": f.statement, "message": f.message, "locator": _locator(f.locator)}
            for f in report.findings
        ],
        "unrecognised": [{"locator": _locator(u.locator), "text": u.text, "why": u.why} for u in report.unrecognised],
    }


def _place(data: dict[str, Any]) -> Locator | None:
    if data.get("locator"):
        return Locator.from_json(data["locator"])
    if data.get("page"):
        return Locator("pdf", page=data["page"])
    if data.get("line") or data.get("source_line"):
        return Locator("text", line=data.get("line") or data["source_line"])
    return None


def _values(numbers: dict[str, Any], cells: dict[str, Any] | None, place: Locator | None) -> dict[str, Value]:
    out = {}
    for measure, number in numbers.items():
        cell = (cells or {}).get(measure, {})
        printed = cell.get("printed", "" if number is None else f"{Decimal(str(number)):,.2f}")
        locator = Locator.from_json(cell["locator"]) if cell.get("locator") else place
        exact = None if number is None else Decimal(printed.replace(",", "")) if _is_plain(printed) else Decimal(str(number))
        out[measure] = Value(printed, exact, locator, cell.get("confidence"))
    return out


def _is_plain(printed: str) -> bool:
    try:
        Decimal(printed.replace(",", ""))
    except ArithmeticError:
        return False
    return True


_ROW_FIELDS = {"code", "name", "side", "block", "line_no", "values", "cells", "page", "line", "locator"}


def from_json(data: dict[str, Any]) -> Report:
    """A report from its JSON, or from a gold file."""
    head = data["report"]
    identity = Identity(
        region=head.get("region"),
        department=head.get("department"),
        fiscal_year=head.get("fiscal_year"),
        report_kind=head.get("report_kind"),
        scope=head.get("scope") or "department",
        printed_scope_word=head.get("printed_scope_word"),
        printed_date=head.get("printed_date"),
        cover_text=head.get("cover_text"),
        evidence=head.get("evidence") or {},
    )
    statements = [
        Statement(
            key=key,
            role=t["role"],
            title=t["title"],
            unit_of_amount=t.get("unit_of_amount") or head.get("unit_of_amount"),
            rows=[
                Row(
                    name=r["name"],
                    code=r.get("code"),
                    values=_values(r["values"], r.get("cells"), _place(r)),
                    side=r.get("side"),
                    block=r.get("block"),
                    line_no=r.get("line_no"),
                    keys={k: v for k, v in r.items() if k not in _ROW_FIELDS and v is not None},
                    locator=_place(r),
                )
                for r in t["rows"]
            ],
            pages=t.get("pages") or [],
            form_no=t.get("printed_form_no"),
            note=t.get("note"),
            printed_scope=t.get("printed_scope"),
        )
        for key, t in data["tables"].items()
    ]
    facts = [
        NarrativeFact(
            section=f["section"],
            metric=f["metric"],
            value=Decimal(str(f["value"])),
            printed=str(f.get("printed") or f["value"]),
            unit=f.get("unit") or "",
            sentence=f["sentence"],
            locator=_place(f),
            direction=f.get("direction"),
            item_no=f.get("item_no"),
            item_class=f.get("item_class"),
            item_section=f.get("item_section"),
            item_name=f.get("item_name"),
            item_code=f.get("item_code"),
        )
        for f in data.get("narrative_facts") or []
    ]
    evaluations = [
        SelfEvaluation(
            form_no=e["form_no"],
            project_name=e["project_name"],
            department=e.get("department"),
            implementing_unit=e.get("implementing_unit"),
            funds=[
                FundLine(f["line"], _values({k: f.get(k) for k in FUND_FIELDS}, f.get("cells"), _place(f)), f.get("recovered_fields") or [])
                for f in e.get("funds") or []
            ],
            management=[
                ManagementLine(
                    m["item"],
                    _values({k: m.get(k) for k in MANAGEMENT_FIELDS}, m.get("cells"), _place(m)),
                    m.get("explanation"),
                    m.get("problem"),
                )
                for m in e.get("management") or []
            ],
            goals=e.get("goals") or {},
            indicators=[
                Indicator(
                    n.get("level1"),
                    n.get("level2"),
                    n["level3"],
                    n.get("target"),
                    n.get("actual"),
                    _values({k: n.get(k) for k in INDICATOR_FIELDS}, n.get("cells"), _place(n)),
                    n.get("reason"),
                )
                for n in e.get("indicators") or []
            ],
            totals=_values({k: e.get(k) for k in ("total_weight", "total_score")}, e.get("cells"), _place(e)),
            empty_level2=e.get("empty_level2") or [],
            notes=e.get("form_notes") or [],
            kind=e.get("kind") or "self_evaluation",
            attributes=e.get("attributes") or {},
        )
        for e in data.get("self_evaluations") or []
    ]
    return Report(
        identity=identity,
        unit_of_amount=head.get("unit_of_amount"),
        files=[FilePart(f["sha256"], f["name"], f["part"]) for f in data.get("files") or []],
        member_units=[
            MemberUnit(m) if isinstance(m, str) else MemberUnit(m["name"], m.get("note"), _place(m)) for m in data.get("member_units") or []
        ],
        statements=statements,
        facts=facts,
        claims=[
            Claim(
                c.get("section") or "",
                c["kind"],
                c["text"],
                c.get("metric"),
                c.get("direction"),
                c.get("item_name"),
                c.get("item_code"),
                _place(c),
            )
            for c in data.get("narrative_statements") or []
        ],
        evaluations=evaluations,
        glossary=[GlossaryEntry(g["term"], g["definition"], _place(g)) for g in data.get("glossary") or []],
        findings=[
            ReadingFinding(f["check_id"], f["severity"], f["message"], f.get("statement"), _place(f)) for f in data.get("findings") or []
        ],
        unrecognised=[Unrecognised(u["text"], u["why"], _place(u)) for u in data.get("unrecognised") or []],
        report_id=head.get("report_id"),
    )
