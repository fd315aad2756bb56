"""Tables drawn with pipes: markdown, and web pages saved as text (`项目 | 金额 |`)."""

from __future__ import annotations

import re

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")


def is_pipe_line(line: str) -> bool:
    """A row of a pipe table: at least one unescaped pipe with white space or an end beside it."""
    return "|" in line and (re.search(r"(?:^|\s)(?<!\\)\|(?:\s|\||$)|\|\s*$", line) is not None)


def split_pipes(line: str) -> list[str]:
    """The cells of one row; an opening pipe opens the first cell, a closing one closes the last. `\\|` is a printed pipe."""
    body = line.strip()
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return [part.strip().replace("\\|", "|").replace("<br>", "\n") for part in re.split(r"(?<!\\)\|", body)]


def pipe_rows(lines: list[str]) -> list[tuple[int, list[str]]]:
    """(line offset, cells) of each row, rule lines (|---|) left out. One cell a line is regrouped into rows where its width shows."""
    rows = [(i, split_pipes(line)) for i, line in enumerate(lines) if not _RULE.fullmatch(line)]
    return regroup(rows) if len(rows) >= 6 and all(len(cells) == 1 for _, cells in rows) else rows


_NUMERIC = re.compile(r"[-—]?|[-+]?[\d,]+(?:\.\d+)?%?")


def regroup(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Rows from a dump of one cell a line. The width is the one that puts numbers under numbers in every row below the head.

    Left as one column when no width from 2 to 12 does, or when two do: a guess would put numbers under wrong heads.
    """
    values = [cells[0] for _, cells in rows]
    numeric = [bool(_NUMERIC.fullmatch(v)) for v in values]
    fits = [w for w in range(2, 13) if _fits(numeric, w)]
    best = [w for w in fits if not any(w % other == 0 for other in fits if other < w)]
    if len(best) != 1:
        return rows
    w = best[0]
    return [(rows[i][0], values[i : i + w]) for i in range(0, len(values), w)]


def _fits(numeric: list[bool], width: int) -> bool:
    """Head of texts, then rows that all begin with a text and agree column by column on being numbers."""
    if len(numeric) % width or len(numeric) < 3 * width:
        return False
    body = [numeric[i : i + width] for i in range(0, len(numeric), width)]
    if any(body[0]):
        return False
    shapes = {tuple(row) for row in body[1:]}
    return len(shapes) == 1 and not next(iter(shapes))[0] and any(next(iter(shapes)))
