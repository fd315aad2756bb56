"""Outline: the sections of a document by their headings. The table of contents is one section and never matched as body.

A heading is known by its numbering (第二部分 / 三、 / （一）), by standing in the table of contents, or by its wording
(forms/headings.toml, forms/titles.toml); never by its number or place. Statement sections begin at a table's caption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.documents.model import Block, Document, Grid, Paragraph, Run
from pipelines.reports.forms import heading_key, title_role
from pipelines.reports.forms.wording import NUMERAL, fold, strip_leader, strip_numbering, strip_year
from pipelines.reports.model import Outline, Section, SectionRole

_PART = re.compile(rf"^第[{NUMERAL}\d]{{1,3}}(?:部分|章|篇|部份)")
_LEVEL1 = re.compile(rf"^[{NUMERAL}]{{1,3}}[、.:,]")
_LEVEL2 = re.compile(rf"^\([{NUMERAL}]{{1,3}}\)")
_LEADER = re.compile(r"[.…·•⋯]{3,}|\d$|PAGEREF")
_CONTENTS = re.compile(r"^目录(?![\u4e00-\u9fff])|^目录(?=第|[一1]|部门|单位)")
_SENTENCE = re.compile(r"[。;!?]|,|:.")
_MONEY = re.compile(r"\d(?:\.\d+)?(?:万元|元|%)|[\d.]{5,}")
_BEGUN = re.compile(r"[^。]*[，,、][^。]*[^。；;：:，,]")
_AMOUNT = re.compile(r"\d(?:亿|万|千)?元")
_TABLE_PART = re.compile(r"(?:决算|预算)(?:公开)?(?:报?表|表格)|公开(?:报?表|表格)|附表|情况表")
_EVALUATION = re.compile(r"绩效.{0,12}(?:自评|评价|目标)|自评.{0,8}表")
_NARRATIVE_PART = re.compile(r"说明|情况|重要事项|分析")
_OVERVIEW = re.compile(r"概[况括]|职责|职能|机构|基本(?:情况|信息)|工作(?:任务|目标|完成)|人员(?:情况|构成)|部门构成|主要工作")
_MEMBERS = re.compile(
    r"(?:预算|决算|汇总|所属|下属|编报|填报)?单位(?:构成|组成|范围|名单|情况)|机构(?:设置|构成|情况)|(?:构成|组成)单位|部门(?:决算|预算)?(?:单位)?(?:构成|组成)"
)
_PART_KEYS = {"glossary", "compilation_note", "other_matters", "overview", "project_expenditure", "tables"}
_PROJECT = re.compile(r"项目(?:概况|概述|背景)$|立项(?:依据|背景|情况)|实施(?:主体|方案|周期|内容)$|年度预算安排$|绩效目标$")
_NOTE = re.compile(r"^(?:注|说明|备注|附注)\d?[:.、]|^注\d?[^\u4e00-\u9fff]")
_WHOLE = re.compile(r"^(?:关于)?[^,，。;:]{0,24}(?:部门|单位)?(?:决算|预算)(?:编制|公开|收支|安排)*(?:情况)?的?说明$")
"""The heading of the whole narrative (三、2021年度部门决算情况说明) where a report is not divided into 第一部分, 第二部分."""
_OF_A_STATEMENT = re.compile(r"收入|支出|收支|拨款|公共|基金|三公|国有|绩效|采购|资产|运行|名词")


@dataclass(slots=True)
class Contents:
    """The table of contents: its blocks are [start, end) of the document, its entries folded without leaders."""

    start: int
    end: int
    entries: set[str] = field(default_factory=set)


def outline(document: Document) -> Outline:
    """The sections of a document in printed order. Every block stands in exactly one section."""
    return outline_blocks(document.blocks)


def outline_blocks(blocks: list[Block]) -> Outline:
    contents = find_contents(blocks)
    builder = _Builder(contents.entries if contents else set())
    index = 0
    while index < len(blocks):
        if contents and index == contents.start:
            builder.open("contents", "目录", (), None, list(blocks[contents.start : contents.end]))
            builder.close()
            index = max(contents.end, index + 1)
            continue
        block = blocks[index]
        if isinstance(block, Grid):
            builder.grid(block)
        else:
            builder.paragraph(block, blocks, index)
        index += 1
    return Outline([s for s in builder.sections if s.blocks or s.heading])


def lines_of(block: Block) -> list[str]:
    """The printed lines of a paragraph or of a one-cell grid."""
    if isinstance(block, Grid):
        return [line for cell in block.cells for line in (cell.lines or (cell.text,))] or [""]
    return [block.text[r.start : r.end] for r in block.runs] or [block.text]


def _entry(line: str) -> str:
    return strip_leader(fold(line))


def find_contents(blocks: list[Block], limit: int = 400) -> Contents | None:
    """The table of contents: from 目录 to the block before its first entry is printed again (or running text begins)."""
    start = None
    for i, block in enumerate(blocks[:limit]):
        text = fold(lines_of(block)[0]) if isinstance(block, Paragraph) or len(block.cells) <= 3 or block.n_columns <= 2 else ""
        if _CONTENTS.match(text) or (
            text == "目"
            and i + 1 < len(blocks)
            and isinstance(blocks[i + 1], Paragraph)
            and fold(lines_of(blocks[i + 1])[0]).startswith("录")
        ):
            start = i
            break
    if start is None:
        return None
    order: list[str] = []
    tentative: list[int] = []  # blocks that look like neither entry nor body; kept only when entries follow
    end = start + 1
    for i in range(start, min(len(blocks), start + limit)):
        block = blocks[i]
        listed = isinstance(block, Grid) and block.n_columns <= 3
        if (
            isinstance(block, Grid)
            and i > start
            and not (listed and any(_LEADER.search(fold(x)) or title_role(x) for x in lines_of(block)[:6]))
        ):
            break
        entries = [e for e in map(_entry, lines_of(block)) if e and not _CONTENTS.match(e) and e not in ("目", "录")]
        if not entries:
            end = i + 1 if not tentative else end
            continue
        if i > start and _is_repeat(entries[0], order, blocks, i):
            break
        raw = [fold(x) for x in lines_of(block)]
        if len(block.text if isinstance(block, Paragraph) else "") > 90 and not any(_LEADER.search(x) for x in raw):
            break
        if any(_LEADER.search(x) or (_numbered(x) and not re.search(r"[。;,]", x)) or title_role(x) for x in raw):
            if tentative and _page(block) != _page(blocks[tentative[0]]):
                break
            end, tentative = i + 1, []
        else:
            tentative.append(i)
            if len(tentative) > 3:
                break
        order += entries
    if not order:
        return None
    kept = {_entry(line) for block in blocks[start:end] for line in lines_of(block)}
    return Contents(start, end, {e for e in kept if len(e) > 2} | {strip_numbering(e) for e in kept if len(e) > 2})


def _is_repeat(entry: str, order: list[str], blocks: list[Block], index: int) -> bool:
    if _PART.fullmatch(entry):
        return any(e.startswith(entry) and e != entry for e in order) or order.count(entry) > 0
    if entry not in order:
        return False
    if order.index(entry) <= 1 or _PART.match(entry):
        return True
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    return after is None or isinstance(after, Grid) or len(after.text) > 90


def _numbered(folded: str) -> bool:
    return bool(_PART.match(folded) or _LEVEL1.match(folded) or _LEVEL2.match(folded) or re.match(r"\d{1,2}[.、]", folded))


def _page(block: Block) -> int | None:
    return block.locator.page


@dataclass(slots=True)
class _Builder:
    entries: set[str]
    sections: list[Section] = field(default_factory=list)
    stack: list[tuple[int, str, SectionRole]] = field(default_factory=list)  # (level, heading, role)
    current: Section | None = None
    part: SectionRole = "cover"
    joined: Block | None = None

    def open(self, role: SectionRole, heading: str, path: tuple[str, ...], key: str | None, blocks: list[Block]) -> None:
        self.current = Section(role, heading, path, key, blocks)
        self.sections.append(self.current)

    def close(self) -> None:
        self.current = None

    def add(self, block: Block) -> None:
        if self.current is None:
            role: SectionRole = "cover" if not self.stack else self.stack[-1][2]
            self.open(role, "", tuple(h for _, h, _ in self.stack), None, [])
        assert self.current is not None
        self.current.blocks.append(block)

    def grid(self, grid: Grid) -> None:
        """A grid goes to the section it stands in; one that carries its own title begins a statement section."""
        title = grid_title(grid)
        if title and not (self.current and self.current.role == "statement" and not any(isinstance(b, Grid) for b in self.current.blocks)):
            self._statement(title[0], title[1])
        self.add(grid)

    def _statement(self, heading: str, key: str) -> None:
        role: SectionRole = "evaluations" if _EVALUATION.search(fold(heading)) else "statement"
        path = tuple(h for level, h, _ in self.stack if level == 0)
        self.open(role, heading, path, key, [])

    def paragraph(self, paragraph: Paragraph, blocks: list[Block], index: int) -> None:
        text = paragraph.text.strip()
        folded = fold(text) if len(text) <= 200 else ""
        if self.part == "cover" and not self.stack and _states_amounts(text):
            self._without_headings()
        if not folded:
            self.add(paragraph)
            return
        level = self._level(folded)
        if self.joined is paragraph:  # the second half of a heading printed on two lines
            self.add(paragraph)
            return
        if level == 0:
            self._part(text, folded, paragraph, blocks[index + 1] if index + 1 < len(blocks) else None)
            return
        caption = caption_of(paragraph)
        if (
            caption
            and (self.part not in ("narrative",) or grid_follows(blocks, index))
            and (grid_follows(blocks, index) or self.part == "statement")
        ):
            self._statement(*caption)
            self.add(paragraph)
            return
        if level is None or (self.part in ("glossary", "evaluations", "project") and level > 0):
            self.add(paragraph)
            return
        self._heading(level, text, folded, paragraph)

    def _without_headings(self) -> None:
        """Sentences with amounts right under the title: a short disclosure without headings is all narrative."""
        title: list[str] = []
        held = self.current.blocks if self.current else []
        begun = len(held)
        while begun and isinstance(before := held[begun - 1], Paragraph) and _BEGUN.fullmatch(before.text.strip()):
            begun -= 1  # the first lines of the sentence, where each printed line is a paragraph
        for block in reversed(held[:begun]):
            if not isinstance(block, Paragraph) or len(block.text) > 60 or re.search("[。，,]", block.text) or len(title) == 3:
                break
            title.insert(0, block.text.strip())
        begins = held[begun:]
        del held[begun:]
        self.part = "narrative"
        heading = "".join(title)
        self.open("narrative", heading, (), heading_key(fold(heading)) if heading else None, begins)

    def _level(self, folded: str) -> int | None:
        bare = folded.rstrip("。:.")
        if _MONEY.search(bare) and not _PART.match(bare):
            return None
        if _PART.match(bare) and len(bare) <= 60:
            return 0
        known = strip_leader(bare) in self.entries or strip_numbering(bare) in self.entries
        if len(bare) > 70 or _SENTENCE.search(bare) or _NOTE.match(bare):
            return None
        if _LEVEL1.match(bare) and self.part in ("project", "glossary", "evaluations"):
            return 0 if heading_key(bare) in ("glossary", "compilation_note", "other_matters") else None
        if _LEVEL1.match(bare) and self.part in ("cover", "overview", "statement", "other") and not self._has_parts():
            whole = strip_year(strip_numbering(bare))
            if _WHOLE.match(whole) and not _OF_A_STATEMENT.search(whole):
                return 0
        if _LEVEL1.match(bare):
            if strip_numbering(bare) in self.entries or (self.part == "narrative" and len(bare) <= 50) or heading_key(bare):
                return 0 if heading_key(bare) == "glossary" or (not self._has_parts() and heading_key(bare) in _PART_KEYS) else 1
            return None
        if _LEVEL2.match(bare):
            return 2 if self.part == "narrative" and len(bare) <= 50 else None
        key = heading_key(bare) if len(bare) <= 45 else None
        if key == "glossary" and len(bare) <= 12:
            return 0
        if self._has_parts():
            return None
        if key in _PART_KEYS and (known or _tail_known(bare, self.entries) or _is_part_wording(bare)) and not title_role(bare):
            return 0
        return None

    def _has_parts(self) -> bool:
        return any(_PART.match(e) for e in self.entries) or any(_PART.match(fold(h)) for level, h, _ in self.stack if level == 0)

    def _part(self, text: str, folded: str, paragraph: Paragraph, after: Block | None) -> None:
        role = part_role(strip_numbering(_PART.sub("", folded).lstrip("、:.") or folded))
        if role == "other" and isinstance(after, Paragraph) and len(after.text) <= 50 and _PART.match(folded):
            rest = fold(after.text)
            if not _numbered(rest) and not _SENTENCE.search(rest) and (both := part_role(_PART.sub("", folded) + rest)) != "other":
                role, text, folded, self.joined = both, f"{text} {after.text.strip()}", folded + rest, after
        self.part = role
        self.stack = [(0, text, role)]
        self.open(role, text, (), heading_key(_PART.sub("", folded)) if role != "statement" else "tables", [])
        assert self.current is not None
        self.current.blocks.append(paragraph)

    def _heading(self, level: int, text: str, folded: str, paragraph: Paragraph) -> None:
        self.stack = [s for s in self.stack if s[0] < level]
        role = self._sub_role(folded)
        path = tuple(h for _, h, _ in self.stack)
        self.stack.append((level, text, role))
        self.open(role, text, path, heading_key(folded), [])
        assert self.current is not None
        self.current.blocks.append(paragraph)

    def _sub_role(self, folded: str) -> SectionRole:
        outer = self.part
        if "名词解释" in folded:
            self.part = "glossary"
            return "glossary"
        bare = strip_numbering(folded)
        if outer == "narrative" and _PROJECT.match(bare):
            return "project"
        if outer in ("cover", "contents", "overview", "statement", "other"):
            if _MEMBERS.search(bare) and "收" not in bare:
                return "members"
            if _OVERVIEW.search(bare) and "收" not in bare:
                self.part = "overview"
                return "overview"
            if outer != "overview" and (heading_key(bare) or "说明" in bare) and not bare.endswith("表"):
                self.part = "narrative"
                return "narrative"
        return outer


def _states_amounts(text: str) -> bool:
    return "。" in text and len(text) > 30 and _AMOUNT.search(fold(text)) is not None


def _tail_known(bare: str, entries: set[str]) -> bool:
    """A heading with the body's name in front of a contents entry (…局主要职能 for 部门主要职能)."""
    return any(len(e) >= 4 and (bare.endswith(e) or bare.endswith(re.sub(r"^(?:部门|单位)", "", e))) for e in entries)


