"""Times staged parts → core → audit → marts on one connection with 5 GB, then typical queries. Prints one line a step.

python benchmarks/scale/measure.py STAGE_FOLDER [--database FILE] [--no-audit] [--last FILE]
--last: a database an earlier run left (--database): the audit of unchanged reports is carried over from it, as a nightly build does.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.warehouse import assemble, columns, models
from pipelines.warehouse.build import FILE_FORMAT

QUERIES = {
    "mart: one unit over years": "SELECT fiscal_year, kind, scope, expenditure_total_wanyuan FROM mart.department_year"
    " WHERE unit_id = (SELECT min(unit_id) FROM mart.department_year) ORDER BY 1",
    "mart: totals by region": "SELECT region_name, sum(expenditure_total_wanyuan) FROM mart.department_year"
    " WHERE kind = 'budget' AND scope = 'department' GROUP BY ALL ORDER BY 2 DESC LIMIT 20",
    "mart: a subject over all units": "SELECT fiscal_year, sum(amount_wanyuan) FROM mart.subject_year"
    " WHERE harmonized_code = '20805' AND measure = 'total' AND statement IN ('t05', 'b07') GROUP BY ALL",
    "mart: three public, year on year": "SELECT count(*), avg(change_pct) FROM mart.year_on_year"
    " WHERE metric = 'three_public_total' AND NOT is_implied",
    "mart: peers": "SELECT unit_name, rank_from_top FROM mart.peer_comparison WHERE peer_group = 'finance|district'"
    " AND metric = 'expenditure_total' AND fiscal_year = 2024 ORDER BY 2 LIMIT 10",
    "core: one report's cells": "SELECT count(*), sum(amount_yuan) FROM core.cell"
    " WHERE report_id = (SELECT min(report_id) FROM core.dim_report)",
    "core: leaves of all reports": "SELECT statement, sum(amount_yuan) FROM core.fact_expenditure"
    " WHERE is_leaf AND NOT is_total_measure GROUP BY ALL",
    "core: a cell by its id": "SELECT page, locator FROM core.cell WHERE cell_id = (SELECT max(cell_id) FROM core.fact_key_figure)",
    "core: stated numbers by metric": "SELECT metric, count(*), median(amount_yuan) FROM core.fact_disclosure GROUP BY ALL",
}


def cpu() -> float:
    """Seconds of processor time: what counts where other work shares the machine."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def measure(stage: Path, database: Path, audit: bool, memory: str, last: Path | None) -> None:
    settings = {"memory_limit": memory, "temp_directory": f"{database}.tmp", "storage_compatibility_version": FILE_FORMAT}
    con = duckdb.connect(str(database), config=settings)
    start = since = (time.perf_counter(), cpu())

    def lap(what: str, since: tuple[float, float]) -> tuple[float, float]:
        wall, work = time.perf_counter() - since[0], cpu() - since[1]
        print(f"{what:56} {wall:7.2f} s  cpu {work:7.2f} s   peak {peak_gb():.2f} GB", flush=True)
        return time.perf_counter(), cpu()

    assemble.load_parts(con, sorted(stage.glob("*.parquet")))
    result = assemble.assemble(con)
    since = lap(f"assemble: {result.parts} parts, {result.revisions} revisions, {result.units} units", since)
    slow: list[tuple[float, models.Built]] = []
    mark = [cpu()]

    def heard(built: models.Built) -> None:
        slow.append((cpu() - mark[0], built))
        mark[0] = cpu()

    models.run(con, models.layer("core"), on_model=heard)
    since = lap("core models", since)
    if audit:
        from pipelines.audit import checks

        due = checks.run(con, last=last)
        since = lap(f"identities, findings, verdicts: {due} reports audited", since)
    else:
        models.ensure_audit_tables(con)
        con.execute("INSERT INTO quality.verdict SELECT report_id, 'admitted', 100, [] FROM core.dim_report")
    mark[0] = cpu()
    models.run(con, [*models.layer("quality"), *models.layer("mart")], on_model=heard)
    since = lap("quality models and marts", since)
    columns.dictionary(con)
    con.execute("DROP SCHEMA stage CASCADE; CHECKPOINT")
    lap("dictionary, checkpoint", since)
    lap("all", start)
    for used, built in sorted(slow, key=lambda b: -b[0])[:16]:
        print(f"  {built.key:32} {built.rows:10,} rows {built.seconds:6.2f} s  cpu {used:6.2f} s")
    con.close()
    print(f"database {database.stat().st_size / 1e6:.0f} MB")
    con = duckdb.connect(str(database), read_only=True, config={"memory_limit": "2GB"})
    for name, sql in QUERIES.items():
        times = []
        for _ in range(5):
            t = time.perf_counter()
            con.execute(sql).fetchall()
            times.append(1000 * (time.perf_counter() - t))
        print(f"{name:42} first {times[0]:7.1f} ms, then {statistics.median(times[1:]):7.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", type=Path)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--no-audit", action="store_true")
    parser.add_argument("--memory", default="5GB")
    parser.add_argument("--last", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(given.stage, given.database or Path(scratch) / "warehouse.duckdb", not given.no_audit, given.memory, given.last)
