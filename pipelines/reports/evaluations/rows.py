"""One printed line of an evaluation form → its fields: fund lines and indicator lines, also where columns are shifted or doubled.

Published forms are often broken by the export: cells shifted, doubled or lost. A line is first read by the columns of its header;
where that gives no sensible line, by the order of what is printed. Nothing is made up: a value that is not printed stays out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from pipelines.documents.model import GridCell
from pipelines.reports.amounts import parse_number
from pipelines.reports.evaluations.vocabulary import norm, vocabulary
from pipelines.reports.model import Indicator, Value

FUND_FIELDS = ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score")
_PERCENT = re.compile(r"[-+－]?\d[\d,]*(?:\.\d+)?[%％]")
_PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?")
_DASH = {"-", "—", "－", "——", "/"}


def value_of(cell: GridCell) -> Value:
    text = cell.text.strip()
    return Value(text, parse_number(text), cell.locator, cell.confidence)


@dataclass(slots=True)
class FormRow:
    """The cells that begin on one printed row (text not empty), in column order, and the labels that span into it from above."""

    cells: list[GridCell]
    spanned: list[GridCell]

    @property
    def labels(self) -> list[str]:
        return [norm(c.text) for c in self.cells]


def untear(above: FormRow, below: FormRow) -> tuple[FormRow, FormRow | None] | None:
    """The row that a page break tore in two and what is left of `below`, or None where `below` is a row of its own.

    Torn is what lies under cells of `above` only and makes a known label whole (经济成本指 + 标), or goes on in words under a row that
    had its numbers already. Where a label that spans two rows is torn between them, what stands under the whole heads beside it
    (预期目标, 实际完成情况) is a row of its own: only the end of the label goes up.
    """
    pairs: list[tuple[GridCell, GridCell]] = []
    for b in below.cells:
        a = next((a for a in above.cells if _under(a, b)), None)
        if a is None:
            return None
        pairs.append((a, b))
    if not pairs:
        return None
    known = vocabulary().known
    mends = [norm(a.text + b.text) in known and norm(a.text) not in known for a, b in pairs]
    left: list[GridCell] = []
    if any(mends):
        left = [b for (a, b), mend in zip(pairs, mends, strict=True) if not mend and norm(a.text) in known]
    else:
        own_row = any(norm(b.text) in known or parse_number(b.text) is not None for _, b in pairs)
        numbered = sum(bool(_PLAIN.fullmatch(a.text.strip())) for a in above.cells) >= 2
        if (
            own_row
            or not numbered
            or len(below.cells) >= len(above.cells)
            or not any(norm(c.text) in known for c in above.cells + above.spanned)
        ):
            return None
    tails = {id(a): b for a, b in pairs if not any(b is own for own in left)}
    whole = FormRow([replace(c, text=c.text + tails[id(c)].text) if id(c) in tails else c for c in above.cells], above.spanned)
    return whole, FormRow(left, below.spanned) if left else None


def _under(above: GridCell, below: GridCell) -> bool:
    """The two stand in one printed column: by their boxes where both have one, else by column."""
    a, b = above.locator.upright, below.locator.upright
    if a and b:
        return min(a[2], b[2]) - max(a[0], b[0]) > 0.6 * min(a[2] - a[0], b[2] - b[0])
    return above.column == below.column


# ---------------------------------------------------------------- funds


def fund_values(cells: list[GridCell], columns: dict[int, str] | None, siblings: dict[str, Decimal]) -> dict[str, Value]:
    """The six fund columns of one line, from its printed value cells (numbers and dashes) in order.

    With exactly six they are the six. With more, doubled neighbours are dropped; with fewer, some are not printed. Which ones is decided
    by the header columns where they fit, else by what must hold: rate = executed / annual, score = weight × rate, total = Σ `siblings`.
    """
    fields = _printed_order(columns)
    values = [value_of(c) for c in cells]
    if len(values) == len(fields):
        return dict(zip(fields, values, strict=True))
    best: tuple[float, dict[str, Value]] = (float("-inf"), {})
    if columns and len(values) < len(fields):
        mapped = {columns[c.column]: v for c, v in zip(cells, values, strict=True) if c.column in columns}
        if len(mapped) == len(values):
            best = (_fund_fit(mapped, siblings) + 1, mapped)
    if len(values) > len(fields):
        for kept in combinations(range(len(values)), len(fields)):
            dropped = [i for i in range(len(values)) if i not in kept]
            if not all(_doubles_neighbour(values, i) for i in dropped):
                continue
            candidate = dict(zip(fields, (values[i] for i in kept), strict=True))
            best = max(best, (_fund_fit(candidate, siblings), candidate), key=lambda pair: pair[0])
    else:
        for chosen in combinations(fields, len(values)):
            candidate = dict(zip(chosen, values, strict=True))
            best = max(best, (_fund_fit(candidate, siblings), candidate), key=lambda pair: pair[0])
    return best[1]


def _printed_order(columns: dict[int, str] | None) -> tuple[str, ...]:
    """The six fields as the head prints them: some forms print the rate before the weight."""
    found = tuple(dict.fromkeys(columns[c] for c in sorted(columns))) if columns else ()
    return found if set(found) == set(FUND_FIELDS) else FUND_FIELDS


def _doubles_neighbour(values: list[Value], i: int) -> bool:
    return any(0 <= j < len(values) and values[j].printed == values[i].printed for j in (i - 1, i + 1))


def _fund_fit(candidate: dict[str, Value], siblings: dict[str, Decimal]) -> float:
    """How well a reading of a fund line agrees with itself and with the lines below it."""
    n = {k: v.number for k, v in candidate.items()}
    fit = 0.0
    for field in ("initial_budget", "annual_budget", "executed"):
        if n.get(field) is not None and field in siblings:
            fit += 2 if n[field] == siblings[field] else -2
    rate, executed, annual = n.get("execution_rate"), n.get("executed"), n.get("annual_budget")
    if rate is not None and executed is not None and annual:
        fit += 3 if abs(executed / annual * 100 - rate) <= 1 else -1
    weight, score = n.get("weight"), n.get("score")
    fit += (
        0.5 * (executed is not None) + 0.4 * (annual is not None) + 0.5 * (rate is not None)
    )  # the columns that matter most, where all else is equal
    if weight is not None:
        fit += 1 if weight in (5, 10, 20) else -1
    if score is not None and weight is not None:
        fit += 1 if score <= weight else -3
        if rate is not None:
            fit += 1 if abs(score - weight * rate / 100) <= Decimal("0.02") else 0
    if any("%" in v.printed or "％" in v.printed for k, v in candidate.items() if k != "execution_rate"):
        fit -= 3
    for field in ("initial_budget", "annual_budget", "executed"):  # a dash is no amount of money
        if field in candidate and n[field] is None:
            fit -= 2
    return fit


# ---------------------------------------------------------------- indicators


def split_labels(row: FormRow) -> tuple[list[tuple[str, GridCell]], list[GridCell]]:
    """(level labels at the head of the row with their cells, the other cells). Fillers such as 绩效指标 are dropped."""
    words = vocabulary()
    labels: list[tuple[str, GridCell]] = []
    rest = list(row.cells)
    while rest:
        label = norm(rest[0].text)
        if label in words.level2_alias and _texts_before_numbers(rest) >= 4:  # label, indicator, target, actual
            label = words.level2_alias[label]
        if label in words.fillers:
            rest.pop(0)
        elif label in words.level2 or label in words.level1:
            labels.append((label, rest.pop(0)))
        else:
            break
    return labels, rest


def _texts_before_numbers(cells: list[GridCell]) -> int:
    return next((i for i, c in enumerate(cells) if _PLAIN.fullmatch(c.text.strip())), len(cells))


def indicator_by_columns(cells: list[GridCell], columns: dict[int, str]) -> Indicator | None:
    """The indicator as the header's columns give it, or None where that is no sensible line."""
    found: dict[str, GridCell] = {}
    for cell in cells:
        name = columns.get(cell.column)
        if name is None or name in found:
            return None
        found[name] = cell
    if {"level1", "level2"} & found.keys():  # labels are split off already: a text there is a shifted cell
        return None
    if "level3" not in found or not {"target", "weight"} & found.keys():
        return None
    for field in ("weight", "score"):
        if field in found and not _PLAIN.fullmatch(found[field].text.strip()):
            return None
    deviation, reason = found.get("deviation_pct"), found.get("reason")
    if deviation and parse_number(deviation.text) is None and deviation.text.strip() not in _DASH:
        return None
    if reason and _PERCENT.fullmatch(reason.text.strip()):
        return None
    return _indicator(found)


