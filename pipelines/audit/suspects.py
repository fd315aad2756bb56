"""Suspects (嫌疑单元格): the smallest set of cells that explains the broken identities of a report, and the values that would mend them.

Greedy and set-based over all reports at once: every cell of a broken identity, with the value that would mend it, is held against all
identities of the cell, broken and holding. What mends most and breaks least wins; how a slip of the hand would look (one digit, two
digits swapped, a shifted point, a lost sign) decides between equals. Equals that nothing decides stay undecided: no suspect, both listed.
"""

from __future__ import annotations

import duckdb

from pipelines.settings import code_data

ROUNDS = 6
"""Rounds of blame: more wrong cells in one chain of identities are not a matter of misprints."""
LISTED = 4
"""Cells that share one blame are listed up to this many; beyond, nothing is known."""


def _sql(name: str) -> str:
    return (code_data("sql") / "checks" / "suspects" / name).read_text(encoding="utf-8")


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Blames cells in rounds; writes a_suspect and puts suspect and suggestion on the findings (a_found)."""
    con.execute(_sql("1_open.sql"))
    con.execute(f"CREATE OR REPLACE TEMP MACRO listed() AS {LISTED}")
    search, accept = _sql("2_round.sql"), _sql("5_accept.sql")
    for number in range(1, ROUNDS + 1):
        con.execute(search)
        if number == 1:
            con.execute(_sql("3_swaps.sql"))
            if _count(con, "a_swap"):
                con.execute(_sql("4_take_swaps.sql"))
                con.execute(search)
        if not _count(con, "a_chosen"):
            break
        con.execute(f"CREATE OR REPLACE TEMP MACRO round_no() AS {number}")
        con.execute(accept)
    con.execute(_sql("6_apply.sql"))


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0] if row else 0
