"""Reads small pieces of narrative for tests: the text of one section under a heading, and what is stated in it."""

from __future__ import annotations

from pipelines.documents.model import Locator, Paragraph, Run
from pipelines.reports import narrative
from pipelines.reports.model import Claim, Identity, NarrativeFact, Outline, ReportKind, Section, SectionRole, Unrecognised

HEADINGS = {
    "income_expenditure": "一、收入支出决算总体情况说明",
    "income": "二、收入决算情况说明",
    "expenditure": "三、支出决算情况说明",
    "carry_over": "四、结转结余情况",
    "fiscal_appropriation": "四、财政拨款收入支出决算总体情况说明",
    "general_public": "五、一般公共预算财政拨款支出决算情况说明",
    "function_item": "五、一般公共预算财政拨款支出决算情况说明",
    "three_public": "七、“三公”经费支出决算情况说明",
    "agency_operating": "（一）机关运行经费支出情况",
    "procurement": "（二）政府采购支出情况",
    "assets": "（三）国有资产占有使用情况",
    "headcount": "三、人员构成情况",
    "budget": "一、收支预算总体情况说明",
}


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
