"""What stands around a sentence of the narrative: items and their codes, sections, what must not be read as a fact, claims."""

from __future__ import annotations

from decimal import Decimal

import pytest
from narrative_builder import HEADINGS, read, stated

from pipelines.documents.model import Locator, Paragraph, Run
from pipelines.reports import narrative
from pipelines.reports.model import Identity, NarrativeFact, Outline, Row, Section, Statement

# ── items and their codes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def with_table(
    text: str, rows: list[tuple[str, str]], role: str = "general_public_expenditure", heading: str = "general_public"
) -> list[NarrativeFact]:
    table = Statement("t05", role, "", "万元", [Row(name, code, {}) for code, name in rows])
    section = Section(
        "narrative", HEADINGS.get(heading, heading), (), None, [Paragraph(text, [Run(0, len(text), Locator("text", line=1))])]
    )
    return narrative.read(Outline([section]), Identity(None, "某某局", 2023, "final", "department"), [table])[0]


FUNCTION = [
    ("205", "教育支出"),
    ("20502", "普通教育"),
    ("2050202", "小学教育"),
    ("208", "社会保障和就业支出"),
    ("20805", "行政事业单位养老支出"),
    ("2080505", "机关事业单位基本养老保险缴费支出"),
    ("2080506", "机关事业单位职业年金缴费支出"),
    ("2080101", "行政运行"),
    ("2010301", "行政运行"),
]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.教育支出（类）普通教育（款）小学教育（项）。年初预算为5万元。", "2050202"),
        ("“教育支出-普通教育-小学教育”科目5万元。", "2050202"),
        ("社会保障和就业（类）行政事业单位养老支出（款）机关事业单位职业年金（项）支出5万元。", "2080506"),
        ("社会保障和就业（类）行政事业单位离退休（款）机关事业单位基本养老保险缴费支出（项）支出5万元。", "2080505"),
        ("教育支出5万元。", "205"),
        ("小学教育支出5万元。", "2050202"),
        ("2050202小学教育支出5万元。", "2050202"),
        ("小学教育（2050202）支出5万元。", "2050202"),
        ("行政运行支出5万元。", None),  # two of that name: not guessed
        ("教育（类）普通教育（款）中学教育（项）支出5万元。", None),
    ],
)
def test_the_code_comes_from_the_statements(text: str, code: str | None) -> None:
    facts = with_table(text, FUNCTION)
    assert [f.item_code for f in facts] == [code]


def test_a_class_carries_on_over_its_items() -> None:
    text = "（一）社会保障和就业支出（类）1.行政事业单位养老支出（款）机关事业单位职业年金缴费支出（项）支出5万元。"
    text += "2.行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）支出6万元。"
    facts = with_table(text, FUNCTION)
    assert [(f.item_class, f.item_section, f.item_code, f.item_no) for f in facts] == [
        ("社会保障和就业支出", "行政事业单位养老支出", "2080506", 1),
        ("社会保障和就业支出", "行政事业单位养老支出", "2080505", 2),
    ]


def test_economic_names_under_basic_expenditure() -> None:
    rows = [("301", "工资福利支出"), ("30101", "基本工资"), ("302", "商品和服务支出"), ("30201", "办公费")]
    text = "1、工资福利支出（类）20万元（1）基本工资（款）支出12万元。其中：办公费3万元。"
    facts = with_table(text, rows, "general_public_basic_expenditure", "六、一般公共预算基本支出决算情况说明")
    assert [(f.metric, f.item_name, f.item_code) for f in facts] == [
        ("basic.economic_item.amount", "工资福利支出", "301"),
        ("basic.economic_item.amount", "基本工资", "30101"),
        ("basic.economic_item.amount", "办公费", "30201"),
    ]


# ── what must not happen ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_subject_is_not_read_as_the_one_before() -> None:
    got, left = stated(HEADINGS["income"], "final", "财政拨款收入10万元，占50%；租金收入10万元，占50%。")
    assert got == [("income.fiscal_appropriation", 10.0, ""), ("income.fiscal_appropriation.share_pct", 50.0, "")]
    assert len(left) == 2


def test_numbers_of_an_explanation_are_reasons() -> None:
    got, _ = stated(HEADINGS["three_public"], "final", "公务接待费支出3万元，主要原因是接待5批次、支出2万元，减少10%。")
    assert got[0] == ("three_public.reception.final", 3.0, "")
    assert {m.partition(".")[0] for m, _, _ in got[1:]} == {"reason"}


def test_notes_and_captions_are_no_narrative() -> None:
    for text in ("注：本表反映部门本年度支出12万元。", "（图1：收入总计12万元变动情况图）", "单位：万元"):
        facts, _, left = read(HEADINGS["income_expenditure"], "final", text)
        assert not facts and not left


