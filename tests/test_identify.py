"""Identity from content: covers, captions and headings of many kinds; blank forms and other papers are refused; files are split."""

from __future__ import annotations

import pytest
from layout_builder import document

from pipelines.documents.model import Refused
from pipelines.reports import assemble, understand
from pipelines.reports.identify import identify, region_of, to_year
from pipelines.reports.model import Identity
from pipelines.reports.outline import outline

TOTALS = """
收入|<|支出|<
项目|决算数|项目|决算数
一、一般公共预算财政拨款收入|120.50|一、一般公共服务支出|110.50
本年收入合计|120.50|本年支出合计|110.50
年初结转和结余|3.25|年末结转和结余|13.25
总计|123.75|总计|123.75
"""


def of(*blocks: str) -> Identity:
    made = document(*blocks)
    return identify(made, outline(made))


@pytest.mark.parametrize(
    ("cover", "expected"),
    [
        (
            ["2023年度", "杭州市西湖区教育局", "部门决算", "二〇二四年九月"],
            ("杭州市西湖区", "杭州市西湖区教育局", 2023, "final", "department"),
        ),
        (["义乌市财政预算评审中心2022年单位预算"], ("义乌市", "义乌市财政预算评审中心", 2022, "budget", "unit")),
        (["义乌市水务局2022年单位预算"], ("义乌市", "义乌市水务局", 2022, "budget", "unit")),
        (["江西省樟树市人民法院", "二〇二二年度部门决算"], ("江西省樟树市", "江西省樟树市人民法院", 2022, "final", "department")),
        (["2021年度四川省大英县民政局部门决算公开报告"], ("四川省大英县", "四川省大英县民政局", 2021, "final", "department")),
        (["成都市第七中学（本级）2020年度部门决算"], ("成都市", "成都市第七中学（本级）", 2020, "final", "unit")),
        (
            ["上海市黄浦区2025年区级单位预算", "预算单位：上海市黄浦区图书馆"],
            ("上海市黄浦区", "上海市黄浦区图书馆", 2025, "budget", "unit"),
        ),
        (["北京市海淀区卫生健康委员会2019年度部门决算"], ("北京市海淀区", "北京市海淀区卫生健康委员会", 2019, "final", "department")),
    ],
)
def test_covers(cover: list[str], expected: tuple[str, str, int, str, str]) -> None:
    word = "预算" if expected[3] == "budget" else "决算"
    title = f"收入支出{word}总表" if word == "决算" else "收支预算总表"
    found = of(*cover, "目录", f"第一部分 {expected[1]}概况", "一、部门职责", f"第一部分 {expected[1]}概况", title, "单位：万元", TOTALS)
    assert (found.region, found.department, found.fiscal_year, found.report_kind, found.scope) == expected


def test_printed_date_is_not_the_fiscal_year() -> None:
    found = of("索引号：123", "发布日期：2024-09-20", "某县财政局2022年度部门决算", "二〇二三年九月二十日", "收入支出决算总表", TOTALS)
    assert (found.fiscal_year, found.printed_date) == (2022, "2023-09-20")


def test_tables_alone_are_known_by_their_captions() -> None:
    found = of("收入支出决算总表", "公开01表", "部门：海原县自然资源局 2022年度 金额单位：万元", TOTALS)
    assert (found.region, found.department, found.fiscal_year, found.report_kind) == ("海原县", "海原县自然资源局", 2022, "final")


def test_unknown_fields_stay_unknown() -> None:
    found = of("收入支出决算总表", "单位：万元", TOTALS)
    assert (found.department, found.region, found.fiscal_year, found.scope) == (None, None, None, None)
    assert found.report_kind == "final"


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("上海市普陀区财政局", "上海市普陀区"),
        ("普陀区财政局", "普陀区"),
        ("江苏省人民检察院", "江苏省"),
        ("江苏省南京市玄武区人民政府办公室", "江苏省南京市玄武区"),
        ("内蒙古自治区锡林郭勒盟教育局", "内蒙古自治区锡林郭勒盟"),
        ("济源产城融合示范区人力资源和社会保障局", "济源产城融合示范区"),
        ("中国科学院某研究所", None),
        ("水利局", None),
    ],
)
def test_regions(name: str, region: str | None) -> None:
    assert region_of(name) == region


def test_years_in_characters() -> None:
    assert [to_year(t) for t in ("2023", "二〇二三", "二○二四", "二零二零")] == [2023, 2023, 2024, 2020]


