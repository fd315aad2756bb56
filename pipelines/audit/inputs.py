"""What the checks read: the a_… temp tables of sql/checks/inputs, from core, or from reports that are in no warehouse."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.settings import code_data

if TYPE_CHECKING:
    from pipelines.reports.model import Report


def _sql(name: str) -> str:
    return (code_data("sql") / "checks" / "inputs" / name).read_text(encoding="utf-8")


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    try:  # the catalogue's own tables are slow on a database with much in it
        con.execute(f"SELECT 1 FROM {table} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The input tables from `core` of the open connection; subjects from the reference data where core holds none."""
    con.execute(_sql("from_core.sql"))
    if _exists(con, "core.dim_subject"):
        con.execute(_sql("subjects.sql"))
    else:
        seeds = code_data("sql") / "seeds" / "subjects.csv"
        source = f"(SELECT scheme, code, name, other_names FROM read_csv('{seeds}', header = TRUE, all_varchar = TRUE))"
        con.execute(_sql("subjects.sql").replace("core.dim_subject WHERE source <> 'report'", source))


def load_reports(con: duckdb.DuckDBPyConnection, reports: Sequence[Report]) -> None:
    """core-shaped tables of `reports`, each a report of its own: to audit without a warehouse (extract, benchmark, tests).

    A report without `report_id` is called by its number; ids must differ.
    """
    import polars as pl

    from pipelines.extraction.schema import PART
    from pipelines.extraction.stage import part_rows

    rows: list[dict[str, Any]] = []
    for number, report in enumerate(reports, 1):
        sha = report.files[0].sha256 if report.files else f"{number:064d}"
        row = part_rows(report, sha256=sha, part_no=number)
        row["file_name"] = report.report_id or f"report-{number}"
        rows.append(row)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.parquet"  # polars to DuckDB without pyarrow
        pl.DataFrame(rows, schema=PART, orient="row").write_parquet(file)
        con.execute(f"CREATE OR REPLACE TEMP TABLE part AS FROM read_parquet('{file}')")
    con.execute(_sql("from_parts.sql"))
