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

from pipelines.documents.pdf_calls import angle, char_matrix, font_size, get_text, loose_box, map_error, origin, text_object, unicode
from pipelines.documents.pdf_glyphs import FOLD, NOT_UNICODE, VISIBLE
from pipelines.documents.pdf_objects import Clip, PageObjects, page_rules

Floats = npt.NDArray[np.float64]


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


def _text_turn(text_page: int, count: int) -> int:
    """The quarter turns (clockwise, 0..3) by which the text is drawn in page space, by a sample of its characters."""
    step = max(1, count // 24)
    votes = [0, 0, 0, 0]
    for i in range(0, count, step):
        votes[round(angle(text_page, i) / (np.pi / 2)) % 4] += 1
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
    table = [(-math.inf, -math.inf, math.inf, math.inf), *clips.values()]
    number = {handle: i for i, handle in enumerate(clips, 1)}
    of = np.fromiter((number.get(text_object(text_page, i), 0) for i in range(len(boxes))), np.intp, len(boxes))
    frames = np.array(table)[of]
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
    text_page = None
    try:
        text_page = pdfium.FPDFText_LoadPage(page)
        return _read(ctypes.cast(page, ctypes.c_void_p).value or 0, page, text_page, index + 1)
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read(address: int, page: Any, text_page: Any, number: int) -> PageArrays:
    area = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, area)
    left, bottom, right, top = area.left, area.bottom, area.right, area.top
    quarter = pdfium.FPDFPage_GetRotation(page)
    objects = PageObjects()
    objects.read(page)

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

    if count:
        unmapped = np.fromiter((map_error(text_address, i) for i in range(count)), np.int32, count) == 1
        if unmapped.any():  # pdfium gives the number of the glyph in place of a character
            codes = np.where(unmapped, np.uint16(0xFFFD), codes)
    keep = VISIBLE[codes]
    boxes64 = loose[:, [0, 3, 2, 1]].astype(np.float64)  # FS_RECTF is left, top, right, bottom
    drawn = _text_turn(text_address or 0, count) if count else 0
    if _uneven(boxes64, keep, drawn):
        _set_on_baseline(boxes64, text_address or 0, keep, drawn)
    if objects.invisible:
        keep &= np.fromiter((text_object(text_address, i) not in objects.invisible for i in range(count)), bool, count)
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
        lost=lost,
    )
