"""Table rows broken over the page end: their second halves are put back to the row they belong to. Geometry and digits only.

Word lets a row break across pages unless told otherwise: a wrapped name or amount then ends in the first row of the next page, below the
repeated head, in a row that is blank where nothing was left to print. Such a row read for itself gives a wrong amount and one too many.
"""

from __future__ import annotations

import re

from pipelines.documents.model import Block, Grid, GridCell

_NUMERIC = re.compile(r"[-+(（]?[\d,.]+[)）%]?")
_WHOLE = re.compile(r"[-+(（]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)）%]?")
_VALUE = re.compile(r"[-+(（]?[\d,.]+[)）%]?|[-—－]{1,2}")
_NEW_TEXT = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,4}[)）、.．]|其中|小计|合计|总计|注|说明")
_MARKS = "、，。；：（）《》“”‘’"
_MARGIN = 6.5  # points: what cells keep free at their two sides together


def join_torn_rows(blocks: list[Block]) -> None:
    """Moves the text of a torn row of a continued grid up to the last row of the grid before it, and takes the row out."""
    previous: Block | None = None
    for block in blocks:
        if isinstance(block, Grid) and isinstance(previous, Grid) and block.continued:
            _join(previous, block)
        previous = block


def _join(before: Grid, after: Grid) -> None:
    head = _repeated_rows(before, after)
    rest = [c for c in after.cells if c.row == head and c.row_span == 1]
    above = {(c.column, c.column_span): c for c in before.cells if c.row + c.row_span == before.n_rows}
    pairs = [(above.get((c.column, c.column_span)), c) for c in rest]
    if head >= after.n_rows or not rest or sum(c.column_span for c in rest) != after.n_columns:
        return
    moved: list[tuple[GridCell, GridCell]] = []
    for first, second in pairs:
        if first is None:
            return
        if second.text:
            if not first.text or not _goes_on(first, second, before):
                return
            moved.append((first, second))
    left = [first for first, second in pairs if first is not None and first.text and not second.text]
    numeric = any(_NUMERIC.fullmatch(second.text) for _, second in moved)
    if not moved or not any(numeric or _VALUE.fullmatch(cell.text) for cell in left):
        return  # a row of its own: it lacks nothing that the row above has
    for first, second in moved:
        first.lines = (*(first.lines or (first.text,)), *(second.lines or (second.text,)))
        first.text = "".join(first.lines) if _NUMERIC.fullmatch(second.text) else first.text + second.text
        first.rest = second.locator
    after.cells = [c for c in after.cells if c.row != head]
    for cell in after.cells:
        if cell.row > head:
            cell.row -= 1
    after.n_rows -= 1


def _repeated_rows(before: Grid, after: Grid) -> int:
    """How many rows at the top of `after` print what the top of `before` prints."""
    texts = [{(c.row, c.column): c.text for c in grid.cells} for grid in (before, after)]
    count = 0
    while count < min(before.n_rows, after.n_rows):
        rows = [{k[1]: v for k, v in found.items() if k[0] == count} for found in texts]
        if rows[0] != rows[1] or not any(rows[0].values()):
            break
        count += 1
    return count


def _goes_on(first: GridCell, second: GridCell, grid: Grid) -> bool:
    """True where the text of `second` can only be the end of that of `first`."""
    if _NUMERIC.fullmatch(second.text):
        torn = "".join(first.lines) if first.lines else first.text
        whole = torn + second.text
        if not _NUMERIC.fullmatch(torn) or not _WHOLE.fullmatch(whole) or "." not in whole:
            return False
        return "." not in torn or len(whole) - whole.index(".") == 3
    return not _NUMERIC.fullmatch(first.text) and not _NEW_TEXT.match(second.text) and _full(first, grid)


def _full(cell: GridCell, grid: Grid) -> bool:
    """True where the last printed line of a cell fills it: one character more would pass the widest line of its column.

    And the type with which the line would fill its cell is not higher than the rows.
    """
    box = cell.locator.upright
    if box is None:
        return False
    heights = []
    widest = 0.0
    for other in grid.cells:
        place = other.locator.upright
        if other.text and (other.column, other.column_span) == (cell.column, cell.column_span) and place is not None:
            widest = max(widest, *(_ems(line) for line in other.lines or (other.text,)))
            heights.append((place[3] - place[1]) / max(len(other.lines), 1))
    width = _ems(cell.lines[-1] if cell.lines else cell.text)
    size = (box[2] - box[0] - _MARGIN) / max(width, 1.0)  # of the type with which the line would fill its cell
    return width + 1.0 > widest and size < min(heights)


def _ems(line: str) -> float:
    """About how wide a line is, in type sizes; punctuation may be set narrow."""
    return sum(0.5 if ch.isascii() or ch in _MARKS else 1.0 for ch in line)
