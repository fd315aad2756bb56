"""Statements: one small table a layout trap, as printed in regions and years that no real report here shows."""

from __future__ import annotations

from typing import Any

import pytest
from layout_builder import document, grid

from pipelines.documents.model import Grid
from pipelines.reports import statements
from pipelines.reports.model import Identity, ReadingFinding, Statement, Unrecognised
from pipelines.reports.outline import outline

Read = tuple[list[Statement], list[ReadingFinding], list[Unrecognised]]


def read(kind: str, year: int, *blocks: str | Grid) -> Read:
    identity = Identity(None, "某局", year, kind, "department")  # type: ignore[arg-type]
    return statements.read(outline(document(*blocks)), identity)


def one(kind: str, year: int, *blocks: str | Grid) -> Statement:
    """The only statement, read without any fault."""
    found, findings, left = read(kind, year, *blocks)
    assert [f.check_id for f in findings if f.severity != "info"] == []
    assert left == []
    (statement,) = found
    return statement


def numbers(statement: Statement) -> dict[tuple[str | None, str], dict[str, float | None]]:
    """{(code or side, name): {measure: number}}"""
    return {
        (r.code or r.side, r.name): {m: None if v.number is None else float(v.number) for m, v in r.values.items()} for r in statement.rows
    }


def test_three_code_columns_with_lost_zeros_and_the_foot_of_the_head_in_the_total_row() -> None:
    s = one(
        "final",
        2018,
        "三、支出决算表",
        "公开03表",
        "部门：某市水利局 2018年度 金额单位：元",
        """
项 目|<|<|<|本年支出合计|基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出
支出功能分类科目编码|<|<|科目名称|^|^|^|^|^|^
类|款|项|栏次|1|2|3|4|5|6
^|^|^|合计|1,234,567.89|1,000,000.00|234,567.89|||
213|||农林水支出|1,234,567.89|1,000,000.00|234,567.89|||
213|3||水利|1,234,567.89|1,000,000.00|234,567.89|||
213|3|1|行政运行|1,000,000.00|1,000,000.00||||
213|03|99|其他水利支出|234,567.89||234,567.89|||
""",
        "注：本表反映部门本年度各项支出情况。",
    )
    assert (s.key, s.unit_of_amount, s.form_no) == ("t03", "元", "公开03表")
    assert [r.code for r in s.rows] == [None, "213", "21303", "2130301", "2130399"]
    assert numbers(s)[("2130399", "其他水利支出")] == {
        "total": 234567.89,
        "basic": None,
        "project": 234567.89,
        "remit_to_superior": None,
        "operating": None,
        "subsidy_to_subsidiary": None,
    }
    assert s.note == "注：本表反映部门本年度各项支出情况。"


def test_code_parts_printed_once_and_cumulative_codes() -> None:
    s = one(
        "final",
        2020,
        "支出决算表 单位：万元",
        """
科目编码|<|<|科目名称|本年支出合计|基本支出|项目支出
类|款|项|^|^|^|^
205|||教育支出|3.00|2.00|1.00
|02||普通教育|3.00|2.00|1.00
||01|学前教育|2.00|2.00|
||99|其他普通教育支出|1.00||1.00
208|20805|2080501|行政单位离退休|4.00|4.00|
""",
    )
    assert [r.code for r in s.rows] == ["205", "20502", "2050201", "2050299", "2080501"]


def test_code_glued_to_the_name() -> None:
    s = one(
        "final",
        2023,
        "支出决算表",
        "单位：万元",
        """
科目|本年支出合计|基本支出|项目支出
合计|30.00|20.00|10.00
201 一般公共服务支出|30.00|20.00|10.00
2010301行政运行|20.00|20.00|
[2010302]一般行政管理事务|10.00||10.00
""",
    )
    assert [(r.code, r.name) for r in s.rows] == [
        (None, "合计"),
        ("201", "一般公共服务支出"),
        ("2010301", "行政运行"),
        ("2010302", "一般行政管理事务"),
    ]


def test_head_cells_lost_in_html_and_amount_instead_of_final() -> None:
    s = one(
        "final",
        2018,
        "财政拨款收入支出决算总表",
        "单位：元",
        """
收入|支出|||||
项目|行次|金额|项目|行次|小计|一般公共预算财政拨款|政府性基金预算财政拨款
栏次||1|栏次||2|3|4
一、一般公共预算财政拨款|1|100.00|一、一般公共服务支出|15|100.00|100.00|
二、政府性基金预算财政拨款|2|0.00|二、外交支出|16|0.00|0.00|0.00
|3|||17||
本年收入合计|4|100.00|本年支出合计|18|100.00|100.00|0.00
""",
    )
    assert numbers(s)[("income", "一、一般公共预算财政拨款")] == {"final": 100.0}
    assert numbers(s)[("expenditure", "一、一般公共服务支出")] == {"total": 100.0, "general_public": 100.0, "government_fund": None}
    assert s.rows[0].line_no == 1
    assert len(s.rows) == 6


