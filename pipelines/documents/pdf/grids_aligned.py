"""Tables without (enough) rules: columns by alignment, rows by printed line. Works on lines and horizontal rules, knows no accounting.

A region is a table when at least three of its rows print numbers that stand free (a wide gap before and after) and share their
edges from row to row; horizontal rules around it, three numbers and more in each row, or a row of column numbers (栏次 1 2 3) lower
the bar to two, heads over each of three numbers to one. Rows that go on in the columns of the table before them (续表) need no bar:
they repeat its head, or begin the page and share its edges. A list of page numbers (a table of contents) is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from pipelines.documents.pdf.grids import Rule
from pipelines.documents.pdf.lines import Line

FREE = 0.6  # of the type size: the gap on both sides of what stands in a column of its own
_NUMBER = re.compile(r"[-+－(（]?[¥￥]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?[)）%％]?|[-—－]{1,2}")
_AMOUNT = re.compile(r"[-+－(（]?[¥￥]?(?:\d{1,3}(?:[,，]\d{3})+(?:[.．]\d+)?|\d+[.．]\d+|\d{4,})[)）%％]?")
_EDGE = 2.5  # points: edges nearer than this are aligned
_REACH = 2.6  # of the pitch of rows: farther apart, the table has ended


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
class _Row:
    top: float
    bottom: float
    parts: list[Line]

    @property
    def numbers(self) -> list[Line]:
        return [p for p in self.parts if _NUMBER.fullmatch(p.text)]

    @property
    def data(self) -> bool:
        return len(self.parts) > 1 and bool(self.numbers)


def may_hold_table(lines: list[Line], least: int = 2) -> bool:
    """A cheap first look at lines parted at wide gaps: are there `least` rows that end with, or hold, a number standing free?"""
    rows: dict[int, int] = {}  # row → numbers standing free in it
    for line in lines:
        text = line.text
        if text[-1:].isdigit() or text[-1:] in "%)）—-":
            words = text.split(" ")
            if _NUMBER.fullmatch(words[-1]):
                rows[line.row] = rows.get(line.row, 0) + sum(_NUMBER.fullmatch(word) is not None for word in words)
    return len(rows) >= least or any(numbers > 2 for numbers in rows.values())


def find_aligned(
    parts: list[Line], rules: list[Rule], blocked: list[tuple[float, float]], before: AlignedGrid | None = None
) -> list[AlignedGrid]:
    """Aligned tables among `parts` (lines parted at FREE); `blocked` are the heights (top, bottom) of ruled grids, never crossed.

    `before` is the aligned table that ends the page before: it may go on here.
    """
    rows = _rows(parts)
    regions = _regions(rows, rules, blocked)
    out: list[AlignedGrid] = []
    if before is not None and (found := _continuation(rows, before, rules, blocked)) is not None:
        start, end, repeated = found
        end = max([end] + [b for a, b in regions if a < end])
        if (grid := _continued(rows[start:end], rules, before, repeated)) is not None:
            out.append(grid)
            regions = [(a, b) for a, b in regions if a >= end]
    for start, end in regions:
        if (grid := _grid(rows[start:end], rules)) is not None:
            out.append(grid)
    return out


def _continuation(
    rows: list[_Row], before: AlignedGrid, rules: list[Rule], blocked: list[tuple[float, float]]
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
    return start, _foot(rows, end, bottom), repeated


def _same_row(parts: list[Line], other: list[Line]) -> bool:
    """True where a row prints the same texts at the same places."""
    return len(parts) == len(other) > 0 and all(
        a.text == b.text and abs(a.x0 - b.x0) < _EDGE for a, b in zip(parts, sorted(other, key=lambda p: p.x0), strict=True)
    )


def _continued(rows: list[_Row], rules: list[Rule], before: AlignedGrid, repeated: bool) -> AlignedGrid | None:
    """The rows in the columns of `before`; None where they do not stand in them."""
    xs = [min(before.xs[0], *(p.x0 for row in rows for p in row.parts)), *before.xs[1:-1]]
    xs.append(max(before.xs[-1], *(p.x1 for row in rows for p in row.parts)))
    known: dict[int, list[Line]] = {}
    for cell in before.cells:
        known.setdefault(cell.column, []).extend(ln for ln in cell.lines if _NUMBER.fullmatch(ln.text))
    numbers = aligned = wide = 0
    for row in rows:
        if not row.data:
            continue
        taken: set[int] = set()
        for part in row.parts:
            a, b = _span(part, xs)
            if a in taken or (b - a > 1 and _NUMBER.fullmatch(part.text)):
                return None  # two texts in one cell, a number over two
            taken.update(range(a, b))
            wide += b - a > 1
            if _NUMBER.fullmatch(part.text) and (not repeated or known.get(a)):
                numbers += 1
                aligned += _near(part, known.get(a, []))
    if aligned < (0.6 if repeated else 0.9) * numbers:
        return None
    grid = _grid(rows, rules) if wide else None  # a longer name here may have moved the edges
    if grid is None or len(grid.xs) != len(xs):
        grid = _grid(rows, rules, xs)
    if grid is not None:
        grid.continues = True
    return grid


def _rows(parts: list[Line]) -> list[_Row]:
    by_row: dict[int, list[Line]] = {}
    for part in parts:
        by_row.setdefault(part.row, []).append(part)
    rows = [_Row(min(p.top for p in ps), max(p.bottom for p in ps), sorted(ps, key=lambda p: p.x0)) for ps in by_row.values()]
    rows.sort(key=lambda r: r.top)
    return rows


def _regions(rows: list[_Row], rules: list[Rule], blocked: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """Ranges of rows that may be one table: data rows with rows between them, not farther apart than their pitch allows."""
    data = [i for i, row in enumerate(rows) if row.data]
    if not data:
        return []
    groups: list[list[int]] = [[data[0]]]
    for before, after in pairwise(data):
        pitch = rows[before].bottom - rows[before].top
        gap = rows[after].top - rows[before].bottom
        parted = any(rows[before].bottom < top and bottom < rows[after].top for top, bottom in blocked)
        between = range(before + 1, after)
        prose = sum(len(rows[i].parts) == 1 and len(rows[i].parts[0].text) > 30 for i in between)
        if parted or prose or (gap > 4.5 * pitch and not _listed(rows[before : after + 1])):
            groups.append([after])
        else:
            groups[-1].append(after)
    out: list[tuple[int, int]] = []
    for group in groups:
        start, end = group[0], group[-1] + 1
        top, bottom = rows[start].top, rows[end - 1].bottom
        lines = [r for r in rules if top - 80 < r[0] < bottom + 40 and r[2] - r[1] > 100]
        if not _is_table([rows[i] for i in group], ruled=len(lines) >= 2) and not (len(group) == 1 and _headed(rows, start)):
            continue
        start = _head(rows, start, lines, blocked)
        end = _foot(rows, end, lines)
        out.append((start, end + _ends_name(rows, start, end)))
    return out


def _listed(rows: list[_Row]) -> bool:
    """True where the rows from one data row to the next follow closely, each a text at the left edge of a text of either: names
    whose amounts are blank."""
    edges = [p.x0 for row in (rows[0], rows[-1]) for p in row.parts if not _NUMBER.fullmatch(p.text)]
    return all(b.top - a.bottom < 1.2 * (b.bottom - b.top) for a, b in pairwise(rows)) and all(
        any(abs(row.parts[0].x0 - x) < _EDGE for x in edges) for row in rows[1:-1]
    )


def _is_table(rows: list[_Row], *, ruled: bool) -> bool:
    many = all(len(row.numbers) > 2 for row in rows)  # 栏次 1 2 3 over one row of amounts
    if len(rows) < (2 if ruled or many else 3):
        return False
    numbers = [n for row in rows for n in row.numbers]
    amounts = [n for n in numbers if _AMOUNT.fullmatch(n.text) or not n.text[0].isdigit()]
    if not ruled and 3 * len(amounts) < len(numbers) and not (len(amounts) > 2 and _line_numbers(numbers)):
        return False
    last = [int(row.parts[-1].text) for row in rows if row.parts[-1].text.isdigit() and len(row.parts[-1].text) < 4]
    if len(last) == len(rows) and last == sorted(last) and all(len(row.parts) == 2 for row in rows):
        return False  # a table of contents
    if many and len({len(row.numbers) for row in rows}) == 1:
        return True
    if any(_column_numbers(row) for row in rows):
        return True
    aligned = sum(_near(n, [other for other in numbers if other.row != n.row]) for n in numbers)
    return aligned >= 0.7 * len(numbers)


def _line_numbers(numbers: list[Line]) -> bool:
    """行次: five numbers and more one below another that count 1 2 3 … (in a table whose amounts are mostly blank)."""
    small = [n for n in numbers if n.text.isdigit() and len(n.text) < 4]
    runs: list[list[Line]] = []
    for n in small:
        run = next((r for r in runs if int(r[-1].text) + 1 == int(n.text) and _near(n, [r[-1]])), None)
        if run is None:
            runs.append([n])
        else:
            run.append(n)
    return any(len(run) >= 5 for run in runs)


def _column_numbers(row: _Row) -> bool:
    """栏次: three numbers and more, counting 1 2 3 …"""
    printed = [n.text for n in row.numbers]
    return len(printed) > 2 and printed == [str(i) for i in range(1, len(printed) + 1)]


def _headed(rows: list[_Row], at: int) -> bool:
    """True for a row of three numbers and more, amounts among them, that stands close below heads, one over each number."""
    row, high = rows[at], rows[at].bottom - rows[at].top
    numbers = row.numbers
    if len(numbers) < 3 or not any(_AMOUNT.fullmatch(n.text) for n in numbers):
        return False
    heads: list[Line] = []
    below = row
    for above in reversed(rows[max(at - 4, 0) : at]):
        if below.top - above.bottom > 1.6 * high or (len(above.parts) == 1 and len(above.parts[0].text) > 20):
            break
        heads += above.parts
        below = above
    return all(any(h.x0 < n.x1 and n.x0 < h.x1 for h in heads) for n in numbers)


def _near(part: Line, others: list[Line]) -> bool:
    """True where a text shares its left edge, right edge or middle with another."""
    return any(
        abs(other.x1 - part.x1) < _EDGE or abs(other.x0 - part.x0) < _EDGE or abs(other.x0 + other.x1 - part.x0 - part.x1) < 2 * _EDGE
        for other in others
    )


def _head(rows: list[_Row], start: int, rules: list[Rule], blocked: list[tuple[float, float]]) -> int:
    """The first row of the table: heads above its first data row are rows of several short texts, or stand under its top rule."""
    top_rule = min((r[0] for r in rules if r[0] < rows[start].top), default=None)
    first, at = start, start
    size = max(p.size for row in rows[start : start + 3] for p in row.parts)
    while at > 0:
        row, below = rows[at - 1], rows[at]
        if any(row.bottom < bottom and top < below.top for top, bottom in blocked):
            break
        if top_rule is not None:
            if row.top < top_rule - 2:
                break
            first = at - 1
        else:
            high = max(p.size for p in row.parts)
            if start - at >= 7 or below.top - row.bottom > 2.2 * high or high > 1.4 * size:
                break
            if any("：" in p.text or ":" in p.text or len(p.text) > 20 for p in row.parts):
                break
            if len(row.parts) > 1 or below.top - row.bottom < 1.2 * high:  # a wrapped head may stand alone in its row
                first = at - 1
        at -= 1
    return first


def _foot(rows: list[_Row], end: int, rules: list[Rule]) -> int:
    """One past the last row: rows down to the bottom rule belong to the table."""
    bottom_rule = max((r[0] for r in rules if r[0] > rows[end - 1].bottom - 2), default=None)
    while bottom_rule is not None and end < len(rows) and rows[end].bottom < bottom_rule + 2:
        end += 1
    return end


def _ends_name(rows: list[_Row], start: int, end: int) -> bool:
    """True where the line below the last row is the end of its name, whose other lines stand above the amounts."""
    if end >= len(rows) or end - start < 3:
        return False
    first, data, last = rows[end - 2 : end + 1]
    if len(first.parts) > 1 or len(last.parts) > 1 or not data.data or last.numbers:
        return False
    high = data.bottom - data.top
    close = data.top - first.top < 1.2 * high and abs(last.top - data.top - (data.top - first.top)) < 0.3 * high
    return close and first.parts[0].x0 < last.parts[0].x1 and last.parts[0].x0 < first.parts[0].x1


def _grid(rows: list[_Row], rules: list[Rule], xs: list[float] | None = None) -> AlignedGrid | None:
    """The rows as a grid; `xs` are the edges of its columns where they are known."""
    if xs is None:
        columns = _columns(rows)
        if len(columns) < 2:
            return None
        xs = [min(p.x0 for row in rows for p in row.parts)]
        xs += [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
        xs.append(max(p.x1 for row in rows for p in row.parts))
    tops = _row_tops(rows, rules)
    ys = [rows[0].top] + [(rows[i - 1].bottom + rows[i].top) / 2 for i in tops[1:]] + [rows[-1].bottom]
    cells: dict[tuple[int, int], Segment] = {}
    for r, first in enumerate(tops):
        last = tops[r + 1] if r + 1 < len(tops) else len(rows)
        for row in rows[first:last]:
            for part in row.parts:
                a, b = _span(part, xs)
                cell = cells.setdefault((r, a), Segment(r, a, 1, b - a, []))
                cell.column_span = max(cell.column_span, b - a)
                cell.lines.append(part)
    _unspan(cells)
    for r in range(len(tops)):  # blank cells
        taken = {c for (rr, cc), cell in cells.items() if rr == r for c in range(cc, cc + cell.column_span)}
        for c in range(len(xs) - 1):
            if c not in taken:
                cells[r, c] = Segment(r, c, 1, 1, [])
    return AlignedGrid(xs, ys, [cells[key] for key in sorted(cells)])


def _columns(rows: list[_Row]) -> list[tuple[float, float]]:
    """Columns (x0, x1): what is covered by the texts of the data rows, parted where no text stands."""
    spans = sorted((p.x0, p.x1) for row in rows if row.data for p in row.parts)
    out: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if out and x0 < out[-1][1] + 1.0:
            out[-1] = (out[-1][0], max(out[-1][1], x1))
        else:
            out.append((x0, x1))
    first_data = next((i for i, row in enumerate(rows) if row.data), 0)
    for i, row in enumerate(rows[:first_data]):
        out = _with_heads(row.parts, out, [p for below in rows[i + 1 : first_data] for p in below.parts])
    return _without_slips(rows, out)


def _without_slips(rows: list[_Row], columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Joins a column to its neighbour where it holds but few texts, no amount, and never one beside a text of the neighbour.

    Column numbers (栏次 1 2 3) and heads stand in the middle of a column whose amounts stand at its right edge.
    """
    out = list(columns)
    i = 0
    while i < len(out):
        own = _parts(rows, out[i])
        if len(own) > 3 or any(_AMOUNT.fullmatch(part.text) for part in own.values()):
            i += 1
            continue
        choices = []
        for k in (i - 1, i + 1):
            if 0 <= k < len(out):
                other = _parts(rows, out[k])
                both = own.keys() & other.keys()
                if all(own[r] is other[r] for r in both) and not _between_lines(
                    own, other
                ):  # a head over the two of them speaks for their being one
                    choices.append((not both, max(out[k][0] - out[i][1], out[i][0] - out[k][1]), k))
        if choices:
            k = min(i, min(choices)[2])
            out[k : k + 2] = [(out[k][0], out[k + 1][1])]
            i = max(k - 1, 0)
        else:
            i += 1
    return out


