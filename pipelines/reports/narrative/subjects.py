"""Who the words before a number speak of: a known subject, a functional class, an item, or what went before."""

from __future__ import annotations

import re

from pipelines.reports.narrative.items import CodeIndex, Item, class_name
from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.state import CLAUSES, ECONOMIC_TOPICS, JOIN, Found, State, made
from pipelines.reports.narrative.vocabulary import Subject, Vocabulary, core

_BARE_TOPICS = frozenset(
    {"income_expenditure_summary", "income", "expenditure", "compilation_note", "overview", "other", "other_matters", "execution_analysis"}
)
_TOTAL_WORD = re.compile(r"合计|总计|总额|总预算|总")
_OPENS_LIST = re.compile(r"(?:其中|包括)[：，]?(?:本年度?|当年|[（\d一二三四五）.、])*$|^[，；]?(?:本年|当年|(?:19|20)\d\d年度?)$")
_BEFORE_NAME = re.compile(
    r"^(?:(?:基本|项目)支出中|中(?=机关事业单位)|[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|、|其中|包括|用于|和|及|主要)+"
)
_AFTER_NAME = re.compile(r"(?:（[类款项]）)?(?:(?:年初|全年)?(?:预算|决算|安排|科目|合计|共计|总计|为|是|共|约|数)+)*$")
_BEFORE_CLASS = re.compile(
    r"(?:其中|用于|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|[一二三四五六七八九十]+是|、|和|及|(?:19|20)\d\d年度?)*"
)
_TWINS = {
    ("three_public.reception.foreign_batches", "three_public.reception.people"): "three_public.reception.foreign_people",
    ("three_public.reception.batches", "three_public.reception.foreign_people"): "three_public.reception.people",
}
"""(batches just read, people as the words alone tell): whose people they are."""
_REST_OF = re.compile(r"其他[^的]{3,20}支出")
"""其他财政事务支出: every section of the classification ends with one."""
_ITEMISED = frozenset(
    {"expenditure", "general_public_expenditure", "fiscal_appropriation_expenditure", "fiscal_appropriation_summary", "compilation_note"}
)
"""Headings under which spending is told by functional items."""
_DIVIDED_ANYHOW = frozenset({"expenditure", "income_expenditure_summary"})
_PART = re.compile(r"\.(?:count|area)$")


def _side(words: str) -> str | None:
    """Which side words speak of: the one they name last."""
    income, spent = words.rfind("收入"), words.rfind("支出")
    return None if income == spent else "income" if income > spent else "expenditure"