def test_three_blocks_by_function_and_by_nature() -> None:
    s = one(
        "final",
        2019,
        "收入支出决算总表",
        "公开01表 单位：万元",
        """
收入|<|<|支出|<|<|<|<|<
项目|行次|决算数|项目（按功能分类）|行次|决算数|项目（按支出性质和经济分类）|行次|决算数
栏次|<|1|栏次|<|2|栏次|<|3
一、财政拨款收入|1|100.00|一、一般公共服务支出|30|80.00|一、基本支出|60|70.00
其中：政府性基金|2||二、外交支出|31||人员经费|61|60.00
本年收入合计|20|100.00|本年支出合计|<|<|<|90|100.00
年初结转和结余|22|5.00|年末结转和结余|<|<|<|92|5.00
合计|23|105.00|合计|<|<|<|93|105.00
""",
    )
    found = [(r.side, r.name, str(r.values["final"].number)) for r in s.rows if r.values["final"].number is not None]
    assert found == [
        ("income", "一、财政拨款收入", "100.00"),
        ("expenditure", "一、一般公共服务支出", "80.00"),
        ("expenditure_by_purpose", "一、基本支出", "70.00"),
        ("expenditure_by_purpose", "人员经费", "60.00"),
        ("income", "本年收入合计", "100.00"),
        ("expenditure", "本年支出合计", "100.00"),
        ("income", "年初结转和结余", "5.00"),
        ("expenditure", "年末结转和结余", "5.00"),
        ("income", "合计", "105.00"),
        ("expenditure", "合计", "105.00"),
    ]


def test_income_and_expenditure_one_under_the_other() -> None:
    s = one(
        "final",
        2020,
        "收支决算总表",
        "单位：万元",
        """
项目|决算数
收入|
一、财政拨款收入|100.00
本年收入合计|100.00
支出|
一、一般公共服务支出|90.00
本年支出合计|90.00
年末结转和结余|10.00
支出总计|100.00
""",
    )
    assert [r.side for r in s.rows] == ["income", "income", "expenditure", "expenditure", "expenditure", "expenditure"]


def test_three_public_items_in_the_rows_with_counts_beside() -> None:
    s = one(
        "final",
        2016,
        "2016年度一般公共预算财政拨款“三公”经费支出决算表",
        "单位：万元",
        """
项目|行次|统计数|项目|行次|统计数
一、“三公”经费支出|1|—|二、相关统计数|9|
1．因公出国（境）费|2|3.20|1．因公出国（境）团组数（个）|10|1
2．公务用车购置及运行维护费|3|12.00|2．因公出国（境）人次数（人）|11|2
（1）公务用车购置费|4|0.00|3．公务用车购置数（辆）|12|0
（2）公务用车运行维护费|5|12.00|4．公务用车保有量（辆）|13|4
3．公务接待费|6|1.50|5．国内公务接待批次（个）|14|20
合计|8|16.70|||
""",
    )
    assert s.printed_scope == "general_public"
    main = s.rows[0]
    assert (main.name, main.code) == ("三公经费", None)
    assert {m: float(v.number) for m, v in main.values.items() if v.number is not None} == {
        "final_abroad": 3.2,
        "final_vehicle_total": 12.0,
        "final_vehicle_purchase": 0.0,
        "final_vehicle_operation": 12.0,
        "final_reception": 1.5,
        "final_total": 16.7,
    }
    counts = {r.keys["item"]: float(r.values["final"].number or 0) for r in s.rows if r.keys.get("unit") == "count"}
    assert counts == {"abroad_groups": 1, "abroad_people": 2, "vehicle_purchase_count": 0, "vehicle_count": 4, "reception_batches": 20}


def test_three_public_stages_in_the_rows() -> None:
    s = one(
        "final",
        2019,
        "财政拨款“三公”经费支出决算表",
        "单位：元",
        """
|合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费
^|^|^|小计|公务用车购置费|公务用车运行费|^
预算数|10,000.00|0.00|8,000.00|0.00|8,000.00|2,000.00
决算数|9,000.00|0.00|7,500.00|0.00|7,500.00|1,500.00
""",
    )
    (row,) = s.rows
    assert (row.values["budget_total"].printed, row.values["final_total"].printed) == ("10,000.00", "9,000.00")
    assert (row.values["budget_vehicle_operation"].printed, row.values["final_reception"].printed) == ("8,000.00", "1,500.00")
    assert s.printed_scope == "fiscal"


def test_three_public_of_two_years_side_by_side() -> None:
    s = one(
        "budget",
        2024,
        "表7 一般公共预算“三公”经费支出表",
        "单位：万元",
        """
2023年预算数|<|<|<|<|<|2024年预算数|<|<|<|<|<
合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费|合计|因公出国（境）费|公务用车购置及运行费|<|<|公务接待费
^|^|小计|公务用车购置费|公务用车运行费|^|^|^|小计|公务用车购置费|公务用车运行费|^
12.00||10.00||10.00|2.00|11.00||9.50||9.50|1.50
""",
    )
    (row,) = s.rows
    assert (row.values["previous_budget_total"].printed, row.values["budget_total"].printed) == ("12.00", "11.00")
    assert row.values["budget_vehicle_purchase"].number is None


@pytest.mark.parametrize(
    ("head", "measures"),
    [
        (
            "项目|年初预算数|全年预算数|决算数\n合计|10.00|9.00|8.00\n公务接待费|10.00|9.00|8.00",
            {"initial_budget_total", "annual_budget_total", "final_total"},
        ),
        ("项目|预算数|决算数\n合计|10.00|8.00\n公务接待费|10.00|8.00", {"budget_total", "final_total"}),
        ("项目|全年预算数|决算数\n合计|10.00|8.00\n公务接待费|10.00|8.00", {"budget_total", "final_total"}),
        ("项目|金额\n合计|8.00\n公务接待费|8.00", {"final_total"}),
    ],
)
def test_three_public_stages(head: str, measures: set[str]) -> None:
    s = one("final", 2022, "财政拨款“三公”经费支出决算表", "单位：万元", head)
    assert {m for m in s.rows[0].values if m.endswith("_total")} == measures


