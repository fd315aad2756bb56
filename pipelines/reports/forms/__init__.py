"""Form definitions as data (titles, headings, headers, row keys) and their validation: every file is checked once, on first use."""

from __future__ import annotations

import csv
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from pipelines.reports.forms.wording import fold, strip_leader, strip_numbering, strip_unit, strip_year

FOLDER = Path(__file__).resolve().parent
Kind = Literal["final", "budget"]
Family = Literal["summary", "table", "three_public", "procurement", "skip"]
T = TypeVar("T")


class FormError(ValueError):
    """A form definition that does not hold; the message names the file and the row."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _patterns(values: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(v if isinstance(v, re.Pattern) else re.compile(v) for v in values)


class TitleRule(Strict):
    """One row of titles.toml or headings.toml: which wording gives which role."""

    role: str = Field(pattern=r"^[a-z_]+$")
    kind: Kind | None = None
    all: tuple[re.Pattern[str], ...] = ()
    any: tuple[re.Pattern[str], ...] = ()
    none: tuple[re.Pattern[str], ...] = ()

    @field_validator("all", "any", "none", mode="before")
    @classmethod
    def _compile(cls, values: Any) -> Any:
        return _patterns(values)

    def holds(self, text: str, kind: str | None) -> bool:
        return (
            (self.kind is None or self.kind == kind)
            and all(p.search(text) for p in self.all)
            and (not self.any or any(p.search(text) for p in self.any))
            and not any(p.search(text) for p in self.none)
        )


class Titles(Strict):
    tokens: str
    rule: tuple[TitleRule, ...]


class Concept(Strict):
    """One row of headers.toml: the wordings (regular expressions, whole label) that mean one thing in a table head."""

    name: str = Field(pattern=r"^[a-z_0-9]+$")
    sort: Literal["structure", "side", "key", "measure", "stage", "ignore"]
    words: tuple[re.Pattern[str], ...]

    @field_validator("words", mode="before")
    @classmethod
    def _compile(cls, values: Any) -> Any:
        return _patterns(values)


class Headers(Strict):
    concept: tuple[Concept, ...]


class Form(Strict):
    """One row of roles.toml: how a role is keyed and how its columns are named."""

    role: str
    family: Family
    final: str | None = None  # key in a final account (t01)
    budget: str | None = None  # key in a budget (b01)
    drop: tuple[str, ...] = ()  # concepts that say nothing here (本年支出 above 合计 in t05)
    rename: dict[str, str] = {}  # dotted path of concepts → measure
    need: tuple[str, ...] = ()  # measures (or row marks) of which at least one must be read, else the table is not understood
    single_final: str | None = None  # the measure when there is one amount column only
    single_budget: str | None = None
    core: bool = False  # without it, or when it cannot be read, the report is quarantined


class Roles(Strict):
    rename: dict[str, str]
    form: tuple[Form, ...]


def _load(name: str, model: type[T]) -> T:
    path = FOLDER / name
    try:
        return TypeAdapter(model).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError, re.error) as error:
        raise FormError(f"{name}: {error}") from error


@lru_cache(maxsize=1)
def titles() -> Titles:
    return _load("titles.toml", Titles)


@lru_cache(maxsize=1)
def headings() -> Titles:
    return _load("headings.toml", Titles)


@lru_cache(maxsize=1)
def headers() -> Headers:
    return _load("headers.toml", Headers)


@lru_cache(maxsize=1)
def roles() -> Roles:
    return _load("roles.toml", Roles)


@lru_cache(maxsize=1)
def forms() -> dict[str, Form]:
    return {form.role: form for form in roles().form}


@lru_cache(maxsize=1)
def economic_items() -> dict[str, str]:
    """Folded name → code of the departmental economic classification (a 类 wins over its 款, today's meaning over an old one)."""
    return _items("department")


@lru_cache(maxsize=1)
def government_items() -> dict[str, str]:
    """Folded name → code of the governmental economic classification (501 …)."""
    return _items("government")


def _items(scheme: str) -> dict[str, str]:
    out: dict[str, str] = {}
    with (FOLDER / "economic_items.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if not re.fullmatch(r"[35]\d\d(\d\d)?", row.get("code") or "") or not row.get("name"):
                raise FormError(f"economic_items.csv line {number}: expects code (3 or 5 digits) and name, found {row}")
            if (row["code"][0] == "5") == (scheme == "government"):
                out.setdefault(fold(row["name"]), row["code"])
    return out


@lru_cache(maxsize=1)
def _token_pattern() -> re.Pattern[str]:
    words = sorted(set(titles().tokens.split()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


_AMONG = re.compile(r"^其中:?")
_STRAY = re.compile(r"(?<=[\u4e00-\u9fff])[:;,.·'`|](?=[\u4e00-\u9fff]|$)")  # specks that a scan reads as marks
_FUND_WORD = re.compile(
    r"(一?般?公共(财政)?|政府性基金|国有资本经营|政府|部门)预算(?!表|总表|收支|收入|支出|明细)|部门预算经济|政府预算经济"
)
_PROSE = re.compile(r"[。;!?：]|[,，](?!会议|培训)|\d{4,}|%|万元|应当|反映|填列|对应")
_BODY_END = re.compile(
    r"(?:局|厅|委|办|院|部|处|所|校|学|园|馆|站|队|会|室|中心|政府|街道|镇|乡|村|社|台|署|司|库|集团|公司|党校|法庭|联合会|协会|支队|大队|机关|委员会|办公厅|办公室|本级|\(本级\)|总工会|妇联|团委|党委|人大|政协|纪委)"
)


_NAME = re.compile(r"[\u4e00-\u9fff()·、]+")


@lru_cache(maxsize=8192)
def title_kind(folded: str) -> str | None:
    """final | budget as the title's own words say (决算 / 预算 outside fund names)."""
    bare = _FUND_WORD.sub("", folded)
    if "决算" in bare:
        return "final"
    return "budget" if "预算" in bare else None


@lru_cache(maxsize=16384)
def title_role(text: str, kind: str | None = None, bare: bool = False) -> str | None:
    """The role a printed title names, or None when it is no table title.

    `kind` is the report's where known. `bare`: the text stands right above a grid, so a title that lost its 表 is taken too.
    """
    if not 3 <= len(text) <= 120:
        return None
    folded = strip_leader(strip_year(strip_numbering(fold(text))))
    folded = strip_numbering(strip_unit(folded)).removesuffix("。")
    if not 3 <= len(folded) <= 60 or _PROSE.search(folded):
        return None
    if not bare and "表" not in folded and not folded.endswith(("决算", "基本支出明细")):
        return None
    if folded.endswith(("情况说明", "说明")) and "空表" not in folded:
        return None
    rest = _token_pattern().sub("\0", folded)
    residue = rest.replace("\0", "")
    if residue:
        # a body's name may stand in front; anything else left over means a sentence
        head = rest[: len(rest) - len(rest.lstrip("\0"))]
        ends = [m.end() for m in _BODY_END.finditer(folded) if 3 <= m.end() <= 42 and _NAME.fullmatch(folded, 0, m.end())]
        if head and not ends:
            return None
        end = next((e for e in ends if len(folded) - e >= 3 and not _token_pattern().sub("", folded[e:])), None)
        if end is None:
            return None
        folded = folded[end:]
    own = title_kind(folded) or kind
    for rule in titles().rule:
        if rule.holds(folded, own):
            return rule.role
    return None


@lru_cache(maxsize=16384)
def heading_key(text: str, kind: str | None = None) -> str | None:
    """The canonical role a narrative heading names (headings.toml, then the title rules), or None."""
    folded = strip_leader(strip_year(strip_numbering(fold(text))))
    if not 2 <= len(folded) <= 70:
        return None
    for table in (headings(), titles()):
        for rule in table.rule:
            if rule.holds(folded, kind):
                return rule.role
    return None


@lru_cache(maxsize=32768)
def concept(label: str) -> Concept | None:
    """What a head label means, or None when the vocabulary does not know it."""
    folded = strip_unit(fold(label))
    if not folded or len(folded) > 40:
        return None
    for candidate in (folded, strip_year(strip_numbering(folded)), _AMONG.sub("", folded), _STRAY.sub("", folded)):
        for row in headers().concept:
            if any(p.fullmatch(candidate) for p in row.words):
                return row
    return None


@lru_cache(maxsize=4096)
def side_of(label: str) -> str | None:
    """income | expenditure | expenditure_by_purpose when a head label can stand over one side of a two-sided table."""
    folded = strip_unit(fold(label))
    for row in headers().concept:
        if row.sort == "side" and any(p.fullmatch(folded) for p in row.words):
            return row.name.removeprefix("side_")
    return None
