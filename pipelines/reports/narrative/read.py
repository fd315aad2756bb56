"""The narrative (情况说明): every number it states becomes a fact with its metric; what no pattern takes is said, never dropped.

A clause grammar over tokens: the words between two numbers hold a subject (which may be carried on from before), a base of comparison and a
relation (增加, 占, 完成, none). Words, subjects and topics are data (`forms/narrative`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from pipelines.documents.model import Locator, Paragraph, Run
from pipelines.reports.model import Claim, Identity, NarrativeFact, Outline, Section, Statement, Unrecognised
from pipelines.reports.narrative import claims as claim_finder
from pipelines.reports.narrative.grammar import Reading
from pipelines.reports.narrative.items import CodeIndex, marks
from pipelines.reports.narrative.sentences import Folded, Number, fold, fold_heading, numbers, split
from pipelines.reports.narrative.state import ECONOMIC_TOPICS, State, Stated
from pipelines.reports.narrative.vocabulary import vocabulary

_ROLES = {"narrative", "overview", "members", "project", "other"}
_ABOUT_THE_BODY = {"overview", "members"}
_PART = re.compile(r"^第[一二三四五六七八九十]+(?:部分|章|篇)")
_CHART = re.compile(
    r"^(?:（?图(?:表)?\d*[一二三四五六七八九十]*[：:、.）]|[^，。；]{0,24}(?:示意图|饼图|饼状图|柱状图|变动情况图|结构图|情况图)(?:）|$|（))"
)
_INLINE = re.compile(
    r"^(?:（[一二三四五六七八九十\d]+）|\d{1,2}[.、]|[一二三四五六七八九十]+、|第?[一二三四五六七八九十]+[是，])?([^，。；：\d]{2,30}?)(?:[：。]|$)"
)
_NAMED_ALONE = re.compile(r"(?:（[一二三四五六七八九十\d]+）|\d{1,2}[.、])(?:基本|项目)(?:预算)?支出(?:预算|决算)?：?$")
_APART = frozenset(
    {
        "agency_operating",
        "procurement",
        "asset_occupation",
        "performance",
        "three_public",
        "government_fund",
        "state_capital",
        "general_cost_items_meeting_training",
    }
)
_DIVIDED = frozenset({"expenditure", "general_public_expenditure", "fiscal_appropriation_expenditure"})
_GENERAL = frozenset(
    {"income_expenditure_summary", "income", "expenditure", "fiscal_appropriation_summary", "fiscal_appropriation_expenditure"}
)
_GLUED = re.compile(
    r"(?:第[一二三四五六七八九十]+部分[^，。；：]{0,40}?说明)?(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)"
    r"((?:(?:19|20)\d\d年度?)?[^，。；：\d]{2,48}?(?:情况说明|情况的说明))(?=[^，。；：、）的中])"
)
_BARE_LABEL = re.compile(r"(?:(?:19|20)\d\d年度?)?[-\d,.]+(?:亿元|万元|元|%)?")
_CLOSED = re.compile(r"[。；：！？][）]?$")
_BEGINS = re.compile(
    r"（?[一二三四五六七八九十]+[）、]|（?\d{1,2}(?:[）、]|[.](?!\d))|第[一二三四五六七八九十]+部分|[①-⑳]|注[：\d]|\d{4}年度?[^，。]{0,20}(?:表|说明)$"
)
_REASON_FOLLOWS = re.compile(r"原因(?:是|为|如下)?：$")
_NUMBERED = re.compile(r"（\d{1,2}）|\d{1,2}[.、](?!\d)|（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、|[①-⑳]")
_STATING = re.compile(r"\d[\d,.]*(?:亿元|万元|元|%|辆|个|人|批)?|，|[（](?:类|款|项)[）]")
_SENTENCE_BEGINS = re.compile(r"(?:19|20)\d\d年|[本我全]|截[至止]")
_WHOLE = re.compile(r"\d(?:亿元|万元|元|%|辆|个|台（套）|人|人次|批次|平方米)$")
_TABLE_NOTE = re.compile(r"^(?:注|备注|说明)[：:\d]|^单位：|^公开\d+表|^（按.{0,40}填写）$|^（?四舍五入")


@lru_cache(maxsize=4096)
def topic_of(text: str) -> str | None:
    """The topic a heading opens, by its folded text."""
    for key, pattern, excluded in vocabulary().topics:
        if pattern.search(text) and not (excluded is not None and excluded.search(text)):
            return key
    return None


def _topic(section: Section) -> str:
    """Own heading first, then what lies around it, innermost first, then the outline's key."""
    own = fold_heading(section.heading)
    if section.role == "project":
        return "project"
    if section.role in _ABOUT_THE_BODY and section.key in (None, "overview", "project_expenditure"):
        told = topic_of(own)
        return told if told in _GENERAL else "overview"  # 四、部门收支预算编制的测算分析情况
    found = topic_of(own)
    if found in _GENERAL:  # （一）财政拨款支出决算总体情况 under 五、一般公共预算…
        outer = next((t for h in reversed(section.path) if (t := topic_of(fold_heading(h))) is not None), None)
        found = outer if outer in _APART or outer == "general_public_expenditure" else found
    if _is_part_of_expenditure(found, own):  # （一）基本支出情况 under 二、支出决算
        outer = next((t for h in reversed(section.path) if (t := topic_of(fold_heading(h))) is not None), None)
        found = outer if outer in _DIVIDED else found
    if found is None and section.key and section.key not in ("other", "other_matters"):
        found = section.key
    for heading in reversed(section.path):
        if found is not None:
            break
        found = topic_of(fold_heading(heading))
    return _alias(found or section.key or "other")