def _between_lines(own: dict[int, Line], other: dict[int, Line]) -> bool:
    """True where a text of one column stands level with the middle of a wrapped head of the other, beside it: two heads."""
    for tall, low in ((own, other), (other, own)):
        if len(tall) > 1:
            lines = [p for p in tall.values() if not _NUMBER.fullmatch(p.text)]
            inside = [p for r, p in low.items() if min(tall) < r < max(tall) and not _NUMBER.fullmatch(p.text)]
            close = all(b.top - a.bottom < 1.2 * (b.bottom - b.top) for a, b in pairwise(lines))
            if len(lines) == len(tall) and close and any(all(p.x1 < q.x0 or q.x1 < p.x0 for q in lines) for p in inside):
                return True
    return False


def _parts(rows: list[_Row], column: tuple[float, float]) -> dict[int, Line]:
    """Row number → text of the rows that print something in a column."""
    return {r: part for r, row in enumerate(rows) for part in row.parts if part.x0 < column[1] and part.x1 > column[0]}


def _with_heads(parts: list[Line], columns: list[tuple[float, float]], below: list[Line]) -> list[tuple[float, float]]:
    """The columns with those heads that stand over no text: the head of the free column beside it, else a column that is blank.

    A head that goes on in the heads `below` it, over no column either, is that of a blank column.
    """
    out = list(columns)
    over = [[c for c, (a, b) in enumerate(columns) if p.x1 > a and p.x0 < b] for p in parts]
    headed = {c for found in over for c in found}
    for i, part in enumerate(parts):
        if over[i]:
            continue
        left = max((c for found in over[:i] for c in found), default=-1)
        right = min((c for found in over[i + 1 :] for c in found), default=len(columns))
        free = [c for c in range(left + 1, right) if c not in headed]
        goes_on = any(q.x1 > part.x0 and q.x0 < part.x1 and not any(q.x1 > a and q.x0 < b for a, b in columns) for q in below)
        if free and not goes_on:
            nearest = min(free, key=lambda c: max(columns[c][0] - part.x1, part.x0 - columns[c][1]))
            out[nearest] = (min(out[nearest][0], part.x0), max(out[nearest][1], part.x1))
            headed.add(nearest)
            over[i] = [nearest]
        else:
            out.append((part.x0, part.x1))
    return sorted(out)


