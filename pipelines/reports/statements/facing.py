"""A table cut by its columns: the right half, printed on the facing page without codes and names, goes to the rows of the left half.

Nothing but its columns says whose it is, so every sign is asked for: no title, no column of codes or names, columns that are known and
that the left half lacks, and row for row as many rows, or column numbers that go on from those of the left half.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.reports.amounts import is_blank, looks_numeric
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Row, Value
from pipelines.reports.statements.headers_columns import is_numbering
from pipelines.reports.statements.headers_model import Leaf, Segment, row_cells
from pipelines.reports.statements.measures import THREE_PUBLIC_ITEMS, name_measures
from pipelines.reports.statements.rows import Table, account, block_row


@dataclass(slots=True)
class Half:
    """The rows a grid gave, by their place under its head."""

    rows: dict[int, Row]
    count: int  # rows printed under the head, blank ones too
    numbered: int | None  # the last number of the row that numbers the columns


@dataclass(slots=True)
class Facing:
    """What of a statement may still have a right half, in printed order, and the columns of the right halves met."""

    halves: list[Half] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    n_columns: int = 0

    def left(self, segment: Segment, rows: list[Row]) -> None:
        """Keeps the rows of a grid as a left half, where each has a place of its own."""
        places = {id(c.locator): r for r in segment.rows for c in row_cells(segment.matrix, r)}
        top = _top(segment)
        found = {places.get(id(row.locator), -1) - top: row for row in rows}
        if rows and len(found) == len(rows) and min(found) >= 0:
            numbers = [_numbers(segment, r) for r in segment.head_rows if is_numbering(segment, r)]
            self.halves.append(Half(found, _end(segment) - top, next((n[-1] for n in numbers if n), None)))

    def right(self, table: Table, segment: Segment, kind: str, year: int | None, alone: bool) -> bool:
        """Reads a segment as the right half of the first left ones that have none; False, and nothing done, where it is not.

        `alone`: no text stands between the two.
        """
        if not self.halves or not segment.rows:
            return False
        rows, top, goes_on = segment.rows, _top(segment), False
        if segment.has_head:
            if any(x.kind != "value" for x in segment.leaves) or len({x.block for x in segment.leaves}) > 1:
                return False
            first = _numbers(segment, rows[0])
            numbered = self.halves[0].numbered
            if goes_on := numbered is not None and len(first) == len(segment.leaves) and first[0] == numbered + 1:
                rows, top = rows[1:], rows[0] + 1
            if name_measures(segment.leaves, table.form, kind, year, table.title):
                return False  # a column nobody knows
        elif self.leaves and segment.grid.n_columns == self.n_columns and _numeric(segment):
            segment.leaves = self.leaves
        else:
            return False
        count = _end(segment) - top
        taken, left = self._first(count)
        short = goes_on and segment.grid.locator.page is None  # blank rows at the foot are cut off where no page shows them
        if sum(h.count for h in self.halves[:taken]) != count and not short:
            return False
        measures = {x.measure for x in segment.leaves if x.measure}
        if not (goes_on or alone) or measures & set(THREE_PUBLIC_ITEMS):
            return False  # 三公 is a table of its own, and prints no names either
        if any(row.values.keys() & measures for row in left.values()):
            return False
        read = Table(table.form, table.kind, table.title)
        made = {r - top: row for r in rows if (row := block_row(read, segment, segment.leaves, r)[0]) is not None}
        if made.keys() - left.keys():
            return False
        for place, row in left.items():
            row.values.update(made[place].values if place in made else {m: Value("", None, None) for m in measures})
        table.findings += read.findings
        segment.rows = rows
        account(table, segment, 0)
        self.leaves, self.n_columns = segment.leaves, segment.grid.n_columns
        del self.halves[:taken]
        return True

    def _first(self, count: int) -> tuple[int, dict[int, Row]]:
        """How many left halves hold `count` rows (more pages, where wrapped names make their rows the higher ones), and those rows."""
        rows: dict[int, Row] = {}
        before = 0
        for i, half in enumerate(self.halves):
            rows.update({before + place: row for place, row in half.rows.items()})
            before += half.count
            if before >= count:
                return i + 1, rows
        return len(self.halves), rows


def _top(segment: Segment) -> int:
    """The first row under the head; blank rows above the first amounts are rows."""
    if segment.has_head:
        return max(c.row + c.row_span for r in segment.head_rows for c in row_cells(segment.matrix, r))
    above = range(segment.rows[0])
    return next((r + 1 for r in reversed(above) if row_cells(segment.matrix, r)), 0)


def _end(segment: Segment) -> int:
    """The row after the last one of a table: blank rows are rows, a note under it is none."""
    after = range(segment.rows[-1] + 1, segment.grid.n_rows)
    return next((r for r in after if row_cells(segment.matrix, r)), segment.grid.n_rows)


def _numbers(segment: Segment, row: int) -> list[int]:
    """The numbers of the columns, one after the other; none where a row is something else."""
    texts = [fold(c.text) for c in row_cells(segment.matrix, row)]
    found = [int(t) for t in texts if t.isdigit() and len(t) < 3]
    amounts = any(looks_numeric(t) and not t.isdigit() for t in texts)
    return found if not amounts and all(b == a + 1 for a, b in pairwise(found)) else []


def _numeric(segment: Segment) -> bool:
    return all(is_blank(c.text) or looks_numeric(c.text) for r in segment.rows for c in segment.matrix[r] if c is not None)
