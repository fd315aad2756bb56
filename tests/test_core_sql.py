"""The core star: every printed number once, exact; leaves, totals, subjects, lines, stated numbers."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import pytest
from _warehouse import GOLD, File, build, fact, gold_files, needs_gold, needs_reports, one, real_files, report, row, statement
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reports.model import Row

NUMBERS = "value IS NOT NULL AND statement NOT IN ('narrative', 'self_evaluation', 'performance_target')"


@pytest.fixture(scope="module")
def gold() -> duckdb.DuckDBPyConnection:
    return build(gold_files())


@needs_gold
def test_every_number_of_the_gold_reports_is_a_cell(gold: duckdb.DuckDBPyConnection) -> None:
    for path in sorted(GOLD.glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        head = data["report"]
        want = sorted(
            (key, n, measure, Decimal(str(number)))
            for key, table in data["tables"].items()
            for n, r in enumerate(table["rows"], 1)
            for measure, number in r["values"].items()
            if number is not None
        )
        got = gold.execute(
            "SELECT statement, row_no, measure, value FROM core.cell JOIN core.dim_report USING (report_id)"
            f" WHERE department = ? AND fiscal_year = ? AND {NUMBERS} ORDER BY ALL",
            [head["department"], head["fiscal_year"]],
        ).fetchall()
        assert [(s, n, m, Decimal(v).normalize()) for s, n, m, v in got] == [(s, n, m, v.normalize()) for s, n, m, v in want], path.name
        stated = len(data["narrative_facts"])
        assert stated == gold.execute(
            "SELECT count(*) FROM core.fact_disclosure AS d JOIN core.dim_report AS r USING (report_key) WHERE r.department = ?"
            " AND r.fiscal_year = ?", [head["department"], head["fiscal_year"]]
        ).fetchone()[0]  # fmt: skip


@needs_gold
def test_a_sum_over_leaves_and_parts_counts_nothing_twice(gold: duckdb.DuckDBPyConnection) -> None:
    """Within rounding, the leaves of each statement add up to its printed total."""
    for table, total in (("fact_income", "合计|总计"), ("fact_expenditure", "合计")):
        for statement_key, leaves, printed in gold.execute(
            "SELECT statement, sum(amount_yuan) FILTER (is_leaf AND NOT is_total_measure),"
            f" max(amount_yuan) FILTER (regexp_matches(name, '{total}')) FROM core.{table} GROUP BY report_key, statement"
        ).fetchall():
            assert printed is None or abs(leaves - printed) <= 300, (table, statement_key, leaves, printed)
    for side, measure, leaves, printed in gold.execute(
        "SELECT side, measure, sum(amount_yuan) FILTER (is_leaf AND NOT is_total_measure), max(amount_yuan) FILTER (line = 'grand_total')"
        " FROM core.fact_summary_line GROUP BY report_key, statement, side, measure"
    ).fetchall():
        assert printed is None or leaves is None or leaves == printed, (side, measure, leaves, printed)


@needs_gold
def test_facts_hold_every_printed_amount_of_their_statements_once(gold: duckdb.DuckDBPyConnection) -> None:
    facts = ["income", "expenditure", "basic_expenditure", "fund_balance", "summary_line", "three_public", "procurement"]
    union = " UNION ALL ".join(f"SELECT report_key, cell_id FROM core.fact_{f}" for f in facts)
    missing = gold.execute(
        f"SELECT count(*) FROM core.cell AS c WHERE {NUMBERS} AND amount_yuan IS NOT NULL AND (report_key, cell_id) NOT IN ({union})"
    ).fetchone()
    assert missing == (0,)
    assert one(gold, f"SELECT count(*) - count(DISTINCT (report_key, cell_id)) FROM ({union})") == 0


@needs_gold
def test_stated_budgets_of_items_carry_their_subject(gold: duckdb.DuckDBPyConnection) -> None:
    found = gold.execute(
        "SELECT stage, source, count(*), count(subject_key) FROM core.fact_budget_item WHERE kind = 'final' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert found == [("final", "final_narrative", 41, 41), ("initial", "final_narrative", 41, 41)]


def test_blank_is_not_zero() -> None:
    rows = [row("合计", total="1.00", basic=None, project="0.00"), row("教育支出", "205", total="1.00", basic="", project="—")]
    con = build([File(report(statements=[statement("t03", rows, "expenditure")]))])
    cells = con.execute("SELECT measure, printed, value, amount_yuan FROM core.cell WHERE row_no = 2 ORDER BY measure").fetchall()
    assert cells == [("basic", "", None, None), ("project", "—", None, None), ("total", "1.00", 1, 10000)]
    assert con.execute("SELECT measure, amount_yuan FROM core.fact_expenditure WHERE code IS NULL ORDER BY measure").fetchall() == [
        ("project", 0),
        ("total", 10000),
    ]


def test_a_total_column_without_its_parts_is_no_total() -> None:
    """Jiangsu prints only 合计 in 一般公共预算支出表: then that column is what is to be added."""
    rows = [
        row("合计", total="3.00"),
        row("教育支出", "205", total="3.00"),
        row("教育管理事务", "20501", total="3.00"),
        row("行政运行", "2050101", total="3.00"),
    ]
    con = build([File(report(kind="budget", statements=[statement("b07", rows, "general_public_expenditure")]))])
    assert con.execute("SELECT sum(amount_yuan) FROM core.fact_expenditure WHERE is_leaf AND NOT is_total_measure").fetchone() == (30000,)
    assert con.execute("SELECT code, is_leaf FROM core.fact_expenditure ORDER BY code NULLS FIRST").fetchall() == [
        (None, False), ("205", False), ("20501", False), ("2050101", True),
    ]  # fmt: skip


def test_a_class_without_printed_children_is_a_leaf() -> None:
    rows = [
        row("合计", total="5.00"),
        row("教育支出", "205", total="3.00"),
        row("科学技术支出", "206", total="2.00"),
        row("科普", "20607", total="2.00"),
    ]
    con = build([File(report(statements=[statement("t05", rows, "general_public_expenditure")]))])
    assert con.execute("SELECT code FROM core.fact_expenditure WHERE is_leaf ORDER BY code").fetchall() == [("205",), ("20607",)]


def test_sources_by_group_of_an_income_table_without_codes() -> None:
    rows = [row("收入总计", budget="9.00")]
    for group, name, amount in [
        ("一般公共预算资金", "小计", "7.00"),
        ("一般公共预算资金", "公共财政拨款（补助）资金", "7.00"),
        ("政府性基金", "小计", "2.00"),
    ]:
        rows.append(row(name, budget=amount))
        rows[-1].keys["group"] = group
    con = build([File(report(kind="budget", statements=[statement("b02", rows)]))])
    assert con.execute("SELECT source_group, amount_yuan FROM core.fact_income WHERE is_leaf ORDER BY row_no").fetchall() == [
        ("一般公共预算资金", 70000),
        ("政府性基金", 20000),
    ]


@pytest.mark.parametrize(
    ("side", "printed", "line", "kind"),
    [
        ("income", "一、一般公共预算财政拨款收入", "general_public", "source"),
        ("income", "1.一般公共预算资金", "general_public", "source"),
        ("income", "（一）一般公共预算拨款收入", "general_public", "source"),
        ("income", "一、一般公共预算", "general_public", "source"),
        ("income", "2、政府性基金预算", "government_fund", "source"),
        ("income", "三、国有资本经营预算财政拨款收入", "state_capital", "source"),
        ("income", "一、财政拨款收入", "fiscal_appropriation", "source"),
        ("income", "四、上级补助收入", "superior_subsidy", "source"),
        ("income", "五、事业收入", "business_income", "source"),
        ("income", "三、事业单位经营收入", "operating_income", "source"),
        ("income", "七、附属单位上缴收入", "subsidiary_remittance", "source"),
        ("income", "二、财政专户管理资金", "special_account", "source"),
        ("income", "三、其他资金", "other", "source"),
        ("income", "本年收入合计", "current_total", "subtotal"),
        ("income", "当年收入小计", "current_total", "subtotal"),
        ("income", "用事业基金弥补收支差额", "reserve_used", "balance"),
        ("income", "使用非财政拨款结余（含专用结余）", "reserve_used", "balance"),
        ("income", "年初结转和结余", "opening_balance", "balance"),
        ("income", "上年结转资金", "opening_balance", "balance"),
        ("income", "年初财政拨款结转和结余", "opening_balance", "balance"),
        ("income", "收 入 总 计", "grand_total", "total"),
        ("income", "总计", "grand_total", "total"),
        ("expenditure", "八、社会保障和就业支出", "function_class", "class"),
        ("expenditure", "二十四、债务还本支出", "function_class", "class"),
        ("expenditure", "二十六、抗疫特别国债安排的支出", "function_class", "class"),
        ("expenditure", "本年支出合计", "current_total", "subtotal"),
        ("expenditure", "结余分配", "surplus_distribution", "balance"),
        ("expenditure", "年末结转与结余", "closing_balance", "balance"),
        ("expenditure", "结转下年资金", "closing_balance", "balance"),
        ("expenditure", "支出总计", "grand_total", "total"),
        ("expenditure_by_purpose", "一、基本支出", "basic", "purpose"),
        ("expenditure_by_purpose", "三、单位预留机动经费", "contingency_reserve", "purpose"),
        ("expenditure_by_purpose", "其中：人员经费", "personnel", "of_which"),
    ],
)
def test_lines_of_the_summary_in_every_wording(lines, side: str, printed: str, line: str, kind: str) -> None:
    assert lines[(side, printed)] == (line, kind)


@pytest.fixture(scope="module")
def lines() -> dict[tuple[str, str], tuple[str | None, str | None]]:
    mark = next(m for m in test_lines_of_the_summary_in_every_wording.pytestmark if m.name == "parametrize")
    rows = [row(printed, side=side, budget="1.00") for side, printed, _, _ in mark.args[1]]
    con = build([File(report(kind="budget", statements=[statement("b01", rows, "income_expenditure_summary")]))])
    return {
        (s, n): (line, kind)
        for s, n, line, kind in con.execute("SELECT side, name, line, line_kind FROM core.fact_summary_line").fetchall()
    }


def test_the_second_printing_of_a_fund_is_part_of_the_opening_balance() -> None:
    printed = [("一、一般公共预算财政拨款", "9.00"), ("本年收入合计", "9.00"), ("年初财政拨款结转和结余", "1.00")]
    printed += [("一、一般公共预算财政拨款", "1.00"), ("总计", "10.00")]
    rows = [row(n, side="income", final=v) for n, v in printed]
    con = build([File(report(statements=[statement("t04", rows, "fiscal_appropriation_summary")]))])
    assert con.execute("SELECT line, is_leaf FROM core.fact_summary_line ORDER BY row_no").fetchall() == [
        ("general_public", True),
        ("current_total", False),
        ("opening_balance", True),
        ("opening_balance.general_public", False),
        ("grand_total", False),
    ]


def test_a_reused_code_is_two_subjects() -> None:
    """30311 was 住房公积金 until 2017 and is 代缴社会保险费 since; the harmonised code keeps the trend."""
    files = []
    for year, code, name in [(2017, "30311", "住房公积金"), (2018, "30113", "住房公积金"), (2018, "30311", "代缴社会保险费")]:
        t06 = statement("t06", [row(name, code, block="personnel", final="1.00")], "general_public_basic_expenditure")
        files.append(File(report(year=year, statements=[t06], department=f"某市{name}局"), f"{year}{code}"))
    con = build(files)
    assert con.execute("SELECT fiscal_year, code, subject_name, harmonized_code FROM mart.basic_structure ORDER BY ALL").fetchall() == [
        (2017, "30311", "住房公积金", "30113"),
        (2018, "30113", "住房公积金", "30113"),
        (2018, "30311", "代缴社会保险费", "30311"),
    ]


def test_an_unknown_code_stays_usable_and_says_where_it_is_from() -> None:
    rows = [row("合计", total="1.00"), row("没见过的支出", "298", total="1.00")]
    con = build([File(report(statements=[statement("t05", rows, "general_public_expenditure")]))])
    assert con.execute("SELECT name, source, attested_first_year FROM core.dim_subject WHERE code = '298'").fetchall() == [
        ("没见过的支出", "report", 2023)
    ]
    assert one(con, "SELECT amount_wanyuan FROM mart.subject_year WHERE code = '298'") == 1


def test_three_public_scope_and_basis() -> None:
    cells = {
        "budget_total": "5.00",
        "final_total": "4.00",
        "final_abroad": "0.00",
        "final_vehicle_total": "4.00",
        "final_vehicle_operation": "4.00",
    }
    old = statement("t07", [row("三公经费", **cells)], "three_public", title="一般公共预算财政拨款“三公”经费支出决算表")
    new = statement("t07", [row("三公经费", **cells)], "three_public", title="财政拨款“三公”经费支出决算表", note="注：预算数为全年预算数")
    con = build([File(report(year=2021, statements=[old]), "a"), File(report(year=2022, statements=[new]), "b")])
    found = con.execute("SELECT DISTINCT fiscal_year, printed_scope, budget_basis FROM mart.three_public ORDER BY 1").fetchall()
    assert found == [(2021, "general_public", "unknown"), (2022, "fiscal", "annual")]
    assert (
        one(
            con, "SELECT sum(amount_yuan) FROM core.fact_three_public WHERE fiscal_year = 2022 AND stage = 'final' AND NOT is_total_measure"
        )
        == 40000
    )
    breaks = con.execute("SELECT breaks FROM mart.year_on_year WHERE metric = 'three_public_total' AND fiscal_year = 2022").fetchall()
    assert breaks == [("printed scope general_public → fiscal",)]


def test_a_decrease_is_negative_where_it_is_signed() -> None:
    con = build([File(report(facts=[fact("income_expenditure.yoy_change", "3.5", direction="decrease")]))])
    assert con.execute("SELECT amount_yuan, signed_yuan FROM core.fact_disclosure").fetchall() == [(35000, -35000)]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.decimals(0, 99999, places=2), min_size=1, max_size=8))
def test_amounts_are_exact(numbers: list[Decimal]) -> None:
    rows = [row(f"科目{n}", f"205{n + 1:02}", total=f"{v:,.2f}") for n, v in enumerate(numbers)]
    con = build([File(report(statements=[statement("t05", rows, "general_public_expenditure")]))])
    assert one(con, "SELECT sum(amount_yuan) FROM core.fact_expenditure WHERE is_leaf") == sum(numbers) * 10000
    assert one(con, "SELECT sum(amount_wanyuan) FROM mart.subject_year WHERE is_leaf") == sum(numbers)


@needs_reports
def test_real_reports_leave_no_line_unnamed_and_no_amount_out() -> None:
    con = build(real_files())
    assert con.execute("SELECT DISTINCT side, name FROM core.fact_summary_line WHERE line IS NULL").fetchall() == []
    assert one(con, f"SELECT count(*) FROM core.cell WHERE {NUMBERS} AND amount_yuan IS NULL AND printed_unit IN ('元', '万元')") == 0
    assert one(con, "SELECT count(*) FROM core.fact_expenditure WHERE code IS NOT NULL AND subject_key IS NULL") == 0
    assert one(con, "SELECT count(*) FROM core.dim_statement WHERE label_zh IS NULL AND statement NOT IN ('narrative')") == 0


def _keyed(name: str, code: str | None, keys: dict[str, str], **numbers: str) -> Row:
    made = row(name, code, **numbers)
    made.keys.update(keys)
    return made


def test_a_table_by_unit_repeats_its_codes() -> None:
    """浙江、天津 print income and expenditure by unit: an upper unit, a unit with codes under it and one without."""
    a, b = {"unit_code": "101001", "unit_name": "甲"}, {"unit_code": "101002", "unit_name": "乙"}
    rows = [
        row("合计", total="9.00"),
        _keyed("部门", None, {"unit_code": "101", "unit_name": "部门"}, total="9.00"),
        _keyed("甲", None, a, total="5.00"),
        _keyed("教育支出", "205", a, total="5.00"),
        _keyed("教育管理事务", "20501", a, total="5.00"),
        _keyed("乙", None, b, total="4.00"),
        _keyed("教育支出", "205", b, total="4.00"),
    ]
    con = build([File(report(statements=[statement("expenditure_by_unit", rows, "expenditure_by_unit")]))])
    assert con.execute("SELECT row_no, amount_yuan FROM core.fact_expenditure WHERE is_leaf ORDER BY row_no").fetchall() == [
        (5, 50000),
        (7, 40000),
    ]


def test_last_year_and_other_stages_beside_the_years_own_are_not_added() -> None:
    numbers = {"total": "3.00", "basic": "1.00", "project": "2.00", "previous_final": "8.00", "change": "-5.00", "completion_pct": "37.5"}
    rows = [row("合计", **numbers), row("教育支出", "205", **numbers)]
    con = build([File(report(statements=[statement("t03", rows, "expenditure")]))])
    assert con.execute("SELECT measure FROM core.fact_expenditure WHERE is_leaf AND NOT is_total_measure ORDER BY 1").fetchall() == [
        ("basic",),
        ("project",),
    ]
    rows = [row("总计", side="income", initial_budget="1.00", annual_budget="2.00", final="3.00")]
    con = build([File(report(statements=[statement("t01", rows, "income_expenditure_summary")]))])
    assert one(con, "SELECT income_total_wanyuan FROM mart.department_year") == 3


def test_columns_no_reference_row_knows_are_placed_by_their_name() -> None:
    """Sichuan's matrix: 合计, classes of the economic classification, their items."""
    rows = [
        row("教育支出", "205", total="6.00", economic_301="4.00", economic_30101="4.00", general_public_basic="6.00", economic_302="2.00")
    ]
    con = build([File(report(statements=[statement("general_public_expenditure_detail", rows, "general_public_expenditure_detail")]))])
    found = con.execute("SELECT measure, parent_measure, label_zh, fact FROM core.dim_statement ORDER BY measure").fetchall()
    assert found == [
        ("economic_301", "total", "工资福利支出", "expenditure"),
        ("economic_30101", "economic_301", "基本工资", "expenditure"),
        ("economic_302", "total", "商品和服务支出", "expenditure"),
        ("general_public_basic", "total", "一般公共预算财政拨款：基本支出", "expenditure"),
        ("total", None, "合计", "expenditure"),
    ]
