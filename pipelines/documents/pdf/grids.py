"""Rules to grids: horizontal and vertical rules of a page to tables of cells with spans. Pure geometry, no text.

Doubled and dashed rules are merged, rules that touch form one table, cells with no rule between them are one cell.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rule = tuple[float, float, float]  # position, start, end

SNAP = 3.0  # rules nearer than this are one rule (doubled rules, offsets between cells drawn one by one)
DASH = 4.0  # a gap in a rule up to this is a dash, not an end
TOUCH = 3.0  # a rule that ends this near another one touches it
SHORT = 4.0  # merged rules shorter than this are corners and dots


@dataclass(slots=True)
class RuledCell:
    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(slots=True, eq=False)
class RuledGrid:
    """A table of rules: `xs` and `ys` are the positions of its columns and rows (one more than there are)."""

    xs: list[float]
    ys: list[float]
    cells: list[RuledCell]
    place: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros((0, 0), np.intp))  # rows × columns → index of the cell

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def merge_rules(rules: Floats) -> list[Rule]:
    """Rules (k×3: position, start, end) with the pieces of one line joined."""
    if len(rules) == 0:
        return []
    ordered = rules[np.lexsort((rules[:, 1], rules[:, 0]))].tolist()
    out: list[Rule] = []
    band: list[list[float]] = []
    base = ordered[0][0]
    for rule in ordered:
        if rule[0] - base > 1.5:
            _merge_band(band, out)
            band, base = [], rule[0]
        band.append(rule)
    _merge_band(band, out)
    return [rule for rule in out if rule[2] - rule[1] >= SHORT]


def _merge_band(band: list[list[float]], out: list[Rule]) -> None:
    if len(band) == 1:
        out.append((band[0][0], band[0][1], band[0][2]))
        return
    band.sort(key=lambda r: r[1])
    position, start, end = band[0]
    weight, total = max(end - start, 0.01), position * max(end - start, 0.01)
    for p, a, b in band[1:]:
        if a <= end + DASH:
            end = max(end, b)
            w = max(b - a, 0.01)
            weight, total = weight + w, total + p * w
        else:
            out.append((total / weight, start, end))
            start, end = a, b
            weight = max(b - a, 0.01)
            total = p * weight
    out.append((total / weight, start, end))


def components(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch each other; groups without both directions are left out. Top to bottom."""
    if not horizontal or not vertical:
        return []
    h = np.array(horizontal)
    v = np.array(vertical)
    touch = (
        (v[None, :, 0] >= h[:, None, 1] - TOUCH)
        & (v[None, :, 0] <= h[:, None, 2] + TOUCH)
        & (h[:, None, 0] >= v[None, :, 1] - TOUCH)
        & (h[:, None, 0] <= v[None, :, 2] + TOUCH)
    )
    of_v = np.full(len(v), -1)
    out: list[tuple[list[Rule], list[Rule]]] = []
    for seed in range(len(v)):
        if of_v[seed] >= 0:
            continue
        vs = np.zeros(len(v), bool)
        vs[seed] = True
        while True:
            hs = touch[:, vs].any(axis=1)
            grown = vs | touch[hs].any(axis=0)
            if (grown == vs).all():
                break
            vs = grown
        of_v[vs] = seed
        if hs.any():
            out.append(([horizontal[i] for i in np.flatnonzero(hs)], [vertical[i] for i in np.flatnonzero(vs)]))
    out.sort(key=lambda c: min(r[1] for r in c[1]))
    return out


def _positions(values: list[float]) -> list[float]:
    """Distinct positions: values nearer than SNAP are one (their mean)."""
    values = sorted(values)
    out: list[float] = []
    group = [values[0]]
    for value in values[1:]:
        if value - group[-1] <= SNAP and value - group[0] <= 2 * SNAP:
            group.append(value)
        else:
            out.append(sum(group) / len(group))
            group = [value]
    out.append(sum(group) / len(group))
    return out


