"""Printed lines outside of ruled cells: where the detector sees text, parted at wide gaps, and the small ink it overlooks."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.documents.scan.ocr import find_lines

Grey = npt.NDArray[np.uint8]
Pixels = tuple[int, int, int, int]

PARTED = 0.5
"""Of the height of a line: a gap that parts two texts of it (an amount and the name of the next column)."""
MARK = 0.45
"""Of the height of a line: a drawing that is neither wider nor has more ink in height is a mark (，。：); it has blank behind it ..."""
MARK_GAP = 1.0
"""... narrower than this."""
SMALL_TEXT = (3.5, 14.0)
"""Points: least and greatest height of overlooked digits."""
SHORT_DASH = 2.4
"""Points: a dash shorter than this counts only where another on the page is like it."""
LONG_TEXT = 60.0
"""Points: overlooked text is no longer."""


def free_lines(outside: Grey, ink: Grey, scale: float) -> list[Pixels]:
    """Boxes of the ink of printed lines on `outside` (the page without its ruled tables), `ink` being the ink of the page."""
    inked = np.where(solid(ink, scale), ink, 0).astype(np.uint8)
    found: list[Pixels] = []
    rest = inked.copy()
    for x0, top, x1, bottom in find_lines(outside):
        rest[max(top - 1, 0) : bottom + 1, max(x0 - 1, 0) : x1 + 1] = 0
        found += parted(inked, (x0, top, x1, bottom))
    return found + overlooked(rest, found, scale)


def solid(ink: Grey, scale: float) -> npt.NDArray[np.bool_]:
    """Where the ink is more than a speck of dust."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = stats[:, 4] >= max(0.6 * scale * scale, 3)
    large[0] = False
    out: npt.NDArray[np.bool_] = large[labels]
    return out


def parted(ink: Grey, box: Pixels) -> list[Pixels]:
    """The ink in a box, parted where it is blank for PARTED of its height."""
    whole = tight(ink, box)
    if whole is None:
        return []
    x0, top, x1, bottom = whole
    high = bottom - top
    filled = ink[top:bottom, x0:x1].any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.view(np.int8), [0]))))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    out, start = [], 0
    for (a, b), (after, _) in pairwise(runs):
        if after - b < PARTED * high:
            continue
        rows = int(ink[top:bottom, x0 + a : x0 + b].any(axis=1).sum())
        mark = b - a < MARK * high and not is_flat(b - a, rows) and rows < MARK * high
        if mark and after - b < MARK_GAP * high:
            continue
        out.append((x0 + start, top, x0 + b, bottom))
        start = after
    out.append((x0 + start, top, x1, bottom))
    return [t for piece in out if (t := tight(ink, piece)) is not None]


def tight(ink: Grey, box: Pixels) -> Pixels | None:
    """The box of the ink in a box; None where there is next to none."""
    x0, top, x1, bottom = box
    part = ink[top:bottom, x0:x1]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if len(rows) < 2 or len(columns) < 2:
        return None
    return x0 + int(columns[0]), top + int(rows[0]), x0 + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def is_flat(width: int, height: int) -> bool:
    """Whether a drawing has the proportions of a dash."""
    return width >= 3 * height


def is_bar(box: Pixels, scale: float) -> bool:
    """Whether a drawing is a dash by its proportions and its size."""
    x0, top, x1, bottom = box
    return bottom - top <= 2.0 * scale and 1.8 * scale <= x1 - x0 <= 14 * scale and is_flat(x1 - x0, bottom - top)


def overlooked(rest: Grey, found: list[Pixels], scale: float) -> list[Pixels]:
    """Dashes and short texts among the ink that no line took, level with one that was found: the detector misses single digits."""
    lines = np.array([b for b in found if not is_bar(b, scale)], np.float64).reshape(-1, 4)
    reach = int(2.5 * scale) | 1
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    out, bars = [], []
    for x, y, w, h, _area in stats[1:count].tolist():
        box = tight(rest, (x, y, x + w, y + h))
        if box is None or not level(lines, box):
            continue
        high = (box[3] - box[1]) / scale
        if is_bar(box, scale):
            bars.append(box)
        elif SMALL_TEXT[0] <= high <= SMALL_TEXT[1] and box[2] - box[0] <= LONG_TEXT * scale:
            out.append(box)
    widths = np.array([b[2] - b[0] for b in bars], np.float64)
    # a dash says that there is nothing: one that stands alone is no loss, but what is left of a seal would part columns
    return out + [b for b, w in zip(bars, widths, strict=True) if w >= SHORT_DASH * scale or (abs(widths - w) <= 0.25 * w).sum() > 1]


def level(lines: npt.NDArray[np.float64], box: Pixels) -> list[int]:
    """Which lines stand at the height of a drawing: its middle lies in the middle part of theirs. The nearest first."""
    middle = (box[1] + box[3]) / 2
    inner = 0.2 * (lines[:, 3] - lines[:, 1])
    at = np.flatnonzero((lines[:, 1] + inner <= middle) & (middle <= lines[:, 3] - inner))
    away = np.maximum(np.maximum(lines[at, 0] - box[2], box[0] - lines[at, 2]), 0)
    return [int(i) for i in at[np.argsort(away)]]
