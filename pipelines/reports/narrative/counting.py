"""Numbers that are no plain amounts: counts (people, vehicles, batches), and numbers whose unit is not printed."""

from __future__ import annotations

import re

from pipelines.reports.narrative.measures import AMOUNTS, Measures
from pipelines.reports.narrative.naming import Naming
from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.state import JOIN, State, Stated
from pipelines.reports.narrative.subjects import Subjects
from pipelines.reports.narrative.vocabulary import Subject, Vocabulary

_RESPECTIVELY = re.compile(r"([^，。；：]+)分别(?:为|是|有)?$")
_MISSING_SHARE = re.compile(r"占(?:比)?(?:为)?$")
_MISSING_AMOUNT = re.compile(r"(?:决算|预算)数?为$")
_ZERO_BUDGET = re.compile(r"(?:^|[，。；：])(?:年初|全年)预算数?为$")
_CENTS = re.compile(r"[\d,]+\.\d\d")
_ACCOUNTS = frozenset(
    {
        "income_expenditure_summary",
        "income",
        "expenditure",
        "fiscal_appropriation_summary",
        "fiscal_appropriation_expenditure",
        "general_public_expenditure",
        "general_public_basic_expenditure",
        "government_fund",
        "state_capital",
    }
)
"""Headings under which a number with cents right after a subject's name is its amount, though no unit is printed."""
_MOVES = re.compile(r"(?:增加|增长|上升|减少|下降|降低)")


class Counting:
    """Reads counts and numbers without a unit of one paragraph."""

    def __init__(self, words: Vocabulary, state: State, subjects: Subjects, measures: Measures, naming: Naming) -> None:
        self.words = words
        self.state = state
        self.subjects = subjects
        self.measures = measures
        self.naming = naming

    def count(self, number: Number, lead: str, tail: str) -> Stated | None:
        state = self.state
        if number.score_floor:
            return Stated(number, "performance.self_evaluation.minimum_score_claim") if state.topic == "performance" else None
        relation = self.words.relation_end.search(lead, max(0, len(lead) - 16))
        if relation is not None and relation["reached"] is None:
            head = self.words.basis_short.sub("", self.words.basis.sub("", lead[: relation.start()]))
            subject = self.subjects.counted(number, head, "") if re.sub(r"[，；、：]", "", head) else None
            if subject is None and self.words.filler.fullmatch(head) and state.counted is not None and number.unit in state.counted.units:
                subject = state.counted
            if subject is None:
                return self.naming.unknown(number, lead, lead, "count") if state.strict else None
            direction = "increase" if relation["increase"] else "decrease" if relation["decrease"] else None
            basis = self.measures.basis(lead[: relation.start()]) or "yoy"
            measure = "yoy_change" if basis in ("yoy", "execution") else "change_vs_budget"
            state.counted, state.basis = subject, basis
            return self.naming.stated(number, subject, None, measure, direction)
        subject = self._respectively(number, lead) or self.subjects.counted(number, lead, tail)
        if subject is None:
            if state.topic == "asset_occupation":
                state.subject = state.counted = None  # an amount after it is not that of the assets before
            return self.naming.unknown(number, lead, lead, "count") if state.strict else None
        if subject.group:
            state.group = subject.group
        state.counted = subject
        whole = self.subjects.counted_whole(subject)
        within = state.subject is not None and whole is not None and state.subject.base.startswith(whole.base)
        if not within and (whole is not None or state.topic == "asset_occupation"):
            state.subject, state.item = whole, None
        return self.naming.stated(number, subject, None, "value", None)

    def _respectively(self, number: Number, lead: str) -> Subject | None:
        """购置数和保有量分别为1辆和2辆: the counts that 分别 tells one by one."""
        state = self.state
        if lead in JOIN and state.listed_counts:
            return state.listed_counts.pop(0)
        state.listed_counts = []
        if (match := _RESPECTIVELY.search(lead)) is None:
            return None
        named = [self.subjects.counted(number, part, "") for part in re.split("[、和及与]", match[1])]
        found = [subject for subject in named if subject is not None]
        if len(found) < 2 or len(found) != len(named):
            return None
        state.listed_counts = found[1:]
        return found[0]

    def bare(self, number: Number, lead: str, tail: str) -> Stated | None:
        """A number without a unit: a headcount where the words say so; a decimal without a unit is said to be unreadable."""
        subject = self.subjects.counted(number, lead, tail, only_bare=True)
        if subject is not None:
            return Stated(number, subject.value)
        if "." in number.printed and _MOVES.match(tail) and (stated := self._compared(number, lead)) is not None:
            return stated
        if number.printed == "0" and self.state.speaking_of_item and _ZERO_BUDGET.search(lead):
            return self._unit_missing(number, lead, opening=True)  # 年初预算为0，支出决算为150万元
        if "." in number.printed and self.state.subject is not None and (stated := self._unit_missing(number, lead)) is not None:
            return stated
        if _CENTS.fullmatch(number.printed) and not tail and (stated := self._plain_amount(number, lead)) is not None:
            return stated
        if "." in number.printed and self.state.strict and len(number.printed.partition(".")[2]) == 2:
            return Stated(number, None, why=f"a number without a unit: {number.printed}")
        return None

    def _compared(self, number: Number, lead: str) -> Stated | None:
        """较上年2.08减少0.03万元: what the change is measured against, its unit not printed."""
        state = self.state
        measure = self.measures.compared(lead)
        side = self.measures.side_compared(lead)
        if side is not None:
            found = self.subjects.search(side, money=True)
            if found is not None and found.unknown is None:
                state.subject, state.item = found.subject, found.item
        if measure is None or state.subject is None:
            return None
        return self.naming.stated(number, state.subject, state.item, measure, None)

    def _plain_amount(self, number: Number, lead: str) -> Stated | None:
        """其中：教育支出2713623.00，34.60%: the amount of a subject that the words right before it name."""
        state = self.state
        found = self.subjects.of_lead(lead, False, False, "value")
        if found.subject is None or found.unknown is not None or found.carried or state.topic not in _ACCOUNTS:
            return None
        state.subject, state.item, state.amount_end = found.subject, found.item, number.end
        return self.naming.stated(number, found.subject, found.item, self.measures.staged(found, lead), None)

    def _unit_missing(self, number: Number, lead: str, opening: bool = False) -> Stated | None:
        """占76.23; 支出决算为4.19。: what the number is of is plain, only its unit is not printed (and stays empty)."""
        state = self.state
        assert state.subject is not None
        if _MISSING_SHARE.search(lead) is not None and number.value <= 100:
            found = self.subjects.of_lead(_MISSING_SHARE.sub("", lead), False, False, "share_pct")
            if found.carried or (found.unknown is None and found.subject is not None):
                return self.naming.stated(number, found.subject or state.subject, found.item, "share_pct", None)
        if _MISSING_AMOUNT.search(lead) is not None and (opening or state.measure in AMOUNTS):
            found = self.subjects.of_lead(lead, False, False, "value")
            if found.subject is not None and found.unknown is None:
                return self.naming.stated(number, found.subject, found.item, self.measures.staged(found, lead), None)
        return None