def test_balances_on_four_levels_of_head() -> None:
    s = one(
        "final",
        2023,
        "一般公共预算财政拨款收入支出决算表",
        "公开05表",
        "金额单位：万元",
        """
项目|<|<|<|年初结转和结余|<|<|本年收入|<|<|本年支出|<|<|<|<|年末结转和结余|<|<|<|<
支出功能分类科目编码|<|<|科目名称|合计|基本支出结转|项目支出结转和结余|合计|基本支出|项目支出|合计|基本支出|<|<|项目支出|合计|基本支出结转|项目支出结转和结余|<|<
^|^|^|^|^|^|^|^|^|^|^|小计|人员经费|公用经费|^|^|^|小计|项目支出结转|项目支出结余
类|款|项|栏次|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16
^|^|^|合计|5.00|2.00|3.00|100.00|60.00|40.00|101.00|61.00|51.00|10.00|40.00|4.00|1.00|3.00|2.00|1.00
205|||教育支出|5.00|2.00|3.00|100.00|60.00|40.00|101.00|61.00|51.00|10.00|40.00|4.00|1.00|3.00|2.00|1.00
""",
    )
    assert s.key == "general_public_income_expenditure"
    assert numbers(s)[("205", "教育支出")] == {
        "opening_balance": 5,
        "opening_balance_basic": 2,
        "opening_balance_project": 3,
        "income": 100,
        "income_basic": 60,
        "income_project": 40,
        "expenditure_total": 101,
        "expenditure_basic": 61,
        "expenditure_basic_personnel": 51,
        "expenditure_basic_public": 10,
        "expenditure_project": 40,
        "closing_balance": 4,
        "closing_balance_basic": 1,
        "closing_balance_project": 3,
        "closing_balance_project_carry_over": 2,
        "closing_balance_project_surplus": 1,
    }


def test_matrix_of_economic_items_over_the_columns() -> None:
    s = one(
        "final",
        2022,
        "财政拨款支出决算明细表",
        "单位：万元",
        """
项目|<|合计|工资福利支出|<|<|商品和服务支出|<
科目编码|科目名称|^|小计|基本工资|津贴补贴|小计|办公费
|合计|100.00|60.00|40.00|20.00|40.00|40.00
201|一般公共服务支出|100.00|60.00|40.00|20.00|40.00|40.00
""",
    )
    assert numbers(s)[("201", "一般公共服务支出")] == {
        "total": 100,
        "economic_301": 60,
        "economic_30101": 40,
        "economic_30102": 20,
        "economic_302": 40,
        "economic_30201": 40,
    }


def test_title_unit_and_note_inside_the_grid() -> None:
    s = one(
        "final",
        2023,
        """
政府性基金预算财政拨款收入支出决算表|<|<|<|<|<|<|<|<|<
公开08表|<|<|<|<|<|<|<|<|<
部门：某市文旅局|<|<|<||2023年度|<||金额单位：万元|<
项目|<|<|<|年初结转和结余|本年收入|本年支出|<|<|年末结转和结余
功能分类科目编码|<|<|科目名称|^|^|小计|基本支出|项目支出|^
类|款|项|栏次|1|2|3|4|5|6
^|^|^|合计|1.00|20.00|21.00||21.00|
229|60|06|用于教育事业的彩票公益金支出|1.00|20.00|21.00||21.00|
注：本表反映部门本年度政府性基金预算财政拨款收入、支出及结转和结余情况。|<|<|<|<|<|<|<|<|<
""",
    )
    assert (s.key, s.unit_of_amount, s.form_no) == ("t08", "万元", "公开08表")
    assert numbers(s)[("2296006", "用于教育事业的彩票公益金支出")] == {
        "opening_balance": 1,
        "income": 20,
        "expenditure_total": 21,
        "expenditure_basic": None,
        "expenditure_project": 21,
        "closing_balance": None,
    }
    assert s.note is not None and s.note.startswith("注：")


def test_several_tables_in_one_sheet() -> None:
    found, findings, left = read(
        "final",
        2023,
        """
收入决算表|<|<|<
单位：万元|<|<|<
科目编码|科目名称|本年收入合计|财政拨款收入
|合计|10.00|10.00
201|一般公共服务支出|10.00|10.00
|||
支出决算表|<|<|<
单位：万元|<|<|<
科目编码|科目名称|本年支出合计|基本支出
|合计|9.00|9.00
201|一般公共服务支出|9.00|9.00
""",
    )
    assert [(s.key, len(s.rows)) for s in found] == [("t02", 2), ("t03", 2)]
    assert (findings, left) == ([], [])


def test_a_name_cut_by_the_page_break_and_a_continuation_without_head() -> None:
    first = grid(
        "科目编码|科目名称|合计|基本支出|项目支出\n201|一般公共服务支出|30.00|20.00|10.00\n2010399|其他政府办公厅（室）及相|30.00|20.00|10.00",
        1,
    )
    second = grid("|关机构事务支出|||\n208|社会保障和就业支出|5.00|5.00|\n合计|<|35.00|25.00|10.00", 2, continued=True)
    s = one("final", 2023, "五、一般公共预算财政拨款支出决算表", "单位：万元", first, second)
    assert [(r.code, r.name) for r in s.rows] == [
        ("201", "一般公共服务支出"),
        ("2010399", "其他政府办公厅（室）及相关机构事务支出"),
        ("208", "社会保障和就业支出"),
        (None, "合计"),
    ]
    assert s.pages == [1, 2]


