"""What the readers of tables without rules share: printed rows, the grid they make, what a number is and when texts are aligned."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.documents.pdf.lines import Line

NUMBER = re.compile(r"[-+－(（]?[¥￥]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?[)）%％]?|[-—－]{1,2}")
AMOUNT = re.compile(r"[-+－(（]?[¥￥]?(?:\d{1,3}(?:[,，]\d{3})+(?:[.．]\d+)?|\d+[.．]\d+|\d{4,})[)）%％]?")
EDGE = 2.5  # points: edges nearer than this are aligned


@dataclass(slots=True)
class Segment:
    """A cell of an aligned table: the lines it is printed on."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[Line]


@dataclass(slots=True)
class AlignedGrid:
    xs: list[float]
    ys: list[float]
    cells: list[Segment]
    continues: bool = False  # stands in the columns of the table that ends the page before


@dataclass(slots=True)
class Row:
    top: float
    bottom: float
    parts: list[Line]

    @property
    def numbers(self) -> list[Line]:
        return [p for p in self.parts if NUMBER.fullmatch(p.text)]

    @property
    def data(self) -> bool:
        return len(self.parts) > 1 and bool(self.numbers)


def to_rows(parts: list[Line]) -> list[Row]:
    by_row: dict[int, list[Line]] = {}
    for part in parts:
        by_row.setdefault(part.row, []).append(part)
    rows = [Row(min(p.top for p in ps), max(p.bottom for p in ps), sorted(ps, key=lambda p: p.x0)) for ps in by_row.values()]
    rows.sort(key=lambda r: r.top)
    return rows


def near(part: Line, others: list[Line]) -> bool:
    """True where a text shares its left edge, right edge or middle with another."""
    return any(
        abs(other.x1 - part.x1) < EDGE or abs(other.x0 - part.x0) < EDGE or abs(other.x0 + other.x1 - part.x0 - part.x1) < 2 * EDGE
        for other in others
    )
