"""Table heads: where the head of a grid ends, and what each column means by the labels above it. Never by its position.

A grid is cut into segments, each a head and its data rows: a sheet may hold several tables, a text table repeats its head after a
page break. A column's path is the labels over it, outermost first; head cells that a text export did not repeat are inferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.documents.model import Grid, GridCell
from pipelines.reports.amounts import looks_numeric, parse_number
from pipelines.reports.forms import Concept, concept, economic_items, government_items, side_of, title_role
from pipelines.reports.forms.wording import fold, strip_numbering
from pipelines.reports.headers_unruled import columns_of, is_head_line

CODE = re.compile(r"\d{3}(?:\d{2}){0,2}|\d{4}|\d{9}")
_FORMULA = re.compile(r"\(?\d{1,2}\)?|\d{1,2}=[\d+\-=()]+|=?[A-Za-z甲乙丙丁]|栏次|列次|栏|行次")
META = re.compile(
    r"^(?:金额)?单位:?\(?(?:人民币)?(?:元|千元|万元|百万元|亿元)\)?$|^\(?金?额?单位:|^(?:编制|填报|预算|公开|主管|汇总)*(?:部门|单位)(?:名称|全称|编码|代码|\(公章\)|\(盖章\))?:|"
    r"^(?:预算|财决|决算)?公开表?\d{0,2}表?$|^\d{4}年度?$|^表[\d一二三四五六七八九十]+$|^公开\d+表|^(?:日期|年度):|^预算年度|^第\d+页"
)
_UNIT_IN_META = re.compile(r"(?:单位|金额)[:(]?\(?(?:人民币)?(元|千元|万元|百万元|亿元)")
_FILLER = re.compile(r"^[.…·。]+$")


@dataclass(slots=True)
class Leaf:
    """One column of meaning: raw columns [start, end), the labels over it and what they mean."""

    start: int
    end: int
    path: tuple[str, ...]
    concepts: tuple[Concept | None, ...]
    cell: GridCell | None
    x0: float | None = None
    x1: float | None = None
    kind: str = "value"  # code | code_class | code_section | code_item | name | line_no | key | value
    key: str | None = None  # of a key column
    block: int = 0
    measure: str | None = None

    @property
    def label(self) -> str:
        return "/".join(self.path)


@dataclass(slots=True)
class Segment:
    """A head (may be empty: a continuation) and the data rows under it, as row numbers of the grid."""

    grid: Grid
    matrix: list[list[GridCell | None]]
    captions: list[str]  # lines inside the grid above the head: title, body, unit
    head_rows: list[int]
    rows: list[int]
    leaves: list[Leaf] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_head(self) -> bool:
        return bool(self.head_rows)

    @property
    def head_words(self) -> tuple[str, ...]:
        """Everything the head prints, to know it again on the next page."""
        return tuple(sorted(fold(c.text) for r in self.head_rows for c in row_cells(self.matrix, r)))


def is_item(text: str) -> bool:
    """True for the name of an economic item, which heads a column in matrix tables."""
    folded = strip_numbering(fold(text))
    return folded in economic_items() or folded in government_items()


def is_amount(text: str) -> bool:
    """True for a printed number that is no code: 12.50, 0, 1,234."""
    return parse_number(text) is not None


def row_cells(matrix: list[list[GridCell | None]], row: int) -> list[GridCell]:
    """The distinct cells that begin in a row and print something."""
    out: list[GridCell] = []
    for cell in matrix[row]:
        if cell is not None and cell.row == row and cell.text.strip() and (not out or out[-1] is not cell):
            out.append(cell)
    return out


def meta_unit(text: str) -> str | None:
    """元 | 千元 | 万元 … of a caption such as 单位：万元, else None."""
    match = _UNIT_IN_META.search(fold(text))
    return match.group(1) if match else None


def is_meta(text: str) -> bool:
    return bool(META.search(fold(text)))


def segments(grid: Grid) -> list[Segment]:
    """The grid cut into (head, rows). The first segment of a continuation has no head."""
    matrix = grid.matrix()
    out: list[Segment] = []
    current = Segment(grid, matrix, [], [], [])
    previous_head: set[tuple[str, ...]] = set()
    row = 0
    while row < grid.n_rows:
        cells = row_cells(matrix, row)
        texts = [c.text for c in cells]
        kind = _row_kind(cells, current, grid)
        folded = tuple(fold(t) for t in texts)
        if kind == "empty":
            row += 1
            continue
        if kind == "caption":
            if current.rows:
                out.append(current)
                current = Segment(grid, matrix, [], [], [])
                previous_head = set()
            current.captions += [line for c in cells for line in (c.lines or (c.text,))]
        elif kind == "note":
            current.notes += texts
        elif kind in ("label", "numbering"):
            if current.rows:
                if folded in previous_head:  # the head printed again after a page break
                    row += 1
                    continue
                if kind == "numbering" or not _starts_table(texts):
                    current.rows.append(row)
                    row += 1
                    continue
                out.append(current)
                current = Segment(grid, matrix, [], [], [])
                previous_head = set()
            current.head_rows.append(row)
            previous_head.add(folded)
        else:
            current.rows.append(row)
        row += 1
    out.append(current)
    out = [s for s in out if s.rows or s.head_rows or s.captions]
    for segment in out:
        if segment.has_head:
            segment.leaves = _leaves(segment)
    return out


def _starts_table(texts: list[str]) -> bool:
    """A row of labels below data begins another table only when it reads like a head: names or codes of columns."""
    known = [c for c in map(concept, texts) if c]
    return len(known) >= 2 and any(c.sort == "structure" or c.sort == "side" for c in known) and len(known) * 3 >= len(texts) * 2


def _row_kind(cells: list[GridCell], segment: Segment, grid: Grid) -> str:
    if not cells:
        return "empty"
    texts = [c.text.strip() for c in cells]
    folded = [fold(t) for t in texts]
    if all(META.search(f) for f in folded):
        return "caption"
    if len(cells) == 1 and (cells[0].column_span * 2 >= grid.n_columns or cells[0].column == 0 or not segment.rows):
        lines = cells[0].lines or (texts[0],)
        if any(META.search(fold(x)) for x in lines) or (
            concept(texts[0]) is None and (title_role(texts[0]) or any(map(title_role, lines)))
        ):
            return "caption"
        if re.match(r"^(?:注|说明|备注|附注)\d?[:.、]|^注\d?[^\u4e00-\u9fff]|^注", folded[0]) and len(folded[0]) > 3:
            return "note"
        if (re.search(r"[。;]", texts[0]) and len(texts[0]) > 25) or (
            segment.rows and re.search(r"[,。;]", folded[0]) and len(folded[0]) > 8
        ):
            return "note"
    if len(cells) >= 2 and not segment.rows and all(_FORMULA.fullmatch(f) or concept(t) for f, t in zip(folded, texts, strict=True)):
        numbers = [int(m.group(1)) for f in folded if _FORMULA.fullmatch(f) and (m := re.match(r"\(?(\d{1,2})", f))]
        marks = sum(1 for f in folded if _FORMULA.fullmatch(f))
        if (len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers)) and numbers[0] <= 1) or (
            marks * 2 > len(folded) and any("栏次" in f or f in ("甲", "乙") for f in folded)
        ):
            return "numbering"
        if any("栏次" in f for f in folded):
            return "numbering"
    if (
        not segment.has_head
        and len(cells) == 1
        and not segment.rows
        and grid.n_columns > 2
        and cells[0].column_span * 2 >= grid.n_columns
        and not grid.continued
        and re.search("决算|预算|表", folded[0])
        and concept(texts[0]) is None
        and title_role(texts[0], bare=True)
    ):
        return "caption"
    if any(is_amount(t) and not _is_year(t) for t in texts):
        return "data"
    if not grid.ruled and not segment.rows and is_head_line(segment.matrix, cells[0].row, grid.n_rows, segment.head_rows):
        return "label"
    known = [concept(t) for t in texts]
    labels = sum(1 for t, c in zip(texts, known, strict=True) if c is not None or is_item(t))
    if labels == 0:
        return "data"
    if segment.has_head and _is_name_row(cells, known, segment):
        return "data"
    if labels * 2 >= len(texts) or (segment.has_head and not segment.rows and labels * 3 >= len(texts)):
        return "label" if segment.has_head or _can_open(cells, known, grid, segment.matrix) else "data"
    return "data"


def _can_open(cells: list[GridCell], known: list[Concept | None], grid: Grid, matrix: list[list[GridCell | None]]) -> bool:
    """May a row of labels begin a head? Names of columns do; row names that happen to be labels (结余分配) leave their amounts blank."""
    if any(c is not None and (c.sort in ("structure", "key", "side", "stage") or c.name == "amount") for c in known) and not grid.continued:
        return True
    if any(c is not None and c.sort == "structure" for c in known):
        return True
    if len(cells) > 1 and all(side_of(c.text) for c in cells):
        return True
    return grid.n_columns > 2 and _reach(grid, matrix, cells[0].row) * 5 >= grid.n_columns * 4


def _reach(grid: Grid, matrix: list[list[GridCell | None]], row: int) -> int:
    """How many columns have a label in this row or in the rows of labels right below it."""
    covered: set[int] = set()
    for r in range(row, min(row + 6, grid.n_rows)):
        cells = row_cells(matrix, r)
        if not all(concept(c.text) is not None or is_item(c.text) for c in cells):
            break
        for cell in cells:
            covered.update(range(cell.column, cell.column + cell.column_span))
    return len(covered)


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", text.strip()))


def _is_name_row(cells: list[GridCell], known: list[Concept | None], segment: Segment) -> bool:
    """A row whose only texts stand under name or code labels and are themselves no column names: 合计 with blank amounts."""
    seen = False
    for cell, meaning in zip(cells, known, strict=True):
        above = _above(segment, cell)
        if above is None or above.sort not in ("structure", "key", "side"):
            return False
        if above.sort == "key" and meaning is not None and meaning.name != "total":
            return False
        if above.name == "classification" and meaning is not None and meaning.sort in ("structure", "key"):
            return False
        if meaning is not None and (meaning.sort in ("structure", "stage") or meaning.name in ("amount",)):
            return False
        if above.sort == "side" or above.name in ("classification",):
            continue
        seen = True
    return seen


def _above(segment: Segment, cell: GridCell) -> Concept | None:
    """What the nearest head label above a cell means."""
    for row in reversed(segment.head_rows):
        for c in range(cell.column, min(cell.column + cell.column_span, segment.grid.n_columns)):
            head = segment.matrix[row][c]
            if head is not None and head.text.strip() and head is not cell and (found := concept(head.text)):
                return found
    return None


def _leaves(segment: Segment) -> list[Leaf]:
    """The columns under a head. Blank head cells take the label to their left when the labels above agree (merged without spans)."""
    matrix, n = segment.matrix, segment.grid.n_columns
    rows = [r for r in segment.head_rows if not _is_numbering(segment, r)]
    if not rows:
        rows = segment.head_rows
    if not segment.grid.ruled and (leaves := _unruled(segment, rows)):
        return _settled(leaves, segment)
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
        ids = tuple(id(x) for x in paths[c])
        if leaves and leaves[-1].end == c and leaves[-1].cell is paths[c][-1] and leaves[-1].path == tuple(x.text for x in paths[c]):
            leaves[-1].end = c + 1
            continue
        del ids
        labels = tuple(x.text for x in paths[c])
        leaves.append(Leaf(c, c + 1, labels, tuple(concept(x) for x in labels), paths[c][-1]))
    leaves = _split_shared(segment, leaves)
    for c in range(n):
        if not paths[c] and any(_prints(segment, r, c) for r in segment.rows):
            leaves.append(Leaf(c, c + 1, ("",), (None,), None))  # no label: names, or numbers that are kept and reported
    leaves.sort(key=lambda x: x.start)
    return _settled(leaves, segment)


def _unruled(segment: Segment, rows: list[int]) -> list[Leaf]:
    """The columns of a table without rules, by where labels and data stand; empty where the places are not known."""
    columns = columns_of(segment.grid, segment.matrix, rows, segment.rows) or []
    leaves = []
    for column in columns:
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


def _is_numbering(segment: Segment, row: int) -> bool:
    texts = [fold(c.text) for c in row_cells(segment.matrix, row)]
    return bool(texts) and sum(1 for t in texts if _FORMULA.fullmatch(t)) * 2 > len(texts)


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
        if cell is None or cell.locator.box is None:
            continue
        if cell.column >= leaf.start and cell.column + cell.column_span <= leaf.end:
            x0, _, x1, _ = cell.locator.box
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