def test_row_names_on_a_continuation_page_are_no_head() -> None:
    first = grid("收入|<|支出|<\n项目|决算数|项目|决算数\n本年收入合计|10.00|本年支出合计|10.00", 1)
    second = grid("使用非财政拨款结余||结余分配|\n年初结转和结余|1.00|年末结转和结余|1.00\n总计|11.00|总计|11.00", 2, continued=True)
    s = one("final", 2023, "收入支出决算总表", "单位：万元", first, second)
    assert [(r.side, r.name) for r in s.rows][2:4] == [("income", "使用非财政拨款结余"), ("expenditure", "结余分配")]
    assert len(s.rows) == 8


def test_a_title_repeated_over_the_next_page_goes_on() -> None:
    table = "科目编码|科目名称|合计\n201|一般公共服务支出|1.00"
    more = "科目编码|科目名称|合计\n205|教育支出|2.00"
    s = one("budget", 2019, "财政拨款支出预算表 单位：万元", table, "财政拨款支出预算表（续表）", more)
    assert [r.code for r in s.rows] == ["201", "205"]


def test_budget_by_unit_is_no_table_by_subject() -> None:
    s = one(
        "budget",
        2024,
        "表2",
        "部门收入总表",
        "单位：元",
        """
部门（单位）代码|部门（单位）名称|合计|本年收入|<|<|上年结转结余|<
^|^|^|小计|一般公共预算|事业收入|小计|一般公共预算
合计|<|1,200.00|1,000.00|900.00|100.00|200.00|200.00
109001|某县教育局机关|1,200.00|1,000.00|900.00|100.00|200.00|200.00
""",
    )
    assert (s.key, s.role) == ("income#by_unit", "income_by_unit")
    row = s.rows[1]
    assert (row.name, row.keys) == ("某县教育局机关", {"unit_code": "109001"})
    assert {m: v.printed for m, v in row.values.items()} == {
        "total": "1,200.00",
        "income_total": "1,000.00",
        "general_public": "900.00",
        "business_income": "100.00",
        "opening_balance": "200.00",
        "opening_balance_general_public": "200.00",
    }


def test_budget_beside_the_execution_of_the_year_before() -> None:
    s = one(
        "budget",
        2024,
        "表5 一般公共预算支出表",
        "部门/单位：某县教育局 单位：万元",
        """
支出功能分类科目|<|2023年执行数|2024年预算数|<|<|2024年预算数比2023年执行数|<
科目编码|科目名称|^|小计|基本支出|项目支出|增减额|增减%
合计|<|480.00|500.00|300.00|200.00|20.00|4.17%
20502|普通教育|480.00|500.00|300.00|200.00|20.00|4.17%
""",
    )
    assert s.key == "b07"
    assert numbers(s)[("20502", "普通教育")] == {
        "previous_execution": 480,
        "total": 500,
        "basic": 300,
        "project": 200,
        "change": 20,
        "change_pct": 4.17,
    }


def test_government_classification_has_a_key_of_its_own() -> None:
    table = "科目编码|科目名称|合计\n501|机关工资福利支出|60.00\n50101|工资奖金津补贴|60.00"
    other = "科目编码|科目名称|合计\n301|工资福利支出|60.00\n30101|基本工资|60.00"
    found, findings, _ = read(
        "budget",
        2023,
        "一般公共预算基本支出表（按政府预算经济分类）",
        "单位：万元",
        table,
        "一般公共预算基本支出表（按部门预算经济分类）",
        "单位：万元",
        other,
    )
    assert [s.key for s in found] == ["general_public_basic_expenditure#government", "b08"]
    assert findings == []


@pytest.mark.parametrize("below", ["^", ""], ids=["merged", "printed once"])
def test_source_list_with_groups(below: str) -> None:
    """A group merged over its rows; in a text export it is printed once, with blank places below it."""
    s = one(
        "budget",
        2019,
        "收入预算总表",
        "单位：万元",
        f"""
项目名称|<|金额
收入总计|<|24169.74
一般公共预算资金|小计|24169.74
{below}|专项收入|
政府性基金|小计|
""",
    )
    assert [(r.keys.get("group"), r.name, r.values["budget"].printed) for r in s.rows] == [
        (None, "收入总计", "24169.74"),
        ("一般公共预算资金", "小计", "24169.74"),
        ("一般公共预算资金", "专项收入", ""),
        ("政府性基金", "小计", ""),
    ]


def test_procurement_levels_are_carried_down() -> None:
    s = one(
        "budget",
        2019,
        "政府采购支出预算表",
        "单位：万元",
        """
采购品目大类|专项名称|经济科目|采购物品名称|采购组织形式|总计
合 计|||||112.00
一、货物A|||||12.00
|设备购置|办公设备购置|||12.00
|||台式计算机|分散自行组织|12.00
三、服务C|||||100.00
|运行维护费|维修（护）费|||60.00
|||运行维护服务|部门集中采购|60.00
||租赁费|||40.00
|||互联网信息服务|分散自行组织|40.00
""",
    )
    assert [(r.keys["level"], r.name) for r in s.rows] == [
        ("total", "合计"),
        ("category", "一、货物A"),
        ("group", "办公设备购置"),
        ("item", "台式计算机"),
        ("category", "三、服务C"),
        ("group", "维修（护）费"),
        ("item", "运行维护服务"),
        ("group", "租赁费"),
        ("item", "互联网信息服务"),
    ]
    last = s.rows[-1].keys
    assert (last["category"], last["project_name"], last["economic_item"]) == ("三、服务C", "运行维护费", "租赁费")


