"""Wordings of many regions and years: every stated number must become the right fact, and nothing else (cases in narrative_cases.txt)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from narrative_builder import read, stated

Case = tuple[str, str, str, str]


def cases() -> list[Case]:
    """(heading, kind, text, facts) of the case file."""
    lines = (Path(__file__).parent / "narrative_cases.txt").read_text(encoding="utf-8").splitlines()
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("#"):
            continue
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    out = []
    for block in filter(None, blocks):
        heading, _, kind = block[0].partition(" | ")
        out.append((heading, kind, block[1], "" if block[2] == "-" else block[2]))
    return out


def expected(facts: str) -> tuple[list[tuple[str, float, str]], int]:
    """The facts a case asks for and how many numbers must be left unrecognised."""
    found, unknown = [], 0
    for part in filter(None, (p.strip() for p in facts.split(";"))):
        metric, value = part.split()
        if metric == "?":
            unknown += 1
        else:
            found.append((metric, float(value.rstrip("+-")), value[-1] if value[-1] in "+-" else ""))
    return found, unknown


CASES = cases()


def test_there_are_cases() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_sentence(case: Case) -> None:
    heading, kind, text, facts = case
    want, unknown = expected(facts)
    got, left = stated(heading, kind, text)
    assert got == want
    assert len(left) == unknown, left


def test_what_a_paragraph_opens_the_next_one_tells() -> None:
    heading = "四、财政拨款收支预算总体情况说明"
    got, left = stated(heading, "budget", "财政拨款收支总预算108.52万元。收入包括：\n一般公共预算拨款108.52万元。")
    assert got == [("fiscal_appropriation.total", 108.52, ""), ("income.general_public", 108.52, "")] and not left
    heading = "五、一般公共预算支出情况说明"
    got, left = stated(
        heading,
        "budget",
        "事业单位医疗15.5万元，其中：\n基本支出12万元，项目支出3.5万元。\n1.基本支出预算144万元，占一般公共预算支出的96.41%。",
    )
    assert [m for m, _, _ in got] == [
        "function_item.budget",
        "function_item.basic",
        "function_item.project",
        "general_public.basic",
        "general_public.basic.share_pct",
    ]
    assert not left
    got, left = stated(heading, "budget", "某某业务支出15.5万元，其中：\n基本支出12万元，项目支出3.5万元。")
    assert not got and len(left) == 3


def test_head_counts_by_kind_of_post() -> None:
    text = (
        "在职在编人员91人，包括：行政在职在编人员20人、参公事业在职在编人员1人、全额事业在职在编70人。"
        "编制外劳动合同用工人员15人。遗属补助人员6人。"
    )
    facts, _, _ = read("人员情况", "budget", text, role="overview")
    assert [(f.metric.removeprefix("headcount."), int(f.value)) for f in facts] == [
        ("on_duty", 91),
        ("on_duty_administrative", 20),
        ("on_duty_civil_service_institution", 1),
        ("on_duty_institution", 70),
        ("contract", 15),
        ("surviving_dependants", 6),
    ]


def test_projects_added_in_the_year_are_no_rating() -> None:
    got, _ = stated("四、项目支出绩效自评情况", "final", "实施项目共15个，年中增加8个项目。")
    assert all("rating" not in metric for metric, _, _ in got)


def test_nothing_in_the_year_before_is_no_claim_of_this_one() -> None:
    for text in ("政府采购预算1.7万元，同比增加1.7万元，上年无该预算。", "政府采购预算1.7万元，2022年无此项预算。"):
        _, claims, _ = read("政府采购预算情况说明", "budget", text)
        assert not [c for c in claims if c.kind == "no_activity_claim"]
    _, claims, _ = read("政府采购预算情况说明", "budget", "2023年本部门无政府采购预算。")
    assert [c.kind for c in claims] == ["no_activity_claim"]


def test_a_claim_is_of_what_its_own_clause_names() -> None:
    heading = "七、财政拨款“三公”经费支出决算情况说明"
    text = (
        "2023年度三公经费决算比2022年度减少9.50万元，下降40.25%，其中：因公出国（境）费支出决算与2022年持平；公务接待费决算减少0.40万元。"
        "因公出国（境）费持平的主要原因是没有出国。公务用车购置及运行维护费减少的主要原因是未买新车。"
    )
    _, claims, _ = read(heading, "final", text)
    assert [(c.kind, c.metric) for c in claims] == [
        ("flat_claim", "three_public.abroad"),
        ("flat_claim", "three_public.abroad"),
        ("reason", "three_public.abroad"),
        ("reason", "three_public.vehicle"),
    ]
    text = "国有资本经营预算拨款支出预算0万元，与2022年预算持平。财政拨款收入支出增加的主要原因是人员增加。"
    _, claims, _ = read("2023年部门预算编制说明", "budget", text)
    assert [(c.kind, c.metric) for c in claims] == [("flat_claim", "state_capital"), ("reason", "fiscal_appropriation")]


def test_what_there_is_none_of() -> None:
    heading = "八、政府性基金预算财政拨款收入支出决算情况说明"
    for text, metric in (
        ("某某局2023年度无政府性基金预算财政拨款收入和支出。", "government_fund"),
        ("某某局2023年度无国有资本经营预算财政拨款收入和支出。", "state_capital"),
        ("某某局2023年度没有政府性基金预算和国有资本经营预算财政拨款收支。", None),
    ):
        _, claims, _ = read(heading, "final", text)
        assert [(c.kind, c.metric) for c in claims] == [("no_activity_claim", metric)]


def test_a_claim_of_an_item_stays_the_items() -> None:
    text = "1.教育支出（类）普通教育（款）小学教育（项）。年初预算为10万元，支出决算为12万元。支出决算数大于预算数的主要原因是人员增加。"
    _, claims, _ = read("五、一般公共预算财政拨款支出决算情况说明", "final", text)
    assert {(c.metric, c.item_name) for c in claims} == {("function_item", "小学教育")}


def test_what_a_project_costs_in_all_is_no_budget_of_the_year() -> None:
    text = (
        "本项目可研批复总投资为905.50万元，其中建筑安装工程费为700万元，工程建设其他费用150万元，预备费55.50万元。"
        "2022年安排建设资金300万元。本年度预算安排200万元。"
    )
    facts, _, left = read("六、年度预算安排", "budget", "河岸绿道工程项目经费情况说明\n六、年度预算安排\n" + text, role="project")
    assert not left
    assert [(f.metric, float(f.value)) for f in facts] == [
        ("project.stated_amount", 905.5),
        ("project.stated_amount", 700),
        ("project.stated_amount", 150),
        ("project.stated_amount", 55.5),
        ("project.stated_amount", 300),
        ("project.annual_budget", 200),
    ]


def test_a_line_with_a_name_alone_tells_of_what_the_next_ones_are() -> None:
    text = "2023年一般公共预算拨款收入86.40万元，具体安排情况如下：\n（一）基本支出：\n2023年年初预算数为61.40万元，是指日常支出。"
    got, _ = stated("三、一般公共预算拨款支出预算", "budget", text + "\n（二）项目支出：\n2023年年初预算校园安全巡查经费25万元。")
    assert got == [("income.general_public", 86.40, ""), ("general_public.basic", 61.40, ""), ("project.annual_budget", 25.0, "")]


def test_a_class_whose_code_is_printed_with_its_level() -> None:
    facts, _, _ = read("二、支出决算情况说明", "final", "1.住房保障支出（221类）7.15万元。2.教育支出（205类02款03项）8.5万元。")
    assert [(f.item_name, f.value) for f in facts] == [("住房保障支出", Decimal("7.15")), ("教育支出", Decimal("8.5"))]
    assert facts[1].metric.startswith("function_item")


def test_an_overview_gives_head_counts_and_nothing_else() -> None:
    text = "纳入部门预算的单位主要是某某局本级及下属的6个二级单位组成。建筑面积2450平方米，现有正式工作人员23人，在职教师16人。"
    facts, claims, _ = read("一、单位基本情况", "budget", text, role="overview")
    assert [(f.metric, int(f.value)) for f in facts] == [("headcount.actual", 23), ("headcount.on_duty", 16)]
    assert not claims
    _, claims, _ = read("（三）单位构成", "final", "本部门无独立核算的二级预算单位。")
    assert not claims


def test_a_reason_is_of_the_number_before_it() -> None:
    text = "2023年度收入总计532.60万元，其中年初结转和结余0万元；本年收入合计532.60万元，增长4.20%，主要原因是：项目资金增加。"
    _, claims, _ = read("一、收入支出决算总体情况说明", "final", text)
    assert [(c.kind, c.metric) for c in claims] == [("reason", "income")]
    _, claims, _ = read("（一）收入预算情况", "budget", "其中：一般公共预算拨款35万元。2023年收入预算总体增加主要是在职人员增加。")
    assert [(c.kind, c.metric) for c in claims] == [("reason", "income")]


def test_what_an_amount_is_for_is_no_reason() -> None:
    _, claims, _ = read("二、收入决算情况说明", "final", "使用非财政拨款结余0万元，主要是单位用往年积累填补当年缺口的资金。")
    assert not claims


def test_a_claim_after_a_bracket_is_of_what_stands_before_it() -> None:
    text = "公务用车购置及运行费19万元（公务用车购置费0万元，公务用车运行维护费19万元），较上年无增减；"
    _, claims, _ = read("七、“三公”经费支出决算情况说明", "final", text)
    assert [(c.kind, c.metric) for c in claims] == [("flat_claim", "three_public.vehicle")]


def test_a_short_numbered_line_is_not_joined_to_the_sentence_under_it() -> None:
    text = "公务接待费2万元。3、机关运行经费情况\n本单位没有机关运行经费。4、政府采购执行情况\n2023年政府采购预算总额12.50万元。"
    facts, claims, left = read("2、“三公”经费预算", "budget", text)
    assert [f.metric for f in facts] == ["three_public.reception.budget", "procurement.total"] and not left
    assert [(c.kind, c.metric) for c in claims] == [("no_activity_claim", "agency_operating")]


def test_what_spending_serves_is_no_reason() -> None:
    _, claims, _ = read("（二）支出预算", "budget", "基本支出240万元，公用经费支出40万元，主要是保障单位正常运转。")
    assert not claims
