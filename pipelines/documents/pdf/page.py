"""One PDF page as arrays: visible characters, rules and images in the space in which the page is read.

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

from pipelines.documents.pdf.calls import angle, char_matrix, font_size, get_text, loose_box, map_error, origin, text_object, unicode
from pipelines.documents.pdf.glyphs import DIGIT, FOLD, NOT_UNICODE, VISIBLE
from pipelines.documents.pdf.objects import PageObjects, page_rules

Floats = npt.NDArray[np.float64]
_WATERMARK = 2.5  # of the usual type size: pale type larger than this may be a watermark


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
    hidden: int = 0  # digits left out: drawn invisible, white on white, or at a slant
    outside: int = 0  # digits left out: drawn beside the page
    turned: npt.NDArray[np.int8] | None = None  # quarter turns of each character against the page, where some are turned
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


def _text_turn(text_page: int, boxes: Floats) -> tuple[int, bool]:
    """(quarter turns, clockwise, by which the text is drawn in page space; whether some of it may be drawn otherwise): by a sample.

    Type of another size than the rest is always looked at: a stamp or watermark is large. So is a character that stands half beside and
    half above the one before it: a text at a slant climbs, and one in small type may be few among many.
    """
    count = len(boxes)
    high = boxes[:, 3] - boxes[:, 1]
    printed = np.flatnonzero(high > 0).tolist() or list(range(count))  # line ends take no room
    sample = printed[:: max(1, len(printed) // 24)]
    usual = sorted(high[sample].tolist())[len(sample) // 2]
    large = np.flatnonzero(high > 1.25 * usual)
    sample += large[:: max(1, count // 200)][:40].tolist() + large[np.argsort(high[large])[-8:]].tolist()
    votes = [0, 0, 0, 0]
    slanted = False
    for i in sample:
        quarters = angle(text_page, i) / (math.pi / 2)
        votes[round(quarters) % 4] += 1
        slanted = slanted or abs(quarters - round(quarters)) > 0.04
    x, y = np.abs(np.diff((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)).T
    near = (x < 2.5 * usual) & (y < 2.5 * usual)
    climbs = np.flatnonzero(near & (np.minimum(x, y) > 0.12 * np.maximum(x, y)) & (np.minimum(x, y) > 0.08 * usual)) + 1
    for i in climbs[:: max(1, len(climbs) // 60)].tolist() if not slanted else ():
        quarters = angle(text_page, i) / (math.pi / 2)
        slanted = slanted or abs(quarters - round(quarters)) > 0.04
    return votes.index(max(votes)), slanted or max(votes) < len(sample)


def _turns(text_page: int, count: int, drawn: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """(quarter turns of each character against the rest of the page, whether it is drawn at a slant)."""
    quarters = np.fromiter((angle(text_page, i) for i in range(count)), np.float64, count) / (math.pi / 2)
    nearest = np.rint(quarters)
    return ((nearest - drawn) % 4).astype(np.int8), np.abs(quarters - nearest) > 0.04


def _drop_white(boxes: Floats, keep: npt.NDArray[np.bool_], text_page: int, objects: PageObjects) -> None:
    """Takes white text that stands on no coloured ground out of `keep`: nobody can read it."""
    white = keep & np.fromiter((text_object(text_page, i) in objects.white for i in range(len(boxes))), bool, len(boxes))
    if not white.any():
        return
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    for x0, y0, x1, y1 in objects.coloured():
        white &= ~((x > x0) & (x < x1) & (y > y0) & (y < y1))
    keep &= ~white


def _drop_pale(boxes: Floats, keep: npt.NDArray[np.bool_], text_page: int, objects: PageObjects) -> None:
    """Takes large pale type that lies across other text or rules, on no coloured ground, out of `keep`: a watermark set level."""
    shown = np.flatnonzero(keep)
    b = boxes[shown]
    high = b[:, 3] - b[:, 1]
    large = high > _WATERMARK * np.median(high)
    if not large.any():
        return
    pale = [i for i in np.flatnonzero(large).tolist() if objects.is_pale(text_object(text_page, shown[i]))]
    grounds = objects.coloured() if pale else []
    pale = [i for i in pale if not any(g[0] < (b[i, 0] + b[i, 2]) / 2 < g[2] and g[1] < (b[i, 1] + b[i, 3]) / 2 < g[3] for g in grounds)]
    lines = np.array(objects.lines, np.float64).reshape(-1, 4)
    ruled = np.column_stack((np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])))
    others = np.concatenate((b[~large], np.array(objects.bounds, np.float64).reshape(-1, 4), ruled))
    if any(_crossed(b[i], others) for i in pale):
        keep[shown[pale]] = False


def _crossed(box: Floats, others: Floats) -> bool:
    """True where one of `others` reaches into the box and does not enclose it."""
    low, high = box[:2], box[2:]
    meets = (others[:, 2:] > low).all(axis=1) & (others[:, :2] < high).all(axis=1)
    encloses = (others[:, :2] <= low).all(axis=1) & (others[:, 2:] >= high).all(axis=1)
    return bool((meets & ~encloses).any())


def _drop_clipped(boxes: Floats, keep: npt.NDArray[np.bool_], text_page: int, objects: PageObjects) -> None:
    """Takes characters out of `keep` whose middle lies outside of the clip of their text object: they are in the file, not on the page."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    table = [(-math.inf, -math.inf, math.inf, math.inf), *objects.clips.values()]
    number = {handle: i for i, handle in enumerate(objects.clips, 1)}
    of = np.fromiter((number.get(text_object(text_page, i), 0) for i in range(len(boxes))), np.intp, len(boxes))
    frames = np.array(table)[of]
    keep &= (x >= frames[:, 0] - 1) & (x <= frames[:, 2] + 1) & (y >= frames[:, 1] - 1) & (y <= frames[:, 3] + 1)


