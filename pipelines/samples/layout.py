"""Layouts as data: how a region and year prints its report. One TOML file a layout, `extends` names the one it refines."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.samples.blocks import Orientation, Rules

FOLDER = Path(__file__).parent / "layouts"

Family = Literal["summary", "subjects", "economic_blocks", "one_row", "three_public_list", "source_list", "procurement"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Column = Annotated[list[str], Field(min_length=2)]
"""A printed measure column: the measure, then its heads from the top down. Equal heads beside each other span; an empty
head lets the one above reach down; the last head reaches the bottom."""


class TableForm(Strict):
    """How one statement is printed."""

    role: str
    title: str  # {year}, {department} are filled in
    family: Family
    form_no: str | None = None
    columns: list[Column] = []
    left_columns: list[Column] = []  # summary: the income side
    right_columns: list[Column] = []  # summary: the expenditure side
    code_columns: int = 1  # 0, 1 or 3 (2 for economic codes)
    code_label: str = "功能分类科目编码"
    name_label: str = "科目名称"
    head_label: str | None = "项目"  # spans code and name columns
    line_numbers: bool = False  # 行次 (summary)
    column_numbers: bool = False  # 栏次 row
    total: Literal["first", "last", "none"] = "first"
    blocks: int = 2  # economic_blocks: column blocks side by side
    empty_rows: int = 0  # filler rows (a table without data)
    orientation: Orientation = "portrait"
    unit: str | None = None  # when it differs from the layout's
    note: str | None = None
    empty_note: str | None = None
    left_head: str = "收入"
    right_head: str = "支出"
    right_head2: str | None = None
    printed_scope: str | None = None
    key: str | None = None  # truth key when it is not the table id
    printed: bool = True
    show_none_columns: bool = True


class Page(Strict):
    size: float = 9.0  # of tables, points
    body: float = 12.0
    rules: Rules = "full"
    rule_width: float = 0.5
    rule_colour: str = "#000000"
    latin: str = "Noto Sans CJK SC"  # font of digits and Latin letters (a serif one: "Libertinus Serif")
    repeat_header: bool = True
    breakable_rows: bool = True
    page_numbers: bool = True
    page_number_style: str = "{n}"
    margin: float = 55.0
    one_page_per_table: bool = True
    leading: float = 0.9
    running_head: bool = False  # body and report title at the head of every page
    watermark: str = ""  # pale slanted words behind the text
    caption_apart: bool = False  # the form number of some tables is left behind on the page before


class Layout(Strict):
    """A layout. `tables` is ordered as printed; `parts` orders the parts of the report."""

    id: str
    extends: str | None = None
    label: str
    kind: Literal["final", "budget"]
    years: tuple[int, int] = (2010, 2035)
    scopes: list[Literal["department", "unit"]] = ["department"]
    unit: Literal["元", "万元", "千元"] = "万元"
    narrative_unit: Literal["元", "万元"] = "万元"
    zero: Literal["blank", "zero", "dash", "as_is"] = "zero"
    thousands: bool = True
    narrative_thousands: bool = True
    trim_zeros: bool = False  # 15844.04 and 4335.3 rather than 4335.30
    wording: str
    parts: list[Literal["overview", "tables", "narrative", "glossary", "evaluations"]]
    part_titles: dict[str, str] = {}
    cover: list[str]
    contents: bool = True
    files: Literal["one", "two"] = "one"
    unit_line: str = "部门：{department}"
    unit_line_unit: str = "单位：{unit}"
    unit_line_year: bool = False  # 2023年度 between department and unit
    order: list[str]
    tables: dict[str, TableForm]
    page: Page = Field(default_factory=Page)
    evaluation: Literal["regular", "broken", "none"] = "none"
    overview_headings: tuple[str, str] = ("一、主要职责", "二、{scope_word}{kind}单位构成")
    members_intro: str = "纳入{department}{report_year}部门{kind}编制范围的单位共{count}个，包括："
    members_style: Literal["numbered", "table", "sentence"] = "numbered"
    scope_word: str = "部门"
    spaced_words: bool = False  # 合　计, 项　目
    indent_names: bool = False  # subject names moved right by level
    caption_in_table: bool = False  # title and unit line are rows of the table, as spreadsheets print them
    narrative_percent: Literal["%", "％"] = "%"
    narrative_spaces: bool = False  # 预算总计 24,169.74 万元
    wrap_amounts: int = 0  # amounts of more characters go on in a second line of their narrow cell (PDF)
    text_breaks: bool = False  # the text export keeps page numbers between sentences and breaks paragraphs there
    split_rows: int = 0  # a table of more rows is cut by hand and goes on as 续表
    style: Literal["national", "shanghai", "shanghai_unit", "jiangsu"] = "national"  # budgets: which statements there are
    reserve: bool = False  # budgets set aside 单位预留机动经费

    @model_validator(mode="after")
    def _order_names_tables(self) -> Layout:
        if missing := [k for k in self.order if k not in self.tables]:
            raise ValueError(f"order names tables that are not described: {', '.join(missing)}")
        return self


def _merge(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in top.items():
        out[key] = _merge(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def _raw(name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    path = FOLDER / f"{name}.toml"
    if name in seen:
        raise ValueError(f"layout {name}: extends itself ({' > '.join(seen)})")
    if not path.exists():
        raise ValueError(f"layout {name}: no file {path.name}; there are: {', '.join(names())}")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    data["id"] = name
    if base := data.get("extends"):
        data = _merge(_raw(base, (*seen, name)), data)
    return data


@lru_cache
def names() -> tuple[str, ...]:
    """All layouts, by file name; a name that begins with an underscore is only a base for others."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.toml") if not p.stem.startswith("_")))


@lru_cache
def load(name: str) -> Layout:
    """The layout `name`; ValueError with one clear line for a bad file."""
    try:
        return Layout.model_validate(_raw(name))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error)
        raise ValueError(f"layout {name}: {what}") from error