def _is_part_wording(bare: str) -> bool:
    return bool(re.search(r"(?:编制说明|名词解释|情况说明|概况|主要职[责能]|机构设置)$", bare)) and len(bare) <= 40


def part_role(folded: str) -> SectionRole:
    """The role of a top heading from its wording."""
    bare = strip_year(folded)
    if re.search(r"名[词称]解释|术语解释|词语解释", bare):
        return "glossary"
    if "项目经费情况" in bare:
        return "project"
    if _EVALUATION.search(bare) and not re.search(r"(?:决算|预算)(?:情况)?说明", bare):
        return "evaluations"
    if re.search(r"说明|重要事项|分析", bare):
        return "narrative"
    if _TABLE_PART.search(bare) or bare.endswith(("决算", "预算")):
        return "statement"
    if _OVERVIEW.search(bare):
        return "members" if _MEMBERS.search(bare) and not re.search(r"概[况括]|职[责能]", bare) else "overview"
    if _NARRATIVE_PART.search(bare):
        return "narrative"
    return "evaluations" if bare.startswith("附件") else "other"


def caption_of(paragraph: Paragraph) -> tuple[str, str] | None:
    """(title, role) when the paragraph, one of its printed lines or two of them together name a table."""
    text = paragraph.text.strip()
    if len(text) > 160 or text.endswith(("。", "；")):
        return None
    lines = [paragraph.text[r.start : r.end].strip() for r in paragraph.runs]
    if role := title_role(text):
        last = lines[-1] if len(lines) > 1 else text
        return (last, role) if last.endswith("表") and title_role(last) == role else (text, role)
    if len(lines) > 1:
        for count in (1, 2, 3):
            for i in range(len(lines) - count + 1):
                joined = "".join(lines[i : i + count])
                if role := title_role(joined):
                    return joined, role
    head = re.split(
        r"\s*(?:编制|填报|预算)?(?:部门|单位)(?:名称|全称)?\s*(?:[（(]\S{1,6}[)）])?\s*[:：]|\s*(?:金额)?单\s*位\s*[:：]", text, maxsplit=1
    )[0].strip()
    if head and head != text and (role := title_role(head)):
        return head, role
    return None


def grid_title(grid: Grid) -> tuple[str, str] | None:
    """(title, role) when a cell in the first rows of a grid is the table's own title."""
    for cell in grid.cells:
        if cell.row > 3:
            break
        if cell.text and (cell.column_span * 2 >= grid.n_columns or _alone(grid, cell.row)):
            lines = cell.lines or (cell.text,)
            runs = []
            text = ""
            for line in lines:
                runs.append(Run(len(text), len(text) + len(line), cell.locator))
                text += line
            if found := caption_of(Paragraph(text, runs)):
                return found
    return None


def _alone(grid: Grid, row: int) -> bool:
    return sum(1 for c in grid.cells if c.row == row and c.text.strip()) == 1


def grid_follows(blocks: list[Block], index: int, reach: int = 7) -> bool:
    """True when a grid comes within the next few short paragraphs."""
    for block in blocks[index + 1 : index + 1 + reach]:
        if isinstance(block, Grid):
            return True
        if len(block.text) > 120:
            return False
    return False
