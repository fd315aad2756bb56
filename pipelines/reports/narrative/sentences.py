"""Running text ⇄ sentences and number tokens: folds the text, splits it, and tells a stated number from a date, a numbering or a threshold.

Knows characters only, no accounting. Every token carries its range in the printed text, so that a fact leads back to its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pipelines.reports.forms.wording import fold as fold_wording

Kind = Literal["money", "pct", "score", "area", "count", "bare"]

_SAME = {
    "(": "（",
    ")": "）",
    "[": "〔",
    "]": "〕",
    "【": "〔",
    "】": "〕",
    ";": "；",
    ":": "：",
    "!": "！",
    "?": "？",
    "％": "%",
    "﹪": "%",
    "．": ".",
    "－": "-",
    "−": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "─": "-",
    "~": "-",
    "～": "-",
    "＋": "+",
    "／": "/",
    "㎡": "平",
    "，": "，",
    "、": "、",
    "。": "。",
    "｡": "。",
}
_DROP = set(" \t\r\n\u00a0\u3000\u2002\u2003\u2009\u200b\ufeff\u00ad" + "“”\"＂‘’'`´「」『』〝〞")
_DIGIT = frozenset("0123456789")  # "" is not in it


# mirrors of government pages print traditional characters; those of titles and headings are folded as there, these are the narrative's own
_TRADITIONAL = (
    "較较輛辆臺台減减約约領领導导優优評评蹤踪監监壓压縮缩賓宾圍围別别準准據据綜综確确規规範范變变僅仅隨随隊队檢检證证試试選选題题點点"
    "漲涨幾几絕绝協协獨独獲获層层顯显種种續续勵励幹干補补貧贫農农製制採采櫃柜庫库庭庭屆届"
)
_SIMPLE = {_TRADITIONAL[i]: _TRADITIONAL[i + 1] for i in range(0, len(_TRADITIONAL), 2)}
_PINYIN = re.compile("[(（][a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]+[)）]", re.I)  # 財(cái)政: the gloss of a mirror that hides its text


def _fold_char(char: str) -> str:
    if char in _DROP:
        return "\x00"
    if (same := _SAME.get(char)) is not None:
        return same
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) != 1:
        return char
    simple = _SIMPLE.get(folded) or (fold_wording(folded) if folded > "\u3400" else folded)
    return _SAME.get(folded, simple if len(simple) == 1 else folded)


class _Table(dict[int, str]):
    """A translation table that fills itself: most characters of a corpus are seen again and again."""

    def __missing__(self, key: int) -> str:
        value = self[key] = _fold_char(chr(key))
        return value


_TABLE = _Table()


@dataclass(slots=True)
class Folded:
    """`text` without spaces and quotation marks, in one form of each sign; `at[i]` is where character i stands in the printed text."""

    text: str
    at: list[int]
    printed: str

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The printed range of the folded characters [start, end)."""
        if not self.at:
            return 0, 0
        first = self.at[min(start, len(self.at) - 1)]
        return first, (self.at[end - 1] + 1 if end > start else first)

    def source(self, start: int, end: int) -> str:
        a, b = self.range(start, end)
        return self.printed[a:b]


_CHUNK = re.compile(r"[^\x00]+")
_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")  # １，２３４: typed full-width throughout
_LONE_POINT = re.compile(r"(?<=[元%人辆批台个）])\.(?=[\u4e00-\u9fff])")  # …增加3万元.与去年相比: a full stop
_LONE_COMMA = re.compile(r"(?<!\d),|,(?!\d{3})")  # a thousands separator has a digit before it and three after


def fold(printed: str) -> Folded:
    """Folds a paragraph: spaces go (justified lines) save between two digits, an ASCII comma stays only inside a number."""
    if _PINYIN.search(printed):
        original = printed
        folded = fold(_PINYIN.sub(lambda m: " " * len(m.group()), printed))
        return Folded(folded.text, folded.at, original)
    if _WIDE_COMMA.search(printed):
        printed, original = _WIDE_COMMA.sub(",", printed), printed
        folded = fold(printed)
        return Folded(folded.text, folded.at, original)
    marked = printed.translate(_TABLE)
    if "." in marked:
        marked = _LONE_POINT.sub("。", marked)
    if "\x00" not in marked:
        return Folded(_LONE_COMMA.sub("，", marked) if "," in marked else marked, list(range(len(printed))), printed)
    out: list[str] = []
    at: list[int] = []
    last = ""
    for chunk in _CHUNK.finditer(marked):
        text, start = chunk.group(), chunk.start()
        if last in _DIGIT and text[0] in _DIGIT:  # "2019 1,234.00" is two numbers
            out.append(" ")
            at.append(start - 1)
        out.append(text)
        at.extend(range(start, chunk.end()))
        last = text[-1]
    text = "".join(out)
    return Folded(_LONE_COMMA.sub("，", text) if "," in text else text, at, printed)


