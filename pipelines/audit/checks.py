"""Runs every check over all reports at once and writes quality.finding, identity_result, suspect, verdict and coverage.

`run(con)` works on the open build connection after core; `audit_reports(reports)` audits reports without a warehouse.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.audit import carry, identities, inputs, suspects, tables, variants, verdicts
from pipelines.settings import code_data

if TYPE_CHECKING:
    from pipelines.reports.model import Report


def _sql(name: str) -> str:
    return (code_data("sql") / "checks" / name).read_text(encoding="utf-8")


def run(
    con: duckdb.DuckDBPyConnection,
    on_step: Callable[[str, float], None] | None = None,
    keep: bool = False,
    basis: str = "",
    last: Path | None = None,
    years: Collection[int] = (),
) -> int:
    """Audits the report revisions in `core`; writes the tables of `quality` (CONTRACT §5). Deterministic. Returns how many were audited.

    The results of reports that are as they were in the release `last`, audited on the same `basis`, are carried over from it; those of
    `years` never. The temp tables of the run (a_…) are dropped at the end unless `keep` (for those who ask which identities touch a cell).
    """

    def step(name: str, work: Callable[[], Any]) -> None:
        started = time.perf_counter()
        work()
        if on_step:
            on_step(name, time.perf_counter() - started)

    tables.create(con)
    due = carry.mark(con, basis, last, years)
    step("inputs", partial(inputs.prepare, con))
    identities.register(con)
    for path in sorted(code_data("sql").joinpath("checks").glob("*.sql")):
        step(path.stem, partial(con.execute, path.read_text(encoding="utf-8")))
    step("variants", partial(variants.run, con))
    step("suspects", partial(suspects.run, con))
    for name in ("1_findings", "2_reading", "3_suspects"):
        step(name, partial(con.execute, _sql(f"write/{name}.sql")))
    step("verdicts", partial(verdicts.run, con))
    for name in ("5_audited", "6_repair"):
        step(name, partial(con.execute, _sql(f"write/{name}.sql")))
    if not keep:
        _drop(con)
    return due


def _drop(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DROP VIEW temp.a_cell0")
    for (name,) in con.execute(
        "SELECT name FROM (SHOW ALL TABLES) WHERE schema = 'main' AND temporary AND starts_with(name, 'a_')"
    ).fetchall():
        con.execute(f"DROP TABLE temp.{name}")


def audit_reports(reports: Sequence[Report], keep: bool = False) -> duckdb.DuckDBPyConnection:
    """Audits `reports` in a database of its own in memory and returns its connection (schemas core, quality)."""
    con = duckdb.connect()
    inputs.load_reports(con, reports)
    run(con, keep=keep)
    return con
