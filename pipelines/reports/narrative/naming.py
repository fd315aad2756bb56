"""What a number comes out as once its subject is known, and what is said of one that no pattern takes."""

from __future__ import annotations

import re

from pipelines.reports.narrative.items import Item
from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.state import CLAUSES, State, Stated, is_item
from pipelines.reports.narrative.vocabulary import Subject

_NOT_NOUN = re.compile(r"[0-9，。；：]")
_NOUN_START = re.compile(r"^(?:其中|、|（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|包括|含|和|及)+")
_OPENING = re.compile(r"^(?:19|20)\d\d年(?:年初)?(?:预算)?(?:安排)?")  # 2023年年初预算执法专项
_NOUN_END = re.compile(r"(?:(?:预算|支出|经费)?(?:安排|合计|共计|总计|为|是|共|约|达到?|预算))+$")
_PROJECT_BUDGET = re.compile(
    r"(?:（?\d{1,2}[.、）]|（?[一二三四五六七八九十]+[、）])?([^，。；：\d]{2,40}(?:项目|专项|工程|经费|资金))[，：](?:年度|本年|当年|项目)*预算(?:安排|资金|金额|总额|数)*(?:为|共|是)?$"
)
_STATED_AS = {"money": "amount", "pct": "pct", "score": "score"}
_PROJECT_NOUNS = ("专项", "项目", "经费", "工程", "资金")
_COSTS = ("费", "补助", "救助", "服务", "维护", "建设")


class Naming:
    """Names what was read. `state` is the reader's."""

    def __init__(self, state: State) -> None:
        self.state = state

    def stated(self, number: Number, subject: Subject, item: Item | None, measure: str, direction: str | None) -> Stated:
        metric = subject.metric(measure)
        if metric.startswith("@group"):
            if self.state.group is None:
                return Stated(number, None, why="an amount that belongs to no evaluation named before")
            metric = metric.replace("@group", self.state.group, 1)
        if metric.startswith("project.") and item is None and self.state.topic == "project":
            return Stated(number, metric, item_name=self.state.project)
        own_item = item if is_item(subject) else None
        return Stated(number, metric, direction if "change" in measure else None, item=own_item)

    def project_budget(self, number: Number, lead: str) -> Stated | None:
        """2．某某建设项目，预算金额120万元: the budget of one project among performance targets."""
        named = _PROJECT_BUDGET.match(lead)
        if named is None or self.state.topic != "performance":
            return None
        metric = "project.annual_budget" if self.state.kind == "budget" else "performance.project.annual_budget"
        return Stated(number, metric, item_name=named[1])

    def unknown(self, number: Number, lead: str, words: str | None, measure: str) -> Stated | None:
        """Numbers of performance texts and project descriptions are named as such; the rest is said to be unrecognised."""
        state, before = self.state, self.state.subject
        if number.kind == "money" and words and measure not in ("share_pct", "completion_pct"):
            state.lost = True
            state.subject = state.item = None  # a share or change after it is not that of the subject before
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
            named = noun is not None and not noun.endswith(("支出", "收入", "资金", "合计"))
            if number.kind == "money" and state.group == "performance.targets" and named:
                return Stated(
                    number, "project.annual_budget" if state.kind == "budget" else "performance.project.annual_budget", item_name=noun
                )
            return Stated(number, f"performance.stated.{_STATED_AS.get(number.kind, 'count')}", item_name=noun)
        parent = (state.parent or (None, None))[0]
        whole = parent or before
        noun = self._noun(_OPENING.sub("", words if words is not None else lead)) if noun is None else noun
        divided = state.kind == "budget" and whole is not None and whole.base.endswith(".project")
        if divided and number.kind == "money" and noun is not None:
            noun = noun.removesuffix("支出") if parent is not None else noun  # 项目支出50万元，其中：办案业务费支出30万元
        if divided and number.kind == "money" and noun is not None and noun.endswith((*_PROJECT_NOUNS, *(_COSTS if parent else ()))):
            return Stated(number, "project.annual_budget", item_name=noun)
        if not state.strict and number.kind != "money":
            return None
        said = f"no subject known before {number.printed}{number.unit}" + (f": {words[-40:]}" if words else "")
        return Stated(number, None, why=said)

    def _noun(self, words: str) -> str | None:
        piece = CLAUSES.split(words)[-1]
        piece = _NOUN_START.sub("", piece)
        piece = _NOUN_END.sub("", piece)
        return piece if 1 < len(piece) <= 40 and not _NOT_NOUN.search(piece) else None
