"""Statements of the real reports: gold scores, every printed amount staged under a role and measure, all rows of the panel found."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from builders import SHARED, needs_reports

from pipelines.documents import read_path
from pipelines.documents.model import Document, Grid, Locator, Refused
from pipelines.reports import assemble, understand
from pipelines.reports.amounts import parse_number
from pipelines.reports.model import Report
from pipelines.reports.outline import outline
from pipelines.reports.serialize import to_json

REPORTS = SHARED / "reports"
FILES = sorted(p for p in REPORTS.glob("*/*") if p.parent.name != "templates") if REPORTS.is_dir() else []
GOLD = sorted((SHARED / "gold").glob("*.json")) if REPORTS.is_dir() else []

pytestmark = needs_reports


@cache
def parts(path: Path) -> tuple[Document, list[Report]]:
    (document,) = read_path(path)
    return document, understand(document)


@pytest.mark.parametrize("gold", GOLD, ids=lambda p: p.stem)
def test_every_cell_of_the_gold(gold: Path, tmp_path: Path) -> None:
    truth = json.loads(gold.read_text(encoding="utf-8"))
    _, (report,) = parts(REPORTS / truth["source_file"])
    out = tmp_path / "report.json"
    out.write_text(json.dumps(to_json(report), ensure_ascii=False), encoding="utf-8")
    script = SHARED / "gold" / "score.py"
    done = subprocess.run([sys.executable, str(script), str(gold), str(out), "--verbose"], capture_output=True, text=True, check=True)
    assert "cell_recall=100.00 cell_precision=100.00" in done.stdout, done.stdout
    head = truth["report"]
    identity = report.identity
    assert (identity.region, identity.department, identity.fiscal_year, identity.report_kind, identity.cover_text) == (
        head["region"],
        head["department"],
        head["fiscal_year"],
        head["report_kind"],
        head["cover_text"],
    )
    assert identity.scope == head.get("scope", "department")
    for key, table in truth["tables"].items():
        mine = next(s for s in report.statements if s.key == key)
        assert (mine.role, mine.unit_of_amount or head["unit_of_amount"]) == (
            table["role"],
            table.get("unit_of_amount", head["unit_of_amount"]),
        )
        assert [(r.side, r.block, r.code, re.sub(r"\s", "", r.name)) for r in mine.rows] == [
            (r.get("side"), r.get("block"), r.get("code"), re.sub(r"\s", "", r["name"])) for r in table["rows"]
        ]
        assert (mine.pages or None) == table.get("pages") or not table.get("pages")


def _place(locator: Locator) -> tuple[object, ...]:
    box = tuple(round(x, 1) for x in locator.box) if locator.box else None
    return locator.page, locator.line, locator.row, locator.column, box


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem[-14:])
def test_every_printed_amount_of_every_statement_is_staged(path: Path) -> None:
    document, (report,) = parts(path)
    staged = {_place(v.locator) for s in report.statements for r in s.rows for v in r.values.values() if v.locator}
    left = []
    for section in outline(document).sections:
        if section.role in ("evaluations", "members", "contents", "glossary", "project"):
            continue
        for block in section.blocks:
            for cell in block.cells if isinstance(block, Grid) else []:
                printed = cell.text.strip()
                if parse_number(printed) is not None and not re.fullmatch(r"\d{1,7}", printed) and _place(cell.locator) not in staged:
                    left.append((cell.locator.page, printed))
    assert left == []
    assert [f.message for f in report.findings if f.severity == "error"] == []
    assert [m for s in report.statements for r in s.rows for m in r.values if m.startswith("column_")] == []
    assert [u.text for u in report.unrecognised if "column of the head" in u.why] == []


def test_the_panel() -> None:
    missing = []
    with (SHARED / "gold" / "panel.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not row["value"]:
            continue
        path = next(REPORTS.glob(f"*/{row['file']}"))
        _, (report,) = parts(path)
        value = Decimal(row["value"])
        if row["source"] == "table":
            found = any(v.number == value for s in report.statements for r in s.rows for v in r.values.values())
        else:
            found = any(f.value == value for f in report.facts)
        if not found:
            missing.append((row["report"], row["year"], row["metric"], row["printed"]))
    assert len(rows) == 114
    assert missing == []


def test_files_of_one_report_are_assembled_and_scopes_are_kept_apart() -> None:
    import copy

    reports = assemble([copy.deepcopy(r) for p in FILES for r in parts(p)[1]])
    keys = [(r.identity.department, r.identity.fiscal_year, r.identity.report_kind, r.identity.scope) for r in reports]
    assert len(keys) == len(set(keys)) == len(FILES) - 4  # four reports come as narrative and tables
    both = [r for r in reports if len(r.files) == 2]
    assert sorted(tuple(sorted(f.part for f in r.files)) for r in both) == [("narrative", "tables")] * 4
    committee = [r.identity.scope for r in reports if r.identity.department == "上海市普陀区商务委员会"]
    assert sorted(map(str, committee)) == ["department", "unit"]
    assert all(r.identity.fiscal_year and r.identity.department and r.identity.region for r in reports)


@pytest.mark.parametrize("path", sorted((REPORTS / "templates").glob("*")), ids=lambda p: p.suffix)
def test_blank_forms_are_refused(path: Path) -> None:
    with pytest.raises(Refused) as refused:
        for document in read_path(path):
            understand(document)
    assert refused.value.reason == "template"
