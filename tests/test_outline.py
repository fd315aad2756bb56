"""Outline: contents are never body; parts, headings and statement captions are found whatever their numbering and dress."""

from __future__ import annotations

import pytest
from builders import SHARED, needs_reports
from layout_builder import document, grid

from pipelines.documents import read_path
from pipelines.documents.model import Grid, Paragraph
from pipelines.reports.outline import find_contents, outline

SMALL = """
项目|决算数
合计|1.00
"""


def roles(*blocks: str | Paragraph | Grid) -> list[tuple[str, str | None, str]]:
    return [(s.role, s.key, s.heading) for s in outline(document(*blocks)).sections]


def test_national_report() -> None:
    found = roles(
        "某市水利局2023年度部门决算",
        "目 录",
        "第一部分 某市水利局概况",
        "一、部门职责",
        "第二部分 2023年度部门决算表",
        "一、收入支出决算总表......3",
        "第三部分 2023年度部门决算情况说明",
        "一、收入支出决算总体情况说明 12",
        "第四部分 名词解释",
        "第一部分 某市水利局概况",
        "一、部门职责",
        "贯彻执行国家水利方针政策。",
        "第二部分 2023年度部门决算表",
        "收入支出决算总表",
        SMALL,
        "注：本表反映部门本年度的总收支。",
        "第三部分 2023年度部门决算情况说明",
        "一、收入支出决算总体情况说明",
        "2023年度收、支总计均为1.00万元。",
        "（一）总体情况。",
        "第四部分 名词解释",
        "一、财政拨款收入：指单位从本级财政部门取得的财政预算资金。",
    )
    assert found == [
        ("cover", None, ""),
        ("contents", None, "目录"),
        ("overview", "overview", "第一部分 某市水利局概况"),
        ("overview", "overview", "一、部门职责"),
        ("statement", "tables", "第二部分 2023年度部门决算表"),
        ("statement", "income_expenditure_summary", "收入支出决算总表"),
        ("narrative", None, "第三部分 2023年度部门决算情况说明"),
        ("narrative", "income_expenditure_summary", "一、收入支出决算总体情况说明"),
        ("narrative", None, "（一）总体情况。"),
        ("glossary", "glossary", "第四部分 名词解释"),
    ]


def test_contents_without_parts_and_headings_with_the_body_in_front() -> None:
    found = roles(
        "某区2025年区级部门预算",
        "目录",
        "一、部门主要职能",
        "二、部门机构设置",
        "三、名词解释",
        "四、部门预算编制说明",
        "五、部门预算表",
        "4．2025年部门财政拨款收支预算总表",
        "六、其他相关情况说明",
        "某区商务委员会主要职能",
        "某区商务委员会是主管全区产业经济的区政府工作部门，为正处级，加挂某区粮食和物资储备局牌子，负责有关工作的组织实施与监督检查。",
        "某区商务委员会机构设置",
        "某区商务委员会机关设9个内设机构。",
        "名词解释",
        "（一）基本支出：指为保障机构正常运转而发生的支出。",
        "2025年部门预算编制说明",
        "2025年，某区商务委员会收入预算1.00万元。",
        "2025年部门财政拨款收支预算总表",
        SMALL,
        "其他相关情况说明",
        "一、2025年“三公”经费预算情况说明",
    )
    assert [(r, k) for r, k, _ in found] == [
        ("cover", None),
        ("contents", None),
        ("overview", "overview"),
        ("members", "overview"),
        ("glossary", "glossary"),
        ("narrative", "compilation_note"),
        ("statement", "fiscal_appropriation_summary"),
        ("narrative", "other_matters"),
        ("narrative", "three_public"),
    ]


def test_contents_in_one_cell_of_a_grid() -> None:
    cell = grid("目 录")
    cell.cells[0].lines = ("目 录", "一、部门主要职能 ……………", "二、名词解释 ……………")
    found = find_contents(document("某区2025年部门预算", cell, "某区教育局主要职能", "某区教育局负责全区教育工作。").blocks)
    assert found is not None
    assert (found.start, found.end) == (1, 2)
    assert "部门主要职能" in found.entries


def test_a_part_heading_on_two_lines_and_a_section_named_like_a_table() -> None:
    found = roles(
        "第二部分 某省某某办公厅",
        "2017年度部门预算表",
        "收支预算总表",
        SMALL,
        "第三部分 某省某某办公厅",
        "2017年度部门预算情况说明",
        "八、国有资本经营预算财政拨款收入支出决算表",
        "本单位无此项收支。",
    )
    assert found[0][0] == "statement"
    assert found[2][:1] == ("narrative",)
    assert found[2][2] == "第三部分 某省某某办公厅 2017年度部门预算情况说明"
    assert found[3][:2] == ("narrative", "state_capital")


