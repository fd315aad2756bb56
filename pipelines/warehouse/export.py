"""A release as files for others: Parquet, CSV or one Excel workbook, described by a Frictionless `datapackage.json`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson

from pipelines.settings import Home
from pipelines.warehouse import reader

Format = Literal["parquet", "csv", "xlsx"]
SCHEMAS = ("core", "mart", "quality", "meta")
SHEET_ROWS = 1_048_575  # Excel's limit without the header
_OPTIONS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER true"}
_MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TYPES = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "UBIGINT": "integer",
    "FLOAT": "number",
    "DOUBLE": "number",
}


def export(home: Home, folder: Path, form: Format, on_table: Callable[[str, int], None] | None = None) -> list[Path]:
    """Write every table of core, mart, quality and meta, and the data package; returns the files. Raises `NoRelease`."""
    path = reader.database(home)
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(path), read_only=True)
    try:
        tables = _tables(con)
        files: dict[str, Path] = {}
        if form == "xlsx":
            book = folder / "juesuan.xlsx"
            _workbook(con, tables, book, on_table)
            files = dict.fromkeys(tables, book)
        else:
            for table in tables:
                target = folder / f"{table}.{form}"
                name = str(target).replace("'", "''")
                row = con.execute(f"COPY (SELECT * FROM {table}) TO '{name}' ({_OPTIONS[form]})").fetchone()
                files[table] = target
                if on_table:
                    on_table(table, row[0] if row else 0)
        package = folder / "datapackage.json"
        package.write_bytes(orjson.dumps(_package(con, tables, files, form), option=orjson.OPT_INDENT_2))
    finally:
        con.close()
    return [*dict.fromkeys(files.values()), package]


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL").fetchall()
    return [f"{schema}.{table}" for schema, table in rows if schema in SCHEMAS]


def _package(con: duckdb.DuckDBPyConnection, tables: list[str], files: dict[str, Path], form: Format) -> dict[str, Any]:
    release = con.execute("SELECT release_id, built_at FROM meta.release").fetchone() or (None, None)
    comments = {f"{s}.{t}": c for s, t, c in con.execute("SELECT schema_name, table_name, comment FROM duckdb_tables()").fetchall()}
    grain: dict[str, list[str]] = {}
    for table, column in con.execute("SELECT table_name, column_name FROM meta.data_dictionary WHERE in_grain ORDER BY ordinal").fetchall():
        grain.setdefault(table, []).append(column)
    resources = []
    for table in tables:
        file = files[table]
        schema: dict[str, Any] = {"fields": _fields(con, table, form)}
        if table in grain:
            schema["primaryKey"] = grain[table]
        resource: dict[str, Any] = {"name": table.replace("_", "-"), "path": file.name, "format": form, "mediatype": _MEDIA[form]}
        if form == "csv":
            resource["encoding"] = "utf-8"
        if form == "xlsx":
            resource["dialect"] = {"sheet": _sheet(table, 0)}
        if comments.get(table):
            resource["description"] = comments[table]
        resource |= {"bytes": file.stat().st_size, "hash": f"sha256:{_sha256(file)}", "schema": schema}
        resources.append(resource)
    return {
        "profile": "tabular-data-package" if form == "csv" else "data-package",
        "name": "juesuan",
        "title": "Chinese government final accounts and budgets 政府部门决算与预算",
        "id": release[0],
        "created": release[1].isoformat() + "Z" if release[1] else None,
        "resources": resources,
    }


def _fields(con: duckdb.DuckDBPyConnection, table: str, form: Format) -> list[dict[str, Any]]:
    schema, name = table.split(".")
    rows = con.execute(
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
        [schema, name],
    ).fetchall()
    out = []
    for column, kind, comment in rows:
        base = kind.partition("(")[0]
        what = "number" if base == "DECIMAL" else "array" if kind.endswith("[]") and form == "parquet" else _TYPES.get(base, "string")
        out.append({"name": column, "type": what, **({"description": comment} if comment else {})})
    return out


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sheet(table: str, part: int) -> str:
    """A sheet name: at most 31 characters."""
    return table[:28] + (f"~{part + 1}" if part else "")


def _workbook(con: duckdb.DuckDBPyConnection, tables: list[str], path: Path, on_table: Callable[[str, int], None] | None) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    for table in sorted(tables, key=lambda t: (not t.startswith("mart."), t)):  # the marts first: they are what a reader looks for
        cursor = con.execute(f"SELECT * FROM {table}")
        head = [d[0] for d in cursor.description or []]
        rows, part, sheet = 0, 0, None
        while batch := cursor.fetchmany(5000):
            for row in batch:
                if sheet is None or rows - part * SHEET_ROWS >= SHEET_ROWS:
                    part += sheet is not None
                    sheet = book.create_sheet(_sheet(table, part))
                    sheet.freeze_panes = "A2"
                    sheet.append(head)
                cells: list[Any] = []
                for value in row:
                    if isinstance(value, (int, float, Decimal, bool)) or value is None:
                        cells.append(value)
                        continue
                    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:32767])
                    cell.data_type = "s"  # printed text stays text, "=…" too: never a formula
                    cells.append(cell)
                sheet.append(cells)
                rows += 1
        if sheet is None:
            book.create_sheet(_sheet(table, 0)).append(head)
        if on_table:
            on_table(table, rows)
    book.save(path)
