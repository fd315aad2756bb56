"""Wordings of many regions and years: every stated number must become the right fact, and nothing else (cases in narrative_cases.txt)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.documents.model import Locator, Paragraph, Run
from pipelines.reports import narrative
from pipelines.reports.model import Claim, Identity, NarrativeFact, Outline, ReportKind, Section, SectionRole, Unrecognised

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


def read(
    heading: str, kind: str, text: str, role: SectionRole = "narrative", year: int = 2023
) -> tuple[list[NarrativeFact], list[Claim], list[Unrecognised]]:
    """The narrative of one section; a line of text is a paragraph."""
    paragraphs = [Paragraph(line, [Run(0, len(line), Locator("text", line=i))]) for i, line in enumerate(text.split("\n"), 1)]
    report_kind: ReportKind = "budget" if kind == "budget" else "final"
    identity = Identity(None, "某某局", year, report_kind, "department")
    return narrative.read(Outline([Section(role, heading, (), None, list(paragraphs))]), identity, [])


def stated(heading: str, kind: str, text: str) -> tuple[list[tuple[str, float, str]], list[str]]:
    """(metric, value, sign) of the facts, and why numbers were not recognised."""
    facts, _, unrecognised = read(heading, kind, text)
    sign = {"increase": "+", "decrease": "-"}
    return [(f.metric, float(f.value), sign.get(f.direction or "", "")) for f in facts], [u.why for u in unrecognised]


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
