"""三公经费 tables: items over the columns or in the rows, stages either way, one row `三公经费` out of it; counts are rows of their own."""

from __future__ import annotations

import re

from pipelines.reports.amounts import parse_number
from pipelines.reports.forms import concept
from pipelines.reports.forms.wording import fold, strip_numbering
from pipelines.reports.model import Row, Unrecognised, Value
from pipelines.reports.statements.headers_model import Leaf, Segment
from pipelines.reports.statements.measures import COUNTS, STAGES, THREE_PUBLIC_ITEMS, stage_measure
from pipelines.reports.statements.rows import Table, block_row

NAME = "三公经费"
_PREFIX = re.compile(r"^(?:其中:?|(?:\d+|[一二三四五六七八九十]+)[.、)]|\((?:\d+|[一二三四五六七八九十]+)\))+")
_COUNT = re.compile(r"(?:团组|批次|人次|人数|保有量|购置数|数量|车辆数).{0,4}(?:\((?:个|辆|人|批|次|台).*\))?$|\((?:个|辆|人|批|次|台)\)$")


def item_of(name: str) -> str | None:
    """The three-public item or count a row name means, or None."""
    bare = _PREFIX.sub("", strip_numbering(fold(name)))
    found = concept(bare)
    if found is None:
        return None
    if found.name in THREE_PUBLIC_ITEMS or found.name in COUNTS or found.name.startswith("reception_"):
        return found.name
    if found.name in ("three_public", "total", "expenditure_total"):
        return "total"
    return None


def read(table: Table, segment: Segment, year: int | None) -> None:
    """Adds the rows of one grid to the table."""
    del year
    values = [x for x in segment.leaves if x.kind == "value"]
    items_in_rows = bool(values) and all(x.measure in STAGES or (x.measure or "").removeprefix("previous_") in STAGES for x in values)
    previous: str | None = None
    for number in segment.rows:
        by_block: dict[int, list[Leaf]] = {}
        for leaf in segment.leaves:
            by_block.setdefault(leaf.block, []).append(leaf)
        for leaves in by_block.values():
            row, _ = block_row(table, segment, leaves, number)
            if row is None:
                continue
            if items_in_rows:
                previous = _item_row(table, row, previous)
            else:
                _value_row(table, row)


def _main(table: Table, like: Row) -> Row:
    """The one row 三公经费, made when first needed."""
    for row in table.rows:
        if row.name == NAME and not row.keys:
            return row
    row = Row(NAME, None, {}, locator=like.locator)
    table.rows.append(row)
    return row


def _item_row(table: Table, row: Row, previous: str | None) -> str | None:
    item = item_of(row.name)
    if item == "total" and fold(row.name) in ("小计",) and previous == "vehicle_total":
        item = "vehicle_total"
    printed = any(v.printed.strip() for v in row.values.values())
    if item is None or item in COUNTS or _COUNT.search(fold(row.name)):
        if printed or item in COUNTS:
            if _COUNT.search(fold(row.name)) or item in COUNTS:
                row.keys = {**row.keys, "unit": "count", **({"item": item} if item else {})}
            table.rows.append(row)
        return previous
    main = _main(table, row)
    for stage, value in row.values.items():
        measure = stage_measure(stage, item, table.kind)
        old = main.values.get(measure)
        if old is not None and old.number is not None:
            if value.number is not None and value.number != old.number:
                table.rows.append(Row(row.name, None, {stage: value}, keys={"item": item}, locator=row.locator))
            continue
        main.values[measure] = value
    return item


def _value_row(table: Table, row: Row) -> None:
    stage = concept(row.name) if row.name else None
    if stage is not None and stage.name in STAGES:  # 预算数 and 决算数 one under the other, items over the columns
        main = _main(table, row)
        for measure, value in row.values.items():
            item = re.sub(r"^(?:budget|final)_", "", measure)
            main.values[stage_measure(stage.name, item, table.kind)] = value
        return
    if not any(v.printed.strip() for v in row.values.values()) and table.rows:
        return
    named = row.name and row.name != "合计" and item_of(row.name) != "total"
    if not named and not any(r.name == NAME for r in table.rows):
        row.name = NAME
    row.keys = {k: v for k, v in row.keys.items() if v}
    table.rows.append(row)


def finish(table: Table, leaves: list[Leaf]) -> None:
    """A table of one body names its row after the body: it is the row 三公经费, the body stays as a key. A blank table is a blank row."""
    if not table.rows:
        measures = [x.measure for x in leaves if x.measure]
        if measures and not set(measures) <= set(STAGES):
            table.rows.append(Row(NAME, None, {m: Value("", None, None) for m in measures}))
        return
    amounts = [r for r in table.rows if r.keys.get("unit") != "count" and "item" not in r.keys]
    if any(r.name == NAME for r in amounts) or not amounts:
        return
    if len(amounts) == 1:
        row = amounts[0]
        if "unit_name" in row.keys and row.locator is not None and parse_number(row.name) is not None:  # the body has a column of its own
            table.unrecognised.append(Unrecognised(row.name, f"{table.title}: an amount where a name stands", row.locator))
        row.keys = {"unit_name": row.name, **row.keys}
        row.name = NAME