def _span(part: Line, xs: list[float]) -> tuple[int, int]:
    """Columns [a, b) a text covers: those of which it takes more than a sliver; a text inside one column takes that one."""
    covered = [
        c
        for c, (left, right) in enumerate(pairwise(xs))
        if min(part.x1, right) - max(part.x0, left) > min(0.35 * (right - left), 0.8 * (part.x1 - part.x0))
    ]
    if not covered:
        middle = (part.x0 + part.x1) / 2
        covered = [max(c for c in range(len(xs) - 1) if xs[c] <= middle or c == 0)]
    return covered[0], covered[-1] + 1


def _unspan(cells: dict[tuple[int, int], Segment]) -> None:
    """A span ends where the next text of its row begins."""
    for (r, c), cell in cells.items():
        following = [cc for rr, cc in cells if rr == r and cc > c]
        if following:
            cell.column_span = min(cell.column_span, min(following) - c)


def _row_tops(rows: list[_Row], rules: list[Rule]) -> list[int]:
    """Indices of the printed lines that begin a row. Where rules part the rows they decide; else a line that prints no number and
    follows closer than the rows do is the wrapped end of the name before it."""
    tops = [0]
    within = [r[0] for r in rules if rows[0].top < r[0] < rows[-1].bottom]
    pitches = sorted(b.top - a.top for a, b in pairwise(rows))
    usual = pitches[len(pitches) // 2] if pitches else 0.0
    parted = len(within) >= max(2, len(rows) // 2 - 1)
    centred = _centred_names(rows, usual) if not parted else set()
    for i in range(1, len(rows)):
        if i - 1 in centred:
            continue
        between = any(rows[i - 1].top + 2 < y < rows[i].bottom - 2 and y > (rows[i - 1].top + rows[i - 1].bottom) / 2 for y in within)
        if parted:
            if between:
                tops.append(i)
            continue
        wrapped = (
            not rows[i].numbers
            and len(rows[i].parts) == 1
            and not between
            and rows[i - 1].data
            and rows[i].top - rows[i - 1].top < 0.8 * usual
        )
        if not wrapped:
            tops.append(i)
    return tops


def _centred_names(rows: list[_Row], usual: float) -> set[int]:
    """Lines that begin a wrapped name in the middle of whose lines its amounts stand: a text alone, nearer to the data row below
    it than to the row above, over a text of that row, or over a blank that the next line ends as closely below."""
    found = set()
    for i in range(len(rows) - 1):
        row, below = rows[i], rows[i + 1]
        if len(row.parts) > 1 or row.numbers or not below.data or below.top - row.top >= 0.8 * usual:
            continue
        if i and row.top - rows[i - 1].top <= below.top - row.top + 1:
            continue
        text = row.parts[0]
        over = [p for p in below.parts if p.x0 < text.x1 and text.x0 < p.x1]
        after = rows[i + 2].parts if i + 2 < len(rows) and rows[i + 2].top - below.top < 0.8 * usual else []
        ends = len(after) == 1 and after[0].x0 < text.x1 and text.x0 < after[0].x1 and not _NUMBER.fullmatch(after[0].text)
        if ends if not over else not any(_NUMBER.fullmatch(p.text) for p in over):
            found.add(i)
    return found
