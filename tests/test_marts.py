"""The marts: figures as printed in 万元, nothing mixed, years compared like for like, peers, forms, quality."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import duckdb
import pytest
from _warehouse import (
    GOLD,
    File,
    build,
    expenditure,
    fact,
    finish,
    gold_files,
    needs_gold,
    needs_reports,
    one,
    real_files,
    report,
    row,
    stage,
    statement,
)

from pipelines.warehouse import assemble, models

PANEL = {
    "income_total": "income_total_wanyuan",
    "expenditure_total": "expenditure_total_wanyuan",
    "general_public": "income_general_public_wanyuan",
    "government_fund": "income_government_fund_wanyuan",
    "other_funds": "income_other_wanyuan",
    "basic": "basic_wanyuan",
    "project": "project_wanyuan",
    "contingency_reserve": "contingency_reserve_wanyuan",
    "basic_fiscal_only": "fiscal_basic_wanyuan",
    "three_public_total": "three_public_budget_wanyuan",
    "yoy_change": "yoy_change_wanyuan",
    "yoy_change_pct": "yoy_change_pct",
}


@pytest.fixture(scope="module")
def real() -> duckdb.DuckDBPyConnection:
    return build(real_files())


@needs_gold
@needs_reports
def test_every_row_of_the_panel(real: duckdb.DuckDBPyConnection) -> None:
    with (GOLD / "panel.csv").open(encoding="utf-8-sig") as handle:
        panel = list(csv.DictReader(handle))
    wrong = []
    for r in panel:
        got = real.execute(
            f"SELECT {PANEL[r['metric']]} FROM mart.department_year WHERE fiscal_year = ? AND kind = ? AND scope = ?"
            " AND unit_id IN (SELECT unit_id FROM core.unit_alias WHERE alias = ?)",
            [int(r["year"]), r["kind"], r["scope"], r["department"]],
        ).fetchall()
        text = r["value_wanyuan"] or (r["value"] if r["unit"] == "%" else "")
        sign = -1 if r["metric"].startswith("yoy") and r["note"] == "decrease" else 1
        want = None if text == "" else sign * Decimal(text)
        have = None if len(got) != 1 or got[0][0] is None else Decimal(str(got[0][0]))
        if len(got) != 1 or want != have:
            wrong.append((r["report"], r["year"], r["scope"], r["metric"], text, got))
    assert wrong == [] and len(panel) == 114


@needs_gold
def test_department_year_equals_the_printed_totals() -> None:
    con = build(gold_files())
    slots = {
        ("t01", "总计", "income", "final"): "income_total",
        ("t01", "总计", "expenditure", "final"): "expenditure_total",
        ("t01", "本年收入合计", "income", "final"): "income_current",
        ("t03", "合计", None, "basic"): "basic",
        ("t03", "合计", None, "project"): "project",
        ("t05", "合计", None, "total"): "general_public_expenditure",
        ("t07", "三公经费", None, "final_total"): "three_public_final",
        ("b01", "收入总计", "income", "budget"): "income_total",
        ("b01", "支出合计", "expenditure", "budget"): "expenditure_total",
        ("b03", "合计", None, "basic"): "basic",
        ("b08", "合计", None, "total"): "general_public_basic",
        ("b09", "三公经费", None, "budget_total"): "three_public_budget",
        ("b13", "合计", None, "total"): "procurement_total",
    }
    checked = 0
    for path in sorted(GOLD.glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        for (key, name, side, measure), column in slots.items():
            for r in data["tables"].get(key, {}).get("rows", []):
                if r["name"] == name and r.get("side") == side and not r.get("code") and r["values"].get(measure) is not None:
                    got = con.execute(
                        f"SELECT {column}_wanyuan FROM mart.department_year AS d JOIN core.dim_report USING (report_id)"
                        " WHERE department = ? AND d.fiscal_year = ?", [data["report"]["department"], data["report"]["fiscal_year"]]
                    ).fetchone()  # fmt: skip
                    factor = 10000 if data["tables"][key].get("unit_of_amount", data["report"]["unit_of_amount"]) == "元" else 1
                    assert got and got[0] == Decimal(str(r["values"][measure])) / factor, (path.name, key, name, measure)
                    checked += 1
    assert checked >= 20


@needs_reports
def test_years_computed_equal_years_stated(real: duckdb.DuckDBPyConnection) -> None:
    """人大, 政协, 万里: what the texts say of the change is what the reports of both years print."""
    found = real.execute(
        "SELECT unit_name, count(*), count_if(agrees_with_previous) FROM mart.year_on_year WHERE stated_change_wanyuan IS NOT NULL"
        " AND previous_basis = 'reported' GROUP BY ALL"
    ).fetchall()
    assert {name for name, *_ in found} == {"江苏省人大常委会办公厅", "江苏省政协办公厅", "上海市普陀区人民政府万里街道办事处"}
    assert all(stated == agrees and stated >= 6 for _, stated, agrees in found), found


@needs_gold
def test_project_forms_carry_their_printed_scores() -> None:
    con = build([f for f in gold_files() if "jiyuan" in f.name])
    data = next(json.loads(p.read_text("utf-8")) for p in GOLD.glob("jiyuan*.json"))
    got = con.execute(
        "SELECT form_no, project_name, executed_wanyuan, printed_score FROM mart.project_performance ORDER BY form_no"
    ).fetchall()
    want = [
        (e["form_no"], e["project_name"], e["funds"][0]["executed"], e.get("total_score"))
        for e in sorted(data["self_evaluations"], key=lambda e: e["form_no"])
    ]
    assert [(n, p, None if x is None else float(x), s) for n, p, x, s in got] == want and len(got) == 40


# -- small warehouses


def _budget(total: str) -> list:
    rows = [row("合计", total=total), row("社会保障和就业支出", "208", total=total), row("行政事业单位养老支出", "20805", total=total),
            row("行政单位离退休", "2080501", total=total)]  # fmt: skip
    return [statement("b07", rows, "general_public_expenditure")]


def test_budget_and_final_stand_side_by_side_and_apart() -> None:
    item = {"item_name": "行政单位离退休", "item_code": "2080501"}
    stated = [fact("function_item.initial_budget", "50.00", **item), fact("function_item.final", "60.00", **item),
              fact("function_item.completion_pct", "120", "%", **item)]  # fmt: skip
    final = expenditure()
    final.append(statement("t05", [row("行政单位离退休", "2080501", total="60.00")], "general_public_expenditure"))
    con = build([
        File(report(kind="final", statements=final, facts=stated), "final"),
        File(report(kind="budget", statements=_budget("48.00")), "budget"),
        File(report(kind="budget", scope="unit", statements=_budget("40.00")), "unit"),
    ])  # fmt: skip
    assert con.execute(
        "SELECT scope, budget_report_wanyuan, initial_wanyuan, final_wanyuan, execution_of_initial_pct, stated_completion_pct"
        " FROM mart.budget_execution WHERE code = '2080501' ORDER BY scope"
    ).fetchall() == [("department", 48, 50, 60, 120.0, 120.0), ("unit", 40, None, None, None, None)]
    assert con.execute("SELECT kind, scope, count(*) FROM mart.department_year GROUP BY ALL ORDER BY ALL").fetchall() == [
        ("budget", "department", 1),
        ("budget", "unit", 1),
        ("final", "department", 1),
    ]


def test_a_missing_year_is_filled_as_implied_and_never_as_reported() -> None:
    change = [fact("income_expenditure.yoy_change", "7", direction="decrease")]
    con = build([File(report(year=2023, statements=expenditure(), facts=change))])
    assert con.execute(
        "SELECT fiscal_year, is_implied, amount_wanyuan, previous_basis FROM mart.year_on_year"
        " WHERE metric = 'expenditure_total' ORDER BY 1"
    ).fetchall() == [(2022, True, 114, None), (2023, False, 107, "implied")]
    assert one(con, "SELECT count(*) FROM mart.department_year") == 1
    both = build(
        [
            File(report(year=2023, statements=expenditure(), facts=change), "b"),
            File(report(year=2022, statements=expenditure("107.00")), "a"),
        ]
    )
    assert both.execute(
        "SELECT is_implied, previous_wanyuan, previous_basis, agrees_with_previous FROM mart.year_on_year"
        " WHERE metric = 'expenditure_total' AND fiscal_year = 2023"
    ).fetchall() == [(False, 114, "reported", True)]
    assert one(both, "SELECT count(*) FROM mart.year_on_year WHERE is_implied") == 0


def test_a_stated_change_that_is_wrong_is_seen() -> None:
    change = [fact("income_expenditure.yoy_change", "7.02", direction="decrease")]
    con = build(
        [
            File(report(year=2023, statements=expenditure(), facts=change), "b"),
            File(report(year=2022, statements=expenditure("107.00")), "a"),
        ]
    )
    assert con.execute(
        "SELECT DISTINCT agrees_with_previous FROM mart.year_on_year WHERE metric = 'expenditure_total' AND fiscal_year = 2023"
    ).fetchall() == [(False,)]


def test_real_terms() -> None:
    con = build([File(report(year=2023, statements=expenditure()))])
    assert con.execute(
        "SELECT round(real_wanyuan, 4), price_base_year FROM mart.year_on_year WHERE metric = 'expenditure_total'"
    ).fetchall() == [(107.214, 2024)]


def test_peers_are_of_one_function_level_kind_and_scope() -> None:
    names = [
        ("河南省济源市", "济源市财政局", "90.00"),
        ("上海市普陀区", "上海市普陀区财政局", "100.00"),
        ("浙江省舟山市普陀区", "浙江省舟山市普陀区财政局", "120.00"),
    ]
    files = [File(report(n, region=r, statements=expenditure(total)), n) for r, n, total in names]
    files.append(File(report("江苏省财政厅", region="江苏省", statements=expenditure("999.00")), "province"))
    con = build(files)
    assert con.execute(
        "SELECT unit_name, value, rank_from_top, peers, ratio_to_median FROM mart.peer_comparison"
        " WHERE metric = 'expenditure_total' AND peer_group = 'finance|district' ORDER BY 3"
    ).fetchall() == [
        ("浙江省舟山市普陀区财政局", 127, 1, 3, 1.1869),
        ("上海市普陀区财政局", 107, 2, 3, 1.0),
        ("济源市财政局", 97, 3, 3, 0.9065),
    ]


def test_a_quarantined_report_reaches_no_mart_but_its_quality_is_told() -> None:
    con = duckdb.connect()
    stage(con, [File(report("济源市财政局", statements=expenditure()), "a"), File(report("济源市民政局", statements=expenditure()), "b")])
    assemble.assemble(con)
    finish(con, admit=False)
    con.execute(
        "INSERT INTO quality.verdict BY NAME SELECT report_id, 50 AS score,"
        " CASE WHEN department = '济源市财政局' THEN 'quarantined' ELSE 'admitted_with_findings' END AS verdict, ['x'] AS reasons"
        " FROM core.dim_report"
    )
    models.run(con, models.layer("mart"))
    assert con.execute("SELECT unit_name FROM mart.department_year").fetchall() == [("济源市民政局",)]
    for mart in models.layer("mart"):
        if mart not in ("mart.report_quality", "mart.unit_timeline"):
            assert con.execute(f"SELECT count(*) FROM {mart} WHERE unit_name = '济源市财政局'").fetchone() == (0,), mart
    assert con.execute("SELECT unit_name, verdict FROM mart.report_quality ORDER BY 1").fetchall() == [
        ("济源市民政局", "admitted_with_findings"),
        ("济源市财政局", "quarantined"),
    ]


def test_repairs_stand_beside_the_printed_amount() -> None:
    con = duckdb.connect()
    stage(con, [File(report(statements=expenditure()))])
    assemble.assemble(con)
    finish(con)
    con.execute(
        "INSERT INTO quality.repair SELECT cell_id, 610000, 'misread', 'second reading' FROM core.cell"
        " WHERE code = '2080501' AND measure = 'total'"
    )
    models.run(con, models.layer("mart"))
    assert con.execute(
        "SELECT amount_wanyuan, repaired_wanyuan FROM mart.subject_year WHERE code = '2080501' AND measure = 'total'"
    ).fetchall() == [(60, 61)]
    assert one(con, "SELECT amount_yuan FROM core.fact_expenditure WHERE code = '2080501' AND measure = 'total'") == 600000


def test_a_code_printed_twice_is_shown_once_and_counted() -> None:
    rows = [row("教育支出", "205", total="3.00"), row("教育支出", "205", total="4.00")]
    con = build([File(report(statements=[statement("t05", rows, "general_public_expenditure")]))])
    assert con.execute("SELECT amount_wanyuan, printed_rows FROM mart.subject_year").fetchall() == [(3, 2)]
    assert one(con, "SELECT count(*) FROM core.fact_expenditure") == 2


def test_timeline_tells_names_reports_and_revisions() -> None:
    names = [("济源市人大办公室", 2021, "100.00"), ("济源市人大常委会办公室", 2022, "100.00"), ("济源市人大常委会办公室", 2022, "90.00")]
    files = [File(report(name, year, statements=expenditure(total)), f"{year}{total}") for name, year, total in names]
    con = build(files)
    assert con.execute("SELECT fiscal_year, event FROM mart.unit_timeline ORDER BY 1, 2").fetchall() == [
        (2021, "name"), (2021, "published"), (2022, "name"), (2022, "published"), (2022, "rename"), (2022, "revised"),
    ]  # fmt: skip
