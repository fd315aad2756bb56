"""Table heads: where the head of a grid ends, and what each column means by the labels above it. Never by its position.

A grid is cut into segments, each a head and its data rows: a sheet may hold several tables, a text table repeats its head after a
page break. A column's path is the labels over it, outermost first; head cells that a text export did not repeat are inferred.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.documents.model import Grid, GridCell
from pipelines.reports.amounts import parse_number
from pipelines.reports.forms import Concept, concept, economic_items, government_items, side_of, title_role
from pipelines.reports.forms.wording import fold, strip_numbering
from pipelines.reports.statements.headers_columns import columns, is_numbering, raise_sub_heads
from pipelines.reports.statements.headers_model import FORMULA, Segment, row_cells
from pipelines.reports.statements.headers_unruled import is_head_line
from pipelines.reports.statements.headers_unspanned import realign

META = re.compile(
    r"^(?:金额)?单位:?\(?(?:人民币)?(?:元|千元|万元|百万元|亿元)\)?$|^\(?金?额?单位:|^(?:编制|填报|预算|公开|主管|汇总)*(?:部门|单位)(?:名称|全称|编码|代码|\(公章\)|\(盖章\))?:|"
    r"^(?:预算|财决|决算)?公开表?\d{0,2}表?$|^\d{4}年度?$|^表[\d一二三四五六七八九十]+$|^公开\d+表|^(?:日期|年度):|^预算年度|^第\d+页"
)
_UNIT_IN_META = re.compile(r"(?:单位|金额)[:(]?\(?(?:人民币)?(元|千元|万元|百万元|亿元)")


def is_item(text: str) -> bool:
    """True for the name of an economic item, which heads a column in matrix tables."""
    folded = strip_numbering(fold(text))
    return folded in economic_items() or folded in government_items()


def is_amount(text: str) -> bool:
    """True for a printed number that is no code: 12.50, 0, 1,234."""
    return parse_number(text) is not None


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
            realign(grid, matrix, [r for r in segment.head_rows if not is_numbering(segment, r)], segment.rows)
            raise_sub_heads(segment)
            segment.leaves = columns(segment)
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
            segment.rows and re.search(r"[,。;]", folded[0]) and len(folded[0]) > 8 and not is_amount(texts[0])
        ):
            return "note"
    if len(cells) >= 2 and not segment.rows and all(FORMULA.fullmatch(f) or concept(t) for f, t in zip(folded, texts, strict=True)):
        numbers = [int(m.group(1)) for f in folded if FORMULA.fullmatch(f) and (m := re.match(r"[第(]?(\d{1,2})", f))]
        marks = sum(1 for f in folded if FORMULA.fullmatch(f))
        if (len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers)) and numbers[0] <= 1) or (
            marks * 2 > len(folded) and any("栏次" in f or f in ("甲", "乙") for f in folded)
        ):
            return "numbering"
        if any("栏次" in f for f in folded):
            return "numbering"
    if not segment.rows and "栏次" in folded and 4 * sum(1 for f in folded if FORMULA.fullmatch(f)) >= 3 * len(folded):
        return "numbering"  # one of the numbers misread in a scan
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
    if segment.has_head and folded in (["类"], ["款"], ["项"]):
        return "data"  # the foot of a head prints all three; one alone is the end of a name
    if not grid.ruled and not segment.rows and is_head_line(segment.matrix, cells[0].row, grid.n_rows, segment.head_rows):
        return "label"
    known = [concept(t) for t in texts]
    if (not segment.rows and _opens_head(known, segment)) or (segment.has_head and not segment.rows and _under_group(cells, segment)):
        return "label"
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


def _opens_head(known: list[Concept | None], segment: Segment) -> bool:
    """A first row with 项目 and 行次, or 科目编码 and 科目名称, is a head whatever its other labels are."""
    names = {c.name for c in known if c is not None and c.sort == "structure"}
    return not segment.has_head and len(names) >= 2


def _under_group(cells: list[GridCell], segment: Segment) -> bool:
    """Does every cell stand under one merged label of the row above that is no row head (固定资产 over 小计, 房屋, 汽车)?"""
    last = segment.head_rows[-1]
    for cell in cells:
        head = segment.matrix[last][cell.column]
        if head is None or head is cell or head.column_span < 2 or not head.text.strip():
            return False
        found = concept(head.text)
        if found is not None and found.sort in ("structure", "side"):
            return False
    return True


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
