"""Planted errors: a printed report is spoiled in one place, and what was done is recorded beside the (as printed) truth."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from pipelines.reports.model import NarrativeFact
from pipelines.samples.blocks import Cell, Heading, Para, Table
from pipelines.samples.compose import Composed
from pipelines.samples.layout import Layout
from pipelines.samples.printing import digits

DIRECTIONS = (("增加", "减少"), ("增长", "下降"))
TOTALS = ("合计", "总计", "收入总计", "支出总计", "收入合计", "支出合计")


def _cells(composed: Composed) -> Iterator[Cell]:
    for sheet in composed.sheets:
        for block in sheet.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    yield from (c for c in row if c.ref)


def _printed(composed: Composed, dice: random.Random, *, totals: bool | None = None) -> Cell | None:
    """A cell with a number of at least 10, of a total row or not."""
    found = []
    for cell in _cells(composed):
        assert cell.ref is not None
        row = composed.truth.statements[cell.ref.statement].rows[cell.ref.row]
        value = row.values[cell.ref.measure]
        if value.number is None or abs(value.number) < 10:
            continue
        if totals is None or totals == (row.name in TOTALS):
            found.append(cell)
    return dice.choice(found) if found else None


def _reprint(composed: Composed, cell: Cell, number: Decimal, kind: str) -> dict[str, Any]:
    """Print another number in a cell; the truth follows the print, the record keeps the right one."""
    assert cell.ref is not None
    statement = composed.truth.statements[cell.ref.statement]
    row = statement.rows[cell.ref.row]
    value = row.values[cell.ref.measure]
    record = {
        "kind": kind,
        "statement": statement.key,
        "code": row.code,
        "name": row.name,
        "side": row.side,
        "measure": cell.ref.measure,
        "right": value.printed,
    }
    layout = composed.layout
    value.number = number
    value.printed = cell.text = digits(number, layout.thousands, layout.trim_zeros)
    if cell.lines:  # broken anew where the right number was
        cut = len(cell.lines[0])
        cell.lines = (cell.text[:cut], cell.text[cut:]) if len(cell.text) > cut else ()
    return {**record, "wrong": value.printed}


def wrong_digit(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """One digit of a leaf is another."""
    if not (cell := _printed(composed, dice, totals=False)):
        return None
    plain = cell.text.replace(",", "")
    places = [i for i, c in enumerate(plain) if c.isdigit() and not (i == 0 and plain[i] == "1")]
    place = dice.choice(places[: max(1, len(places) - 2)])
    other = dice.choice([d for d in "123456789" if d != plain[place]])
    return _reprint(composed, cell, Decimal(plain[:place] + other + plain[place + 1 :]), "wrong_digit")


def swapped_digits(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """Two neighbouring digits change places."""
    for _ in range(20):
        if not (cell := _printed(composed, dice, totals=False)):
            return None
        plain = cell.text.replace(",", "")
        pairs = [i for i in range(len(plain) - 1) if plain[i : i + 2].isdigit() and plain[i] != plain[i + 1] and plain[i + 1] != "0"]
        if pairs:
            i = dice.choice(pairs)
            return _reprint(composed, cell, Decimal(plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :]), "swapped_digits")
    return None


def shifted_decimal(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """Ten times, or a tenth of, the amount."""
    if not (cell := _printed(composed, dice, totals=False)):
        return None
    number = Decimal(cell.text.replace(",", ""))
    wrong = number * 10 if dice.random() < 0.5 else (number / 10).quantize(Decimal("0.01"))
    return _reprint(composed, cell, wrong.quantize(Decimal("0.01")), "shifted_decimal")


def wrong_sign(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A minus before an amount."""
    if not (cell := _printed(composed, dice, totals=False)):
        return None
    return _reprint(composed, cell, -Decimal(cell.text.replace(",", "")), "wrong_sign")


