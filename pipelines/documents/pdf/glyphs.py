"""Tables over the basic plane: which code units are visible, which say no Unicode, and which are another code for the same character."""

from __future__ import annotations

import unicodedata

import numpy as np

_SPACES = {
    *range(0x00, 0x21), 0x7F, *range(0x80, 0xA1), 0xAD, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F,
    *range(0x202A, 0x202F), 0x205F, *range(0x2060, 0x2070), 0x3000, 0x3164, 0xFEFF, 0xFFFE, 0xFFFF,
}  # fmt: skip
_SPACES -= {0x02}  # pdfium's mark for a hyphen at the end of a line

# Radicals that fonts map glyphs to although the character is meant; those of the Kangxi block decompose by NFKC, these do not.
_RADICALS = {
    "⺠": "民", "⺩": "王", "⻄": "西", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻓": "长", "⻔": "门", "⻘": "青", "⻚": "页",
    "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄",
    "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟", "⻁": "虎", "⻑": "长", "⺟": "母", "⺮": "竹", "⻪": "黾", "⻫": "斉",
}  # fmt: skip


def _visible() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.ones(65536, bool)
    table[sorted(_SPACES)] = False
    return table


def _fold() -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    table = np.arange(65536, dtype=np.uint16)
    table[0x02] = ord("-")
    for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFAFF)):  # Kangxi radicals, compatibility ideographs
        for code in block:
            same = unicodedata.normalize("NFKC", chr(code))
            if len(same) == 1 and ord(same) < 65536:
                table[code] = ord(same)
    for radical, meant in _RADICALS.items():
        table[ord(radical)] = ord(meant)
    return table


def _not_unicode() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.zeros(65536, bool)
    table[[0xFFFD, *range(0xE000, 0xF900)]] = True  # replacement character, private use
    return table


def _wide() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Ideographs, full-width forms and CJK punctuation: between them a line or a gap needs no space."""
    table = np.zeros(65536, bool)
    for low, high in ((0x2E80, 0xA4D0), (0xAC00, 0xD7A4), (0xD800, 0xE000), (0xF900, 0xFB00), (0xFE30, 0xFE50), (0xFF00, 0xFFF0)):
        table[low:high] = True
    table[[0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0xB7]] = True
    return table


def _digit() -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    table = np.zeros(65536, bool)
    table[0x30:0x3A] = True
    table[0xFF10:0xFF1A] = True
    return table


DIGIT = _digit()
VISIBLE = _visible()
FOLD = _fold()
NOT_UNICODE = _not_unicode()
WIDE = _wide()