def test_a_blank_form_is_refused() -> None:
    blank = "项目|决算数|项目|决算数\n一、财政拨款收入||一、一般公共服务支出|\n本年收入合计||本年支出合计|"
    made = document(
        "XX局2024年度部门决算",
        "第一部分 XX局概况",
        "收入支出决算总表",
        "单位：万元",
        blank,
        "第三部分 情况说明",
        *["XX局收入XXX万元。"] * 5,
    )
    with pytest.raises(Refused) as refused:
        understand(made)
    assert refused.value.reason == "template"


def test_the_account_of_a_government_is_refused() -> None:
    table = "科目编码|科目名称|决算数\n101|税收收入|1000\n103|非税收入|200"
    made = document(
        "某县2023年政府决算公开",
        "2023年某县一般公共预算收入决算表",
        table,
        "2023年某县社会保险基金收入决算表",
        table,
        "政府一般债务限额和余额情况表",
        table,
    )
    with pytest.raises(Refused) as refused:
        understand(made)
    assert refused.value.reason == "not_a_report"


def test_another_paper_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        understand(document("关于开展年度检查的通知", "各单位：请按要求做好准备。", "序号|单位|电话\n1|甲|12345"))
    assert refused.value.reason == "not_a_report"


def report(body: str, year: int) -> list[str]:
    return [
        f"{body}{year}年度部门决算",
        "目录",
        f"第一部分 {body}概况",
        "第二部分 决算表",
        f"第一部分 {body}概况",
        "本部门负责有关工作。",
        "第二部分 决算表",
        "收入支出决算总表",
        "单位：万元",
        TOTALS,
    ]


def test_several_reports_in_one_file_are_parted() -> None:
    found = understand(document(*report("甲县教育局", 2022), *report("甲县民政局", 2022), *report("甲县民政局", 2023)))
    assert [(r.identity.department, r.identity.fiscal_year) for r in found] == [
        ("甲县教育局", 2022),
        ("甲县民政局", 2022),
        ("甲县民政局", 2023),
    ]
    assert [len(r.statements) for r in found] == [1, 1, 1]


NARRATIVE = [
    "甲县教育局2022年度部门决算",
    "第三部分 2022年度部门决算情况说明",
    "一、收入支出决算总体情况说明",
    "2022年度收入总计123.75万元，支出总计123.75万元。",
    "二、收入决算情况说明",
    "本年收入合计120.50万元。",
    "三、支出决算情况说明",
    "本年支出合计110.50万元。",
]


def test_tables_that_name_no_body_join_by_their_totals() -> None:
    (story,) = understand(document(*NARRATIVE, name="a"))
    (tables,) = understand(document("收入支出决算总表", "单位：万元", TOTALS, name="b"))
    (whole,) = assemble([story, tables])
    assert [f.part for f in whole.files] == ["narrative", "tables"]
    assert whole.identity.department == "甲县教育局"
    assert whole.statements and whole.facts


def test_tables_whose_totals_disagree_stay_alone_and_say_so() -> None:
    (story,) = understand(document(*NARRATIVE, name="a"))
    (tables,) = understand(document("收入支出决算总表", "单位：万元", TOTALS.replace("2", "7"), name="b"))
    both = assemble([story, tables])
    assert len(both) == 2
    assert any(f.check_id == "reading.unassigned" for f in both[1].findings)


def test_department_and_unit_scope_never_merge() -> None:
    (a,) = understand(document(*report("甲县教育局", 2022)))
    (b,) = understand(document(*[t.replace("部门决算", "单位决算") for t in report("甲县教育局", 2022)]))
    assert (a.identity.scope, b.identity.scope) == ("department", "unit")
    assert len(assemble([a, b])) == 2


def test_body_and_year_on_lines_of_their_own_still_part_a_file() -> None:
    def two_lines(body: str, year: int) -> list[str]:
        return [body, f"{year}年度部门决算", *report(body, year)[1:]]

    found = understand(document(*two_lines("甲县教育局", 2022), *two_lines("甲县民政局", 2022)))
    assert [r.identity.department for r in found] == ["甲县教育局", "甲县民政局"]


def test_the_same_content_in_another_format_adds_a_file() -> None:
    (a,) = understand(document(*report("甲县教育局", 2022), name="a.pdf"))
    (b,) = understand(document(*report("甲县教育局", 2022), name="a.docx"))
    (whole,) = assemble([a, b])
    assert [f.name for f in whole.files] == ["a.pdf", "a.docx"]
    (c,) = understand(document(*[t.replace("110.50", "111.50") for t in report("甲县教育局", 2022)], name="new.pdf"))
    assert len(assemble([a, c])) == 2  # a revision


