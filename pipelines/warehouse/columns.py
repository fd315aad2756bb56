"""What every table and column means, in Chinese and English, declared once in sql/columns.yml.

Feeds the comments of the database, the data dictionary, Dagster's column schema and the docs. Column comments are shared by name;
a table may say otherwise under `overrides`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from pipelines.settings import code_data
from pipelines.warehouse import frames

if TYPE_CHECKING:
    from pipelines.warehouse.models import Model


class Text(BaseModel):
    """A comment in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str

    @property
    def both(self) -> str:
        return f"{self.zh} | {self.en}"


class Table(Text):
    """A table's comment; `grain` names the columns that identify a row (tested to be unique)."""

    grain: list[str] = []


class Comments(BaseModel):
    """sql/columns.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tables: dict[str, Table]
    columns: dict[str, Text]
    overrides: dict[str, dict[str, Text]] = {}

    def column(self, table: str, column: str) -> Text | None:
        """The comment of a column: the table's own, else the one shared by name."""
        return self.overrides.get(table, {}).get(column) or self.columns.get(column)


@lru_cache
def load(path: Path | None = None) -> Comments:
    """Reads sql/columns.yml. Raises ValueError with one line that names the bad entry."""
    path = path or code_data("sql") / "columns.yml"
    try:
        return Comments.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{path.name}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}") from error


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def types(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """(column, type) of a table in order. Not from duckdb_columns(), whose first call binds every system view and takes over a second."""
    return [(str(d[0]), str(d[1])) for d in con.execute(f"SELECT * FROM {table} LIMIT 0").description or []]


def schema_of(
    con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...] = ("core", "mart", "quality", "meta")
) -> dict[str, list[tuple[str, str]]]:
    """All tables of these schemas with their columns and types, by name."""
    names = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name IN ("
        + ", ".join(_quote(s) for s in schemas)
        + ") ORDER BY 1"
    ).fetchall()
    return {name: types(con, name) for (name,) in names}


def comment(con: duckdb.DuckDBPyConnection, table: str, comments: Comments | None = None) -> list[str]:
    """Writes the comments of a table and its columns; returns the columns that have none."""
    comments = comments or load()
    missing, statements = [], []
    if text := comments.tables.get(table):
        grain = f" | 粒度 grain: {', '.join(text.grain)}" if text.grain else ""
        statements.append(f"COMMENT ON TABLE {table} IS {_quote(text.both + grain)}")
    for column, _ in types(con, table):
        if found := comments.column(table, column):
            statements.append(f'COMMENT ON COLUMN {table}."{column}" IS {_quote(found.both)}')
        else:
            missing.append(column)
    if statements:  # one transaction: each would flush the log otherwise
        con.execute("BEGIN TRANSACTION; " + "; ".join(statements) + "; COMMIT")
    return missing


def dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Writes meta.data_dictionary: one row a column of every table of the release, with type and both comments."""
    comments = load()
    rows = [(key, *c, i) for key, fields in schema_of(con).items() for i, c in enumerate(fields, 1)]
    out: list[list[Any]] = []
    for key, column, kind, index in rows:
        of_table, text = comments.tables.get(key), comments.column(key, column)
        grain = bool(of_table and column in of_table.grain)
        names = [of_table.zh if of_table else None, of_table.en if of_table else None, text.zh if text else None, text.en if text else None]
        out.append([key, column, index, kind, grain, *names])
    import polars as pl

    headings = ("table_name", "column_name", "ordinal", "data_type", "in_grain", "table_zh", "table_en", "column_zh", "column_en")
    kinds: dict[str, Any] = {"ordinal": pl.Int32, "in_grain": pl.Boolean}
    fields = {name: kinds.get(name, pl.String) for name in headings}
    con.execute("CREATE SCHEMA IF NOT EXISTS meta")
    frames.write(con, "meta.data_dictionary", pl.DataFrame(out, schema=fields, orient="row"))
    comment(con, "meta.data_dictionary", comments)


Edge = tuple[str, str, str, str]
"""(table, column, source table, source column)"""


def lineage_edges(models: list[Model], schema: dict[str, dict[str, dict[str, str]]]) -> list[Edge]:
    """Which column each column of each model comes from. `schema`: {schema: {table: {column: type}}} of all tables read.

    sqlglot resolves the names; the walk over its scopes is ours, because `sqlglot.lineage` takes six seconds for what this does in one.
    """
    edges: set[Edge] = set()
    for model in models:
        tree = qualify(model.query, dialect="duckdb", schema=dict[str, object](schema), validate_qualify_columns=False, identify=False)
        scope = build_scope(tree)
        if scope is None:
            continue
        for column, sources in _outputs(scope, {}).items():
            edges |= {(model.key, column, *source) for source in sources}
    return sorted(edges)


Outputs = dict[str, set[tuple[str, str]]]


def _outputs(scope: Scope, memo: dict[int, Outputs]) -> Outputs:
    """Output column → the columns of tables it comes from, through subqueries, CTEs and set operations."""
    if (known := memo.get(id(scope))) is not None:
        return known
    memo[id(scope)] = out = {}
    if scope.set_operation_scopes:
        sides = [list(_outputs(side, memo).items()) for side in scope.set_operation_scopes]
        for place, (name, sources) in enumerate(sides[0]):
            out[name] = set(sources).union(*(side[place][1] for side in sides[1:] if place < len(side)))
        return out
    query = scope.expression
    for select in query.selects if isinstance(query, exp.Query) else []:
        found: set[tuple[str, str]] = set()
        for column in select.find_all(exp.Column):
            found |= _origins(scope, column, memo)
        out[select.alias_or_name] = found
    return out


def _origins(scope: Scope | None, column: exp.Column, memo: dict[int, Outputs]) -> set[tuple[str, str]]:
    while scope is not None:  # a column of a correlated subquery may belong to a scope outside
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            return {(f"{source.db}.{source.name}", column.name)} if source.db else set()
        if isinstance(source, Scope):
            return _outputs(source, memo).get(column.name, set())
        scope = scope.parent
    return set()
