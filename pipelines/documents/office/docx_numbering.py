"""Automatic numbering of Word: the numbers a reader sees before a paragraph (一、 （二） 3. 第四部分), rebuilt from numbering.xml."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = "%1."


@dataclass(slots=True)
class Numbering:
    """The list definitions of a document and the counters while it is read in order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # by numId
    abstract: dict[str, str] = field(default_factory=dict)  # numId → abstractNumId: lists of one definition count on together
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    restarted: set[str] = field(default_factory=set)
    overridden: dict[str, set[int]] = field(default_factory=dict)  # numId → levels that begin anew when the list is first met

    def label(self, num_id: str, level: int) -> str:
        """The printed number of the next paragraph in list `num_id` at `level` (0-based); empty for bullets and unknown lists."""
        levels = self.levels.get(num_id)
        if levels is None or level not in levels or num_id == "0":
            return ""
        counters = self.counters.setdefault(self.abstract.get(num_id, num_id), {})
        if num_id not in self.restarted:
            self.restarted.add(num_id)
            if level in self.overridden.get(num_id, ()):
                counters.pop(level, None)
        counters[level] = counters.get(level, levels[level].start - 1) + 1
        for deeper in [k for k in counters if k > level]:
            del counters[deeper]
        if levels[level].format in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            defined = levels.get(at, _Level())
            return formatted(counters.get(at, defined.start), defined.format)

        return re.sub(r"%(\d)", number, levels[level].text)


def read_numbering(root: Any) -> Numbering:
    """From the root element of numbering.xml (lxml); None gives empty numbering."""
    numbering = Numbering()
    if root is None:
        return numbering
    abstract: dict[str, dict[int, _Level]] = {}
    for element in root.findall(f"{W}abstractNum"):
        abstract[element.get(f"{W}abstractNumId", "")] = _levels(element)
    for element in root.findall(f"{W}num"):
        num_id = element.get(f"{W}numId", "")
        reference = element.find(f"{W}abstractNumId")
        key = reference.get(f"{W}val", "") if reference is not None else ""
        levels = dict(abstract.get(key, {}))
        for override in element.findall(f"{W}lvlOverride"):
            at = _int(override.get(f"{W}ilvl"), 0)
            start = override.find(f"{W}startOverride")
            old = levels.get(at, _Level())
            if start is not None:
                levels[at] = _Level(_int(start.get(f"{W}val"), 1), old.format, old.text)
                numbering.overridden.setdefault(num_id, set()).add(at)
            levels.update(_levels(override))
        numbering.levels[num_id] = levels
        numbering.abstract[num_id] = key
    return numbering


def _levels(parent: Any) -> dict[int, _Level]:
    out = {}
    for element in parent.findall(f"{W}lvl"):

        def value(name: str, default: str, element: Any = element) -> str:
            child = element.find(f"{W}{name}")
            return default if child is None else str(child.get(f"{W}val", default))

        out[_int(element.get(f"{W}ilvl"), 0)] = _Level(_int(value("start", "1"), 1), value("numFmt", "decimal"), value("lvlText", ""))
    return out


def _int(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,9}", text) else default


def chinese(number: int) -> str:
    """一 … 九十九 as counted (十一, 二十); beyond that digit by digit."""
    if not 0 < number < 100:
        return "".join(_DIGITS[int(d)] for d in str(number))
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def formatted(number: int, style: str) -> str:
    """A counter in a numFmt of Word; an unknown format shows plain digits."""
    if style.startswith(("chineseCounting", "taiwaneseCounting")) or style in ("japaneseCounting", "ideographDigital"):
        return chinese(number)
    if style.startswith("decimalEnclosedCircle"):
        return _CIRCLED[number - 1] if 0 < number <= 20 else str(number)
    if style == "decimalFullWidth":
        return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    if style in ("upperLetter", "lowerLetter") and 0 < number <= 26:
        return chr((65 if style == "upperLetter" else 97) + number - 1)
    if style in ("upperRoman", "lowerRoman") and 0 < number < 40:
        roman = "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
        return roman if style == "upperRoman" else roman.lower()
    if style == "ideographTraditional" and 0 < number <= 10:
        return _STEMS[number - 1]
    if style == "decimalZero":
        return f"{number:02d}"
    return str(number)
