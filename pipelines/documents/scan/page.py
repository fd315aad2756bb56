"""One scanned page to its grids and running lines: cells by the rules of the image, each printed line read twice where it holds digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.documents.model import UNSURE, Box, Locator, ReadingNote
from pipelines.documents.pdf.aligned_model import AlignedGrid
from pipelines.documents.pdf.grids import RuledGrid, find_ruled
from pipelines.documents.pdf.lines import Line
from pipelines.documents.pdf.page import PageArrays
from pipelines.documents.pdf.paragraphs import PageText
from pipelines.documents.pdf.tables import page_tables
from pipelines.documents.scan.digits import disagreeing
from pipelines.documents.scan.free import free_lines, is_bar, level
from pipelines.documents.scan.image import PageImage, Placement, bands, drop_remains
from pipelines.documents.scan.ocr import Reading, find_lines, recognise

Grey = npt.NDArray[np.uint8]

DISPUTED = 0.5
"""Confidence at most where two readings of a number differ."""
SMALLEST_LINE = 4.0  # points, ink height
_DIGIT = re.compile(r"\d")
_SEPARATED = re.compile(r"[-+(]?\d[\d.,]*[.,][\d.,]*[)%]?")
_NUMBER = re.compile(r"\((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\)|[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_SPECKED = re.compile(rf"[|/\\:;'`·\])）]*({_NUMBER.pattern})[|/\\:;'`·\[(（\])）]*")
_MARKS = re.compile(r"[:;,.·'`、。，：；]+|[A-Za-z]")
_LEFT_OVER = re.compile(r"[()（）|/\\]+")
_OPENS, _CLOSES = "(（“‘《〈【〔「", ")）”’》〉】〕」，。、；：,;:"
_NUMERIC = re.compile(r"[\d,.%()（）+\-—\s]+")


@dataclass(slots=True)
class Piece:
    """One printed line as cut out of the page: pixel box of its ink, what it was read as."""

    box: tuple[int, int, int, int]
    cell: tuple[int, int] | None  # (grid, index of the cell)
    crop: Grey
    text: str = ""
    confidence: float = 0.0
    row: tuple[int, int] | None = None  # top and bottom of the line in which a dash stands, outside of cells


@dataclass(slots=True)
class ScannedPage:
    """A page as the paragraph builder takes it; `confidence` by the box of a line's locator."""

    text: PageText
    notes: list[ReadingNote]
    confidence: dict[Box, float] = field(default_factory=dict)
    quality: float = 0.0  # mean confidence of its lines, longer ones counting more


def read_page(page: PageImage, number: int, before: AlignedGrid | None = None) -> ScannedPage:
    """Grids and lines of an upright page, locators of kind `scan` on the page as displayed (points).

    `before` is the table without rules that ends the page before: it may go on here.
    """
    grids = find_ruled(page.horizontal, page.vertical)
    pieces = [piece for g, grid in enumerate(grids) for piece in _cell_pieces(page, g, grid)]
    kept = {piece.cell[0] for piece in pieces if piece.cell}
    outside = page.clean.copy()
    for g, grid in enumerate(grids):
        if g in kept:
            x0, top, x1, bottom = (round(v * page.scale) for v in grid.box)
            outside[top:bottom, x0:x1] = page.paper
    pieces += _line_pieces(page, outside)
    _read(page, pieces)
    pieces = _joined([p for p in pieces if p.text and not _is_speck(p, _MARKS)])
    pieces = [p for p in pieces if not _is_speck(p, _LEFT_OVER)]  # a bracket is parted from its text more often than a mark
    out = ScannedPage(PageText(number, page.width, page.height, [], [], _locate(page.placement, number)), [])
    if pieces:
        out.text.lines, out.text.grids, out.text.last = page_tables(_arrays(page, number, pieces), before)
        _finish(page, number, pieces, out)
        out.quality = sum(p.confidence * len(p.text) for p in pieces) / sum(len(p.text) for p in pieces)
    return out


