"""The grids of one PDF page with their text: characters to cells of ruled grids, aligned tables from what stands outside."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipelines.documents.model import Box, Grid, GridCell, Locator
from pipelines.documents.pdf.aligned_model import AlignedGrid
from pipelines.documents.pdf.glyphs import WIDE
from pipelines.documents.pdf.grids import Rule, RuledCell, RuledGrid, find_ruled, merge_rules
from pipelines.documents.pdf.grids_aligned import FREE, find_aligned, may_hold_table
from pipelines.documents.pdf.lines import Line, build_lines
from pipelines.documents.pdf.page import PageArrays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
_PART = re.compile(r"[-+(]?[\d,.]+[)%]?")
_WHOLE = re.compile(r"[-+(]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)%]?")
_CENTS = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d")
_TOUCHING = re.compile(rf"(?:{_CENTS.pattern}){{2,}}")
_AMOUNT_LINE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|0)%?")


def page_tables(
    arrays: PageArrays, before: AlignedGrid | None = None
) -> tuple[list[Line], list[tuple[float, float, Grid]], AlignedGrid | None]:
    """(running lines, grids with top and bottom, aligned table that ends the page) of one page, in the reading space; grids top to bottom.

    `before` is the aligned table that ends the page before.
    """
    ruled, groups, offsets = _assign(arrays)
    boxes = arrays.boxes if arrays.turned is None else _upright(arrays.boxes, arrays.turned, groups)
    lines = build_lines(arrays.codes, boxes, groups)
    running: list[Line] = []
    by_cell: dict[int, list[Line]] = {}
    for line in lines:
        if line.group < 0:
            running.append(line)
        else:
            by_cell.setdefault(line.group, []).append(line)
    out = [
        (grid.ys[0], grid.ys[-1], _ruled(*_split_tall(grid, by_cell, start), arrays)) for grid, start in zip(ruled, offsets, strict=True)
    ]
    last: AlignedGrid | None = None
    if may_hold_table(running, 1 if before is not None else 2):
        running, last = _aligned_tables(arrays, groups, running, out, before)
    return running, out, last


def _upright(boxes: Floats, turned: npt.NDArray[np.int8], groups: Ints) -> Floats:
    """Boxes with the turned characters of each cell set upright about their middle, so that they read from left to right."""
    out = boxes.copy()
    for group in np.unique(groups[turned > 0]).tolist():
        for quarter in (1, 2, 3):
            at = np.flatnonzero((groups == group) & (turned == quarter))
            if len(at) == 0:
                continue
            b = boxes[at]
            cx, cy = (b[:, 0].min() + b[:, 2].max()) / 2, (b[:, 1].min() + b[:, 3].max()) / 2
            x0, top, x1, bottom = b[:, 0] - cx, b[:, 1] - cy, b[:, 2] - cx, b[:, 3] - cy
            new = {1: (top, -x1, bottom, -x0), 2: (-x1, -bottom, -x0, -top), 3: (-bottom, x0, -top, x1)}[quarter]
            out[at] = np.column_stack(new) + np.array((cx, cy, cx, cy))
    return out


def _assign(arrays: PageArrays) -> tuple[list[RuledGrid], Ints, list[int]]:
    """Ruled grids that hold text, the cell number of each character (-1 outside), and the number of each grid's first cell."""
    boxes = arrays.boxes
    groups = np.full(len(boxes), -1, np.intp)
    x, y = (boxes[:, 0] + boxes[:, 2]) * 0.5, (boxes[:, 1] + boxes[:, 3]) * 0.5
    kept: list[RuledGrid] = []
    offsets: list[int] = []
    offset = 0
    candidates, tiles = _candidates(arrays)
    for grid in candidates:
        x0, top, x1, bottom = grid.box
        inside = np.flatnonzero((x > x0) & (x < x1) & (y > top) & (y < bottom) & (groups < 0))
        if len(inside) == 0:
            continue
        column = np.searchsorted(np.array(grid.xs[1:-1]), x[inside])
        row = np.searchsorted(np.array(grid.ys[1:-1]), y[inside])
        place = grid.place[row, column]
        if grid in tiles and not _tabular(grid, place):
            continue
        groups[inside] = place + offset
        kept.append(grid)
        offsets.append(offset)
        offset += len(grid.cells)
    if kept:
        _keep_runs_whole(arrays, groups)
    return kept, groups, offsets


