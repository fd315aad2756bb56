"""Printed text ⇄ number: amounts, percentages, their units and resolution. The only place that parses a number.

Blank, "—", "-", "/" are no number (None): a blank is never zero. Full-width digits and signs are folded; (1,234.5) is negative.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

UNIT_FACTOR = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "百万元": Decimal(1_000_000), "亿元": Decimal(100_000_000)}
"""How many 元 one printed unit is."""

_NO_NUMBER = {"", "-", "—", "——", "－", "–", "―", "/", "\\", "*", "#"}
# 12,345.67 | 12345.67 | .5 | -3 ; thousands separators only where they stand right; 1， 2 after folding
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+]?\.\d+")
_YUAN = re.compile(r"^([-+(]?)[¥￥]")
_SPACE = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_SIGNS = str.maketrans(
    {"－": "-", "−": "-", "–": "-", "﹣": "-", "＋": "+", "，": ",", "．": ".", "。": ".", "％": "%", "（": "(", "）": ")"}
)


def fold(text: str) -> str:
    """Full-width digits, signs and separators to ASCII, spaces removed: for numbers only, never for names."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.translate(_SIGNS))).translate(_SIGNS)


def _bare(folded: str) -> str:
    """Without the sign of the currency in front: ¥1,234.50, -¥3, (¥3)."""
    return _YUAN.sub(r"\1", folded, count=1)


def is_blank(text: str) -> bool:
    """True for an empty cell or a printed mark that means "nothing" (—, -)."""
    return fold(text) in _NO_NUMBER or text.strip() in _NO_NUMBER


def parse_number(text: str) -> Decimal | None:
    """The number a cell prints, whole cell or nothing: "1,234.50" → 1234.50; "" and "—" → None; "12万" → None.

    A leading minus and accounting parentheses make it negative; a trailing % and a sign of the currency in front (￥) are allowed and
    dropped. Broken thousands groups ("12,34.5") are None: the caller reports them.
    """
    folded = _bare(fold(text))
    if folded in _NO_NUMBER:
        return None
    negative = False
    if len(folded) > 2 and folded[0] == "(" and folded[-1] == ")":
        negative, folded = True, folded[1:-1]
    if folded.endswith("%"):
        folded = folded[:-1]
    if not _NUMBER.fullmatch(folded):
        return None
    value = Decimal(folded.replace(",", ""))
    return -value if negative else value


def looks_numeric(text: str) -> bool:
    """True when the cell is meant as a number although it may not parse: digits and number signs only."""
    folded = _bare(fold(text))
    return bool(folded) and any(c.isdigit() for c in folded) and not re.search(r"[^\d.,%()+-]", folded)


def resolution(printed: str, unit: str | None) -> Decimal | None:
    """The value of one last printed digit in 元: "12.50" in 万元 → 100. None where the unit is not money."""
    factor = UNIT_FACTOR.get(unit or "")
    if factor is None:
        return None
    folded = _bare(fold(printed)).rstrip("%").strip("()")
    decimals = len(folded.partition(".")[2]) if "." in folded else 0
    return factor.scaleb(-decimals)


def to_yuan(value: Decimal | None, unit: str | None) -> Decimal | None:
    """The amount in 元, or None where the value is blank or the unit is not money."""
    factor = UNIT_FACTOR.get(unit or "")
    return None if value is None or factor is None else value * factor
