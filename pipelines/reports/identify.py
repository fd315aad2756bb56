"""Identity: whose report a document is, of which year, kind and scope. From its content alone; the file's name is no evidence.

Words are weighed: a cover or a table's 部门： line says more than running text. What is not printed stays None.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from pipelines.documents.model import Document, Grid, Paragraph
from pipelines.reports.forms import title_kind
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Identity, Outline, ReportKind, Scope
from pipelines.reports.outline import lines_of
from pipelines.reports.statements.headers import is_meta
from pipelines.settings import code_data

_DIGITS = str.maketrans("〇零○OＯ一二三四五六七八九", "000000123456789"[:0] + "00000123456789")
_CN_YEAR = r"[二][〇零○OＯ0][一二三四五六七八九〇零○OＯ0]{2}"
_YEAR = re.compile(rf"((?:19|20)\d\d|{_CN_YEAR})年?(?:度|财政年度)?(?!\d)(?!\d*年?[一二三四五六七八九十\d]{{1,3}}月)")
_DATE = re.compile(
    rf"((?:19|20)\d\d|{_CN_YEAR})[年\-./]([一二三四五六七八九十\d]{{1,3}})(?:[月\-./]([一二三四五六七八九十\d]{{1,3}})?日?)?$"
)
_CAPTION_BODY = re.compile(
    r"(?:编制|填报|预算|公开|主管|预算主管|汇总|报送)?(?:部门|单位)(?:名称|全称)?(?:\((?:公章|盖章|单位|部门)\))?[:：]\s*(?P<name>[\u4e00-\u9fff（）()·、“”]{4,50}?)(?=\s|单\s*位|金额|\d|公开|预算|$)"
)
_BODY_END = (
    r"(?:局|厅|委员会|委|办公室|办公厅|办|院|部|处|所|校|学|园|馆|站|队|会|室|中心|政府|街道|镇|乡|村|社|台|署|司|库|集团|公司|党校|法庭|政协|人大|法院|检察院|机关|"
    r"基地|医院|学校|大学|学院|小学|中学|幼儿园|管委会|办事处|支队|大队|总队|工会|妇联|团委|残联|科协|文联|工商联|报社|场|段)(?:[（(](?:本级|本部|机关|汇总|部门|单位)[)）]|本级|本部|机关)?"
)
_NO_BUDGET = r"(?!(?:评审|编审|审核|编制|绩效|管理|事务|信息|评价)+(?:中心|局|处|科|所|站|办公室))"
"""县财政预算评审中心: 预算 in the name of a body."""
_COVER = re.compile(
    rf"^(?:关于)?(?P<a>[\u4e00-\u9fff（）()·、]{{3,50}}?)?(?:(?:19|20)\d\d|{_CN_YEAR})?年?度?(?P<b>[\u4e00-\u9fff（）()·、]{{3,50}}?{_BODY_END})?(?P<level>[省市区县]级)?(?P<word>部门|单位|\(部门\)|\(单位\))?(?:[（(]?(?:单位|部门)[)）]?)?(?:收支)?(?P<kind>决算|预算){_NO_BUDGET}"
)
_HEAD_BODY = re.compile(
    rf"^(?P<name>[\u4e00-\u9fff（）()·、]{{3,50}}?{_BODY_END})(?:[（(](?:部门|单位)[)）])?(?:的?(?:部门|单位|基本|主要)?(?:概况|概括|职责|职能|基本情况|机构设置|主要职责|主要职能))"
)
_HEAD_BODY2 = re.compile(rf"^(?P<name>[\u4e00-\u9fff（）()·、]{{3,50}}?)(?:(?:19|20)\d\d|{_CN_YEAR})年度?(?:部门|单位)?(?:决算|预算)")
_HEAD_BODY3 = re.compile(
    rf"^(?P<name>[\u4e00-\u9fff（）()·、]{{3,50}}?{_BODY_END})(?:(?:19|20)\d\d|{_CN_YEAR})年度?(?=.{{2,40}}(?:表|情况|说明))"
)
_PLACE_YEAR_BODY = re.compile(
    rf"^(?P<place>[\u4e00-\u9fff]{{2,12}}[省市县区旗州盟])(?:(?:19|20)\d\d|{_CN_YEAR})年度?(?P<body>[\u4e00-\u9fff（）()·、]{{2,30}}?{_BODY_END})(?:部门|单位)?(?:决算|预算)"
)
"""某县2015年度移民局决算情况表"""
_LOCAL = re.compile(r"(?:[（(](?:本级|本部|机关|机关本级)[)）]|本级|本部)$")
_SMALL_BODY = re.compile(r"(?:学校|小学|中学|幼儿园|医院|卫生院|卫生服务中心|敬老院|福利院|图书馆|文化馆|博物馆)$")
_PLACEHOLDER = re.compile(r"[XxＸｘ×✕╳*＊]{2,}|某某|\(部门名称\)|\(单位名称\)")
_METADATA = re.compile(
    r"^(?:索引号|信息索引|发布(?:日期|时间|机构|单位)|成文(?:日期|时间)|生成(?:日期|时间)|公开(?:日期|时间)|来源|文号|主题词?|浏览|字号|责任编辑|监督索引号|点击|有效性)"
)
_OF_YEAR = re.compile(r"(?:19|20)\d\d\s*年度?(?!\d)(?!\s*\d{1,2}\s*月)")
_PART = re.compile(r"^第[一二三四五六七八九十]+(?:部分|章)[、:：.]?\s*")
_THREE_PUBLIC = re.compile(r"(?:关于)?(?:一般公共预算|财政拨款)*[“\"”]?三公[“\"”]?(?:经费|费用|支出)*[“\"”]?(?:财政拨款|支出|增减|对比)*")
_TITLE_BUDGET = re.compile(r"(?:19|20)\d\d年度?(?:部门|单位)预算(?!单位|编制范围|构成)")
_SHORT_BODY = re.compile(r"(?![本各该我全])[\u4e00-\u9fff]{2}(?:部|署|镇|乡)")
_GENERIC = re.compile(
    r"^(?:本|我|各|该)?(?:部门|单位|预算单位|主管部门|预算部门)$|公开|编制|情况|说明|预算" + _NO_BUDGET + "|决算|附件|目录|年度"
)


@dataclass(slots=True)
class _Votes:
    names: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    evidence: dict[str, str] = field(default_factory=dict)

    def name(self, name: str, weight: int, text: str) -> None:
        name = re.sub(r"\s+", "", name).strip("：:、,，“”")
        name = re.sub(r"^(?:关于|公开|附件)|(?:关于|的)$", "", name)
        if (4 <= len(name) <= 50 or _SHORT_BODY.fullmatch(name)) and not _GENERIC.search(name):
            self.names[name] += weight
            self.evidence.setdefault(f"name:{name}", text[:80])

    def year(self, text: str, weight: int) -> None:
        for match in _YEAR.finditer(text):
            year = to_year(match.group(1))
            if 2000 <= year <= 2099:
                self.years[year] += weight
                self.evidence.setdefault(f"year:{year}", text[:80])


def to_year(text: str) -> int:
    """2023 | 二〇二三 → 2023."""
    out = "".join(
        "0123456789"["〇一二三四五六七八九".index(c)] if c in "〇一二三四五六七八九" else "0" if c in "零○OＯ" else c for c in text
    )
    return int(out)


def identify(document: Document, outline: Outline) -> Identity:
    """The identity of one report. Unknown fields stay None; `evidence` says which text each was read from."""
    votes = _Votes()
    cover: list[str] = []
    printed_date: str | None = None
    first = True
    for section in outline.sections:
        if section.role == "cover" and first:
            for block in section.blocks[:14]:
                if isinstance(block, Grid) or len(block.text) > 120:
                    break
                for text in (line.strip() for line in lines_of(block)):
                    if not text or _METADATA.search(fold(text)):
                        continue
                    if date := _printed_date(text):
                        printed_date = printed_date or date
                        continue
                    cover.append(text)
            _cover(cover, votes)
        elif section.role == "statement" and first and section.blocks and isinstance(section.blocks[0], Paragraph):
            cover = [line.strip() for line in lines_of(section.blocks[0]) if line.strip() not in section.heading]
            _cover(cover, votes)
        first = False
        if section.role == "contents":
            for block in section.blocks:
                for line in lines_of(block):
                    _line(line, votes, 1)
            continue
        if section.heading:
            _line(section.heading, votes, 2)
        if section.role == "statement":
            _statement_head(section.blocks, section.heading, votes)
        elif section.role in ("cover", "other"):
            for block in section.blocks[:20]:
                if isinstance(block, Paragraph) and len(block.text) < 80:
                    _caption(block.text, votes)
    _narrative(outline, votes)
    department = _best_name(votes)
    year = votes.years.most_common(1)[0][0] if votes.years else None
    kind: ReportKind | None = None
    if votes.kinds:
        kind = "final" if votes.kinds["final"] >= votes.kinds["budget"] else "budget"
    word = votes.words.most_common(1)[0][0] if votes.words else None
    evidence = {}
    if department:
        evidence["department"] = votes.evidence.get(f"name:{department}", "")
    if year:
        evidence["fiscal_year"] = votes.evidence.get(f"year:{year}", "")
    region = region_of(department) if department else None
    if region is None:
        for text in [*cover, *(s.heading for s in outline.sections)]:
            if region := region_of(re.sub(r"\s+", "", _PART.sub("", text))):
                evidence["region"] = text[:80]
                break
    on_cover = {m for text in cover for m in re.findall(r"(部门|单位)(?:预算|决算)", re.sub(r"\s+", "", text))}
    scope, why = _scope(outline, department, word, weak=bool(word) and not votes.words[word or ""], on_cover=on_cover)
    if scope:
        evidence["scope"] = why
    return Identity(
        region=region,
        department=department,
        fiscal_year=year,
        report_kind=kind,
        scope=scope,
        printed_scope_word=word,
        printed_date=printed_date,
        cover_text=_cover_text(cover),
        evidence=evidence,
    )


def _cover_text(cover: list[str]) -> str | None:
    lines = [re.sub(r"\s+", "", t) for t in cover if not _CAPTION_BODY.match(t) and (not is_meta(t) or _YEAR.match(t.strip()))]
    return "".join(lines[:4]) or None


def _printed_date(text: str) -> str | None:
    folded = fold(text)
    match = _DATE.search(folded)
    if not match or len(folded) > 20 or re.search(r"年度|发布|公开日期|生成|时间|来源|更新", folded):
        return None
    month = _number(match.group(2))
    if not 1 <= month <= 12:
        return None
    day = _number(match.group(3)) if match.group(3) else 0
    return f"{to_year(match.group(1)):04d}-{month:02d}" + (f"-{day:02d}" if 1 <= day <= 31 else "")


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    digits = {c: i for i, c in enumerate("〇一二三四五六七八九")}
    if "十" in text:
        head, _, tail = text.partition("十")
        return (digits.get(head, 1) if head else 1) * 10 + digits.get(tail, 0)
    return digits.get(text, 0)


def _cover(cover: list[str], votes: _Votes) -> None:
    for text in cover:
        _caption(text, votes, weight=6)
        bare = re.sub(r"\s+", "", text)
        votes.year(bare, 6)
        _kind(bare, votes, 4)
    lines = [_THREE_PUBLIC.sub("", re.sub(r"\s+", "", t)) for t in cover[:4]]
    for text in ("".join(lines), *lines):
        if match := _COVER.match(text):
            a, b = match["a"], re.sub("^年?度", "", match["b"] or "")
            if a and b and (match.end("a") == match.start("b") or region_of(a) == a):  # 眉山市 + 某某局, 某县 + 2015年度 + 移民局
                votes.name(b if b.startswith(a) else a + b, 5, text)
                continue
            for group in ("b", "a"):
                if name := match.group(group):
                    votes.name(re.sub(r"(?:19|20)\d\d年?度?", "", name), 5, text)
                    break
    for text in cover[:4]:
        bare = re.sub(r"\s+", "", text)
        if re.fullmatch(rf"[\u4e00-\u9fff（）()·]{{3,40}}?{_BODY_END}", bare):
            votes.name(bare, 4, text)


def _caption(text: str, votes: _Votes, weight: int = 3) -> None:
    if "：" not in text and ":" not in text:
        return
    match = _CAPTION_BODY.search(text)
    if match:
        votes.name(match.group("name"), weight, text)
        votes.words["单位" if "单位" in match.group(0)[:8] and "部门" not in match.group(0)[:8] else "部门"] += 0


def caption_body(line: str) -> str | None:
    """The body that a caption prints (部门：…, 单位名称：…), or None."""
    if "：" not in line and ":" not in line:
        return None
    votes = _Votes()
    _caption(line, votes)
    return next(iter(votes.names), None)


def _line(text: str, votes: _Votes, weight: int) -> None:
    bare = re.sub(r"\s+", "", _PART.sub("", text.strip()))
    votes.year(bare, weight)
    _kind(bare, votes, weight)
    bare = _THREE_PUBLIC.sub("", bare)
    for pattern in (_HEAD_BODY, _HEAD_BODY2, _HEAD_BODY3):
        if match := pattern.match(bare):
            votes.name(match.group("name"), weight, text)
    match = _PLACE_YEAR_BODY.match(bare)
    if match and region_of(match["place"]) == match["place"] and not match["body"].startswith(match["place"]):
        votes.name(match["place"] + match["body"], weight, text)


def _kind(text: str, votes: _Votes, weight: int) -> None:
    if kind := title_kind(fold(text)) or ("budget" if _TITLE_BUDGET.search(text) else None):
        votes.kinds[kind] += weight
    if (
        re.search(
            r"(?:预算单位|单位)(?:20\d\d年?度?)?(?:财务|收入|支出|收支|财政|一般|政府|国有|部?门?预算|部?门?决算|决算|概况|预算)", text
        )
        and "部门" not in text
    ):
        votes.words["单位"] += weight
    elif "部门" in re.sub(r"部门预算经济|部门经济", "", text):
        votes.words["部门"] += weight


def _statement_head(blocks: list[Paragraph | Grid], heading: str, votes: _Votes) -> None:
    del heading
    for block in blocks:
        if isinstance(block, Grid):
            for cell in block.cells:
                if cell.row > 2:
                    break
                if cell.text and len(cell.text) < 80:
                    _caption("".join(cell.lines) if cell.lines else cell.text, votes)
                    if re.fullmatch(r"(?:19|20)\d\d年度?", cell.text.strip()):
                        votes.year(cell.text, 2)
            break
        if len(block.text) < 80:
            for line in dict.fromkeys((block.text, *lines_of(block))):
                _caption(line, votes)
                if re.fullmatch(r"(?:19|20)\d\d年度?", line.strip()) or (is_caption(line) and _OF_YEAR.search(line)):
                    votes.year(line, 2)


def is_caption(line: str) -> bool:
    """部门：… 2022年度 金额单位：万元"""
    return bool(_CAPTION_BODY.search(line) or re.search(r"单\s*位\s*[:：]", line))


def _narrative(outline: Outline, votes: _Votes) -> None:
    """Running text counts little: only where nothing else named the body or the year."""
    if votes.names and votes.years:
        return
    for section in outline.of("narrative")[:12]:
        for block in section.blocks[:3]:
            if not isinstance(block, Paragraph):
                continue
            text = re.sub(r"\s+", "", _PART.sub("", block.text[:90].strip()))
            if not votes.names and (
                match := _HEAD_BODY2.match(text)
                or re.match(rf"^(?P<name>[\u4e00-\u9fff（）()]{{3,40}}?{_BODY_END})(?:本年|20\d\d年)", text)
            ):
                votes.name(match.group("name"), 1, text)
            if match := re.search(r"(20\d\d)年度?(?:财政拨款)?(?:[^，。；\d]{0,30}?)(?:收入|支出|收、支|决算|预算)", text):
                votes.years[int(match.group(1))] += 1
                votes.evidence.setdefault(f"year:{match.group(1)}", text)


def _best_name(votes: _Votes) -> str | None:
    """The name with most votes; a name that begins with its region wins over the same name without it."""
    if not votes.names:
        return None
    scores: dict[str, float] = {}
    for name, count in votes.names.items():
        scores[name] = count + (1.5 if region_of(name) else 0)
        if region_of(name) == name:
            scores[name] = 0.1
    best = max(scores, key=lambda n: (scores[n], len(n)))
    for name in scores:
        if name != best and name.endswith(best) and len(name) - len(best) <= 12 and region_of(name):
            return name
    return best


_SUMMED = re.compile(r"部门汇总数?[,，](?:包含|包括)[^,，。；]{0,12}(?:所属|下属)[^,，。；]{0,6}")


def _scope(outline: Outline, department: str | None, word: str | None, weak: bool, on_cover: set[str]) -> tuple[Scope | None, str]:
    """department | unit. The printed word alone cannot be trusted: 本级 and the member list say more."""
    from pipelines.reports import members

    if department and _LOCAL.search(department):
        return "unit", f"the body is {department}"
    listed = members.read(outline)
    others = [m for m in listed if not (m.note and re.search(r"不单列|并入", m.note))]
    if word == "单位" and weak and len(others) > 1:
        return "department", f"weak: {len(others)} member units"
    if word == "单位" and weak:
        return "unit", "weak: only the 单位： of its tables says so"
    if word == "单位" and on_cover == {"部门"} and len(others) > 1:
        return "department", f"its tables say 单位, its cover 部门; {len(others)} member units"
    if word == "单位":
        return "unit", "the report calls itself 单位预算/决算"
    if word == "部门" and weak:
        return "department", "weak: only the 部门： of its tables says so"
    if word == "部门":
        if len(others) > 1 or not department or not _SMALL_BODY.search(department):
            return "department", f"the report calls itself 部门; {len(listed)} member units"
        return "unit", f"{department} prints 部门 but lists no member units"
    if len(others) > 1:
        return "department", f"{len(others)} member units are listed"
    for section in outline.sections if word is None else ():
        for block in section.blocks:
            if isinstance(block, Paragraph) and (said := _SUMMED.search(block.text)) is not None:
                return "department", f"it says so: {said.group()}"
    return None, ""


def is_placeholder(text: str) -> bool:
    return bool(_PLACEHOLDER.search(text))


_PROVINCE = re.compile(
    r"(?!根据|按照|依据|遵照|经)[\u4e00-\u9fff]{2,4}?(?:省|自治区)(?:[\u4e00-\u9fff]{2,6}?(?:市|州|盟))?(?:[\u4e00-\u9fff]{1,5}?(?:区|县|旗))?(?=[\u4e00-\u9fff]{2})"
)


@dataclass(frozen=True)
class _Region:
    code: str
    level: str
    parent: str


@lru_cache(maxsize=1)
def _regions() -> dict[str, list[_Region]]:
    out: dict[str, list[_Region]] = {}
    folder = code_data("sql") / "seeds"
    with (folder / "regions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["level"] != "country":
                out.setdefault(row["name"], []).append(_Region(row["region_code"], row["level"], row["parent_code"]))
    alias = folder / "region_alias.csv"
    if alias.exists():
        with alias.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                out.setdefault(row["alias"], []).append(_Region(row["region_code"], "district", ""))
    return out


@lru_cache(maxsize=4096)
def region_of(name: str) -> str | None:
    """The region a body's name begins with, as printed: 上海市普陀区财政局 → 上海市普陀区. None where it begins with none."""
    regions = _regions()
    position = 0
    last: _Region | None = None
    text = re.sub(r"\s+", "", name)
    while True:
        found = None
        for length in range(min(14, len(text) - position), 1, -1):
            options = regions.get(text[position : position + length])
            if not options:
                continue
            fitting = [o for o in options if last is None or _below(o, last)]
            if fitting:
                found = (length, fitting[0])
                break
        if found is None:
            break
        position += found[0]
        last = found[1]
    if position:
        return text[:position]
    match = _PROVINCE.match(text)  # a region that the list does not hold
    return match.group() if match else None


def _below(region: _Region, above: _Region) -> bool:
    prefix = above.code[:2] if above.level == "province" else above.code[:4]
    return region.code != above.code and region.code.startswith(prefix)
