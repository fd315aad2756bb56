"""Verdict and score of each report revision (认定): admitted, admitted with findings, or quarantined because its reading cannot be trusted."""

from __future__ import annotations

import duckdb


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Writes quality.verdict from the findings and the reading findings."""
    con.execute("SELECT 1")
