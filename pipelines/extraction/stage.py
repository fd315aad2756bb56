"""Staged parts (暂存): a `Report` part as one row of `schema.PART`, and the Parquet file a source file is staged in.

`warehouse/stage/<ab>/<sha256>.<reader version>.parquet`: one row a report part. Written whole or not at all.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from pipelines.documents.model import Locator
from pipelines.reports.amounts import UNIT_FACTOR, resolution
from pipelines.reports.model import Report, SelfEvaluation, Value

if TYPE_CHECKING:
    import polars as pl

_CENT = Decimal("0.01")
_MICRO = Decimal("0.000001")
_LIMIT = Decimal(10) ** 17  # beyond what DECIMAL(20,2) holds; no government prints such an amount: text, not a number
_NOWHERE = {"page": None, "x0": None, "top": None, "x1": None, "bottom": None, "locator": None}
_FORM_UNIT = {"weight": "分", "score": "分", "total_weight": "分", "total_score": "分", "execution_rate": "%", "deviation_pct": "%"}
_NOT_MONEY = ("_pct", "_rate", "_count", "count", "quantity", "people", "groups", "batches")


def place(locator: Locator | None) -> dict[str, Any]:
    """The columns of `schema.PLACE`; coordinates in points from the top left of the page."""
    if locator is None:
        return _NOWHERE
    x0, top, x1, bottom = locator.box or (None, None, None, None)
    text = orjson.dumps(locator.to_json()).decode()
    return {"page": locator.page, "x0": x0, "top": top, "x1": x1, "bottom": bottom, "locator": text}


def _number(value: Decimal | None, step: Decimal) -> Decimal | None:
    """`value` in the scale of its column; None when it does not fit (the printed text stays in every case)."""
    if value is None or not value.is_finite() or abs(value) >= _LIMIT:
        return None
    return value.quantize(step, ROUND_HALF_EVEN)


def _measure_unit(measure: str, unit: str | None) -> str | None:
    """The unit of a statement's column: percentages and counts are not in the unit of amounts."""
    if measure.endswith("_pct") or measure.endswith("_rate"):
        return "%"
    return None if measure.endswith(_NOT_MONEY) else unit


def _cell(head: dict[str, Any], measure: str, value: Value, unit: str | None, fallback: Locator | None) -> dict[str, Any]:
    factor = UNIT_FACTOR.get(unit or "")
    number = value.number
    return {
        **head,
        "measure": measure,
        "printed": value.printed,
        "value": _number(number, _MICRO),
        "unit": unit,
        "amount_yuan": None if factor is None or number is None else _number(number * factor, _CENT),
        "resolution_yuan": None if factor is None or number is None else _number(resolution(value.printed, unit), _MICRO),
        "confidence": value.confidence,
        **place(value.locator or fallback),
    }


def _head(statement: str, instance: int, row_no: int, **more: Any) -> dict[str, Any]:
    head = {"statement": statement, "instance": instance, "row_no": row_no, "side": None, "block": None, "line_no": None}
    return {**head, "code": None, "name": None, "keys": None, **more}


def _json(value: dict[str, Any]) -> str | None:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else None


def _statements(report: Report, statements: list[dict[str, Any]], cells: list[dict[str, Any]]) -> None:
    instances: Counter[str] = Counter()
    for s in report.statements:
        instances[s.key] += 1
        instance = instances[s.key]
        unit = s.unit_of_amount or report.unit_of_amount
        statements.append(
            {
                "statement": s.key,
                "instance": instance,
                "role": s.role,
                "title": s.title,
                "unit": unit,
                "form_no": s.form_no,
                "note": s.note,
                "printed_scope": s.printed_scope,
                "n_rows": len(s.rows),
                "pages": s.pages,
            }
        )
        units: dict[str, str | None] = {}
        for row_no, row in enumerate(s.rows, 1):
            head = _head(
                s.key,
                instance,
                row_no,
                side=row.side,
                block=row.block,
                line_no=row.line_no,
                code=row.code,
                name=row.name,
                keys=_json(row.keys),
            )
            # a row that prints a name and no column at all is still a printed row: it keeps its place with an empty measure
            for measure, value in (row.values or {"": Value("", None, row.locator)}).items():
                if measure not in units:
                    units[measure] = _measure_unit(measure, unit)
                counted = row.keys.get("unit") == "count"  # a row that counts things (车辆数（辆）) is no money
                cells.append(_cell(head, measure, value, None if counted else units[measure], row.locator))


def _narrative(report: Report, facts: list[dict[str, Any]], cells: list[dict[str, Any]]) -> None:
    for row_no, f in enumerate(report.facts, 1):
        head = _head("narrative", 1, row_no, code=f.item_code, name=f.item_name)
        cells.append(_cell(head, f.metric, Value(f.printed, f.value, f.locator, f.confidence), f.unit or None, None))
        facts.append(
            {
                "row_no": row_no,
                "section": f.section,
                "direction": f.direction,
                "item_no": f.item_no,
                "item_class": f.item_class,
                "item_section": f.item_section,
                "item_name": f.item_name,
                "item_code": f.item_code,
                "sentence": f.sentence,
            }
        )


