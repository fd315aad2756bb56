"""What the head of a table is made of: columns of meaning (Leaf) and stretches of a grid under one head (Segment)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.documents.model import Grid, GridCell
from pipelines.reports.forms import Concept
from pipelines.reports.forms.wording import fold

CODE = re.compile(r"\d{3}(?:\d{2}){0,2}|\d{4}|\d{9}")
FORMULA = re.compile(r"\(?\d{1,2}\)?|第?\d{1,2}[栏列]|\d{1,2}=[\d+\-=()]+|=?[A-Za-z甲乙丙丁]|栏次|列次|栏|行次")
"""A cell of the row that numbers the columns: 1, 1栏, 3=4+5, 栏次."""


@dataclass(slots=True)
class Leaf:
    """One column of meaning: raw columns [start, end), the labels over it and what they mean."""

    start: int
    end: int
    path: tuple[str, ...]
    concepts: tuple[Concept | None, ...]
    cell: GridCell | None
    x0: float | None = None
    x1: float | None = None
    kind: str = "value"  # code | code_class | code_section | code_item | name | line_no | key | value
    key: str | None = None  # of a key column
    block: int = 0
    measure: str | None = None

    @property
    def label(self) -> str:
        return "/".join(self.path)


@dataclass(slots=True)
class Segment:
    """A head (may be empty: a continuation) and the data rows under it, as row numbers of the grid."""

    grid: Grid
    matrix: list[list[GridCell | None]]
    captions: list[str]  # lines inside the grid above the head: title, body, unit
    head_rows: list[int]
    rows: list[int]
    leaves: list[Leaf] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raised: set[tuple[int, int]] = field(default_factory=set)  # places of data rows that print a label of the head

    @property
    def has_head(self) -> bool:
        return bool(self.head_rows)

    @property
    def head_words(self) -> tuple[str, ...]:
        """Everything the head prints, to know it again on the next page."""
        return tuple(sorted(fold(c.text) for r in self.head_rows for c in row_cells(self.matrix, r)))


def row_cells(matrix: list[list[GridCell | None]], row: int) -> list[GridCell]:
    """The distinct cells that begin in a row and print something."""
    out: list[GridCell] = []
    for cell in matrix[row]:
        if cell is not None and cell.row == row and cell.text.strip() and (not out or out[-1] is not cell):
            out.append(cell)
    return out