def test_tables_without_titles_are_told_by_head_rows_and_note() -> None:
    income = (
        "功能分类科目编码|科目名称|本年收入合计|财政拨款收入|上级补助收入|事业收入\n|合计|10.00|10.00||\n201|一般公共服务支出|10.00|10.00||"
    )
    spending = "功能分类科目编码|科目名称|小计|基本支出|项目支出\n|合计|10.00|8.00|2.00\n201|一般公共服务支出|10.00|8.00|2.00"
    found, findings, left = read(
        "final", 2021, "单位：万元", income, "单位：万元", spending, "注：本表反映部门本年度一般公共预算财政拨款支出情况。"
    )
    assert [s.key for s in found] == ["t02", "t05"]
    assert (findings, left) == ([], [])


def test_an_ambiguous_table_is_said_and_not_guessed() -> None:
    table = "科目编码|科目名称|小计|基本支出|项目支出\n201|一般公共服务支出|10.00|8.00|2.00"
    found, findings, left = read("final", 2021, "单位：万元", table, "某段文字。")
    assert found == []
    assert [f.check_id for f in findings] == ["reading.unknown_table"]
    assert {u.text for u in left} >= {"10.00", "8.00", "2.00"}


def test_an_unknown_column_is_kept_and_said() -> None:
    found, findings, _ = read(
        "final", 2021, "支出决算表 单位：万元", "科目编码|科目名称|本年支出合计|某种新的列\n201|一般公共服务支出|10.00|8.00"
    )
    assert numbers(found[0])[("201", "一般公共服务支出")] == {"total": 10, "column_4": 8}
    assert [f.check_id for f in findings] == ["reading.unknown_header"]
    assert findings[0].statement == "t03" and findings[0].locator is not None


def test_a_missing_unit_is_said() -> None:
    _, findings, _ = read("final", 2021, "支出决算表", "科目编码|科目名称|本年支出合计\n201|一般公共服务支出|10.00")
    assert [(f.check_id, f.severity) for f in findings] == [("reading.unit_missing", "error")]


def test_a_titled_table_without_a_head_is_an_error_and_nothing_is_lost() -> None:
    found, findings, left = read("final", 2021, "支出决算表 单位：万元", "甲|10.00|乙\n丙|12.00|丁")
    assert [f.check_id for f in findings] == ["reading.no_head"] and findings[0].severity == "error"
    assert {u.text for u in left} >= {"10.00", "12.00"}
    assert found[0].rows == []


def test_blank_is_not_zero_and_dashes_are_kept_as_printed() -> None:
    s = one("final", 2021, "支出决算表 单位：万元", "科目编码|科目名称|本年支出合计|基本支出|项目支出\n201|一般公共服务支出|0.00||—")
    row = s.rows[0]
    values: dict[str, Any] = {m: (v.printed, v.number) for m, v in row.values.items()}
    assert values["total"][0] == "0.00" and values["total"][1] == 0
    assert values["basic"] == ("", None)
    assert values["project"] == ("—", None)


def test_a_blank_fund_table_keeps_its_total_row_and_note() -> None:
    s = one(
        "budget",
        2025,
        "2025年部门政府性基金预算支出功能分类预算表",
        "编制部门：某局 单位：元",
        "项目|<|<|<|政府性基金预算支出|<|<\n功能分类科目编码|<|<|功能分类科目名称|合计|基本支出|项目支出\n类|款|项|^|^|^|^\n||||||\n合计|<|<|<|||",
        "注:本部门2025年无政府性基金预算财政拨款安排的预算，故本表为空表。",
    )
    assert [(r.name, {m: v.number for m, v in r.values.items()}) for r in s.rows] == [
        ("合计", {"expenditure_total": None, "expenditure_basic": None, "expenditure_project": None})
    ]
    assert s.note is not None and "空表" in s.note


def test_traditional_characters_are_matched_and_kept() -> None:
    s = one(
        "final",
        2021,
        "財政撥款收入支出決算總表",
        "單位：萬元",
        "收入|<|支出|<|<\n項目|金額|項目|合計|一般公共預算財政撥款\n一、一般公共預算財政撥款|100.00|一、一般公共服務支出|100.00|100.00",
    )
    assert (s.key, s.unit_of_amount) == ("t04", "万元")
    assert s.rows[0].name == "一、一般公共預算財政撥款"


def test_state_capital_printed_twice() -> None:
    table = "科目编码|科目名称|本年支出|<|<\n^|^|合计|基本支出|项目支出\n|合计|1.00||1.00"
    whole = "科目编码|科目名称|年初结转和结余|本年收入|本年支出|年末结转和结余\n|合计||1.00|1.00|"
    found, _, _ = read(
        "final",
        2022,
        "国有资本经营预算财政拨款收入支出决算表",
        "单位：万元",
        whole,
        "国有资本经营预算财政拨款支出决算表",
        "单位：万元",
        table,
    )
    assert [(s.key, s.role) for s in found] == [("t09", "state_capital"), ("state_capital_expenditure", "state_capital_expenditure")]


