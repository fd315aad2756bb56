"""Tables cut by their columns: the right half on the facing page goes to the rows of the left one, and nothing else does."""

from __future__ import annotations

import pytest
from layout_builder import document, grid

from pipelines.documents.model import Grid
from pipelines.reports import statements
from pipelines.reports.model import Identity, Statement
from pipelines.reports.outline import outline

TITLE = "支出决算表\n公开03表\n部门：某市水利局 2022年度 单位：元"
HEAD = """
项目|<|本年支出合计|基本支出
功能分类科目编码|科目名称|^|^
栏次|<|1|2
"""
PLAIN_HEAD = """
科目编码|科目名称|本年支出合计|基本支出
"""
ROWS = """
合计|<|1,234,567.89|1,000,000.00
213|农林水支出|1,234,567.89|1,000,000.00
21303|水利|1,234,567.89|1,000,000.00
2130301|行政运行|1,000,000.00|1,000,000.00
2130399|其他水利支出|234,567.89|
"""
RIGHT_HEAD = "项目支出|上缴上级支出|经营支出|对附属单位补助支出\n"
RIGHT = RIGHT_HEAD + "3|4|5|6\n" + "1,234,567.89|||\n" * 3 + "|||\n" + "1,234,567.89|||"


def read(*blocks: str | Grid) -> list[Statement]:
    done = document(*blocks)
    return statements.read(outline(done), Identity("示例省", "某市水利局", report_kind="final", fiscal_year=2022, scope="department"))[0]


def project(statement: Statement) -> dict[str | None, str | None]:
    return {r.code: v.printed if (v := r.values.get("project")) is not None else None for r in statement.rows}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (HEAD.strip() + ROWS, RIGHT),
        (PLAIN_HEAD.strip() + ROWS, RIGHT.replace("3|4|5|6\n", "")),  # no numbers, as many rows
    ],
)
def test_the_right_half_goes_to_the_rows_of_the_left(left: str, right: str) -> None:
    (s,) = read(TITLE, left, grid(right, page=2))
    assert project(s) == {None: "1,234,567.89", "213": "1,234,567.89", "21303": "1,234,567.89", "2130301": "", "2130399": "1,234,567.89"}
    assert s.pages == [1, 2]


def test_left_rows_of_two_pages_beside_right_rows_of_one() -> None:
    rows = ROWS.strip().split("\n")
    first, second = HEAD.strip() + "\n" + "\n".join(rows[:3]), "\n".join(rows[3:])
    (s,) = read(TITLE, first, grid(second, page=2, continued=True), grid(RIGHT, page=3))
    assert project(s)["2130399"] == "1,234,567.89"
    assert s.pages == [1, 2, 3]


def test_pages_over_then_down() -> None:
    rows, right = ROWS.strip().split("\n"), RIGHT.split("\n")
    (s,) = read(
        TITLE,
        HEAD.strip() + "\n" + "\n".join(rows[:3]),
        grid("\n".join(right[:5]), page=2),
        grid("\n".join(rows[3:]), page=3),
        grid("\n".join(right[5:]), page=4),  # without a head, under the columns of the right half before it
    )
    assert [r.code for r in s.rows] == [None, "213", "21303", "2130301", "2130399"]
    assert project(s)["2130301"] == ""
    assert project(s)["2130399"] == "1,234,567.89"


@pytest.mark.parametrize(
    "other",
    [
        RIGHT_HEAD + "1.00|||\n" * 6,  # a row more
        RIGHT_HEAD + "1.00|||\n" * 4,  # a row less
        RIGHT_HEAD.replace("项目支出", "基本支出") + "1.00|||\n" * 5,  # a column the left half has
        "本年支出|<|<\n项目支出|经营支出|绿化工程\n" + "1.00||2.00\n" * 5,  # a column nobody knows
        "因公出国（境）费|公务用车购置及运行维护费|公务接待费\n" + "||1.00\n" * 5,  # 三公
        "科目名称|项目支出|经营支出\n" + "水利|1.00|\n" * 5,  # names of its own
    ],
)
def test_another_table_is_no_right_half(other: str) -> None:
    first = read(TITLE, PLAIN_HEAD.strip() + ROWS, grid(other, page=2))[0]
    assert set(first.rows[0].values) == {"total", "basic"}


def test_an_amount_beside_a_blank_row_is_no_right_half() -> None:
    left = HEAD.strip() + ROWS.replace("2130301|行政运行|1,000,000.00|1,000,000.00", "|||")
    first = read(TITLE, left, grid(RIGHT.replace("|||\n|||", "|||\n1.00|||"), page=2))[0]
    assert set(first.rows[0].values) == {"total", "basic"}


def test_text_between_parts_two_tables_without_numbers() -> None:
    right = RIGHT.replace("3|4|5|6\n", "")
    first = read(TITLE, PLAIN_HEAD.strip() + ROWS, "另附所属单位的支出情况如下", grid(right, page=2))[0]
    assert set(first.rows[0].values) == {"total", "basic"}
