"""Verdict and score of each report revision (认定): admitted, admitted with findings, or quarantined because its reading cannot be trusted.

A publisher's error never hides a report. Quarantined is what could not be read: a reading error on a core statement, or so many broken
identities within statements that no few misprints explain them.
"""

from __future__ import annotations

import duckdb

from pipelines.settings import code_data

CORE = ("t01", "t02", "t03", "t04", "t05", "t06", "b01", "b02", "b03", "b04", "b05", "b07", "b08")
"""Statements without which a report cannot be trusted."""

BROKEN_SHARE, BROKEN_LEAST = 0.15, 12
"""Quarantine: so many broken identities, and this share of those checked. Real reports with real errors stay far below."""


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Writes quality.verdict from the findings, the results of identities and the reading findings."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE a_core AS SELECT unnest({list(CORE)}) AS st")
    con.execute(f"CREATE OR REPLACE TEMP MACRO broken_share() AS {BROKEN_SHARE}")
    con.execute(f"CREATE OR REPLACE TEMP MACRO broken_least() AS {BROKEN_LEAST}")
    con.execute((code_data("sql") / "checks" / "write" / "4_verdict.sql").read_text(encoding="utf-8"))
