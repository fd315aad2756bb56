"""Small warehouses for tests: from Report objects, from the gold files, from the real reports; built in memory without an archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.entities.seeds import Seeds
from pipelines.extraction.stage import frame, part_rows
from pipelines.reports.amounts import parse_number
from pipelines.reports.model import FilePart, Identity, MemberUnit, NarrativeFact, Report, Row, Statement, Value
from pipelines.reports.serialize import from_json
from pipelines.warehouse import assemble, frames, models

SHARED = Path(__file__).parents[1].parent / "shared"
GOLD = SHARED / "gold"
REPORTS = SHARED / "reports"
needs_gold = pytest.mark.skipif(not GOLD.exists(), reason="the gold files are not here")
needs_reports = pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")


@dataclass
class File:
    """A file for the tests: its content is what its report says."""

    report: Report
    name: str = "a.pdf"
    first_seen: datetime = datetime(2025, 1, 1, 2)
    published_on: date | None = None
    kind: str = "pdf"
    salt: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.name}|{self.salt}".encode()).hexdigest()


def value(number: str | None) -> Value:
    return Value(number or "", parse_number(number or ""))


def row(name: str, code: str | None = None, side: str | None = None, block: str | None = None, **numbers: str | None) -> Row:
    return Row(name, code, {m: value(n) for m, n in numbers.items()}, side=side, block=block)


def statement(key: str, rows: list[Row], role: str = "income", unit: str = "万元", **more: Any) -> Statement:
    return Statement(key, role, more.pop("title", key), unit, rows, **more)


def fact(metric: str, number: str, unit: str = "万元", direction: str | None = None, **more: Any) -> NarrativeFact:
    return NarrativeFact("总体情况", metric, Decimal(number), number, unit, f"{metric} {number}", direction=direction, **more)


def report(
    department: str | None = "某市财政局",
    year: int | None = 2023,
    kind: str | None = "final",
    scope: str | None = "department",
    region: str | None = "河南省济源市",
    part: str = "all",
    statements: Sequence[Statement] = (),
    facts: Sequence[NarrativeFact] = (),
    members: Sequence[str] = (),
) -> Report:
    return Report(
        Identity(region, department, year, kind, scope),  # type: ignore[arg-type]
        unit_of_amount="万元",
        files=[FilePart("", "", part)],  # type: ignore[arg-type]
        statements=list(statements),
        facts=list(facts),
        member_units=[MemberUnit(m) for m in members],
    )


def expenditure(total: str = "100.00", item: str = "60.00") -> list[Statement]:
    """A small t03: one class, one section, two items."""
    other = str(Decimal(total) - Decimal(item))
    rows = [
        row("合计", total=total, basic=item, project=other),
        row("社会保障和就业支出", "208", total=total, basic=item, project=other),
        row("行政事业单位养老支出", "20805", total=total, basic=item, project=other),
        row("行政单位离退休", "2080501", total=item, basic=item, project=None),
        row("其他行政事业单位养老支出", "2080599", total=other, basic=None, project=other),
    ]
    summary = [
        row("一、一般公共预算财政拨款收入", side="income", final=total),
        row("本年收入合计", side="income", final=total),
        row("年初结转和结余", side="income", final="7.00"),
        row("总计", side="income", final=str(Decimal(total) + 7)),
        row("八、社会保障和就业支出", side="expenditure", final=total),
        row("本年支出合计", side="expenditure", final=total),
        row("年末结转和结余", side="expenditure", final="7.00"),
        row("总计", side="expenditure", final=str(Decimal(total) + 7)),
    ]
    return [statement("t01", summary, "income_expenditure_summary"), statement("t03", rows, "expenditure")]


SEEDS = Seeds()
"""The shipped reference data, read once for all builds of a test run."""


def stage(con: duckdb.DuckDBPyConnection, files: Iterable[File]) -> None:
    files = list(files)
    rows = [part_rows(f.report, sha256=f.sha256, file_name=f.name, document_kind=f.kind, reader="test") for f in files]
    con.execute("CREATE SCHEMA IF NOT EXISTS stage")
    con.register("_parts", frames.Arrow(frame(rows)))
    con.execute("CREATE OR REPLACE TABLE stage.part AS SELECT * FROM _parts")
    assemble.load_files(con, [assemble.FileRecord(f.sha256, f.name, f.first_seen, f.name, f.published_on) for f in files])


def build(files: Iterable[File], seeds: Seeds | Path | None = None, admit: bool = True, **more: Any) -> duckdb.DuckDBPyConnection:
    """Stage, assemble and build all models in memory; every report admitted unless `admit` is False."""
    con = duckdb.connect()
    stage(con, files)
    assemble.assemble(con, seeds or SEEDS, **more)
    finish(con, admit)
    return con


def finish(con: duckdb.DuckDBPyConnection, admit: bool = True) -> None:
    models.ensure_audit_tables(con)
    models.run(con, [m.key for m in models.load() if m.schema in ("core", "quality")])
    if admit:
        con.execute("INSERT INTO quality.verdict SELECT report_id, 'admitted', 100, [] FROM core.dim_report")
    models.run(con, models.layer("mart"))


def gold_files() -> list[File]:
    return [File(from_json(json.loads(p.read_text("utf-8"))), p.name) for p in sorted(GOLD.glob("*.json"))]


@cache
def real_files() -> tuple[File, ...]:
    """Every real report, read by the readers: some seconds, once a process."""
    from pipelines.extraction.one import read_parts

    out = []
    for path in sorted(REPORTS.rglob("*")):
        if path.suffix.lower() in (".pdf", ".txt") and "templates" not in path.parts:
            out += [File(p.report, path.name, salt=str(n)) for n, p in enumerate(read_parts(path))]
    return tuple(out)


def hashes(con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...] = ("core", "mart", "quality")) -> dict[str, tuple[int, int]]:
    """Rows and a hash of their content in order, of each table."""
    from pipelines.warehouse.columns import schema_of

    out = {}
    for table in schema_of(con, schemas):
        found = con.execute(f"SELECT count(*), coalesce(sum(hash(t) * (rowid + 1) % 1000003), 0) FROM {table} AS t").fetchone()
        assert found
        out[table] = (found[0], int(found[1]))
    return out


def one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one value of a query."""
    found = con.execute(sql).fetchall()
    assert len(found) == 1, f"{len(found)} rows: {sql}"
    return found[0][0] if len(found[0]) == 1 else found[0]
