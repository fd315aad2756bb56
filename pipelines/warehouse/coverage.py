"""Which reports of the published release a build no longer has: named where the coverage guard refuses a release."""

from __future__ import annotations

from pathlib import Path

import duckdb

GUARD = "coverage_of_last_release"
"""The expectation (audit.suites) that refuses a release which lost a tenth of its reports."""

_GONE = """
SELECT report_id FROM last_release.core.dim_report AS o
WHERE is_current AND NOT EXISTS (
    SELECT 1 FROM core.dim_report AS n
    WHERE n.unit_id = o.unit_id AND n.fiscal_year = o.fiscal_year AND n.kind = o.kind AND n.scope = o.scope)
ORDER BY report_id
"""


def gone(con: duckdb.DuckDBPyConnection, last: Path | None) -> list[str]:
    """report_ids of the database `last` whose unit, year, kind and scope the open build has no report of."""
    if last is None:
        return []
    place = str(last).replace("'", "''")
    con.execute(f"ATTACH '{place}' AS last_release (READ_ONLY)")
    try:
        return [str(row[0]) for row in con.execute(_GONE).fetchall()]
    finally:
        con.execute("DETACH last_release")


def advice(report_ids: list[str], named: int = 5) -> str:
    """The names (the first few) and what to do, to put behind the guard's own line."""
    if not report_ids:
        return ""
    more = f" and {len(report_ids) - named} more" if len(report_ids) > named else ""
    return (
        f": {', '.join(report_ids[:named])}{more}; put their files back (raw/inbox, raw/archive) and see the refused ones above,"
        " or, if they are to go, remove warehouse/current.duckdb and build again"
    )