def indicator_by_order(cells: list[GridCell], expect_score: bool = True) -> Indicator | None:
    """The indicator as the order of the printed cells gives it: level 3, target, actual, weight, score, deviation, reason.

    The anchor is the pair weight, score: two plain numbers after each other, last such pair before the deviation. An actual value
    printed twice is one value. Without an anchor there is no indicator (None).
    """
    texts = [c.text.strip() for c in cells]
    anchor = None
    for i in range(len(texts) - 2, 0, -1):
        if _PLAIN.fullmatch(texts[i]) and _PLAIN.fullmatch(texts[i + 1]):
            anchor = i
            if i + 2 < len(texts) and _PERCENT.fullmatch(texts[i + 2]):
                break
    found: dict[str, GridCell] = {"level3": cells[0]}
    if anchor is None:
        if expect_score or len(cells) != 2:
            return None
        found["target"] = cells[1]
        return _indicator(found)
    between = cells[1:anchor]
    if len(between) > 2 and between[-1].text == between[-2].text:
        between = between[:-1]
    if len(between) > 2:
        return None
    found.update(zip(("target", "actual"), between, strict=False))
    found["weight"], found["score"] = cells[anchor], cells[anchor + 1]
    after = cells[anchor + 2 :]
    if after and _PERCENT.fullmatch(after[0].text.strip()):
        found["deviation_pct"] = after.pop(0)
    if len(after) > 1:
        return None
    if after:
        found["reason"] = after[0]
    return _indicator(found)


def _indicator(found: dict[str, GridCell]) -> Indicator:
    text = {field: cell.text.strip() for field, cell in found.items()}
    if "target" in text:  # the sign and the unit of the target may stand in columns of their own
        text["target"] = text.get("sign", "") + text["target"] + text.get("unit", "")
    return Indicator(
        level1=None,
        level2=None,
        level3=text["level3"],
        target=text.get("target") or None,
        actual=text.get("actual") or None,
        values={field: value_of(found[field]) for field in ("weight", "score", "deviation_pct") if field in found},
        reason=text.get("reason") or None,
    )
