"""What a spreadsheet shows for a stored value: the number format codes of Excel (#,##0.00_ ;-0.0%;"—";@)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[([^\]]*)\]|(General|G/通用格式)|([0#?.,%]+)|(E[+-])|(.)', re.I | re.S)
_DATE = re.compile(r"[ymdhs]|年|月|日|上午|AM/PM", re.I)


def canonical(value: int | float | Decimal) -> str:
    """The number as plain decimal text, without the noise of binary fractions (15 significant digits, as a spreadsheet keeps)."""
    exact = Decimal(value) if isinstance(value, int) else value if isinstance(value, Decimal) else Decimal(f"{value:.15g}")
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def displayed(value: int | float | Decimal, code: str) -> str:
    """The text a cell of number format `code` shows for `value`; an unknown code shows the number itself."""
    exact = Decimal(canonical(value))
    for section, absolute in _pick(_sections(code), exact):
        return _render(section, abs(exact) if absolute else exact)
    return canonical(value)


def displayed_date(value: dt.datetime | dt.date | dt.time, code: str) -> str:
    """A date as its format shows it, for the parts reports use: year, month, day, hour, minute."""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    plain = re.sub(r"\[[^\]]*\]|_.|\*.|\\|@|;.*", "", code).replace('"', "")
    if not _DATE.search(plain) or code.lower() == "general":
        return f"{value:%Y-%m-%d}"
    parts = {
        "yyyy": f"{value.year:04d}",
        "yy": f"{value.year % 100:02d}",
        "mm": f"{value.month:02d}",
        "m": str(value.month),
        "dd": f"{value.day:02d}",
        "d": str(value.day),
    }
    return re.sub(r"yyyy|yy|mm|m|dd|d", lambda m: parts[m.group().lower()], plain, flags=re.I).split(" h")[0].strip()


@lru_cache(maxsize=512)
def is_date(code: str) -> bool:
    """Whether the code formats dates: date letters outside quotes and brackets."""
    plain = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code)
    return plain.lower() != "general" and bool(_DATE.search(plain)) and not re.search(r"[#?]|0[.,]|E[+-]", plain)


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    """The sections of a code, split at ; outside quotes."""
    sections, current = [], ""
    for piece in re.findall(r'"[^"]*"|\\.|\[[^\]]*\]|.', code, re.S):
        if piece == ";":
            sections.append(current)
            current = ""
        else:
            current += piece
    return (*sections, current)[:4]


def _pick(sections: tuple[str, ...], value: Decimal) -> list[tuple[str, bool]]:
    """The section for `value`, and whether it shows the absolute value (the sign is then part of the section)."""
    parts = [s for s in sections if "@" not in s] or ["General"]
    if "[=" in parts[0] or "[>" in parts[0] or "[<" in parts[0]:
        return []
    if len(parts) == 1 or (value > 0) or (value == 0 and len(parts) < 3):
        return [(parts[0], False)]
    if value == 0:
        return [(parts[2], True)]
    return [(parts[1], True)]


def _render(section: str, value: Decimal) -> str:
    tokens = list(_TOKEN.finditer(section))
    digits = "".join(m.group(7) for m in tokens if m.group(7))
    if any(m.group(8) for m in tokens):  # scientific: never a printed amount
        return canonical(value)
    scaled = value * (Decimal(100) ** digits.count("%"))
    whole, _, fraction = digits.replace("%", "").partition(".")
    trailing = len(fraction if fraction else whole) - len((fraction if fraction else whole).rstrip(","))
    scaled /= Decimal(1000) ** trailing
    places = len(re.findall(r"[0#?]", fraction))
    required = len(re.findall("0", fraction))
    grouped = "," in whole.rstrip(",")
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    number = f"{abs(rounded):,f}" if grouped else f"{abs(rounded):f}"
    if places > required and "." in number:  # # and ? places are shown only when not zero
        keep = len(number) - (places - required)
        number = number[:keep] + number[keep:].rstrip("0")
        number = number.rstrip(".")
    minimum = len(re.findall("0", whole))
    if not minimum and number.startswith("0"):
        number = number[1:] if places or abs(rounded) != 0 else ""
    elif minimum > 1:
        head, dot, tail = number.partition(".")
        number = head.rjust(minimum, "0") + dot + tail
    sign = "-" if rounded < 0 else ""
    out: list[str] = []
    written = False
    for m in tokens:
        if m.group(1) is not None:
            out.append(m.group(1))
        elif m.group(2):
            out.append(m.group(2))
        elif m.group(3):
            out.append(" ")
        elif m.group(5) is not None:
            currency = re.match(r"\$([^-]*)", m.group(5))
            out.append(currency.group(1) if currency else "")
        elif m.group(6):
            out.append(sign + canonical(abs(value)))
        elif m.group(7):
            if not written and re.search(r"[0#?]", m.group(7)):
                out.append(sign + number)
                written = True
            if "%" in m.group(7):
                out.append("%" * m.group(7).count("%"))
        elif m.group(9):
            if m.group(9) == "@":
                out.append(sign + canonical(abs(value)))
            else:
                out.append(m.group(9))
    text = "".join(out)
    return text.strip()
