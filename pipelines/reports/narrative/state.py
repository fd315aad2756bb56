"""What is carried from clause to clause while a narrative is read, and what reading one number yields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.reports.narrative.items import Item
from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.vocabulary import Subject

ECONOMIC_TOPICS = frozenset({"general_public_basic_expenditure", "fiscal_appropriation_basic_expenditure", "agency_operating"})
"""Headings under which 类 and 款 are economic subjects (301xx), not functional ones."""

_ECONOMIC_PREFIXES = {
    "general_public_basic_expenditure": "basic",
    "fiscal_appropriation_basic_expenditure": "fiscal_appropriation.basic",
    "fiscal_appropriation_expenditure": "fiscal_appropriation",
    "general_public_expenditure": "general_public",
    "agency_operating": "agency_operating",
}
CLAUSES = re.compile(r"[，：；。]")
JOIN = ("，", "、", "和", "与", ",", "及", "；", "以及")
_ITEM_BASES = {0: "function_class", 1: "function_section", 2: "function_item"}
_OF_ITEMS = frozenset({*_ITEM_BASES.values(), "economic_item"})
_OWN_TOPICS = ("general_public", "fiscal_appropriation", "government_fund", "state_capital")


@lru_cache(maxsize=256)
def made(base: str, value: str, stage: str) -> Subject:
    """A subject that no pattern names: items, parts of joined numbers."""
    return Subject(
        base=base,
        value=value,
        share=None,
        completion=None,
        group=None,
        amount=None,
        stage=stage,  # type: ignore[arg-type]
        bare=False,
        general=False,
        tight=False,
        whole=False,
        rate=False,
        parts=(),
        under={},
        side=None,
        units=frozenset(),
        after=(),
        pattern=re.compile("(?!)"),
        needs=("",),
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
    zone_numbering: str | None = None  # how the paragraph is numbered in which the explanation began
    basis: str | None = None
    counted: Subject | None = None  # the count read last in this sentence
    mode: str | None = None  # assets bought, disposed of or let
    people: bool = False  # the heading of an overview says that head counts follow
    offices: bool = False  # … says which offices there are: sentences of the staff tell head counts
    project: str | None = None
    investing: bool = False  # a project's total investment and its parts: no budget of the year
    project_budget: bool = True  # under 年度预算安排, or in a description that is not divided
    listed: list[tuple[Subject, Item | None]] = field(default_factory=list)  # joined subjects still waiting for their number
    listed_counts: list[Subject] = field(default_factory=list)  # 购置数和保有量分别为1辆和2辆: those still waiting
    joined: list[tuple[Subject, Item | None]] = field(default_factory=list)  # the subjects joined last (分别)
    said: set[tuple[str, Item | None, str]] = field(default_factory=set)  # changes stated since the last 。
    aside: tuple[Subject | None, Item | None, Subject | None] | None = None  # what was spoken of before an open bracket
    of: tuple[str, Subject | None, Item | None] | None = None  # 完成预算3万元的73%: what the percentage after the amount says
    side: str | None = None  # income or expenditure: which side the text speaks of
    past: bool = False  # the amount before was one of an earlier year: so are its parts
    later: bool = False  # … of a year after the report's: what goes on is no account of this report
    staged: str | None = None  # the state of the budget that a list's whole was said to be: so are its parts
    part: bool = False  # the amount before is a part that has no name here: so is what is said of it
    lost: bool = False  # the amount before belongs to nothing known: its parts (其中) are no parts of what was spoken of before
    orphans: bool = False  # … and its parts are being read
    listing: bool = False  # the paragraph ended with 其中：
    open: bool = False  # the sentence goes on after ；
    measure: str | None = None
    direction: str | None = None
    spoken: list[tuple[int, Subject | None, Item | None]] = field(default_factory=list)  # of what each number of the sentence was
    amount_end: int = -1  # where the amount stated last ends

    @property
    def speaking_of_item(self) -> bool:
        return self.subject is not None and self.item is not None and is_item(self.subject)

    def speaks_of_item(self, metric: str | None) -> bool:
        """True where what is said of `metric` is said of the item."""
        return self.speaking_of_item and self.subject is not None and metric in (None, self.subject.base)

    def speak_item(self, item: Item) -> None:
        self.item = item
        self.subject = self.item_subject(item)

    def item_subject(self, item: Item) -> Subject:
        """The subject that numbers of an item have under this topic."""
        if item.economic:
            whole = self.parent[0] if self.parent is not None else None
            of_fund = whole.base if whole is not None and whole.base in ("basic", "fiscal_appropriation.basic") else "expenditure"
            prefix = _ECONOMIC_PREFIXES.get(self.topic, of_fund)
            return made(f"{prefix}.economic_item", f"{prefix}.economic_item.amount", "named")
        base = _ITEM_BASES[item.level]
        if item.level == 0:
            prefix = next((name for name in _OWN_TOPICS if self.topic.startswith(name)), "expenditure")
            if prefix == "fiscal_appropriation" and self.kind == "final":
                prefix = "general_public"  # finals divide the general public budget by class
            return made(f"{prefix}.{base}", f"{prefix}.{base}.amount", "budgeted")
        return made(base, base, "full")


def is_item(subject: Subject) -> bool:
    """True for subjects whose numbers belong to a named item."""
    return any(part in _OF_ITEMS for part in subject.base.split("."))


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
    also: list[str] = field(default_factory=list)  # further metrics that the same number states (A、B均为0)


@dataclass(slots=True)
class Found:
    """A subject found in a lead: `start` is where its words begin, `matches` all subjects named, in order.

    `unknown`: words without a known subject stand before the number; `carried`: no words, what was spoken of goes on.
    """

    subject: Subject | None
    item: Item | None
    start: int
    unknown: str | None = None
    matches: list[tuple[Subject, Item | None]] = field(default_factory=list)
    carried: bool = False
    side: str | None = None
    joined: int = 1  # how many subjects the words join (A、B和C)
