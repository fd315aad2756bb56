"""A colour image to grey, with the coloured seals (公章) over the print bleached: what is printed under them stays dark."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Colours = npt.NDArray[np.uint8]
Pixels = tuple[int, int, int, int]

VIVID = 45
"""Difference between the strongest and the weakest colour of a pixel from which it is coloured; paper and dirt stay below."""
SIZE = (55.0, 200.0)
"""Points: width and height of a seal (round ones are 38 to 50 mm across, oval ones 30 × 45 mm); coloured text and frames are not."""
OVAL = 1.8
"""Width to height of a seal at most, either way."""
NOISE = 30
"""Grey values by which a seal of one colour varies."""
COVERED = 0.3
"""Of the contrast of the print beside a seal: what is darker under it is print, what is paler its own unevenness."""
MOST_LIFTED = 2.0
"""Print under a seal is made darker by this factor at most."""


def without_seals(image: Colours, scale: float) -> tuple[Grey, list[Pixels]]:
    """A page image (height × width × BGR, `scale` pixels a point) in grey, seals as pale as paper, and the places where they stood.

    Coloured text and rules outside of seals are as dark as they look.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    strongest = image.max(axis=2)
    vivid = (strongest.astype(np.int16) - image.min(axis=2) > VIVID).astype(np.uint8)
    if not vivid[::4, ::4].any():
        return grey, []
    reach = int(2 * scale) | 1  # print and noise break the ring of a seal
    joined = cv2.morphologyEx(vivid, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least, most = SIZE[0] * scale, SIZE[1] * scale
    seals: list[Pixels] = []
    for x, y, w, h, _area in stats[1:count].tolist():
        if least <= min(w, h) and max(w, h) <= min(most, OVAL * min(w, h)):
            place = slice(max(y - reach, 0), y + h + reach), slice(max(x - reach, 0), x + w + reach)
            grey[place] = _bleached(grey[place], strongest[place], vivid[place], reach)
            seals.append((x, y, x + w, y + h))
    return grey, seals


def turned(seals: list[Pixels], quarters: int, width: int, height: int) -> list[Pixels]:
    """The places of seals on an image (of `width` × `height` pixels) that is turned by quarters clockwise."""
    if quarters == 1:
        return [(height - y1, x0, height - y0, x1) for x0, y0, x1, y1 in seals]
    if quarters == 2:
        return [(width - x1, height - y1, width - x0, height - y0) for x0, y0, x1, y1 in seals]
    if quarters == 3:
        return [(y0, width - x1, y1, width - x0) for x0, y0, x1, y1 in seals]
    return seals


def _bleached(grey: Grey, strongest: Grey, vivid: Grey, reach: int) -> Grey:
    """The grey of a place with a seal, brighter by what the seal took away: its own colour becomes that of the paper around it.

    JPEG keeps colour at half the resolution of brightness: the edge of a seal is as dark as its middle but less coloured, so the strongest
    colour within reach counts. What is darker than the seal is print, with no colour but its own.
    """
    kernel = np.ones((reach, reach), np.uint8)
    fringed = cv2.dilate(vivid, kernel) > 0
    if fringed.all():
        return strongest
    inside = vivid > 0
    paper = float(np.percentile(grey[~fringed], 80))
    colour = strongest.astype(np.float32) - grey
    bright = grey >= np.median(grey[inside]) - NOISE
    lost = np.where(bright, cv2.dilate(np.where(inside, colour, 0), kernel), colour)
    lost += np.where(bright | inside, max(paper - float(np.median(strongest[inside])), 0.0), 0.0)
    under = paper - np.minimum(grey + lost, paper)
    # Print under a seal laid over by a program is paler than print beside it.
    print_contrast = paper - float(np.percentile(grey[~fringed], 0.2))
    darkest = float(np.percentile(under[inside], 99.9))
    if darkest > COVERED * print_contrast:
        under *= min(max(print_contrast / darkest, 1.0), MOST_LIFTED)
    return np.where(fringed, np.maximum(paper - under, 0), grey).astype(np.uint8)
