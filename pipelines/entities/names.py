"""Names of bodies (单位名称): folded to what tells them apart, and how alike two of them are.

`fold` drops what writers vary (region in front, brackets, 本级, full-width, long and short forms of the data in unit_terms.csv);
what is left identifies the body within its region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipelines.entities.regions import Regions, clean
from pipelines.entities.seeds import Seeds, Term

_HEAD = re.compile(r"（(?:[局厅部委院]?本级|本部|机关本级|机关|本单位)）$|(?:机关)?(?:本级|本部)$")
# 省, 市, 县, 区 left in front of a name that leaves its region out: not in 省委, 市场, 市政, 区域 …
_LEVEL = re.compile(r"^(?:省(?![委级直])|市(?![委级直场容民]|政(?![府协法]))|县(?![委级直域])|区(?![委级直域划]))(?=..)")
_PARTY = re.compile(r"(?:中国共产党|中共)(?=.{2,}委)")
_OF_GOVERNMENT = re.compile(r"^政府(?=.+(?:街道|镇政府|乡政府)$)")  # 普陀区人民政府万里街道办事处
_BRACKET = re.compile(r"（[^（）]*）")
_YEAR = re.compile(r"(?:19|20)\d\d年度?")
_TAIL = re.compile(r"(?:部门|单位)?(?:决算|预算)(?:公开)?$")
_MARK = re.compile(r"[·•,，.。、:：;；“”\"'‘’《》\-—_]")
# numerals, compass points, 上中下: two names that differ in these alone are two bodies (第一中学 / 第二中学)
_ORDINAL = re.compile(r"第?[一二三四五六七八九十百0-9]+|[东南西北中上下左右新老]")
# the generic ending of a body's name, longest first
_GENERIC = re.compile(
    r"(?<=..)(?:管理委员会|(?:事务|服务|管理)中心|管理[局处所站]|委员会|办公[室厅]|中心|[小中]学|学校|幼儿园|医院|卫生院|街道|[镇乡]政府"
    r"|[总支大]队|[局厅处所站馆院部委])$"
)


@dataclass(frozen=True)
class Folded:
    """A folded name: `core` tells bodies of one region apart; `is_head` where the name says 本级, 本部; `region_code` it begins with."""

    core: str
    is_head: bool
    region_code: str | None


class Names:
    """Folding with the terms of a home; each distinct name is folded once."""

    def __init__(self, seeds: Seeds, regions: Regions):
        self.regions = regions
        terms = sorted(((clean(t.term), clean(t.canonical)) for t in seeds.rows(Term)), key=lambda t: (-len(t[0]), t[0]))
        self._terms = dict(terms)
        self._pattern = re.compile("|".join(re.escape(t) for t, _ in terms)) if terms else None
        self._cache: dict[tuple[str, int | None], Folded] = {}

    def fold(self, name: str, year: int | None = None) -> Folded:
        key = (name, year)
        if key not in self._cache:
            self._cache[key] = self._fold(name, year)
        return self._cache[key]

    def _fold(self, name: str, year: int | None) -> Folded:
        text = _TAIL.sub("", _YEAR.sub("", clean(name)))
        text, heads = _HEAD.subn("", text)
        party = _PARTY.match(text)  # 中共济源市委员会组织部 is the 市委组织部 of 济源市
        text = text[party.end() :] if party else text
        place, length = self.regions.of_prefix(text, year)
        rest = text[length:]
        if length and rest.startswith("委") and not rest.startswith("委托"):
            rest = text[length - 1] + "委" + rest.removeprefix("委员会").removeprefix("委")
        if not rest:  # the whole name is the region's
            rest = text
        rest = rest if length else _LEVEL.sub("", rest)
        rest = _BRACKET.sub("", _MARK.sub("", rest)) or rest
        if self._pattern:
            rest = self._pattern.sub(lambda m: self._terms[m[0]], rest)
        return Folded(_OF_GOVERNMENT.sub("", rest), bool(heads), place.region_code)


def _stem(core: str) -> str:
    return _GENERIC.sub("", core)


def likeness(a: str, b: str) -> float:
    """0..100: how likely two folded names mean one body. Names that differ only in a numeral or a direction score 0."""
    if a == b:
        return 100.0
    if _ORDINAL.findall(a) != _ORDINAL.findall(b) and _ORDINAL.sub("", a) == _ORDINAL.sub("", b):
        return 0.0
    whole, stem = fuzz.ratio(a, b), fuzz.ratio(_stem(a), _stem(b))
    return round(min(whole, stem + 5.0), 1)
