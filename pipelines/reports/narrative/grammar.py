"""The clause grammar: reads the numbers of a paragraph sentence by sentence, each with what it is said of and what it says.

The words between two numbers hold a subject, a base of comparison and a relation; `State` carries on what they leave unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.reports.narrative.counting import Counting
from pipelines.reports.narrative.items import CodeIndex, Mark
from pipelines.reports.narrative.measures import AMOUNTS, Measures
from pipelines.reports.narrative.naming import Naming
from pipelines.reports.narrative.sentences import Number, Sentence
from pipelines.reports.narrative.state import CLAUSES, JOIN, Found, State, Stated, is_item, made
from pipelines.reports.narrative.subjects import Subjects
from pipelines.reports.narrative.vocabulary import Vocabulary
from pipelines.reports.narrative.zones import Zones

_SHARE_OF = re.compile(r"^[，；]?占[^，。；]{2,24}$")
_OF_FISCAL = re.compile(r"占(?:本年)?财政拨款(?:预算)?总?支出")
_STOP = re.compile(r"[，。；、：（]")
_LIST = re.compile(r"其中|包括(?!：?基本工资)|分别是|如下|具体")
_LISTED_SIDE = re.compile(r"(收入|支出)(?:主要)?(?:包括|来源)：$")
_OF_A_BUDGET = ("initial_budget", "annual_budget")
_PARTS_OF_SPENDING = (".basic", ".project", ".personnel", ".public")
_CONTAINED = re.compile(r"^(?:其中)?含(?!税)")
_OF_FUNDS = re.compile(r"一般公共预算|政府性基金预算|国有资本经营预算|财政|拨款|公共")
_LATER = "an amount of a year after the report's"
_EACH = re.compile(r"(?:均|都|皆|各)(?:为|是|安排)?$")
_EACH_OF = re.compile(r"分别(?:为|是|占|增长|下降|增加|减少)?(?:了|约)?$")
_PER_UNIT = re.compile(r"人均|车均|户均|平均|每[辆人户台]")
_ASIDE = re.compile(
    r"（[^（）]{0,10}下同）|（(?:全部为|全部是|均为|含|不含|不包括|包括|以|按|剔除|扣除)[^（）]{0,24}）"
)  # asides without a number
_LEFT_OUT = re.compile(r"(?:扣除|剔除)[^，。；\d]{2,24}(?:因素|影响)后")
_CHANGED = ("yoy_change", "change_vs_budget", "change_vs_initial_budget", "change_vs_previous_execution")
_DIVIDED_BY_FUND = ("three_public", "meeting", "training", "agency_operating")
_GRAND = re.compile(r"总(?:收入|支出)(?:合计|总计)?(?:为|是|共)?$")
_OF_YEAR = re.compile(r"^，?（?(?:其中|包括)[：，]?本年(?:收入|支出)")
_DIVIDED = ("expenditure", "general_public_expenditure", "fiscal_appropriation_expenditure")
_FUNDS = ("general_public", "fiscal_appropriation", "government_fund", "state_capital")
_FUND_CLASSES = {"国有资本经营预算支出": "state_capital"}


class Reading:
    """Reads the numbers of a paragraph, sentence by sentence."""

    def __init__(self, words: Vocabulary, codes: CodeIndex, body: str, state: State) -> None:
        self.words = words
        self.state = state
        self.item_before = None if state.listing else state.item  # spoken of in the paragraph before
        self.subjects = Subjects(words, codes, body, state)
        self.measures = Measures(words, state)
        self.zones = Zones(words, self.subjects, state)
        self.naming = Naming(state)
        self.staff = False  # the sentence tells head counts: 编制12名，在职10人
        self.counting = Counting(words, state, self.subjects, self.measures, self.naming)

    def inline_heading(self, text: str) -> None:
        """A heading inside a paragraph: what was spoken of ends."""
        state = self.state
        found = self.subjects.search(text, money=True)
        state.zone = None
        if found is not None and found.subject is not None and found.unknown is None:
            state.subject, state.item = found.subject, found.item

    def sentence(self, text: str, sentence: Sentence, inner: list[Number], marks: list[Mark]) -> Iterator[Stated]:
        state = self.state
        state.basis = None
        state.orphans = (state.orphans and state.open) or (state.lost and state.listing)
        state.lost = state.part = False
        start = sentence.start
        state.counted = None
        self.staff = (
            state.offices and state.topic == "overview" and self.words.project["staff"].search(text, start, sentence.end) is not None
        )
        state.spoken.clear()
        first_number = next((n for n in inner if not n.limit), None)
        if state.zone is not None and first_number is not None:
            self.zones.leave(text[start : sentence.end], text[start : first_number.start], marks, first_number)
        if state.topic == "performance":
            self._group(text[start : inner[0].start] if inner else text[start : sentence.end])
        next_mark = 0
        for i, number in enumerate(inner):
            mark_end = start
            while next_mark < len(marks) and marks[next_mark].end <= number.start:
                if state.zone != "reason":
                    state.zone = None
                    state.speak_item(marks[next_mark].item)
                    mark_end = max(mark_end, marks[next_mark].end)
                next_mark += 1
            if number.limit and not number.score_floor:
                continue
            lead = text[start : number.start]
            following = inner[i + 1].start if i + 1 < len(inner) else len(text)
            stop = _STOP.search(text, number.end, min(following, number.end + 24))
            tail = text[number.end : stop.start() if stop else min(following, number.end + 24)]
            stated = self._number(text, number, lead, tail, start == sentence.start, mark_end - start, inner[i + 1 :])
            if stated is not None:
                if state.zone is None:
                    said = text[sentence.start : number.start]
                    owner = state.aside if said.count("（") > said.count("）") else None
                    state.spoken.append((number.end, *(owner or (state.subject, state.item))[:2]))
                yield stated
                yield from (Stated(number, metric) for metric in stated.also)
                start = number.end
            elif number.kind != "bare":
                start = number.end
        while next_mark < len(marks):
            if state.zone is None:
                state.speak_item(marks[next_mark].item)
            next_mark += 1
        rest = text[start : sentence.end]
        self.zones.follow(rest)
        if not inner and (side := _LISTED_SIDE.search(rest)) is not None:
            state.side = "income" if side[1] == "收入" else "expenditure"
        state.listing = rest.endswith(("其中：", "其中"))
        state.open = not sentence.closed
        if state.aside is not None and "）" in rest.partition("（")[0]:
            state.subject, state.item, state.counted = state.aside
            state.aside = None
        if sentence.closed:
            state.zone = None
            state.mode = None
            state.investing = False
            state.said.clear()
            state.past = state.later = False
            state.staged = None
            if state.parent is not None:
                state.subject, state.item = state.parent
                state.parent = None

    # ── one number ──────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _number(self, text: str, number: Number, lead: str, tail: str, first: bool, marked: int, rest: list[Number]) -> Stated | None:
        state = self.state
        if number.about:
            return None
        cut = marked + self.zones.follow(lead[marked:], number.kind)
        if (
            state.zone == "usage"
            and number.kind == "count"
            and state.topic not in ("performance", "project")
            and self.subjects.counted(number, lead, tail) is not None
        ):
            state.zone = None  # 用于召开会议3次
        if state.zone is not None:
            return None if state.topic == "overview" else self._explained(number, lead)
        if number.malformed:
            return Stated(number, None, why=f"a number that is printed wrongly: {number.printed}")
        if first and lead.startswith("其中：") and state.parent is None and state.subject is not None and state.subject.base in _FUNDS:
            state.parent = (state.subject, state.item)
        if _LIST.search(lead) and not first:
            state.orphans = state.orphans or state.lost
            if state.parent is None:
                state.parent = (state.subject, state.item)
        if state.topic == "performance":
            self._group(lead)
        if state.topic in ("asset_occupation", "other_matters", "other"):
            state.mode = next((name for name, pattern in self.words.modes.items() if pattern.search(lead)), state.mode)
        start = max(cut, marked)
        lead, first = _LEFT_OUT.sub("", _ASIDE.sub("", lead[start:])), first and start == 0
        lead, first = self._aside(lead, first, number)
        if state.topic == "overview" and (not (state.people or self.staff) or number.kind in ("money", "pct", "score", "area")):
            return None  # duties, offices and last year's work: no accounts
        if number.kind == "money" and first and (own := self.naming.project_budget(number, lead)) is not None:
            return own
        if number.kind in ("money", "pct"):
            stated = self._amount(text, number, lead, tail, first, marked > 0, rest)
        elif number.kind == "bare":
            stated = self.counting.bare(number, lead, tail)
        else:
            stated = self.counting.count(number, lead, tail)
        if stated is not None and stated.metric == "project.annual_budget" and self._is_of_no_year(lead):
            stated.metric = "project.stated_amount"
        if (
            stated is not None
            and stated.metric is not None
            and state.mode
            and stated.metric.startswith("assets.")
            and "_income" not in stated.metric
        ):
            stated.metric = stated.metric.replace("assets.", f"assets.{state.mode}.", 1)
        return stated

    def _is_of_no_year(self, lead: str) -> bool:
        """总投资900万元，其中：工程费800万元; 2025年安排500万元 in a budget of 2026: told of a project, but not its budget of the year."""
        state, said = self.state, self.words.not_stage.sub("", lead)
        if self.words.project["investment"].search(said):
            state.investing = True
        elif self.words.project["of_year"].search(said):
            state.investing = False
        return state.investing or self.measures.is_earlier(lead)

    def _aside(self, lead: str, first: bool, number: Number) -> tuple[str, bool]:
        """Brackets: what was spoken of before them is spoken of again after them."""
        state = self.state
        closed = lead.find("）")
        if state.aside is not None and closed >= 0 and "（" not in lead[:closed]:
            state.subject, state.item, state.counted = state.aside
            state.aside = None
            lead = lead[closed + 1 :]
        opened = lead.rfind("（")
        if opened >= 0 and "）" not in lead[opened:]:
            if opened > 0 and number.kind in ("money", "pct"):
                before = self.subjects.search(self.words.basis.sub("", lead[:opened]), money=True, first=first)
                if before is not None and before.unknown is None:
                    state.subject, state.item = before.subject, before.item
            state.aside = (state.subject, state.item, state.counted)
            if number.kind in ("money", "pct"):
                return lead[opened + 1 :], True
        return lead, first

    def _group(self, lead: str) -> None:
        """The stage of performance management that the words name last."""
        last = -1
        for name, pattern in self.words.groups.items():
            for match in pattern.finditer(lead):
                if match.start() > last:
                    last, self.state.group = match.start(), name

    def _explained(self, number: Number, lead: str = "") -> Stated | None:
        name = {"money": "amount", "pct": "pct"}.get(number.kind)
        if name == "amount":
            name = next((n for n, pattern in self.words.reasons.items() if pattern.search(lead)), name)
        if name is None:
            if number.kind in ("bare", "area", "score"):
                return None
            name = "count"
        return Stated(number, f"reason.{name}")

    def _amount(self, text: str, number: Number, lead: str, tail: str, first: bool, marked: bool, rest: list[Number]) -> Stated | None:
        state = self.state
        bracketed = number.kind == "pct" and not lead and state.aside is not None and (state.measure or "").endswith(_CHANGED)
        if bracketed and state.subject is not None:
            return self.naming.stated(number, state.subject, state.item, f"{state.measure}_pct", state.direction)  # 减少1.5万元（42.86%）
        if state.later:
            return Stated(number, None, why=_LATER)
        measure, direction, head = self.measures.of(number, lead)
        chained = lead in JOIN and state.listed and state.measure is not None
        if chained:
            subject, item = state.listed.pop(0)
            return self.naming.stated(number, subject, item, state.measure or "value", state.direction)
        if number.kind == "pct" and state.of is not None and lead in ("的", "的比例为", "的比重为"):
            (measure, part_of, item), state.of = state.of, None
            if part_of is not None:
                return self.naming.stated(number, part_of, item, measure, None)
        state.of = None
        if number.kind == "money":
            if self.words.completion.search(lead) is not None:
                state.of = ("completion_pct", state.subject, state.item)
            elif _SHARE_OF.search(lead) is not None:
                state.of = ("share_pct", state.subject, state.item)
        found = self.subjects.of_lead(head, first, marked, measure)
        counted, state.counted = state.counted, None
        if (
            counted is not None
            and (counted.amount or "").startswith("@")
            and found.subject is not None
            and found.subject.base == "@group.amount"
        ):
            found.subject = made(counted.amount or "", counted.amount or "", "none")  # 人员类项目3个，涉及预算10万元
        elif found.carried and counted is not None:
            if number.kind == "pct" and "change" in measure:
                found.subject, found.item = counted, None  # 接待12批次，增加2批次，增长20%
            elif number.kind == "money" and (lead in ("", "、", "，") or found.subject is None):
                found.subject, found.item = self.subjects.counted_whole(counted), None  # 无形资产471项234.37万元
        if measure == "previous_year" and found.carried and state.parent is not None and "合计" in lead:
            found.subject, found.item = state.parent  # 其中运行费7万元，购置费6万元，上年合计15万元
        if (fund := self._of_fund(found)) is not None:
            return Stated(number, fund)
        if found.unknown is not None or found.subject is None:
            return self.naming.unknown(number, lead, found.unknown, measure)
        if measure == "value" and _GRAND.search(lead) and _OF_YEAR.match(text[number.end :]):
            found.subject = self.subjects.by_base("income_expenditure")  # 总支出12万元，其中本年支出11万元
        if found.subject.stage == "full" and self.measures.is_later(head, 0 if found.carried else found.start):
            state.later = True
            return Stated(number, None, why=_LATER)
        state.part = state.part and found.carried
        if state.part or (measure == "value" and self._is_contained(number, lead, found, first)):
            state.part = state.aside is None
            return Stated(number, None, why=f"a part of the amount before it: {lead[-40:]}")
        whole_subject, whole_item = found.subject, found.item
        state.side = found.side or state.side
        chain = self._chain(text, number, rest)
        state.listed = []
        also: list[str] = []
        if chain > 1:
            subjects = self.subjects.parts(found, chain)
            if subjects:
                found.subject, found.item = subjects[0]
                state.joined, state.listed = subjects, subjects[1:]
            elif _EACH_OF.search(lead):
                return self.naming.unknown(number, lead, head, measure)
        elif found.joined > 1 and (number.value == 0 or _EACH.search(lead)):
            also = [s.metric("value") for s, _ in found.matches[-found.joined : -1]]
        elif found.joined > 1:
            whole = self.subjects.sum_of([s.base for s, _ in found.matches[-found.joined :]])
            if whole is None:
                return self.naming.unknown(number, lead, head, measure)
            found.subject = whole_subject = whole
        elif not found.carried:
            state.joined = []
        base = (state.parent or (state.subject, None))[0]
        listed = state.parent is not None or "其中" in lead + text[max(0, number.start - 120) : number.start]
        if (
            state.subject is not None
            and is_item(state.subject)
            and not first
            and base is not None
            and not base.base.startswith("function_")
        ):
            base = state.subject  # 行政运行（项）支出100万元，基本支出80万元
        if state.orphans and found.subject.base.endswith(_PARTS_OF_SPENDING):
            return self.naming.unknown(number, lead, head, measure)  # （unknown）110万元，其中：基本支出100万元
        whole_name = base.base if base is not None else ""
        if base is not None and is_item(base) and whole_name not in found.subject.under:
            whole_name = whole_name.rpartition(".")[0]  # after the item's first part: 基本支出80万元，项目支出20万元
        own = base is not None and is_item(base) and state.item is not self.item_before
        if whole_name in found.subject.under and (listed or own):
            named = found.subject.under[whole_name]
            found.subject = whole_subject = self.subjects.by_base(named)
            if is_item(found.subject):
                found.item = whole_item = state.item
        if number.kind == "pct" and found.subject.rate:
            return self.naming.stated(number, found.subject, None, "value", None)
        if measure == "value":
            per_unit = _PER_UNIT.search(CLAUSES.split(head)[-1]) or tail.startswith("/")
            measure = "per_unit" if per_unit else self.measures.staged(found, head)
            state.past = measure.startswith("previous")
            state.staged = measure if measure in _OF_A_BUDGET else None
        if "change" in measure and found.carried and (state.measure or "").startswith("per_unit"):
            measure = f"per_unit_{measure}"  # 车均运维费1.5万元，较上年减少0.3万元
        if measure == "share_pct" and found.carried and state.topic in _DIVIDED and found.subject.base.startswith("three_public."):
            return self.naming.unknown(number, lead, head, measure)  # a share of the spending, not of the 三公经费
        if measure == "share_pct" and found.subject.base == "expenditure.function_class" and _OF_FISCAL.search(lead):
            found.subject = made("fiscal_appropriation.function_class", "fiscal_appropriation.function_class.amount", "budgeted")
        if measure == "share_pct" and state.past:
            measure = "previous_year_share_pct"
        if number.kind == "pct" and measure == "value" and found.carried and lead == "，" and state.amount_end == number.start - 1:
            measure = "share_pct"  # 基本支出100万元，50%；
        if number.kind == "pct" and measure in AMOUNTS:
            return self.naming.unknown(number, lead, head, "rate")
        if state.of is None or state.of[0] != "share_pct":
            state.subject, state.item = whole_subject, whole_item
        if found.subject.group:
            state.group = found.subject.group
        state.measure, state.direction = measure, direction
        if number.kind == "pct" and not measure.endswith(("pct", "points")):
            measure += "_pct"
            state.measure = measure
        if "change" in measure:
            said = (found.subject.base, found.item, measure)
            if (
                said in state.said
                and found.carried
                and lead.strip("，；、")
                and self.measures.basis(lead) is None
                and "口径" not in lead
                and CLAUSES.split(head)[-1]
            ):
                return self._explained(number)  # 人员增加5人，经费增加60万元: a part of the change already stated
            state.said.add(said)
        if number.kind == "money" and measure in AMOUNTS:
            state.amount_end = number.end
        stated = self.naming.stated(number, found.subject, found.item, measure, direction)
        stated.also = also
        return stated

    def _is_contained(self, number: Number, lead: str, found: Found, first: bool) -> bool:
        """预算30万元（含援外支出5万元）, 收支总预算40万元，含某幼儿园经费5万元: a part that another body or purpose has of the whole."""
        state = self.state
        if number.kind != "money":
            return False
        owner = state.aside[0] if state.aside is not None else None
        if owner is not None and _CONTAINED.match(lead):
            before = _CONTAINED.sub("", lead[: found.start] if not found.carried else lead)
            same = found.carried or (found.subject is not None and found.subject.base == owner.base)
            return same and not self.words.filler.fullmatch(before)
        if not found.carried or (first and not lead.startswith("其中")):
            return False
        last = CLAUSES.split(lead)[-1]
        plain = _OF_FUNDS.sub("", last.replace(self.subjects.body, "") if self.subjects.body else last)
        return bool(plain) and not self.words.filler.fullmatch(plain)

    def _of_fund(self, found: Found) -> str | None:
        """支出预算5万元（其中：一般公共预算支出5万元；政府性基金预算支出0万元）: a fund's part of the amount before the bracket."""
        state = self.state
        owner = state.aside[0] if state.aside is not None else None
        if owner is None or not owner.base.startswith(_DIVIDED_BY_FUND) or state.measure not in AMOUNTS:
            return None
        subject, item = found.subject, found.item
        fund = _FUND_CLASSES.get(item.class_ or "") if item is not None and item.level == 0 else None
        if fund is None and subject is not None and not found.carried:
            fund = next((f for f in ("general_public", "government_fund", "state_capital") if f in subject.base), None)
        return f"{owner.metric(state.measure or 'value')}.{fund}" if fund else None

    def _chain(self, text: str, number: Number, rest: list[Number]) -> int:
        """How many numbers are joined to this one (各是4125.49,4143.91万元)."""
        length, end = 1, number.end
        for other in rest:
            if text[end : other.start] in JOIN and other.kind == number.kind and other.unit == number.unit:
                length += 1
                end = other.end
            else:
                break
        return length
