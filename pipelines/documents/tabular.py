"""Rows of cells to grids for the readers without geometry: spans placed, captions peeled off, continuations marked."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from pipelines.documents.flow import join_text, paragraph, squeeze
from pipelines.documents.model import Block, Grid, GridCell, Locator, Paragraph, Refused

MAX_CELLS = 1_000_000
MAX_COLUMNS = 1_000

_CAPTION_ROW = re.compile(
    r"(?:附[件表]?\s*\d*[:：]?|[（(]?\s*公开\s*\d+(?:-\d+)?\s*表[）)]?|(?:预算|决算|财决|表)\s*公?开?\s*\d+(?:-\d+)?\s*表?|表\s*[一二三四五六七八九十\d]+(?:-\d+)?"
    r"|(?:金额)?(?:计量)?单位\s*[:：].*|[（(]\s*单位\s*[:：].*|(?:编制|预算|填报|公开|主管)?(?:部门|单位)(?:[（(]单位[）)])?(?:名称|编码)?\s*[:：].*"
    r"|20\d\d\s*年度?|[（(]?20\d\d\s*年度?[）)]?.{0,40}表(?:[（(].*[）)])?|.{2,60}(?:决算|预算|收支|收入|支出|情况|明细|目标|绩效|自评|经费|申报|总)表(?:[（(].*[）)])?"
    r"|(?:编制|填报|打印|公开)?(?:日期|时间)\s*[:：].*|万?元)"
)
"""Texts that stand above a table inside its sheet: form number, body, unit line, year, title."""
_NOTE_ROW = re.compile(r"(?:[*＊]?\s*(?:注|备注|说明|附注|填表说明|审核人|制表人?|填报人|单位负责人)\s*\d*\s*[:：.、].*)", re.S)


@dataclass(slots=True)
class RawCell:
    """A cell as the file holds it, before it has a place in a grid."""

    text: str
    locator: Locator
    row_span: int = 1
    column_span: int = 1
    number: str | None = None
    bordered: bool | None = None  # drawn borders, where the format knows
    lines: tuple[str, ...] = field(default=())


def cell_text(raw: str) -> tuple[str, tuple[str, ...]]:
    """The text of a cell with its printed lines joined, and those lines where there are several."""
    lines = tuple(clean for part in re.split(r"[\r\n\x0b\x85\u2028\u2029]+", raw) if (clean := squeeze(part)))
    text = ""
    for line in lines:
        text = join_text(text, line)
    return text, lines if len(lines) > 1 else ()


def place_rows(rows: list[list[RawCell]]) -> tuple[list[GridCell], int, int]:
    """Cells with their row and column by the HTML rule: a cell takes the first place not covered by a span from above.

    Returns the cells, the number of rows and of columns. Places that no cell covers become blank cells at the row's end.
    """
    taken: dict[tuple[int, int], None] = {}
    cells: list[GridCell] = []
    n_columns = 0
    for r, row in enumerate(rows):
        c = 0
        for raw in row:
            while (r, c) in taken:
                c += 1
            if c >= MAX_COLUMNS or len(taken) > MAX_CELLS:
                if raw.text:
                    raise Refused("hostile", f"a table of more than {MAX_COLUMNS} columns or {MAX_CELLS} cells: no report prints that")
                break
            column_span = max(1, min(raw.column_span, MAX_COLUMNS - c))
            row_span = max(1, min(raw.row_span, len(rows) - r))
            for dc in range(column_span):  # a span never runs over a cell that stands there already
                if dc and (r, c + dc) in taken:
                    column_span = dc
                    break
            for dr in range(row_span):
                for dc in range(column_span):
                    taken[r + dr, c + dc] = None
            cells.append(GridCell(r, c, raw.text, raw.locator, row_span, column_span, raw.lines, raw.number))
            c += column_span
            n_columns = max(n_columns, c)
    if not cells:
        return [], 0, 0
    for r in range(len(rows)):
        near = rows[r][-1].locator if rows[r] else cells[0].locator
        cells += [GridCell(r, c, "", near) for c in range(n_columns) if (r, c) not in taken]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return cells, len(rows), n_columns


def make_grid(rows: list[list[RawCell]], locator: Locator, ruled: bool = True) -> Grid | None:
    """A grid, or None where no cell holds text."""
    cells, n_rows, n_columns = place_rows(rows)
    if not any(cell.text for cell in cells):
        return None
    return Grid(cells, n_rows, n_columns, locator, ruled)


def peel(grid: Grid, lone_rows: bool = True, unbordered: frozenset[int] = frozenset(), trim: bool = True) -> list[Block]:
    """The grid without the caption rows above and the note rows below; those become paragraphs, as a PDF would show them.

    A row is a caption when it has text and every text in it is a form number, body, unit line, year or title, or when it has no
    borders (`unbordered` rows), or (with `lone_rows`) when it is a single text over the whole width above the first row of
    several cells. Blank rows at both ends are dropped, and (with `trim`) blank columns at the right.
    """
    rows = _texts_by_row(grid)
    reach = [max((c.row + c.row_span for c in row), default=i + 1) for i, row in enumerate(rows)]
    spanned = [any(c.row < i < c.row + c.row_span for c in grid.cells if c.row_span > 1) for i in range(grid.n_rows)]
    first = 0
    while (
        first < grid.n_rows
        and reach[first] == first + 1
        and not spanned[first]
        and _is_caption(rows[first], grid, lone_rows, unbordered, first)
    ):
        first += 1
    last = _body_end(rows, spanned, first, unbordered)
    if first == grid.n_rows:  # nothing but captions: a sheet of text
        return [p for row in rows for p in _row_paragraphs(row)]
    head = [p for row in rows[:first] for p in _row_paragraphs(row)]
    tail = [p for row in rows[last:] for p in _row_paragraphs(row)]
    kept = [c for c in grid.cells if first <= c.row < last]
    n_columns = max(c.column + c.column_span for c in kept if c.text or not trim)
    for cell in kept:
        cell.row -= first
        cell.row_span = min(cell.row_span, last - first - cell.row)
        cell.column_span = max(1, min(cell.column_span, n_columns - cell.column))
    kept = [c for c in kept if c.column < n_columns]
    return [*head, Grid(kept, last - first, n_columns, kept[0].locator if (head or tail) else grid.locator, grid.ruled), *tail]


def is_caption(text: str) -> bool:
    """A text that stands above a table by its wording: form number, body, unit line, year, title."""
    return _CAPTION_ROW.fullmatch(text.strip()) is not None


def is_note(text: str) -> bool:
    """A text that stands below a table: 注：…"""
    return _NOTE_ROW.fullmatch(text.strip()) is not None


def _texts_by_row(grid: Grid) -> list[list[GridCell]]:
    rows: list[list[GridCell]] = [[] for _ in range(grid.n_rows)]
    for cell in grid.cells:
        if cell.text:
            rows[cell.row].append(cell)
    return rows


def _is_caption(row: list[GridCell], grid: Grid, lone_rows: bool, unbordered: frozenset[int], index: int) -> bool:
    if not row or index in unbordered:
        return True
    if all(is_caption(c.text) for c in row):
        return True
    return (
        lone_rows
        and len(row) == 1
        and row[0].number is None
        and (row[0].column_span == grid.n_columns or (row[0].column == 0 and index == 0))
    )


def _body_end(rows: list[list[GridCell]], spanned: list[bool], first: int, unbordered: frozenset[int]) -> int:
    """Index after the last row of the table proper: 注：… opens the notes, single texts below it belong to them."""
    end = len(rows)
    while end > first and not rows[end - 1]:
        end -= 1
    for i in range(end - 1, first - 1, -1):
        if spanned[i]:
            break
        if i in unbordered or not rows[i] or (rows[i][0].column <= 1 and len(rows[i]) <= 3 and all(is_note(c.text) for c in rows[i])):
            end = i if rows[i] or end == i + 1 else end
        elif len(rows[i]) > 1:
            break
    return end


def _row_paragraphs(row: list[GridCell]) -> list[Paragraph]:
    return [paragraph(c.text, c.locator) for c in row]


def mark_continued(blocks: list[Block]) -> None:
    """Marks a grid that directly follows another of about as many columns: the same table over a page or block break."""
    for before, after in itertools.pairwise(blocks):
        if isinstance(before, Grid) and isinstance(after, Grid):
            after.continued = abs(before.n_columns - after.n_columns) <= max(before.n_columns, after.n_columns) // 8
