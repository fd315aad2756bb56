"""Characters with boxes to printed lines: grouped by height, ordered by position, never by the order in the file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.documents.pdf.glyphs import WIDE

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

SAME_LINE = 0.42  # of the smaller type size: centres nearer than this stand on one line
SPACE_NARROW = 0.2  # of the type size: a gap between two narrow characters (Latin, digits) that is a space
SPACE_WIDE = 0.7  # the same where one of the two is an ideograph: justified lines and automatic spacing are no spaces
SEGMENT = 1.9  # a gap that parts two texts of one line


@dataclass(slots=True)
class Line:
    """One printed line, or the part of it between two wide gaps. Points; `first` is the index of its first character."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    row: int  # lines of one height share it
    group: int  # the group the characters were given (cell number), -1 for running text
    first: int = 0

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.x0, self.top, self.x1, self.bottom)


def build_lines(codes: npt.NDArray[np.uint16], boxes: Floats, groups: Ints, *, segment: float = SEGMENT) -> list[Line]:
    """The lines of each group, groups in ascending order, top to bottom, left to right.

    Lines of group -1 are parted at gaps wider than `segment` type sizes.

    A character painted twice at one place (imitated bold) is taken once.
    """
    n = len(codes)
    if n == 0:
        return []
    middle = (boxes[:, 1] + boxes[:, 3]) * 0.5
    size = np.maximum(boxes[:, 3] - boxes[:, 1], 0.1)
    by_height = np.lexsort((middle, groups))
    g, m, s = groups[by_height], middle[by_height], size[by_height]
    row = np.zeros(n, np.intp)
    if n > 1:
        step = (g[1:] != g[:-1]) | (m[1:] - m[:-1] > SAME_LINE * np.minimum(s[1:], s[:-1]))
        np.cumsum(step, out=row[1:])
    in_row = np.lexsort((boxes[by_height, 0], row))
    order = by_height[in_row]
    row = row[in_row]
    code, box, size = codes[order], boxes[order], size[order]
    if n > 1:  # painted twice
        same = (row[1:] == row[:-1]) & (code[1:] == code[:-1])
        if same.any():
            near = np.abs(box[1:, 0] - box[:-1, 0]) < 0.25 * np.maximum(box[1:, 2] - box[1:, 0], 0.1)
            twice = same & near
            if twice.any():
                keep = np.ones(n, bool)
                keep[1:] = ~twice
                order, row, code, box, size = order[keep], row[keep], code[keep], box[keep], size[keep]
                n = len(code)
    breaks = np.zeros(n, bool)
    breaks[0] = True
    spaces = np.zeros(n, bool)
    if n > 1:
        new_row = row[1:] != row[:-1]
        gap = (box[1:, 0] - box[:-1, 2]) / np.maximum(np.minimum(size[1:], size[:-1]), 0.1)
        wide = WIDE[code]
        limit = np.where(wide[1:] | wide[:-1], SPACE_WIDE, SPACE_NARROW)
        breaks[1:] = new_row
        breaks[1:] |= (gap > segment) & (groups[order[1:]] == -1)
        spaces[1:] = (gap > limit) & ~breaks[1:]
    if spaces.any():
        at = np.flatnonzero(spaces)
        printed = np.insert(code, at, 32)
        shift = np.cumsum(spaces)
    else:
        printed, shift = code, np.zeros(n, np.intp)
    starts = np.flatnonzero(breaks)
    ends = np.append(starts[1:], n)
    text = printed.tobytes().decode("utf-16-le", "replace")
    paired = len(text) != len(printed)
    x0 = box[starts, 0]
    x1 = np.maximum.reduceat(box[:, 2], starts)
    top = np.minimum.reduceat(box[:, 1], starts)
    bottom = np.maximum.reduceat(box[:, 3], starts)
    largest = np.maximum.reduceat(size, starts)  # digits of a Latin face are smaller: they do not tell the size of the line
    first_out = (starts + shift[starts]).tolist()
    last_out = (ends + shift[ends - 1]).tolist()
    out: list[Line] = []
    for a, b, ax, at_, bx, bt, sz, r, gr, f in zip(
        first_out,
        last_out,
        x0.tolist(),
        top.tolist(),
        x1.tolist(),
        bottom.tolist(),
        largest.tolist(),
        row[starts].tolist(),
        groups[order[starts]].tolist(),
        order[starts].tolist(),
        strict=True,
    ):
        piece = printed[a:b].tobytes().decode("utf-16-le", "replace") if paired else text[a:b]
        out.append(Line(piece, ax, at_, bx, bt, sz, r, gr, f))
    return out
