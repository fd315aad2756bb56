"""Folding of printed wording for matching: never for what is stored. Traditional characters, brackets, quotes, numbering, years."""

from __future__ import annotations

import re
from functools import lru_cache

# Characters that titles, headings and headers use; mirrors of government pages on foreign hosts print them in the traditional form.
_TRADITIONAL = (
    "財财決决總总預预撥拨開开費费購购類类項项務务資资產产營营國国機机關关運运經经濟济績绩標标補补屬属單单級级業业專专戶户"
    "萬万億亿稱称編编碼码計计結结轉转餘余區区縣县門门車车維维護护訓训會会議议員员對对個个與与報报執执數数額额錄录釋释詞词"
    "說说説说況况體体構构設设職职責责據据貼贴險险養养醫医療疗衛卫節节環环農农鄉乡術术傳传遊游輸输糧粮儲储備备災灾應应債债"
    "還还償偿發发電电郵邮爲为為为於于後后內内長长東东陽阳雲云貴贵廣广蘇苏遼辽寧宁陝陕慶庆達达動动從从學学時时間间際际實实"
    "現现價价歸归調调辦办離离獎奖撫抚卹恤贈赠將将園园場场來来無无聯联網网絡络軟软積积徵征繳缴審审處处衆众眾众義义圖图書书"
    "館馆團团組组銀银貸贷產产馬马號号廳厅島岛濱滨鎮镇鄭郑漢汉瀋沈龍龙麗丽蘭兰齊齐"
)
_FOLD: dict[int, str | None] = {ord(_TRADITIONAL[i]): _TRADITIONAL[i + 1] for i in range(0, len(_TRADITIONAL), 2)}
_FOLD.update(
    {
        **dict.fromkeys(map(ord, "“”\"‘’'＂＇「」『』《》〈〉"), None),
        **dict.fromkeys(map(ord, " \t\r\n\u00a0\u3000\u200b\ufeff\u2002\u2003\u2009"), None),
        **{ord(a): b for a, b in zip("（）［］【】〔〕：；，．｜／－—–―─﹣−", "()()()():;,.|/-------", strict=True)},
        **{ord("０") + i: str(i) for i in range(10)},
    }
)
_PINYIN = re.compile(r"\([a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]+\)", re.I)

NUMERAL = "一二三四五六七八九十百〇零"
_N = f"[{NUMERAL}]{{1,4}}"
_NUMBERING = re.compile(
    rf"附(?:件|表)?(?:\d{{1,2}}|{_N})?(?:[-.]\d{{1,2}})?[:、.,-]*"  # 附件1- 附表二:
    rf"|(?:财决|预算|决算)?公开表?\d{{1,2}}表?[:、.,-]*"  # 公开06表
    rf"|表?{_N}[、.:,]+|\((?:{_N}|\d{{1,2}})\)[、.:,]*"  # 一、 (二) (3)
    rf"|表?\d{{1,2}}(?:-\d{{1,2}})?[、.:,)-]+(?:(?!\d)|(?=(?:19|20)\d\d))|表\d{{1,2}}(?:-\d{{1,2}})?(?=\D)"  # 1. 4- 表3
    rf"|表[{NUMERAL}]{{1,3}}(?=[^{NUMERAL}])|\d{{1,2}}(?=[^\d年月日.,%:/-])"  # 表五 5收入决算表
)
_YEAR = re.compile(r"(?:(?:19|20)\d\d|[二一][〇零○OＯ0九][〇零○OＯ0一二三四五六七八九]{2})(?:年度?|财政年度)?")
_TAIL = re.compile(r"(?:[.…·•⋯_-]{2,}|[.…·•⋯])\(?\d{0,3}(?:-\d{1,3})?\)?$|\(\d{1,3}\)$|(?<=[\u4e00-\u9fff)])\d{1,3}(?:-\d{1,3})?$")
_UNIT_SUFFIX = re.compile(r"\((?:单位[::]?)?(?:人民币)?(?:元|千元|万元|百万元|亿元)\)|\((?:单位[::]).*?\)")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Spaces, quotes and book marks gone, brackets and signs ASCII, traditional characters simplified, pinyin glosses dropped."""
    out = text.translate(_FOLD)
    return _PINYIN.sub("", out) if "(" in out else out


def strip_numbering(folded: str) -> str:
    """Without a leading 一、 (二) 3. 表4: 附件5. 公开06表; a name that merely begins with 一 (一般公共预算) stays."""
    for _ in range(3):
        match = _NUMBERING.match(folded)
        if match is None or not 0 < match.end() < len(folded):
            break
        folded = folded[match.end() :]
    return folded


def strip_year(folded: str) -> str:
    return _YEAR.sub("", folded)


def strip_leader(folded: str) -> str:
    """Without the dot leaders and page number of a contents line."""
    return _TAIL.sub("", folded)


def strip_unit(folded: str) -> str:
    """Without (万元) (单位:元)."""
    return _UNIT_SUFFIX.sub("", folded) if "(" in folded else folded
