"""Member units (部门决算/预算单位构成): the bodies whose accounts a department's report holds, from a table, a list or a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.documents.model import Grid, Locator, Paragraph
from pipelines.reports.model import MemberUnit, Outline

# a sentence that opens the list: 纳入…编制范围的（预算）单位（共N个），（具体）包括：| 部门预算是包括…，具体包括…：| …编报单位名单如下：
_SCOPE = re.compile(r"编制范围|(?:预算|决算|编报)单位|部门(?:预算|决算)(?:是)?包括|单位构成|汇总范围")
_OPENS = re.compile(r"(?:包括|包含|如下|分别(?:是|为)|名单|即)(?:（[^）]*）|\([^)]*\))?[:：]?\s*")
_ITEM = re.compile(r"^\s*(?:[(（]?\d{1,3}[)）]?[.、．)）]?|[(（]?[一二三四五六七八九十]{1,3}[)）、.]|[①-⑳])\s*(?=\D)")
_NAME_END = re.compile(r"[，,。；;：:]|(?=不单列|预算不单列|不单独|并入|[(（](?:不|无|已|含|独立|非独立|未))|\s{2,}")
_PREFIX = re.compile(r"^(?:下属|所属|直属|二级|基层|预算|事业|行政|参公|单位|的|[：:、])+(?=[\u4e00-\u9fff]{4,})|^[\d.、（）()]+")
_BODY = re.compile(
    r"(?:局|厅|部|委|委员会|办|办公室|办公厅|处|所|站|中心|院|校|学校|学院|大学|馆|队|支队|大队|总队|会|联合会|协会|社|室|团|基地|园|医院|公司|场|台|"
    r"政府|法院|检察院|人大|政协|街道|办事处|镇|乡|(?<!农)村|科|股|库|分局|管委会|幼儿园|小学|中学|党校|部门)(?:机关)?(?:[(（]?(?:本级|本部|机关|部门本级)[)）]?)?$|(?:本级|本部|机关)[)）]?$"
)
_ACCOUNTS = re.compile(r"(?:预算|决算)$")
_HEADER = re.compile(r"单位名称|预算单位|编报单位|单位全称")
_MERGED = re.compile(r"(?:预算)?不单列[^。；]*|不单独[^。；]*|并入[^。；]*")


def read(outline: Outline) -> list[MemberUnit]:
    """The member units in printed order, each once. Empty where the report names none."""
    for section in outline.sections:
        if section.role not in ("members", "overview"):
            continue
        found = list(_from_blocks([b for b in section.blocks if not (isinstance(b, Paragraph) and b.text == section.heading)]))
        if found:
            return found
    return []


def _from_blocks(blocks: list[Paragraph | Grid]) -> Iterable[MemberUnit]:
    seen: set[str] = set()
    listing = False
    primed = False  # a sentence spoke of the units that the accounts hold: the list may open in a later one
    style = ""  # how the list is numbered: another style is another list or the next heading
    for block in blocks:
        if isinstance(block, Grid):
            members = _from_grid(block)
        elif listing and (item := _ITEM.match(block.text)) and style in ("", _style(item.group())):
            style = _style(item.group())
            members = [m for m in [_member(block.text[item.end() :], block.locate(item.end(), item.end() + 1))] if m]
        else:
            listing = False
            members = []
            for start, sentence in _sentences(block.text):
                primed = primed or bool(_SCOPE.search(sentence))
                if primed:
                    inline, opened = _from_sentence(sentence, start, block)
                    members += inline
                    listing = listing or opened
            if not members and not listing and seen and not _ITEM.match(block.text):
                return
        for member in members:
            if member.name not in seen:
                seen.add(member.name)
                yield member


def _style(number: str) -> str:
    """The numbering with its figures blanked: "12. " and "3." are alike, "三、" is not."""
    return re.sub(r"\s+", "", re.sub(r"[一二三四五六七八九十]+", "一", re.sub(r"\d+", "1", number)))


def _sentences(text: str) -> Iterable[tuple[int, str]]:
    start = 0
    for match in re.finditer(r"[。\n]", text):
        yield start, text[start : match.end()]
        start = match.end()
    if start < len(text):
        yield start, text[start:]


def _from_sentence(sentence: str, start: int, paragraph: Paragraph) -> tuple[list[MemberUnit], bool]:
    """(members named in the sentence, whether a list is to follow)."""
    opening = None
    scope = _SCOPE.search(sentence)
    for match in _OPENS.finditer(sentence):
        ends = match.group().rstrip().endswith(("：", ":"))
        if scope is None and not (ends and not sentence[match.end() :].strip()):
            continue  # without a word of the accounts only a sentence that opens a list counts
        if scope and match.start() < scope.start() and not ends:
            continue
        opening = match
        if ends:
            break
    if opening is None:
        return [], False
    tail = sentence[opening.end() :]
    if not tail.strip("。；;：: \n"):
        return [], True
    members = []
    offset = start + opening.end()
    for piece in _pieces(tail):
        member = _member(piece, paragraph.locate(offset, offset + 1))
        offset += len(piece)
        if member and _BODY.search(member.name) and not _ACCOUNTS.search(member.name):
            members.append(member)
    return members, False


def _pieces(text: str) -> Iterable[str]:
    """The names of an enumeration and what stands between them. 和 parts two names only after a whole one: not in 人力资源和社会保障局."""
    for piece in re.split(r"([、；;，,])", text):
        start = 0
        for match in re.finditer(r"[和及](?=[\u4e00-\u9fff]{4,})", piece):
            if _BODY.search(piece[start : match.start()]):
                yield piece[start : match.start()]
                yield match.group()
                start = match.end()
        yield piece[start:]


def _from_grid(grid: Grid) -> list[MemberUnit]:
    """A table with a column 单位名称 (and perhaps 备注)."""
    column = note_column = None
    members = []
    for places in grid.matrix():
        texts = [c.text.strip() if c else "" for c in places]
        if column is None:
            column = next((i for i, t in enumerate(texts) if _HEADER.search(t)), None)
            note_column = next((i for i, t in enumerate(texts) if "备注" in t), None)
            continue
        cell = places[column]
        if cell is None or not texts[column] or not re.search(r"[\u4e00-\u9fff]", texts[column]):
            continue
        note = texts[note_column] if note_column is not None else ""
        members.append(MemberUnit(re.sub(r"\s+", "", texts[column]), note or None, cell.locator))
    return members


def _member(text: str, locator: Locator) -> MemberUnit | None:
    text = re.sub(r"\s+", "", text).strip("。；;，,、")
    end = _NAME_END.search(text)
    name = _PREFIX.sub("", text[: end.start()] if end else text)
    rest = text[end.start() :].strip("，,。；;：: ") if end else ""
    if len(name) < 3 or not re.search(r"[\u4e00-\u9fff]", name):
        return None
    merged = _MERGED.search(text)
    return MemberUnit(name, (merged.group() if merged else rest) or None, locator)
