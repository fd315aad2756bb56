"""The model of accounts: identities exact in 元, within the printed rounding in 万元; history of departments."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reports.model import Report, Row, Statement
from pipelines.samples import contents, layout, world
from pipelines.samples.accounts import Book
from pipelines.samples.compose import compose

KINDS = world.catalogue().kinds
FIRST = 2018


def department(kind: int, seed: int, reserve: bool = False) -> world.Department:
    return world.found(world.place(seed % 20), KINDS[kind % len(KINDS)], seed, FIRST, reserve)


def statement(report: Report, key: str) -> Statement:
    return next(s for s in report.statements if s.key == key)


def amount(row: Row, measure: str) -> Decimal:
    return row.values[measure].number or Decimal(0)


def total_of(found: Statement, name: str, side: str | None = None, measure: str = "final") -> Decimal:
    return amount(next(r for r in found.rows if r.name == name and r.side == side), measure)


def children_add_up(found: Statement, tolerance: Decimal = Decimal(0)) -> None:
    """Every printed parent is the sum of its printed children, measure by measure."""
    by_code = {r.code: r for r in found.rows if r.code}
    parents = {"": next(r for r in found.rows if r.code is None)} | by_code
    for code, parent in parents.items():
        assert code is not None
        longer = [c for c in by_code if c and c.startswith(code) and c != code]
        if not longer:
            continue
        length = min(map(len, longer))
        for measure in (m for m in parent.values if not m.endswith("_pct")):
            children = [amount(by_code[c], measure) for c in longer if len(c) == length]
            gap = abs(amount(parent, measure) - sum(children, Decimal(0)))
            assert gap <= tolerance * (len(children) + 1), (found.key, code, measure)


@settings(max_examples=15, deadline=None)
@given(kind=st.integers(0, len(KINDS) - 1), seed=st.integers(0, 10_000), year=st.integers(FIRST, 2024))
def test_final_identities_are_exact(kind: int, seed: int, year: int) -> None:
    one = department(kind, seed)
    if not one.exists(year):
        year = 2023
    report = contents.final(one, year).report
    t01, t04 = statement(report, "t01"), statement(report, "t04")
    assert total_of(t01, "总计", "income") == total_of(t01, "总计", "expenditure")
    assert total_of(t04, "总计", "income") == total_of(t04, "总计", "expenditure", "total")
    for key in ("t02", "t03", "t05", "t08", "t09"):
        children_add_up(statement(report, key))
    whole = statement(report, "t03").rows[0]
    assert amount(whole, "total") == amount(whole, "basic") + amount(whole, "project") == total_of(t01, "本年支出合计", "expenditure")
    t06 = statement(report, "t06")
    personnel, public = (amount(next(r for r in t06.rows if r.name == n), "final") for n in ("人员经费合计", "公用经费合计"))
    assert personnel + public == amount(statement(report, "t05").rows[0], "basic")
    for row in statement(report, "t08").rows:
        opening, income, spent, closing = (amount(row, m) for m in ("opening_balance", "income", "expenditure_total", "closing_balance"))
        assert opening + income == spent + closing
    three = statement(report, "t07").rows[0]
    for stage in ("budget", "final"):
        parts = sum((amount(three, f"{stage}_{i}") for i in ("abroad", "vehicle_total", "reception")), Decimal(0))
        assert amount(three, f"{stage}_total") == parts


@settings(max_examples=10, deadline=None)
@given(kind=st.integers(0, len(KINDS) - 1), seed=st.integers(0, 10_000), style=st.sampled_from(["national", "shanghai_unit", "jiangsu"]))
def test_budget_identities_are_exact(kind: int, seed: int, style: str) -> None:
    one = department(kind, seed, reserve=style == "jiangsu")
    report = contents.budget(one, 2023, style=style).report
    b01 = statement(report, "b01")
    income, expenditure = ("收入合计", "支出合计") if style == "jiangsu" else ("收入总计", "支出总计")
    assert total_of(b01, income, "income", "budget") == total_of(b01, expenditure, "expenditure", "budget")
    if style == "shanghai_unit":
        last = next(r for r in b01.rows if r.name == expenditure)
        assert amount(last, "budget") == sum((amount(last, m) for m in ("basic_personnel", "basic_public", "project")), Decimal(0))
    if style == "jiangsu":
        row = statement(report, "b03").rows[0]
        assert amount(row, "contingency_reserve") > 0
        assert amount(row, "total") == sum((amount(row, m) for m in ("basic", "project", "contingency_reserve")), Decimal(0))
        b13 = statement(report, "b13")
        items = sum((amount(r, "total") for r in b13.rows if r.keys["level"] == "item"), Decimal(0))
        assert items == amount(b13.rows[0], "total")
    for key in ("b07", "b08"):
        children_add_up(statement(report, key))


@pytest.mark.parametrize("style", ["national", "shanghai_unit"])
def test_a_reserve_is_project_expenditure_where_the_form_has_no_column_for_it(style: str) -> None:
    report = contents.budget(department(0, 1, reserve=True), 2023, style=style, reserve=False).report
    for row in statement(report, "b03").rows:
        assert amount(row, "total") == amount(row, "basic") + amount(row, "project")


def test_printed_figures_hold_within_rounding_and_some_do_differ() -> None:
    form = layout.load("final-national-2022")
    differences = 0
    for seed in range(4):
        truth = compose(contents.final(department(seed, seed), 2023), form).truth
        for key in ("t02", "t03", "t05"):
            found = statement(truth, key)
            children_add_up(found, Decimal("0.005"))
            try:
                children_add_up(found)
            except AssertionError:
                differences += 1
    assert differences > 0


def test_balances_are_carried_from_year_to_year() -> None:
    for kind in range(len(KINDS)):
        one = department(kind, 5)
        if one.exists(2021):
            before, after = one.final(2021, "department"), one.final(2022, "department")
            assert after.balance("opening") == before.balance("closing")


def test_the_initial_budget_of_a_final_is_the_budget() -> None:
    one = department(3, 8)
    content = contents.final(one, 2022)
    budget = one.budget(2022, "department")
    assert content.metrics["general_public.initial_budget"] == budget.spending("general_public")


def test_same_seed_same_books_other_seed_other_books() -> None:
    def spent(seed: int) -> Decimal:
        return department(1, seed).final(2022, "department").spending()

    assert spent(4) == spent(4) != spent(5)


def test_department_is_the_sum_of_its_bodies() -> None:
    one = department(1, 2)
    bodies = Book.total(b.final(2022, one.books_from) for b in one.members(2022))
    assert one.final(2022, "department").spending() == bodies.spending() > one.final(2022, "unit").spending()


def test_rename_merge_and_split() -> None:
    a, b = department(0, 1), department(1, 1)
    world.rename(a, 2021, "财政管理局")
    assert a.name(2020).endswith("财政局")
    assert a.name(2021).endswith("财政管理局")
    members = len(a.members(2021)) + len(b.members(2021))
    world.merge(a, b, 2022, "财政教育局")
    assert not b.exists(2022)
    assert len(a.members(2022)) == members
    new = world.split(a, "国库支付中心", 2023, "国库局")
    assert [x.name for x in new.members(2023)] == ["国库支付中心"]
    assert len(a.members(2023)) == members - 1
    assert [e["event"] for e in a.events] == ["rename", "merge", "split"]


def test_names_of_subjects_follow_the_year() -> None:
    assert world.subject_name("210", 2018) == "医疗卫生与计划生育支出"
    assert world.subject_name("210", 2019) == "卫生健康支出"
    assert "224" not in world.function_classes(2018)
    with pytest.raises(ValueError, match="no name for 299"):
        world.subject_name("299", 2020)


def test_a_comparison_in_words_is_that_of_the_printed_numbers() -> None:
    form = layout.load("final-national-2022")
    equal = 0
    for kind in range(8):
        one = compose(contents.final(department(kind, kind), 2022), form)
        facts = [f for f in one.truth.facts if f.item_code and f.metric.startswith("function_item.")]
        for initial, final in zip(
            (f for f in facts if f.metric.endswith("initial_budget")), (f for f in facts if f.metric.endswith("final")), strict=True
        ):
            word = "持平" if initial.value == final.value else "大于" if final.value > initial.value else "小于"
            assert word in final.sentence
            equal += word == "持平"
    assert equal > 0
