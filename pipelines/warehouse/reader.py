"""The read-only way in: one SELECT on the published release, with external access off, configuration locked, time and memory bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from pipelines.settings import Home
from pipelines.warehouse import release

Format = Literal["csv", "json", "parquet"]
_COPY = {"csv": "FORMAT csv, HEADER true", "json": "FORMAT json, ARRAY true", "parquet": "FORMAT parquet, COMPRESSION zstd"}


class NoRelease(Exception):
    """The home has no published release yet."""


class QueryError(Exception):
    """The statement is not one SELECT, is wrong, or went over its bounds. One clear line."""


def database(home: Home) -> Path:
    """The published database, by its versioned path. Raises `NoRelease`."""
    path = release.current_path(home)
    if path is None:
        raise NoRelease(f"no release in {home.warehouse} yet: run `juesuan build` first")
    return path


def connect(
    path: Path, memory_mb: int = 2000, threads: int | None = None, may_write: list[Path] | None = None
) -> duckdb.DuckDBPyConnection:
    """A read-only connection that can read nothing but this database and write nothing but the files of `may_write`."""
    config: dict[str, Any] = {
        "memory_limit": f"{memory_mb}MB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_unsigned_extensions": False,
        "temp_directory": "",  # nothing spilled beside the release: over the bound is an error, not a full disk
    }
    if threads:
        config["threads"] = threads
    con = duckdb.connect(str(path), read_only=True, config=config)
    allowed = ", ".join("'" + str(p).replace("'", "''") + "'" for p in may_write or [])
    con.execute(f"SET allowed_paths = [{allowed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def one_select(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The statement without its semicolon. Raises `QueryError` unless it is exactly one SELECT (also FROM, WITH, PIVOT, DESCRIBE …)."""
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(_first_line(error)) from error
    # PIVOT is parsed into two: a helper type without a text of its own, and the SELECT
    if not statements or any(s.query.strip() for s in statements[:-1]):
        raise QueryError(f"one SELECT is wanted, {len(statements)} statements are given")
    if statements[-1].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise QueryError(f"only SELECT is allowed, not {statements[-1].type.name}: a release is read-only")
    text = sql.strip().rstrip(";").strip()
    return f"SELECT * FROM ({text})" if len(statements) > 1 else text


@dataclass(frozen=True)
class Rows:
    """The answer of a query; `more` when there were more rows than asked for."""

    columns: list[str]
    types: list[str]
    rows: list[tuple[Any, ...]]
    more: bool = False


def query(home: Home, sql: str, limit: int | None = None) -> Rows:
    """Runs one SELECT within the limits of the home (query_seconds, query_memory_mb); at most `limit` rows."""
    con = connect(database(home), home.limits.query_memory_mb)
    try:
        statement = one_select(con, sql)
        with _bounded(con, home.limits.query_seconds):
            cursor = con.execute(statement)
            columns = [d[0] for d in cursor.description or []]
            types = [str(d[1]) for d in cursor.description or []]
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
            return Rows(columns, types, rows[:limit], limit is not None and len(rows) > limit)
    finally:
        con.close()


def copy(home: Home, sql: str, out: Path, form: Format) -> int:
    """Writes the answer of one SELECT to `out`; returns the number of rows."""
    out = out.resolve()
    if not out.parent.is_dir():
        raise QueryError(f"{out.parent}: no such folder")
    con = connect(database(home), home.limits.query_memory_mb, may_write=[out])
    try:
        statement = one_select(con, sql)
        with _bounded(con, home.limits.query_seconds):
            target = str(out).replace("'", "''")
            row = con.execute(f"COPY ({statement}) TO '{target}' ({_COPY[form]})").fetchone()
            return int(row[0]) if row else 0
    finally:
        con.close()


@contextmanager
def _bounded(con: duckdb.DuckDBPyConnection, seconds: int) -> Iterator[None]:
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        con.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise QueryError("the query needs more memory than query_memory_mb allows (HOME/juesuan.toml): ask for less") from error
    except duckdb.Error as error:
        if expired.is_set():
            raise QueryError(f"the query ran longer than {seconds} s (query_seconds in HOME/juesuan.toml): ask for less") from error
        raise QueryError(_first_line(error)) from error
    finally:
        timer.cancel()


def _first_line(error: duckdb.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate"))]
    return " ".join(lines[:1] + hints[:1])
