"""Columns under a head: the path of labels over each, what it means, and the blocks of tables printed side by side."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pipelines.documents.model import GridCell
from pipelines.reports.amounts import looks_numeric
from pipelines.reports.forms import Concept, concept
from pipelines.reports.forms.wording import fold
from pipelines.reports.statements.headers_model import CODE, FORMULA, Leaf, Segment, row_cells
from pipelines.reports.statements.headers_unruled import columns_of

_FILLER = re.compile(r"^[.…·。]+$")


def columns(segment: Segment) -> list[Leaf]:
    """The columns under a head. Blank head cells take the label to their left when the labels above agree (merged without spans)."""
    matrix, n = segment.matrix, segment.grid.n_columns
    rows = [r for r in segment.head_rows if not is_numbering(segment, r)]
    if not rows:
        rows = segment.head_rows
    if not segment.grid.ruled and (placed := _unruled(segment, rows)):
        return _settled(placed, segment)
    paths: list[list[GridCell]] = [[] for _ in range(n)]
    own: list[bool] = [False] * n
    for r in rows:
        given: list[GridCell | None] = []
        for c in range(n):
            cell = matrix[r][c]
            given.append(cell if cell is not None and cell.text.strip() and cell.row in (r, *rows) else None)
        for c in range(n):
            cell = given[c]
            if cell is not None:
                if not paths[c] or paths[c][-1] is not cell:
                    paths[c].append(cell)
                own[c] = True
            elif c and not own[c] and paths[c - 1] and _same(paths[c], paths[c - 1][:-1]) and (paths[c - 1][-1].row <= r):
                paths[c].append(paths[c - 1][-1])  # the label to the left reaches over this column
    # a column left blank from top to bottom belongs to its neighbour on the left unless it holds text of its own below
    leaves: list[Leaf] = []
    for c in range(n):
        if not paths[c]:
            continue
        if leaves and leaves[-1].end == c and leaves[-1].cell is paths[c][-1] and leaves[-1].path == tuple(x.text for x in paths[c]):
            leaves[-1].end = c + 1
            continue
        labels = tuple(x.text for x in paths[c])
        leaves.append(Leaf(c, c + 1, labels, tuple(concept(x) for x in labels), paths[c][-1]))
    leaves = _split_shared(segment, leaves)
    for c in range(n):
        if not paths[c] and any(_prints(segment, r, c) for r in segment.rows):
            leaves.append(Leaf(c, c + 1, ("",), (None,), None))  # no label: names, or numbers that are kept and reported
    leaves.sort(key=lambda x: x.start)
    return _settled(leaves, segment)


def raise_sub_heads(segment: Segment) -> None:
    """合计 | 基本支出 | 项目支出 printed in the row of the total, under a merged 本年支出: they are the last row of the head."""
    if len(segment.head_rows) < 2 or not segment.rows:
        return
    matrix, upper, last, first = segment.matrix, *segment.head_rows[-2:], segment.rows[0]
    groups: dict[int, list[GridCell]] = {}
    for cell in row_cells(matrix, first):
        above = matrix[last][cell.column]
        if above is not None and above.column_span > 1 and above is matrix[upper][cell.column]:
            groups.setdefault(id(above), []).append(cell)
    for cells in groups.values():
        found = [concept(c.text) for c in cells]
        above = matrix[last][cells[0].column]
        if above is None or len(cells) != above.column_span or None in found or not {c.name for c in found if c} > {"total"}:
            continue
        for cell in cells:
            matrix[last][cell.column] = replace(cell, row=last)
            matrix[first][cell.column] = None
            segment.raised.add((first, cell.column))


def _unruled(segment: Segment, rows: list[int]) -> list[Leaf]:
    """The columns of a table without rules, by where labels and data stand; empty where the places are not known."""
    found = columns_of(segment.grid, segment.matrix, rows, segment.rows) or []
    leaves = []
    for column in found:
        path = tuple(x.text for x in column.labels) or ("",)
        last = column.labels[-1].cell if column.labels else None
        leaf = Leaf(column.index, column.index + 1, path, tuple(concept(x) for x in path), last)
        leaf.x0, leaf.x1 = min([column.x0, *(x.x0 for x in column.labels[-1:])]), max([column.x1, *(x.x1 for x in column.labels[-1:])])
        leaves.append(leaf)
    return leaves if sum(1 for x in leaves if x.path != ("",)) * 2 > len(leaves) else []


def _settled(leaves: list[Leaf], segment: Segment) -> list[Leaf]:
    for leaf in leaves:
        _classify(leaf, segment)
        _measure_x(leaf, segment)
    _blocks(leaves)
    return leaves


def is_numbering(segment: Segment, row: int) -> bool:
    """栏次 | 1 | 2 | 3"""
    texts = [fold(c.text) for c in row_cells(segment.matrix, row)]
    return bool(texts) and sum(1 for t in texts if FORMULA.fullmatch(t)) * 2 > len(texts)


def _same(a: list[GridCell], b: list[GridCell]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


def _split_shared(segment: Segment, leaves: list[Leaf]) -> list[Leaf]:
    """A label over several columns that print different things below is one leaf a column (项目 over code and name)."""
    out: list[Leaf] = []
    for leaf in leaves:
        used = [c for c in range(leaf.start, leaf.end) if _starts_in(segment, c, leaf)]
        if leaf.end - leaf.start == 1 or len(used) < 2 or not _side_by_side(segment, used):
            out.append(leaf)
            continue
        bounds = [leaf.start, *used[1:], leaf.end]
        for a, b in pairwise(bounds):
            out.append(Leaf(a, b, leaf.path, leaf.concepts, leaf.cell))
    return out


def _prints(segment: Segment, row: int, column: int) -> bool:
    cell = segment.matrix[row][column]
    return cell is not None and cell.column == column and cell.row not in segment.head_rows and bool(cell.text.strip())


def _starts_in(segment: Segment, column: int, leaf: Leaf) -> bool:
    """Does a data row print a cell that begins in this column and stays within the leaf?"""
    for r in segment.rows:
        cell = segment.matrix[r][column]
        if cell is not None and cell.column == column and cell.text.strip() and cell.column + cell.column_span <= leaf.end:
            return True
    return False


def _side_by_side(segment: Segment, columns: list[int]) -> bool:
    """Do two of the columns print in one and the same row (else it is one column whose cells begin at different places)?"""
    for r in segment.rows:
        cells = {id(c): c for col in columns if (c := segment.matrix[r][col]) is not None and c.text.strip()}
        if len(cells) >= 2:
            return True
    return False


def _classify(leaf: Leaf, segment: Segment) -> None:
    labels = list(leaf.concepts)
    if len(labels) > 1 and labels[-1] is not None and labels[-1].name == "total" and _names_rows(labels[-2], leaf.path[-2]):
        labels.pop()  # 合计 of the first row, printed beside the foot of the head
    for meaning in reversed(labels):
        if meaning is None:
            break
        if meaning.sort == "structure":
            if meaning.name == "classification":
                continue
            leaf.kind = meaning.name if meaning.name != "numbering" else "name"
            break
        if meaning.sort == "key":
            leaf.kind, leaf.key = "key", meaning.name
            break
        if meaning.sort in ("measure", "stage", "side"):
            break
    else:
        leaf.kind = "name"
    texts = [segment.matrix[r][c] for r in segment.rows for c in (leaf.start,)]
    printed = [t.text.strip() for t in texts if t is not None and t.text.strip() and t.column >= leaf.start]
    if leaf.kind == "code" and printed and not any(re.match(r"\D?\d", p) for p in printed) and sum(len(p) > 1 for p in printed) > 0:
        leaf.kind = "name"  # headed as code, prints names
    if leaf.kind == "name" and printed and len(printed) > 1 and all(CODE.fullmatch(fold(p)) for p in printed):
        leaf.kind = "code"
    if leaf.kind == "value" and leaf.concepts[-1] is None and printed:
        wordy = sum(1 for p in printed if not looks_numeric(p) and not _FILLER.match(p) and p not in "-—/")
        if wordy * 2 > len(printed):
            leaf.kind, leaf.key = ("name" if leaf.path == ("",) and leaf.start == 0 else "key"), None


def _names_rows(meaning: Concept | None, label: str) -> bool:
    return meaning is not None and meaning.sort == "structure" and meaning.name != "classification" and fold(label) != "项目"


def _measure_x(leaf: Leaf, segment: Segment) -> None:
    """The column's extent in points, from the cells that begin and end with it; for continuations on the next page."""
    for r in [*segment.rows[:6], *segment.head_rows[::-1]]:
        cell = segment.matrix[r][leaf.start]
        if cell is None or (box := cell.locator.upright) is None:
            continue
        if cell.column >= leaf.start and cell.column + cell.column_span <= leaf.end:
            x0, _, x1, _ = box
            leaf.x0 = x0 if leaf.x0 is None else min(leaf.x0, x0)
            leaf.x1 = x1 if leaf.x1 is None else max(leaf.x1, x1)


def _blocks(leaves: list[Leaf]) -> None:
    """Numbers the blocks of a table with two or three (name, value) blocks side by side."""
    block = 0
    values = 0
    for i, leaf in enumerate(leaves):
        if leaf.kind in ("name", "code", "code_class") and values and any(x.kind == "value" for x in leaves[i + 1 :]):
            block += 1
            values = 0
        elif leaf.kind in ("name",) and values:
            leaf.kind, leaf.key = "key", leaf.key or "remark"
        if leaf.kind == "value":
            values += 1
        leaf.block = block
