"""Names that ran over their cells: where the rows of a table are too low, the end of a wrapped name is printed over the row below.

Read by place, the rest of a name stands in the next row's. The names are put back as the report's other statements print them under the
same codes, and only where neighbouring rows print exactly the characters of those names, no more and no fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipelines.reports.model import Row

_MOST = 12  # rows that may run into each other


def put_back(statements: Sequence[Sequence[Row]]) -> None:
    """Mends the names of rows with codes, statement by statement; every row of a statement is given in printed order."""
    for rows in statements:
        known = _names(other for other in statements if other is not rows)
        start = 0
        while start < len(rows):
            start = _mend(rows, start, known) or start + 1


def _mend(rows: Sequence[Row], start: int, known: dict[str, str]) -> int:
    """The row after the run that begins at `start`, whose names are then mended; 0 where none does."""
    balance: Counter[str] = Counter()
    for end in range(start, min(start + _MOST, len(rows))):
        row = rows[end]
        name = known.get(row.code or "")
        if name is None or (end == start and (row.name == name or not name.startswith(row.name))):
            return 0
        balance.update(name)
        balance.subtract(row.name)
        if not any(balance.values()):
            for mended in rows[start : end + 1]:
                mended.name = known[mended.code or ""]
            return end + 1
    return 0


def _names(statements: Iterable[Sequence[Row]]) -> dict[str, str]:
    """The one name of a code in these statements; of a name and the beginning of it, the whole one."""
    found: dict[str, set[str]] = {}
    for rows in statements:
        for row in rows:
            if row.code and row.name:
                found.setdefault(row.code, set()).add(row.name)
    out = {}
    for code, names in found.items():
        longest = max(names, key=len)
        if all(longest.startswith(n) for n in names):
            out[code] = longest
    return out
