"""Which subject (类/款/项) a sentence speaks of, and its code from the report's own statements.

Forms met: `A（类）B（款）C（项）` with levels left out or misnamed, `A-B-C科目`, a printed code, a class by its name
alone, and names that only the statements know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from pipelines.reports.model import Statement
from pipelines.reports.narrative.vocabulary import Vocabulary, core

_MARK = re.compile(r"（(\d{2,3})?(类|款|项)(?:级)?(?:科目)?）")
_DASHED = re.compile(
    r"([^，。；：、）\d-][^，。；：-]*?)(?:（类）)?-{1,2}([^，。；：-]+?)(?:（款）)?-{1,2}([^，。；：-]+?)(?:（项）)?科?目(?=[\d，：为支预安])"
)
# … and A-B-C right before an amount; below a class that was spoken of also B-C
_DASHED_AMOUNT = re.compile(
    r"(?:^|(?<=[，。；：、）.]))([^，。；：、（）\d.-]{2,30})-{1,2}([^，。；：、（）\d-]{2,30})(?:-{1,2}([^，。；：、（）\d-]{2,40}?))?(?=\d[\d,.]*(?:亿元|万元|元))"
)
# a printed code before or after the name: 2010301行政运行, 行政运行（2010301）
_CODED = re.compile(
    r"(?<![\d.,〔])(2[0-3]\d(?:\d{4}|\d{2})?)-?([\u4e00-\u9fff（）]{2,40}?)(?:支出|科目)?(?=[\d：，]|(?:年初|全年)?(?:预算|决算|安排)数?)"
)
_CODE_AFTER = re.compile(r"（(2[0-3]\d(?:\d{4}|\d{2})?)(?:(?<=\d{5})[款项]|(?<=\d{7})项)?）|（(2[0-3]\d)类(\d{2})款(?:(\d{2})项)?）")
_LEAD = re.compile(
    r"^(?:[、，和与及.]|支出|(?:19|20)\d\d年(?:度)?|其中|包括|主要用于以下方面|用于(?!.{2,12}的彩票公益金)|\d{1,2}[.、]|（[一二三四五六七八九十\d]+）|[一二三四五六七八九十]+(?:是|、)|第[一二三四五]|[①-⑳]|\s|-)+"
)
_CLAUSE = "，。；：！"
_LEVEL = {"类": 0, "款": 1, "项": 2}
_FUNCTION_ROLES = (
    "expenditure",
    "general_public_expenditure",
    "fiscal_appropriation_expenditure",
    "government_fund",
    "state_capital",
    "income",
)


@dataclass(slots=True, frozen=True)
class Item:
    """A subject as the narrative names it. `level` 0 class, 1 section, 2 item; `economic`: a 301xx name."""

    level: int
    class_: str | None = None
    section: str | None = None
    name: str | None = None
    no: int | None = None
    economic: bool = False
    code: str | None = None  # where the text prints it: 2010301行政运行

    @property
    def label(self) -> str | None:
        """The name of its own level."""
        return (self.class_, self.section, self.name)[self.level]


@dataclass(slots=True)
class Mark:
    """From character `end` of the folded text on, the text speaks of `item`; its name begins at `start`."""

    start: int
    end: int
    item: Item


def class_name(name: str, vocabulary: Vocabulary) -> str:
    """一般公共服务 → 一般公共服务支出: classes are printed with and without 支出."""
    if name in vocabulary.classes:
        return name
    return name + "支出" if name + "支出" in vocabulary.classes else name


def _plain(name: str) -> str:
    return re.sub(r"[\s（）()、]|其它", lambda m: "其他" if m.group() == "其它" else "", name)


_core = core


@dataclass(slots=True)
class CodeIndex:
    """Codes and names of the report's statements: functional (2xx) and departmental economic (3xx)."""

    function: dict[str, str] = field(default_factory=dict)  # code → name
    economic: dict[str, str] = field(default_factory=dict)
    _memo: dict[tuple[str | None, str | None, str | None, int, bool], str | None] = field(default_factory=dict)
    _by_name: dict[str, list[str]] = field(default_factory=dict)
    _economic_by_name: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> CodeIndex:
        index = cls()
        for statement in statements:
            for row in statement.rows:
                code = row.code or ""
                if not code.isdigit() or not row.name:
                    continue
                if code[0] == "2" and len(code) in (3, 5, 7) and statement.role.split("#")[0].startswith(_FUNCTION_ROLES):
                    index.function.setdefault(code, row.name)
                elif code[0] in "3" and len(code) in (3, 5):
                    index.economic.setdefault(code, row.name)
        for names, codes in ((index._by_name, index.function), (index._economic_by_name, index.economic)):
            for code, name in codes.items():
                names.setdefault(_core(name), []).append(code)
        return index

    def code(self, item: Item, vocabulary: Vocabulary) -> str | None:
        """The code of an item: by its exact name, else by the one clearly nearest name under the same parent, else None."""
        if item.code is not None:
            return item.code
        key = (item.class_, item.section, item.name, item.level, item.economic)
        if key not in self._memo:
            self._memo[key] = self._economic(item) if item.economic else self._function(item, vocabulary)
        return self._memo[key]

    def _pick(self, codes: dict[str, str], name: str, prefix: str, length: int) -> str | None:
        under = {code: label for code, label in codes.items() if len(code) == length and code.startswith(prefix)}
        wanted, core = _plain(name), _core(name)
        for fold, sought in ((_plain, wanted), (_core, core)):
            hits = [code for code, label in under.items() if fold(label) == sought]
            if len(hits) == 1:
                return hits[0]
            if hits:
                return None  # the same name under two parents that the text does not tell apart
        if len(core) < 3:
            return None
        ranked = sorted(((fuzz.ratio(core, _core(label)), code) for code, label in under.items()), reverse=True)
        contained = [code for code, label in under.items() if core in _core(label) or _core(label) in core]
        if len(contained) == 1 and ranked and ranked[0][1] == contained[0]:
            return contained[0]
        if ranked and ranked[0][0] >= 80 and (len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= 8):
            return ranked[0][1]
        return None

    def _function(self, item: Item, vocabulary: Vocabulary) -> str | None:
        prefix = "2"
        if item.class_:
            found = vocabulary.classes.get(class_name(item.class_, vocabulary)) or self._pick(self.function, item.class_, "2", 3)
            if found is None and item.level == 0:
                return None
            prefix = found or "2"
        if item.level == 0:
            return prefix if item.class_ and len(prefix) == 3 else None
        if item.section:
            section = self._pick(self.function, item.section, prefix, 5)
            if item.level == 1:
                return section
            if section is not None:
                return self._pick(self.function, item.name or "", section, 7)
            # the 款 is misspelt or left to its parent: the 项 under the class, where only one fits
        return self._pick(self.function, item.name or "", prefix, 7) if item.level == 2 else None

    def _economic(self, item: Item) -> str | None:
        if item.level == 0:
            return self._pick(self.economic, item.class_ or "", "3", 3)
        prefix = self._pick(self.economic, item.class_, "3", 3) if item.class_ else None
        return self._pick(self.economic, item.name or item.section or "", prefix or "3", 5)

    def named(self, name: str, economic: bool, economic_names: frozenset[str] = frozenset()) -> Item | None:
        """The item that the statements print under exactly this name, for text that names it without 类/款/项.

        A file without functional tables (the narrative alone) has none: its items are known by `Vocabulary.items`.
        """
        codes = (self._economic_by_name if economic else self._by_name).get(_core(name), [])
        if not codes:
            return Item(1, section=name, economic=True) if economic and core(name) in economic_names else None
        if economic:
            levels = {len(c) for c in codes}
            if levels == {3}:
                return Item(0, class_=name, economic=True)
            return Item(1, section=name, economic=True)
        levels = {len(c) for c in codes}
        best = 7 if 7 in levels else 5 if 5 in levels else 3
        of_level = [c for c in codes if len(c) == best]
        if len(of_level) != 1:
            return Item(2, name=name) if best == 7 else None
        code = of_level[0]
        return Item(
            (best - 3) // 2,
            class_=self.function.get(code[:3]) if best >= 3 else None,
            section=self.function.get(code[:5]) if best >= 5 else None,
            name=name if best == 7 else None,
        )


