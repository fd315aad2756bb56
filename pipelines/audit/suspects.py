"""Suspects (嫌疑单元格): the smallest set of cells that explains the broken identities of a report, and the values that would mend them."""

from __future__ import annotations

import duckdb


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Sets suspect and suggestion on a_found (equations)."""


def write(con: duckdb.DuckDBPyConnection) -> None:
    """Writes quality.suspect."""
