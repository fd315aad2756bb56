"""Printed text to number: what is a number, what is none, and what one last digit is worth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reports.amounts import is_blank, looks_numeric, parse_number, resolution, to_yuan


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_printed_amount_reads_back_exactly(value: Decimal) -> None:
    assert parse_number(f"{value:,.2f}") == value
    assert parse_number(f"{value:.2f}") == value
    full_width = f"{value:,.2f}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,.-"})
    assert parse_number(full_width) == value


@given(st.text(alphabet="0123456789,.-%() 万元年—", max_size=12))
def test_a_number_is_whole_or_nothing(text: str) -> None:
    value = parse_number(text)
    if value is not None:
        assert any(c.isdigit() for c in text) and "万" not in text and "年" not in text


@pytest.mark.parametrize("text", ["", " ", "—", "-", "－", "\u3000", "——", "/"])
def test_blank_is_no_number(text: str) -> None:
    assert parse_number(text) is None and is_blank(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1,234.50)", "-1234.50"),
        ("（12.00）", "-12.00"),
        ("－3.5", "-3.5"),
        ("12.5%", "12.5"),
        ("１２，３４５．６０", "12345.60"),
        (" 7 ", "7"),
        (".5", ".5"),
        ("￥1,234.50", "1234.50"),
        ("-¥3.00", "-3.00"),
        ("(￥12.00)", "-12.00"),
    ],
)
def test_signs_and_widths(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["12,34.5", "1,2345.00", "12万", "3人", "2023年", "1.2.3", "1 2年", "￥"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_a_broken_number_still_looks_numeric() -> None:
    assert looks_numeric("12,34.5") and looks_numeric("￥12.5") and not looks_numeric("合计")


@pytest.mark.parametrize(
    ("text", "unit", "worth"), [("12.50", "万元", "100"), ("12", "万元", "10000"), ("91,016,775.35", "元", "0.01"), ("3", "辆", None)]
)
def test_resolution(text: str, unit: str, worth: str | None) -> None:
    assert resolution(text, unit) == (None if worth is None else Decimal(worth))


def test_what_is_not_money_has_no_amount() -> None:
    assert to_yuan(Decimal(3), "辆") is None
    assert to_yuan(Decimal("1.5"), "万元") == Decimal(15000)
    assert to_yuan(None, "元") is None
