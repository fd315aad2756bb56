"""Wording faults that no number accompanies: what a template left behind and part headings of another year, at their place."""

from __future__ import annotations

import pytest
from builders import document, paragraph

from pipelines.documents.model import Locator
from pipelines.reports import wording
from pipelines.reports.model import Identity


def findings(text: str, year: int = 2022) -> list[tuple[str, str]]:
    found = wording.read(
        document(paragraph(text, line=3)), Identity(region=None, department=None, fiscal_year=year, report_kind=None, scope=None)
    )
    assert all(f.locator == Locator("text", line=3) and f.severity == "warning" for f in found)
    return [(f.check_id, f.message) for f in found]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("本部门XX工作经费由财政安排。", "XX工作"),
        ("（注：请各科室据实填报。）", "（注：请各科室据实填报。）"),
        ("支出有所上升，……（请说明上升的原因）", "（请说明上升的原因）"),
    ],
)
def test_what_a_template_left_behind(text: str, rest: str) -> None:
    assert findings(text) == [("wording.template_rest", f"模板文字未替换：{rest}")]


@pytest.mark.parametrize("heading", ["第二部分2021年度部门决算表", "第三部分某市某局2021年部门决算情况说明"])
def test_a_part_heading_of_another_year(heading: str) -> None:
    assert findings(heading) == [("wording.year_wording", f"标题 {heading} 的年份不是 2022")]


@pytest.mark.parametrize(
    "text",
    [
        "第二部分 2022年度部门决算表",
        "第四部分 2021年度项目绩效评价报告",
        "第二部分 2022年度部门决算表（与2021年度对比）",
        "XX是某种代号",
        "注：本表反映收支情况，请见下页说明",
        "2021年度部门决算中列示的结转为上年数。",
        "（请扫描二维码）",
    ],
)
def test_what_is_no_fault(text: str) -> None:
    assert findings(text) == []
