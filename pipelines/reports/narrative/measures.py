"""What a number says of its subject: an amount (of which state of the budget), a change (against what), a share, a rate."""

from __future__ import annotations

import re

from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.state import CLAUSES, Found, State
from pipelines.reports.narrative.vocabulary import Vocabulary

_BEFORE = re.compile(
    r"(?:比|较|与|同)(?:上一?年度?|去年|前一?年|(?:19|20)\d\d年度?)?(?:同期|累计|实际)*(?:年初|全年|调整后?)?(?:预算|决算|执行|支出|收入)*数?(?:的|为)?$"
)
_BEFORE_NAMED = re.compile(
    r"(?:比|较)(?:(?:19|20)\d\d年度?|上年度?)[^，。；：、]{2,24}?(?:年初|全年|调整后?)?(?:预算|决算|执行)数?(?:的|为)?$"
)
_YEAR_BEFORE_ALONE = re.compile(r"(?:^|[，；])(?:上一?年度?|去年)(?:同期|预算|决算|合计|安排|执行|支出|数|为|是)*$")
_COMPARED = re.compile(r"^(?:相比较?|比较|对比|相较)[，]?")
_SIDE_COMPARED = re.compile(r"(?:相?比|相?较于?)(?:上一?年度?|去年|(?:19|20)\d\d年度?)的?(总?(?:收入|支出))(?:总计|合计|决算|数)*$")
_REACHED = re.compile(r"(?:增加|增长|上升|提高|减少|下降|降低)为$")
_VARIANCE = re.compile(r"(?:预决算)?差异率(?:为|是)?$")
_WITHIN = re.compile(r"[^，。；：]*(?:预算|决算)(?:数|安排|支出|总额)*中(?:[，：]|其中|安排)*$")
_OPENING_YEAR = re.compile(r"(?:^|[，。；：])(?:19|20)\d\d年度?，[^，。；：]*$")
AMOUNTS = ("value", "per_unit", "budget", "final", "annual_budget", "initial_budget", "previous_execution", "previous_year")
_DIFFERENCES = {"initial_budget": "initial_budget", "annual_budget": "budget"}
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_THIS_YEAR = re.compile(r"本年|今年|当年|本次")
_COMPARED_SUBJECT = re.compile(r"(?:本年|全年)?(?:实际)?(?:支出)?(?:决算|预算|支出|执行)?数?$")
_CHANGES = {
    "yoy": "yoy_change",
    "budget": "change_vs_budget",
    "initial_budget": "change_vs_initial_budget",
    "execution": "change_vs_previous_execution",
}
_STATES = {"initial_budget": "initial_budget", "budget": "annual_budget", "execution": "previous_execution"}


