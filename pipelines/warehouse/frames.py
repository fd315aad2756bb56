"""Polars frames into DuckDB without pyarrow: the Arrow stream interface that both speak."""

from __future__ import annotations

import duckdb
import polars as pl


class Arrow:
    """A polars frame as an Arrow stream."""

    def __init__(self, frame: pl.DataFrame):
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def write(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Creates or replaces `table` with the rows of the frame."""
    con.register("_frame", Arrow(frame))
    con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM _frame")
    con.unregister("_frame")
