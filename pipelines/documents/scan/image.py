"""A page image made ready for reading: grey, upright, its rules found and taken out. Pixels in, points out; no text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.documents.scan.rules import find_rules
from pipelines.documents.scan.seal import Pixels, turned
from pipelines.documents.scan.watermark import faded

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

DPI = 200
"""Resolution pages are read at: enough for 9 pt digits, and what the budgets of time are set for."""
MAX_TURN = 5.0
"""Largest skew looked for, degrees; a scanner seldom exceeds 2."""


@dataclass(slots=True, frozen=True)
class Placement:
    """How an upright page lies on the page as displayed; outlives the image (a page of pixels is 12 MB)."""

    angle: float  # degrees by which the page was turned back
    width: float  # points, of the upright page
    height: float
    turn: int  # quarter turns clockwise that lead from the displayed page to this one

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

    @property
    def placement(self) -> Placement:
        """Where the upright page lies on the displayed one."""
        return Placement(self.angle, self.width, self.height, self.turn)


def prepare(image: Grey, scale: float, turn: int = 0, seals: list[Pixels] | None = None) -> PageImage:
    """An upright page with its rules, from a grey image of `scale` pixels a point, turned by `turn` quarters clockwise first.

    `seals` are the places (pixels of the image) where print was covered.
    """
    places = turned(seals or [], turn, image.shape[1], image.shape[0])
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
    horizontal, vertical, mask = find_rules(grey, scale, places)
    clean = grey.copy()
    clean[mask > 0] = paper
    clean = faded(clean, dark(clean, scale), paper, scale)
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
