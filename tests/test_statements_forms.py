"""Statements: layouts of single forms (三公, funds, sources, procurement, assets), one small table each."""

from __future__ import annotations

import pytest
from layout_builder import numbers, one, read


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