def wrong_total(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A total that does not add up."""
    if not (cell := _printed(composed, dice, totals=True)):
        return None
    number = Decimal(cell.text.replace(",", ""))
    return _reprint(composed, cell, number + dice.choice((-1, 1)) * Decimal(dice.randint(3, 900)), "wrong_total")


def other_table(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A number copied from another table."""
    here, there = _printed(composed, dice), _printed(composed, dice)
    if not here or not there or not here.ref or not there.ref or here.ref.statement == there.ref.statement or here.text == there.text:
        return None
    return _reprint(composed, here, Decimal(there.text.replace(",", "")), "other_table")


def wrong_year(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """Last year's year in a heading."""
    year = str(composed.content.year)
    found = [b for s in composed.sheets for b in s.blocks if isinstance(b, Heading) and b.level == 1 and year in b.text]
    if not found:
        return None
    heading = dice.choice(found)
    right = heading.text
    heading.text = right.replace(year, str(int(year) - 1), 1)
    return {"kind": "wrong_year", "right": right, "wrong": heading.text}


def template_words(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A remark and a placeholder left from the template."""
    bodies = [(s, i) for s in composed.sheets for i, b in enumerate(s.blocks) if isinstance(b, Para) and b.kind == "body"]
    if not bodies:
        return None
    sheet, place = dice.choice(bodies)
    words = dice.choice(("（注：请单位根据实际情况填写。）", "……（请说明增减变化的主要原因）", "本部门XX工作支出XX万元。"))
    sheet.blocks.insert(place + 1, Para(words))
    return {"kind": "template_words", "right": "", "wrong": words}


def name_variant(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A subject named otherwise in one table."""
    found: list[tuple[Cell, int, int]] = []
    by_place = {(c.ref.statement, c.ref.row) for c in _cells(composed) if c.ref}
    for sheet in composed.sheets:
        for block in sheet.blocks:
            if not isinstance(block, Table):
                continue
            for row in block.rows:
                refs = {(c.ref.statement, c.ref.row) for c in row if c.ref}
                if len(refs) != 1:
                    continue
                statement, number = refs.pop()
                source = composed.truth.statements[statement].rows[number]
                names = [c for c in row if c.text.strip("　") == source.name]
                if source.code and names and source.name.endswith("支出") and len(source.name) > 6:
                    found.append((names[0], statement, number))
    if not found or not by_place:
        return None
    cell, statement, number = dice.choice(found)
    target = composed.truth.statements[statement]
    right = target.rows[number].name
    target.rows[number].name = right.removesuffix("支出")
    cell.text = cell.text.replace(right, target.rows[number].name)
    return {
        "kind": "name_variant",
        "statement": target.key,
        "code": target.rows[number].code,
        "right": right,
        "wrong": target.rows[number].name,
    }


def _resay(composed: Composed, fact: NarrativeFact, old: str, new: str) -> bool:
    """Replace words of a fact's sentence where they stand once."""
    sentence = fact.sentence
    if sentence.count(old) != 1:
        return False
    said = sentence.replace(old, new)
    for sheet in composed.sheets:
        for block in sheet.blocks:
            if isinstance(block, Para) and sentence in block.text:
                block.text = block.text.replace(sentence, said, 1)
                for other in composed.truth.facts:
                    if other.sentence == sentence:
                        other.sentence = said
                return True
    return False


def percentage_slip(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """A rate that does not follow from the amounts beside it."""
    rates = [f for f in composed.truth.facts if f.unit == "%" and f.value > 1]
    dice.shuffle(rates)
    for fact in rates:
        wrong = fact.value + Decimal(dice.choice(("-0.73", "0.58", "1.41", "9.00")))
        if wrong <= 0:
            continue
        printed = digits(wrong, False, composed.layout.trim_zeros)
        if _resay(composed, fact, f"{fact.printed}%", f"{printed}%"):
            record = {
                "kind": "percentage_slip",
                "metric": fact.metric,
                "item_code": fact.item_code,
                "right": fact.printed,
                "wrong": printed,
            }
            fact.value, fact.printed = wrong, printed
            return record
    return None


def direction_word(composed: Composed, dice: random.Random) -> dict[str, Any] | None:
    """增加 for 减少 before an amount."""
    changes = [f for f in composed.truth.facts if f.direction and f.unit != "%"]
    dice.shuffle(changes)
    for fact in changes:
        for pair in DIRECTIONS:
            old, new = pair if fact.direction == "increase" else pair[::-1]
            if _resay(composed, fact, f"{old}{fact.printed}", f"{new}{fact.printed}"):
                fact.direction = "decrease" if fact.direction == "increase" else "increase"
                return {"kind": "direction_word", "metric": fact.metric, "item_code": fact.item_code, "right": old, "wrong": new}
    return None


KINDS: dict[str, Callable[[Composed, random.Random], dict[str, Any] | None]] = {
    "wrong_digit": wrong_digit,
    "swapped_digits": swapped_digits,
    "shifted_decimal": shifted_decimal,
    "wrong_sign": wrong_sign,
    "wrong_total": wrong_total,
    "other_table": other_table,
    "wrong_year": wrong_year,
    "template_words": template_words,
    "name_variant": name_variant,
    "percentage_slip": percentage_slip,
    "direction_word": direction_word,
}
"""Kinds that spoil a composed report. `missing_table` is planted before it is composed: see `without_table`."""


def plant(composed: Composed, seed: str, kinds: list[str] | None = None, count: int = 1) -> list[dict[str, Any]]:
    """Plant `count` errors of the kinds; returns and keeps the records. A kind that finds no place is passed over."""
    dice = random.Random(f"{seed}/errors")
    wanted = [k for k in (kinds or list(KINDS)) if k in KINDS]
    for _ in range(count * 6):
        if len(composed.planted) >= count or not wanted:
            break
        if record := KINDS[dice.choice(wanted)](composed, dice):
            composed.planted.append(record)
    return composed.planted


def without_table(layout: Layout, seed: str) -> tuple[Layout, dict[str, Any]]:
    """The layout with one statement left out, and its record."""
    dice = random.Random(f"{seed}/missing")
    gone = dice.choice([k for k in layout.order if not re.fullmatch(r"[tb]0[1-4]", k)])
    smaller = layout.model_copy(update={"order": [k for k in layout.order if k != gone]})
    return smaller, {"kind": "missing_table", "statement": gone, "right": layout.tables[gone].title, "wrong": ""}
