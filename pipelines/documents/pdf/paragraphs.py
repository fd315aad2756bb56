"""Printed lines outside of grids to paragraphs in reading order; without running heads, feet and page numbers. Geometry only."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipelines.documents.model import Block, Grid, Locator, Paragraph, Run
from pipelines.documents.pdf.aligned_model import AlignedGrid
from pipelines.documents.pdf.lines import Line

_NUMBER = r"(?:\d{1,4}|[ivxlIVXL]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"[-—–－─━_·.~\s]*{_NUMBER}[-—–－─━_·.~\s]*|第?\s*{_NUMBER}\s*页[，,、/\s]*(?:共\s*{_NUMBER}\s*页)?|{_NUMBER}\s*[/／]\s*{_NUMBER}|"
    rf"(?i:page)\s*{_NUMBER}(?:\s*of\s*{_NUMBER})?"
)
_SENTENCE_END = "。；！？：;!?:"
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章|节|条)|[（(]?\d{1,2}(?:[)）、．]|\.(?!\d))|[①-⑳]"
)


_WORD = re.compile(r"[（《“‘(]*(?:[A-Za-z0-9.,%+\-]+.?|.)[、，。；：！？）》”’％)]*")
_NUMERAL = re.compile(r"([（(第]?)([一二三四五六七八九十]{1,3}|\d{1,2})([)）]|、|．|\.(?!\d)|部分|章)")
_LEADER = re.compile(r"(?:…{3,}|\.{6,}|·{6,}|_{6,})[\s\d]*$")
_WORDS = re.compile(r"[^\W\d]{2}")
_RUNNING = 30.0  # points: a running head or page number stands this near the outermost print
_APART = 150.0  # points from one page number to the next on a sheet of several pages
_DIGITS = "零一二三四五六七八九"


@dataclass(slots=True)
class PageText:
    """One page for this room: its running lines and the grids with the top of their box, in the reading space."""

    number: int
    width: float
    height: float
    lines: list[Line]
    grids: list[tuple[float, float, Grid]]  # top, bottom, grid
    locate: Callable[[Line], Locator]
    extra: list[tuple[float, Block]] = field(default_factory=list)  # blocks of another reader with their top
    last: AlignedGrid | None = None  # the aligned table that ends the page


def is_page_number(text: str) -> bool:
    """True for text that prints nothing but a page number: 3, - 3 -, 第 2 页，共 46 页, 3/25."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def drop_running(pages: list[PageText]) -> None:
    """Takes running heads and feet, then page numbers, out of the lines of all pages.

    A head or foot is the same text (digits apart) at the same height on at least three pages and half of them; a line close to a grid is
    its caption. A page number is a number pattern as the outermost line in the margin band of its page, away from the text, or one of
    many that count the pages: so they stand in the middle of sheets that hold several pages.
    """
    _drop_heads(pages)
    _drop_counted(pages)
    bands = _bands(pages)
    for page in pages:
        for line in _margin_lines(page, bands):
            if is_page_number(line.text) and _lonely(page, line):
                page.lines.remove(line)


