"""Statements: titles, units, notes, several tables in a grid, tables over pages; one small table a trap."""

from __future__ import annotations

from typing import Any

from layout_builder import grid, numbers, one, read


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
