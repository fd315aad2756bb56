"""A page image made ready for reading: grey, upright, its rules found and taken out. Pixels in, points out; no text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

DPI = 200
"""Resolution pages are read at: enough for 9 pt digits, and what the budgets of time are set for."""
CHARACTER = 56.0
"""Points: a drawing smaller than this in both directions is a character of a title, not a table."""
LONG_RULE = 40.0
"""Points: no stroke of a character is longer."""
MAX_TURN = 5.0
"""Largest skew looked for, degrees; a scanner seldom exceeds 2."""


@dataclass(slots=True)
class PageImage:
    """An upright page. `scale` is pixels a point; rules in points (k×3: position, start, end) as `grids.find_ruled` takes them."""

    grey: Grey  # as photographed, upright
    clean: Grey  # without its rules
    ink: Grey  # 255 where the clean page has ink, else 0
    scale: float
    angle: float  # degrees by which the page was turned back
    width: float  # points
    height: float
    paper: int  # grey value of the paper
    turn: int = 0  # quarter turns clockwise that lead from the displayed page to this one
    horizontal: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    vertical: Floats = field(default_factory=lambda: np.zeros((0, 3)))

    def displayed(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """A box of the upright page as it lies on the page as displayed (points): the bounding box of the turned one."""
        x0, top, x1, bottom = self._unskewed(box) if self.angle else box
        if self.turn == 1:
            return (top, self.width - x1, bottom, self.width - x0)
        if self.turn == 2:
            return (self.width - x1, self.height - bottom, self.width - x0, self.height - top)
        if self.turn == 3:
            return (self.height - bottom, x0, self.height - top, x1)
        return (x0, top, x1, bottom)

    def _unskewed(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        turn = math.radians(self.angle)
        cos, sin, cx, cy = math.cos(turn), math.sin(turn), self.width / 2, self.height / 2
        corners = [(x - cx, y - cy) for x in (box[0], box[2]) for y in (box[1], box[3])]
        xs = [cx + x * cos - y * sin for x, y in corners]
        ys = [cy + x * sin + y * cos for x, y in corners]
        return (max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), self.width), min(max(ys), self.height))


def prepare(image: Grey, scale: float, turn: int = 0) -> PageImage:
    """An upright page with its rules, from a grey image of `scale` pixels a point, turned by `turn` quarters clockwise first."""
    if turn:
        image = np.ascontiguousarray(np.rot90(image, -turn))
    height, width = image.shape
    paper = int(np.percentile(image[::4, ::4], 80))
    angle = skew(image)
    if abs(angle) >= 0.03:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        grey = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper).astype(np.uint8)
    else:
        grey, angle = image, 0.0
    horizontal, vertical, mask = rules(grey, scale)
    horizontal, vertical = ended(horizontal, vertical, grey, scale), ended(vertical, horizontal, grey.T, scale)
    clean = grey.copy()
    clean[mask > 0] = paper
    ink = dark(clean, scale)
    return PageImage(grey, clean, ink, scale, angle, width / scale, height / scale, paper, turn, horizontal / scale, vertical / scale)


def dark(grey: Grey, scale: float) -> Grey:
    """255 where there is ink: darker than its surroundings, so that grey paper and shaded heads do not count."""
    block = int(12 * scale) | 1
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 18).astype(np.uint8)


def skew(grey: Grey) -> float:
    """The angle (degrees) by which the page has to be turned to stand upright: rows of ink are then sharpest."""
    factor = 900 / max(grey.shape)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12).astype(np.float32)
    if ink.sum() < 50:
        return 0.0
    height, width = ink.shape

    def sharpness(degrees: float) -> float:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        turned = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR)
        profile = turned.sum(axis=1)
        return float(np.square(np.diff(profile)).sum())

    best = max(np.arange(-MAX_TURN, MAX_TURN + 0.01, 0.25), key=sharpness)
    for step in (0.05, 0.01):
        best = max(best + step * np.arange(-6, 7), key=sharpness)
    return float(best)


def sideways(ink: Grey) -> bool:
    """Whether the page may lie on its side: printed lines part rows of pixels more sharply than columns. Sparse tables may too."""
    factor = 900 / max(ink.shape)
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.float64)
    rows, columns = (float(np.square(np.diff(small.sum(axis=axis))).sum()) / small.shape[axis] for axis in (1, 0))
    return bool(columns > rows)


def rules(grey: Grey, scale: float) -> tuple[Floats, Floats, Grey]:
    """Horizontal and vertical rules in pixels (k×3: position, start, end) and a mask of their pixels.

    A rule is a straight dark run longer than the strokes of the characters of a table and part of something larger than a
    character: the strokes of a big title are neither rules nor taken out.
    """
    block = int(8 * scale) | 1
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 8)
    mask = np.zeros_like(grey)
    _, drawing, extent, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    small = (extent[:, 2] < CHARACTER * scale) & (extent[:, 3] < CHARACTER * scale)
    lines[small[drawing]] = 0
    found: list[Floats] = []
    for upright, length in ((False, 22.0), (True, 15.0)):
        size = int(length * scale)
        thick = cv2.dilate(lines, np.ones((1, 3) if upright else (3, 1), np.uint8))  # a slight slope must not break a run
        run = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((size, 1) if upright else (1, size), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(run, connectivity=8)
        kept = []
        for x, y, w, h, _area in stats[1:count]:
            across, along = (w, h) if upright else (h, w)
            if across <= 3.5 * scale + 4 and along >= 4 * across:
                kept.append((x + w / 2, y, y + h) if upright else (y + h / 2, x, x + w))
        found.append(np.array(kept, np.float64).reshape(-1, 3))
        mask = np.maximum(mask, run.astype(np.uint8))
    horizontal, vertical = found
    return horizontal, vertical, cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(np.uint8)


def ended(candidates: Floats, across: Floats, grey: Grey, scale: float) -> Floats:
    """Without the short runs that are strokes of big type touching a rule: a rule ends at rules across it and has clean sides.

    `grey` is the page with the runs lying flat (transposed for upright ones).
    """
    long = across[across[:, 2] - across[:, 1] >= LONG_RULE * scale]
    near = 2.5 * scale
    level = np.percentile(grey[::8, ::8], 80) - 60
    kept = []
    for position, start, end in candidates:
        if end - start < LONG_RULE * scale:
            crossing = long[(long[:, 1] - near <= position) & (long[:, 2] + near >= position), 0]
            if not all((np.abs(crossing - at) <= near).any() for at in (start, end)):
                continue
            # A stroke that leaves a rule sideways (the bar of 十 in 计) makes it part of a character; a rule that crosses it does not.
            middle, reach = int(position), int(3 * scale)
            inner = np.arange(int(start + 2 * scale), int(end - 2 * scale))
            inner = inner[(np.abs(inner[:, None] - crossing[None, :]) > near).all(axis=1)]
            sides = (grey[max(middle - reach, 0) : middle, inner], grey[middle + 1 : middle + 1 + reach, inner])
            if any(side.size and (side < level).all(axis=0).any() for side in sides):
                continue
        kept.append((position, start, end))
    return np.array(kept, np.float64).reshape(-1, 3)


def drop_remains(ink: Grey, scale: float) -> Grey:
    """The ink of one cell without what is left of its rules (thin drawings along the edge) and without lone specks."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= 1:
        return ink
    height, width = ink.shape
    edge, thin = 1.2 * scale, 1.7 * scale
    x, y, w, h = stats[1:, 0], stats[1:, 1], stats[1:, 2], stats[1:, 3]
    gone = ((x <= edge) & (x + w <= edge + thin)) | ((x + w >= width - edge) & (x >= width - edge - thin))
    gone |= ((y <= edge) & (y + h <= edge + thin)) | ((y + h >= height - edge) & (y >= height - edge - thin))
    large = (np.maximum(w, h) >= 1.8 * scale) & ~gone
    if not large.any():
        return np.zeros_like(ink)
    # Full stops, commas and dots of characters stand near larger ink; dust does not.
    reach = 4 * scale
    cx, cy = x + w / 2, y + h / 2
    for i in np.flatnonzero(~gone & ~large):
        dx = np.maximum(np.maximum(x[large] - cx[i], cx[i] - (x + w)[large]), 0)
        dy = np.maximum(np.maximum(y[large] - cy[i], cy[i] - (y + h)[large]), 0)
        gone[i] = not ((dx <= reach) & (dy <= reach)).any() or max(w[i], h[i]) <= 1
    out = ink.copy()
    out[np.concatenate(([False], gone))[labels]] = 0
    return out


def bands(ink: Grey, least: int) -> list[tuple[int, int]]:
    """Printed lines inside a piece of a page: (first, last + 1) pixel rows. `least` is the height of the smallest line.

    Strokes of one character (二, 三, dots) stay together: pieces lower than `least` join their nearer neighbour.
    """
    filled = (ink > 0).sum(axis=1) > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.view(np.int8), [0]))))
    pieces = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    while len(pieces) > 1:
        low = [i for i, (a, b) in enumerate(pieces) if b - a < least]
        if not low:
            break
        i = min(low, key=lambda k: pieces[k][1] - pieces[k][0])
        before = pieces[i][0] - pieces[i - 1][1] if i else math.inf
        after = pieces[i + 1][0] - pieces[i][1] if i + 1 < len(pieces) else math.inf
        if min(before, after) > least:
            if pieces[i][1] - pieces[i][0] <= 2:  # a speck
                del pieces[i]
                continue
            break
        j = i - 1 if before <= after else i
        pieces[j : j + 2] = [(pieces[j][0], pieces[j + 1][1])]
    return pieces
