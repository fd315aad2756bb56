"""Two reports in one file: told apart by body, year or a series of tables that starts anew; one report is never cut."""

from __future__ import annotations

from layout_builder import document

from pipelines.reports import understand
from pipelines.reports.model import Report
from pipelines.reports.splitting import split


def tables(body: str | None, factor: int = 1, year: int | None = None, first_named: bool = True) -> list[str]:
    """Four statements of a final account; `factor` sets the amounts."""

    def n(value: float) -> str:
        return f"{value * factor:,.2f}"

    def head(title: str, named: bool = True) -> list[str]:
        return [f"{year}年度{title}" if year else title, *([f"部门：{body}"] if body and named else []), "单位：万元"]

    return [
        *head("收入支出决算总表", first_named),
        f"""
收入|<|支出|<
项目|决算数|项目|决算数
一、一般公共预算财政拨款收入|{n(1120.5)}|一、一般公共服务支出|{n(1110.5)}
本年收入合计|{n(1120.5)}|本年支出合计|{n(1110.5)}
年初结转和结余|{n(3.25)}|年末结转和结余|{n(13.25)}
总计|{n(1123.75)}|总计|{n(1123.75)}
""",
        *head("收入决算表"),
        f"""
科目编码|科目名称|本年收入合计|财政拨款收入|其他收入
合计|<|{n(1120.5)}|{n(1120.5)}|
201|一般公共服务支出|{n(1120.5)}|{n(1120.5)}|
""",
        *head("支出决算表"),
        f"""
科目编码|科目名称|本年支出合计|基本支出|项目支出
合计|<|{n(1110.5)}|{n(1010.25)}|{n(100.25)}
201|一般公共服务支出|{n(1110.5)}|{n(1010.25)}|{n(100.25)}
""",
        *head("一般公共预算财政拨款支出决算表"),
        f"""
科目编码|科目名称|本年支出合计|基本支出|项目支出
合计|<|{n(1109.5)}|{n(1009.25)}|{n(100.25)}
201|一般公共服务支出|{n(1109.5)}|{n(1009.25)}|{n(100.25)}
""",
    ]


def text(body: str, year: int, factor: int = 1) -> list[str]:
    """A narrative with cover and contents, without tables."""

    def n(value: float) -> str:
        return f"{value * factor:.2f}"

    return [
        f"{body}{year}年度部门决算",
        "目录",
        f"第一部分 {body}概况",
        "第二部分 决算情况说明",
        "一、收入支出决算总体情况说明",
        "二、收入决算情况说明",
        "三、支出决算情况说明",
        f"第一部分 {body}概况",
        "本部门负责全县有关工作的组织实施。",
        "第二部分 决算情况说明",
        "一、收入支出决算总体情况说明",
        f"{year}年度收入总计{n(1123.75)}万元，支出总计{n(1123.75)}万元。",
        "二、收入决算情况说明",
        f"本年收入合计{n(1120.5)}万元，其中：财政拨款收入{n(1120.5)}万元。",
        "三、支出决算情况说明",
        f"本年支出合计{n(1110.5)}万元，其中：基本支出{n(1010.25)}万元，项目支出{n(100.25)}万元，年末结转{n(1000.13)}万元。",
    ]


def read(*blocks: str) -> list[Report]:
    return understand(document(*blocks))


def told(reports: list[Report]) -> list[tuple[str | None, int | None, int]]:
    return [(r.identity.department, r.identity.fiscal_year, len(r.statements)) for r in reports]


def test_tables_of_two_bodies_are_two_reports() -> None:
    found = read(*tables("甲县教育局", 1, 2022), *tables("甲县民政局", 3, 2022))
    assert told(found) == [("甲县教育局", 2022, 4), ("甲县民政局", 2022, 4)]
    assert not any("#" in s.key for r in found for s in r.statements)


def test_a_department_and_its_units_are_as_many_reports() -> None:
    found = read(
        *text("甲县教育局", 2022), *tables("甲县教育局", 1, 2022), *tables("甲县第一中学", 3, 2022), *tables("甲县第二中学", 7, 2022)
    )
    assert told(found) == [("甲县教育局", 2022, 4), ("甲县第一中学", 2022, 4), ("甲县第二中学", 2022, 4)]


def test_tables_of_two_years_of_one_body_are_two_reports() -> None:
    assert told(read(*tables("甲县教育局", 1, 2021), *tables("甲县教育局", 3, 2022))) == [("甲县教育局", 2021, 4), ("甲县教育局", 2022, 4)]


def test_a_series_that_starts_anew_with_other_amounts_is_another_report_though_nothing_names_it() -> None:
    found = read(*tables("甲县教育局", 1, 2021), *tables(None, 3))
    assert told(found) == [("甲县教育局", 2021, 4), (None, None, 4)]