def test_text_dump_that_leaves_out_merged_places() -> None:
    s = one(
        "final",
        2024,
        "收入决算表",
        "单位：万元",
        """
项目|本年收入合计|财政拨款收入|上级补助收入||
功能分类科目编码|科目名称||||
栏次|1|2|3||
合计|12.00|10.00|||
205|教育支出|12.00|10.00||
""",
    )
    assert numbers(s) == {
        (None, "合计"): {"total": 12, "fiscal_appropriation": 10, "superior_subsidy": None},
        ("205", "教育支出"): {"total": 12, "fiscal_appropriation": 10, "superior_subsidy": None},
    }


def test_a_misread_column_number_makes_no_row_of_amounts() -> None:
    s = one(
        "final",
        2018,
        "收入决算表",
        "单位：元",
        """
科目编码|科目名称|本年收入合计|财政拨款收入|上级补助收入|事业收入|其他收入
|栏次|1|2受|3|4|5
|合计|12.00|10.00||2.00|
""",
    )
    assert [r.name for r in s.rows] == ["合计"]


def test_text_dump_with_a_group_in_the_head() -> None:
    s = one(
        "final",
        2021,
        "政府性基金预算财政拨款收入支出决算表",
        "单位：万元",
        """
项目|年初结转和结余|本年收入|本年支出|年末结转和结余|||
功能分类科目编码|科目名称|小计|基本支出|项目支出|||
栏次|1|2|3|4|5|6|
合计||20.00|20.00||20.00||
229|其他支出||20.00|20.00||20.00|0.00
""",
    )
    expected = {"opening_balance": None, "income": 20, "expenditure_total": 20, "expenditure_basic": None, "expenditure_project": 20}
    assert numbers(s)[(None, "合计")] == {**expected, "closing_balance": None}
    assert numbers(s)[("229", "其他支出")] == {**expected, "closing_balance": 0}


def test_a_number_where_a_name_should_stand_is_an_error() -> None:
    _, findings, _ = read("final", 2021, "支出决算表 单位：万元", "科目编码|科目名称|本年支出合计\n|12.00|\n201|一般公共服务支出|12.00")
    assert [(f.check_id, f.severity) for f in findings] == [("reading.misaligned", "error")]


def test_amounts_that_no_grid_holds_are_an_error() -> None:
    lines = ["第二部分 2021年度部门决算表", "支出决算表", "单位：万元", "合计", "12.00", "10.00", "第三部分 情况说明"]
    _, findings, left = read("final", 2021, *lines)
    assert [(f.check_id, f.severity) for f in findings] == [("reading.table_not_found", "error")]
    assert [u.text for u in left] == ["12.00", "10.00"]


def test_unit_under_the_table() -> None:
    s = one("final", 2021, "支出决算表", "科目编码|科目名称|本年支出合计\n201|一般公共服务支出|12.00", "单位：万元")
    assert s.unit_of_amount == "万元"


def test_head_without_rules_is_read_by_place() -> None:
    from pipelines.documents.model import GridCell, Locator

    def cell(row: int, column: int, text: str, x0: float, top: float, x1: float, bottom: float) -> GridCell:
        return GridCell(row, column, text, Locator("pdf", page=1, box=(x0, top, x1, bottom)))

    cells = []
    for block, start in enumerate((0, 366)):
        c = block * 6
        cells += [
            cell(0, c + 2, ("预算数", "决算数")[block], start + 224, 113, start + 251, 122),
            cell(1, c + 3, "公务用车购置及运行维护费", start + 214, 126, start + 322, 135),
            cell(2, c, "合计", start + 76, 140, start + 94, 149),
            cell(2, c + 1, "因公出国（境）费", start + 119, 140, start + 178, 149),
            cell(2, c + 5, "公务接待费", start + 368, 140, start + 413, 149),
            cell(3, c + 2, "小计", start + 198, 147, start + 216, 156),
            cell(3, c + 3, "购置费", start + 252, 147, start + 284, 156),
            cell(3, c + 4, "运行维护费", start + 308, 147, start + 351, 156),
            cell(4, c, "8.30", start + 78, 180, start + 93, 188),
            cell(4, c + 1, "—", start + 143, 180, start + 150, 188),
            cell(4, c + 2, "7.20", start + 200, 180, start + 215, 188),
            cell(4, c + 3, "—", start + 265, 180, start + 272, 188),
            cell(4, c + 4, "7.20", start + 322, 180, start + 337, 188),
            cell(4, c + 5, "1.10", start + 383, 180, start + 398, 188),
        ]
    table = Grid(cells, 5, 12, Locator("pdf", page=1, box=(70, 110, 790, 190)), ruled=False)
    s = one("final", 2018, "一般公共预算财政拨款“三公”经费支出决算表", "单位：万元", table)
    (row,) = s.rows
    items = ("total", "abroad", "vehicle_total", "vehicle_purchase", "vehicle_operation", "reception")
    for stage in ("budget", "final"):
        assert [row.values[f"{stage}_{i}"].printed for i in items] == ["8.30", "—", "7.20", "—", "7.20", "1.10"]


def test_budget_summary_with_funds_over_the_expenditure() -> None:
    s = one(
        "budget",
        2022,
        "2022年部门收支总体情况表",
        "单位：万元",
        """
收入|<|支出|<|<|<|<|<|<
项目|金额|项目|合计|本年支出|<|<|<|上年结转结余
^|^|^|^|一般公共预算|<|政府性基金|国有资本经营预算|^
^|^|^|^|小计|其中：财政拨款|^|^|^
一、一般公共预算拨款|100.00|一、基本支出|60.00|60.00|59.00|||
收入合计|100.00|支出合计|100.00|100.00|99.00|||
""",
    )
    assert numbers(s)[("income", "一、一般公共预算拨款")] == {"budget": 100}
    assert numbers(s)[("expenditure", "一、基本支出")] == {
        "budget": 60,
        "general_public": 60,
        "general_public_fiscal_appropriation": 59,
        "government_fund": None,
        "state_capital": None,
        "opening_balance": None,
    }


