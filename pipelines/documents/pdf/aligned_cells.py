"""The rows of a table without rules as a grid: columns by what the texts cover, heads put over them, wrapped names joined."""

from __future__ import annotations

from itertools import pairwise

from pipelines.documents.pdf.aligned_model import AMOUNT, NUMBER, AlignedGrid, Row, Segment
from pipelines.documents.pdf.grids import Rule
from pipelines.documents.pdf.lines import Line


def to_grid(rows: list[Row], rules: list[Rule], xs: list[float] | None = None) -> AlignedGrid | None:
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
                a, b = span(part, xs)
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


def _columns(rows: list[Row]) -> list[tuple[float, float]]:
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


def _without_slips(rows: list[Row], columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Joins a column to its neighbour where it holds but few texts, no amount, and never one beside a text of the neighbour.

    Column numbers (栏次 1 2 3) and heads stand in the middle of a column whose amounts stand at its right edge.
    """
    out = list(columns)
    i = 0
    while i < len(out):
        own = _parts(rows, out[i])
        if len(own) > 3 or any(AMOUNT.fullmatch(part.text) for part in own.values()):
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
            lines = [p for p in tall.values() if not NUMBER.fullmatch(p.text)]
            inside = [p for r, p in low.items() if min(tall) < r < max(tall) and not NUMBER.fullmatch(p.text)]
            close = all(b.top - a.bottom < 1.2 * (b.bottom - b.top) for a, b in pairwise(lines))
            if len(lines) == len(tall) and close and any(all(p.x1 < q.x0 or q.x1 < p.x0 for q in lines) for p in inside):
                return True
    return False


def _parts(rows: list[Row], column: tuple[float, float]) -> dict[int, Line]:
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


def span(part: Line, xs: list[float]) -> tuple[int, int]:
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


def _row_tops(rows: list[Row], rules: list[Rule]) -> list[int]:
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


def _centred_names(rows: list[Row], usual: float) -> set[int]:
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
        ends = len(after) == 1 and after[0].x0 < text.x1 and text.x0 < after[0].x1 and not NUMBER.fullmatch(after[0].text)
        if ends if not over else not any(NUMBER.fullmatch(p.text) for p in over):
            found.add(i)
    return found