def _is_part_of_expenditure(topic: str | None, heading: str) -> bool:
    return topic == "general_public_basic_expenditure" and "公共" not in heading and "财政拨款" not in heading


def _alias(key: str) -> str:
    """Finer heading roles of the outline (project_performance_self_evaluation) under the topic that reads them."""
    return "performance" if "performance" in key else "three_public" if key.startswith("three_public") else key


def label(section: Section) -> str:
    """五、…说明/（一）总体情况: the printed headings without 第三部分."""
    heads = [h for h in (*section.path, section.heading) if h]
    shown = [h for h in heads if not _PART.match(fold_heading(h))] or heads[-1:]
    return "/".join(shown)


def is_chart_text(text: str) -> bool:
    """Captions of charts and notes under tables are no narrative."""
    return _CHART.match(text) is not None or _TABLE_NOTE.match(text) is not None


def chart_labels(texts: list[str]) -> list[bool]:
    """Which paragraphs are the labels of a chart: short lines without a sentence beside a caption, or a bare year and amount."""
    short = [0 < len(t) <= 40 and not _CLOSED.search(t) and not _BEGINS.match(t) and "，" not in t for t in texts]
    label = [_BARE_LABEL.fullmatch(t) is not None for t in texts]
    captions = [_CHART.match(t) is not None for t in texts]
    for order in (range(len(texts)), range(len(texts) - 1, -1, -1)):
        beside = False
        for i in order:
            beside = captions[i] or (beside and (short[i] or label[i] or not texts[i]))
            label[i] = label[i] or (beside and short[i] and not captions[i] and any(c.isdigit() for c in texts[i]))
    return label


def joined(paragraphs: list[Paragraph], heading: str) -> list[Paragraph]:
    """Pieces of one sentence put together again: a reader may take a short printed line, or a page's end, for the end of a paragraph."""
    out: list[Paragraph] = []
    for paragraph in paragraphs:
        if out and out[-1].text.strip() != heading.strip() and goes_on(fold_heading(out[-1].text[-60:]), fold_heading(paragraph.text[:40])):
            before = out[-1]
            shift = len(before.text)
            runs = [*before.runs, *(Run(r.start + shift, r.end + shift, r.locator) for r in paragraph.runs)]
            out[-1] = replace(before, text=before.text + paragraph.text, runs=runs)
        else:
            out.append(paragraph)
    return out


def goes_on(before: str, after: str) -> bool:
    """True where a line ends inside a sentence: no closing sign, no whole statement, and the next line begins nothing new."""
    if before and after and _REASON_FOLLOWS.search(before) and not is_chart_text(after):
        return not _BEGINS.match(after)
    if not before or not after or _CLOSED.search(before) or _BEGINS.match(after) or is_chart_text(after) or is_chart_text(before):
        return False
    if after[0] in "，、；。）%":
        return True
    last = re.split("[。；]", before)[-1]
    if (numbered := _NUMBERED.match(last)) is not None and _SENTENCE_BEGINS.match(after) and not _STATING.search(last, numbered.end()):
        return False  # 1、基本支出
    return _STATING.search(before) is not None and _WHOLE.search(before) is None


