"""Small words of a printed report: Chinese numerals."""

from __future__ import annotations

DIGITS = "一二三四五六七八九"


def numeral(n: int) -> str:
    """1 → 一, 10 → 十, 26 → 二十六."""
    tens, ones = divmod(n, 10)
    if not tens:
        return DIGITS[ones - 1]
    return ("" if tens == 1 else DIGITS[tens - 1]) + "十" + (DIGITS[ones - 1] if ones else "")
