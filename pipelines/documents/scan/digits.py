"""A check of digits that knows nothing of the recogniser: each digit of a page must look most like the others of its name."""

from __future__ import annotations

from collections import defaultdict

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.documents.scan.ocr import Reading

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

LEAST_SAMPLES = 4
"""Digits of one name and size needed before they can judge another one."""
SIDE = 16
MARGIN = 0.06
"""How much more a digit must look like another name (correlation) to be disputed."""


def disagreeing(lines: list[tuple[Grey, Reading]]) -> list[bool]:
    """For each line (crop, reading): whether the shape of one of its digits speaks for another digit.

    Lines whose drawings do not match their characters one to one are not judged (touching digits, Chinese text).
    """
    samples: list[tuple[int, str, int, Floats]] = []  # line, digit, size class, shape
    for i, (crop, reading) in enumerate(lines):
        for digit, height, shape in _digits(crop, reading):
            samples.append((i, digit, round(np.log(max(height, 1)) * 6), shape))
    by_size: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for k, (_, digit, size, _) in enumerate(samples):
        by_size[size][digit].append(k)
    odd = [False] * len(lines)
    for named in by_size.values():
        sums = {d: np.sum([samples[k][3] for k in at], axis=0) for d, at in named.items() if len(at) >= LEAST_SAMPLES}
        if len(sums) < 2:
            continue
        for digit, at in named.items():
            for k in at:
                shape = samples[k][3]
                rivals = max((_likeness(shape, total) for d, total in sums.items() if d != digit), default=-1.0)
                own = _likeness(shape, sums[digit] - shape) if digit in sums else None
                if (own is not None and rivals > own + MARGIN) or (own is None and rivals > 0.9):
                    odd[samples[k][0]] = True
    return odd


def _likeness(shape: Floats, total: Floats) -> float:
    norm = float(np.linalg.norm(total))
    return float((shape * total).sum()) / norm if norm else -1.0


def _digits(crop: Grey, reading: Reading) -> list[tuple[str, int, Floats]]:
    """(digit, height in pixels, unit-length shape) of each digit where drawings and characters match one to one."""
    text = reading.text.replace(" ", "")
    if not text or not all(c in "0123456789.,%-()" for c in text) or "%" in text:
        return []
    level, ink = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    del level
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    parts = [tuple(int(v) for v in row[:5]) for row in stats[1:count] if row[4] >= 3]
    parts.sort()
    merged: list[list[int]] = []
    for x, y, w, h, _ in parts:  # broken strokes of one character stand above each other
        if merged and x < merged[-1][2] - 1:
            last = merged[-1]
            merged[-1] = [min(last[0], x), min(last[1], y), max(last[2], x + w), max(last[3], y + h)]
        else:
            merged.append([x, y, x + w, y + h])
    if len(merged) != len(text):
        return []
    tall = max(b[3] - b[1] for b in merged)
    dark = crop.max() - crop.astype(np.float32)
    out = []
    for character, (x0, y0, x1, y1) in zip(text, merged, strict=True):
        if not character.isdigit() or y1 - y0 < 0.7 * tall:
            continue
        side = max(y1 - y0, x1 - x0)
        square = np.zeros((side, side), np.float32)
        dx = (side - (x1 - x0)) // 2
        dy = (side - (y1 - y0)) // 2
        square[dy : dy + y1 - y0, dx : dx + x1 - x0] = dark[y0:y1, x0:x1]
        shape = cv2.GaussianBlur(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (3, 3), 0).astype(np.float32)
        shape -= shape.mean()
        norm = float(np.linalg.norm(shape))
        if norm > 0:
            out.append((character, tall, shape / norm))
    return out
