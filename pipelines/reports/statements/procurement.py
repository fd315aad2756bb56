"""政府采购 tables: 采购品目大类 > 专项 > 经济科目 > 采购物品, each printed once for the rows below it; the level tells them apart."""

from __future__ import annotations

import re

from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Row
from pipelines.reports.statements.headers_model import Leaf, Segment
from pipelines.reports.statements.rows import Table, block_row

_TOTAL = re.compile(r"^(?:(?:[一二三四五]、|\d[.、])?(?:政府采购)?(?:支出|金额|预算)?(?:合|总|共|小)计)$")
_CATEGORY = re.compile(
    r"^(?:[一二三四五]、|\d[.、]|\([一二三四五\d]\))?(?:其中:)?(?:政府采购)?(?:货物|工程|服务)(?:类|支出|采购)*[ABC]?(?:支出|类|金额)?$"
)
_LEVELS = ("category", "project_name", "economic_item", "item_name")


def read(table: Table, segment: Segment) -> None:
    """Adds the rows of one grid; what was printed once (category, project, economic item) is carried to the rows below."""
    by_block: dict[int, list[Leaf]] = {}
    for leaf in segment.leaves:
        by_block.setdefault(leaf.block, []).append(leaf)
    for leaf in segment.leaves:
        if leaf.kind == "name" and "经济" in leaf.label:
            leaf.kind, leaf.key = "key", "economic_item"
        elif leaf.kind == "name" and "项目" in leaf.label and "采购" not in leaf.label and _levels(segment) > 1:
            leaf.kind, leaf.key = "key", "project_name"
    for number in segment.rows:
        for leaves in by_block.values():
            row, _ = block_row(table, segment, leaves, number)
            if row is not None:
                _place(table, row)
                table.rows.append(row)


def _levels(segment: Segment) -> int:
    """How many columns tell the lines of the table apart."""
    return sum(1 for x in segment.leaves if x.kind == "name" or x.key in _LEVELS)


def _place(table: Table, row: Row) -> None:
    keys = {k: v for k, v in row.keys.items() if v}
    carried = table.carried
    label = row.name or next((keys[k] for k in (*_LEVELS, *keys) if k in keys), "")
    printed = [k for k in _LEVELS if k in keys]
    first = keys.get("category", row.name)
    if _TOTAL.match(fold(label)) or (len(printed) <= 1 and first and _TOTAL.match(fold(first))):
        row.name, row.keys = label, {"level": "total"}
        return
    if "item_name" in keys:
        level = "item"
    elif "project_name" in keys or "economic_item" in keys:
        level = "group"
    elif "category" in keys or _CATEGORY.match(fold(row.name)):
        level = "category"
    else:
        level = "item"
    out: dict[str, str] = {"level": level}
    if level == "category":
        keys.setdefault("category", row.name)
        carried.clear()
        carried["category"] = keys["category"]
        out["category"] = keys["category"]
    else:
        if "category" in keys:
            carried["category"] = keys["category"]
        if "project_name" in keys:
            carried["project_name"] = keys["project_name"]
        if "economic_item" in keys:
            carried["economic_item"] = keys["economic_item"]
        for key in ("category", "project_name", "economic_item"):
            if key in carried:
                out[key] = carried[key]
        if level == "group":
            out["project_name_printed"] = "true" if "project_name" in keys else "false"
    for key, value in keys.items():
        out.setdefault(key, value)
    deepest = next((keys[k] for k in reversed(_LEVELS) if k in keys), row.name)
    row.name = deepest or label
    row.keys = out
