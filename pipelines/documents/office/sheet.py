"""A spreadsheet page to blocks: which rows are a table, which are its title, unit line and notes; shared by .xlsx and .xls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.documents.flow import paragraph
from pipelines.documents.model import Block, Grid, GridCell, Locator
from pipelines.documents.tabular import MAX_CELLS, MAX_COLUMNS, cell_text, is_caption, is_note, mark_continued, peel


@dataclass(slots=True)
class SheetCell:
    """A cell that shows something, at its 1-based place in the sheet."""

    row: int
    column: int
    text: str
    locator: Locator
    row_span: int = 1
    column_span: int = 1
    number: str | None = None
    bordered: bool = False


def sheet_blocks(cells: list[SheetCell], n_rows: int, gridlines: bool = True) -> list[Block]:
    """Blocks of one sheet in printed order.

    Where borders are drawn they say what is a table: runs of bordered rows; rows of three and more texts directly at such a run
    belong to it. Without any border a table is a run of rows without a blank one, its captions told by their wording.
    """
    shown = [c for c in cells if c.text or c.number is not None]
    if not shown:
        return []
    by_row: dict[int, list[SheetCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    spans: list[tuple[int, int]] = []
    ruled = any(c.bordered and c.text for c in cells)
    table_rows = _bordered_rows(by_row) if ruled else _filled_rows(by_row)
    for r in sorted(table_rows):
        # Without borders a blank row may also be an empty line of the form: what looks like a further row goes on.
        bridged = not ruled and spans and _is_row(by_row.get(r, [])) and any(_several(by_row.get(k, [])) for k in range(*spans[-1]))
        if spans and (r == spans[-1][1] + 1 or bridged):
            spans[-1] = (spans[-1][0], r)
        else:
            spans.append((r, r))
    blocks: list[Block] = []
    done = 0
    for first, last in spans:
        blocks += _texts(by_row, done + 1, first - 1)
        blocks += _table(by_row, first, last, ruled)
        done = last
    blocks += _texts(by_row, done + 1, max(by_row))
    out = [b for b in blocks if not isinstance(b, Grid) or b.n_columns]
    mark_continued(out)
    return out


def _filled_rows(by_row: dict[int, list[SheetCell]]) -> set[int]:
    """Rows that print something, and those that merged labels of a head reach into: a head of two rows may be one row of labels."""
    rows = {r for r, row in by_row.items() if any(c.text for c in row)}
    merged = [c for r in rows if _several(by_row[r]) for c in by_row[r] if c.text]
    return rows | {r for c in merged for r in range(c.row, c.row + c.row_span)}


def _several(row: list[SheetCell]) -> bool:
    return sum(bool(c.text) for c in row) >= 2


def _is_row(row: list[SheetCell]) -> bool:
    """Several texts, a short one (合计) or a number, neither captions nor notes."""
    texts = [c.text for c in row if c.text]
    shown = len(texts) >= 2 or any(len(c.text) <= 8 or c.number is not None for c in row if c.text)
    return shown and not all(is_caption(t) or is_note(t) for t in texts)


def _bordered_rows(by_row: dict[int, list[SheetCell]]) -> set[int]:
    rows: set[int] = set()
    for r, row in by_row.items():
        texts = [c for c in row if c.text]
        drawn = [c for c in row if c.bordered]
        if texts and sum(c.bordered for c in texts) * 2 > len(texts):
            rows |= set(range(r, r + max(c.row_span for c in texts if c.bordered)))
        elif not texts and len(drawn) >= 2:
            rows.add(r)
    if not rows:
        return rows
    grown = True
    while grown:  # head or total rows whose borders were forgotten
        grown = False
        for r, row in by_row.items():
            if r not in rows and (r - 1 in rows or r + 1 in rows) and sum(bool(c.text) for c in row) >= 3:
                rows.add(r)
                grown = True
    filled = [r for r in rows if any(c.text for c in by_row.get(r, []))]
    covered = {r for row in by_row.values() for c in row if c.text for r in range(c.row, c.row + c.row_span)}
    return {r for r in rows if r in covered or (min(filled) < r < max(filled))}


def _texts(by_row: dict[int, list[SheetCell]], first: int, last: int) -> list[Block]:
    """Rows outside of tables: every line of every cell a paragraph."""
    out: list[Block] = []
    for r in sorted(k for k in by_row if first <= k <= last):
        for cell in sorted(by_row[r], key=lambda c: c.column):
            for line in re.split(r"[\r\n]+", cell.text):
                if line.strip():
                    out.append(paragraph(line, cell.locator))
    return out


def _table(by_row: dict[int, list[SheetCell]], first: int, last: int, ruled: bool) -> list[Block]:
    inside = [c for r in range(first, last + 1) for c in by_row.get(r, [])]
    texts = [c for c in inside if c.text]
    if not texts:
        return []
    left = min(c.column for c in inside if c.text or c.bordered)
    right = max(c.column + c.column_span - 1 for c in texts)
    if right - left >= MAX_COLUMNS or (right - left + 1) * (last - first + 1) > MAX_CELLS:
        right = min(right, left + MAX_COLUMNS - 1)
    n_rows, n_columns = last - first + 1, right - left + 1
    taken: set[tuple[int, int]] = set()
    cells: list[GridCell] = []
    for c in sorted(inside, key=lambda c: (c.row, c.column)):
        if c.column > right:
            continue
        text, lines = cell_text(c.text)
        row_span = min(c.row_span, last - c.row + 1)
        column_span = min(c.column_span, right - c.column + 1)
        cells.append(GridCell(c.row - first, c.column - left, text, c.locator, row_span, column_span, lines, c.number))
        taken |= {(r, k) for r in range(c.row, c.row + row_span) for k in range(c.column, c.column + column_span)}
    sheet = texts[0].locator.sheet
    kind = texts[0].locator.kind
    for r in range(first, last + 1):
        for k in range(left, right + 1):
            if (r, k) not in taken:
                cells.append(GridCell(r - first, k - left, "", Locator(kind, sheet=sheet, cell=f"{_letters(k)}{r}")))
    cells.sort(key=lambda g: (g.row, g.column))
    grid = Grid(cells, n_rows, n_columns, texts[0].locator, ruled)
    if sum(bool(c.text) for c in cells) == 1 or max(sum(bool(c.text) for c in by_row.get(r, [])) for r in range(first, last + 1)) < 2:
        return _texts(by_row, first, last)  # one text a row: not a table
    return peel(grid)


def _letters(column: int) -> str:
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out