def legible(page: PageImage, lines: int = 12) -> float:
    """How well the longest lines of a page read (0..1): tells which way up a page is, without reading all of it."""
    boxes = sorted(find_lines(page.clean), key=lambda b: b[0] - b[2])[:lines]
    wide = [b for b in boxes if b[2] - b[0] > 1.5 * (b[3] - b[1])]
    if len(wide) < 0.5 * len(boxes) or not wide:
        return 0.0
    readings = recognise([page.clean[top:bottom, x0:x1] for x0, top, x1, bottom in wide])
    return sum(sum(r.probabilities) / len(r.probabilities) for r in readings if r.text) / len(wide)


def _cell_pieces(page: PageImage, g: int, grid: RuledGrid) -> list[Piece]:
    out = []
    s = page.scale
    height, width = page.clean.shape
    for index, cell in enumerate(grid.cells):
        x0, x1 = max(round(grid.xs[cell.column] * s) + 2, 0), min(round(grid.xs[cell.column + cell.column_span] * s) - 1, width)
        top, bottom = max(round(grid.ys[cell.row] * s) + 2, 0), min(round(grid.ys[cell.row + cell.row_span] * s) - 1, height)
        if x1 - x0 < 4 or bottom - top < 4:
            continue
        ink = drop_remains(page.ink[top:bottom, x0:x1], s)
        for a, b in bands(ink, int(SMALLEST_LINE * s)):
            columns = np.flatnonzero(ink[a:b].any(axis=0))
            if len(columns):
                box = (x0 + int(columns[0]), top + a, x0 + int(columns[-1]) + 1, top + b)
                out.append(Piece(box, (g, index), _crop(page, box, (x0, top, x1, bottom))))
    return out


