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
from sqlglot.lineage import Node, lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from pipelines.settings import code_data

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


def comment(con: duckdb.DuckDBPyConnection, table: str, comments: Comments | None = None) -> list[str]:
    """Writes the comments of a table and its columns; returns the columns that have none."""
    comments = comments or load()
    schema, name = table.split(".")
    missing = []
    if text := comments.tables.get(table):
        grain = f" | 粒度 grain: {', '.join(text.grain)}" if text.grain else ""
        con.execute(f"COMMENT ON TABLE {table} IS {_quote(text.both + grain)}")
    present = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? AND database_name = current_database()"
        " ORDER BY column_index",
        [schema, name],
    ).fetchall()
    for (column,) in present:
        if found := comments.column(table, column):
            con.execute(f'COMMENT ON COLUMN {table}."{column}" IS {_quote(found.both)}')
        else:
            missing.append(column)
    return missing


def dictionary(con: duckdb.DuckDBPyConnection) -> None:
    """Writes meta.data_dictionary: one row a column of every table of the release, with type and both comments."""
    comments = load()
    rows = con.execute(
        "SELECT schema_name, table_name, column_name, column_index, data_type FROM duckdb_columns() WHERE NOT internal"
        " AND schema_name IN ('core', 'mart', 'quality', 'meta') AND database_name = current_database() ORDER BY ALL"
    ).fetchall()
    out: list[list[Any]] = []
    for schema, table, column, index, kind in rows:
        key = f"{schema}.{table}"
        of_table, text = comments.tables.get(key), comments.column(key, column)
        grain = bool(of_table and column in of_table.grain)
        names = [of_table.zh if of_table else None, of_table.en if of_table else None, text.zh if text else None, text.en if text else None]
        out.append([key, column, index, kind, grain, *names])
    con.execute("CREATE SCHEMA IF NOT EXISTS meta")
    con.execute(
        "CREATE OR REPLACE TABLE meta.data_dictionary (table_name VARCHAR, column_name VARCHAR, ordinal INTEGER, data_type VARCHAR,"
        " in_grain BOOLEAN, table_zh VARCHAR, table_en VARCHAR, column_zh VARCHAR, column_en VARCHAR)"
    )
    if out:
        con.executemany("INSERT INTO meta.data_dictionary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", out)
    comment(con, "meta.data_dictionary", comments)


Edge = tuple[str, str, str, str]
"""(table, column, source table, source column)"""


def lineage_edges(models: list[Model], schema: dict[str, dict[str, dict[str, str]]]) -> list[Edge]:
    """Which column each column of each model comes from, by sqlglot. `schema`: {schema: {table: {column: type}}} of all tables read."""
    edges: set[Edge] = set()
    for model in models:
        tree = qualify(model.query, dialect="duckdb", schema=schema, validate_qualify_columns=False, identify=False)
        scope = build_scope(tree)
        if scope is None or not isinstance(tree, exp.Query):
            continue
        for column in tree.named_selects:
            node = lineage(column, tree, dialect="duckdb", schema=schema, scope=scope, trim_selects=False)
            for leaf in node.walk():
                if (source := _source(leaf)) is not None:
                    edges.add((model.key, column, *source))
    return sorted(edges)


def _source(node: Node) -> tuple[str, str] | None:
    table = node.source if isinstance(node.source, exp.Table) else None
    if node.downstream or table is None or not table.db:
        return None
    return f"{table.db}.{table.name}", node.name.rpartition(".")[2].strip('"')
