"""The objects of a PDF page: rules, filled boxes, images, and which text is invisible or clipped."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from pipelines.documents.pdf.calls import (
    clip_count,
    clip_length,
    clip_path,
    clip_segment,
    destroy_object,
    draw_mode,
    fill_color,
    form_count,
    form_object,
    get_object,
    object_bounds,
    object_matrix,
    object_type,
    remove_object,
    render_mode,
    segment,
    segment_close,
    segment_point,
    segment_type,
    segments,
)

Floats = npt.NDArray[np.float64]
Clip = tuple[float, float, float, float]  # x0, y0, x1, y1 in page space

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE = 3  # text render mode: neither filled nor stroked
RULE_THICKNESS = 3.5  # a path thinner than this in one direction is a rule
_PALE = 166  # of 255: lighter type than this is no print
_MAX_OBJECTS = 200_000  # beyond this a page is hostile
_MAX_DEPTH = 4  # of nested form objects


class PageObjects:
    """The page objects, forms opened: bounds of simple paths, line segments of others, images, text that cannot be seen."""

    def __init__(self) -> None:
        self.bounds: list[float] = []  # flat: x0, y0, x1, y1 of paths of up to five points
        self.handles: list[int] = []  # of each that is thick in both directions, else 0
        self.lines: list[tuple[float, float, float, float]] = []  # segments of longer paths, page space
        self.dark: list[tuple[float, float, float, float]] = []  # bounds of longer paths filled with a colour
        self.images: list[tuple[float, float, float, float]] = []
        self.invisible: set[int] = set()
        self.white: set[int] = set()  # text painted white: to be seen only on a coloured ground
        self.clips: dict[int, Clip] = {}  # of text objects: what of the page they can show, page space
        self.cut = False  # some text runs over its clip
        self._known: dict[int, Clip | None] = {}
        self._stride = 1  # on a page of very many text objects (one a character) the state of every third is looked at first
        self._texts = 0
        self.curves = 0
        self.seen = 0
        self._box = (ctypes.c_float * 4)()
        self._address = ctypes.addressof(self._box)
        self._six = (ctypes.c_float * 6)()
        self._rgba = (ctypes.c_uint * 4)()
        self._rgba_address = ctypes.addressof(self._rgba)

    def read(self, page: int) -> None:
        count = pdfium.FPDFPage_CountObjects(page)
        if count > _MAX_OBJECTS:
            raise OverflowError(f"{count} objects on one page")
        self._stride = 1 if count < 200 else 3
        self._read((get_object(page, i) for i in range(count)), None, None, 0)
        if self._stride > 1 and (self.invisible or self.white or self.cut):
            self._look_closer(page)

    def remove_invisible(self, page: int) -> bool:
        """Takes invisible text out of the page in memory; False where some of it stands in a form and stays."""
        count = pdfium.FPDFPage_CountObjects(page)
        own = [handle for handle in (get_object(page, i) for i in range(count)) if handle in self.invisible]
        whole = len(own) == len(self.invisible)
        for handle in own:
            if remove_object(page, handle):
                destroy_object(handle)
                self.invisible.discard(handle)
                self.white.discard(handle)
                self.clips.pop(handle, None)
        return whole

    def _look_closer(self, page: int) -> None:
        """Asks every text object whether it is invisible, white or clipped, where only a sample was asked."""
        again = PageObjects()
        again._read((get_object(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))), None, None, 0)
        self._stride, self.invisible, self.white, self.clips = 1, again.invisible, again.white, again.clips

    def _read(self, objects: Any, matrix: tuple[float, ...] | None, within: Clip | None, depth: int) -> None:
        box, a = self._box, self._address
        b, c, d = a + 4, a + 8, a + 12
        bounds, handles, stride = self.bounds, self.handles, self._stride
        for handle in objects:
            kind = object_type(handle)
            if kind == _TEXT:
                self._texts += 1
                if self._texts % stride:
                    continue
                if render_mode(handle) == _INVISIBLE:
                    self.invisible.add(handle)
                    continue
                if self._is_white(handle):
                    self.white.add(handle)
                if (clip := self._clip(handle, matrix, within)) is not None:
                    self.clips[handle] = clip
                    if not self.cut and object_bounds(handle, a, b, c, d):
                        x0, y0, x1, y1 = box if matrix is None else _transformed(tuple(box), matrix)
                        self.cut = x0 < clip[0] - 1 or y0 < clip[1] - 1 or x1 > clip[2] + 1 or y1 > clip[3] + 1
            elif kind == _PATH:
                if not object_bounds(handle, a, b, c, d):
                    continue
                n = segments(handle)
                x0, y0, x1, y1 = box
                thick = x1 - x0 > RULE_THICKNESS and y1 - y0 > RULE_THICKNESS
                if n > 5 or (thick and n < 4):
                    if thick and n > 5 and self._is_filled(handle) and not self._is_white(handle):
                        self.dark.append((x0, y0, x1, y1) if matrix is None else _transformed((x0, y0, x1, y1), matrix))
                    self._walk(handle, n, matrix)
                    continue
                values = (x0, y0, x1, y1) if matrix is None else _transformed((x0, y0, x1, y1), matrix)
                bounds.extend(values)
                handles.append(handle if thick else 0)
            elif kind == _IMAGE:
                if object_bounds(handle, a, b, c, d):
                    values = tuple(box)
                    self.images.append(values if matrix is None else _transformed(values, matrix))
            elif kind == _FORM and depth < _MAX_DEPTH:
                if not object_matrix(handle, ctypes.addressof(self._six)):
                    continue
                inner = tuple(self._six) if matrix is None else _product(tuple(self._six), matrix)
                count = form_count(handle)
                self.seen += max(count, 0)
                if self.seen > _MAX_OBJECTS:
                    raise OverflowError(f"{self.seen} objects on one page")
                self._read((form_object(handle, i) for i in range(count)), inner, self._clip(handle, matrix, within), depth + 1)

    def _is_white(self, handle: int) -> bool:
        """True for an object filled with white, or with no colour at all (alpha 0)."""
        rgba, a = self._rgba, self._rgba_address
        if not fill_color(handle, a, a + 4, a + 8, a + 12):
            return False
        return (rgba[0] > 249 and rgba[1] > 249 and rgba[2] > 249) or rgba[3] == 0

    def is_pale(self, handle: int) -> bool:
        """True for an object filled with a light grey or tint, or half transparent: nobody prints what is to be read so."""
        rgba, a = self._rgba, self._rgba_address
        if not handle or not fill_color(handle, a, a + 4, a + 8, a + 12):
            return False
        return 0.3 * rgba[0] + 0.59 * rgba[1] + 0.11 * rgba[2] > _PALE or rgba[3] < 128

    def _is_filled(self, handle: int) -> bool:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        return bool(draw_mode(handle, ctypes.addressof(fill), ctypes.addressof(stroke)) and fill.value)

    def coloured(self) -> list[tuple[float, float, float, float]]:
        """Boxes of page space that are filled with a colour other than white, images among them."""
        out = [*self.images, *self.dark]
        for i, handle in enumerate(self.handles):
            if handle and self._is_filled(handle) and not self._is_white(handle):
                x0, y0, x1, y1 = self.bounds[4 * i : 4 * i + 4]
                out.append((x0, y0, x1, y1))
        return out

    def _clip(self, handle: int, matrix: tuple[float, ...] | None, within: Clip | None) -> Clip | None:
        """The box an object is clipped to, None where it is not clipped; `within` is the box of the form it stands in."""
        path = clip_path(handle)
        count = clip_count(path) if path else 0
        if count <= 0:
            return within
        # Objects under one clip share its points: their address tells it without reading them again.
        key = clip_segment(path, count - 1, 0)
        if key in self._known:
            return self._known[key]
        box = within
        for index in range(count):
            length = clip_length(path, index)
            if not 3 <= length <= 500:
                continue  # not a frame
            xs, ys = [], []
            for i in range(length):
                segment_point(clip_segment(path, index, i), self._address, self._address + 4)
                xs.append(self._box[0])
                ys.append(self._box[1])
            part = (min(xs), min(ys), max(xs), max(ys))
            if matrix is not None:
                part = _transformed(part, matrix)
            box = part if box is None else (max(box[0], part[0]), max(box[1], part[1]), min(box[2], part[2]), min(box[3], part[3]))
        if key:
            self._known[key] = box
        return box

    def _walk(self, handle: int, n: int, outer: tuple[float, ...] | None) -> None:
        """The straight segments of a path of many points; a path with curves is a drawing and gives no rules."""
        if n > 20_000 or not object_matrix(handle, ctypes.addressof(self._six)):
            return
        m = tuple(self._six) if outer is None else _product(tuple(self._six), outer)
        a = self._address
        lines: list[tuple[float, float, float, float]] = []
        start = last = (0.0, 0.0)
        for i in range(n):
            part = segment(handle, i)
            kind = segment_type(part)
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                self.curves += 1
                return
            segment_point(part, a, a + 4)
            x, y = self._box[0], self._box[1]
            point = (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            else:
                lines.append((*last, *point))
            if segment_close(part) and point != start:
                lines.append((*point, *start))
            last = point
        self.lines.extend(lines)


def _transformed(box: tuple[float, ...], m: tuple[float, ...]) -> tuple[float, float, float, float]:
    xs = [m[0] * x + m[2] * y + m[4] for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [m[1] * x + m[3] * y + m[5] for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(xs), min(ys), max(xs), max(ys)


def _product(m: tuple[float, ...], n: tuple[float, ...]) -> tuple[float, ...]:
    """First `m`, then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def page_rules(objects: PageObjects, place: Any) -> tuple[Floats, Floats, Floats]:
    """(horizontal, vertical, fills) in the reading space."""
    boxes = place(np.array(objects.bounds, np.float64).reshape(-1, 4))
    wide = boxes[:, 2] - boxes[:, 0]
    high = boxes[:, 3] - boxes[:, 1]
    thick = (wide > RULE_THICKNESS) & (high > RULE_THICKNESS)
    flat = ~thick & (wide >= high)
    upright = ~thick & (high > wide)
    horizontal = [np.column_stack(((boxes[flat, 1] + boxes[flat, 3]) / 2, boxes[flat, 0], boxes[flat, 2]))]
    vertical = [np.column_stack(((boxes[upright, 0] + boxes[upright, 2]) / 2, boxes[upright, 1], boxes[upright, 3]))]
    filled: list[int] = []
    stroked: list[int] = []
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for i in np.flatnonzero(thick).tolist():
        if draw_mode(objects.handles[i], ctypes.addressof(fill), ctypes.addressof(stroke)):
            if stroke.value:
                stroked.append(i)
            elif fill.value:
                filled.append(i)
    if stroked:
        b = boxes[stroked]
        horizontal += [b[:, [1, 0, 2]], b[:, [3, 0, 2]]]
        vertical += [b[:, [0, 1, 3]], b[:, [2, 1, 3]]]
    if objects.lines:
        pairs = np.array(objects.lines, np.float64)
        low, top = np.minimum(pairs[:, :2], pairs[:, 2:]), np.maximum(pairs[:, :2], pairs[:, 2:])
        s = place(np.column_stack((low, top)))
        w, h = s[:, 2] - s[:, 0], s[:, 3] - s[:, 1]
        level, plumb = (h <= 1.0) & (w > 1.0), (w <= 1.0) & (h > 1.0)
        horizontal.append(np.column_stack(((s[level, 1] + s[level, 3]) / 2, s[level, 0], s[level, 2])))
        vertical.append(np.column_stack(((s[plumb, 0] + s[plumb, 2]) / 2, s[plumb, 1], s[plumb, 3])))
    return np.concatenate(horizontal), np.concatenate(vertical), boxes[filled]