def test_a_sentence_split_over_paragraphs_is_read_whole() -> None:
    text = "教育支出（类）普通教育（款）小学教育（项）支出决算为23.04\n万元，比上年增加1.22万元。主要原因：\n人员增加，追加3.00万元。"
    facts, claims, left = read("五、一般公共预算财政拨款支出决算情况说明", "final", text)
    assert [(f.metric, str(f.value)) for f in facts] == [
        ("function_item.final", "23.04"),
        ("function_item.yoy_change", "1.22"),
        ("reason.amount", "3.00"),
    ]
    assert not left and [c.text for c in claims if c.kind == "reason"] == ["人员增加，追加3.00万元"]
    assert [f.locator.line for f in facts if f.locator] == [1, 2, 3]


def test_lines_that_are_whole_stay_apart() -> None:
    text = "（一）人员经费20.00万元\n（二）公用经费5.00万元\n商品和服务支出5.00万元"
    facts, _, left = read("六、一般公共预算基本支出决算情况说明", "final", text)
    assert [f.metric for f in facts] == ["basic.personnel", "basic.public", "basic.economic_item.amount"]
    assert not left and len({f.sentence for f in facts}) == 3


def test_a_heading_glued_to_its_text_opens_its_topic() -> None:
    text = "七、一般公共预算“三公”经费支出预算情况说明某某局2023年公务接待费预算支出3.00万元。"
    facts, _, _ = read("六、一般公共预算基本支出预算情况说明", "budget", text)
    assert [(f.metric, f.section) for f in facts] == [("three_public.reception.budget", "七、一般公共预算“三公”经费支出预算情况说明")]


def test_labels_of_a_chart_are_no_facts() -> None:
    text = "2023年度收、支总计12.00万元。\n（图1：收、支决算总计变动情况图）（柱状图）\n2023年 12.00万元\n2022年 11.00万元\n"
    text += "基本支出 60%\n与上年相比，收、支总计各增加1.00万元。"
    facts, _, left = read("一、收入支出决算总体情况说明", "final", text)
    assert [(f.metric, f.value) for f in facts] == [("income_expenditure.total", 12), ("income_expenditure.yoy_change", 1)]
    assert not left


def test_duties_and_work_reports_are_no_accounts() -> None:
    text = "全年税收收入12.5亿元，增长5%，一般公共预算收入完成30亿元。单位编制20人，实有18人。"
    facts, _, left = read("一、主要职责", "final", text, "overview")
    assert not facts and not left
    facts, _, left = read("三、人员构成情况", "final", text, "overview")
    assert [(f.metric, f.value) for f in facts] == [("headcount.establishment", 20), ("headcount.actual", 18)]
    assert not left


def test_the_staff_of_an_overview_of_offices_is_counted_and_nobody_else() -> None:
    text = "本校设有教学班48个，在校学生1146人。政法专项编制12人，在编教职工61人，聘用制书记员4人，退休教师34人。车辆编制2辆，实有车辆1辆。"
    text += "在职在编实有行政人员3人，参照公务员法管理事业人员11人，非参公管理事业人员2人。离退休人员共计7人，在职编制5人。"
    facts, _, left = read("二、机构设置", "final", text, "overview")
    assert [(f.metric.removeprefix("headcount."), f.value) for f in facts] == [
        ("establishment_administrative", 12),
        ("on_duty", 61),
        ("contract", 4),
        ("retired", 34),
        ("on_duty_administrative", 3),
        ("on_duty_civil_service_institution", 11),
        ("on_duty_institution", 2),
        ("retired_all", 7),
        ("on_duty", 5),
    ]
    assert not left
    facts, _, _ = read("二、机构设置", "final", "现有在职人员50人，其中事业编制4人。本部门预算包含某协会在职7名人员工资。", "overview")
    assert [f.value for f in facts] == [50, 4]
    facts, _, _ = read("三、人员情况", "final", "现有人员50人，其中事业编制4人。车辆编制2辆，实有车辆1辆。", "overview")
    assert [f.metric for f in facts] == [
        "headcount.actual",
        "headcount.actual_institution",
        "assets.vehicles.establishment",
        "assets.vehicles.total",
    ]


def test_an_amount_that_agrees_with_a_sum_of_the_accounts_is_not_flat() -> None:
    text = "机关运行经费支出决算61.4万元（与部门决算中一般公共预算财政拨款基本支出中公用经费之和保持一致）。与上年相比，减少3.8万元。"
    _, claims, _ = read("十、机关运行经费支出决算情况说明", "final", text)
    assert "flat_claim" not in {c.kind for c in claims}


