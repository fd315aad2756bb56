"""Statements: heads and codes of every kind, one small table a layout trap, as printed in regions and years no real report here shows."""

from __future__ import annotations

import pytest
from layout_builder import grid, numbers, one

from pipelines.documents.model import Grid


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
