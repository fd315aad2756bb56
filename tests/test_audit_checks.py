"""One small report for each trap of the audit: what is an error, what is rounding, what is neither, which cell is blamed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.audit import checks, identities, second_reading, variants
from pipelines.documents.model import Locator, LocatorKind
from pipelines.reports.model import Claim, Identity, NarrativeFact, ReadingFinding, Report, Row, Statement, Value
from pipelines.settings import Home
from pipelines.warehouse.build import Build

MEASURES = ("total", "basic", "project")


def number(text: str | None) -> Value:
    return Value(text or "", Decimal(text.replace(",", "")) if text else None)


def rows(lines: list[tuple[str | None, str, str]], measures: tuple[str, ...] = MEASURES) -> list[Row]:
    """(code, name, "10.00 6.00 4.00"); "." is a blank."""
    out = []
    for code, name, numbers in lines:
        values = {m: number(None if n == "." else n) for m, n in zip(measures, numbers.split(), strict=True)}
        out.append(Row(name, code, values))
    return out


def statement(key: str, lines: list[Row], unit: str = "万元", note: str | None = None) -> Statement:
    return Statement(key, "expenditure", "支出决算表", unit, lines, pages=[3], note=note)


def report(
    *statements: Statement, kind: str = "final", facts: list[NarrativeFact] | None = None, claims: list[Claim] | None = None, **more: Any
) -> Report:
    identity = Identity("东岭市", "东岭市水文站", 2023, kind, "department")  # type: ignore[arg-type]
    return Report(identity, "万元", statements=list(statements), facts=facts or [], claims=claims or [], report_id="r", **more)


def fact(
    metric: str, value: str, unit: str = "万元", direction: str | None = None, section: str = "一、总体", **more: Any
) -> NarrativeFact:
    return NarrativeFact(section, metric, Decimal(value.replace(",", "")), value, unit, "", direction=direction, **more)


def found(*reports: Report) -> list[dict[str, Any]]:
    return findings(checks.audit_reports(reports))


def findings(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = con.execute("SELECT * FROM quality.finding ORDER BY severity, check_id")
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def serious(*reports: Report) -> list[dict[str, Any]]:
    return [f for f in found(*reports) if f["severity"] != "info"]


TREE = [
    (None, "合计", "100.00 60.00 40.00"),
    ("201", "一般公共服务支出", "70.00 50.00 20.00"),
    ("20106", "财政事务", "70.00 50.00 20.00"),
    ("2010601", "行政运行", "50.00 50.00 ."),
    ("2010602", "一般行政管理事务", "20.00 . 20.00"),
    ("208", "社会保障和就业支出", "30.00 10.00 20.00"),
    ("20805", "行政事业单位养老支出", "30.00 10.00 20.00"),
    ("2080501", "行政单位离退休", "30.00 10.00 20.00"),
]


def changed(place: int, line: str) -> list[tuple[str | None, str, str]]:
    return [(c, n, line if i == place else v) for i, (c, n, v) in enumerate(TREE)]


def test_a_clean_statement_raises_nothing() -> None:
    assert serious(report(statement("t03", rows(TREE)))) == []


def test_a_wrong_digit_is_located_and_mended() -> None:
    broken = serious(report(statement("t03", rows(changed(4, "20.00 . 26.00")))))
    assert {f["check_id"] for f in broken} == {"across_expenditure", "parent_children"}
    assert {f["suspect_cell_id"].split(":", 1)[1] for f in broken} == {"t03#1:5:project"}
    assert {f["suggested_yuan"] for f in broken} == {Decimal("200000.00")}


def test_a_blank_among_printed_parts_is_filled() -> None:
    broken = serious(report(statement("t03", rows(changed(3, "50.00 . .")))))
    assert {(f["suspect_cell_id"].split(":", 1)[1], f["suggested_yuan"]) for f in broken} == {("t03#1:4:basic", Decimal("500000.00"))}


def test_two_numbers_that_changed_places_are_both_named() -> None:
    lines = changed(3, "20.00 50.00 .")
    lines[4] = ("2010602", "一般行政管理事务", "50.00 . 20.00")
    con = checks.audit_reports([report(statement("t03", rows(lines)))])
    blamed = {
        c.split(":", 1)[1]: v for c, v in con.execute("SELECT cell_id, suggested_yuan FROM quality.suspect WHERE edit = 'swap'").fetchall()
    }
    assert blamed == {"t03#1:4:total": Decimal("500000.00"), "t03#1:5:total": Decimal("200000.00")}


@pytest.mark.parametrize(
    ("answer", "severity", "kinds"), [("misread", "warning", {"misread"}), ("printed_so", "error", {"row_sum", "parent_child"})]
)
def test_a_second_reading_tells_misprint_from_misreading(answer: str, severity: str, kinds: set[str]) -> None:
    con = checks.audit_reports([report(statement("t03", rows(changed(4, "20.00 . 26.00"))))])
    con.execute("UPDATE quality.suspect SET second_reading = ?", [answer])
    second_reading.settle(con)
    second_reading.settle(con)
    broken = [f for f in findings(con) if f["severity"] != "info"]
    assert {f["severity"] for f in broken} == {severity}
    assert {f["kind"] for f in broken} == kinds
    assert con.execute("SELECT errors > 0, verdict FROM quality.verdict").fetchone() == (severity == "error", "admitted_with_findings")


@pytest.mark.parametrize(("kind", "repaired"), [("scan", [Decimal("200000.00")]), ("pdf", [])])
def test_a_number_of_a_scan_is_repaired_beside_its_reading(kind: LocatorKind, repaired: list[Decimal]) -> None:
    lines = rows(changed(4, "20.00 . 26.00"))
    for value in lines[4].values.values():
        value.locator = Locator(kind, page=3)
    con = checks.audit_reports([report(statement("t03", lines))])
    assert [v for (v,) in con.execute("SELECT repaired_yuan FROM quality.repair").fetchall()] == repaired
    assert con.execute("SELECT amount_yuan FROM core.cell WHERE printed = '26.00'").fetchall() == [(Decimal("260000.00"),)]


def test_a_level_that_is_not_printed_is_bridged() -> None:
    lines = [(c, n, v) for c, n, v in TREE if c is None or len(c) != 5]
    assert serious(report(statement("t03", rows(lines)))) == []
    lines[2] = ("2010601", "行政运行", "51.00 51.00 .")
    assert "parent_children" in {f["check_id"] for f in serious(report(statement("t03", rows(lines))))}


def test_half_a_last_digit_of_each_term_is_rounding() -> None:
    one = found(report(statement("t03", rows(changed(4, "20.01 . 20.01")))))
    assert {(f["severity"], f["is_rounding"]) for f in one if f["kind"] != "presence"} == {("info", True)}


def test_lost_zeros_do_not_widen_the_tolerance() -> None:
    lines = [(c, n, v.replace(".00", "")) for c, n, v in TREE]
    lines[5] = ("208", "社会保障和就业支出", "30.00 10.00 20.00")
    lines[4] = ("2010602", "一般行政管理事务", "20.2 . 20.2")
    assert serious(report(statement("t03", rows(lines))))


def test_a_table_by_unit_repeats_its_codes() -> None:
    blocks = [*TREE[1:], *TREE[1:]]
    assert serious(report(statement("t03", rows([(None, "合计", "200.00 120.00 80.00"), *blocks])))) == []


def test_parts_of_parts_are_not_added_twice() -> None:
    lines = [
        ("一、本年收入", "10.00"),
        ("（一）一般公共预算", "7.00"),
        ("1.经费拨款", "4.00"),
        ("2.专项收入", "3.00"),
        ("（二）政府性基金", "3.00"),
        ("收入总计", "10.00"),
    ]
    income = [Row(name, None, {"budget": number(value)}, side="income") for name, value in lines]
    expenditure = [Row("支出总计", None, {"budget": number("10.00")}, side="expenditure")]
    assert serious(report(statement("b01", [*income, *expenditure]), kind="budget")) == []
    income[4].values["budget"] = number("2.00")
    assert "sub_items" in {f["check_id"] for f in serious(report(statement("b01", [*income, *expenditure]), kind="budget"))}


def test_a_row_with_an_unknown_column_is_not_added_up() -> None:
    lines = rows(TREE)
    for row in lines:
        row.values["transfer"] = number("5.00")
    assert [f for f in serious(report(statement("t03", lines))) if f["check_id"] == "across_expenditure"] == []


def test_a_dropped_level_is_missed_only_where_others_print_it() -> None:
    lines = [*TREE, ("210", "卫生健康支出", "0.00 . ."), ("21011", "行政事业单位医疗", "0.00 . ."), ("2101101", "行政单位医疗", "0.00 . .")]
    del lines[6]
    assert [f["check_id"] for f in serious(report(statement("t03", rows(lines))))] == ["missing_row"]


def test_stated_in_wan_yuan_of_a_table_in_yuan() -> None:
    table = statement("b07", rows([(None, "合计", "877051.00 877051.00 ."), ("208", "社会保障", "877051.00 877051.00 .")]), unit="元")
    rounded = report(table, kind="budget", facts=[fact("general_public.expenditure", "87.71")])
    cut = report(table, kind="budget", facts=[fact("general_public.expenditure", "87.70")])
    wrong = report(table, kind="budget", facts=[fact("general_public.expenditure", "887.71")])
    assert [f for f in found(rounded) if f["kind"] == "table_vs_narrative"] == []
    assert [f["severity"] for f in found(cut) if f["kind"] == "table_vs_narrative"] == ["info"]
    [f] = [f for f in found(wrong) if f["kind"] == "table_vs_narrative"]
    assert (f["severity"], f["suspect_cell_id"].rsplit(":", 1)[1], f["suggested_yuan"]) == (
        "error",
        "general_public.expenditure",
        Decimal("877100.00"),
    )


@pytest.mark.parametrize(
    ("printed", "severity"), [("60.00", None), ("60.01", "info"), ("60.02", "info"), ("60.03", "error"), ("06.00", "error"), ("60", None)]
)
def test_a_percentage_may_be_off_by_two_last_digits(printed: str, severity: str | None) -> None:
    said = [fact("expenditure.total", "1000.00"), fact("expenditure.basic", "600.00"), fact("expenditure.basic.share_pct", printed, "%")]
    got = [f["severity"] for f in found(report(facts=said)) if f["check_id"] == "share_pct"]
    assert got == ([severity] if severity else [])


def test_a_change_in_percent_is_of_last_year() -> None:
    said = [
        fact("agency_operating.amount", "184.65"),
        fact("agency_operating.yoy_change", "2.55", direction="increase"),
        fact("agency_operating.yoy_change_pct", "1.40", "%", direction="increase"),
    ]
    assert serious(report(facts=said)) == []
    said[2] = fact("agency_operating.yoy_change_pct", "14.0", "%", direction="increase")
    assert [f["check_id"] for f in serious(report(facts=said))] == ["yoy_pct"]


def test_a_fall_of_a_small_amount_in_percent() -> None:
    """0.07 after a fall of 0.22: last year 0.28 to 0.30, so anything from 72 to 80 % may be right."""
    for printed, errors in (("76.69", []), ("84.00", ["yoy_pct"])):
        said = [
            fact("agency_operating.amount", "0.07"),
            fact("agency_operating.yoy_change", "0.22", direction="decrease"),
            fact("agency_operating.yoy_change_pct", printed, "%", direction="decrease"),
        ]
        assert [f["check_id"] for f in serious(report(facts=said))] == errors


def test_an_increase_greater_than_the_amount() -> None:
    said = [fact("government_fund.expenditure", "0"), fact("government_fund.yoy_change", "1421.25", direction="increase")]
    assert [f["check_id"] for f in serious(report(facts=said))] == ["prior_negative"]


def test_a_filled_table_that_calls_itself_empty() -> None:
    note = "注：本部门2023年无此项预算，故本表为空表。"
    filled = statement("t08", rows([(None, "合计", "5.00")], ("expenditure_total",)), note=note)
    empty = statement("t08", rows([(None, "合计", ".")], ("expenditure_total",)), note=note)
    hint = statement("t08", rows([(None, "合计", "5.00")], ("expenditure_total",)), note="注：如本表为空表，请说明。")
    assert [f["check_id"] for f in serious(report(filled))] == ["empty_note"]
    assert serious(report(empty)) == []
    assert serious(report(hint)) == []


def test_stated_income_by_fund_and_what_may_belong_to_it() -> None:
    """收入合计 is divided by fund where 财政拨款收入 is not stated; where a number may belong to the sum or not, nothing is judged."""
    by_fund = [fact("income.total", "376.50"), fact("income.general_public", "100.80"), fact("income.government_fund", "60.50")]
    business = fact("income.business_income", "214.80")
    other, carried = fact("income.other", "0.40"), fact("income.carry_over", "9.00")
    assert serious(report(facts=[*by_fund, business, other])) == []
    assert [f["check_id"] for f in serious(report(facts=[*by_fund, business]))] == ["income_parts"]
    assert serious(report(facts=[*by_fund, business, carried])) == []
    assert serious(report(facts=[*by_fund, business, fact("income.non_tax", "0.40")])) == []
    # stated as a whole too, the funds are parts of that part
    whole = [fact("income.total", "376.10"), fact("income.fiscal_appropriation", "161.30"), *by_fund[1:], business]
    assert serious(report(facts=whole)) == []


def test_a_claim_against_its_numbers() -> None:
    item = {"item_code": "2010601", "item_name": "行政运行"}
    said = [fact("function_item.initial_budget", "10.00", **item), fact("function_item.final", "12.00", **item)]
    smaller = [Claim("一、总体", "comparison_claim", "决算数小于预算数的主要原因", item_code="2010601", item_name="行政运行")]
    greater = [Claim("一、总体", "comparison_claim", "决算数大于预算数的主要原因", item_code="2010601", item_name="行政运行")]
    assert [f["check_id"] for f in serious(report(facts=said, claims=smaller))] == ["comparison_claim"]
    assert serious(report(facts=said, claims=greater)) == []


def test_a_claim_of_an_item_whose_name_stands_twice() -> None:
    """行政运行 under two 款 of one section: a claim is of one of them, and accuses only where neither fits it."""

    def said(section: str, budget: str, final: str) -> list[NarrativeFact]:
        item = {"item_name": "行政运行", "item_section": section}
        return [fact("function_item.initial_budget", budget, **item), fact("function_item.final", final, **item)]

    smaller = [Claim("一、总体", "comparison_claim", "决算数小于年初预算数。", item_name="行政运行")]
    one_fits = said("财政事务", "10.00", "9.00") + said("水利", "10.00", "12.00")
    neither = said("财政事务", "10.00", "11.00") + said("水利", "10.00", "12.00")
    assert serious(report(facts=one_fits, claims=smaller)) == []
    assert [f["check_id"] for f in serious(report(facts=neither, claims=smaller))] == ["comparison_claim"]


def test_what_is_no_identity_raises_nothing() -> None:
    """机关运行经费 is not 公用经费; full completion of an adjusted budget; 三公 beyond basic expenditure."""
    basic = Statement(
        "t06",
        "basic",
        "基本支出决算表",
        "万元",
        rows([("302", "商品和服务支出", "20.00"), ("30201", "办公费", "19.00"), ("30217", "公务接待费", "1.00")], ("final",)),
    )
    three = Statement("t07", "three_public", "三公", "万元", rows([(None, "三公经费", "9.00 9.00")], ("final_total", "final_reception")))
    said = [
        fact("basic.public", "20.00", section="六"),
        fact("agency_operating.amount", "15.00", section="十"),
        fact("general_public.initial_budget", "90.00", section="五"),
        fact("general_public.final", "100.00", section="五"),
        fact("general_public.completion_pct", "100", "%", section="五"),
    ]
    assert serious(report(basic, three, facts=said)) == []


def test_a_reading_error_of_a_core_statement_quarantines_and_a_misprint_does_not() -> None:
    misprint = report(statement("t03", rows(changed(4, "20.00 . 26.00"))))
    unread = report(statement("t03", rows(TREE)), findings=[ReadingFinding("reading.no_head", "error", "no head", "t03")])
    extra = report(statement("t03", rows(TREE)), findings=[ReadingFinding("reading.no_head", "error", "no head", "debt")])
    unread.report_id, extra.report_id = "s", "t"
    con = checks.audit_reports([misprint, unread, extra])
    verdicts = dict(con.execute("SELECT report_id, verdict FROM quality.verdict").fetchall())
    assert verdicts == {"r": "admitted_with_findings", "s": "quarantined", "t": "admitted_with_findings"}


def test_the_audit_leaves_no_temporary_tables_and_the_same_findings() -> None:
    one = report(statement("t03", rows(changed(4, "20.00 . 26.00"))))
    con = checks.audit_reports([one])
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 'a_')").fetchone() == (0,)
    again = checks.audit_reports([one])
    query = "SELECT * FROM quality.finding ORDER BY finding_id"
    assert con.execute(query).fetchall() == again.execute(query).fetchall()


cents = st.integers(min_value=0, max_value=10**9)


@settings(max_examples=8, deadline=None)
@given(leaves=st.lists(st.tuples(cents, cents), min_size=2, max_size=6), slip=st.integers(min_value=20, max_value=10**8), data=st.data())
def test_sums_hold_or_break(leaves: list[tuple[int, int]], slip: int, data: st.DataObject) -> None:
    """A tree of true sums raises nothing; one leaf that is off by more than the tolerance is always found."""

    def text(cent: int) -> str:
        return f"{Decimal(cent) / 100:.2f}"

    def line(code: str | None, name: str, basic: int, project: int) -> tuple[str | None, str, str]:
        return code, name, f"{text(basic + project)} {text(basic)} {text(project)}"

    basic, project = sum(b for b, _ in leaves), sum(p for _, p in leaves)
    parents: list[tuple[str | None, str]] = [(None, "合计"), ("201", "一般公共服务支出"), ("20106", "财政事务")]
    lines = [line(c, n, basic, project) for c, n in parents]
    lines += [line(f"20106{i:02}", f"科目{i}", b, p) for i, (b, p) in enumerate(leaves, 1)]
    true = report(statement("t03", rows(lines)))
    place = data.draw(st.integers(min_value=3, max_value=len(lines) - 1))
    b, p = leaves[place - 3]
    lines[place] = (lines[place][0], lines[place][1], f"{text(b + p)} {text(b + slip)} {text(p)}")
    false = report(statement("t03", rows(lines)))
    false.report_id = "false"
    assert {f["report_id"] for f in serious(true, false)} == {"false"}


def test_a_bad_identity_is_named(tmp_path: Path) -> None:
    good = identities.load()
    assert len({c[0] for c in good.checks()}) == len(list(good.checks()))
    source = Path(identities.code_data("expectations") / "identities.yml").read_text(encoding="utf-8")
    for old, new, why in (
        ("t01/income/grand_total/final", "t01-income", "is no slot"),
        ("law: form}", "law: nowhere}", "unknown law"),
        ("id: balance_t04,", "id: balance_t01,", "twice"),
        ("min: 2", "min: 0", "greater than or equal"),
    ):
        file = tmp_path / "identities.yml"
        file.write_text(source.replace(old, new, 1), encoding="utf-8")
        identities.load.cache_clear()
        with pytest.raises(identities.BadIdentities, match=why):
            identities.load(file)
    identities.load.cache_clear()


def test_name_variants() -> None:
    members = ["东岭市社会劳动保险管理局", "东岭市失业保险处", "东岭市人事考试中心"]
    assert variants.unit_variants(members, ["东岭市社会保险管理局", "东岭市失业保险处", "东岭市水务局"]) == {
        "东岭市社会保险管理局": "东岭市社会劳动保险管理局"
    }
    projects = ["企业离休人员和建国前工人健康体检费及文明城市奖", "服务大厅工作经费"]
    quoted = ["原因是专项“企业离休人员和建国前工人健康休养费及文明城市奖”未支付"]
    assert variants.project_variants(projects, quoted) == {projects[0]: "企业离休人员和建国前工人健康休养费及文明城市奖"}
    assert variants.project_variants([*projects, "企业离休人员和建国前工人健康休养费及文明城市奖"], quoted) == {}
    assert variants.project_variants(projects, [f"专项“{projects[0]}”"]) == {}


def test_the_build_settles_what_the_second_reading_says(tmp_path: Path) -> None:
    con = checks.audit_reports([report(statement("t03", rows(changed(4, "20.00 . 26.00"))))])
    build = Build(Home(tmp_path), "v", [], "f", con=con)
    cells = [c for (c,) in con.execute("SELECT cell_id FROM quality.suspect").fetchall()]
    build.second_readings([(c, "misread", "20.00") for c in cells])
    assert {f["kind"] for f in findings(con) if f["severity"] != "info"} == {"misread"}
    assert con.execute("SELECT errors FROM quality.verdict").fetchone() == (0,)


def changes(*parts: tuple[str, str, str]) -> list[NarrativeFact]:
    """(metric, amount, direction): stated changes against last year."""
    return [
        NarrativeFact("八、“三公”经费", f"{metric}.yoy_change", Decimal(amount), amount, "万元", "…", direction=way)
        for metric, amount, way in parts
    ]


def test_a_direction_that_the_sum_of_changes_contradicts() -> None:
    said = [
        ("three_public", "3.00", "decrease"),
        ("three_public.vehicle", "5.00", "increase"),
        ("three_public.reception", "2.00", "decrease"),
    ]
    broken = [f for f in findings(checks.audit_reports([report(facts=changes(*said))])) if f["severity"] != "info"]
    assert [(f["check_id"], f["suspect_cell_id"].split(":")[2]) for f in broken] == [("direction_sum", "1")]
    said[0] = ("three_public", "3.00", "increase")
    assert not [f for f in findings(checks.audit_reports([report(facts=changes(*said))])) if f["severity"] != "info"]


@pytest.mark.parametrize(
    ("other", "found"),
    [(None, [("subject_name_short", "info")]), ("其他工资福利支出", [("subject_name_variant", "warning")])],
)
def test_a_subject_name_cut_short(other: str | None, found: list[tuple[str, str]]) -> None:
    def one(key: str, name: str) -> Statement:
        return statement(key, rows([("301", "工资福利支出", "5.00"), ("30199", name, "5.00")], ("total",)))

    several = [one("b08", "其他工资福利"), *([one("b06", other)] if other else [])]
    con = checks.audit_reports([report(*several, kind="budget")])
    kept = [f for f in findings(con) if f["kind"] == "name_variant"]
    assert [(f["check_id"], f["severity"]) for f in kept] == found
