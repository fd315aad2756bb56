"""Bytes of a text file to characters: BOM, UTF-8, UTF-16 and GB18030 told apart by what they decode to."""

from __future__ import annotations

import re

from pipelines.documents.model import ReadingNote, Refused

# Characters that every account or budget is full of; a wrong decoding of Chinese bytes hardly ever yields them.
_COMMON = frozenset("的一年部门支出预算决收入万元项目单位财政拨款合计公务费其他基本事业经用和本数为表一二三四五六七八九十国有资")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "utf8": "utf-8"}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
MAX_BAD_SHARE = 0.02
"""More undecodable characters than this: the file is not text (or too damaged to trust)."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, list[ReadingNote]]:
    """The text of `data` and notes on bytes that could not be decoded. Raises Refused (corrupt) for what is no text.

    `declared` is the encoding a file names itself (HTML meta): it is tried first but believed only if it decodes well, since
    published pages often name the wrong one.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(data[len(bom) :].decode(encoding, "replace"), encoding)
    if wide := utf16_without_bom(data):
        return _checked(data.decode(wide, "replace"), wide)
    try:
        text = data.decode("utf-8")  # valid UTF-8 with Chinese in it is never anything else
        return _checked(text, "utf-8")
    except UnicodeDecodeError:
        pass
    named = _ALIASES.get((declared or "").strip().lower(), (declared or "").strip().lower())
    candidates = dict.fromkeys(c for c in (named, "utf-8", "gb18030", "big5") if c)
    best: tuple[float, str, str] | None = None
    for encoding in candidates:
        try:
            text = data.decode(encoding, "replace")
        except LookupError:
            continue
        score = _plausibility(text)
        if best is None or score > best[0]:
            best = (score, encoding, text)
    assert best is not None  # utf-8 and gb18030 are always there
    return _checked(best[2], best[1])


def _plausibility(text: str) -> float:
    """Share of very common characters among the non-ASCII ones, less the undecodable."""
    wide = [c for c in text if c > "\x7f"]
    if not wide:
        return 0.0
    return sum(c in _COMMON for c in wide) / len(wide) - 2 * wide.count("\ufffd") / len(wide)


def utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 shows by zero bytes on one side of its ASCII characters (digits, line ends), and by decoding to Chinese or ASCII."""
    head = data[: 4000 - len(data[:4000]) % 2]
    if len(head) < 8 or b"\x00" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > 8 * even else "utf-16-be" if even > 8 * odd else None
    if encoding is None:
        return None
    text = head.decode(encoding, "replace")
    plain = sum("\x1f" < c < "\x7f" or c in "\t\r\n" or "\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffee" for c in text)
    return encoding if plain > 0.9 * len(text) else None


def _checked(text: str, encoding: str) -> tuple[str, list[ReadingNote]]:
    bad = text.count("\ufffd") + len(_CONTROL.findall(text))
    if not bad:
        return text, []
    if bad > MAX_BAD_SHARE * len(text) + 2:
        raise Refused("corrupt", f"no readable text: {bad} of {len(text)} characters do not decode ({encoding}); publish it again as UTF-8")
    text = _CONTROL.sub("\ufffd", text)
    return text, [ReadingNote("undecodable_characters", f"{bad} characters do not decode as {encoding}; they stand as \ufffd")]