def _form_lines(form: SelfEvaluation) -> Iterable[tuple[str, str | None, dict[str, Value], dict[str, Any]]]:
    """(block, name of the line, values, its texts) of a form, in printed order."""
    for fund in form.funds:
        yield "fund", fund.line, fund.values, {"line": fund.line}
    for m in form.management:
        yield "management", m.item, m.values, {"line": m.item, "explanation": m.explanation, "problem": m.problem}
    for i in form.indicators:
        texts = {"level1": i.level1, "level2": i.level2, "level3": i.level3, "target": i.target, "actual": i.actual, "problem": i.reason}
        yield "indicator", i.level3, i.values, texts
    if form.totals:
        yield "total", None, form.totals, {}


_LINE_TEXTS = ("line", "level1", "level2", "level3", "target", "actual", "explanation", "problem")


def _evaluations(report: Report, row: dict[str, Any]) -> None:
    for form in report.evaluations:
        unit = form.attributes.get("unit_of_amount") or report.unit_of_amount
        row["evaluations"].append(
            {
                "form_no": form.form_no,
                "kind": form.kind,
                "project_name": form.project_name,
                "department": form.department,
                "implementing_unit": form.implementing_unit,
                "attributes": _json(form.attributes),
                "goal_expected": form.goals.get("expected"),
                "goal_actual": form.goals.get("actual"),
                "notes": form.notes,
                **place(form.locator),
            }
        )
        for row_no, (block, name, values, texts) in enumerate(_form_lines(form), 1):
            head = _head(form.kind, form.form_no, row_no, block=block, name=name)
            for measure, value in values.items():
                cell_unit = _FORM_UNIT.get(measure) or _measure_unit(measure, unit)
                row["cells"].append(_cell(head, measure, value, cell_unit, form.locator))
            line = dict.fromkeys(_LINE_TEXTS) | texts
            row["evaluation_lines"].append({"form_no": form.form_no, "kind": form.kind, "row_no": row_no, "block": block, **line})


def part_rows(
    report: Report,
    *,
    sha256: str,
    part_no: int = 1,
    file_name: str = "",
    document_kind: str | None = None,
    n_pages: int | None = None,
    reader: str = "",
) -> dict[str, Any]:
    """One row of `schema.PART` for the part of a report that the file `sha256` holds."""
    i = report.identity
    row: dict[str, Any] = {
        "file_sha256": sha256,
        "file_name": file_name,
        "part_no": part_no,
        "part": report.files[0].part if report.files else "all",
        "reader": reader,
        "document_kind": document_kind,
        "n_pages": n_pages,
        "region": i.region,
        "department": i.department,
        "fiscal_year": i.fiscal_year,
        "report_kind": i.report_kind,
        "scope": i.scope,
        "printed_scope_word": i.printed_scope_word,
        "printed_date": i.printed_date,
        "cover_text": i.cover_text,
        "unit_of_amount": report.unit_of_amount,
        "evidence": _json(dict(i.evidence)),
    }
    for name in ("statements", "cells", "facts", "claims", "evaluations", "evaluation_lines", "members", "glossary", "findings"):
        row[name] = []
    _statements(report, row["statements"], row["cells"])
    _narrative(report, row["facts"], row["cells"])
    _evaluations(report, row)
    row["claims"] = [
        {
            "ordinal": n,
            "section": c.section,
            "kind": c.kind,
            "metric": c.metric,
            "direction": c.direction,
            "item_name": c.item_name,
            "item_code": c.item_code,
            "text": c.text,
            **place(c.locator),
        }
        for n, c in enumerate(report.claims, 1)
    ]
    row["members"] = [{"ordinal": n, "name": m.name, "note": m.note, **place(m.locator)} for n, m in enumerate(report.member_units, 1)]
    row["glossary"] = [
        {"ordinal": n, "term": g.term, "definition": g.definition, **place(g.locator)} for n, g in enumerate(report.glossary, 1)
    ]
    row["findings"] = [
        {"ordinal": n, "check_id": f.check_id, "severity": f.severity, "statement": f.statement, "message": f.message, **place(f.locator)}
        for n, f in enumerate(report.findings, 1)
    ]
    row["unrecognised"] = [{"ordinal": n, "text": u.text, "why": u.why, **place(u.locator)} for n, u in enumerate(report.unrecognised, 1)]
    return row


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of `part_rows` as a frame of `schema.PART`."""
    import polars as pl

    from pipelines.extraction.schema import PART

    return pl.DataFrame(rows, schema=PART, orient="row")


def stage_path(stage: Path, sha256: str, version: str) -> Path:
    """Where the parts of a file are staged (`stage` is `Home.stage`)."""
    return stage / sha256[:2] / f"{sha256}.{version}.parquet"


def write_stage(stage: Path, sha256: str, version: str, rows: list[dict[str, Any]]) -> Path:
    """Write the staged Parquet (zstd) of one file, atomically; returns its path."""
    path = stage_path(stage, sha256, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        frame(rows).write_parquet(beside, compression="zstd", compression_level=3, statistics=False)
        with beside.open("rb") as handle:
            os.fsync(handle.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