def test_tables_after_the_text_of_another_year_are_another_report() -> None:
    assert told(read(*text("甲县教育局", 2021), *tables("甲县教育局", 3, 2022))) == [("甲县教育局", 2021, 0), ("甲县教育局", 2022, 4)]


def test_a_report_with_contents_after_tables_of_another_body_is_another_report() -> None:
    found = read(*tables("甲县教育局", 3, 2022), *text("甲县民政局", 2022), *tables("甲县民政局", 1, 2022))
    assert told(found) == [("甲县教育局", 2022, 4), ("甲县民政局", 2022, 4)]


def test_a_cover_without_the_word_of_a_part_opens_a_report_by_its_contents() -> None:
    def with_contents(body: str, factor: int) -> list[str]:
        entries = ["收入支出决算总表", "收入决算表", "支出决算表", "一般公共预算财政拨款支出决算表"]
        listed = [f"{i}.2022年部门{e}" for i, e in enumerate(entries, 1)]
        return [
            "甲县2022年县级部门决算",
            f"决算主管部门：{body}",
            "目录",
            *listed,
            "本部门负责有关工作的组织实施。" * 8,
            *tables(body, factor),
        ]

    assert told(read(*with_contents("甲县教育局", 1), *with_contents("甲县民政局", 3))) == [
        ("甲县教育局", 2022, 4),
        ("甲县民政局", 2022, 4),
    ]


def one(*blocks: str) -> bool:
    return len(split(document(*blocks))) == 1


def test_text_and_tables_that_state_the_same_amounts_stay_one_report() -> None:
    assert one(*text("甲县教育局", 2022), *tables("甲县教育局", 1, 2022))
    assert one(*tables("甲县教育局", 1, 2022), *text("甲县教育局", 2022))
    assert one(*text("甲县教育局", 2022), *tables("甲县教育局", 1, 2021)), "a year left over in the titles parts no report"


def test_one_body_spelt_in_several_ways_stays_one_report() -> None:
    first, second = tables("甲县社会劳动保险管理局", 1, 2022), tables("甲县社会保险管理局", 1, 2022)
    assert one(*first[:8], *second[8:])
    assert one(*tables("甲县人大", 1, 2022)[:8], *tables("甲县人大常委会办公室", 1, 2022)[8:])


def test_a_caption_that_names_no_body_parts_nothing() -> None:
    assert one(*tables("甲县教育局", 1, 2022, first_named=False))
    assert one(*tables("甲县教育局", 1, 2022)[:8], *tables(None, 1, 2022)[8:])


def test_one_table_that_names_another_body_parts_nothing() -> None:
    odd = tables("甲县教育局", 1, 2022)
    odd[-3] = "部门：甲县民政局"
    assert odd[-2] == "单位：万元"
    assert one(*odd)


def test_the_same_tables_by_unit_stay_in_the_report() -> None:
    by_unit = [
        "收入决算表（分单位）\n单位：万元",
        "单位名称|合计|财政拨款收入|其他收入\n合计|1,120.50|1,120.50|\n甲县教育局（本级）|620.50|620.50|\n甲县第一中学|500.00|500.00|",
        "支出决算表（分单位）\n单位：万元",
        "单位名称|合计|基本支出|项目支出\n合计|1,110.50|1,010.25|100.25\n甲县教育局（本级）|610.50|510.25|100.25\n甲县第一中学|500.00|500.00|",
    ]
    by_fund = [
        "一般公共预算财政拨款支出决算表（分单位）\n单位：万元",
        "单位名称|合计|基本支出|项目支出\n合计|1,109.50|1,009.25|100.25\n甲县教育局（本级）|609.50|509.25|100.25\n甲县第一中学|500.00|500.00|",
    ]
    listed = [*by_unit, *by_fund]
    assert one(*tables("甲县教育局", 1, 2022), *listed)
    assert one(*tables("甲县教育局", 1, 2022), *(b.replace("（分单位）", "").replace("1,1", "1,2") for b in listed)), "told by their heads"


def test_the_same_tables_printed_once_more_are_no_second_report() -> None:
    assert one(*tables("甲县教育局", 1, 2022), *tables("甲县教育局", 1, 2022))


def test_two_tables_printed_again_with_other_amounts_are_no_series() -> None:
    again = tables("甲县教育局", 3, 2022)
    assert one(*tables("甲县教育局", 1, 2022), *again[4:12])


def test_tables_of_a_report_are_told_from_those_of_the_next_when_they_are_held_against_its_text() -> None:
    others = [*tables("甲县民政局", 3, 2023), *tables("甲县民政局", 7, 2024)]
    found = read(*text("甲县教育局", 2022, 5), *tables("甲县教育局", 1, 2022), *others)
    assert told(found) == [("甲县教育局", 2022, 4), ("甲县民政局", 2023, 4), ("甲县民政局", 2024, 4)]
