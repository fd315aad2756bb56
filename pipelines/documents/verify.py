"""The second reading (复读): pdfplumber reads the pages again, and every numeric cell is compared. Shares no code with the first reader.

"The publisher printed it so" and "we misread it" are told apart by two readers with nothing in common: other character positions
(pdfminer), another table finder, another way to order characters. PDF pages with a text layer only; other pages have no second reader.
"""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pdfplumber

from pipelines.documents.model import Box, Document, GridCell

_TABLES = {
    "vertical_strategy": "lines",
    "horizontal_strategy": "lines",
    "snap_tolerance": 3,
    "join_tolerance": 3,
    "intersection_tolerance": 4,
}
_DIGITS = frozenset("0123456789")
_AMOUNT = frozenset("0123456789.,-+%()")


@dataclass(slots=True, frozen=True)
class Difference:
    """A numeric cell the two readers do not agree on. `first` is the Document's text, `second` pdfplumber's; box as displayed."""

    page: int
    box: Box
    first: str
    second: str


def verify_document(data: bytes, document: Document) -> list[Difference]:
    """Every numeric cell of the document's grids against the second reading. Empty where all agree.

    A number the second reader sees in a table where the document has no such cell is a difference with an empty `first`.
    """
    grids: dict[int, list[GridCell]] = {}
    for grid in document.grids():
        if grid.locator.kind == "pdf" and grid.locator.page is not None:
            grids.setdefault(grid.locator.page, []).extend(grid.cells)
    torn = [cell for cells in grids.values() for cell in cells if cell.rest is not None]  # begun on one page, ended on the next
    halves = {place: "" for cell in torn for place in _halves(cell)}
    readable = {page.number for page in document.pages if page.source == "text"}
    out: list[Difference] = []
    with _opened(data) as pdf:
        for page in pdf.pages:
            number = page.page_number
            if number in readable:
                own = [box for page_number, box in halves if page_number == number]
                out.extend(_compare(page, number, [c for c in grids.get(number, []) if c.rest is None], own))
                if own:
                    characters = _Characters(page)
                    halves.update({(number, box): _text(characters.inside(box)) for box in own})
            page.close()
    for cell in torn:
        places = _halves(cell)
        second = "".join(halves[place] for place in places)
        if _numeric(_plain(cell.text)) and _plain(cell.text) != second:
            out.append(Difference(*places[0], cell.text, second))
    return out


def _halves(cell: GridCell) -> list[tuple[int, Box]]:
    """The two places of a cell whose row is broken over the page."""
    return [(at.page, at.box) for at in (cell.locator, cell.rest) if at is not None and at.page is not None and at.box is not None]


def second_reading(data: bytes, page: int, box: Box) -> str:
    """The text pdfplumber sees inside `box` (points from the top left as displayed) of `page` (1-based), without spaces.

    Raises IndexError where the file has no such page.
    """
    with _opened(data, page) as pdf:
        found = pdf.pages[0]
        return _text(_Characters(found).inside(box))


@contextmanager
def _opened(data: bytes, page: int | None = None) -> Iterator[Any]:
    pdf = pdfplumber.open(io.BytesIO(data), pages=None if page is None else [page])
    try:
        if page is not None and not pdf.pages:
            raise IndexError(f"no page {page}")
        yield pdf
    finally:
        pdf.close()


def _compare(page: Any, number: int, cells: list[GridCell], torn: list[Box]) -> list[Difference]:
    characters = _Characters(page)
    out: list[Difference] = []
    found = [
        (box, _text(characters.inside(box)))
        for table in page.find_tables(_TABLES)
        if len(table.cells) > 1
        for box in sorted(table.cells, key=lambda b: (b[1], b[0]))
        if 0 < box[0] + box[2] < 2 * page.width and 0 < box[1] + box[3] < 2 * page.height  # what is drawn beside the page is not printed
    ]
    by_place = _Places(found)
    seen: Counter[str] = Counter()
    for cell in cells:
        box = cell.locator.box
        first = _plain(cell.text)
        if box is None or not _numeric(first):
            continue
        seen[first] += 1
        other = by_place.at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        second = other if other is not None else _text(characters.inside(box))
        if first != second:
            again = _text(characters.inside(box))  # the finders may cut cells differently; the place decides
            if first != again:
                out.append(Difference(number, box, cell.text, second))
    expected = Counter(text for _, text in found if _numeric(text))
    for text, count in expected.items():
        if count > seen[text]:
            told = [*(d.box for d in out), *torn]
            missing = [box for box, t in found if t == text and not _held(box, text, cells) and not any(_meet(box, b) for b in told)]
            out.extend(Difference(number, box, "", text) for box in missing)
    return out


def _held(box: Box, text: str, cells: list[GridCell]) -> bool:
    """True where a cell of the document that overlaps `box` holds the same number."""
    return any(cell.locator.box and _meet(cell.locator.box, box) and _plain(cell.text) == text for cell in cells)


def _meet(a: Box, b: Box) -> bool:
    """True where two boxes share more than an edge."""
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1


class _Places:
    """The cells of the second reader, found by a point inside."""

    def __init__(self, cells: list[tuple[Box, str]]) -> None:
        self._cells = sorted(cells, key=lambda c: (c[0][2] - c[0][0]) * (c[0][3] - c[0][1]))

    def at(self, x: float, y: float) -> str | None:
        for box, text in self._cells:
            if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                return text
        return None


class _Characters:
    """The characters of one page, banded by height for quick look-up."""

    _BAND = 20.0

    def __init__(self, page: Any) -> None:
        self._bands: dict[int, list[tuple[float, float, Any]]] = {}
        for char in page.dedupe_chars(tolerance=0.8, extra_attrs=()).chars:
            if char["text"].isspace():
                continue
            x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
            self._bands.setdefault(int(y // self._BAND), []).append((x, y, char))

    def inside(self, box: Box) -> list[Any]:
        out = []
        for band in range(int(box[1] // self._BAND), int(box[3] // self._BAND) + 1):
            for x, y, char in self._bands.get(band, ()):
                if box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                    out.append(char)
        return out


def _text(characters: list[Any]) -> str:
    """Characters in reading order along the direction in which they are drawn, white space left out."""
    if not characters:
        return ""
    a, b = characters[0]["matrix"][:2]
    length = (a * a + b * b) ** 0.5 or 1.0
    a, b = a / length, b / length  # page space, y up
    placed = []
    for char in characters:
        e, f = char["matrix"][4:6]
        placed.append((-(-b * e + a * f), a * e + b * f, char))
    placed.sort(key=lambda p: p[0])
    lines: list[list[Any]] = []
    base = None
    for down, along, char in placed:
        if base is None or down - base > 0.5 * char["size"]:
            lines.append([])
            base = down
        lines[-1].append((along, char["text"]))
    return _plain("".join(text for line in lines for _, text in sorted(line, key=lambda t: t[0])))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _numeric(text: str) -> bool:
    return any(c in _DIGITS for c in text) and all(c in _AMOUNT for c in text)