@lru_cache(maxsize=4096)
def fold_heading(printed: str) -> str:
    """The folded text of a heading: the same headings are looked at again and again."""
    return fold(printed).text


# What holds digits and is no stated number. Order matters: the first that fits takes the characters.
_SKIP = r"""
    [-至到]?(?:19|20)\d\d[.\-/年]\d{1,2}[.\-/月]\d{1,2}[日号]?(?![\d.,]*(?:亿元|[百千万]?万?元|%))  # 2024.12.31; not 较2022年9.57亿元
  | (?:19|20)?\d\d[-至到](?:19|20)?\d\d年(?:度)?               # 2017-2019年
  | (?:19|20)\d\d(?:年度|年|财年|/)(?:\d{1,2}月(?:\d{1,2}日)?)?
  | (?:19|20)\d\d(?=[-至到](?:19|20)\d\d(?!\d))
  | (?<![\d.,])(?:19|20)\d\d(?=(?:收[入支]|支出)?(?:总|的)?(?:预算|决算))       # 2025收入预算
  | \d{1,2}月(?:份|\d{1,2}日)?
  | [〔（](?:19|20)\d\d[〕）](?:第)?\d+号?                     # 豫财教〔2022〕105号
  | 〔(?:19|20)\d\d〕
  | 第\d+(?:[-、]\d+)*
  | \d+号(?:令|文|文件|公告|决议)?
  | (?:公开)?\d+表
  | [图表注](?:格)?\d+
  | 附[件表录]\d+
  | \d+(?:\.\d+)?[-至到]\d+(?:\.\d+)?(?=[\u4e00-\u9fff])          # 2-3次: a range of a plan
  | \d+(?:[:：]\d+)+
  | \d+[xX×*+]\d+(?:[xX×*+]\d+)*
  | [A-Za-z]+-?\d+(?:\.\d+)?
  | \d+[A-Za-z]+\d*
"""
_NUMBER = r"[-+]?(?:\d{1,3}(?:[,]\d{3})+|\d{1,3}(?:，\d{3})+(?=\.\d+(?:亿|万)?元)|\d+)(?:\.\d+)?|[-+]?\.\d+"
_UNIT = (
    r"亿元|百万元|千元|万元|元|万(?![人次名件个户平亩吨册字公株份条张辆头只里米多余])|%|个百分点|百分点|平方米|平方|平(?=[，。；、（）]|$)|台（套）|台（件）|台/套|台\(套\)|套（台）|台套|套/台|"
    r"辆（台）|辆/台|台（辆）|人/次|人次|人数|批/次|批次|批|个（次）|个/次|个(?!月|百分点)|辆|台|套|人(?!民|均)|名|次|家|项|户|分(?!钟|之|期|类|别)|件|组|场|"
    r"期|篇|所|座|条|份|支|只|册|宗|处|部|起|团|例|门|枚|间|幢|栋|课|款"
)
_TOKEN = re.compile(
    rf"(?=[0-9+\-.〔（第公图表注附至到A-Za-z])(?:(?P<skip>{_SKIP})|(?P<number>{_NUMBER})(?P<junk>[.,]\d[\d.,]*|\.+(?=元|万元|亿元|%))?(?P<about>余|多|来|几)?(?P<unit>{_UNIT})?)",
    re.VERBOSE,
)
_NUMBERING = re.compile(
    r"(?:^|(?<=[。；：，？！）]))(?:（\d{1,2}）|\d{1,2}）|\d{1,2}[.、](?:[、.])?"
    r"(?!\d+(?:,\d{3})*(?:\.\d+)?(?:亿元|千元|万元|元|%|个|辆|台|人|次|批|家|项|户|分|万[，。；、]))|[①-⑳]|\d{1,2}(?=[\u4e00-\u9fff]{1,12}(?:费|支出)(?:（|支出|预算|决算|$)))"
)
_PARENTHESISED_CODE = re.compile(
    r"（\d{1,7}）|（\d{1,3}类\d{1,3}款?\d*项?）|（0\d[款项]）|（2\d\d类）(?:[^（），。；\d]{1,40}（\d\d款）(?:[^（），。；\d]{1,40}（\d\d项）)?)?"
)
_LIMIT_AFTER = re.compile(
    r"(?:（[^）]{0,4}）)?(?:及|以|之)*(?:以)?(?:上|下|内)(?![升降调涨浮滑跌缴达拨年级])|（?(?:含|不含)[^）]{0,4}）?(?:以上|以下|及以上)|起(?![一-龥])|(?:略有|存在|有)(?:细微|微小|尾数)?(?:差异|误差|出入)"
)
_LIMIT_BEFORE = re.compile(
    r"(?:超过|不低于|不超过|不高于|不少于|低于|高于|大于|小于|不足|达不到|≥|≤|>|<|＞|＜|至少|最高|最低|(?<!平均)每[一-龥]{0,6}|人均|限额|标准[为是]?|上限|以内)(?:到|为|是)?$"
)
_PARALLEL = re.compile(r"(?:分别|各)[^，。；]{0,4}$")
_YEAR_LEFT_BARE = re.compile(r"(?:19|20)\d\d")
_MONEY = {"亿元", "百万元", "千元", "万元", "元", "万"}
_PCT = {"%", "个百分点", "百分点"}
_AREA = {"平方米", "平方", "平"}
_UNIT_NAME = {"万": "万元", "平": "平方米", "平方": "平方米", "台/套": "台（套）", "台套": "台（套）", "个百分点": "个百分点"}


