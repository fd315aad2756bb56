"""A row that a page break tore after the first line of its cells: the rest of its amounts and name, joined to it as it is printed."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.reports.amounts import fold, parse_number
from pipelines.reports.model import Row, Value

_LONGEST_REST = 6
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}")


def join_torn(rows: list[Row], made: list[Row]) -> bool:
    """Joins `made`, the first printed row of a continuation, to the last rows of the same sides where it is only their rest.

    Only where every amount of `made` is no amount of its own: what stands above it lacks its end, and the two together make one amount
    with two decimals (1,234,567 over .89; 16,031,24 over 0.86).
    """
    pairs: list[tuple[Row, Row]] = []
    torn = False
    for row in made:
        last = next((r for r in reversed(rows) if r.side == row.side), None)
        if last is None or row.code or row.line_no is not None or row.keys != last.keys or row.values.keys() != last.values.keys():
            return False
        for measure, value in row.values.items():
            if not value.printed.strip():
                continue
            if not _is_rest(last.values[measure].printed, value.printed):
                return False
            torn = True
        pairs.append((last, row))
    if not torn:
        return False
    for last, row in pairs:
        last.name += row.name
        for measure, value in row.values.items():
            if value.printed.strip():
                last.values[measure] = _joined(last.values[measure], value)
    return True


def _is_rest(above: str, below: str) -> bool:
    first, rest = fold(above), fold(below)
    if not first or not rest or len(rest) > _LONGEST_REST or _WHOLE.fullmatch(first):
        return False
    # 1,234 over 567.89 may be two amounts: the rest of a number has no whole group of its own unless it begins with the point
    return bool(_WHOLE.fullmatch(first + rest)) and (rest.startswith(".") or parse_number(first) is None or "." in first)


def _joined(above: Value, below: Value) -> Value:
    printed = f"{above.printed}\n{below.printed}"
    return replace(above, printed=printed, number=parse_number(printed))