def test_a_title_wrapped_over_two_lines_begins_a_statement() -> None:
    found = roles("一般公共预算财政拨款“三公”经费支出决算\n表", SMALL)
    assert found == [("statement", "three_public", "一般公共预算财政拨款“三公”经费支出决算表")]


def test_reports_without_parts_have_their_narrative_under_one_numbered_heading() -> None:
    for first, whole in (("一、概况", "三、2021年度部门决算情况说明"), ("一、单位基本情况", "二、部门预算情况说明")):
        found = roles(
            "某县城管局2021年度部门决算",
            first,
            "（一）部门职责",
            "负责城市管理执法。",
            whole,
            "（一）收入支出决算总体情况说明",
            "2021年度收、支总计320.00万元。",
            "（二）“三公”经费情况说明",
            "三公经费5.00万元。",
            "四、名词解释",
        )
        assert ("overview", "overview", first) in found
        assert ("narrative", None, whole) in found
        assert ("narrative", "income_expenditure_summary", "（一）收入支出决算总体情况说明") in found
        assert ("narrative", "three_public", "（二）“三公”经费情况说明") in found
        assert found[-1][0] == "glossary"


def test_the_first_lines_of_a_sentence_are_no_title() -> None:
    lines = (
        "某某局2023年部门预算",
        "此外，本局所属9个站点，日常运转",
        "经费共安排210.0万元，其中：基本支出预算60.0万元，项目支出预算150.0万元。",
    )
    sections = outline(document(*lines)).sections
    assert [s.heading for s in sections if s.role == "narrative"] == ["某某局2023年部门预算"]
    assert [b.text for b in sections[-1].blocks if isinstance(b, Paragraph)] == list(lines[1:])


def test_a_short_disclosure_without_headings_is_narrative() -> None:
    found = roles("某县文联", "“三公”经费2015年决算情况说明", "2015年公务接待费0.60万元，较2014年决算减少8%，主要用于接待来访的艺术家。")
    assert [(role, key) for role, key, _ in found] == [("cover", None), ("narrative", "three_public")]


def test_every_block_stands_in_exactly_one_section() -> None:
    made = document("甲局2020年度部门决算", "第一部分 概况", "一、部门职责", "职责。", "第二部分 决算表", "收入决算表", SMALL, "注：无")
    placed = [id(b) for s in outline(made).sections for b in s.blocks]
    assert sorted(placed) == sorted(id(b) for b in made.blocks)


@needs_reports
@pytest.mark.parametrize("path", sorted((SHARED / "reports").glob("*/*.pdf")) if SHARED.is_dir() else [], ids=lambda p: p.stem[-12:])
def test_real_reports_keep_every_block_and_find_their_parts(path) -> None:  # type: ignore[no-untyped-def]
    (made,) = read_path(path)
    sections = outline(made).sections
    assert sorted(id(b) for s in sections for b in s.blocks) == sorted(id(b) for b in made.blocks)
    found = {s.role for s in sections}
    assert "statement" in found or "narrative" in found
    for section in sections:
        if section.role == "contents":
            assert not any(isinstance(b, Grid) and b.n_columns > 3 for b in section.blocks)
            assert all(len(b.text) < 120 for b in section.blocks if isinstance(b, Paragraph))


def test_the_parts_of_the_three_public_are_headings_of_a_short_disclosure() -> None:
    made = document(
        "云溪镇2021年“三公”经费决算支出说明",
        "一、因公出国（境）经费",
        "2021年因公出国（境）费0万元。",
        "二、公务接待费",
        "2021年接待费5万元。",
    )
    assert [(s.role, s.key) for s in outline(made).sections][1:] == [("narrative", "three_public")] * 2


def test_the_budget_of_a_body_without_subordinates_is_called_its_summary() -> None:
    made = document(
        "某中学2023年部门预算公开说明", "二、2023年汇总预算情况", "（一）2023年收入预算3814.61万元，其中：", "1、财政拨款3362.61万元；"
    )
    assert outline(made).sections[-1].key == "income_expenditure_summary"


def test_the_arrangement_of_the_budget_is_its_summary() -> None:
    found = roles(
        "某市水利局",
        "2023年部门预算公开情况说明",
        "一、部门职责",
        "负责水利。",
        "二、机构设置",
        "局机关内设4个处室。",
        "三、部门预算安排情况说明",
        "2023年部门收支总预算为8.64亿元，较2022年9.57亿元减少0.93亿元。",
        "四、财政拨款收支总体情况",
        "2023年财政拨款收入3.27亿元。",
    )
    assert ("income_expenditure_summary", "三、部门预算安排情况说明") in {(key, heading) for _, key, heading in found}