def ruled_grid(horizontal: list[Rule], vertical: list[Rule]) -> RuledGrid | None:
    """The grid of one group of touching rules, or None where it has fewer than two cells."""
    # Open sides: a rule that runs on beyond the outermost rule across it closes a column (row) of its own there.
    left, right = min(r[1] for r in horizontal), max(r[2] for r in horizontal)
    top, bottom = min(r[1] for r in vertical), max(r[2] for r in vertical)
    xs = _positions([r[0] for r in vertical] + [left, right])
    ys = _positions([r[0] for r in horizontal] + [top, bottom])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2 or columns * rows > 200_000:
        return None
    right_of = [[False] * columns for _ in range(rows)]  # a rule on the left side of cell (r, c), c ≥ 1
    mid_x, mid_y = _middles(xs), _middles(ys)  # a rule over the middle of a side draws it
    for x, a, b in vertical:
        c = _nearest(xs, x)
        if 0 < c < columns:
            for r in range(bisect_left(mid_y, a), bisect_right(mid_y, b)):
                right_of[r][c] = True
    above = [[False] * columns for _ in range(rows)]  # a rule on the upper side of cell (r, c), r ≥ 1
    for y, a, b in horizontal:
        r = _nearest(ys, y)
        if 0 < r < rows:
            row = above[r]
            for c in range(bisect_left(mid_x, a), bisect_right(mid_x, b)):
                row[c] = True
    place = [[-1] * columns for _ in range(rows)]
    cells: list[RuledCell] = []
    for r in range(rows):
        for c in range(columns):
            if place[r][c] >= 0:
                continue
            end = c + 1
            edges = right_of[r]
            while end < columns and not edges[end] and place[r][end] < 0:
                end += 1
            low = r + 1
            while low < rows and not any(above[low][c:end]):
                edges = right_of[low]
                if any(edges[c + 1 : end]) or (c > 0 and not edges[c] and not _same(place, low, c)) or (end < columns and not edges[end]):
                    break
                low += 1
            index = len(cells)
            for rr in range(r, low):
                place[rr][c:end] = [index] * (end - c)
            cells.append(RuledCell(r, c, low - r, end - c))
    if len(cells) < 2:
        return None
    return _compact(RuledGrid(xs, ys, cells, np.array(place, np.intp)))


def _compact(grid: RuledGrid) -> RuledGrid:
    """Without the rows and columns in which no cell begins."""
    rows = sorted({cell.row for cell in grid.cells})
    columns = sorted({cell.column for cell in grid.cells})
    if len(rows) == len(grid.ys) - 1 and len(columns) == len(grid.xs) - 1:
        return grid
    cells = [
        RuledCell(
            bisect_left(rows, c.row),
            bisect_left(columns, c.column),
            bisect_left(rows, c.row + c.row_span) - bisect_left(rows, c.row),
            bisect_left(columns, c.column + c.column_span) - bisect_left(columns, c.column),
        )
        for c in grid.cells
    ]
    xs = [grid.xs[c] for c in columns] + [grid.xs[-1]]
    ys = [grid.ys[r] for r in rows] + [grid.ys[-1]]
    return RuledGrid(xs, ys, cells, grid.place[np.ix_(rows, columns)])


def _same(place: list[list[int]], row: int, column: int) -> bool:
    """True where the cell to the left is already taken by another cell: then its border closes this one."""
    return place[row][column - 1] >= 0


def _nearest(positions: list[float], value: float) -> int:
    i = bisect_left(positions, value)
    if i == 0:
        return 0
    if i == len(positions) or value - positions[i - 1] <= positions[i] - value:
        return i - 1
    return i


def _middles(positions: list[float]) -> list[float]:
    return [(a + b) / 2 for a, b in pairwise(positions)]


def find_ruled(horizontal: Floats, vertical: Floats) -> list[RuledGrid]:
    """All ruled grids of a page, top to bottom."""
    out = []
    for hs, vs in components(merge_rules(horizontal), merge_rules(vertical)):
        if (grid := ruled_grid(hs, vs)) is not None:
            out.append(grid)
    return out