@dataclass(slots=True)
class Number:
    """A number token at [start, end) of the folded text; `end` is after its unit. `limit`: a threshold (100万元以上)."""

    start: int
    end: int
    printed: str
    value: Decimal
    unit: str
    kind: Kind
    number_end: int
    limit: bool = False
    about: bool = False  # 200多人: no exact number
    malformed: bool = False  # 12.705.06
    score_floor: bool = False  # 90分及以上


def _kind(unit: str) -> Kind:
    if unit in _MONEY:
        return "money"
    if unit in _PCT:
        return "pct"
    if unit in _AREA:
        return "area"
    if unit == "分":
        return "score"
    return "count" if unit else "bare"


def numbers(text: str) -> list[Number]:
    """The number tokens of a folded text in order, without dates, document numbers, numberings and codes in parentheses."""
    taken = [(m.start(), m.end()) for m in _NUMBERING.finditer(text)]
    taken += [(m.start(), m.end()) for m in _PARENTHESISED_CODE.finditer(text)]
    taken.sort()
    starts = dict(taken)
    found: list[Number] = []
    position = 0
    while (match := _TOKEN.search(text, position)) is not None:
        start = match.start()
        hit = next((e for s, e in taken if s <= start < e), None) if starts else None
        if hit is not None:
            position = max(hit, start + 1)
            continue
        position = match.end()
        if match["number"] is None:
            continue
        digits, unit, end = match["number"], match["unit"] or "", match.end()
        junk = match["junk"] or ""
        if "，" in digits and _PARALLEL.search(text, max(0, start - 8), start):  # 分别为12，345.67万元: two numbers
            digits, junk, unit, end = digits.partition("，")[0], "", "", start + digits.index("，")
            position = end
        if unit in ("人", "") and _YEAR_LEFT_BARE.fullmatch(digits) and text.startswith("员", end):  # 2017人员工资
            continue
        if junk[:1] == "," and "." in digits:  # 4125.49,4143.91: two numbers
            junk, unit, end = "", "", match.end("number")
            position = end
        malformed = junk.strip(".") != ""  # "36120.元" is only a stray point
        sign = digits[0] if digits[0] in "-+" else ""
        if sign and start and (text[start - 1] in _DIGIT or text[start - 1] not in "增长加减少降低为：，是了升高率约幅"):
            digits, start = digits[1:], start + 1  # a dash between words, no sign
        kind = _kind(unit)
        before, after = text[max(0, start - 10) : start], text[end : end + 8]
        limit = bool(unit) and (_LIMIT_AFTER.match(after) is not None or _LIMIT_BEFORE.search(before) is not None)
        found.append(
            Number(
                start=start,
                end=end,
                printed=text[start : min(match.end("number"), end)] + (junk if malformed else ""),
                value=Decimal(digits.replace(",", "").replace("，", "")),
                unit=_UNIT_NAME.get(unit, unit),
                kind=kind,
                number_end=min(match.end("junk" if malformed else "number"), end),
                limit=limit,
                about=match["about"] is not None,
                malformed=malformed,
                score_floor=limit and kind == "score" and after.startswith(("及以上", "以上", "（含）以上")),
            )
        )
    # "各是4125.49,4143.91万元": the first takes the unit of the second
    for i in range(len(found) - 2, -1, -1):
        here, after_one = found[i], found[i + 1]
        if here.value >= 1000 and after_one.kind == "pct":
            continue  # 一般公共服务支出2713623.00，34.60%
        if not here.unit and after_one.unit and text[here.end : after_one.start] in ("，", "、", "和", "与", ",", "及", "；"):
            here.unit, here.kind = after_one.unit, after_one.kind
    return found


@dataclass(slots=True)
class Sentence:
    """[start, end) of the folded text, its closing sign included. `closed` is true for 。 and the end of the paragraph, false for ；."""

    start: int
    end: int
    closed: bool


_END = re.compile(r"[。！？；]")


def split(text: str) -> list[Sentence]:
    """Splits at 。！？；. A closing bracket right after the sign stays with the sentence."""
    out: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if end < start:
            continue
        while end < len(text) and text[end] in "）。；":
            end += 1
        out.append(Sentence(start, end, match.group() != "；"))
        start = end
    if start < len(text):
        out.append(Sentence(start, len(text), True))
    return out