class Measures:
    """Reads relations and stages. `state.basis` keeps the base of comparison for the rest of a sentence."""

    def __init__(self, words: Vocabulary, state: State) -> None:
        self.words = words
        self.state = state

    def _is_past(self, phrase: str) -> bool:
        """The phrase means an earlier year: 上年, or a year before the report's."""
        years = [int(y) for y in _YEAR.findall(phrase)]
        return self.words.previous.search(phrase) is not None or (
            bool(years) and self.state.year is not None and years[-1] < self.state.year
        )

    def of(self, number: Number, lead: str) -> tuple[str, str | None, str]:
        """(measure, direction, the words before the relation) of a lead."""
        words, state = self.words, self.state
        if number.kind == "pct" and (done := words.completion.search(lead)) is not None:
            return "completion_pct", None, lead[: done.start()]
        compared = words.compare.search(lead)
        if compared is not None and (compared["more"] or compared["less"]):
            than = compared["than"]
            before = self._is_past(than)
            measure = "yoy_change" if before else "change_vs_initial_budget" if "年初" in than else "change_vs_budget"
            head = _COMPARED_SUBJECT.sub("", lead[: compared.start()])
            return measure + ("_pct" if number.kind == "pct" else ""), "increase" if compared["more"] else "decrease", head
        if number.value == 0 and words.flat_end.search(lead) is not None:
            flat = words.basis.sub("", words.flat_end.sub("", lead))
            return "yoy_change" + ("_pct" if number.kind == "pct" else ""), None, flat
        if number.kind == "pct" and (variance := _VARIANCE.search(lead)) is not None:
            return "change_vs_budget_pct", "increase" if number.value else None, lead[: variance.start()]
        if (reached := _REACHED.search(lead)) is not None and number.kind == "money" and self.basis(lead) is None:
            return "value", None, lead[: reached.start()]  # 支出决算减少为0.00万元
        relation = words.relation_end.search(lead, max(0, len(lead) - 40))
        if relation is not None and relation["reached"] is None:
            head = lead[: relation.start()]
            if (state.measure or "").startswith("previous"):
                head = _COMPARED.sub("", head)  # 与2022年预算12万元相比减少
            if (word := relation["increase"] or relation["decrease"]) and head.endswith(word):
                head = head[: -len(word)]  # 比上年增加增加3万元
            basis = self.basis(head) or self.basis(lead) or state.basis
            if basis is None and "差" in relation.group() and state.measure in _DIFFERENCES:
                basis = _DIFFERENCES[state.measure]
            basis = basis or "yoy"
            if (named := _SIDE_COMPARED.search(head)) is not None:
                head = head[: named.start()] + named[1]  # 比上年收入增加
            state.basis = basis
            direction = "increase" if relation["increase"] else "decrease" if relation["decrease"] else None
            measure = _CHANGES[basis]
            return (
                measure + ("_pct" if number.kind == "pct" and number.unit == "%" else "_points" if number.kind == "pct" else ""),
                direction,
                words.basis_short.sub("", words.basis.sub("", head)),
            )
        if number.kind == "pct":
            shares = list(words.share.finditer(lead))
            if shares:
                return "share_pct", None, lead[: lead.rfind("占") if "占" in lead else shares[-1].start()]
        if (than := _BEFORE.search(lead)) is not None:  # 比上年12万元增加3万元, 比年初预算数22万元减少
            state.basis = self.basis(than.group() + "相比") or "yoy"
            return _STATES.get(state.basis, "previous_year"), None, lead[: than.start()]
        if number.kind == "money" and (alone := _YEAR_BEFORE_ALONE.search(lead)) is not None and state.measure in AMOUNTS:
            state.basis = "yoy"  # 接待费12万元，上年15万元，下降20%
            return "previous_year", None, lead[: alone.start()]
        if (than := _BEFORE_NAMED.search(lead)) is not None:  # 比2022年三公经费年初预算20万元减少
            state.basis = self.basis(than.group() + "相比") or state.basis
        return "value", None, lead

    def _of_whole(self, before: str) -> str | None:
        """三公经费预算中，因公出国费8万元; 三公经费预算20万元，其中：公务接待费2万元: the state of the whole is that of its parts."""
        if (named := _WITHIN.search(before)) is not None:
            said = self.words.not_stage.sub("", named.group())
            return next((name for name, pattern in self.words.stages if pattern.search(said)), None)
        return self.state.staged if self.state.parent is not None else None

    def is_later(self, head: str, start: int) -> bool:
        """2011年三公经费预算 in an account of 2010: central departments once published the next year's budget with it."""
        if self.state.kind != "final" or self.state.year is None:
            return False
        before, clause = head[:start], CLAUSES.split(head)[-1]
        within = _WITHIN.search(before)
        opening = _OPENING_YEAR.search(before)
        years = _YEAR.findall((opening.group() if opening is not None else "") + (within.group() if within is not None else "") + clause)
        return bool(years) and int(years[-1]) > self.state.year

    def is_earlier(self, lead: str) -> bool:
        """The last clause names a year before the report's as that of the amount."""
        years = _YEAR.findall(CLAUSES.split(lead)[-1])
        return bool(years) and self.state.year is not None and int(years[-1]) < self.state.year

    def compared(self, lead: str) -> str | None:
        """The measure of an amount that a change is measured against (比上年12万元增加…), None where the words are not of that form."""
        than = _BEFORE.search(lead) or _SIDE_COMPARED.search(lead)
        if than is None:
            return None
        self.state.basis = self.basis(than.group() + "相比") or "yoy"
        return _STATES.get(self.state.basis, "previous_year")

    @staticmethod
    def side_compared(lead: str) -> str | None:
        """比上年总支出: whose amount of the year before."""
        named = _SIDE_COMPARED.search(lead)
        return named[1] if named is not None else None

    def basis(self, head: str) -> str | None:
        words, state = self.words, self.state
        phrases = words.basis.findall(head)
        if not phrases:
            return "yoy" if words.basis_short.search(head) else None
        phrase = phrases[-1]
        years = _YEAR.findall(phrase)
        before = self._is_past(phrase)
        if "执行" in phrase and state.kind != "final":
            return "execution"
        if not before and "年初预算" in phrase:
            return "initial_budget"
        if not before and "预算" in words.not_stage.sub("", phrase) and not years:
            return "budget"
        if not before and years and "预算" in phrase and state.kind == "final":
            return "budget"
        return "yoy"

    def staged(self, found: Found, head: str) -> str:
        """Which state of the budget an amount is, from the words between subject and number."""
        subject, state = found.subject, self.state
        assert subject is not None
        if subject.stage == "none":
            return "value"
        clause = head[found.start :] if not found.carried else CLAUSES.split(head)[-1]
        said = self.words.not_stage.sub("", clause)
        stage = next((name for name, pattern in self.words.stages if pattern.search(said)), None)
        last, said_last = CLAUSES.split(head)[-1], CLAUSES.split(said)[-1]
        before = self.words.previous.search(said_last) is not None or self._is_past("".join(f"{y}年" for y in _YEAR.findall(last)))
        if state.past and not found.carried and not _YEAR.search(last) and not _THIS_YEAR.search(said_last):
            before = True
        if before and not subject.base.startswith(("income.carry", "carry_over")):
            return "previous_execution" if stage == "execution" and state.kind != "final" else "previous_year"
        if stage == "budget_adjustment":
            return stage
        if state.kind == "budget":
            if stage == "execution":
                return "previous_execution"
            if stage == "initial_budget" and subject.stage == "full":
                return "initial_budget"
            return "budget" if subject.stage == "full" else "value"
        if stage is None and subject.stage == "full" and not found.carried:
            stage = self._of_whole(head[: found.start])
        if stage in ("initial_budget", "annual_budget"):
            return stage
        if stage == "budget" and subject.stage in ("full", "named", "budgeted"):
            return "annual_budget"
        if stage in ("final", "execution"):
            return "final" if subject.stage in ("full", "named") else "value"
        return "final" if subject.stage == "full" else "value"
