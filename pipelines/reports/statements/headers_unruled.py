"""Heads of tables without rules: labels stand centred over right-aligned numbers, wrapped over lines, groups centred over several.

Columns are where the data rows print; each label goes to the column it stands over. A label over a column that has another label
below it heads a group, which reaches over the neighbouring columns that have no label on its level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.documents.model import Grid, GridCell
from pipelines.reports.forms import concept, government_items
from pipelines.reports.forms import economic_items as department_items
from pipelines.reports.forms.wording import fold


@dataclass(slots=True)
class Label:
    """A label of a head: one or more printed lines."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    cell: GridCell

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Column:
    """A column of the data rows and the labels over it, top first."""

    index: int
    x0: float
    x1: float
    labels: list[Label] = field(default_factory=list)

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


def is_head_line(matrix: list[list[GridCell | None]], row: int, n_rows: int, head_rows: list[int]) -> bool:
    """In a table without rules: is a row without amounts a line of the head? Then a row of column names follows it, or it
    completes the labels above it."""
    for r in range(row + 1, min(row + 5, n_rows)):
        cells = [c for c in matrix[r] if c is not None and c.row == r and c.text.strip()]
        if any(any(ch.isdigit() for ch in c.text) and len(c.text) > 2 for c in cells):
            break
        if len(cells) >= 3 and all(c.text.strip().isdigit() for c in cells):
            return bool(head_rows)  # the row that numbers the columns
        if any((found := concept(c.text)) is not None and found.sort == "structure" for c in cells):
            return True
    cells = [c for c in matrix[row] if c is not None and c.row == row and c.text.strip()]
    return bool(head_rows) and bool(cells) and all(_completes(matrix, head_rows, c) for c in cells)


def _completes(matrix: list[list[GridCell | None]], head_rows: list[int], cell: GridCell) -> bool:
    for r in reversed(head_rows):
        above = matrix[r][cell.column]
        if above is not None and above.text.strip() and not known(cell.text) and known(above.text + cell.text):
            return True
    return False


def columns_of(grid: Grid, matrix: list[list[GridCell | None]], head_rows: list[int], rows: list[int]) -> list[Column] | None:
    """The columns with their label paths, or None where places are not known or nothing can be told."""
    columns = _data_columns(grid, matrix, rows)
    labels = _labels(matrix, head_rows)
    if columns is None or labels is None or not columns or not labels:
        return None
    _add_blank_columns(columns, labels)
    for label in labels:
        best = min(columns, key=lambda c: (max(0.0, c.x0 - label.x1, label.x0 - c.x1), abs(c.centre - label.centre)))
        best.labels.append(label)
    for column in columns:
        column.labels.sort(key=lambda x: x.top)
        column.labels = _joined(column.labels)
    _spread_groups(columns)
    return columns


def _data_columns(grid: Grid, matrix: list[list[GridCell | None]], rows: list[int]) -> list[Column] | None:
    found: dict[int, Column] = {}
    for r in rows:
        for c in range(grid.n_columns):
            cell = matrix[r][c]
            if cell is None or cell.column != c or cell.row != r or cell.column_span > 1 or not cell.text.strip():
                continue
            if (box := cell.locator.upright) is None:
                return None
            x0, _, x1, _ = box
            column = found.setdefault(c, Column(c, x0, x1))
            column.x0, column.x1 = min(column.x0, x0), max(column.x1, x1)
    return [found[c] for c in sorted(found)]


def _add_blank_columns(columns: list[Column], labels: list[Label]) -> None:
    """A column in which no row prints anything stands where its own label does: a label that lies over no column with data."""
    blank: dict[int, Column] = {}
    known = {c.index for c in columns}
    for label in labels:
        index = label.cell.column
        if index in known or label.cell.column_span > 1 or any(label.x0 < c.x1 and c.x0 < label.x1 for c in columns):
            continue
        column = blank.setdefault(index, Column(index, label.x0, label.x1))
        column.x0, column.x1 = min(column.x0, label.x0), max(column.x1, label.x1)
    columns.extend(blank.values())
    columns.sort(key=lambda c: c.index)


def _labels(matrix: list[list[GridCell | None]], head_rows: list[int]) -> list[Label] | None:
    out: list[Label] = []
    seen: set[int] = set()
    for r in head_rows:
        for cell in matrix[r]:
            if cell is None or id(cell) in seen or not cell.text.strip():
                continue
            seen.add(id(cell))
            if (box := cell.locator.upright) is None:
                return None
            x0, top, x1, bottom = box
            out.append(Label(cell.text.strip(), x0, x1, top, bottom, cell))
    return out


def known(text: str) -> bool:
    folded = fold(text)
    return concept(text) is not None or folded in department_items() or folded in government_items()


def _joined(labels: list[Label]) -> list[Label]:
    """Lines of one wrapped label joined: where the lines together are a known label and one of them alone is not."""
    out: list[Label] = []
    i = 0
    while i < len(labels):
        for end in range(len(labels), i + 1, -1):
            lines = labels[i:end]
            text = "".join(x.text for x in lines)
            if not known(text) or (all(known(x.text) for x in lines) and not _close(lines)):
                continue
            x0, x1 = min(x.x0 for x in lines), max(x.x1 for x in lines)
            out.append(Label(text, x0, x1, lines[0].top, lines[-1].bottom, lines[0].cell))
            i = end
            break
        else:
            out.append(labels[i])
            i += 1
    return out


def _close(lines: list[Label]) -> bool:
    """Do the lines follow one another without a gap, as the lines of one label do?"""
    return all(b.top - a.bottom < a.bottom - a.top for a, b in pairwise(lines))


def _spread_groups(columns: list[Column]) -> None:
    """Every group label is put over the columns it is centred on."""
    own = [list(c.labels) for c in columns]
    groups = [label for labels in own for label in labels[:-1]]
    for home, labels in enumerate(own):
        for label, below in pairwise(labels):
            level = min([below.middle, *(g.middle for g in groups if g.top > label.top + 3)])
            first, last = _reach(own, home, label, level)
            for i in range(first, last + 1):
                if i != home:
                    columns[i].labels.append(label)
    for column in columns:
        column.labels.sort(key=lambda x: x.top)
        lowest = max(range(len(column.labels)), key=lambda i: column.labels[i].middle, default=0)
        if column.labels:
            column.labels.append(column.labels.pop(lowest))


def _reach(own: list[list[Label]], home: int, label: Label, level: float) -> tuple[int, int]:
    """The columns (first, last) a group label is centred over: neighbours whose own labels stand on the level below it.

    A label merged over both levels is printed in the middle of them, so higher than the labels under the group.
    """

    def under(i: int) -> bool:
        lower = [x for x in own[i] if x.top > label.top + 3]
        return bool(lower) and not any(abs(x.top - label.top) <= 3 for x in own[i]) and lower[0].middle >= level - 3

    first = last = home
    while first > 0 and under(first - 1):
        first -= 1
    while last + 1 < len(own) and under(last + 1):
        last += 1
    width = max(12.0, label.x1 - label.x0)
    best, size = (home, home), 1
    for i in range(first, home + 1):
        for j in range(home, last + 1):
            middle = (own[i][-1].centre + own[j][-1].centre) / 2
            if j - i + 1 > size and abs(middle - label.centre) <= 0.25 * width:
                best, size = (i, j), j - i + 1
    return best
