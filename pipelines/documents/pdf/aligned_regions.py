"""Where a table without rules begins and ends: rows of numbers that share their edges, the heads above them, the rows down to a rule."""

from __future__ import annotations

from itertools import pairwise

from pipelines.documents.pdf.aligned_model import AMOUNT, EDGE, NUMBER, Row, near
from pipelines.documents.pdf.grids import Rule
from pipelines.documents.pdf.lines import Line


def find_regions(rows: list[Row], rules: list[Rule], blocked: list[tuple[float, float]]) -> list[tuple[int, int]]:
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
        end = foot(rows, end, lines)
        out.append((start, end + _ends_name(rows, start, end)))
    return out


def _listed(rows: list[Row]) -> bool:
    """True where the rows from one data row to the next follow closely, each a text at the left edge of a text of either: names
    whose amounts are blank."""
    edges = [p.x0 for row in (rows[0], rows[-1]) for p in row.parts if not NUMBER.fullmatch(p.text)]
    return all(b.top - a.bottom < 1.2 * (b.bottom - b.top) for a, b in pairwise(rows)) and all(
        any(abs(row.parts[0].x0 - x) < EDGE for x in edges) for row in rows[1:-1]
    )


def _is_table(rows: list[Row], *, ruled: bool) -> bool:
    many = all(len(row.numbers) > 2 for row in rows)  # 栏次 1 2 3 over one row of amounts
    if len(rows) < (2 if ruled or many else 3):
        return False
    numbers = [n for row in rows for n in row.numbers]
    amounts = [n for n in numbers if AMOUNT.fullmatch(n.text) or not n.text[0].isdigit()]
    if not ruled and 3 * len(amounts) < len(numbers) and not (len(amounts) > 2 and _line_numbers(numbers)):
        return False
    last = [int(row.parts[-1].text) for row in rows if row.parts[-1].text.isdigit() and len(row.parts[-1].text) < 4]
    if len(last) == len(rows) and last == sorted(last) and all(len(row.parts) == 2 for row in rows):
        return False  # a table of contents
    if many and len({len(row.numbers) for row in rows}) == 1:
        return True
    if any(_column_numbers(row) for row in rows):
        return True
    aligned = sum(near(n, [other for other in numbers if other.row != n.row]) for n in numbers)
    return aligned >= 0.7 * len(numbers)


def _line_numbers(numbers: list[Line]) -> bool:
    """行次: five numbers and more one below another that count 1 2 3 … (in a table whose amounts are mostly blank)."""
    small = [n for n in numbers if n.text.isdigit() and len(n.text) < 4]
    runs: list[list[Line]] = []
    for n in small:
        run = next((r for r in runs if int(r[-1].text) + 1 == int(n.text) and near(n, [r[-1]])), None)
        if run is None:
            runs.append([n])
        else:
            run.append(n)
    return any(len(run) >= 5 for run in runs)


def _column_numbers(row: Row) -> bool:
    """栏次: three numbers and more, counting 1 2 3 …"""
    printed = [n.text for n in row.numbers]
    return len(printed) > 2 and printed == [str(i) for i in range(1, len(printed) + 1)]


def _headed(rows: list[Row], at: int) -> bool:
    """True for a row of three numbers and more, amounts among them, that stands close below heads, one over each number."""
    row, high = rows[at], rows[at].bottom - rows[at].top
    numbers = row.numbers
    if len(numbers) < 3 or not any(AMOUNT.fullmatch(n.text) for n in numbers):
        return False
    heads: list[Line] = []
    below = row
    for above in reversed(rows[max(at - 4, 0) : at]):
        if below.top - above.bottom > 1.6 * high or (len(above.parts) == 1 and len(above.parts[0].text) > 20):
            break
        heads += above.parts
        below = above
    return all(any(h.x0 < n.x1 and n.x0 < h.x1 for h in heads) for n in numbers)


def _head(rows: list[Row], start: int, rules: list[Rule], blocked: list[tuple[float, float]]) -> int:
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


def foot(rows: list[Row], end: int, rules: list[Rule]) -> int:
    """One past the last row: rows down to the bottom rule belong to the table."""
    bottom_rule = max((r[0] for r in rules if r[0] > rows[end - 1].bottom - 2), default=None)
    while bottom_rule is not None and end < len(rows) and rows[end].bottom < bottom_rule + 2:
        end += 1
    return end


def _ends_name(rows: list[Row], start: int, end: int) -> bool:
    """True where the line below the last row is the end of its name, whose other lines stand above the amounts."""
    if end >= len(rows) or end - start < 3:
        return False
    first, data, last = rows[end - 2 : end + 1]
    if len(first.parts) > 1 or len(last.parts) > 1 or not data.data or last.numbers:
        return False
    high = data.bottom - data.top
    close = data.top - first.top < 1.2 * high and abs(last.top - data.top - (data.top - first.top)) < 0.3 * high
    return close and first.parts[0].x0 < last.parts[0].x1 and last.parts[0].x0 < first.parts[0].x1
