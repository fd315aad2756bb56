"""A row that a page break tore after the first line of its cells: the rest of its amounts and name, joined to it as it is printed."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.reports.amounts import fold, parse_number
from pipelines.reports.model import Row, Value

_LONGEST_REST = 6
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}")


def join_torn(rows: list[Row], made: list[Row]) -> list[Value]:
    """Joins `made`, the first printed row of a continuation, to the last rows of the same sides where it is only their rest.

    Returns the values that were joined, none where nothing was. Only where every amount of `made` is no amount of its own: what stands
    above it lacks its end, and the two together make one amount with two decimals (1,234,567 over .89; 16,031,24 over 0.86).
    """
    pairs: list[tuple[Row, Row]] = []
    if len(rows) < len(made):
        return []
    for i, row in enumerate(made):
        # blocks side by side come one after the other; the sides of a summary have their own last rows
        last = rows[i - len(made)] if row.side is None else next((r for r in reversed(rows) if r.side == row.side), None)
        if (
            last is None
            or last.side != row.side
            or row.code
            or row.line_no is not None
            or row.keys != last.keys
            or row.values.keys() != last.values.keys()
        ):
            return []
        for measure, value in row.values.items():
            if not value.printed.strip():
                continue
            if not _is_rest(last.values[measure].printed, value.printed):
                return []
        pairs.append((last, row))
    rest = [v for row in made for v in row.values.values() if v.printed.strip()]
    if rest:
        for last, row in pairs:
            last.name += row.name
            for measure, value in row.values.items():
                if value.printed.strip():
                    last.values[measure] = _joined(last.values[measure], value)
    return rest


def _is_rest(above: str, below: str) -> bool:
    first, rest = fold(above), fold(below)
    if not first or not rest or len(rest) > _LONGEST_REST or _WHOLE.fullmatch(first):
        return False
    # 1,234 over 567.89 may be two amounts: the rest of a number has no whole group of its own unless it begins with the point
    return bool(_WHOLE.fullmatch(first + rest)) and (rest.startswith(".") or parse_number(first) is None or "." in first)


def _joined(above: Value, below: Value) -> Value:
    printed = f"{above.printed}\n{below.printed}"
    return replace(above, printed=printed, number=parse_number(printed))
