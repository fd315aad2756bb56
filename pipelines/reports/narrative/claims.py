"""Claims of the narrative without a number: comparisons, flat, no activity, reasons, and what is left of the template.

A claim is of what its own clause names (其中：公务接待费与上年持平); where it names nothing, of what was spoken of before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.reports.model import Claim
from pipelines.reports.narrative.sentences import Sentence
from pipelines.reports.narrative.state import CLAUSES, State
from pipelines.reports.narrative.subjects import Subjects
from pipelines.reports.narrative.vocabulary import Vocabulary

# cheap tests before the patterns: most sentences hold none of these
_FLAT_HINT = re.compile("[平致异同]|变化|不变|变动|相等|无增减")
_FUNDS = {"政府性基金": "government_fund", "国有资本": "state_capital", "三公": "three_public"}
_MOVED = re.compile("(?:增加|增长|上升|提高|减少|下降|降低|增减|总体|变化|变动|持平|较大|较多|较少|[、和及或])*的?$")
_DEFINED = re.compile("^(?:用于)?保障|的(?:资金|收入|支出|经费|拨款|费用)[。；]?$")
"""主要是单位取得的…资金: what an amount is, not why."""
_OF_NONE = re.compile("^(?:无|没有|不涉及|不存在|未)(?:使用|安排|发生|开展|组织|设置|产生|实施|用|有)?")
_ZERO = re.compile(r"(?:预算|决算|支出|安排)*数?(?:为|是)?0(?:\.0+)?(?:万?元)?$")
_YEAR = re.compile(r"((?:19|20)\d\d)年")
_NONE_HINT = re.compile("[无未]|没有|不涉及|不存在|本表|空表")


def _claim(kind: str, text: str, metric: str | None, direction: str | None = None) -> Claim:
    return Claim(section="", kind=kind, text=text, metric=metric, direction=direction)


def _metric(before: str, state: State, words: Vocabulary, subjects: Subjects, at: int = -1) -> str | None:
    """What a claim is of: from the words before it, else what the last number before `at` was of."""
    clause = words.basis_short.sub("", words.basis.sub("", CLAUSES.split(before)[-1]))
    found = subjects.search(_MOVED.sub("", clause), money=True)
    own = found.subject if found is not None and found.unknown is None else None
    if own is not None and not (state.speaking_of_item and (own.bare or own.general)):  # of an item: 支出决算数大于预算数
        return own.base
    told = next((subject for end, subject, _ in reversed(state.spoken) if end <= at), state.subject)
    return told.base if told is not None else None


def _missing(found: list[re.Match[str]], state: State, subjects: Subjects) -> str | None:
    """What there is none of: the fund named after 无, None where several are; else what was spoken of."""
    funds = {fund for match in found for word, fund in _FUNDS.items() if word in match.group()}
    if funds:
        return funds.pop() if len(funds) == 1 else None
    before = CLAUSES.split(found[-1].string[: found[-1].start()].rstrip("，"))[-1]
    if (zero := _ZERO.search(before)) is not None:
        named = subjects.search(before[: zero.start()], money=True)
        if named is not None and named.subject is not None and named.unknown is None:
            return named.subject.base  # 公务用车购置费为0，未安排预算
    named = subjects.search(_OF_NONE.sub("", found[-1].group()), money=True)
    if named is not None and named.subject is not None and named.unknown is None:
        return named.subject.base
    return state.subject.base if state.subject is not None else None


def _of_last_year(piece: str, end: int, state: State, words: Vocabulary) -> bool:
    """预算为0万元，支出决算为0万元，与上年持平: the clause itself says what is compared with."""
    bases = list(words.basis.finditer(CLAUSES.split(piece[:end])[-1] + "，"))
    if not bases:
        return False
    years, said = _YEAR.findall(bases[-1].group()), bases[-1].group()
    if years and years[-1] in _YEAR.findall(piece[: piece.rfind(said.rstrip("，"), 0, end)]):
        return False  # 2013年决算12万元，与2013年年初预算一致
    return words.previous.search(said) is not None or (bool(years) and state.year is not None and int(years[-1]) < state.year)


def _is_past(piece: str, start: int, state: State, words: Vocabulary) -> bool:
    """上年无该预算, 2020年无此项预算: nothing in an earlier year says nothing of this one."""
    clause = CLAUSES.split(piece[:start])[-1]
    years = _YEAR.findall(clause)
    return words.previous.search(clause) is not None or (bool(years) and state.year is not None and int(years[-1]) < state.year)


def find(text: str, sentence: Sentence, state: State, words: Vocabulary, subjects: Subjects) -> Iterator[Claim]:
    """The claims of one sentence, in the order of the list above. `section` and `locator` are the caller's."""
    piece = text[sentence.start : sentence.end]
    patterns = words.claims
    spoken_of = state.subject.base if state.subject is not None else None
    if "预算" in piece and (match := patterns["comparison"].search(piece)) is not None:
        word = match[1]
        greater, smaller = patterns["comparison_greater"].fullmatch(word), patterns["comparison_smaller"].fullmatch(word)
        metric = _metric(piece[: match.start()], state, words, subjects, sentence.start + match.start())
        yield _claim(
            "comparison_claim", piece, metric, "greater" if greater else "smaller" if smaller else "equal" if word == "等于" else None
        )
    elif _FLAT_HINT.search(piece) and (flat := patterns["flat"].search(piece)) is not None:
        compared = "预算" in words.not_stage.sub("", piece) and "决算" in piece and not _of_last_year(piece, flat.start(), state, words)
        metric = _metric(piece[: flat.start()], state, words, subjects, sentence.start + flat.start())
        yield _claim("comparison_claim" if compared else "flat_claim", piece, metric, "equal" if compared else "flat")
    elif (
        _NONE_HINT.search(piece)
        and (none := [m for m in patterns["no_activity"].finditer(piece) if not _is_past(piece, m.start(), state, words)])
        and words.reason.search(piece) is None
    ):
        yield _claim("no_activity_claim", piece, _missing(none, state, subjects))
    if patterns["leftover"].search(piece) is not None:
        yield _claim("template_leftover", piece, spoken_of)
    reason = words.reason.search(piece)
    if (reason is not None and "原因" in reason.group()) or (reason is not None and reason.group().startswith("主要")):
        said = piece[reason.end() :].strip("：，。；:")
        metric = _metric(piece[: reason.start()], state, words, subjects, sentence.start + reason.start())
        defined = "原因" not in reason.group() and (state.topic == "asset_occupation" or _DEFINED.search(said) is not None)
        if said and metric is not None and not defined:
            yield _claim("reason", said, metric)
