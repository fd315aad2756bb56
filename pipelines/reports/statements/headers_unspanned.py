"""Heads of text dumps that print a merged cell once and leave out the places it covered: head and body have different cell counts.

`项目 | 本年收入合计 | …` over `科目编码 | 科目名称` stands one place too far left; so does `合计 | 100.00` under code and name.
The labels are put back over their columns where that works out exactly, else the head is left as it is printed.
"""

from __future__ import annotations

from pipelines.documents.model import Grid, GridCell
from pipelines.reports.amounts import looks_numeric
from pipelines.reports.forms import concept

Matrix = list[list[GridCell | None]]
_GROUPS = {"income", "expenditure", "vehicle_total", "opening_balance", "closing_balance", "three_public", "budget", "final"}


def realign(grid: Grid, matrix: Matrix, head_rows: list[int], rows: list[int]) -> None:
    """Shifts head and total rows of a segment in place. Only for grids that know no merged cells at all."""
    if len(head_rows) < 2 or any(c.column_span > 1 or c.row_span > 1 or c.locator.box is not None for c in grid.cells):
        return
    upper, lower = head_rows[0], head_rows[1]
    above, below = _labels(matrix[upper]), _labels(matrix[lower])
    width = _width(matrix, rows)
    if not above or not below or not _structural(above[0]):
        return
    leading = _count_structural(below)
    if leading < 2 or len(above) < 2 or _structural(above[1]):
        return
    placed = _place(above, below, leading)
    if placed is None or not width <= len(placed[0]) <= grid.n_columns:
        return
    matrix[upper], matrix[lower] = (row + [None] * (grid.n_columns - len(row)) for row in placed)
    for r in rows:
        row = matrix[r]
        if _text(row[0]) and not looks_numeric(_text(row[0])) and (not _text(row[1]) or looks_numeric(_text(row[1]))):
            matrix[r] = [row[0], *[None] * (leading - 1), *row[1 : grid.n_columns - leading + 1]]


def _text(cell: GridCell | None) -> str:
    return cell.text.strip() if cell is not None else ""


def _labels(row: list[GridCell | None]) -> list[GridCell] | None:
    """The labels of a row that stand without a gap from the left; None where there is a gap (then blanks are printed)."""
    out: list[GridCell] = []
    ended = False
    for cell in row:
        if cell is None or not cell.text.strip():
            ended = True
        elif ended:
            return None
        else:
            out.append(cell)
    return out


def _width(matrix: Matrix, rows: list[int]) -> int:
    """How many places the fullest body row fills."""
    widest = 0
    for r in rows:
        filled = [i for i, c in enumerate(matrix[r]) if c is not None and c.text.strip()]
        widest = max(widest, filled[-1] + 1 if filled else 0)
    return widest


def _structural(cell: GridCell) -> bool:
    found = concept(cell.text)
    return found is not None and found.sort == "structure"


def _count_structural(cells: list[GridCell]) -> int:
    count = 0
    while count < len(cells) and _structural(cells[count]):
        count += 1
    return count


def _place(above: list[GridCell], below: list[GridCell], leading: int) -> tuple[list[GridCell | None], list[GridCell | None]] | None:
    """Both rows with every group over the sub-labels that follow and the other labels alone. None if the groups cannot be told."""
    children = below[leading:]
    groups = [i for i, c in enumerate(above) if i and (found := concept(c.text)) is not None and found.name in _GROUPS]
    if not children:
        groups = []
    elif not groups or len(children) % len(groups):
        last = [i for i in groups if (found := concept(above[i].text)) is not None and found.name == "expenditure"]
        if len(last) != 1:
            return None
        groups = last  # 年初结转和结余 and 本年收入 may stand alone, 本年支出 is the one that is broken down
    elif len(groups) > 1 and len(children) // len(groups) < 2:
        groups = [i for i in groups if (found := concept(above[i].text)) is not None and found.name == "expenditure"]
        if len(groups) != 1:
            return None
    share = len(children) // len(groups) if groups else 0
    top: list[GridCell | None] = [above[0], *[None] * (leading - 1)]
    bottom: list[GridCell | None] = list(below[:leading])
    for i, label in enumerate(above[1:], start=1):
        if i in groups:
            top += [label, *[None] * (share - 1)]
            bottom += children[:share]
            children = children[share:]
        else:
            top.append(label)
            bottom.append(None)
    return top, bottom
