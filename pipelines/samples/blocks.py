"""Typeset blocks: what stands on the pages of a sample report, before any format. One list of blocks feeds every writer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Align = Literal["left", "center", "right"]
Orientation = Literal["portrait", "landscape", "turned"]
Rules = Literal["full", "light", "horizontal", "none"]


@dataclass(slots=True, frozen=True)
class CellRef:
    """Which truth value a printed cell shows: statement index (or -1 − form index), row index, measure."""

    statement: int
    row: int
    measure: str


@dataclass(slots=True)
class Cell:
    text: str
    row_span: int = 1
    column_span: int = 1
    align: Align = "left"
    bold: bool = False
    ref: CellRef | None = None
    lines: tuple[str, ...] = ()  # the text as it is broken into lines, where a layout forces that
    framed: bool = True  # false: no rules around it (a caption inside the table)


@dataclass(slots=True)
class Table:
    """Rows of cells from the top left; a place covered by a span has no cell. `widths` are relative."""

    rows: list[list[Cell]]
    widths: list[float]
    header_rows: int
    repeat_header: bool = True
    rules: Rules = "full"
    size: float = 9.0
    breakable_rows: bool = True
    page_rows: int | None = None  # breaks the table by hand after so many body rows (the text export does)


@dataclass(slots=True)
class Heading:
    text: str
    level: int = 1  # 0 cover title, 1 part, 2 section, 3 subsection


@dataclass(slots=True)
class Para:
    text: str
    kind: Literal["body", "title", "form_no", "unit_line", "note", "cover", "contents", "list"] = "body"
    right: str | None = None  # the right text of a unit line; the page number of a line of contents


@dataclass(slots=True)
class PageBreak:
    orientation: Orientation = "portrait"


Block = Table | Heading | Para | PageBreak


@dataclass(slots=True)
class Sheet:
    """One file to be written: its blocks and what every page says."""

    part: Literal["all", "tables", "narrative"]
    blocks: list[Block]
    mark: str
    source: str | None = None
    boxes: dict[CellRef, tuple[int, tuple[float, float, float, float]]] = field(default_factory=dict)


def placed(table: Table) -> list[list[tuple[int, Cell]]]:
    """Each row's own cells with the column they begin in; places covered by a span from above are skipped."""
    covered: dict[int, set[int]] = {}
    out = []
    for r, row in enumerate(table.rows):
        taken = covered.get(r, set())
        column = 0
        line = []
        for cell in row:
            while column in taken:
                column += 1
            line.append((column, cell))
            for down in range(1, cell.row_span):
                covered.setdefault(r + down, set()).update(range(column, column + cell.column_span))
            column += cell.column_span
        out.append(line)
    return out
