"""Printed lines outside of grids to paragraphs in reading order; without running heads, feet and page numbers. Geometry only."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipelines.documents.lines import Line
from pipelines.documents.model import Block, Grid, Locator, Paragraph, Run

_NUMBER = r"(?:\d{1,4}|[ivxlIVXL]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"[-—–－_·.~\s]*{_NUMBER}[-—–－_·.~\s]*|第?\s*{_NUMBER}\s*页[，,、/\s]*(?:共\s*{_NUMBER}\s*页)?|{_NUMBER}\s*[/／]\s*{_NUMBER}|"
    rf"(?i:page)\s*{_NUMBER}(?:\s*of\s*{_NUMBER})?"
)
_SENTENCE_END = "。；！？：;!?:"
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章|节|条)|[（(]?\d{1,2}(?:[)）、．]|\.(?!\d))|[①-⑳]"
)


_WORD = re.compile(r"[（《“‘(]*(?:[A-Za-z0-9.,%+\-]+|.)[、，。；：！？）》”’％)]*")
_NUMERAL = re.compile(r"([（(]?)([一二三四五六七八九十]{1,3}|\d{1,2})([)）]|、|．|\.(?!\d))")
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


def is_page_number(text: str) -> bool:
    """True for text that prints nothing but a page number: 3, - 3 -, 第 2 页，共 46 页, 3/25."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def drop_running(pages: list[PageText]) -> None:
    """Takes page numbers, running heads and feet out of the lines of all pages.

    A page number is a number pattern as the outermost line in the margin band of its page, away from the text. A head or foot is
    the same text (digits apart) at the same height on at least three pages and half of them; a line close to a grid is its caption.
    """
    spots: dict[tuple[str, int, str], list[tuple[PageText, Line]]] = defaultdict(list)
    for page in pages:
        for line in _margin_lines(page):
            if is_page_number(line.text):
                if _lonely(page, line):
                    page.lines.remove(line)
            else:
                top_side = "head" if line.top < page.height / 2 else "foot"
                offset = line.top if top_side == "head" else page.height - line.bottom
                spots[(top_side, round(offset / 3), re.sub(r"\d+", "0", line.text))].append((page, line))
    need = max(3, len(pages) // 2)
    for found in spots.values():
        if len(found) >= need and not any(_captions(page, line) for page, line in found):
            for page, line in found:
                page.lines.remove(line)


def _margin_lines(page: PageText) -> list[Line]:
    band = 0.115 * page.height
    return [ln for ln in page.lines if ln.bottom < band or ln.top > page.height - band]


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
    size = Counter(round(ln.size, 1) for ln in body for _ in range(len(ln.text))).most_common(1)[0][0]
    same = [ln for ln in body if abs(ln.size - size) < 0.15 * size]
    right = max(ln.x1 for ln in same)
    full = [ln for ln in same if ln.x1 > right - 1.6 * size]
    left = min(ln.x0 for ln in full)
    if fallback is not None and len(full) < 2:
        return fallback
    return _Column(left, right, size)


def build_blocks(pages: list[PageText]) -> list[Block]:
    """Paragraphs and grids of all pages in reading order. Joins lines over line and page ends, never over a grid."""
    overall: dict[tuple[int, int], _Column | None] = {}
    by_format: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for page in pages:
        by_format[(round(page.width), round(page.height))].extend(page.lines)
    for key, lines in by_format.items():
        overall[key] = _column(lines, None)
    blocks: list[Block] = []
    open_lines: list[tuple[Line, PageText]] = []
    column: _Column | None = None

    def close() -> None:
        if open_lines:
            blocks.append(_paragraph(open_lines, column))
            open_lines.clear()

    for page in pages:
        page_column = _column(page.lines, overall[(round(page.width), round(page.height))])
        items: list[tuple[float, float, Line | Block]] = [(_level(page, ln), ln.x0, ln) for ln in page.lines]
        items += [(top, 0.0, grid) for top, _, grid in page.grids]
        items += [(top, 0.0, block) for top, block in page.extra]
        items.sort(key=lambda item: (item[0], item[1]))
        alone = Counter(ln.row for ln in page.lines)
        for _, _, item in items:
            if not isinstance(item, Line):
                close()
                blocks.append(item)
                continue
            if not (open_lines and _goes_on(open_lines, item, page, column, page_column, alone)):
                close()
            open_lines.append((item, page))
            column = page_column
    close()
    return blocks


def _level(page: PageText, line: Line) -> float:
    """Height in reading order: lines of one row share one; a line beside a grid does not fall into it."""
    return min((ln.top for ln in page.lines if ln.row == line.row), default=line.top)


def _goes_on(
    open_lines: list[tuple[Line, PageText]],
    line: Line,
    page: PageText,
    column: _Column | None,
    page_column: _Column | None,
    alone: Counter[int],
) -> bool:
    """True where `line` continues the open paragraph."""
    last, last_page = open_lines[-1]
    same_page = last_page is page
    if same_page and last.row == line.row:  # two texts of one height: only a label and what it names belong together
        return last.text.rstrip().endswith(("：", ":")) and len(last.text) <= 12 and line.x0 - last.x1 < 0.5 * page.width
    if abs(last.size - line.size) > 0.12 * max(last.size, line.size):
        return False
    if alone[line.row] > 1:
        return False
    if same_page and line.top - last.bottom > 1.6 * line.size:
        return False
    if column is None or page_column is None:
        return False
    size = line.size
    width = column.right - column.left
    if same_page and _centred(line, page_column) and abs(last.x0 + last.x1 - line.x0 - line.x1) < 2 * size:
        # a title over two lines: the first is long, or the second too short to stand alone
        return last.x1 - last.x0 > 0.7 * width or (len(line.text) <= 2 and _centred(last, column))
    # the line is full when what comes first on the next could not have stood on it as well
    full = column.right - last.x1 < _first_word(line) + 0.7 * size
    indented = line.x0 > page_column.left + 1.2 * size
    if not full or indented:
        return False
    if _follows(open_lines[0][0].text, line.text):
        return False
    return not (last.text[-1:] in _SENTENCE_END and _NUMBERED.match(line.text))


def _first_word(line: Line) -> float:
    """Width of what cannot be broken at the beginning of a line: a number or word, else one character, with the marks tied to it."""
    found = _WORD.match(line.text)
    return sum(0.55 if c.isascii() else 1.0 for c in found.group()) * line.size if found else line.size


def _follows(first: str, text: str) -> bool:
    """True where `text` begins with the number after that of `first`: 六、 … 七、 …"""
    a, b = _NUMERAL.match(first), _NUMERAL.match(text)
    if not a or not b or a.group(1) != b.group(1) or a.group(3) != b.group(3):
        return False
    return _value(b.group(2)) == _value(a.group(2)) + 1


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return ((_DIGITS.find(tens) if tens else 1) * 10 if ten else 0) + (_DIGITS.find(ones) if ones else 0)


def _centred(line: Line, column: _Column) -> bool:
    before, after = line.x0 - column.left, column.right - line.x1
    if 1.6 < before / line.size < 2.4 and line.size < 1.05 * column.size:
        return False  # an indented line that happens to end as far from the edge
    return before > 1.2 * line.size and after > 1.2 * line.size and abs(before - after) < max(2 * line.size, 0.05 * (column.right - column.left))


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
