"""Printed lines to paragraphs for the readers without geometry (text, HTML, Word): joining over line and page breaks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipelines.documents.model import Locator, Paragraph, Run

NUMBERING = re.compile(
    r"\s*(?:第[一二三四五六七八九十百\d]+(?:部分|章|节|条)|[（(][一二三四五六七八九十百\d]{1,4}[）)]|[一二三四五六七八九十百]{1,4}[、.．]"
    r"|\d{1,3}(?:[、．]|[.](?!\d))|\d{1,3}[)）]|[①-⑳⑴-⒇㈠-㈩]|附[件表录]?[一二三四五六七八九十\d]*[:：]|[注备说][明注]?[:：]|目\s*录|表[一二三四五六七八九十\d])"
)
"""A line that begins a paragraph of its own: 一、 （二） 3. 第三部分 ① 附件 注： 目录."""
_SENTENCE_END = re.compile(r"[。！？；：:;!?…][”’）)』」》]*\s*$")
_INSIDE = re.compile(r"[，、；。,;]")
_TITLE_END = re.compile(r"(?:表|情况|说明|概况|职责|设置|构成|解释|目录|报告|办法|绩效|目标|经费|附件)\s*$")
_LISTING_TITLE = re.compile(r"[^，。；,;]*说明\s*")  # “三公”经费、会议费、培训费支出预算情况说明
_CONTENTS = re.compile(r"(?:[\s.．·…_]+)\d{1,3}\s*$")  # an entry of a table of contents with its page
_CAPTION = re.compile(
    r"\s*(?:公开\s*\d+\s*表|(?:金额)?单位\s*[:：]|(?:编制|预算|填报|主管)?(?:部门|单位)(?:名称)?\s*[:：]|20\d\d\s*年度?\s*$)"
)
_PAGE_MARK = re.compile(
    r"\s*(?:[-—–－]+\s*\d{1,4}\s*[-—–－]+|第\s*\d{1,4}\s*页(?:\s*[,，、/]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}\s*页?)\s*$"
)
_LONE_NUMBER = re.compile(r"\s*\d{1,4}\s*$")
_TORN_NUMBER = re.compile(r"\d[\d,]*(?:\.\d*)?[万亿]?\s*$")
_TORN_UNIT = re.compile(r"\s*(?:万元|亿元|元|%|％)")
FULL_LINE = 48
"""Narrowest full line of running text in half-width places (24 Chinese characters): what is shorter was not broken by the page."""
MAX_PARAGRAPH = 20_000


@dataclass(slots=True)
class Line:
    """One line as it stands in the file. `gap` counts the blank lines (or a page break) before it."""

    text: str
    locator: Locator
    gap: int = 0


def width(text: str) -> int:
    """Half-width places the text takes: a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def is_page_mark(text: str) -> bool:
    """— 3 —, 第 2 页,共 46 页: printed page numbers, never content."""
    return _PAGE_MARK.match(text) is not None


def drop_page_marks(lines: list[Line]) -> list[Line]:
    """Without printed page numbers. A bare number counts as one only in a run 1, 2, 3 … over the file, else it is content."""
    lone = [i for i, line in enumerate(lines) if _LONE_NUMBER.match(line.text) and line.gap]
    drop: set[int] = set()
    chain: list[int] = []
    for i in lone:
        if chain and int(lines[i].text) != int(lines[chain[-1]].text) + 1:
            drop |= set(chain) if len(chain) >= 4 else set()
            chain = []
        chain.append(i)
    drop |= set(chain) if len(chain) >= 4 else set()
    drop |= {i for i, line in enumerate(lines) if is_page_mark(line.text)}
    out = []
    gap = 0
    for i, line in enumerate(lines):
        if i in drop:
            gap = max(gap, line.gap, 1)
            continue
        out.append(Line(line.text, line.locator, max(line.gap, gap)))
        gap = 0
    return out


def join_text(left: str, right: str) -> str:
    """Two printed lines as one: no space between Chinese characters or inside a number, one between Latin words."""
    if not left or not right:
        return left + right
    latin = left[-1].isascii() and right[0].isascii() and left[-1].isalpha() and right[0].isalpha()
    return f"{left} {right}" if latin else left + right


def squeeze(text: str) -> str:
    """White space at the ends gone, runs of it inside as one space; ideographic and non-breaking spaces are white space."""
    return re.sub(r"[\s\u00a0\u3000\u200b\ufeff]+", " ", text).strip()


def goes_on(before: str, after: str, gap: int, full: int) -> bool:
    """Whether the line `after` continues the paragraph ending in `before` (`gap` blank lines between; `full`: a full line here)."""
    if _TORN_NUMBER.search(before) and _TORN_UNIT.match(after):
        return True
    if _SENTENCE_END.search(before) or NUMBERING.match(after) or _CAPTION.match(after) or _CAPTION.match(before):
        return False
    size = width(before)
    if size < (FULL_LINE if gap else full):
        return False
    if _CONTENTS.search(before):
        return False
    # A long heading also ends without a full stop: it carries numbering and has no comma inside.
    number = NUMBERING.match(before)
    title = before[number.end() :] if number else before
    heading = _TITLE_END.search(title) and (not _INSIDE.search(title) or (number and _LISTING_TITLE.fullmatch(title)))
    return not heading


def paragraphs(lines: list[Line]) -> list[Paragraph]:
    """Lines to paragraphs: text broken by a line end or a page is one paragraph with a run a line.

    Over blank lines only a sentence that is not ended and filled its line goes on; directly below, a line goes on when the
    one before is about as long as the longest of its block (hard-wrapped text).
    """
    out: list[Paragraph] = []
    last: Line | None = None
    block_width = 0
    skipped = 0
    for index, line in enumerate(lines):
        text = squeeze(line.text)
        if not text:
            skipped = 1
            continue
        gap, skipped = line.gap + skipped, 0
        if gap or last is None:
            block_width = 0
            for follower in lines[index:]:
                if follower is not line and follower.gap:
                    break
                block_width = max(block_width, width(squeeze(follower.text)))
        previous = out[-1] if out else None
        full = max(24, int(block_width * 0.85))
        if previous is not None and last is not None and len(previous.text) < MAX_PARAGRAPH:
            # Hard-wrapped lines are judged by the last printed line, blocks parted by blank lines by the whole paragraph.
            before = previous.text if gap else squeeze(last.text)
            if goes_on(before, text, gap, full):
                _append(previous, text, line.locator)
                last = line
                continue
        out.append(Paragraph(text, [Run(0, len(text), line.locator)]))
        last = line
    return out


def _append(paragraph: Paragraph, text: str, locator: Locator) -> None:
    joined = join_text(paragraph.text, text)
    paragraph.runs.append(Run(len(joined) - len(text), len(joined), locator))
    paragraph.text = joined


def paragraph(text: str, locator: Locator, **style: float | bool | None) -> Paragraph:
    """One paragraph of one run."""
    clean = squeeze(text)
    made = Paragraph(clean, [Run(0, len(clean), locator)])
    for name, value in style.items():
        setattr(made, name, value)
    return made
