"""One PDF page as arrays: visible characters, rules and images in the space in which the page is read. Raw pdfium calls live only here.

The page as displayed is the page after /Rotate; where the text itself is drawn turned by quarter turns, the reading space is turned
once more so that lines run from left to right. `PageChars.turn` remembers that, `to_displayed` leads back.
Units: points; boxes are (x0, top, x1, bottom) from the top left.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from pipelines.documents import pdf_library  # noqa: F401  (fonts)
from pipelines.documents.pdf_glyphs import FOLD, NOT_UNICODE, VISIBLE

Floats = npt.NDArray[np.float64]
Clip = tuple[float, float, float, float]  # x0, y0, x1, y1 in page space

_P, _I, _F = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


def _call(name: str, result: Any, *arguments: Any) -> Any:
    """A raw function under a prototype of plain addresses: per character it costs half of what typed pointers cost."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(getattr(pdfium, name), _P).value)  # type: ignore[arg-type]


_loose_box = _call("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
_text = _call("FPDFText_GetText", _I, _P, _I, _I, _P)
_unicode = _call("FPDFText_GetUnicode", ctypes.c_uint, _P, _I)
_angle = _call("FPDFText_GetCharAngle", _F, _P, _I)
_origin = _call("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
_char_matrix = _call("FPDFText_GetMatrix", _I, _P, _I, _P)
_font_size = _call("FPDFText_GetFontSize", ctypes.c_double, _P, _I)
_text_object = _call("FPDFText_GetTextObject", _P, _P, _I)
_map_error = _call("FPDFText_HasUnicodeMapError", _I, _P, _I)
_get_object = _call("FPDFPage_GetObject", _P, _P, _I)
_form_object = _call("FPDFFormObj_GetObject", _P, _P, ctypes.c_ulong)
_form_count = _call("FPDFFormObj_CountObjects", _I, _P)
_type = _call("FPDFPageObj_GetType", _I, _P)
_bounds = _call("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)
_matrix = _call("FPDFPageObj_GetMatrix", _I, _P, _P)
_render_mode = _call("FPDFTextObj_GetTextRenderMode", _I, _P)
_segments = _call("FPDFPath_CountSegments", _I, _P)
_segment = _call("FPDFPath_GetPathSegment", _P, _P, _I)
_segment_type = _call("FPDFPathSegment_GetType", _I, _P)
_segment_point = _call("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
_segment_close = _call("FPDFPathSegment_GetClose", _I, _P)
_clip_path = _call("FPDFPageObj_GetClipPath", _P, _P)
_clip_count = _call("FPDFClipPath_CountPaths", _I, _P)
_clip_length = _call("FPDFClipPath_CountPathSegments", _I, _P, _I)
_clip_segment = _call("FPDFClipPath_GetPathSegment", _P, _P, _I, _I)
_draw_mode = _call("FPDFPath_GetDrawMode", _I, _P, _P, _P)

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE = 3  # text render mode: neither filled nor stroked
RULE_THICKNESS = 3.5  # a path thinner than this in one direction is a rule
_MAX_OBJECTS = 200_000  # beyond this a page is hostile
_MAX_DEPTH = 4  # of nested form objects


@dataclass(slots=True)
class PageArrays:
    """What a page shows. `codes` are UTF-16 units (folded, no white space) with `boxes` (n×4); `order` is their index in the text page."""

    number: int  # 1-based
    width: float  # of the reading space
    height: float
    rotation: int  # of the page: 0, 90, 180, 270
    turn: int  # quarter turns clockwise that lead from the displayed page to the reading space
    codes: npt.NDArray[np.uint16]
    boxes: Floats
    horizontal: Floats  # k×3: y, x0, x1
    vertical: Floats  # k×3: x, top, bottom
    fills: Floats  # k×4: filled boxes thick in both directions
    images: Floats  # k×4
    curves: int = 0  # paths with curves: drawn glyphs or charts
    unmapped: int = 0  # visible glyphs without Unicode
    hidden: int = 0  # invisible characters left out
    lost: list[tuple[float, float, float, float]] = field(default_factory=list)  # boxes of glyphs without Unicode

    def to_displayed(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """A box of the reading space on the page as displayed."""
        x0, top, x1, bottom = box
        if self.turn == 0:
            return box
        if self.turn == 1:
            return (top, self.width - x1, bottom, self.width - x0)
        if self.turn == 2:
            return (self.width - x1, self.height - bottom, self.width - x0, self.height - top)
        return (self.height - bottom, x0, self.height - top, x1)


def _turned(boxes: Floats, turn: int, left: float, bottom: float, right: float, top: float) -> Floats:
    """Page space boxes (x0, y0, x1, y1; y up) turned clockwise by `turn` quarters, as (x0, top, x1, bottom) from the top left."""
    out = np.empty_like(boxes)
    x0, y0, x1, y1 = boxes[:, 0], boxes[:, 1], boxes[:, 2], boxes[:, 3]
    if turn == 0:
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = x0 - left, top - y1, x1 - left, top - y0
    elif turn == 1:
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = y0 - bottom, x0 - left, y1 - bottom, x1 - left
    elif turn == 2:
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = right - x1, y0 - bottom, right - x0, y1 - bottom
    else:
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = top - y1, right - x1, top - y0, right - x0
    return out


class _Objects:
    """The page objects, forms opened: bounds of simple paths, line segments of others, images, invisible text objects."""

    def __init__(self) -> None:
        self.bounds: list[float] = []  # flat: x0, y0, x1, y1 of paths of up to five points
        self.closed: list[int] = []  # points of each
        self.handles: list[int] = []
        self.lines: list[tuple[float, float, float, float]] = []  # segments of longer paths, page space
        self.boxes: list[tuple[float, float, float, float]] = []  # filled boxes found inside longer paths
        self.images: list[tuple[float, float, float, float]] = []
        self.invisible: set[int] = set()
        self.clips: dict[int, Clip] = {}  # of text objects: what of the page they can show, page space
        self._known: dict[int, Clip | None] = {}
        self.curves = 0
        self.seen = 0
        self._box = (ctypes.c_float * 4)()
        self._address = ctypes.addressof(self._box)
        self._six = (ctypes.c_float * 6)()

    def read(self, page: int) -> None:
        count = pdfium.FPDFPage_CountObjects(page)
        if count > _MAX_OBJECTS:
            raise OverflowError(f"{count} objects on one page")
        self._read((_get_object(page, i) for i in range(count)), None, None, 0)

    def _read(self, objects: Any, matrix: tuple[float, ...] | None, within: Clip | None, depth: int) -> None:
        box, a = self._box, self._address
        b, c, d = a + 4, a + 8, a + 12
        bounds, handles, points = self.bounds, self.handles, self.closed
        for handle in objects:
            kind = _type(handle)
            if kind == _TEXT:
                if _render_mode(handle) == _INVISIBLE:
                    self.invisible.add(handle)
                elif (clip := self._clip(handle, matrix, within)) is not None:
                    self.clips[handle] = clip
            elif kind == _PATH:
                if not _bounds(handle, a, b, c, d):
                    continue
                n = _segments(handle)
                x0, y0, x1, y1 = box
                thick = x1 - x0 > RULE_THICKNESS and y1 - y0 > RULE_THICKNESS
                if n > 5 or (thick and n < 4):
                    self._walk(handle, n, matrix)
                    continue
                values = (x0, y0, x1, y1) if matrix is None else _transformed((x0, y0, x1, y1), matrix)
                bounds.extend(values)
                handles.append(handle if thick else 0)
                points.append(n)
            elif kind == _IMAGE:
                if _bounds(handle, a, b, c, d):
                    values = tuple(box)
                    self.images.append(values if matrix is None else _transformed(values, matrix))
            elif kind == _FORM and depth < _MAX_DEPTH:
                if not _matrix(handle, ctypes.addressof(self._six)):
                    continue
                inner = tuple(self._six) if matrix is None else _product(tuple(self._six), matrix)
                count = _form_count(handle)
                self.seen += max(count, 0)
                if self.seen > _MAX_OBJECTS:
                    raise OverflowError(f"{self.seen} objects on one page")
                self._read((_form_object(handle, i) for i in range(count)), inner, self._clip(handle, matrix, within), depth + 1)

    def _clip(self, handle: int, matrix: tuple[float, ...] | None, within: Clip | None) -> Clip | None:
        """The box an object is clipped to, None where it is not clipped; `within` is the box of the form it stands in."""
        path = _clip_path(handle)
        count = _clip_count(path) if path else 0
        if count <= 0:
            return within
        # Objects under one clip share its points: their address tells it without reading them again.
        key = _clip_segment(path, count - 1, 0)
        if key in self._known:
            return self._known[key]
        box = within
        for index in range(count):
            length = _clip_length(path, index)
            if not 3 <= length <= 500:
                continue  # not a frame
            xs, ys = [], []
            for i in range(length):
                _segment_point(_clip_segment(path, index, i), self._address, self._address + 4)
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
        if n > 20_000 or not _matrix(handle, ctypes.addressof(self._six)):
            return
        m = tuple(self._six) if outer is None else _product(tuple(self._six), outer)
        a = self._address
        lines: list[tuple[float, float, float, float]] = []
        start = last = (0.0, 0.0)
        for i in range(n):
            part = _segment(handle, i)
            kind = _segment_type(part)
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                self.curves += 1
                return
            _segment_point(part, a, a + 4)
            x, y = self._box[0], self._box[1]
            point = (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            else:
                lines.append((*last, *point))
            if _segment_close(part) and point != start:
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


def _rules(objects: _Objects, place: Any) -> tuple[Floats, Floats, Floats]:
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
        if _draw_mode(objects.handles[i], ctypes.addressof(fill), ctypes.addressof(stroke)):
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


def _text_turn(text_page: int, count: int) -> int:
    """The quarter turns (clockwise, 0..3) by which the text is drawn in page space, by a sample of its characters."""
    step = max(1, count // 24)
    votes = [0, 0, 0, 0]
    for i in range(0, count, step):
        votes[round(_angle(text_page, i) / (np.pi / 2)) % 4] += 1
    return votes.index(max(votes))


def _drop_clipped(boxes: Floats, keep: npt.NDArray[np.bool_], text_page: int, clips: dict[int, Clip]) -> None:
    """Takes characters out of `keep` whose middle lies outside of the clip of their text object: they are in the file, not on the page."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    tight = False
    for x0, y0, x1, y1 in set(clips.values()):
        outside = keep & ((x < x0 - 1) | (x > x1 + 1) | (y < y0 - 1) | (y > y1 + 1))
        if outside.any():
            tight = True
            break
    if not tight:
        return
    everywhere = (-math.inf, -math.inf, math.inf, math.inf)
    frames = np.array([clips.get(_text_object(text_page, i), everywhere) for i in range(len(boxes))])
    keep &= (x >= frames[:, 0] - 1) & (x <= frames[:, 2] + 1) & (y >= frames[:, 1] - 1) & (y <= frames[:, 3] + 1)


def _uneven(boxes: Floats, keep: npt.NDArray[np.bool_], drawn: int) -> bool:
    """True where boxes follow the ink, not the font: then one size has many heights, and a comma is no neighbour of its word."""
    low, high = (1, 3) if drawn % 2 == 0 else (0, 2)
    heights = np.rint((boxes[keep, high] - boxes[keep, low]) * 20).astype(np.int64)
    if len(heights) == 0 or heights.max() > 100_000 or heights.min() < 0:
        return len(heights) > 0
    distinct = int(np.count_nonzero(np.bincount(heights)))
    return distinct > min(10, 2 + len(heights) // 20)


def _set_on_baseline(boxes: Floats, text_page: int, keep: npt.NDArray[np.bool_], drawn: int) -> None:
    """Gives the visible characters the height of their type size on their baseline, in page space."""
    x, y = ctypes.c_double(), ctypes.c_double()
    ax, ay = ctypes.addressof(x), ctypes.addressof(y)
    matrix = (ctypes.c_float * 6)()
    am = ctypes.addressof(matrix)
    for i in np.flatnonzero(keep).tolist():
        if not (_origin(text_page, i, ax, ay) and _char_matrix(text_page, i, am)):
            continue
        em = _font_size(text_page, i) * math.hypot(matrix[2], matrix[3])
        if not 0.5 < em < 500:
            continue
        if drawn == 0:
            boxes[i, 1], boxes[i, 3] = y.value - 0.14 * em, y.value + 0.86 * em
        elif drawn == 1:
            boxes[i, 0], boxes[i, 2] = x.value - 0.14 * em, x.value + 0.86 * em
        elif drawn == 2:
            boxes[i, 1], boxes[i, 3] = y.value - 0.86 * em, y.value + 0.14 * em
        else:
            boxes[i, 0], boxes[i, 2] = x.value - 0.86 * em, x.value + 0.14 * em


def read_page(document: Any, index: int) -> PageArrays:
    """Page `index` (0-based) as arrays. Raises ValueError where pdfium cannot load the page, OverflowError for a hostile one."""
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        raise ValueError(f"page {index + 1} cannot be loaded")
    text_page = None
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        return _read(ctypes.cast(page, _P).value or 0, page, text_page, index + 1)
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read(address: int, page: Any, text_page: Any, number: int) -> PageArrays:
    area = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, area)
    left, bottom, right, top = area.left, area.bottom, area.right, area.top
    quarter = pdfium.FPDFPage_GetRotation(page)
    objects = _Objects()
    objects.read(page)

    text_address = ctypes.cast(text_page, _P).value if text_page else None
    count = max(pdfium.FPDFText_CountChars(text_page), 0) if text_page else 0
    loose = np.zeros((count, 4), np.float32)
    start = loose.ctypes.data
    for i, place in enumerate(range(start, start + 16 * count, 16)):
        _loose_box(text_address, i, place)
    buffer = np.zeros(count + 1, np.uint16)
    written = _text(text_address, 0, count, buffer.ctypes.data) if count else 1
    if written == count + 1:
        codes = buffer[:count]
    else:  # pdfium left characters out of the text: ask for each
        codes = np.fromiter((_unicode(text_address, i) & 0xFFFF for i in range(count)), np.uint16, count)

    if count:
        unmapped = np.fromiter((_map_error(text_address, i) for i in range(count)), np.int32, count) == 1
        if unmapped.any():  # pdfium gives the number of the glyph in place of a character
            codes = np.where(unmapped, np.uint16(0xFFFD), codes)
    keep = VISIBLE[codes]
    boxes64 = loose[:, [0, 3, 2, 1]].astype(np.float64)  # FS_RECTF is left, top, right, bottom
    drawn = _text_turn(text_address or 0, count) if count else 0
    if _uneven(boxes64, keep, drawn):
        _set_on_baseline(boxes64, text_address or 0, keep, drawn)
    if objects.invisible:
        keep &= np.fromiter((_text_object(text_address, i) not in objects.invisible for i in range(count)), bool, count)
    hidden = int(VISIBLE[codes].sum() - keep.sum())
    if objects.clips:
        _drop_clipped(boxes64, keep, text_address or 0, objects.clips)
    turn = -drawn % 4  # pdfium counts the angle clockwise; the page is turned the other way to read it
    width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)

    def placed(boxes: Floats) -> Floats:
        return _turned(boxes, turn, left, bottom, right, top)

    boxes = placed(boxes64[keep])
    codes = FOLD[codes[keep]]
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    on_page = (middle_x > 0) & (middle_x < width) & (middle_y > 0) & (middle_y < height)
    if not on_page.all():
        boxes, codes = boxes[on_page], codes[on_page]
    unknown = NOT_UNICODE[codes]
    lost = [(b[0], b[1], b[2], b[3]) for b in boxes[unknown].tolist()]
    horizontal, vertical, fills = _rules(objects, placed)
    return PageArrays(
        number=number,
        width=width,
        height=height,
        rotation=quarter * 90,
        turn=(turn - quarter) % 4,
        codes=codes,
        boxes=boxes,
        horizontal=horizontal,
        vertical=vertical,
        fills=fills,
        images=placed(np.array(objects.images, np.float64).reshape(-1, 4)),
        curves=objects.curves,
        unmapped=len(lost),
        hidden=hidden,
        lost=lost,
    )
