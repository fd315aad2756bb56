"""What published reports showed that no report here prints: amounts beside the wrong subjects, a total without a place for its amounts."""

from __future__ import annotations

import pytest
from test_audit_checks import fact, found, number, report, rows, serious, statement

from pipelines.reports.model import Row

WHOLE = [
    (None, "合计", "178.00 96.00 82.00"),
    ("201", "一般公共服务支出", "71.00 51.00 20.00"),
    ("20106", "财政事务", "71.00 51.00 20.00"),
    ("2010601", "行政运行", "51.00 51.00 ."),
    ("2010602", "一般行政管理事务", "20.00 . 20.00"),
    ("207", "文化旅游体育与传媒支出", "3.00 . 3.00"),
    ("20709", "旅游发展基金支出", "3.00 . 3.00"),
    ("2070904", "地方旅游开发项目补助", "3.00 . 3.00"),
    ("208", "社会保障和就业支出", "45.00 45.00 ."),
    ("20805", "行政事业单位养老支出", "45.00 45.00 ."),
    ("2080501", "行政单位离退休", "31.00 31.00 ."),
    ("2080505", "机关事业单位基本养老保险缴费支出", "14.00 14.00 ."),
    ("213", "农林水支出", "59.00 . 59.00"),
    ("21303", "水利", "59.00 . 59.00"),
    ("2130306", "水利工程运行与维护", "37.00 . 37.00"),
    ("2130399", "其他水利支出", "22.00 . 22.00"),
]
FUND = ("207", "20709", "2070904")


def general_public(shifted: bool) -> list[tuple[str | None, str, str]]:
    """The whole without what a fund pays; shifted: the subjects of the fund are printed as well, every amount after them three rows up."""
    amounts = [v for c, _, v in WHOLE if c not in FUND]
    amounts[0] = "175.00 96.00 79.00"
    if not shifted:
        return [(c, n, v) for (c, n, _), v in zip([x for x in WHOLE if x[0] not in FUND], amounts, strict=True)]
    return [(c, n, v) for (c, n, _), v in zip(WHOLE, [*amounts, "4.00 4.00 .", "5.00 5.00 .", "6.00 6.00 ."], strict=True)]


def test_amounts_beside_the_wrong_subjects_are_one_finding() -> None:
    right = [statement("t03", rows(WHOLE)), statement("t05", rows(general_public(shifted=False)))]
    assert serious(report(*right)) == []
    wrong = report(
        statement("t03", rows(WHOLE)),
        statement("t05", rows(general_public(shifted=True))),
        facts=[fact("general_public.function_class.amount", "45.00", item_code="208", item_name="社会保障和就业支出")],
    )
    [f] = serious(wrong)
    assert (f["check_id"], f["severity"], f["statement"]) == ("rows_shifted", "error", "t05")
    assert "自 207 文化旅游体育与传媒支出 起" in f["message"] and "其后第 3 行" in f["message"]
    assert f["suspect_cell_id"] is None
    # what follows from it is said, and accuses nobody
    assert {x["severity"] for x in found(wrong) if x["check_id"] == "parent_children"} == {"info"}


def test_single_wrong_amounts_are_no_shift() -> None:
    lines = [(c, n, {"208": "54.00 54.00 .", "213": "95.00 . 95.00", "20106": "17.00 . 17.00"}.get(c or "", v)) for c, n, v in WHOLE]
    ids = {f["check_id"] for f in serious(report(statement("t03", rows(WHOLE)), statement("t05", rows(lines))))}
    assert "rows_shifted" not in ids and "parent_children" in ids


MEASURES = ("opening_balance", "income", "expenditure_total", "expenditure_basic", "expenditure_project", "closing_balance")


def fund(total: dict[str, str]) -> list[Row]:
    lines = rows([("212", "城乡社区支出", "0 30.00 30.00 . 30.00 0"), ("21208", "土地出让支出", "0 30.00 30.00 . 30.00 0")], MEASURES)
    return [Row("合计", None, {m: number(v) for m, v in total.items()}), *lines]


def test_a_total_that_has_no_place_for_its_amounts_is_not_blank() -> None:
    amounts = {"total": number("130.00"), "general_public": number("100.00"), "government_fund": number("30.00")}
    summary = [Row(name, None, amounts, side="expenditure") for name in ("一、城乡社区支出", "本年支出合计")]
    without = fund({"opening_balance": "0", "income": "30.00", "closing_balance": "0"})
    assert serious(report(statement("t04", summary), statement("t08", without))) == []
    blank = fund({m: {"income": "30.00"}.get(m, "") for m in MEASURES})
    assert "total_classes" in {f["check_id"] for f in serious(report(statement("t04", summary), statement("t08", blank)))}
    wrong = fund({"opening_balance": "0", "income": "33.00", "closing_balance": "0"})
    assert "total_classes" in {f["check_id"] for f in serious(report(statement("t04", summary), statement("t08", wrong)))}


@pytest.mark.parametrize(("said", "errors"), [("30.00", []), ("35.00", ["stated:function_item.final"])])
def test_an_item_of_a_fund_is_held_against_the_statement_of_the_fund(said: str, errors: list[str]) -> None:
    facts = [fact("function_item.final", said, item_code="21208", item_name="土地出让支出", section="八、政府性基金")]
    table = statement("t08", fund({"opening_balance": "0", "income": "30.00", "closing_balance": "0"}))
    assert [f["check_id"] for f in serious(report(table, facts=facts))] == errors


@pytest.mark.parametrize(
    ("said", "severity"), [("412,735", "info"), ("412,736", "info"), ("412,734", "error"), ("412,737", "error"), ("412,735.99", None)]
)
def test_a_great_amount_cut_off_to_whole_wan_yuan(said: str, severity: str | None) -> None:
    amount = "4127359873.50 . 4127359873.50"
    table = statement("b03", rows([(None, "合计", amount), ("213", "农林水支出", amount)]), "元")
    facts = [fact("expenditure.total", said), fact("basic.total", "3.15")]
    got = [f["severity"] for f in found(report(table, kind="budget", facts=facts)) if f["check_id"] == "stated:expenditure.total"]
    assert got == ([severity] if severity else [])


def test_a_small_amount_without_its_decimals_is_wrong() -> None:
    table = statement("b03", rows([(None, "合计", "18100.00 . 18100.00"), ("213", "农林水支出", "18100.00 . 18100.00")]), "元")
    facts = [fact("expenditure.total", "1"), fact("basic.total", "3.15")]
    got = [f["severity"] for f in found(report(table, kind="budget", facts=facts)) if f["check_id"] == "stated:expenditure.total"]
    assert got == ["error"]


@pytest.mark.parametrize(
    ("heading", "raised"),
    [("二、某局2022年预算说明", ["year_wording"]), ("（一）收入预算较2022年预算持平", []), ("二、某局2023年预算说明", [])],
)
def test_a_heading_may_name_the_year_it_compares_with(heading: str, raised: list[str]) -> None:
    said = [fact("income.total", "12.00", section=heading)]
    assert [f["check_id"] for f in found(report(facts=said)) if f["check_id"] == "year_wording"] == raised
