"""The vocabulary of the narrative: topics, subjects and small words, loaded once from `forms/narrative` and compiled.

Everything that changes with region, year or wording is data there; an entry that does not fit is refused with the file and its place.
"""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from re import _parser  # type: ignore[attr-defined]  # to see which literals a pattern needs
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Stage = Literal["full", "named", "budgeted", "some", "none"]
ReportKindName = Literal["final", "budget"]


class VocabularyError(ValueError):
    """A bad entry of the narrative vocabulary: which file, which entry, what is wrong."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicEntry(_Entry):
    key: str
    patterns: list[str] = Field(min_length=1)
    not_: list[str] = Field(default=[], alias="not")


class SubjectEntry(_Entry):
    """One thing numbers are stated of; see the head of `subjects_money.toml` for the fields."""

    base: str
    value: str | None = None
    in_finals: str | None = None  # the value's metric in a final report, where it differs
    share: str | None = None
    completion: str | None = None
    group: str | None = None
    amount: str | None = None
    patterns: list[str] = Field(min_length=1)
    topics: list[str] = []
    not_topics: list[str] = []
    kinds: list[ReportKindName] = []
    units: list[str] = []
    after: list[str] = []
    parts: list[str] = []
    under: dict[str, str] = {}
    side: Literal["income", "expenditure"] | None = None
    stage: Stage = "some"
    bare: bool = False
    general: bool = False
    tight: bool = False
    whole: bool = False
    rate: bool = False

    @field_validator("base")
    @classmethod
    def _metric(cls, value: str) -> str:
        if not re.fullmatch(r"@?[a-z][a-z0-9_.]*", value):
            raise ValueError(f"a metric is lower case with dots, not {value!r}")
        return value


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    relation: dict[str, Any]
    project: dict[str, str]
    reasons: dict[str, str]
    groups: dict[str, str]
    modes: dict[str, str]
    basis: dict[str, str]
    share: dict[str, list[str]]
    completion: dict[str, list[str]]
    stage: dict[str, list[str]]
    zone: dict[str, list[str]]
    claims: dict[str, Any]
    filler: list[str]
    before: list[str]
    body: str


@dataclass(slots=True, frozen=True)
class Subject:
    """A subject with one compiled pattern; `metric(measure)` names what a number of it is called."""

    base: str
    value: str
    share: str | None
    completion: str | None
    group: str | None
    amount: str | None
    stage: Stage
    bare: bool
    general: bool
    tight: bool
    whole: bool
    rate: bool
    parts: tuple[str, ...]
    under: dict[str, str]
    side: str | None
    units: frozenset[str]
    after: tuple[str, ...]
    pattern: re.Pattern[str]
    needs: tuple[str, ...]  # one of these stands in every text the pattern fits ("": no test)
    topics: frozenset[str]
    not_topics: frozenset[str]
    kinds: frozenset[str]
    in_finals: str | None = None

    def metric(self, measure: str) -> str:
        if measure == "value":
            return self.value
        if measure == "share_pct" and self.share is not None:
            return self.share
        if measure == "completion_pct" and self.completion is not None:
            return self.completion
        return f"{self.base}.{measure}"


@dataclass(slots=True)
class Vocabulary:
    topics: list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]
    money: list[Subject]
    by_base: dict[str, Subject]  # money, the first of each base
    count: list[Subject]
    economic: frozenset[str]  # names of the departmental economic classification, without 支出 and 费
    economic_classes: frozenset[str]  # of these the 3-digit ones (工资福利, 商品和服务 …)
    classes: dict[str, str]  # 一般公共服务支出 → 201
    items: frozenset[str]  # names of functional items (项), without 支出: known also where the file holds no tables
    relation_end: re.Pattern[str]
    compare: re.Pattern[str]
    flat_end: re.Pattern[str]
    project: dict[str, re.Pattern[str]]
    reasons: dict[str, re.Pattern[str]]
    groups: dict[str, re.Pattern[str]]
    modes: dict[str, re.Pattern[str]]
    basis: re.Pattern[str]
    basis_short: re.Pattern[str]
    previous: re.Pattern[str]
    share: re.Pattern[str]
    completion: re.Pattern[str]
    stages: list[tuple[str, re.Pattern[str]]]
    not_stage: re.Pattern[str]
    reason: re.Pattern[str]
    usage: re.Pattern[str]
    detail: re.Pattern[str]
    exit_usage: re.Pattern[str]
    exit_reason: re.Pattern[str]
    exit_reason_amount: re.Pattern[str]
    exit_reason_count: re.Pattern[str]
    filler: re.Pattern[str]
    before_bare: re.Pattern[str]
    claims: dict[str, re.Pattern[str]]
    _by_topic: dict[tuple[str, str | None, bool], list[Subject]] = field(default_factory=dict)

    def subjects(self, topic: str, kind: str | None, money: bool) -> list[Subject]:
        """The subjects that may be met under a topic in a report of this kind."""
        key = (topic, kind, money)
        found = self._by_topic.get(key)
        if found is None:
            found = self._by_topic[key] = [
                replace(s, value=s.in_finals) if kind == "final" and s.in_finals else s
                for s in (self.money if money else self.count)
                if (topic in s.topics if s.topics or topic in _OWN_ONLY else True)
                and topic not in s.not_topics
                and (not s.kinds or kind is None or kind in s.kinds)
            ]
        return found


# texts of these speak of towns and taxes too: only what is meant for them is read as a subject there
_OWN_ONLY = frozenset({"performance", "project"})


def _read(name: str) -> str:
    return (resources.files("pipelines.reports.forms") / "narrative" / name).read_text(encoding="utf-8")


def _any(patterns: list[str]) -> str:
    return "(?:" + "|".join(patterns) + ")"


def _compile(source: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(source)
    except re.error as error:
        raise VocabularyError(f"{where}: not a regular expression: {error}") from error


def parse_subjects(text: str, where: str) -> list[Subject]:
    """Subjects from TOML text; raises VocabularyError naming the entry."""
    data = tomllib.loads(text)
    fragments: dict[str, str] = data.get("fragments", {})
    out: list[Subject] = []
    for i, raw in enumerate(data.get("subject", []), 1):
        place = f"{where}: subject {i} ({raw.get('base', '?')})"
        try:
            entry = SubjectEntry.model_validate(raw)
        except ValidationError as error:
            raise VocabularyError(f"{place}: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error
        source = _any(entry.patterns)
        for _ in range(3):
            source = re.sub(r"<([a-z]+)>", lambda m: fragments.get(m[1], m[0]), source)
        if (left := re.search(r"(?<!\?)<[a-z]+>", source)) is not None:
            raise VocabularyError(f"{place}: no fragment {left.group()}")
        out.append(
            Subject(
                base=entry.base,
                value=entry.value or entry.base,
                share=entry.share,
                completion=entry.completion,
                group=entry.group,
                amount=entry.amount,
                stage=entry.stage,
                bare=entry.bare,
                general=entry.general,
                tight=entry.tight,
                whole=entry.whole,
                rate=entry.rate,
                parts=tuple(entry.parts),
                under=entry.under,
                side=entry.side,
                units=frozenset(entry.units),
                after=tuple(entry.after),
                pattern=_compile(source, place),
                needs=needed_literals(source),
                topics=frozenset(entry.topics),
                not_topics=frozenset(entry.not_topics),
                kinds=frozenset(entry.kinds),
                in_finals=entry.in_finals,
            )
        )
    return out


def needed_literals(source: str) -> tuple[str, ...]:
    """Words of which one stands in every text that a pattern fits; "" where none must."""
    found = _needs(list(_parser.parse(source)))
    return tuple(sorted(found)) if found else ("",)


def _needs(tokens: list[Any]) -> set[str] | None:
    best: set[str] | None = None
    run = ""
    for operation, argument in [*tokens, (None, None)]:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument)
            continue
        candidates = [{run}] if run else []
        run = ""
        if name == "SUBPATTERN":
            inner = _needs(list(argument[3]))
            candidates += [inner] if inner else []
        elif name == "MAX_REPEAT" and argument[0] >= 1:
            inner = _needs(list(argument[2]))
            candidates += [inner] if inner else []
        elif name == "BRANCH":
            branches = [_needs(list(branch)) for branch in argument[1]]
            if all(branches):
                candidates.append(set().union(*(b for b in branches if b)))
        for candidate in candidates:  # the one that is met least often: long words, few of them
            if best is None or (min(map(len, candidate)), -len(candidate)) > (min(map(len, best)), -len(best)):
                best = candidate
    return best


def _topics(text: str) -> list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    out = []
    for i, raw in enumerate(tomllib.loads(text).get("topic", []), 1):
        try:
            entry = TopicEntry.model_validate(raw)
        except ValidationError as error:
            raise VocabularyError(f"topics.toml: topic {i}: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error
        place = f"topics.toml: {entry.key}"
        out.append((entry.key, _compile(_any(entry.patterns), place), _compile(_any(entry.not_), place) if entry.not_ else None))
    return out


def _classes(text: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for line, row in enumerate(csv.DictReader(text.splitlines()), 2):
        code, name = row.get("code") or "", row.get("name") or ""
        if not re.fullmatch(r"2\d\d", code) or not name:
            raise VocabularyError(f"function_classes.csv: line {line}: a class has three digits and a name, not {code!r} {name!r}")
        out[name] = code
    return out


def core(name: str) -> str:
    """A subject's name without brackets, spaces and its last 支出 or 费: what is compared."""
    plain = re.sub(r"[\s（）()、]", "", name).replace("其它", "其他").replace("的", "")
    plain = re.sub(r"^一般(?=商品)|(?<=商品)(?=服务)", lambda m: "" if m.group() else "和", plain)  # 一般商品服务支出 is 商品和服务支出
    return re.sub(r"(?:支出|费用|经费|费)$", "", plain)


