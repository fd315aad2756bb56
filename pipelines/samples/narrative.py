"""Wordings as data: sentence templates filled with metrics, each number recorded as a fact while it is set.

Template marks: `{metric}` the number; `{metric|增加|减少}` the word of its sign; `[[…]]` left out when a metric in it is
unknown; `[[?metric …]]` only when that is not zero, `[[=metric …]]` only when it is zero; `{$word}` a plain word.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.reports.model import NarrativeFact
from pipelines.samples.blocks import Block, Heading, Para
from pipelines.samples.content import Content
from pipelines.samples.printing import Printer, digits, rounded

FOLDER = Path(__file__).parent / "wording"

SIGNED = ("yoy_change", "yoy_change_pct", "change_vs_previous_execution_pct")
LIST_METRICS = {"function_class": "general_public.function_class", "expenditure_class": "expenditure.function_class"}
_OPTION = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.S)
_UNIT = re.compile(r"万元|元|%|％|辆|台（套）|批次|人次|个|家|分|项|次|人")
_MARK = re.compile(r"\{([^{}]+)\}")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paragraph(Strict):
    """One paragraph; with `each` it is repeated for the items of a list (or joined by `joint` into one paragraph)."""

    text: str
    each: str | None = None
    joint: str | None = None
    before: str = ""
    after: str = "。"
    chart: bool = False  # words of a chart: their numbers are not facts of the text


class Section(Strict):
    heading: str
    level: int = 2
    paragraphs: list[Paragraph] = []
    when: list[str] = []  # only where all of these metrics are known


class Wording(Strict):
    title: str
    sections: list[Section]
    reason: list[str] = ["人员经费和项目安排有所调整"]
    nothing: str = "本{$scope_word}{$year}年度无此项收支。"


@lru_cache
def load(name: str) -> Wording:
    """The wording `name`; ValueError with one clear line for a bad file."""
    path = FOLDER / f"{name}.toml"
    try:
        return Wording.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, tomllib.TOMLDecodeError) as error:
        first = f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}" if isinstance(error, ValidationError) else error
        raise ValueError(f"wording {name}: {first}") from error


@dataclass
class Narrator:
    """Sets the narrative of one report and keeps what it says as facts."""

    content: Content
    printer: Printer
    wording: Wording
    fill: dict[str, str]
    facts: list[NarrativeFact] = field(default_factory=list)
    chart_facts: list[NarrativeFact] = field(default_factory=list)  # numbers of charts: no facts of the text

    def compose(self) -> list[Block]:
        """Headings and paragraphs of the 情况说明; `facts` is filled in printed order."""
        blocks: list[Block] = []
        path: list[str] = []
        for section in self.wording.sections:
            if any(self._find(m, {}) is None for m in section.when):
                continue
            del path[section.level - 2 :]
            path.append(section.heading.format(**self.fill))
            numbered = section.level > 2 or "、" in section.heading[:4]
            blocks.append(Heading(path[-1], section.level if numbered else 1))
            name = "/".join(path)
            said = [b for paragraph in section.paragraphs for b in self._paragraph(paragraph, name)]
            if section.paragraphs and not said:
                said = [Para(self._sentence(self.wording.nothing, name, {}))]
            blocks += said
        return blocks

    def _paragraph(self, paragraph: Paragraph, section: str) -> list[Block]:
        if not paragraph.each:
            known = len(self.facts)
            text = self._sentence(paragraph.text, section, {})
            if paragraph.chart:
                self.chart_facts += self.facts[known:]
                del self.facts[known:]
            return [Para(text)] if text else []
        items = [self._enriched(paragraph.each, n, item) for n, item in enumerate(self.content.lists.get(paragraph.each, []), 1)]
        if not items:
            return []
        if paragraph.joint is None:
            return [Para(self._sentence(paragraph.text, section, item)) for item in items]
        before = self._sentence(paragraph.before, section, {})
        return [Para(before + paragraph.joint.join(self._sentence(paragraph.text, section, i) for i in items) + paragraph.after)]

    def _enriched(self, name: str, number: int, item: dict[str, Any]) -> dict[str, Any]:
        """An item with what sentences need beside its numbers: its ordinal, short class name, how result and budget compare."""
        out = {"metric_prefix": LIST_METRICS.get(name, name), **item}
        if name == "function_item":
            out.setdefault("item_no", number)
        if out.get("item_no") is None:
            out["item_no"] = number
        out["class_short"] = str(item.get("item_name", "")).removesuffix("支出")
        final, initial = item.get("final"), item.get("initial_budget")
        if final is not None and initial is not None:
            a, b = self.printer.amount(final)[1], self.printer.amount(initial)[1]  # the claim compares what is printed
            out["difference"] = "决算数与年初预算数持平。" if a == b else f"决算数{'大于' if a > b else '小于'}年初预算数。"
        return out

    # -- one template ----------------------------------------------------------------------------------------------
    def _find(self, name: str, item: dict[str, Any]) -> Decimal | None:
        if name.startswith("item:"):
            value = item.get(name[5:])
            return None if value is None else Decimal(value)
        return self.content.metrics.get(name)

    def _resolve(self, template: str, item: dict[str, Any]) -> str:
        """The template without its options: each kept or dropped, innermost first."""
        while match := _OPTION.search(template):
            inner = match.group(1)
            keep = True
            if inner[:1] in "?=" and inner:
                test, _, inner = inner[1:].partition(" ")
                value = self._find(test, item)
                keep = value is not None and (rounded(value) != 0) == (match.group(1)[0] == "?")
            if keep:
                for mark in _MARK.findall(inner):
                    name = mark.partition("|")[0]
                    if not name.startswith("$") and self._find(name, item) is None:
                        keep = False
                        break
            template = template[: match.start()] + (inner if keep else "") + template[match.end() :]
        return template

    def _sentence(self, template: str, section: str, item: dict[str, Any]) -> str:
        template = self._resolve(template, item)
        start = len(self.facts)
        out: list[str] = []
        position = 0
        for match in _MARK.finditer(template):
            out.append(template[position : match.start()])
            position = match.end()
            name, _, words = match.group(1).partition("|")
            if name.startswith("$"):
                word = item.get(name[1:], self.fill.get(name[1:], self.content.words.get(name[1:], "")))
                out.append(str(word))
                continue
            value = self._find(name, item)
            if value is None:
                raise ValueError(f"wording: metric {name} is not known outside an optional part: {template[:40]}")
            if words:
                rising, falling = words.split("|")
                out.append(rising if value >= 0 else falling)
                continue
            if not (unit := _UNIT.match(template, position)):
                raise ValueError(f"wording: no unit after {{{name}}}: {template[:40]}")
            layout = self.printer.layout
            printed = self._number(name, value, layout.narrative_unit if unit.group(0) == "万元" else unit.group(0), section, item)
            out.append(f" {printed} " if layout.narrative_spaces else printed)
            shown = {"万元": layout.narrative_unit, "%": layout.narrative_percent}.get(unit.group(0))
            if shown and shown != unit.group(0):
                out.append(shown)
                position += len(unit.group(0))
        out.append(template[position:])
        text = "".join(out)
        for fact in self.facts[start:]:
            fact.sentence = text
        return text

    def _number(self, name: str, value: Decimal, unit: str, section: str, item: dict[str, Any]) -> str:
        metric = name
        if name.startswith("item:"):
            metric = f"{item['metric_prefix']}.{name[5:]}"
        direction = None
        if metric.rsplit(".", 1)[-1] in SIGNED and value:
            direction = "increase" if value > 0 else "decrease"
        if unit in ("元", "万元"):
            printed, number = self.printer.amount(value)
        elif unit in ("%", "分"):
            number = rounded(abs(value))
            printed = digits(number, False, self.printer.layout.trim_zeros)
        else:
            number = abs(value).to_integral_value()
            printed = str(number)
        self.facts.append(
            NarrativeFact(
                section,
                metric,
                number,
                printed,
                unit,
                "",
                direction=direction,
                item_no=item.get("item_no") if item.get("metric_prefix") == "function_item" else None,
                item_class=item.get("item_class"),
                item_section=item.get("item_section"),
                item_name=item.get("item_name"),
                item_code=item.get("item_code"),
            )
        )
        return printed