def _crop(page: PageImage, box: tuple[int, int, int, int], within: tuple[int, int, int, int]) -> Grey:
    """The line with some paper around it; beyond its cell (`within`) there is nothing but paper."""
    x0, top, x1, bottom = box
    high = max((bottom - top) // 6, 2)
    wide = max((bottom - top) // 4, 3)
    out = np.full((bottom - top + 2 * high, x1 - x0 + 2 * wide), page.paper, np.uint8)
    ax, ay = max(x0 - wide, within[0]), max(top - high, within[1])
    bx, by = min(x1 + wide, within[2]), min(bottom + high, within[3])
    out[ay - top + high : by - top + high, ax - x0 + wide : bx - x0 + wide] = page.clean[ay:by, ax:bx]
    return out


def _line_pieces(page: PageImage, outside: Grey) -> list[Piece]:
    ink = np.where(outside == page.clean, page.ink, 0).astype(np.uint8)
    boxes = free_lines(outside, ink, page.scale)
    height, width = outside.shape
    lines = np.array([b for b in boxes if not is_bar(b, page.scale)], np.float64).reshape(-1, 4)
    out = []
    for box in boxes:
        x0, top, x1, bottom = box
        piece = Piece(box, None, _crop(page, box, (max(x0 - 2, 0), max(top, 0), min(x1 + 2, width), min(bottom, height))))
        if is_bar(box, page.scale) and (beside := level(lines, box)):  # a dash stands as high as the line it belongs to
            piece.row = (int(lines[beside[0], 1]), int(lines[beside[0], 3]))
        out.append(piece)
    return out


def _read(page: PageImage, pieces: list[Piece]) -> None:
    """Reads all pieces; those with digits a second time from a crop of other proportions, and digit by digit by shape."""
    first = recognise([p.crop for p in pieces])
    again = [i for i, r in enumerate(first) if _DIGIT.search(r.text)]
    second = dict(zip(again, recognise([_varied(pieces[i].crop, page.paper) for i in again]), strict=True))
    shapes = disagreeing([(pieces[i].crop, first[i]) for i in again])
    odd = {i for i, is_odd in zip(again, shapes, strict=True) if is_odd}
    for i, (piece, reading) in enumerate(zip(pieces, first, strict=True)):
        piece.text = _tidy(reading.text)
        piece.confidence = reading.worst
        if len(piece.text) <= 1 and (dash := _dash(page, piece)):
            piece.text, piece.confidence = dash, max(piece.confidence, 0.9)
            continue
        if i in second:
            piece.text, piece.confidence = _settle(reading, second[i])
            if specked := _specked(piece.text):
                piece.text = specked
            if specked or i in odd or _broken(piece.text):
                piece.confidence = min(piece.confidence, DISPUTED)


def _is_speck(piece: Piece, marks: re.Pattern[str]) -> bool:
    """Whether a text outside of cells is but a mark or letter: dust between two lines, for those of a line stay with it."""
    return piece.cell is None and bool(marks.fullmatch(piece.text))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """With free texts joined that were parted at the blank of a bracket or a mark: 因公出国（境） is one head."""
    free = sorted((p for p in pieces if p.cell is None and p.row is None), key=lambda p: p.box[0])
    gone: set[int] = set()
    for i, left in enumerate(free):
        for right in free[i + 1 :] if id(left) not in gone else ():
            low, high = sorted((left.box[3] - left.box[1], right.box[3] - right.box[1]))
            if right.box[0] - left.box[2] > high:
                break
            apart = high > 1.4 * low or abs(left.box[1] + left.box[3] - right.box[1] - right.box[3]) > 0.5 * high
            if apart or id(right) in gone or not (right.text[0] in _OPENS or left.text[-1] in _CLOSES):
                continue
            if _NUMERIC.fullmatch(left.text) or _NUMERIC.fullmatch(right.text):
                continue
            left.text += right.text
            left.confidence = min(left.confidence, right.confidence)
            a, b = left.box, right.box
            left.box = (a[0], min(a[1], b[1]), b[2], max(a[3], b[3]))
            gone.add(id(right))
    return [p for p in pieces if id(p) not in gone]


def _dash(page: PageImage, piece: Piece) -> str | None:
    """A lone flat bar is a dash whatever letter it resembles (一, _, ー): "—" where it is as wide as a character, else "-"."""
    x0, top, x1, bottom = piece.box
    if (piece.cell is None and piece.row is None) or bottom - top > 2.0 * page.scale or x1 - x0 < 3 * (bottom - top):
        return None
    return "—" if x1 - x0 > 5.5 * page.scale else "-"


def _varied(crop: Grey, paper: int) -> Grey:
    """The same line with more paper around it, a little wider and darker: a second look by the same eyes."""
    height = crop.shape[0]
    framed = cv2.copyMakeBorder(crop, height // 6, height // 6, height // 4, height // 4, cv2.BORDER_CONSTANT, value=paper)
    wider = cv2.resize(framed, None, fx=1.15, fy=1.0, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    out: Grey = np.clip(wider * 1.15 - 0.15 * paper, 0, 255).astype(np.uint8)
    return out


def _settle(first: Reading, second: Reading) -> tuple[str, float]:
    """Text and confidence of a line with digits. Where the readings differ in a number, the surer one stands, disputed."""
    one, two = _tidy(first.text), _tidy(second.text)
    if _numbers(one) == _numbers(two):
        return one, max(first.worst, min(second.worst, 0.99)) if one == two else first.worst
    better = one if first.worst >= second.worst else two
    if _broken(better) and not _broken(one if better is two else two):
        better = one if better is two else two
    return better, min(DISPUTED, max(first.worst, second.worst))


def _broken(text: str) -> bool:
    """Digits and separators that make no number (2,097,51): one of the separators is misread."""
    return bool(_SEPARATED.fullmatch(text)) and not _NUMBER.fullmatch(text)


def _specked(text: str) -> str | None:
    """The amount in a line where a speck or a remnant of a rule was read as a mark (4,603.80), |0.00); None where there is none."""
    match = _SPECKED.fullmatch(text)
    return match[1] if match and match[1] != text and "." in match[1] else None


def _numbers(text: str) -> list[str]:
    """What matters in a line of a report: its digits with the signs inside and around them."""
    folded = (
        text.replace("，", ",")
        .replace("．", ".")
        .replace("（", "(")
        .replace("）", ")")
        .replace("％", "%")
        .replace("－", "-")
        .replace("—", "-")
    )
    return re.findall(r"[-+(]?\d[\d,.]*%?", folded) if not _NUMERIC.fullmatch(text) else [folded]


# Foreign forms that differ from the mainland character by a stroke: the recogniser knows all of them, mainland accounts print one.
_LOOKALIKES = str.maketrans("決戶內爲產敎靑淸淨册別強說緖為没査歩壮県収黒毎", "决户内为产教青清净册别强说绪为没查步壮县收黑每")
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"


def _tidy(text: str) -> str:
    """Without the spaces that the recogniser puts between Chinese characters and inside numbers."""
    text = re.sub(rf"(?<={_WIDE})\s+|\s+(?={_WIDE})", "", text.strip()).translate(_LOOKALIKES)
    if _NUMERIC.fullmatch(text):
        text = re.sub(r"\s+", "", text).translate(str.maketrans("，．％－", ",.%-"))
    return text


def _arrays(page: PageImage, number: int, pieces: list[Piece]) -> PageArrays:
    """The page as if it were text: characters share the width of their line by whether they are wide or narrow."""
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    for piece in pieces:
        x0, top, x1, bottom = (v / page.scale for v in piece.box)
        if piece.row is not None:
            top, bottom = (v / page.scale for v in piece.row)
        if piece.text.isascii():  # digits and Latin letters fill less of the type's height
            top, bottom = top - 0.16 * (bottom - top), bottom + 0.16 * (bottom - top)
        units = [2.0 if unicodedata.east_asian_width(c) in "WFA" else 1.0 for c in piece.text]
        step = (x1 - x0) / sum(units)
        at = x0
        for character, unit in zip(piece.text, units, strict=True):
            if not character.isspace():
                for code in np.frombuffer(character.encode("utf-16-le"), np.uint16).tolist():
                    codes.append(code)
                    boxes.append((at, top, at + unit * step, bottom))
            at += unit * step
    nothing = np.zeros((0, 4))
    return PageArrays(
        number,
        page.width,
        page.height,
        0,
        0,
        np.array(codes, np.uint16),
        np.array(boxes, np.float64).reshape(-1, 4),
        page.horizontal,
        page.vertical,
        nothing,
        nothing,
    )


def _confidence(pieces: list[Piece], scale: float) -> Callable[[Box, str], float | None]:
    """The least confidence of the pieces whose middle lies in a box of the upright page that holds a text; None where none does."""
    middles = np.array([((p.box[0] + p.box[2]) / 2, (p.box[1] + p.box[3]) / 2) for p in pieces]).reshape(-1, 2) / scale
    values = np.array([p.confidence for p in pieces])
    numeric = np.array([bool(_NUMERIC.fullmatch(p.text)) for p in pieces], np.bool_)

    def of(box: Box, text: str) -> float | None:
        inside = (middles[:, 0] >= box[0]) & (middles[:, 0] <= box[2]) & (middles[:, 1] >= box[1]) & (middles[:, 1] <= box[3])
        if not inside.any():
            return None
        least = round(float(values[inside].min()), 3)
        # an amount put together of two texts: one of them may be dust
        return min(least, DISPUTED) if _SEPARATED.fullmatch(text) and (inside & numeric).sum() > 1 else least

    return of


def _finish(page: PageImage, number: int, pieces: list[Piece], out: ScannedPage) -> None:
    """Locators on the page as displayed, confidence of every cell and line, a note for each number that is not sure."""
    sure = _confidence(pieces, page.scale)
    placement = page.placement

    def note(text: str, value: float, place: Locator) -> None:
        if value < UNSURE and _DIGIT.search(text):
            message = f"page {number}: {text[:60]!r} is not read with certainty ({value:.2f})"
            out.notes.append(ReadingNote("unsure_number", message, place))

    for _, _, grid in out.text.grids:
        grid.locator = Locator("scan", number, placement.displayed(grid.locator.box or (0.0, 0.0, page.width, page.height)))
        for cell in grid.cells:
            box = cell.locator.box
            assert box is not None  # every cell of a page has its place
            cell.locator = Locator("scan", number, placement.displayed(box))
            if cell.text:
                value = sure(box, cell.text)
                cell.confidence = value if value is not None else DISPUTED
                note(cell.text, cell.confidence, cell.locator)
    for line in out.text.lines:
        place = out.text.locate(line)
        value = sure((line.x0 - 0.5, line.top - 0.5, line.x1 + 0.5, line.bottom + 0.5), line.text)
        value = value if value is not None else DISPUTED
        assert place.box is not None
        out.confidence[place.box] = value
        note(line.text, value, place)


def _locate(placement: Placement, number: int) -> Callable[[Line], Locator]:
    def locate(line: Line) -> Locator:
        return Locator("scan", number, placement.displayed(line.box))

    return locate