def _tabular(grid: RuledGrid, place: Ints) -> bool:
    """True where filled boxes hold a table and not the captions over one: three rows and more with several texts each."""
    texts: dict[int, set[int]] = {}
    for index in set(place.tolist()):
        texts.setdefault(grid.cells[index].row, set()).add(index)
    full = sum(len(found) > 1 for found in texts.values())
    return full >= 3 and 2 * full >= len(texts)


def _candidates(arrays: PageArrays) -> tuple[list[RuledGrid], list[RuledGrid]]:
    """(all grids top to bottom, those of filled boxes): grids by rules; where filled boxes tile a table of their own, by their edges."""
    grids = find_ruled(arrays.horizontal, arrays.vertical)
    tiles: list[RuledGrid] = []
    if len(arrays.fills) >= 4:
        free = [
            f
            for f in arrays.fills.tolist()
            if not any(f[0] < g.xs[-1] and g.xs[0] < f[2] and f[1] < g.ys[-1] and g.ys[0] < f[3] for g in grids)
        ]
        if len(free) >= 4:
            b = np.array(free)
            horizontal = np.concatenate((b[:, [1, 0, 2]], b[:, [3, 0, 2]]))
            vertical = np.concatenate((b[:, [0, 1, 3]], b[:, [2, 1, 3]]))
            tiles = [g for g in find_ruled(horizontal, vertical) if len(g.xs) > 2 and len(g.ys) > 3]
            grids = grids + tiles
    if len(grids) > 1:
        grids.sort(key=lambda g: (g.xs[-1] - g.xs[0]) * (g.ys[-1] - g.ys[0]))
        inner = grids
        grids = [g for i, g in enumerate(inner) if not _frame(g, inner[:i])]
        grids.sort(key=lambda g: g.ys[0])
    return grids, tiles


def _frame(grid: RuledGrid, smaller: list[RuledGrid]) -> bool:
    """True for a grid of few cells drawn around other grids: a frame of the page, not a table."""
    within = [
        g
        for g in smaller
        if g.xs[0] > grid.xs[0] - 1 and g.xs[-1] < grid.xs[-1] + 1 and g.ys[0] > grid.ys[0] - 1 and g.ys[-1] < grid.ys[-1] + 1
    ]
    return bool(within) and len(grid.cells) <= 4 < sum(len(g.cells) for g in within)


def _keep_runs_whole(arrays: PageArrays, groups: Ints) -> None:
    """A text that runs over the rule of its cell stays one text: it goes to the cell that holds most of it."""
    boxes = arrays.boxes
    size = boxes[:, 3] - boxes[:, 1]
    near = np.abs(boxes[1:, 0] - boxes[:-1, 2]) < 0.12 * size[1:]
    level = np.abs(boxes[1:, 3] - boxes[:-1, 3]) < 0.1 * size[1:]
    crossing = np.flatnonzero(near & level & (groups[1:] != groups[:-1]))
    if len(crossing) == 0:
        return
    joined = near & level
    for k in crossing.tolist():
        start, end = k, k + 1
        while start > 0 and joined[start - 1]:
            start -= 1
        while end < len(joined) and joined[end]:
            end += 1
        text = arrays.codes[start : end + 1].tobytes().decode("utf-16-le", "replace")
        if _part_amounts(text, groups[start : end + 1]):
            continue
        left = text[: k + 1 - start]
        if _AMOUNT_LINE.fullmatch(left) and _AMOUNT_LINE.fullmatch(text[k + 1 - start :]) and not _AMOUNT_LINE.fullmatch(text):
            continue  # two amounts that touch
        found, counts = np.unique(groups[start : end + 1], return_counts=True)
        if -1 in found and len(found) == 2 and counts[list(found).index(-1)] > 0.5 * (end + 1 - start):
            continue
        groups[start : end + 1] = found[np.argmax(counts)]


def _part_amounts(text: str, groups: Ints) -> bool:
    """Amounts of two decimals that touch, one to a cell: each goes to the cell that holds most of it. False for other texts."""
    if not _TOUCHING.fullmatch(text):
        return False
    pieces = [found.span() for found in _CENTS.finditer(text)]
    own = []
    for a, b in pieces:
        found, counts = np.unique(groups[a:b], return_counts=True)
        own.append(int(found[np.argmax(counts)]))
    if len(set(own)) < len(own) or -1 in own:
        return False
    for (a, b), group in zip(pieces, own, strict=True):
        groups[a:b] = group
    return True


