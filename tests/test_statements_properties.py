"""Properties of statement reading: no table makes it fail, no printed amount is lost, a repeated reading says the same."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from layout_builder import document, grid

from pipelines.documents.model import Grid
from pipelines.reports import statements
from pipelines.reports.model import Identity
from pipelines.reports.outline import outline

TITLES = ("收入支出决算总表", "收入决算表", "支出决算表", "财政拨款“三公”经费支出决算表", "政府采购预算表", "某表", "项目支出表")
LABELS = """
项目 行次 决算数 预算数 金额 科目编码 科目名称 类 款 项 合计 小计 基本支出 项目支出 收入 支出 本年支出 栏次 1 2 3 公务接待费
单位名称 备注 工资福利支出 某种列 ^ < _
"""
NAMES = """
合计 201 20101 2010101 一般公共服务支出 一、财政拨款收入 本年收入合计 总计 基本工资 30101 公务接待费 注：说明。 — ^ < _
"""


@st.composite
def tables(draw: st.DrawFn) -> tuple[Grid, list[str]]:
    """A grid with some head rows and data rows whose amounts are all different."""
    width = draw(st.integers(1, 7))
    heads = draw(st.lists(st.lists(st.sampled_from(LABELS.split()), min_size=width, max_size=width), min_size=0, max_size=4))
    rows, amounts = [], []
    for r in range(draw(st.integers(0, 5))):
        row = []
        for c in range(width):
            if draw(st.booleans()):
                amounts.append(f"{r + 1}{c}7.{draw(st.integers(10, 99))}")
                row.append(amounts[-1])
            else:
                row.append(draw(st.sampled_from(NAMES.split())))
        rows.append(row)
    lines = [*heads, *rows] or [["合计"] * width]
    lines[0] = [("" if cell in "<^" else cell) for cell in lines[0]]
    lines = [[("" if cell == "_" else cell) for cell in line] for line in lines]
    for line in lines:
        line[0] = "" if line[0] == "<" else line[0]
    return grid("\n".join("|".join(line) for line in lines)), amounts


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(st.tuples(st.sampled_from(TITLES), tables()), min_size=1, max_size=3), st.sampled_from(["final", "budget"]))
@example([("财政拨款“三公”经费支出决算表", (grid("项目|单位名称\n107.10|合计"), ["107.10"]))], "final")
def test_no_amount_is_lost(made: list[tuple[str, tuple[Grid, list[str]]]], kind: str) -> None:
    blocks = [b for title, (table, _) in made for b in (title, "单位：万元", table)]
    identity = Identity(None, None, 2023, kind, None)  # type: ignore[arg-type]
    found, findings, left = statements.read(outline(document(*blocks)), identity)
    staged = [v.printed for s in found for r in s.rows for v in r.values.values()]
    said = " ".join(u.text for u in left) + " ".join(f.message for f in findings)
    kept = " ".join(x for s in found for r in s.rows for x in (r.name, r.code or "", *r.keys.values()))
    for _, (table, _) in made:
        for cell in table.cells:
            amount = cell.text
            if "." not in amount or not amount[:1].isdigit() or _a_twin_was_dropped(found, findings):
                continue
            assert amount in staged or amount in said or amount in kept, (amount, [(s.key, s.rows) for s in found])
    again = statements.read(outline(document(*blocks)), identity)
    assert [(s.key, len(s.rows)) for s in again[0]] == [(s.key, len(s.rows)) for s in found]


def _a_twin_was_dropped(found: object, findings: list[object]) -> bool:
    """The same table printed twice is staged once, and said."""
    return any(getattr(f, "check_id", "") == "reading.printed_twice" for f in findings)