def _uneven(boxes: Floats, keep: npt.NDArray[np.bool_], drawn: int) -> bool:
    """True where boxes follow the ink, not the font: then one size has many heights, and a comma is no neighbour of its word."""
    low, high = (1, 3) if drawn % 2 == 0 else (0, 2)
    printed = boxes[keep, high] - boxes[keep, low]
    if not np.isfinite(printed).all():
        return True  # a damaged font
    heights = np.rint(printed * 20).astype(np.int64)
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
        if not (origin(text_page, i, ax, ay) and char_matrix(text_page, i, am)):
            continue
        em = font_size(text_page, i) * math.hypot(matrix[2], matrix[3])
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
    try:
        objects = PageObjects()
        objects.read(page)
        arrays = _read_text(page, objects, index + 1)
        if objects.invisible and objects.remove_invisible(page):
            # pdfium takes a text at the place of an equal one for the same text painted twice, and the one it keeps may be the invisible
            again = _read_text(page, objects, index + 1)
            again.hidden += arrays.hidden
            return again
        return arrays
    finally:
        pdfium.FPDF_ClosePage(page)


def _read_text(page: Any, objects: PageObjects, number: int) -> PageArrays:
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return _read(page, text_page, objects, number)
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)


def _read(page: Any, text_page: Any, objects: PageObjects, number: int) -> PageArrays:
    area = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, area)
    left, bottom, right, top = area.left, area.bottom, area.right, area.top
    quarter = pdfium.FPDFPage_GetRotation(page)
    text_address = ctypes.cast(text_page, ctypes.c_void_p).value if text_page else None
    count = max(pdfium.FPDFText_CountChars(text_page), 0) if text_page else 0
    loose = np.zeros((count, 4), np.float32)
    start = loose.ctypes.data
    for i, place in enumerate(range(start, start + 16 * count, 16)):
        loose_box(text_address, i, place)
    buffer = np.zeros(count + 1, np.uint16)
    written = get_text(text_address, 0, count, buffer.ctypes.data) if count else 1
    if written == count + 1:
        codes = buffer[:count]
    else:  # pdfium left characters out of the text: ask for each
        codes = np.fromiter((unicode(text_address, i) & 0xFFFF for i in range(count)), np.uint16, count)

    # pdfium gives the number of the glyph in place of a character it has no Unicode for; a font without a map shows in a sample
    if any(map_error(text_address, i) == 1 for i in range(0, count, 3)):
        unmapped = np.fromiter((map_error(text_address, i) for i in range(count)), np.int32, count) == 1
        codes = np.where(unmapped, np.uint16(0xFFFD), codes)
    keep = VISIBLE[codes]
    boxes64 = loose[:, [0, 3, 2, 1]].astype(np.float64)  # FS_RECTF is left, top, right, bottom
    drawn, mixed = _text_turn(text_address or 0, boxes64) if count else (0, False)
    turned: npt.NDArray[np.int8] | None = None
    if mixed:
        turned, slanted = _turns(text_address or 0, count, drawn)
        keep &= ~slanted  # stamps and watermarks lie over the text, they are none of it
    if keep.any():
        _drop_pale(boxes64, keep, text_address or 0, objects)
    if _uneven(boxes64, keep, drawn):
        _set_on_baseline(boxes64, text_address or 0, keep, drawn)
    if objects.invisible:
        keep &= np.fromiter((text_object(text_address, i) not in objects.invisible for i in range(count)), bool, count)
    if objects.white:
        _drop_white(boxes64, keep, text_address or 0, objects)
    hidden = int((DIGIT[codes] & ~keep).sum())
    if objects.cut:
        _drop_clipped(boxes64, keep, text_address or 0, objects)
    turn = -drawn % 4  # pdfium counts the angle clockwise; the page is turned the other way to read it
    width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)

    def placed(boxes: Floats) -> Floats:
        return _turned(boxes, turn, left, bottom, right, top)

    boxes = placed(boxes64[keep])
    codes = FOLD[codes[keep]]
    if turned is not None:
        turned = turned[keep]
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    on_page = (middle_x > 0) & (middle_x < width) & (middle_y > 0) & (middle_y < height)
    outside = 0
    if not on_page.all():
        outside = int((DIGIT[codes] & ~on_page).sum())
        boxes, codes = boxes[on_page], codes[on_page]
        turned = turned[on_page] if turned is not None else None
    unknown = NOT_UNICODE[codes]
    lost = [(b[0], b[1], b[2], b[3]) for b in boxes[unknown].tolist()]
    horizontal, vertical, fills = page_rules(objects, placed)
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
        outside=outside,
        lost=lost,
        turned=turned if turned is not None and turned.any() else None,
    )
