"""`juesuan query`: one SELECT on the published release as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import orjson

from pipelines.settings import Home

TABLE_ROWS = 10_000
Format = Literal["table", "csv", "json", "parquet"]
_SUFFIX: dict[str, Format] = {".csv": "csv", ".json": "json", ".parquet": "parquet"}


def run(home: Home, sql: str, form: Format | None, out: Path | None) -> int:
    """Without `--format` the name of `--out` decides; a table on stdout otherwise. All but tables go through a file, whole answers
    of any size without holding them in memory."""
    from pipelines.warehouse import reader

    chosen = form or (_SUFFIX.get(out.suffix.lower(), "table") if out else "table")
    if sql == "-":
        sql = sys.stdin.read()
    if chosen == "table":
        answer = reader.query(home, sql, TABLE_ROWS)
        if out is not None:
            out.write_text(table(answer.columns, answer.rows, None) + "\n", "utf-8")
        else:
            show(answer.columns, answer.rows)
        if answer.more:
            print(f"only the first {TABLE_ROWS} rows: --format csv, json or parquet writes all", file=sys.stderr)
    elif out is not None:
        rows = reader.copy(home, sql, out, chosen)
        print(f"{out}: {rows} rows", file=sys.stderr)
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"answer.{chosen}"
            reader.copy(home, sql, path, chosen)
            with path.open("rb") as answer_file:
                shutil.copyfileobj(answer_file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    return 0


def print_json(value: Any) -> None:
    """JSON on stdout; exact decimals become numbers only where that loses nothing, else text."""
    sys.stdout.buffer.write(json_bytes(value))
    sys.stdout.buffer.flush()


def json_bytes(value: Any) -> bytes:
    """As `print_json` prints it."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n"


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(str(number)) == value else str(value)
    return str(value)


def plain(value: Any) -> str:
    """A value as text: nothing rounded, nothing grouped."""
    if isinstance(value, (list, dict)):
        return orjson.dumps(value, default=_default).decode()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def table(columns: list[str], rows: list[tuple[Any, ...]], width: int | None) -> str:
    """An aligned table; `width` None never cuts a value."""
    from rich.console import Console

    console = Console(width=width or 10_000, no_color=True, highlight=False, markup=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(_rich(columns, rows))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def show(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """A table on stdout: as wide as the terminal, whole where stdout is no terminal."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False, markup=False).print(_rich(columns, rows))
    else:
        print(table(columns, rows, None))
    print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", file=sys.stderr)


def _rich(columns: list[str], rows: list[tuple[Any, ...]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        numbers = any(isinstance(r[index], (int, float, Decimal)) and not isinstance(r[index], bool) for r in rows[:50])
        out.add_column(Text(name), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        out.add_row(*(Text("" if v is None else plain(v)) for v in row))
    return out
