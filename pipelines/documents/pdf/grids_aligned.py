"""Tables without (enough) rules: columns by alignment, rows by printed line. Works on lines and horizontal rules, knows no accounting.

A region is a table when at least three of its rows print numbers that stand free (a wide gap before and after) and share their
edges from row to row; horizontal rules around it, three numbers and more in each row, or a row of column numbers (栏次 1 2 3) lower
the bar to two, heads over each of three numbers to one. Rows that go on in the columns of the table before them (续表) need no bar:
they repeat its head, or begin the page and share its edges. A list of page numbers (a table of contents) is none.
"""

from __future__ import annotations

from pipelines.documents.pdf.aligned_cells import span, to_grid
from pipelines.documents.pdf.aligned_model import EDGE, NUMBER, AlignedGrid, Row, near, to_rows
from pipelines.documents.pdf.aligned_regions import find_regions, foot
from pipelines.documents.pdf.grids import Rule
from pipelines.documents.pdf.lines import Line

FREE = 0.6  # of the type size: the gap on both sides of what stands in a column of its own


def may_hold_table(lines: list[Line], least: int = 2) -> bool:
    """A cheap first look at lines parted at wide gaps: are there `least` rows that end with, or hold, a number standing free?"""
    rows: dict[int, int] = {}  # row → numbers standing free in it
    for line in lines:
        text = line.text
        if text[-1:].isdigit() or text[-1:] in "%)）—-":
            words = text.split(" ")
            if NUMBER.fullmatch(words[-1]):
                rows[line.row] = rows.get(line.row, 0) + sum(NUMBER.fullmatch(word) is not None for word in words)
    return len(rows) >= least or any(numbers > 2 for numbers in rows.values())


def find_aligned(
    parts: list[Line], rules: list[Rule], blocked: list[tuple[float, float]], before: AlignedGrid | None = None
) -> list[AlignedGrid]:
    """Aligned tables among `parts` (lines parted at FREE); `blocked` are the heights (top, bottom) of ruled grids, never crossed.

    `before` is the aligned table that ends the page before: it may go on here.
    """
    rows = to_rows(parts)
    regions = find_regions(rows, rules, blocked)
    out: list[AlignedGrid] = []
    if before is not None and (found := _continuation(rows, before, rules, blocked)) is not None:
        start, end, repeated = found
        end = max([end] + [b for a, b in regions if a < end])
        if (grid := _continued(rows[start:end], rules, before, repeated)) is not None:
            out.append(grid)
            regions = [(a, b) for a, b in regions if a >= end]
    for start, end in regions:
        if (grid := to_grid(rows[start:end], rules)) is not None:
            out.append(grid)
    return out


def _continuation(
    rows: list[Row], before: AlignedGrid, rules: list[Rule], blocked: list[tuple[float, float]]
) -> tuple[int, int, bool] | None:
    """(start, end, head repeated): the rows at the top of a page with which `before` goes on."""
    data = next((i for i, row in enumerate(rows) if row.data), None)
    if data is None or any(top < rows[data].top for top, _ in blocked):
        return None
    first = [line for cell in before.cells if cell.row == 0 for line in cell.lines]
    start = next((i for i in range(data + 1) if _same_row(rows[i].parts, first)), None)
    repeated = start is not None
    if start is None:
        if data > 2 or any(len(row.parts) > 1 for row in rows[:data]):
            return None
        start = data
    end = data + 1
    for i in range(end, len(rows)):
        if rows[i].top - rows[end - 1].bottom > 2.5 * (rows[end - 1].bottom - rows[end - 1].top) or any(
            len(p.text) > 30 for p in rows[i].parts if len(rows[i].parts) == 1
        ):
            break
        if rows[i].data:
            end = i + 1
    bottom = [r for r in rules if rows[start].top - 80 < r[0] < rows[end - 1].bottom + 40 and r[2] - r[1] > 100]
    return start, foot(rows, end, bottom), repeated


def _same_row(parts: list[Line], other: list[Line]) -> bool:
    """True where a row prints the same texts at the same places."""
    return len(parts) == len(other) > 0 and all(
        a.text == b.text and abs(a.x0 - b.x0) < EDGE for a, b in zip(parts, sorted(other, key=lambda p: p.x0), strict=True)
    )


def _continued(rows: list[Row], rules: list[Rule], before: AlignedGrid, repeated: bool) -> AlignedGrid | None:
    """The rows in the columns of `before`; None where they do not stand in them."""
    xs = [min(before.xs[0], *(p.x0 for row in rows for p in row.parts)), *before.xs[1:-1]]
    xs.append(max(before.xs[-1], *(p.x1 for row in rows for p in row.parts)))
    known: dict[int, list[Line]] = {}
    for cell in before.cells:
        known.setdefault(cell.column, []).extend(ln for ln in cell.lines if NUMBER.fullmatch(ln.text))
    numbers = aligned = wide = 0
    for row in rows:
        if not row.data:
            continue
        taken: set[int] = set()
        for part in row.parts:
            a, b = span(part, xs)
            if a in taken or (b - a > 1 and NUMBER.fullmatch(part.text)):
                return None  # two texts in one cell, a number over two
            taken.update(range(a, b))
            wide += b - a > 1
            if NUMBER.fullmatch(part.text) and (not repeated or known.get(a)):
                numbers += 1
                aligned += near(part, known.get(a, []))
    if aligned < (0.6 if repeated else 0.9) * numbers:
        return None
    grid = to_grid(rows, rules) if wide else None  # a longer name here may have moved the edges
    if grid is None or len(grid.xs) != len(xs):
        grid = to_grid(rows, rules, xs)
    if grid is not None:
        grid.continues = True
    return grid
