"""The clause grammar: what a number is said of, and what it says of it (amount, change, share, completion, count).

One `Reading` walks the sentences of a paragraph; the `State` is what is carried from clause to clause and paragraph to paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.reports.narrative_items import CodeIndex, Item, Mark, class_name
from pipelines.reports.narrative_vocabulary import Subject, Vocabulary
from pipelines.reports.sentences import Number, Sentence

_JOIN = ("，", "、", "和", "与", ",", "及", "；", "以及")
_BARE_TOPICS = frozenset(
    {"income_expenditure_summary", "income", "expenditure", "compilation_note", "overview", "other", "other_matters", "execution_analysis"}
)
_TOTAL_WORD = re.compile(r"合计|总计|总额|总预算|总")
_LIST = re.compile(r"其中|包括(?!：?基本工资)|分别是|如下|具体")
_BEFORE = re.compile(r"(?:比|较|与|同)(?:上一?年度?|去年|前一?年|(?:19|20)\d\d年度?)(?:年初)?(?:预算|决算|执行|支出|收入)*数?(?:的|为)?$")
_ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+是|第?[一二三四五六七八九十]+[、，]|（?\d{1,2}[.、）]|[①-⑳]|其[一二三四]|首先|其次|再次|最后|另外?|同时)"
)
_PLANNED = re.compile(r"(?:安排|计划|拟|预算)[^，。；]{0,8}?(?:购置|购买|配备|新增|更新)")
_CLAUSES = re.compile(r"[，：；。]")
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_NOT_NOUN = re.compile(r"[0-9，。；：]")
ECONOMIC_TOPICS = frozenset({"general_public_basic_expenditure", "fiscal_appropriation_basic_expenditure", "agency_operating"})
_ASIDE = re.compile(r"（[^（）]{0,10}下同）|（(?:含|不含|不包括|包括|以|按|剔除|扣除)[^（）]{0,24}）")  # asides without a number
_ITEM_BASES = {0: "function_class", 1: "function_section", 2: "function_item"}


@lru_cache(maxsize=256)
def _made(base: str, value: str, stage: str) -> Subject:
    """A subject that no pattern names: items, parts of joined numbers."""
    return Subject(
        base=base,
        value=value,
        share=None,
        completion=None,
        group=None,
        stage=stage,  # type: ignore[arg-type]
        bare=False,
        tight=False,
        parts=(),
        under={},
        within=(),
        units=frozenset(),
        after=(),
        pattern=re.compile("(?!)"),
        topics=frozenset(),
        not_topics=frozenset(),
        kinds=frozenset(),
    )


@dataclass(slots=True)
class State:
    """What the text speaks of. `topic` comes from the heading; the rest from the sentences so far in this section."""

    topic: str
    kind: str | None
    year: int | None
    strict: bool = True  # say what is not recognised (not in an overview)
    subject: Subject | None = None
    item: Item | None = None
    parent: tuple[Subject | None, Item | None] | None = None
    group: str | None = None
    zone: str | None = None
    basis: str | None = None
    counted: Subject | None = None  # the count read last in this sentence
    planned: bool = False
    project: str | None = None
    project_budget: bool = True  # under 年度预算安排, or in a description that is not divided
    listed: list[tuple[Subject, Item | None]] = field(default_factory=list)  # joined subjects still waiting for their number
    joined: list[tuple[Subject, Item | None]] = field(default_factory=list)  # the subjects joined last (分别)
    aside: tuple[Subject | None, Item | None, Subject | None] | None = None  # what was spoken of before an open bracket
    measure: str | None = None
    direction: str | None = None

    @property
    def speaking_of_item(self) -> bool:
        return (
            self.subject is not None
            and self.item is not None
            and self.subject.base.rpartition(".")[2] in (*_ITEM_BASES.values(), "economic_item")
        )

    def speak_item(self, item: Item) -> None:
        self.item = item
        self.subject = self.item_subject(item)

    def item_subject(self, item: Item) -> Subject:
        if item.economic:
            prefix = (
                "fiscal_appropriation.basic"
                if self.topic.startswith("fiscal")
                else "agency_operating"
                if self.topic == "agency_operating"
                else "basic"
            )
            return _made(f"{prefix}.economic_item", f"{prefix}.economic_item.amount", "named")
        base = _ITEM_BASES[item.level]
        if item.level == 0:
            prefix = "expenditure"
            for topic, name in (
                ("general_public", "general_public"),
                ("fiscal_appropriation", "fiscal_appropriation"),
                ("government_fund", "government_fund"),
                ("state_capital", "state_capital"),
            ):
                if self.topic.startswith(topic):
                    prefix = name
            return _made(f"{prefix}.{base}", f"{prefix}.{base}.amount", "class")
        return _made(base, base, "full")


@dataclass(slots=True)
class Stated:
    """One number read. `metric` None: not recognised, `why` says so."""

    number: Number
    metric: str | None
    direction: str | None = None
    item: Item | None = None
    item_name: str | None = None
    item_class: str | None = None
    why: str = ""


@dataclass(slots=True)
class _Found:
    """A subject found in a lead: `end` is where its words end, `matches` all subjects named, in order."""

    subject: Subject | None
    item: Item | None
    start: int
    unknown: str | None = None
    matches: list[tuple[Subject, Item | None]] = field(default_factory=list)
    carried: bool = False
    joined: int = 1  # how many subjects the words join (A、B和C)


class Reading:
    """Reads the numbers of a paragraph, sentence by sentence."""

    def __init__(self, words: Vocabulary, codes: CodeIndex, body: str, state: State) -> None:
        self.words = words
        self.codes = codes
        self.body = body
        self.state = state

    # ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────────────
    def inline_heading(self, text: str) -> None:
        """A heading inside a paragraph: what was spoken of ends."""
        state = self.state
        found = self._search(text, money=True)
        state.zone = None
        if found is not None and found.subject is not None:
            state.subject, state.item = found.subject, found.item

    def sentence(self, text: str, sentence: Sentence, inner: list[Number], marks: list[Mark]) -> Iterator[Stated]:
        state = self.state
        state.basis = None
        start = sentence.start
        state.counted = None
        first_number = next((n for n in inner if not n.limit), None)
        if state.zone is not None and first_number is not None:
            self._leave_zone(text[start : sentence.end], text[start : first_number.start], marks, first_number)
        next_mark = 0
        for i, number in enumerate(inner):
            mark_end = start
            while next_mark < len(marks) and marks[next_mark].end <= number.start:
                if state.zone != "reason":
                    state.speak_item(marks[next_mark].item)
                    mark_end = max(mark_end, marks[next_mark].end)
                next_mark += 1
            if number.limit and not number.score_floor:
                continue
            lead = text[start : number.start]
            stop = min([p for p in (text.find(c, number.end) for c in "，。；、：（") if p >= 0], default=len(text))
            following = inner[i + 1].start if i + 1 < len(inner) else len(text)
            tail = text[number.end : min(stop, following, number.end + 24)]
            stated = self._number(text, number, lead, tail, start == sentence.start, mark_end - start, inner[i + 1 :])
            if stated is not None:
                yield stated
                start = number.end
            elif number.kind != "bare":
                start = number.end
        while next_mark < len(marks):
            if state.zone is None:
                state.speak_item(marks[next_mark].item)
            next_mark += 1
        rest = text[start : sentence.end]
        self._zone(rest)
        if sentence.closed:
            state.zone = None
            state.planned = False
            if state.parent is not None:
                state.subject, state.item = state.parent
                state.parent = None

    def _leave_zone(self, sentence: str, lead: str, marks: list[Mark], number: Number) -> None:
        """After ；: is the explanation over? Yes where a sentence begins that speaks of a known subject in its own right."""
        state = self.state
        if _ORDINAL.match(sentence) and not marks:
            return
        if marks:
            state.zone = None
            return
        if number.kind in ("count", "area", "score"):
            if state.topic != "performance" and self._counted(number, lead, "") is not None:
                state.zone = None
            return
        relation = self.words.relation_end.search(lead)
        head = lead[: relation.start()] if relation else lead
        saved = state.subject, state.item
        found = self._search(self.words.basis.sub("", head), money=True)
        state.subject, state.item = saved
        if found is None or found.subject is None or found.unknown is not None or found.carried:
            return
        if (
            state.zone == "usage"
            or relation is None
            or self.words.basis.search(lead)
            or self.words.share.search(sentence)
            or self.words.reason.search(sentence)
        ):
            state.zone = None

    def _zone(self, lead: str) -> int:
        """Follows the explanations in a lead; returns where the text after them begins."""
        state = self.state
        position = 0
        while True:
            marks = [
                (m.start(), m.end(), z)
                for z, p in (("reason", self.words.reason), ("usage", self.words.usage))
                if (m := p.search(lead, position))
            ]
            if state.zone is not None:
                leave = (self.words.exit_reason if state.zone == "reason" else self.words.exit_usage).search(lead, position)
                if leave is not None and (not marks or leave.start() < min(marks)[0]):
                    state.zone = None
                    position = max(leave.start(), position)
                    continue
                if state.zone == "usage":
                    marks = [m for m in marks if m[2] == "reason"]
                else:
                    marks = []
            if not marks:
                return position
            _, end, state.zone = min(marks)
            position = end

    # ── one number ──────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _number(self, text: str, number: Number, lead: str, tail: str, first: bool, marked: int, rest: list[Number]) -> Stated | None:
        state = self.state
        if number.about:
            return None
        cut = self._zone(lead)
        if state.zone is not None:
            return self._explained(number)
        if number.malformed:
            return Stated(number, None, why=f"a number that is printed wrongly: {number.printed}")
        if _LIST.search(lead) and state.parent is None and not first:
            state.parent = (state.subject, state.item)
        if state.topic == "asset_occupation" and _PLANNED.search(lead):
            state.planned = True
        start = max(cut, marked)
        lead, first = _ASIDE.sub("", lead[start:]), first and start == 0
        lead, first = self._aside(lead, first, number)
        if number.kind in ("money", "pct"):
            stated = self._amount(text, number, lead, tail, first, marked > 0, rest)
        elif number.kind == "bare":
            stated = self._bare(number, lead, tail)
        else:
            stated = self._count(number, lead, tail)
        if stated is not None and stated.metric is not None and state.planned and stated.metric.startswith("assets."):
            stated.metric = stated.metric.replace("assets.", "assets.planned_purchase.", 1)
        return stated

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
                before = self._search(self.words.basis.sub("", lead[:opened]), money=True, first=first)
                if before is not None and before.unknown is None:
                    state.subject, state.item = before.subject, before.item
            state.aside = (state.subject, state.item, state.counted)
            if number.kind in ("money", "pct"):
                return lead[opened + 1 :], True
        return lead, first

    def _explained(self, number: Number) -> Stated | None:
        name = {"money": "amount", "pct": "pct"}.get(number.kind)
        if name is None:
            if number.kind in ("bare", "area", "score"):
                return None
            name = "count"
        return Stated(number, f"reason.{name}")

    def _bare(self, number: Number, lead: str, tail: str) -> Stated | None:
        """A number without a unit: a headcount where the words say so; a decimal without a unit is said to be unreadable."""
        subject = self._counted(number, lead, tail, only_bare=True)
        if subject is not None:
            return Stated(number, subject.value)
        if "." in number.printed and self.state.strict and len(number.printed.partition(".")[2]) == 2:
            return Stated(number, None, why=f"a number without a unit: {number.printed}")
        return None

    def _amount(self, text: str, number: Number, lead: str, tail: str, first: bool, marked: bool, rest: list[Number]) -> Stated | None:
        state = self.state
        measure, direction, head = self._measure(number, lead)
        chained = lead in _JOIN and state.listed and state.measure is not None
        if chained:
            subject, item = state.listed.pop(0)
            return self._stated(number, subject, item, state.measure or "value", state.direction)
        counted, state.counted = state.counted, None
        found = self._subject(head, first, marked, measure)
        if found.carried and counted is not None:
            whole = re.sub(r"\.(?:count|area)$", "", counted.base)
            if number.kind == "pct" and "change" in measure:
                found.subject, found.item = counted, None  # 接待12批次，增加2批次，增长20%
            elif number.kind == "money" and not lead and whole != counted.base:
                found.subject, found.item = self._by_base(whole), None  # 无形资产471项234.37万元
            elif found.subject is None and number.kind == "money" and whole != counted.base:
                found.subject, found.item = self._by_base(whole), None
        if found.unknown is not None or found.subject is None:
            return self._unknown(number, lead, found.unknown, measure)
        whole_subject, whole_item = found.subject, found.item
        chain = self._chain(text, number, rest)
        state.listed = []
        if chain > 1:
            subjects = self._parts(found, chain)
            if subjects:
                found.subject, found.item = subjects[0]
                state.joined, state.listed = subjects, subjects[1:]
        elif found.joined > 1:
            whole = self._whole([s.base for s, _ in found.matches[-found.joined :]])
            if whole is None:
                return self._unknown(number, lead, head, measure)
            found.subject = whole_subject = whole
        elif not found.carried:
            state.joined = []
        base = (state.parent or (state.subject, None))[0]
        if (
            found.subject.under
            and "其中" in lead + text[max(0, number.start - 120) : number.start]
            and base is not None
            and base.base in found.subject.under
        ):
            named = found.subject.under[base.base]
            found.subject = whole_subject = self._by_base(named)
        if measure == "value":
            measure = self._staged(found, head)
        if number.kind == "pct" and measure in (
            "value",
            "budget",
            "final",
            "annual_budget",
            "initial_budget",
            "previous_execution",
            "previous_year",
        ):
            return self._unknown(number, lead, head, "rate")
        state.subject, state.item = whole_subject, whole_item
        if found.subject.group:
            state.group = found.subject.group
        state.measure, state.direction = measure, direction
        if number.kind == "pct" and not measure.endswith("pct"):
            measure += "_pct"
            state.measure = measure
        return self._stated(number, found.subject, found.item, measure, direction)

    def _stated(self, number: Number, subject: Subject, item: Item | None, measure: str, direction: str | None) -> Stated:
        metric = subject.metric(measure)
        if metric.startswith("@group"):
            if self.state.group is None:
                return Stated(number, None, why="an amount that belongs to no evaluation named before")
            metric = metric.replace("@group", self.state.group, 1)
        if metric.startswith("project.") and item is None and self.state.topic == "project":
            return Stated(number, metric, item_name=self.state.project)
        own_item = item if subject.base.rpartition(".")[2] in (*_ITEM_BASES.values(), "economic_item") else None
        return Stated(number, metric, direction if "change" in measure else None, item=own_item)

    def _unknown(self, number: Number, lead: str, words: str | None, measure: str) -> Stated | None:
        """Numbers of performance texts and project descriptions are named as such; the rest is said to be unrecognised."""
        state = self.state
        noun = self._noun(words if words is not None else lead)
        if state.topic == "project":
            if number.kind != "money":
                return None  # the prose of a project description counts streets and people
            noun = self._noun(lead)
            metric = "project.annual_budget" if state.project_budget else "project.stated_amount"
            if re.search(r"季度|[一二三四]季", lead):
                metric = "project.quarterly_plan"
            return Stated(number, metric, item_name=noun or state.project, item_class=state.project if noun else None)
        if state.topic == "performance" and state.strict:
            if number.kind == "money" and state.group == "performance.targets" and noun:
                return Stated(
                    number, "project.annual_budget" if state.kind == "budget" else "performance.project.annual_budget", item_name=noun
                )
            return Stated(
                number,
                f"performance.stated.{ {'money': 'amount', 'pct': 'pct', 'score': 'score'}.get(number.kind, 'count') }",
                item_name=noun,
            )
        if not state.strict and number.kind != "money":
            return None
        said = f"no subject known before {number.printed}{number.unit}" + (f": {words[-40:]}" if words else "")
        return Stated(number, None, why=said)

    def _noun(self, words: str) -> str | None:
        piece = _CLAUSES.split(words)[-1]
        piece = re.sub(r"^(?:其中|、|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|包括|含|和|及)+", "", piece)
        piece = re.sub(r"(?:(?:预算|支出|经费)?(?:安排|合计|共计|总计|为|是|共|约|达到?|预算))+$", "", piece)
        return piece if 1 < len(piece) <= 40 and not _NOT_NOUN.search(piece) else None

    def _chain(self, text: str, number: Number, rest: list[Number]) -> int:
        """How many numbers are joined to this one (各是4125.49,4143.91万元)."""
        length, end = 1, number.end
        for other in rest:
            if text[end : other.start] in _JOIN and other.kind == number.kind and other.unit == number.unit:
                length += 1
                end = other.end
            else:
                break
        return length

    def _parts(self, found: _Found, chain: int) -> list[tuple[Subject, Item | None]]:
        subject = found.subject
        if subject is not None and len(subject.parts) == chain:
            return [(self._by_base(base), None) for base in subject.parts]
        if len(found.matches) >= chain:
            return found.matches[-chain:]
        return list(self.state.joined) if found.carried and len(self.state.joined) == chain else []

    def _whole(self, bases: list[str]) -> Subject | None:
        """What several subjects with one amount add up to: 出国、用车和接待 are the 三公; else not known."""
        if len(bases) < 3:
            return None
        prefix = bases[0].split(".")
        for base in bases[1:]:
            parts = base.split(".")
            prefix = [a for a, b in zip(prefix, parts, strict=False) if a == b]
        whole = ".".join(prefix)
        return next((s for s in self.words.money if whole and s.base == whole), None)

    def _by_base(self, base: str) -> Subject:
        for subject in self.words.money:
            if subject.base == base:
                return subject
        return _made(base, base, "some")

    # ── relation and measure ────────────────────────────────────────────────────────────────────────────────────────────────
    def _measure(self, number: Number, lead: str) -> tuple[str, str | None, str]:
        """(measure, direction, the words before the relation) of a lead."""
        words, state = self.words, self.state
        if number.kind == "pct":
            if (done := words.completion.search(lead)) is not None:
                return "completion_pct", None, lead[: done.start()]
        compared = words.compare.search(lead)
        if compared is not None and (compared["more"] or compared["less"]):
            than = compared["than"]
            years = [int(y) for y in _YEAR.findall(than)]
            before = words.previous.search(than) is not None or (bool(years) and state.year is not None and years[-1] < state.year)
            measure = "yoy_change" if before else "change_vs_initial_budget" if "年初" in than else "change_vs_budget"
            head = re.sub(r"(?:本年|全年)?(?:实际)?(?:支出)?(?:决算|预算|支出|执行)?数?$", "", lead[: compared.start()])
            return measure + ("_pct" if number.kind == "pct" else ""), "increase" if compared["more"] else "decrease", head
        if number.value == 0 and words.flat_end.search(lead) is not None:
            flat = words.basis.sub("", words.flat_end.sub("", lead))
            return "yoy_change" + ("_pct" if number.kind == "pct" else ""), None, flat
        relation = words.relation_end.search(lead, max(0, len(lead) - 40))
        if relation is not None and relation["reached"] is None:
            head = lead[: relation.start()]
            basis = self._basis(head) or self._basis(lead) or state.basis or "yoy"
            state.basis = basis
            direction = "increase" if relation["increase"] else "decrease" if relation["decrease"] else None
            measure = {
                "yoy": "yoy_change",
                "budget": "change_vs_budget",
                "initial_budget": "change_vs_initial_budget",
                "execution": "change_vs_previous_execution",
            }[basis]
            return (
                measure + ("_pct" if number.kind == "pct" and number.unit == "%" else "_points" if number.kind == "pct" else ""),
                direction,
                words.basis_short.sub("", words.basis.sub("", head)),
            )
        if number.kind == "pct":
            last = None
            for last in words.share.finditer(lead):
                pass
            if last is not None:
                head = lead[: last.start()]
                first = words.share.search(lead, max(0, lead.rfind("占")))
                if first is not None and lead.rfind("占") >= 0:
                    head = lead[: lead.rfind("占")]
                return "share_pct", None, head
        if (before := _BEFORE.search(lead)) is not None and self._basis(before.group()) in ("yoy", None):
            return "previous_year", None, lead[: before.start()]  # 比上年12万元增加3万元
        return "value", None, lead

    def _basis(self, head: str) -> str | None:
        words, state = self.words, self.state
        last = None
        for last in words.basis.finditer(head):
            pass
        if last is None:
            return "yoy" if words.basis_short.search(head) else None
        phrase = last.group()
        years = [int(y) for y in _YEAR.findall(phrase)]
        before = words.previous.search(phrase) is not None or (bool(years) and state.year is not None and years[-1] < state.year)
        if "执行" in phrase and state.kind != "final":
            return "execution"
        if not before and "年初预算" in phrase:
            return "initial_budget"
        if not before and "预算" in words.not_stage.sub("", phrase) and not years:
            return "budget"
        if not before and years and "预算" in phrase and state.kind == "final":
            return "budget"
        return "yoy"

    def _staged(self, found: _Found, head: str) -> str:
        """Which state of the budget an amount is, from the words between subject and number."""
        subject, state = found.subject, self.state
        assert subject is not None
        if subject.stage == "none":
            return "value"
        clause = head[found.start :] if not found.carried else _CLAUSES.split(head)[-1]
        said = self.words.not_stage.sub("", clause)
        stage = next((name for name, pattern in self.words.stages if pattern.search(said)), None)
        years = [int(y) for y in _YEAR.findall(_CLAUSES.split(head)[-1])]
        before = bool(self.words.previous.search(_CLAUSES.split(said)[-1])) or (
            bool(years) and state.year is not None and years[-1] < state.year
        )
        if before and not subject.base.startswith(("income.carry", "carry_over")):
            return "previous_execution" if stage == "execution" and state.kind != "final" else "previous_year"
        if state.kind == "budget":
            if stage == "execution":
                return "previous_execution"
            if stage == "initial_budget" and subject.stage != "class":
                return "initial_budget"
            return "budget" if subject.stage == "full" else "value"
        if stage in ("initial_budget", "annual_budget"):
            return stage
        if stage == "budget" and subject.stage in ("full", "named", "class"):
            return "annual_budget"
        if stage in ("final", "execution"):
            return "final" if subject.stage in ("full", "named") else "value"
        return "final" if subject.stage == "full" else "value"

    # ── subject ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _subject(self, head: str, first: bool, marked: bool, measure: str) -> _Found:
        """Who the words before a number speak of: a named subject, or what was spoken of before where they name none."""
        state = self.state
        if marked and self.words.filler.fullmatch(head):
            return _Found(state.subject, state.item, 0, carried=True)
        found = self._search(head, money=True, first=first)
        if found is not None:
            return found
        # a clause without content: what was spoken of before
        clauses = _CLAUSES.split(head)
        last = clauses[-1] if clauses[-1] else (clauses[-2] if len(clauses) > 1 else "")
        plain = last.replace(self.body, "") if self.body else last
        if self.words.before_bare.fullmatch(plain):
            return _Found(state.subject, state.item, 0, carried=True)
        named = self._named(plain)
        if named is not None:
            return _Found(state.item_subject(named), named, max(0, len(head) - len(last)))
        return _Found(None, None, 0, unknown=plain)

    def _named(self, words: str) -> Item | None:
        """A name that only the statements know, or a functional class by its name alone."""
        piece = re.sub(
            r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|、|其中|包括|用于|和|及|主要)+", "", words
        )
        piece = re.sub(r"(?:（[类款项]）)?(?:(?:年初|全年)?(?:预算|决算|安排|科目|合计|共计|总计|为|是|共|约|数)+)*$", "", piece)
        if not 1 < len(piece) <= 40:
            return None
        name = class_name(piece, self.words)
        if name in self.words.classes and not self.state.topic in ECONOMIC_TOPICS:
            return Item(0, class_=name)
        return self.codes.named(piece, self.state.topic in ECONOMIC_TOPICS, self.words.economic)

    def _search(self, head: str, money: bool, first: bool = True) -> _Found | None:
        """The last subject named in the words; None where none is named."""
        words, state = self.words, self.state
        if not head:
            return None
        hits: list[tuple[int, int, Subject]] = []
        for subject in words.subjects(state.topic, state.kind, money):
            for match in subject.pattern.finditer(head):
                if match.end() == match.start():
                    continue
                if subject.bare and not self._stands_bare(head, match, first):
                    continue
                if subject.within and not (self._among(subject.within) or "收入" in head[: match.start()]):
                    continue
                if subject.tight and not words.before_bare.fullmatch(self._clause_before(head, match.start())):
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
                    return _Found(state.item_subject(item), item, class_hit[0])
        if not kept:
            return None
        kept.sort(key=lambda h: h[0])
        start, end, subject = kept[-1]
        found = _Found(subject, None, start, matches=[(s, None) for _, _, s in kept])
        run = 1
        while run < len(kept) and head[kept[-run - 1][1] : kept[-run][0]] in _JOIN:
            run += 1
        found.joined = run
        rest = head[end:]
        if rest and not words.filler.fullmatch(rest):
            clauses = _CLAUSES.split(rest)
            named = self._named(clauses[-1]) if len(clauses[-1]) > 1 else None
            if named is not None:
                return _Found(state.item_subject(named), named, len(head) - len(clauses[-1]))
            if len(clauses) > 1 and (not clauses[-1] or words.before_bare.fullmatch(clauses[-1])):
                return found  # an aside stands between: 三公经费支出…，严格执行…，共12万元
            found.unknown = rest
        return found

    @staticmethod
    def _covers(one: tuple[int, int, Subject], other: tuple[int, int, Subject], earlier: bool) -> bool:
        if one[0] <= other[0] and other[1] <= one[1]:
            return (one[0], one[1]) != (other[0], other[1]) or earlier
        return False

    def _among(self, bases: tuple[str, ...]) -> bool:
        parent = (self.state.parent or (self.state.subject, None))[0]
        return parent is not None and parent.base.startswith(bases)

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
            if not re.search(
                r"(?:其中|包括)[：，]?(?:本年度?|当年|[（\d一二三四五）.、])*$|^[，；]?(?:本年|当年|(?:19|20)\d\d年度?)$", before
            ):
                return False
        return self.words.before_bare.fullmatch(self._clause_before(head, match.start())) is not None

    def _class(self, head: str) -> tuple[int, int, str] | None:
        """A functional class named without （类） at the start of the last clause."""
        if self.state.topic in ECONOMIC_TOPICS:
            return None
        cut = max((head.rfind(c) for c in "，：；。、"), default=-1)
        start = cut + 1
        piece = head[start:]
        lead = re.match(
            r"(?:其中|用于|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|[一二三四五六七八九十]+是|、|和|及|(?:19|20)\d\d年度?)*", piece
        )
        if lead:
            start += lead.end()
            piece = piece[lead.end() :]
        for length in range(min(len(piece), 14), 1, -1):
            name = class_name(piece[:length], self.words)
            if name in self.words.classes and (name != "其他支出" or length == len(piece) or piece[length:].startswith(("类", "（类"))):
                return start, start + length, name
        return None

    # ── counts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
    def _counted(self, number: Number, lead: str, tail: str, only_bare: bool = False) -> Subject | None:
        state = self.state
        # the words since the last clause but one: a count is named close by
        near = lead[-60:]
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
        return best[1] if best else None

    def _count(self, number: Number, lead: str, tail: str) -> Stated | None:
        state = self.state
        if number.score_floor:
            return Stated(number, "performance.self_evaluation.minimum_score_claim") if state.topic == "performance" else None
        relation = self.words.relation_end.search(lead, max(0, len(lead) - 16))
        if relation is not None and relation["reached"] is None:
            head = self.words.basis_short.sub("", self.words.basis.sub("", lead[: relation.start()]))
            subject = self._counted(number, head, "") if re.sub(r"[，；、：]", "", head) else None
            if subject is None and self.words.filler.fullmatch(head) and state.counted is not None and number.unit in state.counted.units:
                subject = state.counted
            if subject is None:
                return self._unknown(number, lead, lead, "count") if state.strict else None
            direction = "increase" if relation["increase"] else "decrease" if relation["decrease"] else None
            basis = self._basis(lead[: relation.start()]) or "yoy"
            measure = "yoy_change" if basis in ("yoy", "execution") else "change_vs_budget"
            state.counted, state.basis = subject, basis
            return self._stated(number, subject, None, measure, direction)
        subject = self._counted(number, lead, tail)
        if subject is None:
            return self._unknown(number, lead, lead, "count") if state.strict else None
        if subject.group:
            state.group = subject.group
        state.counted = subject
        return self._stated(number, subject, None, "value", None)