def test_none_of_what_the_clause_before_says_is_nought() -> None:
    text = "因公出国（境）费增加0万元；公务用车购置费为0，未安排预算；公务接待费减少0.6万元。"
    _, claims, _ = read("八、“三公”经费预算情况说明", "budget", text)
    assert [c.metric for c in claims if c.kind == "no_activity_claim"] == ["three_public.vehicle.purchase"]


def test_a_section_and_its_item_below_a_class_are_joined_by_a_dash() -> None:
    text = "1.“一般公共服务支出”科目231.5万元。\n（1）“民主党派及工商联事务—行政运行”105.2万元，比上年预算增加6.3万元；\n"
    text += "（2）“民主党派及工商联事务—参政议政”57万元。"
    facts, _, left = read("四、部门预算编制说明", "budget", text)
    assert [(f.item_class, f.item_section, f.item_name, f.value) for f in facts[1:]] == [
        ("一般公共服务支出", "民主党派及工商联事务", "行政运行", Decimal("105.2")),
        ("一般公共服务支出", "民主党派及工商联事务", "行政运行", Decimal("6.3")),
        ("一般公共服务支出", "民主党派及工商联事务", "参政议政", Decimal(57)),
    ]
    facts, _, _ = read("四、部门预算编制说明", "budget", "5.“住房保障支出-住房改革支出-住房公积金”科目7.5万元。")
    assert [(f.item_name, f.metric) for f in facts] == [("住房公积金", "function_item.budget")]
    assert not left


def test_codes_printed_level_by_level_are_those_of_the_item() -> None:
    text = "（1）教育支出（205类）普通教育（02款）小学教育（02项）8.2万元，完成年初预算8万元的102.5%；初中教育（03项）5万元。"
    facts, _, left = read(HEADINGS["general_public"], "final", text)
    assert [(f.item_name, f.item_code) for f in facts] == [("小学教育", "2050202")] * 3 + [("初中教育", "2050203")]
    assert not left


def test_statement_sections_are_not_read() -> None:
    section = Section("statement", "收入支出决算总表", (), "income_expenditure_summary", [])
    assert narrative.read(Outline([section]), Identity(None, None, 2023, "final", None), []) == ([], [], [])


def test_template_leftovers_give_no_direction() -> None:
    facts, claims, _ = read(HEADINGS["general_public"], "budget", "与上年相比增加（减少）0万元，增长（减少）0%。")
    assert not facts or all(f.direction is None for f in facts)
    assert "template_leftover" in {c.kind for c in claims}


# ── claims ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kind", "direction"),
    [
        ("小学教育（项）支出决算5万元，决算数小于预算数的主要原因是人员减少。", "comparison_claim", "smaller"),
        ("小学教育（项）支出决算5万元，决算数大于年初预算数，主要原因是追加。", "comparison_claim", "greater"),
        ("小学教育（项）支出决算5万元，决算数与预算数持平。", "comparison_claim", "equal"),
        ("一般公共预算财政拨款支出5万元，与上年持平。", "flat_claim", "flat"),
        ("公务接待费预算为0万元，支出决算为0万元，与上年相比无变化。", "flat_claim", "flat"),
        ("公务接待费2023年决算0万元，与2023年年初预算一致。", "comparison_claim", "equal"),
        ("2023年度无政府性基金预算财政拨款收入和支出。", "no_activity_claim", None),
        ("与上年相比增加（减少）0万元。", "template_leftover", None),
    ],
)
def test_claims_without_a_number(text: str, kind: str, direction: str | None) -> None:
    _, claims, _ = read(HEADINGS["general_public"], "final", text)
    assert (kind, direction) in {(c.kind, c.direction) for c in claims}
    assert all(c.locator is not None and c.section for c in claims)


def test_a_reason_is_kept_with_what_it_explains() -> None:
    text = "教育支出（类）普通教育（款）小学教育（项）支出决算5万元，主要原因是人员减少。"
    _, claims, _ = read(HEADINGS["general_public"], "final", text)
    reasons = [c for c in claims if c.kind == "reason"]
    assert [(c.text, c.metric, c.item_name) for c in reasons] == [("人员减少", "function_item", "小学教育")]


def test_a_name_that_begins_like_a_purpose_is_whole() -> None:
    """用于教育事业的彩票公益金支出 is a subject of class 229; elsewhere 用于 opens a list of purposes."""
    text = "20．彩票公益金安排的支出（款）用于教育事业的彩票公益金支出（项）支出290.00万元。"
    section = Section(
        "narrative",
        "五、财政拨款支出预算情况说明",
        (),
        "fiscal_appropriation_expenditure",
        [Paragraph(text, [Run(0, len(text), Locator("text", line=1))])],
    )
    facts, _, _ = narrative.read(Outline([section]), Identity(None, "某局", 2023, "budget", "department"), [])
    assert [f.item_name for f in facts] == ["用于教育事业的彩票公益金支出"]
