"""Numbers as a layout prints them: unit, rounding, thousands separators, what a zero or nothing looks like."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipelines.reports.amounts import UNIT_FACTOR
from pipelines.reports.model import Value
from pipelines.samples.layout import Layout

CENT = Decimal("0.01")
ZERO_TEXT = {"blank": "", "zero": "0.00", "dash": "—"}


def rounded(number: Decimal) -> Decimal:
    """To two decimals, half up, as the ministry's software does."""
    return number.quantize(CENT, ROUND_HALF_UP)


def convert(number: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Between money units; unchanged where they are the same."""
    return number if from_unit == to_unit else number * UNIT_FACTOR[from_unit] / UNIT_FACTOR[to_unit]


def digits(number: Decimal, thousands: bool, trim: bool = False) -> str:
    """12345.6 → 12,345.60; trimmed: 12,345.6."""
    text = f"{number:,.2f}" if thousands else f"{number:.2f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


@dataclass(frozen=True)
class Printer:
    """Prints amounts held in `held` for one layout."""

    layout: Layout
    held: str

    def cell(self, number: Decimal | None, unit: str, rate: bool = False) -> Value:
        """A table cell: its text and the number that text says (None for what prints as nothing). A rate has no unit."""
        zero = self.layout.zero
        if number is not None:
            number = rounded(number if rate else convert(number, self.held, unit))
        if not number:
            if zero == "as_is":
                return Value("", None) if number is None else Value("0.00", Decimal("0.00"))
            text = ZERO_TEXT[zero]
            return Value(text, Decimal("0.00") if zero == "zero" else None)
        return Value(digits(number, self.layout.thousands, self.layout.trim_zeros), number)

    def amount(self, number: Decimal) -> tuple[str, Decimal]:
        """An amount in running text, in the narrative unit, never negative."""
        value = rounded(abs(convert(number, self.held, self.layout.narrative_unit)))
        return digits(value, self.layout.narrative_thousands, self.layout.trim_zeros), value