SHORT = (
    "2021年某区水务局“三公”经费支出预算为20万元，支出决算为15.5万元，完成预算的77.5%。"
    "其中：公务接待费支出决算2.5万元，公务用车运行维护费支出决算13万元。"
)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某区水务局2021年度部门决算“三公”经费情况说明", ("某区水务局", 2021, "final")),
        ("2021年某区水务局“三公”经费预算增减情况说明", ("某区水务局", 2021, "budget")),
        ("某区水务局2021年部门预算“三公”经费公开说明", ("某区水务局", 2021, "budget")),
        ("某区水务局关于财政拨款“三公”经费2021年决算的情况说明", ("某区水务局", 2021, "final")),
        ("水利部2021年度部门决算“三公”经费情况说明", ("水利部", 2021, "final")),
        ("云溪镇2021年“三公”经费决算支出说明", ("云溪镇", 2021, "final")),
        ("关于眉山市水务局财政拨款“三公”经费预算2021年情况的说明", ("眉山市水务局", 2021, "budget")),
        ("眉山市2021年度移民局“三公”经费决算情况说明", ("眉山市移民局", 2021, "final")),
    ],
)
def test_the_title_of_a_short_disclosure_says_whose_it_is(title: str, expected: tuple[str, int, str]) -> None:
    (read,) = understand(document(title, SHORT))
    assert (read.identity.department, read.identity.fiscal_year, read.identity.report_kind) == expected
    assert len(read.facts) == 5


@pytest.mark.parametrize(
    "text",
    [
        "经县财政局汇总，2021年全县部门使用财政拨款安排的“三公”经费决算总额为20万元，较年初预算减少32%。其中：公务接待费12万元；公务用车购置及运行费8万元。",
        "2021年，各乡（镇）、县本级部门一般公共预算拨款安排的“三公”经费决算为20万元，其中：公务接待费12万元；公务用车购置及运行费8万元。",
        "2021年区本级一般公共预算中“三公”经费支出决算为20万元，其中：公务接待费12万元；公务用车购置及运行费8万元。",
        "2021年市本级“三公”经费决算20万元，比2020年减少5万元。其中：公务接待费12万元；公务用车购置及运行费8万元。",
    ],
)
def test_a_sum_over_a_government_is_not_the_disclosure_of_its_finance_bureau(text: str) -> None:
    with pytest.raises(Refused) as refused:
        understand(document("某县财政局2021年度“三公”经费决算情况说明", text))
    assert refused.value.reason == "not_a_report"


def test_a_department_may_spend_the_budget_of_its_level() -> None:
    text = "某区水务局2021年区级一般公共预算财政拨款安排的“三公”经费决算20万元，其中：公务接待费12万元；公务用车购置及运行费8万元。"
    assert len(understand(document("某区水务局2021年度“三公”经费决算情况说明", text))[0].facts) == 3


def test_a_place_alone_is_no_department() -> None:
    with pytest.raises(Refused):
        understand(document("重庆市江北区2021年度部门决算“三公”经费情况说明", SHORT.replace("某区水务局", "")))


def test_a_law_cited_in_the_text_is_no_region() -> None:
    assert region_of("根据山东省财政厅有关通知") is None


def test_a_budget_that_only_calls_itself_department_budget_is_a_budget() -> None:
    assert of("某区水务局2022年部门预算“三公”经费情况说明", "一、2021年“三公”经费决算情况", SHORT).report_kind == "budget"


def test_the_cover_and_the_member_units_tell_a_department_whose_tables_say_unit() -> None:
    names = ("收支预算总表", "收入预算总表", "支出预算总表", "财政拨款收支预算总表", "一般公共预算支出表", "一般公共预算基本支出表")
    contents = ["目录", "第一部分 部门概况", *(f"{n}、2022年单位{name}" for n, name in zip("一二三四五六", names, strict=True))]
    overview = ["第一部分 部门概况", "一、主要职责", "负责教育。", "二、部门预算单位构成"]
    members = ["纳入孟津区教育局2022年部门预算编制范围的单位共2个，包括：", "1. 孟津区教育局（本级）", "2. 孟津区第一中学"]
    caption = ["单位名称：孟津区教育局", "单位：万元", TOTALS.replace("决算", "预算")]
    table = [line for name in names for line in (f"2022年单位{name}", *caption)]
    assert of("孟津区教育局", "2022年部门预算", *contents, *overview, *members, *table).scope == "department"
    assert of("孟津区教育局", "2022年单位预算", *contents, *overview, *members, *table).scope == "unit"


def test_a_disclosure_that_says_it_sums_the_department_is_the_departments() -> None:
    title = "某市某某联合会2021年度一般公共预算财政拨款“三公”经费支出决算"
    said = "上述决算为部门汇总数，包含本级和所属各单位。"
    spent = "2021年度“三公”经费支出预算为4.0万元，支出决算为3.0万元，完成预算的75.00%，公务接待费支出3.0万元。"
    assert of(title, spent + said).scope == "department"
    assert of(title, spent).scope is None
