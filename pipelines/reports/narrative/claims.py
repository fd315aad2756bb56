"""Claims of the narrative without a number: comparisons, flat, no activity, reasons, and what is left of the template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.reports.model import Claim
from pipelines.reports.narrative.sentences import Sentence
from pipelines.reports.narrative.state import State
from pipelines.reports.narrative.vocabulary import Vocabulary

# cheap tests before the patterns: most sentences hold none of these
_FLAT_HINT = re.compile("[平致异同]|变化|不变|变动|相等|无增减")
_CLAUSE = re.compile("[，；：。]")
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_NONE_HINT = re.compile("[无未]|没有|不涉及|不存在|本表|空表")


def _claim(kind: str, text: str, state: State, direction: str | None = None) -> Claim:
    return Claim(section="", kind=kind, text=text, metric=state.subject.base if state.subject is not None else None, direction=direction)


def _is_past(piece: str, start: int, state: State, words: Vocabulary) -> bool:
    """上年无该预算, 2020年无此项预算: nothing in an earlier year says nothing of this one."""
    clause = _CLAUSE.split(piece[:start])[-1]
    years = _YEAR.findall(clause)
    return words.previous.search(clause) is not None or (bool(years) and state.year is not None and int(years[-1]) < state.year)


def find(text: str, sentence: Sentence, state: State, words: Vocabulary) -> Iterator[Claim]:
    """The claims of one sentence, in the order of the list above. `section` and `locator` are the caller's."""
    piece = text[sentence.start : sentence.end]
    patterns = words.claims
    if "预算" in piece and (match := patterns["comparison"].search(piece)) is not None:
        word = match[1]
        greater, smaller = patterns["comparison_greater"].fullmatch(word), patterns["comparison_smaller"].fullmatch(word)
        yield _claim(
            "comparison_claim", piece, state, "greater" if greater else "smaller" if smaller else "equal" if word == "等于" else None
        )
    elif _FLAT_HINT.search(piece) and patterns["flat"].search(piece) is not None:
        compared = "预算" in words.not_stage.sub("", piece) and "决算" in piece
        yield _claim("comparison_claim" if compared else "flat_claim", piece, state, "equal" if compared else "flat")
    elif (
        _NONE_HINT.search(piece)
        and any(not _is_past(piece, m.start(), state, words) for m in patterns["no_activity"].finditer(piece))
        and words.reason.search(piece) is None
    ):
        yield _claim("no_activity_claim", piece, state)
    if patterns["leftover"].search(piece) is not None:
        yield _claim("template_leftover", piece, state)
    reason = words.reason.search(piece)
    if (reason is not None and "原因" in reason.group()) or (reason is not None and reason.group().startswith("主要")):
        said = piece[reason.end() :].strip("：，。；:")
        if said:
            yield _claim("reason", said, state)
