"""Rows torn by a page break within their cells: joined only where the rest is no amount of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import grid
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.amounts import parse_number
from pipelines.reports.model import Row, Value
from pipelines.reports.statements.headers import segments
from pipelines.reports.statements.torn import join_torn


def row(name: str, code: str | None, *amounts: str) -> Row:
    return Row(name, code, {f"m{i}": Value(a, parse_number(a)) for i, a in enumerate(amounts)})


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("1,234,567", ".89", "1234567.89"),
        ("16,031,24", "0.86", "16031240.86"),
        ("357,596.1", "0", "357596.10"),
        ("1,234.50", "7.25", None),
        ("1,234", "567.89", None),
        ("12", "3.45", None),
        ("", "3.45", None),
    ],
)
def test_the_rest_of_an_amount(above: str, below: str, whole: str | None) -> None:
    rows = [row("住房改革", "22102", above, "")]
    assert bool(join_torn(rows, [row("支出", None, below, "")])) is (whole is not None)
    assert rows[0].name == ("住房改革支出" if whole else "住房改革")
    assert rows[0].values["m0"].number == (Decimal(whole) if whole else parse_number(above))


def test_blocks_side_by_side_each_get_their_own_rest() -> None:
    rows = [row("人员经费合计", None, "6,910,029"), row("公用经费合计", None, "1,157,963")]
    assert join_torn(rows, [row("", None, ".49"), row("", None, ".93")])
    assert [r.values["m0"].number for r in rows] == [Decimal("6910029.49"), Decimal("1157963.93")]


def test_a_row_of_its_own_is_never_joined() -> None:
    rows = [row("住房改革", "22102", "1,234,567")]
    assert not join_torn(rows, [row("住房公积金", "2210201", ".89")])
    assert not join_torn(rows, [row("支出", None, "")])
    assert not join_torn([], [row("支出", None, ".89")])


@given(st.decimals(min_value=10000, max_value=10**9, places=2), st.integers(1, 5))
def test_a_torn_amount_is_whole_again_or_left_alone(amount: Decimal, cut: int) -> None:
    text = f"{amount:,}"
    rows = [row("科目", "201", text[:-cut])]
    if join_torn(rows, [row("", None, text[-cut:])]):
        assert rows[0].values["m0"].number == amount


def test_the_end_of_a_name_is_no_foot_of_a_head() -> None:
    printed = grid(
        [
            [("收入", 1, 3), None, None, ("支出", 1, 3), None, None],
            ["项目", "行次", "金额", "项目", "行次", "合计"],
            ["款", "", "", "", "", ""],
            ["国有资本经营预算财政拨款", "31", "2.00", "", "63", ""],
        ]
    )
    (segment,) = segments(printed)
    assert list(segment.rows) == [2, 3]