def test_basic_expenditure_broken_down_over_the_columns() -> None:
    s = one(
        "budget",
        2023,
        "表6 一般公共预算支出情况表（按功能分类科目）",
        "单位：万元",
        """
功能分类科目|<|支出合计|基本支出|<|<|项目支出
科目编码|科目名称|^|小计|工资福利支出|商品和服务支出|^
合计|<|100.00|60.00|50.00|10.00|40.00
[201]一般公共服务支出|<|100.00|60.00|50.00|10.00|40.00
""",
    )
    assert numbers(s)[("201", "一般公共服务支出")] == {
        "total": 100,
        "basic": 60,
        "basic_economic_301": 50,
        "basic_economic_302": 10,
        "project": 40,
    }


def test_thousand_yuan_and_the_stages_of_a_budget_in_a_final_account() -> None:
    s = one(
        "final",
        2020,
        "收入支出决算总表",
        "金额单位：千元",
        """
收入|<|<|<|<|支出|<|<|<|<
项目|行次|年初预算数|全年预算数|决算数|项目(按功能分类)|行次|年初预算数|全年预算数|决算数
一、一般公共预算财政拨款收入|1|90.00|100.00|100.00|一、一般公共服务支出|31|90.00|100.00|99.00
""",
    )
    assert s.unit_of_amount == "千元"
    assert numbers(s)[("expenditure", "一、一般公共服务支出")] == {"initial_budget": 90, "annual_budget": 100, "final": 99}


def test_full_width_digits_and_negative_amounts() -> None:
    s = one(
        "final",
        2023,
        "支出决算表 单位：万元",
        "科目编码|科目名称|本年支出合计|基本支出|项目支出\n201|一般公共服务支出|１００．００|（6.00）|-40.00",
    )
    (row,) = s.rows
    assert [(v.printed, float(v.number or 0)) for v in row.values.values()] == [("１００．００", 100), ("（6.00）", -6), ("-40.00", -40)]


def test_spaced_words_indented_names_and_notes_in_the_grid() -> None:
    s = one(
        "final",
        2023,
        "支出决算表",
        "单位：万元",
        """
项    目|<|本年支出合计|基本支出|项目支出
功能分类科目编码|科目名称|^|^|^
栏    次|<|1|2|3
合    计|<|100.00|60.00|40.00
 20103|　政府办公厅（室）及相关机构事务|100.00|60.00|40.00
  2010301|　　行政运行|60.00|60.00|
注：1.本表反映部门本年度各项支出情况。|<|<|<|<
    2.本套报表金额单位转换时可能存在尾数误差。|<|<|<|<
""",
    )
    assert [(r.code, r.name) for r in s.rows] == [(None, "合计"), ("20103", "政府办公厅（室）及相关机构事务"), ("2010301", "行政运行")]
    assert s.note is not None and s.note.count("\n") == 1


def test_assets_by_columns_and_rows_that_count() -> None:
    s = one(
        "final",
        2022,
        "国有资产使用情况表",
        "公开11表 金额单位：万元",
        """
项目|行次|资产总额|流动资产|固定资产|<|<
^|^|^|^|小计|房屋构筑物|汽车
栏次|<|1|2|3|4|5
合计|1|500.00|100.00|400.00|350.00|50.00
""",
    )
    assert numbers(s)[(None, "合计")] == {
        "assets_total": 500,
        "current_assets": 100,
        "fixed_assets": 400,
        "fixed_assets_buildings": 350,
        "fixed_assets_vehicles": 50,
    }
    s = one("final", 2020, "机构运行信息表", "单位：万元", "项目|行次|决算统计数\n四、机关运行经费|23|100.00\n（一）车辆数合计（辆）|27|5")
    assert [r.keys for r in s.rows] == [{}, {"unit": "count"}]


def test_a_stage_under_every_column_tells_no_columns_apart_and_a_part_may_print_the_code_in_one_column() -> None:
    s = one(
        "final",
        2025,
        "收入决算表",
        "单位：万元",
        grid(
            """
项目|<|<|<|本年收入合计|财政拨款收入|上级补助收入|事业收入|经营收入|附属单位上缴收入|其他收入
功能分类科目编码|<|<|科目名称|^|^|^|^|^|^|^
^|^|^|^|决算数|决算数|决算数|决算数|决算数|决算数|决算数
类|款|项|合计|90.50|90.00|0.00|0.00|0.00|0.00|0.50
208|||社会保障和就业支出|40.00|40.00|0.00|0.00|0.00|0.00|0.00
2080505|||机关事业单位基本养老保险缴费支出|40.00|40.00|0.00|0.00|0.00|0.00|0.00
"""
        ),
        grid(
            """
211|节能环保支出|50.50|50.00|0.00|0.00|0.00|0.00|0.50
2110101|行政运行|50.50|50.00|0.00|0.00|0.00|0.00|0.50
""",
            page=2,
            continued=True,
        ),
    )
    assert s.key == "t02"
    assert [r.code for r in s.rows] == [None, "208", "2080505", "211", "2110101"]
    assert numbers(s)[("2110101", "行政运行")] == {
        "total": 50.5,
        "fiscal_appropriation": 50.0,
        "superior_subsidy": 0.0,
        "business_income": 0.0,
        "operating_income": 0.0,
        "subsidiary_remittance": 0.0,
        "other": 0.5,
    }


