"""Names printed over the row below: put back where the other statements print them, and nowhere else."""

from __future__ import annotations

import pytest

from pipelines.reports.model import Row
from pipelines.reports.statements.overrun import put_back

NAMES = {"20805": "养老支出", "2080505": "单位基本养老保险缴费支出", "2080506": "单位职业年金缴费支出", "20808": "抚恤"}


def table(names: list[str]) -> list[Row]:
    return [Row(n, c, {}) for c, n in zip(NAMES, names, strict=True)]


@pytest.mark.parametrize(
    "names",
    [
        ["养老支出", "单位基本养老保", "险缴费支出单位职业年金", "缴费支出抚恤"],  # the rest on a line of its own
        ["养老支出", "单位基本养老保", "险单缴位费职支业出年金", "缴抚费恤支出"],  # both on one line, character by character
    ],
)
def test_names_that_ran_over_the_row_below(names: list[str]) -> None:
    rows = table(names)
    put_back([table(list(NAMES.values())), rows])
    assert [r.name for r in rows] == list(NAMES.values())


@pytest.mark.parametrize(
    "names",
    [
        ["养老支出", "单位基本养老保险", "单位职业年金缴费支出", "抚恤"],  # cut short, the rest printed nowhere
        ["养老支出", "单位基本养老保", "险缴费支出单位职业年金", "缴费支出抚恤金"],  # another name
        ["支出养老", "单位基本养老保险缴费支出", "单位职业年金缴费支出", "抚恤"],  # misprinted
    ],
)
def test_other_names_stay_as_printed(names: list[str]) -> None:
    rows = table(names)
    put_back([table(list(NAMES.values())), rows])
    assert [r.name for r in rows] == names


def test_a_name_of_two_kinds_mends_nothing() -> None:
    rows = table(["养老支出", "单位基本养老保", "险缴费支出单位职业年金", "缴费支出抚恤"])
    other = table(["养老支出", "单位基本养老保险费支出", "单位职业年金缴费支出", "抚恤"])
    put_back([table(list(NAMES.values())), other, rows])
    assert rows[1].name == "单位基本养老保"