def _split_tall(grid: RuledGrid, by_cell: dict[int, list[Line]], start: int) -> tuple[RuledGrid, dict[int, list[Line]]]:
    """The grid with rows that hold several printed rows of amounts split (columns are ruled, rows are not), and the lines of its cells."""
    own = {i: by_cell[start + i] for i in range(len(grid.cells)) if start + i in by_cell}
    tall = sorted({grid.cells[i].row for i, lines in own.items() if len(lines) > 2 and _amounts(lines) > 2})
    if not tall:
        return grid, own
    for row in reversed(tall):
        grid, own = _split_row(grid, own, row)
    return grid, own


def _amounts(lines: list[Line]) -> int:
    """How many lines there are when every one is an amount, else 0: a number wrapped over lines is not whole in each."""
    return len(lines) if all(_AMOUNT_LINE.fullmatch(line.text) for line in lines) else 0


def _split_row(grid: RuledGrid, own: dict[int, list[Line]], row: int) -> tuple[RuledGrid, dict[int, list[Line]]]:
    members = [i for i, cell in enumerate(grid.cells) if cell.row == row and cell.row_span == 1]
    lines = [line for i in members for line in own.get(i, ())]
    heights: list[list[Line]] = []
    for line in sorted(lines, key=lambda ln: ln.top + ln.bottom):
        if heights and (line.top + line.bottom - heights[-1][0].top - heights[-1][0].bottom) / 2 < 0.5 * line.size:
            heights[-1].append(line)
        else:
            heights.append([line])
    # a height without an amount is the wrapped end of the name above it when it follows closer than the rows do
    level = [sum(ln.top + ln.bottom for ln in h) / (2 * len(h)) for h in heights]
    steps = sorted(b - a for a, b in pairwise(level))
    usual = steps[len(steps) // 2] if steps else 0.0
    bands: list[list[Line]] = []
    for k, height in enumerate(heights):
        bare = not any(_AMOUNT_LINE.fullmatch(line.text) for line in height)
        if bands and bare and level[k] - level[k - 1] < 0.8 * usual:
            bands[-1] = bands[-1] + height
        else:
            bands.append(height)
    extra = len(bands) - 1
    if extra < 1:
        return grid, own
    cuts = [(max(ln.bottom for ln in a) + min(ln.top for ln in b)) / 2 for a, b in pairwise(bands)]
    ys = grid.ys[: row + 1] + cuts + grid.ys[row + 1 :]
    band_of = {id(line): k for k, band in enumerate(bands) for line in band}
    cells: list[RuledCell] = []
    texts: dict[int, list[Line]] = {}
    for i, cell in enumerate(grid.cells):
        if i in members:
            for k in range(extra + 1):
                part = [line for line in own.get(i, ()) if band_of[id(line)] == k]
                if part:
                    texts[len(cells)] = part
                cells.append(RuledCell(row + k, cell.column, 1, cell.column_span))
            continue
        if i in own:
            texts[len(cells)] = own[i]
        if cell.row > row:
            cells.append(RuledCell(cell.row + extra, cell.column, cell.row_span, cell.column_span))
        elif cell.row + cell.row_span > row:
            cells.append(RuledCell(cell.row, cell.column, cell.row_span + extra, cell.column_span))
        else:
            cells.append(cell)
    return RuledGrid(grid.xs, ys, cells), texts


def _ruled(grid: RuledGrid, own: dict[int, list[Line]], arrays: PageArrays) -> Grid:
    xs, ys, page, turn = grid.xs, grid.ys, arrays.number, arrays.turn
    cells: list[GridCell] = []
    for index, cell in enumerate(grid.cells):
        box: Box = (xs[cell.column], ys[cell.row], xs[cell.column + cell.column_span], ys[cell.row + cell.row_span])
        locator = Locator("pdf", page, arrays.to_displayed(box) if turn else box, turn=turn)
        lines = own.get(index)
        if lines is None:
            cells.append(GridCell(cell.row, cell.column, "", locator, cell.row_span, cell.column_span))
        elif len(lines) == 1:
            cells.append(GridCell(cell.row, cell.column, lines[0].text, locator, cell.row_span, cell.column_span))
        else:
            kept = tuple(line.text for line in lines)
            text = join_lines(lines, box[0], box[2])
            cells.append(GridCell(cell.row, cell.column, text, locator, cell.row_span, cell.column_span, kept))
    return Grid(cells, len(ys) - 1, len(xs) - 1, Locator("pdf", page, arrays.to_displayed(grid.box), turn=turn))


def _aligned_tables(
    arrays: PageArrays, groups: Ints, running: list[Line], out: list[tuple[float, float, Grid]], before: AlignedGrid | None
) -> tuple[list[Line], AlignedGrid | None]:
    """Adds aligned tables to `out`; returns the running lines that are not in them, and the table with which the page ends."""
    outside = np.flatnonzero(groups < 0)
    parts = build_lines(arrays.codes[outside], arrays.boxes[outside], groups[outside], segment=FREE)
    blocked = [(top, bottom) for top, bottom, _ in out]
    rules = [r for r in merge_rules(arrays.horizontal) if not any(top - 4 < r[0] < bottom + 4 for top, bottom in blocked)]
    taken: list[AlignedGrid] = find_aligned(parts, rules, blocked, before)
    if not taken:
        return running, None
    for grid in taken:
        out.append((grid.ys[0], grid.ys[-1], _aligned(grid, rules, arrays)))
    out.sort(key=lambda item: item[0])
    used = {line.row for grid in taken for cell in grid.cells for line in cell.lines}
    # both readings group the same characters by height: a row of one is the same row of the other, told by its place
    spans = [(min(ln.top for ln in ls), max(ln.bottom for ln in ls)) for ls in _by_row(parts, used)]
    left = [line for line in running if not any(top - 0.5 < (line.top + line.bottom) / 2 < bottom + 0.5 for top, bottom in spans)]
    last = max(taken, key=lambda grid: grid.ys[-1])
    foot = last.ys[-1]
    ends = all(top < foot for top, _ in blocked) and not any(line.top > foot and line.bottom < 0.88 * arrays.height for line in left)
    return left, last if ends else None


def _by_row(parts: list[Line], rows: set[int]) -> list[list[Line]]:
    found: dict[int, list[Line]] = {}
    for part in parts:
        if part.row in rows:
            found.setdefault(part.row, []).append(part)
    return list(found.values())


def _aligned(grid: AlignedGrid, rules: list[Rule], arrays: PageArrays) -> Grid:
    xs, ys = grid.xs, grid.ys
    cells: list[GridCell] = []
    for cell in grid.cells:
        x0, x1 = xs[cell.column], xs[cell.column + cell.column_span]
        box: Box = (x0, ys[cell.row], x1, ys[cell.row + cell.row_span])
        text = ""
        kept: tuple[str, ...] = ()
        if cell.lines:
            box = (
                min(ln.x0 for ln in cell.lines),
                min(ln.top for ln in cell.lines),
                max(ln.x1 for ln in cell.lines),
                max(ln.bottom for ln in cell.lines),
            )
            text = join_lines(cell.lines, x0, x1)
            kept = tuple(ln.text for ln in cell.lines) if len(cell.lines) > 1 else ()
        locator = Locator("pdf", arrays.number, arrays.to_displayed(box), turn=arrays.turn)
        cells.append(GridCell(cell.row, cell.column, text, locator, cell.row_span, cell.column_span, kept))
    whole = arrays.to_displayed((xs[0], ys[0], xs[-1], ys[-1]))
    return Grid(
        cells, len(ys) - 1, len(xs) - 1, Locator("pdf", arrays.number, whole, turn=arrays.turn), ruled=False, continued=grid.continues
    )


def join_lines(lines: list[Line], x0: float, x1: float) -> str:
    """The wrapped lines of one cell as one text: no space next to an ideograph or inside a number that fills its line."""
    text = lines[0].text
    for before, after in pairwise(lines):
        a, b = before.text[-1:], after.text[:1]
        if (a and WIDE[min(ord(a), 65535)]) or (b and WIDE[min(ord(b), 65535)]):
            text += after.text
        elif _PART.fullmatch(before.text) and _PART.fullmatch(after.text):
            fills = (x1 - x0) - (before.x1 - before.x0) < 1.6 * before.size
            text += after.text if fills and _WHOLE.fullmatch(text + after.text) else " " + after.text
        else:
            text += " " + after.text
    return text