class Narrative:
    """Reads the sections of one report; facts, claims and leftovers collect in printed order."""

    def __init__(self, identity: Identity, statements: Iterable[Statement]) -> None:
        self.words = vocabulary()
        self.identity = identity
        self.codes = CodeIndex.of(statements)
        self.facts: list[NarrativeFact] = []
        self.claims: list[Claim] = []
        self.unrecognised: list[Unrecognised] = []
        self.body = fold(identity.department or "").text
        self.label: str | None = None  # a heading that the outline left in the text
        self.project: str | None = None  # the project described, once project descriptions have begun
        self.describing = False

    def section(self, section: Section) -> None:
        """Reads one section: its heading (it may state amounts, and names the subject), then its paragraphs."""
        if section.role not in _ROLES:
            return
        topic = _topic(section)
        own = fold_heading(section.heading)
        self._project(own)
        if self.describing:
            if section.role == "project" or self.words.project["subsection"].match(own):
                topic = "project"
            elif own:
                self.describing = False
        if section.role == "other" and topic in ("other", "overview"):
            return
        state = State(topic=topic, kind=self.identity.report_kind, year=self.identity.fiscal_year, strict=topic != "overview")
        state.people = self.words.project["people"].search(own) is not None
        state.offices = self.words.project["offices"].search(own) is not None
        self._enter_project(state, own)
        name, self.label = label(section), None
        paragraphs = joined([block for block in section.blocks if isinstance(block, Paragraph)], section.heading)
        for outer in section.path:
            self._context(fold(outer), state)
        heading = fold(section.heading)
        first = fold(paragraphs[0].text).text if paragraphs else ""
        if heading.text and not first.startswith(heading.text):
            if any(n.kind in ("money", "pct") and not n.limit for n in numbers(heading.text)):
                place = paragraphs[0].locator if paragraphs else None
                self._paragraph(heading, state, name, lambda _a, _b: place)
            else:
                self._context(heading, state)
        texts = [fold(paragraph.text) for paragraph in paragraphs]
        labels = chart_labels([t.text for t in texts])
        for folded, paragraph, label_ in zip(texts, paragraphs, labels, strict=True):
            if not folded.text or label_ or is_chart_text(folded.text):
                continue
            self._inline_topic(folded, state)
            self._paragraph(folded, state, name, paragraph.locate)

    def _project(self, heading: str) -> None:
        """Notes where project descriptions (项目经费情况说明) begin, and of which project."""
        title = self.words.project["title"].match(heading)
        if title is not None or heading.endswith("经费情况说明"):
            self.describing = True
            name = title[1] if title else ""
            self.project = None if self.words.project["generic"].match(name) or name.endswith("、") else name

    def _enter_project(self, state: State, heading: str) -> None:
        if state.topic != "project":
            return
        state.project = self.project
        divided = self.words.project["subsection"].match(heading) is not None
        state.project_budget = not divided or self.words.project["budget"].search(heading) is not None

    def _inline_topic(self, folded: Folded, state: State) -> None:
        """A heading that the outline left among the paragraphs: short, without a sign or a number."""
        text = folded.text
        if len(text) > 40 or any(c in text for c in "，。；") or any(n.unit for n in numbers(text)):
            return
        if text.endswith("经费情况说明") and len(text) > 6:
            self._project(text)
            state.topic = "project"
        if self.describing and self.words.project["subsection"].match(text):
            state.topic = "project"
            state.subject = state.item = None
            self._enter_project(state, text)
            return
        if re.match(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）", text) and text.endswith(("情况", "说明", "情况说明")):
            topic = topic_of(text)
            if _is_part_of_expenditure(topic, text) and state.topic in _DIVIDED:
                return
            if topic is not None and topic != state.topic:
                state.topic = topic
                state.subject = state.item = None
                state.strict = state.strict or topic != "overview"
                self.label = folded.printed.strip()

    def _glued_heading(self, folded: Folded, state: State) -> int:
        """A heading printed without a line end before its text (五、…情况说明某某局2023年…): where the text begins."""
        match = _GLUED.match(folded.text)
        topic = topic_of(match[1]) if match is not None else None
        if match is None or topic is None or match.end() >= len(folded.text):
            return 0
        if topic != state.topic:
            state.topic, state.subject, state.item, state.group = topic, None, None, None
            state.strict = state.strict or topic != "overview"
        self.label = folded.source(0, match.end())
        return match.end()

    def _inline_heading(self, sentence: str, stating: bool, reading: Reading) -> None:
        """A heading inside a paragraph: （一）机关运行经费支出情况。 or 2.“三公”经费预算：2023年…"""
        state = reading.state
        match = _INLINE.match(sentence)
        if match is None or state.zone is not None or self.words.reason.search(match[1]) is not None:
            return
        title = match[1]
        whole = not stating and match.end() >= len(sentence)
        topic = topic_of(title)
        if topic in _APART and topic != state.topic and (whole or match[0].endswith("：") or title.endswith(("情况", "说明"))):
            state.topic = topic
            state.subject = state.item = state.group = None
        if whole and (topic is not None or _NAMED_ALONE.match(sentence)):
            reading.inline_heading(title)

    def _context(self, heading: Folded, state: State) -> None:
        """A heading without numbers: it may name a subject (（二）社会保障和就业支出（类）)."""
        economic = state.topic in ECONOMIC_TOPICS
        for mark in marks(heading.text, [], state.item, self.words, economic):
            state.speak_item(mark.item)
        if state.item is None and state.topic in _APART:
            found = Reading(self.words, self.codes, self.body, state).subjects.search(heading.text, money=True)
            if found is not None and found.unknown is None:
                state.subject = found.subject

    def _paragraph(self, folded: Folded, state: State, section: str, locate: object) -> None:
        text = folded.text
        begins = self._glued_heading(folded, state)
        section = self.label or section
        reading = Reading(self.words, self.codes, self.body, state)
        numbered = _NUMBERED.match(text)
        style = re.sub(r"[一二三四五六七八九十]+", "一", re.sub(r"\d+", "1", numbered.group())) if numbered is not None else None
        if state.zone is not None and style is not None and style == state.zone_numbering:
            state.zone = None  # （2）after the explanation that began in （1）
        explaining = state.zone
        found = numbers(text)
        spoken = marks(text, [n.end for n in found], state.item, self.words, state.topic in ECONOMIC_TOPICS)
        next_number, next_mark = 0, 0
        for sentence in split(text):
            if sentence.end <= begins:
                continue
            sentence.start = max(sentence.start, begins)
            inner: list[Number] = []
            while next_number < len(found) and found[next_number].start < sentence.end:
                inner.append(found[next_number])
                next_number += 1
            here = []
            while next_mark < len(spoken) and spoken[next_mark].end <= sentence.end:
                here.append(spoken[next_mark])
                next_mark += 1
            source = folded.source(sentence.start, sentence.end).strip()
            self._inline_heading(text[sentence.start : sentence.end], bool(inner), reading)
            for reading_of in reading.sentence(text, sentence, inner, here):
                place = _locate(locate, folded.range(reading_of.number.start, reading_of.number.number_end))
                if reading_of.metric is None:
                    self.unrecognised.append(Unrecognised(source, reading_of.why, place))
                else:
                    self.facts.append(self._fact(reading_of, folded, section, source, place))
                    if not reading_of.number.unit and "." in reading_of.number.printed:
                        self.claims.append(Claim(section, "unit_missing", source, metric=reading_of.metric, locator=place))
            for claim in claim_finder.find(text, sentence, state, self.words, reading.subjects):
                claim.section = section
                claim.locator = _locate(locate, folded.range(claim_start := sentence.start, claim_start + 1))
                claim.text = claim.text if claim.kind == "reason" else source
                if claim.item_name is None and state.item is not None and state.speaks_of_item(claim.metric):
                    claim.item_name = state.item.label
                    claim.item_code = self.codes.code(state.item, self.words)
                self.claims.append(claim)
        if state.zone is not None and explaining is None:
            state.zone_numbering = style

    def _fact(self, found: Stated, folded: Folded, section: str, source: str, place: Locator | None) -> NarrativeFact:
        assert found.metric is not None
        number, item = found.number, found.item
        value, direction = number.value, found.direction
        if value < 0:
            value = -value
            direction = {"increase": "decrease", "decrease": "increase"}.get(direction or "", direction)
        fact = NarrativeFact(
            section=section,
            metric=found.metric,
            value=value if isinstance(value, Decimal) else Decimal(value),
            printed=folded.source(number.start, number.number_end),
            unit=number.unit,
            sentence=source,
            locator=place,
            direction=direction,
            item_name=found.item_name,
        )
        if item is not None:
            fact.item_no = item.no
            fact.item_name = item.label
            if item.level >= 1:
                fact.item_class = item.class_
            if item.level == 2:
                fact.item_section = item.section
            fact.item_code = self.codes.code(item, self.words)
        elif found.item_name is not None:
            fact.item_class = found.item_class
        return fact


def _locate(locate: object, place: tuple[int, int]) -> Locator | None:
    return locate(*place) if callable(locate) else None  # type: ignore[no-any-return]


def read(outline: Outline, identity: Identity, statements: list[Statement]) -> tuple[list[NarrativeFact], list[Claim], list[Unrecognised]]:
    """Facts, claims and unrecognised numbers of a report's narrative in printed order.

    Amounts stay in the printed unit; `value` is positive, `direction` tells which way. Sections without running text give nothing.
    """
    narrative = Narrative(identity, statements)
    for section in outline.sections:
        narrative.section(section)
    return narrative.facts, narrative.claims, narrative.unrecognised
