"""Carries the audit of unchanged reports over from the last release (沿用): only new and changed reports are audited.

What a report's findings depend on is one key (sql/checks/inputs/audited.sql), stored with the release in `quality.audited`. A wrong
carry would be an old finding on new data, so the key holds all of it: files, place, neighbours, and the basis (code, rules, seeds, reader).
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from pipelines.settings import code_data

TABLES = ("finding", "identity_result", "suspect", "verdict", "audited")
"""Tables of `quality` that are kept report by report."""


def mark(con: duckdb.DuckDBPyConnection, basis: str, last: Path | None, years: Collection[int] = ()) -> int:
    """Writes a_audited (every report, its key, whether it is due) and copies the results of the others from `last`; returns the number due.

    `last`: the database of the published release, None to audit everything. `years` are due in any case.
    """
    if not _exists(con, "stage.report_slot"):  # reports of no warehouse
        con.execute(
            "CREATE OR REPLACE TEMP TABLE a_audited AS SELECT report_key AS report_no, report_id, fiscal_year, TRUE AS is_due,"
            " CAST(NULL AS VARCHAR) AS audit_key, CAST(NULL AS INTEGER) AS last_no, CAST(NULL AS INTEGER) AS budget_no FROM core.dim_report"
        )
    else:
        con.execute("SET VARIABLE basis = $basis", {"basis": basis})
        con.execute((code_data("sql") / "checks" / "inputs" / "audited.sql").read_text(encoding="utf-8"))
        if last is not None:
            _carry(con, last, years)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE a_looked_at AS SELECT report_no, report_id, is_due FROM a_audited WHERE is_due"
        " OR report_no IN (SELECT unnest([last_no, budget_no]) FROM a_audited WHERE is_due)"
    )
    row = con.execute("SELECT count(*) FROM a_audited WHERE is_due").fetchone()
    return row[0] if row else 0


def _carry(con: duckdb.DuckDBPyConnection, last: Path, years: Collection[int]) -> None:
    con.execute(f"ATTACH '{str(last).replace(chr(39), chr(39) * 2)}' AS last_release (READ_ONLY)")
    try:
        if not _exists(con, "last_release.quality.audited"):
            return  # made before results were carried over
        con.execute(
            "UPDATE a_audited SET is_due = FALSE FROM last_release.quality.audited AS l WHERE l.report_id = a_audited.report_id"
            " AND l.audit_key = a_audited.audit_key AND NOT list_contains(?::INTEGER[], a_audited.fiscal_year)",
            [sorted(years)],
        )
        for table in TABLES:
            con.execute(
                f"INSERT INTO quality.{table} BY NAME SELECT t.* FROM last_release.quality.{table} AS t"
                " SEMI JOIN (SELECT report_id FROM a_audited WHERE NOT is_due) AS c ON c.report_id = t.report_id"
            )
    finally:
        con.execute("DETACH last_release")


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    try:
        con.execute(f"SELECT 1 FROM {table} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True