def test_a_name_that_goes_on_beside_a_row_of_the_other_side() -> None:
    s = one(
        "budget",
        2026,
        "2026年部门财政拨款收支预算总表",
        "编制部门：某区建管委 单位：元",
        """
财政拨款收入|<|财政拨款支出|<|<|<|<
项目|预算数|项目|合计|一般公共预算|政府性基金预算|国有资本经营预算
一、一般公共预算|900|一、卫生健康支出|100|100||
二、政府性基金预算||二、城乡社区支出|700|700||
三、国有资本经营预||三、农林水支出|60|60||
算||四、住房保障支出|40|40||
收入总计|900|支出总计|900|900||
""",
    )
    income = [r.name for r in s.rows if r.side == "income"]
    assert income == ["一、一般公共预算", "二、政府性基金预算", "三、国有资本经营预算", "收入总计"]
    assert len([r for r in s.rows if r.side == "expenditure"]) == 5


def test_the_whole_code_merged_under_three_code_columns() -> None:
    s = one(
        "final",
        2025,
        "支出决算表",
        "单位：万元",
        """
项目|<|<|<|本年支出合计|基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出
功能分类科目编码|<|<|科目名称|^|^|^|^|^|^
类|款|项|合计|90.50|60.50|30.00|||
211|<|<|节能环保支出|90.50|60.50|30.00|||
21101|<|<|环境保护管理事务|90.50|60.50|30.00|||
2110101|<|<|行政运行|60.50|60.50||||
2110199|<|<|其他环境保护管理事务支出|30.00||30.00|||
""",
    )
    assert [r.code for r in s.rows] == [None, "211", "21101", "2110101", "2110199"]


def test_sub_heads_printed_in_the_row_of_the_total() -> None:
    s = one(
        "final",
        2025,
        "政府性基金预算财政拨款收入支出决算表",
        "单位：万元",
        """
项目|<|年初结转和结余|本年收入|本年支出|<|<|年末结转和结余
功能分类科目编码|科目名称|^|^|^|^|^|^
合计|<|0|2002.80|合计|基本支出|项目支出|0
207|文化旅游体育与传媒支出|0|2.80|2.80||2.80|0
212|城乡社区支出|0|2,000.00|2,000.00||2,000.00|0
""",
    )
    total, first = s.rows[0], s.rows[1]
    assert {m: v.printed for m, v in total.values.items() if v.printed} == {
        "opening_balance": "0",
        "income": "2002.80",
        "closing_balance": "0",
    }
    assert (first.values["expenditure_total"].printed, first.values["expenditure_project"].printed) == ("2.80", "2.80")
    assert "expenditure_basic" in first.values  # a blank
    assert not {"expenditure_total", "expenditure_basic", "expenditure_project"} & total.values.keys()  # no place for an amount


def test_reasons_under_the_amounts_are_a_note() -> None:
    s = one("final", 2015, "某县2015年度水文站“三公”经费决算情况表", "单位：万元", """
项目|本年决算数
一、支出合计|7.31
1、因公出国（境）费用|
2、公务接待费|7.31
3、公务用车费|
二、相关统计数|
5.公务接待批次（批）|142
三、“三公”经费增减变化原因等说明|接待费比2014年决算数略有减少，减少0.42万元，主要是来站办事的人次减少。
""")  # fmt: skip
    assert s.note == "接待费比2014年决算数略有减少，减少0.42万元，主要是来站办事的人次减少。"
    assert {m: v.printed for m, v in s.rows[0].values.items() if v.printed} == {"final_total": "7.31", "final_reception": "7.31"}
    assert not any("减少" in v.printed for r in s.rows for v in r.values.values())


@pytest.mark.parametrize("style", ["{}", "{}栏", "第{}栏", "({})"])
def test_column_numbers_of_every_style_are_no_data(style: str) -> None:
    marks = " | ".join(style.format(i) for i in (1, 2, 3))
    s = one("final", 2023, "支出决算表", "单位：万元", f"""
        科目编码 | 科目名称 | 本年支出合计 | 基本支出 | 项目支出
         | 栏次 | {marks}
         | 合计 | 3.00 | 2.00 | 1.00
        201 | 一般公共服务支出 | 3.00 | 2.00 | 1.00
    """)  # fmt: skip
    assert list(numbers(s)) == [(None, "合计"), ("201", "一般公共服务支出")]


def test_without_what_was_carried_over_is_no_part_of_its_own() -> None:
    s = one("budget", 2023, "2023年一般公共预算支出预算表（不含上年结转）", "单位：万元", """
        科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出
        201 | 一般公共服务支出 | 3.00 | 2.00 | 1.00
    """)  # fmt: skip
    assert s.key == "b07"


def test_expenses_of_fiscal_appropriation_are_the_three_public() -> None:
    s = one("final", 2023, "财政拨款相关经费支出决算表", "单位：万元", """
        项目 | 预算数 | 决算数
        合计 | 3.00 | 2.00
        1.因公出国（境）费 | 1.00 | 1.00
        2.公务接待费 | 2.00 | 1.00
    """)  # fmt: skip
    assert s.key == "t07"
