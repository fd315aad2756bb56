"""Names of one unit or project that vary within a report (名称不一): found by likeness, never merged."""

from __future__ import annotations

import duckdb


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Adds findings unit_name_variant and project_name_variant to a_found."""