def _name_before(text: str, end: int, floor: int) -> tuple[str, int]:
    """The name that ends at `end`: back to the clause start, but brackets inside the name (办公厅（室）) belong to it."""
    depth, i = 0, end
    while i > floor:
        char = text[i - 1]
        if char == "）":
            depth += 1
        elif char == "（":
            if depth == 0:
                break
            depth -= 1
        elif char in _CLAUSE and depth == 0:
            break
        i -= 1
    name = text[i:end]
    cut = _LEAD.match(name)
    if cut is not None:
        i += cut.end()
        name = name[cut.end() :]
    return name, i


_UNITS = ("年", "个", "万", "元", "人", "次", "辆", "项", "家", "台", "平")


def _coded(code: str, name: str, start: int, end: int) -> Mark:
    level = (len(code) - 3) // 2
    class_, section, item = (name if i == level else None for i in range(3))
    return Mark(start, end, Item(level, class_, section, item, code=code))


def marks(text: str, number_ends: list[int], before: Item | None, vocabulary: Vocabulary, economic: bool) -> list[Mark]:
    """Where the text names a subject by 类/款/项 or A-B-C科目, in order. `before` is what was spoken of so far (its class carries on)."""
    out: list[Mark] = []
    current = before
    floor = 0
    if "-" in text and "目" in text:
        for match in _DASHED.finditer(text):
            head = _LEAD.sub("", match[1])
            if class_name(head, vocabulary) in vocabulary.classes:
                item = Item(2, class_=class_name(head, vocabulary), section=match[2], name=match[3], no=_number(text, match.start()))
                out.append(Mark(match.start(), match.end(), item))
                current = item
    if "-" in text and not economic:
        for match in _DASHED_AMOUNT.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in out):
                continue
            head = class_name(match[1], vocabulary)
            above = current.class_ if current is not None and not current.economic else None
            if match[3] and head in vocabulary.classes:
                current = Item(2, class_=head, section=match[2], name=match[3], no=_number(text, match.start()))
            elif not match[3] and above is not None and core(match[2]) in vocabulary.items:
                current = Item(2, class_=above, section=match[1], name=match[2], no=_number(text, match.start()))
            else:
                continue
            out.append(Mark(match.start(), match.end(), current))
    if not economic and "2" in text:
        for match in _CODED.finditer(text):
            if not _MARK.search(match.group()) and not match[2].startswith((*_UNITS, "类", "款", "项")):
                whole = match[2].endswith("缴费") and text.startswith("支出", match.end(2))  # …养老保险缴费支出 is the whole name
                out.append(_coded(match[1], match[2] + "支出" * whole, match.start(), match.end()))
        for match in _CODE_AFTER.finditer(text):
            name, start = _name_before(text, match.start(), max((e for e in number_ends if e <= match.start()), default=0))
            if 1 < len(name) <= 40 and not name.endswith("）"):
                out.append(_coded("".join(filter(None, match.groups())), name, start, match.end()))
    for match in _MARK.finditer(text):
        level = _LEVEL[match[2]]
        code = _code_of_level(match[1], level, current)
        if match[1] and (code is None or economic):
            continue  # 项目（12项）
        start_floor = max([floor] + [e for e in number_ends if e <= match.start()])
        name, start = _name_before(text, match.start(), start_floor)
        floor = match.end()
        if not name or len(name) > 60:
            continue
        no = _number(text, start)
        if no is None and out and out[-1].end == start:
            no = out[-1].item.no
        if economic:
            if level == 0:
                current = Item(0, class_=name, no=no, economic=True)
            else:
                current = Item(1, class_=current.class_ if current and current.economic else None, section=name, no=no, economic=True)
        elif level == 0:
            label = class_name(name, vocabulary)
            if label not in vocabulary.classes and current is not None and current.class_ and not current.economic:
                current = Item(1, class_=current.class_, section=name, no=no)  # 款 misnamed 类
            else:
                current = Item(0, class_=label, no=no, code=code)
        elif level == 1:
            current = Item(1, class_=current.class_ if current and not current.economic else None, section=name, no=no, code=code)
        else:
            current = Item(
                2,
                class_=current.class_ if current and not current.economic else None,
                section=current.section if current and not current.economic else None,
                name=name,
                no=no,
                code=code,
            )
        if out and out[-1].end == start and out[-1].item.level < current.level:
            out[-1] = Mark(out[-1].start, match.end(), current)
        else:
            out.append(Mark(start, match.end(), current))
    out.sort(key=lambda m: m.end)
    return out


def _code_of_level(digits: str | None, level: int, above: Item | None) -> str | None:
    """教育支出（205类）普通教育（02款）小学教育（02项）: 205, 20502, 2050202; None where the digits are no code of this level."""
    if not digits:
        return None
    if level == 0:
        return digits if len(digits) == 3 and digits[0] == "2" else None
    parent = (above.code or "")[: 1 + 2 * level] if above is not None and not above.economic else ""
    return parent + digits if len(parent) == 1 + 2 * level and len(digits) == 2 else None


def _number(text: str, start: int) -> int | None:
    """The printed numbering right before a name: 12. or （3）."""
    match = re.search(r"(?:(\d{1,2})[.、]|（(\d{1,2})）|(?:^|[。；])(\d{1,2}))$", text[max(0, start - 5) : start])
    return int(next(g for g in match.groups() if g)) if match else None
