"""The rules of an upright page image: straight dark runs that are no strokes of characters, and the mask of their pixels."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Pixels = tuple[int, int, int, int]

CHARACTER = 56.0
"""Points: a drawing smaller than this in both directions is a character of a title, not a table."""
LONG_RULE = 40.0
"""Points: no stroke of a character is longer."""
THIN = 1.6
"""Points: no rule of a table that is hard to find is thicker."""
REACH = 60
"""Pixels of a rule that tell how dark it is where it was lost."""
WIDE_COLUMN = 160.0
"""Points: level rules between upright ones farther apart than this are found by their length."""
LOW_ROW = 17.0
"""Points: upright rules in rows lower than this may be too short to be told from strokes by their length."""
SEAL_EDGE = 6.0
"""Points around a seal in which a rule may be lost as well: the page may have been turned since the seal was found."""
SHORTEST = 22.0
"""Points: a shorter piece of a rule between a seal and a rail is not found by its length."""
PALE = 16
"""Grey values by which a pale rule is darker than the paper around it."""


def find_rules(grey: Grey, scale: float, covered: list[Pixels] | None = None) -> tuple[Floats, Floats, Grey]:
    """Horizontal and vertical rules in pixels (k×3: position, start, end) and a mask of their pixels.

    `covered` are places where a seal hides pale rules: there a rule goes on to its next piece.
    """
    horizontal, vertical, mask = long_rules(grey, scale)
    if covered:
        across = [(top, x0, bottom, x1) for x0, top, x1, bottom in covered]
        horizontal, vertical = bridged(horizontal, vertical, covered, scale), bridged(vertical, horizontal, across, scale)
    low = short_rules(grey.T, vertical, horizontal, mask.T, scale, LOW_ROW)
    level = short_rules(grey, horizontal, vertical, mask, scale, WIDE_COLUMN)
    horizontal, vertical = np.concatenate((horizontal, level)), np.concatenate((vertical, low))
    return ended(horizontal, vertical, grey, scale), ended(vertical, horizontal, grey.T, scale), mask


def long_rules(grey: Grey, scale: float) -> tuple[Floats, Floats, Grey]:
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
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((int(5 * scale), int(5 * scale)), np.uint8)).astype(np.uint8)
    for upright, length in ((False, 22.0), (True, 15.0)):
        size = int(length * scale)
        thick = cv2.dilate(lines, np.ones((1, 3) if upright else (3, 1), np.uint8))  # a slight slope must not break a run
        run = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((size, 1) if upright else (1, size), np.uint8)).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(run, connectivity=8)
        flat, traces = (grey.T, run.T) if upright else (grey, run)
        below, lying = (paper.T, mask.T) if upright else (paper, mask)
        np.maximum(lying, traces, out=lying)
        kept = []
        for x, y, w, h, _area in stats[1:count].tolist():
            at, thickness, start, along = (x, w, y, h) if upright else (y, h, x, w)
            if thickness <= 3.5 * scale + 4 and along >= 4 * thickness:
                kept.append((at + thickness / 2, *_goes_on(flat, below, traces, lying, (at, at + thickness, start, start + along))))
        found.append(np.array(kept, np.float64).reshape(-1, 3))
    horizontal, vertical = found
    return horizontal, vertical, cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(np.uint8)


def bridged(pieces: Floats, rails: Floats, covered: list[Pixels], scale: float) -> Floats:
    """Rules (lying flat) of which a seal hides a piece: joined over it, and led on to the last rail under it or near it.

    `covered`: (start, top, end, bottom) of the seals.
    """
    near, margin, rest = 1.2 * scale, SEAL_EDGE * scale, SHORTEST * scale
    out = sorted(pieces.tolist(), key=lambda r: r[1])
    for x0, top, x1, bottom in ((x0 - margin, top - margin, x1 + margin, bottom + margin) for x0, top, x1, bottom in covered):
        ends = [at for at, first, last in rails.tolist() if x0 - rest <= at <= x1 + rest and first <= bottom and top <= last]
        for rule in out:
            at, start, end = rule
            if not top <= at <= bottom:
                continue
            if x0 <= end <= x1:
                rule[2] = max([end, *ends])
            if x0 <= start <= x1:
                rule[1] = min([start, *ends])
            beyond = [r[2] for r in out if abs(r[0] - at) <= near and x0 <= r[1] <= x1 and x0 <= end <= x1]
            rule[2] = max([rule[2], *beyond])
    return np.array(out, np.float64).reshape(-1, 3)


def short_rules(grey: Grey, known: Floats, rails: Floats, mask: Grey, scale: float, reach: float) -> Floats:
    """Rules that lie flat between neighbouring upright `rails` not farther apart than `reach`, too short or too pale to be among the
    `known`: thin, dark from one rail to the next as no text is, half as dark as the rails. Added to the mask. (Upright ones: transposed.)
    """
    found: list[tuple[float, float, float]] = []
    long = sorted(r for r in rails.tolist() if r[2] - r[1] >= LONG_RULE * scale)
    near = 2.5 * scale
    for i, (left, start, end) in enumerate(long):
        right = next((r for r in long[i + 1 :] if r[0] - left > 4 * scale and r[1] < end and start < r[2]), None)
        if right is None or right[0] - left > reach * scale:
            continue
        x0, x1 = int(left + 1.5 * scale), int(right[0] - 1.5 * scale) + 1
        top, bottom = max(int(max(start, right[1]) - near), 0), min(int(min(end, right[2]) + near), grey.shape[0])
        strip = grey[top:bottom, x0:x1]
        if strip.size == 0:
            continue
        paper = int(np.percentile(strip, 80))
        rail = grey[int(start) : int(end), max(int(left) - 1, 0) : int(left) + 2].min(axis=1)
        level = paper - max(PALE, 0.4 * (paper - float(np.median(rail))))
        dark = (cv2.erode(strip, np.ones((3, 1), np.uint8)) < level).all(axis=1)  # a slight slope must not break a run
        edges = np.flatnonzero(np.diff(np.concatenate(([0], dark.view(np.int8), [0]))))
        for a, b in zip((edges[::2] + top).tolist(), (edges[1::2] + top).tolist(), strict=True):
            at = (a + b) / 2
            seen = (np.abs(known[:, 0] - at) < near) & (known[:, 1] < x1) & (known[:, 2] > x0)
            if b - a <= THIN * scale + 2 and not seen.any():
                found.append((at, left, right[0]))
                mask[max(a - 1, 0) : b + 1, x0 - 1 : x1 + 1] = 255
    return np.array(found, np.float64).reshape(-1, 3)


def _goes_on(grey: Grey, paper: Grey, run: Grey, mask: Grey, piece: tuple[int, int, int, int]) -> tuple[int, int]:
    """Start and end of a rule of which a piece (rows, columns; lying flat) was found, with as much beyond the piece as is half
    as dark: print beside a pale rule makes it look light. What is added is added to the mask as well."""
    top, bottom, start, end = piece
    last = grey.shape[1]
    ends = []
    for at, way in ((start, -1), (end - 1, 1)):
        rows = np.flatnonzero(run[top:bottom, at])
        middle = top + int(rows.mean()) if len(rows) else (top + bottom) // 2
        low, high = max(middle - 1, 0), middle + 2
        beyond = slice(end, last) if way == 1 else slice(0, start)
        nearby = slice(max(end - REACH, start), end) if way == 1 else slice(start, min(start + REACH, end))
        own = _contrast(grey, paper, slice(low, high), nearby)
        dark = _contrast(grey, paper, slice(low, high), beyond) >= max(PALE, 0.5 * float(np.median(own)))
        blank = ~dark[::way]
        gaps = np.flatnonzero(blank[:-2] & blank[1:-1] & blank[2:]) if blank.size > 2 else np.zeros(0, np.intp)
        length = int(gaps[0]) if gaps.size else 0
        ends.append(end + length if way == 1 else start - length)
        if length:
            mask[low:high, min(ends[-1], at) : max(ends[-1], at)] = 255
    return ends[0], ends[1]


def _contrast(grey: Grey, paper: Grey, rows: slice, columns: slice) -> npt.NDArray[np.int16]:
    """By how much the darkest of some rows is darker than the paper, column by column."""
    out: npt.NDArray[np.int16] = paper[rows, columns].max(axis=0).astype(np.int16) - grey[rows, columns].min(axis=0)
    return out


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