def _drop_heads(pages: list[PageText]) -> None:
    bands = _bands(pages)
    spots: dict[tuple[str, int, str], list[tuple[PageText, Line]]] = defaultdict(list)
    for page in pages:
        for line in _margin_lines(page, bands):
            if _WORDS.search(line.text):
                top_side = "head" if line.top < page.height / 2 else "foot"
                offset = line.top if top_side == "head" else page.height - line.bottom
                spots[(top_side, round(offset / 3), re.sub(r"\d+", "0", line.text))].append((page, line))
    need = max(3, len(pages) // 2)
    for found in spots.values():
        # close to a grid it may be its caption, unless it stands on pages of text as well
        free = sum(not _captions(page, line) for page, line in found)
        if len(found) >= need and (free == len(found) or free >= 3):
            for page, line in found:
                page.lines.remove(line)


def _bands(pages: list[PageText]) -> dict[tuple[int, int], tuple[float, float]]:
    """Page format → where its margin bands end and begin: a ninth of the page, and more where three pages and all leave more blank."""
    edges: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for page in pages:
        tops = [ln.top for ln in page.lines] + [top for top, _, _ in page.grids]
        bottoms = [ln.bottom for ln in page.lines] + [bottom for _, bottom, _ in page.grids]
        if tops:
            edges[_format(page)].append((min(tops), max(bottoms)))
    out = {}
    for key in {_format(page) for page in pages}:
        head, foot = 0.115 * key[1], 0.885 * key[1]
        if len(found := edges[key]) >= 3:
            head = max(head, min(top for top, _ in found) + _RUNNING)
            foot = min(foot, max(bottom for _, bottom in found) - _RUNNING)
        out[key] = (head, foot)
    return out


def _format(page: PageText) -> tuple[int, int]:
    return round(page.width), round(page.height)


def _margin_lines(page: PageText, bands: dict[tuple[int, int], tuple[float, float]]) -> list[Line]:
    head, foot = bands[_format(page)]
    return [ln for ln in page.lines if ln.bottom < head or ln.top > foot]


def _drop_counted(pages: list[PageText]) -> None:
    """Takes out numbers of one style, each alone in its row, that count up by one a page: five and more, far from each other."""
    styles: dict[str, list[tuple[int, PageText, Line]]] = defaultdict(list)
    for page in pages:
        in_row = Counter(line.row for line in page.lines)
        for line in page.lines:
            digits = re.findall(r"\d+", line.text)
            if len(digits) == 1 and in_row[line.row] == 1 and is_page_number(line.text):
                styles[re.sub(r"[\d\s]+", "0", line.text)].append((int(digits[0]), page, line))
    for found in styles.values():
        chain = [found[0]]
        for value, page, line in found[1:]:
            last_value, last_page, last_line = chain[-1]
            if value == last_value + 1 and (page is not last_page or line.top - last_line.bottom > _APART):
                chain.append((value, page, line))
            elif len(chain) == 1:
                chain = [(value, page, line)]
        if len(chain) >= 5 and 4 * len(chain) >= 3 * len(found):
            for _, page, line in chain:
                page.lines.remove(line)


def _lonely(page: PageText, line: Line) -> bool:
    """No other text in the same height, nothing further out, and a gap to the rest or the very edge of the page."""
    low = line.top > page.height / 2
    for other in page.lines:
        if other is line:
            continue
        if other.row == line.row:
            return False
        if (other.top > line.bottom - 1 if low else other.bottom < line.top + 1) and not is_page_number(other.text):
            return False
    return all(not (top - 1 < line.top < bottom) for top, bottom, _ in page.grids)


def _captions(page: PageText, line: Line) -> bool:
    """True where a grid or its title lines follow closely: the line may belong to the grid."""
    reach = 3.5 * line.size
    return any(0 <= top - line.bottom < reach * 2 or 0 <= line.top - bottom < reach for top, bottom, _ in page.grids)


@dataclass(slots=True)
class _Column:
    """The text column of a page."""

    left: float
    right: float
    size: float


def _column(lines: Iterable[Line], fallback: _Column | None) -> _Column | None:
    """Left and right edge of the running text, by its full lines."""
    body = [ln for ln in lines if len(ln.text) >= 12]
    if len(body) < 3:
        return fallback
    weight: dict[float, int] = defaultdict(int)
    for ln in body:
        weight[round(ln.size, 1)] += len(ln.text)
    size = max(weight, key=weight.__getitem__)
    same = [ln for ln in body if abs(ln.size - size) < 0.15 * size]
    right = max(ln.x1 for ln in same)
    full = [ln for ln in same if ln.x1 > right - 1.6 * size]
    left = min(ln.x0 for ln in full)
    if fallback is not None and len(full) < 2:
        return fallback
    return _Column(left, right, size)


def build_blocks(pages: list[PageText]) -> list[Block]:
    """Paragraphs and grids of all pages in reading order. Joins lines over line and page ends, never over a grid."""
    by_format: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for page in pages:
        by_format[(round(page.width), round(page.height))].extend(page.lines)
    overall = {key: _column(lines, None) for key, lines in by_format.items()}
    joiner = _Joiner()
    for page in pages:
        joiner.turn_to(page, _column(page.lines, overall[(round(page.width), round(page.height))]))
        level: dict[int, float] = {}  # texts of one row share their height in reading order
        for line in page.lines:
            level[line.row] = min(line.top, level.get(line.row, line.top))
        items: list[tuple[float, float, Line | Block]] = [(level[ln.row], ln.x0, ln) for ln in page.lines]
        items += [(top, 0.0, grid) for top, _, grid in page.grids]
        items += [(top, 0.0, block) for top, block in page.extra]
        items.sort(key=lambda item: (item[0], item[1]))
        for _, _, item in items:
            joiner.add(item)
    joiner.close()
    return joiner.blocks


class _Joiner:
    """Takes lines and blocks in reading order and closes a paragraph where the next line begins a new one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[tuple[Line, PageText]] = []
        self._open_column: _Column | None = None  # of the page the last open line stands on
        self._page: PageText | None = None
        self._column: _Column | None = None
        self._in_row: Counter[int] = Counter()
        self._heads: dict[tuple[str, str], tuple[int, float]] = {}  # last number of each style of numbering, where it stands

    def turn_to(self, page: PageText, column: _Column | None) -> None:
        self._page, self._column = page, column
        self._in_row = Counter(line.row for line in page.lines)

    def add(self, item: Line | Block) -> None:
        if not isinstance(item, Line):
            self.close()
            self.blocks.append(item)
            return
        assert self._page is not None
        if self._open and not self._goes_on(item, self._page):
            self.close()
        if not self._open and (found := _NUMERAL.match(item.text)):
            self._heads[found.group(1), found.group(3)] = (_value(found.group(2)), item.x0)
        self._open.append((item, self._page))
        self._open_column = self._column

    def close(self) -> None:
        if self._open:
            self.blocks.append(_paragraph(self._open, self._open_column))
            self._open = []

    def _goes_on(self, line: Line, page: PageText) -> bool:
        """True where `line` continues the open paragraph."""
        last, last_page = self._open[-1]
        same_page = last_page is page
        if same_page and last.row == line.row:
            return self._one_text(last, line)
        if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
            return False
        if same_page and line.top - last.bottom > 1.6 * line.size:
            return False
        before, column = self._open_column, self._column
        if before is None or column is None or (self._in_row[line.row] > 1 and line.x0 > column.left + 1.2 * line.size):
            return False
        if same_page and len(self._open) == 1 and self._in_row[last.row] > 1:
            return False  # one of several texts of a row: a caption, not a sentence
        size, width = line.size, before.right - before.left
        if last.x0 > before.left + 0.5 * width:
            return False  # set at the right edge: a caption or a signature
        ended = last.text[-1:] in _SENTENCE_END or _LEADER.search(last.text) is not None
        numbered = _NUMBERED.match(line.text) is not None
        if same_page and not ended and not numbered and _centred(line, column) and abs(last.x0 + last.x1 - line.x0 - line.x1) < 2 * size:
            # a title over two lines: the first is long, or the second too short to stand alone
            long = last.x1 - last.x0 > 0.7 * width and abs(last.size - size) < 0.03 * size
            return long or (len(line.text) <= 2 and _centred(last, before))
        if numbered and (ended or self._next_number(line) or (len(self._open) == 1 and _NUMBERED.match(last.text))):
            return False
        if _LEADER.search(last.text):
            return False
        # the line is full when what comes first on the next could not have stood on it as well
        full = before.right - last.x1 < _first_word(line) + 0.9 * size
        first = self._open[0][0]
        if line.x0 > column.left + 1.2 * size:  # indented: only a hanging paragraph goes on so
            hanging = abs(line.x0 - first.x0) > 0.3 * size and abs(line.x0 - last.x0) < (0.3 * size if len(self._open) > 1 else 4 * size)
            return hanging and not ended and last.x1 - last.x0 > 0.8 * width
        if full:
            return True
        if ended or last.x1 - last.x0 < 0.5 * width:
            return False
        # no full line, but nothing ended there: the sentence goes on after a comma, or flush left under an indented first line
        return last.text[-1:] in "，、（“" or (first.x0 - line.x0 > size and last.x1 - last.x0 > 0.7 * width)

    def _one_text(self, last: Line, line: Line) -> bool:
        """Two texts of one height: a label and what it names, a word spread over a line, a sentence with a wide gap in it."""
        gap = line.x0 - last.x1
        if last.text.endswith(("：", ":")):
            return len(last.text) <= 12 and self._page is not None and gap < 0.5 * self._page.width
        if len(last.text) <= 2 and len(line.text) <= 2 and not (last.text + line.text).isascii():
            return gap < 8 * line.size
        if self._column is None or gap > 4 * line.size or "：" in line.text[:8] or ":" in line.text[:8]:
            return False
        return len(last.text) > 6 and line.x1 - self._column.left > 0.8 * (self._column.right - self._column.left)

    def _next_number(self, line: Line) -> bool:
        """True where the line begins with the number after the last one of its style, at the same indent: 六、 … 七、 …"""
        found = _NUMERAL.match(line.text)
        if not found:
            return False
        known = self._heads.get((found.group(1), found.group(3)))
        return known is not None and known[0] + 1 == _value(found.group(2)) and abs(known[1] - line.x0) < line.size


def _first_word(line: Line) -> float:
    """Width of what cannot be broken at the beginning of a line: a number or word, else one character, with the marks tied to it."""
    found = _WORD.match(line.text)
    return sum(0.55 if c.isascii() else 1.0 for c in found.group()) * line.size if found else line.size


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return ((_DIGITS.find(tens) if tens else 1) * 10 if ten else 0) + (_DIGITS.find(ones) if ones else 0)


def _centred(line: Line, column: _Column) -> bool:
    before, after = line.x0 - column.left, column.right - line.x1
    if 1.6 < before / line.size < 2.4 and line.size < 1.05 * column.size:
        return False  # an indented line that happens to end as far from the edge
    return (
        before > 1.2 * line.size
        and after > 1.2 * line.size
        and abs(before - after) < max(2 * line.size, 0.05 * (column.right - column.left))
    )


def _paragraph(lines: list[tuple[Line, PageText]], column: _Column | None) -> Paragraph:
    text = ""
    runs: list[Run] = []
    for line, page in lines:
        piece = line.text
        if text and text[-1].isascii() and piece[:1].isascii() and text[-1].isalpha() and piece[:1].isalpha():
            text += " "
        runs.append(Run(len(text), len(text) + len(piece), page.locate(line)))
        text += piece
    first = lines[0][0]
    centred = column is not None and all(_centred(line, column) for line, _ in lines)
    return Paragraph(text=text, runs=runs, size=round(first.size, 2), centred=centred)
