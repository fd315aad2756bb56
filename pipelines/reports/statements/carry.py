"""The head of the page before over a part without one: which of its columns each column of the part is."""

from __future__ import annotations

from pipelines.reports.amounts import looks_numeric
from pipelines.reports.statements.headers_model import Leaf, Segment


def carry(leaves: list[Leaf], segment: Segment, n_columns: int) -> list[Leaf] | None:
    """The head of the page before laid over a part without head: by place on the page, else by number of columns."""
    grid = segment.grid
    spans: list[tuple[float, float] | None] = [None] * grid.n_columns
    for cell in grid.cells:
        if cell.column_span == 1 and (box := cell.locator.upright) is not None and cell.column < grid.n_columns:
            x0, _, x1, _ = box
            old = spans[cell.column]
            spans[cell.column] = (x0, x1) if old is None else (min(old[0], x0), max(old[1], x1))
    if all(x.x0 is not None for x in leaves) and any(spans) and (grid.n_columns != n_columns or not grid.ruled):
        owner = [_owner(span, leaves, _wordy(segment, c)) if span else None for c, span in enumerate(spans)]
        out = []
        for i, leaf in enumerate(leaves):
            mine = [c for c, o in enumerate(owner) if o == i]
            if mine:
                out.append(_copy(leaf, mine[0], mine[-1] + 1))
            elif leaf.kind == "value" and not any(s and s[0] <= (leaf.x0 or 0) + 3 and s[1] >= (leaf.x1 or 0) - 3 for s in spans):
                return None
        return out
    if grid.n_columns == n_columns:
        return [_copy(x, x.start, x.end) for x in leaves]
    codes, others = [x for x in leaves if x.kind.startswith("code")], [x for x in leaves if not x.kind.startswith("code")]
    if len(codes) > 1 and grid.n_columns == len(others) + 1 and codes[-1].start < others[0].start and len(others) == n_columns - len(codes):
        # 类, 款 and 项 in three columns of the head, the code in one column of the part
        return [_copy(codes[-1], 0, 1), *(_copy(x, i, i + 1) for i, x in enumerate(others, 1))]
    return None


def _wordy(segment: Segment, column: int) -> bool:
    """Does a column print names rather than numbers?"""
    texts = [c.text for r in segment.rows if (c := segment.matrix[r][column]) is not None and c.text.strip()]
    return sum(1 for t in texts if not looks_numeric(t)) * 2 > len(texts)


def _owner(span: tuple[float, float], leaves: list[Leaf], wordy: bool) -> int | None:
    """The column of the head a part's column lies under; one that lies under several is the last of them that takes its kind."""
    best, most = None, 0.0
    covered: list[int] = []
    for i, leaf in enumerate(leaves):
        assert leaf.x0 is not None and leaf.x1 is not None
        overlap = min(span[1], leaf.x1) - max(span[0], leaf.x0)
        if overlap > 0.7 * (leaf.x1 - leaf.x0):
            covered.append(i)
        if overlap > most:
            best, most = i, overlap
    fitting = [i for i in covered if (leaves[i].kind != "value") == wordy]
    return fitting[-1] if len(covered) > 1 and fitting else best


def _copy(leaf: Leaf, start: int, end: int) -> Leaf:
    return Leaf(start, end, leaf.path, leaf.concepts, leaf.cell, leaf.x0, leaf.x1, leaf.kind, leaf.key, leaf.block, leaf.measure)