def _economic(digits: int) -> frozenset[str]:
    """The names of all economic subjects (2) or of the classes only (3)."""
    text = (resources.files("pipelines.reports.forms") / "economic_items.csv").read_text(encoding="utf-8")
    return frozenset(core(row["name"]) for row in csv.DictReader(text.splitlines()) if digits == 2 or len(row["code"]) == digits)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The compiled vocabulary (read once a process)."""
    try:
        words = _Words.model_validate(tomllib.loads(_read("words.toml")))
    except ValidationError as error:
        raise VocabularyError(f"words.toml: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}") from error
    where = "words.toml"
    tail = _any(words.relation["tail"])
    names = ("ambiguous", "reached", "increase", "decrease")
    relation = "|".join(f"(?P<{name}>{_any(words.relation[name])})" for name in names)
    filler = _any(words.filler)
    zone = {name: _compile(_any(patterns), where) for name, patterns in words.zone.items()}
    claims = {name: _compile(value if isinstance(value, str) else _any(value), where) for name, value in words.claims.items()}
    money = parse_subjects(_read("subjects_money.toml"), "subjects_money.toml")
    return Vocabulary(
        topics=_topics(_read("topics.toml")),
        money=money,
        by_base={s.base: s for s in reversed(money)},
        count=parse_subjects(_read("subjects_count.toml"), "subjects_count.toml"),
        economic=_economic(2),
        economic_classes=_economic(3) - {"其他"},
        classes=_classes(_read("function_classes.csv")),
        items=frozenset(core(row["name"]) for row in csv.DictReader(_read("function_items.csv").splitlines())),
        relation_end=_compile(f"(?:{relation}){tail}*$", where),
        compare=_compile(words.relation["compare"], where),
        flat_end=_compile(words.relation["flat"], where),
        modes={name: _compile(source, where) for name, source in words.modes.items()},
        groups={name: _compile(source, where) for name, source in words.groups.items()},
        project={name: _compile(source, where) for name, source in words.project.items()},
        reasons={name: _compile(source, where) for name, source in words.reasons.items()},
        basis=_compile(words.basis["phrase"], where),
        basis_short=_compile(words.basis["yoy_short"], where),
        previous=_compile(words.basis["previous"], where),
        share=_compile(_any(words.share["words"]), where),
        completion=_compile(f"{_any(words.completion['patterns'])}(?:为|是|达|到|的|：|约)*$", where),
        stages=[
            (name, _compile(_any(words.stage[name]), where))
            for name in ("budget_adjustment", "initial_budget", "annual_budget", "execution", "final", "budget")
        ],
        not_stage=_compile(_any(words.stage["not_stage"]), where),
        reason=zone["reason"],
        usage=zone["usage"],
        detail=zone["detail"],
        exit_usage=_compile(f"(?:^|[，；。）：])(?:{zone['exit_usage'].pattern})", where),
        exit_reason_amount=_compile(f"(?:^|[，；。）：])(?:{zone['exit_reason'].pattern}|{zone['exit_reason_amount'].pattern})", where),
        exit_reason_count=_compile(f"(?:^|[，；。）：])(?:{zone['exit_reason'].pattern}|{zone['exit_reason_count'].pattern})", where),
        exit_reason=_compile(f"(?:^|[，；。）：])(?:{zone['exit_reason'].pattern})", where),
        filler=_compile(f"(?:{filler})*", where),
        before_bare=_compile(f"(?:{filler}|{_any(words.before)}|{words.body})*", where),
        claims=claims,
    )
