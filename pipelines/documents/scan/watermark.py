"""Pale words behind the print (水印) and shaded cells, turned to paper: what is dark stays as it is."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

FAINT = 6
"""Grey values by which a watermark is darker than paper, at least; noise is smoothed away first."""
PALE = 0.25
"""Of the contrast of the print: what is behind it is paler than this."""
THICK = 2.6
"""Points: its strokes are wider than this. Thin strokes of small type may come out as pale, wide strokes of print are dark."""


def faded(clean: Grey, ink: Grey, paper: int, scale: float) -> Grey:
    """A page without its rules, `ink` its ink: with thick pale drawings turned to paper. The page itself where it has none."""
    if not ink.any():
        return clean
    print_contrast = paper - float(np.percentile(clean[ink > 0], 5))
    smooth = cv2.blur(clean, (3, 3)).astype(np.int16)
    dark = (clean < paper - PALE * print_contrast).astype(np.uint8)
    pale = smooth < paper - FAINT
    away = (pale & (cv2.dilate(dark, _square(2 * scale)) == 0)).astype(np.uint8)
    thick = cv2.morphologyEx(away, cv2.MORPH_OPEN, _square(THICK * scale)) > 0
    if not thick.any():
        return clean
    # Print over a watermark cuts it to pieces; what is thin of them hangs together with what is thick.
    rest = (pale & (cv2.dilate(dark, _square(scale)) == 0)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, _square(4 * scale)), connectivity=8)
    drawing = np.zeros(len(stats), np.bool_)
    drawing[labels[thick]] = True
    drawing[0] = False
    out = clean.copy()
    out[(cv2.dilate(drawing[labels].astype(np.uint8), _square(2 * scale)) > 0) & (rest > 0)] = paper
    return out


def _square(side: float) -> Grey:
    """A square of an odd number of pixels, at least as long as `side`."""
    return np.ones((int(side) | 1, int(side) | 1), np.uint8)