class Subjects:
    """Finds subjects for one paragraph. `body` is the publishing body's folded name."""

    def __init__(self, words: Vocabulary, codes: CodeIndex, body: str, state: State) -> None:
        self.words = words
        self.codes = codes
        self.body = body
        self.state = state

    def of_lead(self, head: str, first: bool, marked: bool, measure: str) -> Found:
        """Who the words before a number speak of: a named subject, or what was spoken of before where they name none."""
        state = self.state
        if marked and self.words.filler.fullmatch(head):
            return Found(state.subject, state.item, 0, carried=True)
        found = self.search(head, money=True, first=first)
        if found is not None:
            return found
        # a clause without content: what was spoken of before
        clauses = CLAUSES.split(head)
        if not clauses[-1] and measure != "value":
            return Found(state.subject, state.item, 0, carried=True)  # …，占本年收入90.91%
        last = clauses[-1] if clauses[-1] else (clauses[-2] if len(clauses) > 1 else "")
        plain = last.replace(self.body, "") if self.body else last
        if self.words.before_bare.fullmatch(plain):
            return Found(state.subject, state.item, 0, carried=True)
        named = self._named(plain)
        if named is not None:
            return Found(state.item_subject(named), named, max(0, len(head) - len(last)))
        return Found(None, None, 0, unknown=plain)

    def _named(self, words: str) -> Item | None:
        """A name that only the statements know, or a functional class by its name alone."""
        piece = _BEFORE_NAME.sub("", words)
        piece = _AFTER_NAME.sub("", piece)
        if not 1 < len(piece) <= 40:
            return None
        name = class_name(piece, self.words)
        if self.state.topic not in ECONOMIC_TOPICS:
            if name in self.words.classes and not self._is_other(name) and self.state.topic != "project":
                return Item(0, class_=name)
            if core(piece) in self.words.economic_classes and self.state.topic not in ("performance", "project"):
                return Item(0, class_=piece, economic=True)
        named = self.codes.named(piece, self.state.topic in ECONOMIC_TOPICS, self.words.economic)
        known = core(piece) in self.words.items or (_REST_OF.fullmatch(piece) is not None and core(piece) not in self.words.economic)
        if named is None and self.state.topic in _ITEMISED and not self.codes.function and known:
            of_money = self.state.item is not None and self.state.item.economic  # 住房公积金 among 301xx
            return None if of_money else Item(2, name=piece)
        return named

    def search(self, head: str, money: bool, first: bool = True) -> Found | None:
        """The last subject named in the words; None where none is named."""
        words, state = self.words, self.state
        if not head:
            return None
        hits: list[tuple[int, int, Subject]] = []
        for subject in words.subjects(state.topic, state.kind, money):
            for word in subject.needs:  # a cheap test before the pattern: this loop is the hottest of the narrative
                if word in head:
                    break
            else:
                continue
            for match in subject.pattern.finditer(head):
                if match.end() == match.start():
                    continue
                if subject.general and state.speaking_of_item and state.item is not None and state.item.level > 0:
                    continue
                if subject.bare and not self._stands_bare(head, match, first):
                    continue
                if subject.side is not None and subject.side != (_side(head[: match.start()]) or state.side):
                    continue
                if subject.after and not (state.counted is not None and state.counted.base.startswith(subject.after)):
                    continue
                if subject.tight:
                    before = self._clause_before(head, match.start())
                    if (again := subject.pattern.match(before)) is not None:
                        before = before[again.end() :]  # 1、基本支出2023年基本支出
                    if not (before.endswith("等") or words.before_bare.fullmatch(before)):
                        continue
                hits.append((match.start(), match.end(), subject))
        kept = [h for i, h in enumerate(hits) if not any(self._covers(o, h, j < i) for j, o in enumerate(hits) if j != i)]
        class_hit = self._class(head)
        if class_hit is not None and not any(h[0] <= class_hit[0] and h[1] > class_hit[1] for h in kept):
            kept = [h for h in kept if not (class_hit[0] <= h[0] and h[1] <= class_hit[1])]
            if not any(h[0] > class_hit[0] for h in kept):
                rest = head[class_hit[1] :]
                if self.words.filler.fullmatch(rest):
                    item = Item(0, class_=class_hit[2], no=None)
                    return Found(state.item_subject(item), item, class_hit[0])
        if not kept:
            return None
        kept.sort(key=lambda h: h[0])
        start, end, subject = kept[-1]
        found = Found(subject, None, start, matches=[(s, None) for _, _, s in kept])
        found.side = _side(head[start:end])
        run = 1
        while run < len(kept) and head[kept[-run - 1][1] : kept[-run][0]] in JOIN:
            run += 1
        found.joined = run
        rest = head[end:]
        if rest and not words.filler.fullmatch(rest):
            clauses = CLAUSES.split(rest)
            named = self._named(clauses[-1]) if len(clauses[-1]) > 1 else None
            if named is not None:
                return Found(state.item_subject(named), named, len(head) - len(clauses[-1]))
            if len(clauses) > 1 and (not clauses[-1] or words.before_bare.fullmatch(clauses[-1])):
                return found  # an aside stands between: 三公经费支出…，严格执行…，共12万元
            found.unknown = rest
        return found

    @staticmethod
    def _covers(one: tuple[int, int, Subject], other: tuple[int, int, Subject], earlier: bool) -> bool:
        if one[0] <= other[0] and other[1] <= one[1]:
            return (one[0], one[1]) != (other[0], other[1]) or earlier
        return False

    def _clause_before(self, head: str, start: int) -> str:
        cut = max((head.rfind(c, 0, start) for c in "，：；。、"), default=-1)
        before = head[cut + 1 : start]
        return before.replace(self.body, "") if self.body else before

    def _stands_bare(self, head: str, match: re.Match[str], first: bool) -> bool:
        """A bare 收入 or 支出 means the whole report only at the start of a sentence, or with 合计, after nothing but the body's name."""
        if self.state.topic not in _BARE_TOPICS and not _TOTAL_WORD.search(match.group()):
            return False
        if not first and not _TOTAL_WORD.search(match.group()):
            before = head[: match.start()]
            if self.state.topic in ("income_expenditure_summary", "overview") and before in ("，", "；", "、"):
                return True
            if not _OPENS_LIST.search(before):
                return False
        clause = self._clause_before(head, match.start())
        if self.state.open and self.state.speaking_of_item and not self.words.filler.fullmatch(clause):
            return False  # 公共安全支出100万元；监狱支出50万元: one more item, not the whole
        return self.words.before_bare.fullmatch(clause) is not None

    def _class(self, head: str) -> tuple[int, int, str] | None:
        """A functional class named without （类） at the start of the last clause. A project's 预备费 is none."""
        if self.state.topic in ECONOMIC_TOPICS or self.state.topic == "project":
            return None
        cut = max((head.rfind(c) for c in "，：；。、"), default=-1)
        start = cut + 1
        piece = head[start:]
        lead = _BEFORE_CLASS.match(piece)
        if lead:
            start += lead.end()
            piece = piece[lead.end() :]
        for length in range(min(len(piece), 14), 1, -1):
            name = class_name(piece[:length], self.words)
            if name == "国有资本经营预算支出" and not piece[:length].endswith("支出"):
                continue  # the fund, not the class
            if self._is_other(name):
                continue
            if name in self.words.classes and (name != "其他支出" or length == len(piece) or piece[length:].startswith(("类", "（类"))):
                return start, start + length, name
        return None

    def _is_other(self, name: str) -> bool:
        """其他支出 is the class only among classes; elsewhere it is what a list of any kind leaves over."""
        state = self.state
        among = state.item is not None and not state.item.economic
        return name == "其他支出" and not among and state.topic in _DIVIDED_ANYHOW

    def counted(self, number: Number, lead: str, tail: str, only_bare: bool = False) -> Subject | None:
        state = self.state
        # the words since the last clause but one: a count is named close by
        near = lead[-60:].removesuffix("（")  # 一般公务用车（1辆，…）
        around = f"{near}#{tail}"
        at = len(near)
        best: tuple[tuple[int, int], Subject] | None = None
        for subject in self.words.subjects(state.topic, state.kind, money=False):
            if number.unit not in subject.units or (only_bare and "" not in subject.units):
                continue
            if subject.after and not any(s is not None and s.base.startswith(subject.after) for s in (state.subject, state.counted)):
                continue
            for match in subject.pattern.finditer(around):
                rank = (match.end() - match.start(), max(map(len, subject.after), default=0))
                if match.start() <= at < match.end() and (best is None or rank > best[0]):
                    best = (rank, subject)
        named: Subject | None = best[1] if best else None
        return self._twin(named, near)

    def _twin(self, subject: Subject | None, near: str) -> Subject | None:
        """The people of the batches just read (外事接待2批，累计接待8人次), where the words do not say which."""
        state = self.state
        twin = _TWINS.get((state.counted.base, subject.base)) if subject is not None and state.counted is not None else None
        if twin is not None and not re.search("[内外]", re.split("[，；。]", near)[-1]):
            subject = next((s for s in self.words.count if s.base == twin), subject)
        return subject

    def parts(self, found: Found, chain: int) -> list[tuple[Subject, Item | None]]:
        subject = found.subject
        if subject is not None and len(subject.parts) == chain:
            return [(self.by_base(base), None) for base in subject.parts]
        if len(found.matches) >= chain:
            return found.matches[-chain:]
        return list(self.state.joined) if found.carried and len(self.state.joined) == chain else []

    def counted_whole(self, counted: Subject) -> Subject | None:
        """The amount that belongs to a count: 无形资产 of its number, 接待费 of its guests."""
        for base in (counted.amount or "", _PART.sub("", counted.base), counted.base.rpartition(".")[0]):
            found = self.words.by_base.get(base)
            if found is not None and base != counted.base:
                return found
        return None

    def sum_of(self, bases: list[str]) -> Subject | None:
        """What several subjects with one amount add up to: 出国、用车和接待 are the 三公; else not known."""
        if len(bases) < 3:
            return None
        prefix = bases[0].split(".")
        for base in bases[1:]:
            parts = base.split(".")
            prefix = [a for a, b in zip(prefix, parts, strict=False) if a == b]
        whole = ".".join(prefix)
        found = self.words.by_base.get(whole)
        return found if found is not None and found.whole else None

    def by_base(self, base: str) -> Subject:
        return self.words.by_base.get(base) or made(base, base, "some")
