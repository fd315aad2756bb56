"""A DuckDB dialect for SQLAlchemy that buffers its results: Great Expectations closes its connection before it fetches."""

from __future__ import annotations

from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.types import NullType

_Context: Any = Dialect.execution_ctx_cls


class BufferedContext(_Context):  # type: ignore[misc]
    """Fetches everything as soon as a statement has run."""

    def post_exec(self) -> None:
        super().post_exec()
        if description := self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, alternate_description=description, initial_buffer=self.cursor.fetchall()
            )


class BufferedDialect(Dialect):  # type: ignore[misc]
    """duckdb+gx:///path"""

    driver = "gx"
    supports_statement_cache = False
    execution_ctx_cls: Any = BufferedContext

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        """From DESCRIBE: reflecting through the catalogue reads every table of the database each time. Types are not compared here."""
        place = f'"{schema}"."{table_name}"' if schema else f'"{table_name}"'
        rows = connection.exec_driver_sql(f"DESCRIBE {place}").fetchall()
        return [{"name": row[0], "type": NullType(), "nullable": True, "default": None, "comment": None} for row in rows]


def register() -> None:
    """Makes `duckdb+gx` known to SQLAlchemy."""
    registry.register("duckdb.gx", __name__, "BufferedDialect")
