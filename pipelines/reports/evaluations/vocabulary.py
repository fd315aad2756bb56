"""The vocabulary of self-evaluation and target forms (绩效自评表, 绩效目标表), loaded and checked from forms/evaluations.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, field_validator

_FILE = Path(__file__).parents[1] / "forms" / "evaluations.toml"
_DROP = re.compile(
    r"[\s:：]+|[(（](?:万元|元|[A-Z]|[A-Z]/[A-Z]|\d+分?|[^)）]{0,3}分|盖章|公章|签章|\d{4}年?[-—至]+\d{4}年?)[)）]|^其中[:：]?|^[一二三四五六七八九十]、|^\d[.、]"
)


def norm(text: str) -> str:
    """A label for matching: no spaces, colons, unit brackets, leading 其中 or numbering; full-width signs folded."""
    text = re.sub(r"[\s:：]+", "", text)
    text = _DROP.sub("", text).replace("（", "(").replace("）", ")").replace("％", "%").replace("(%)", "%").replace("(/项目)", "/项目")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Starts(_Strict):
    starts: list[str]


class _Management(_Starts):
    lines: list[str]


class _Goals(_Strict):
    expected: list[str]
    actual: list[str]
    annual: list[str]


class EvaluationVocabulary(_Strict):
    """What forms/evaluations.toml holds."""

    titles_self_evaluation: list[str]
    titles_target: list[str]
    first_key: list[str]
    attributes: dict[str, list[str]]
    fund_header: _Starts
    fund_columns: dict[str, list[str]]
    fund_lines: list[str]
    management: _Management
    goals: _Goals
    indicator_columns: dict[str, list[str]]
    fillers: list[str]
    totals: list[str]
    level1: list[str]
    level2: dict[str, str]
    level2_alias: dict[str, str]

    @field_validator("level2")
    @classmethod
    def _known_parents(cls, value: dict[str, str]) -> dict[str, str]:
        for label in value:
            if not label:
                raise ValueError("a level-2 label is empty")
        return value

    @cached_property
    def known(self) -> frozenset[str]:
        """Every label that stands for itself in a form."""
        tables = (self.attributes, self.fund_columns, self.indicator_columns)
        labels = [name for table in tables for names in table.values() for name in names]
        goals = [*self.goals.expected, *self.goals.actual, *self.goals.annual]
        return frozenset(
            [*labels, *goals, *self.fund_lines, *self.management.lines, *self.fillers, *self.totals, *self.level1, *self.level2]
        )

    @cached_property
    def said_of_the_project(self) -> frozenset[str]:
        """Labels of texts about the project that stand below the head of a form."""
        return frozenset(label for key in ("description", "conclusion", "problems", "measures") for label in self.attributes[key])

    def attribute(self, label: str) -> str | None:
        return _lookup(self.attributes, label)

    def fund_column(self, label: str) -> str | None:
        return _lookup(self.fund_columns, label)

    def indicator_column(self, label: str) -> str | None:
        return _lookup(self.indicator_columns, label)


def _lookup(table: dict[str, list[str]], label: str) -> str | None:
    return next((key for key, names in table.items() if label in names), None)


@cache
def vocabulary() -> EvaluationVocabulary:
    """The validated vocabulary; a fault names the file and the field."""
    return EvaluationVocabulary.model_validate(tomllib.loads(_FILE.read_text(encoding="utf8")))
