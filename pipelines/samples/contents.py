"""A department, a year and a kind → the content of its report: statements, metrics, self-evaluations, members."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from pipelines.reports.model import FundLine, Identity, Indicator, ManagementLine, MemberUnit, Report, SelfEvaluation
from pipelines.samples import budget_report, final_report
from pipelines.samples.accounts import ZERO, Book, Project
from pipelines.samples.content import Content, plain
from pipelines.samples.printing import convert, rounded
from pipelines.samples.world import Department, catalogue

Kind = Literal["final", "budget"]
WEIGHTS = (Decimal(20), Decimal(10), Decimal(10), Decimal(10), Decimal(10), Decimal(5), Decimal(5))


def _wanyuan(amount: Decimal) -> Decimal:
    return rounded(convert(amount, "元", "万元"))


def evaluation(number: int, project: Project, department: str, seed: str) -> SelfEvaluation:
    """A self-evaluation form: funds, management, indicators; the scores add up to the printed total."""
    dice = random.Random(f"{seed}/evaluation/{project.name}")
    rate = (project.executed * 100 / project.annual) if project.annual else ZERO
    fund_score = rounded(min(rate, Decimal(100)) / 10)
    money = {"initial_budget": _wanyuan(project.budget), "annual_budget": _wanyuan(project.annual), "executed": _wanyuan(project.executed)}
    whole = {k: plain(v) for k, v in money.items()}
    fiscal = {k: plain(v) for k, v in money.items()}
    nothing = {k: plain(0) for k in money}
    share = rounded(rate)
    funds = [
        FundLine("年度资金总额", {**whole, "weight": plain(10), "execution_rate": plain(share), "score": plain(fund_score)}),
        FundLine("政府性预算资金", {**fiscal, "execution_rate": plain(share)}),
        FundLine("财政专户管理资金", {**nothing, "execution_rate": plain(0)}),
        FundLine("单位资金", {**nothing, "execution_rate": plain(0)}),
    ]
    management = []
    managed = ZERO
    for item in ("安排科学性", "拨付合规性", "使用规范性", "预算绩效管理情况"):
        score = Decimal(dice.choice((5, 5, 5, 4)))
        managed += score
        problem = "无" if score == 5 else "个别环节不够及时，将改进流程。"
        management.append(ManagementLine(item, {"weight": plain(5), "score": plain(score)}, "符合管理规定。", problem))
    indicators = []
    gained = ZERO
    for weight, (level1, level2, level3, target, actual) in zip(WEIGHTS, catalogue().indicators.rows, strict=True):
        full = dice.random() < 0.75
        score = weight if full else (weight * Decimal(str(round(dice.uniform(0.7, 0.98), 2)))).quantize(Decimal("0.01"), ROUND_HALF_UP)
        gained += score
        n = dice.randint(3, 60)
        words = {
            "n": n,
            "m": n + (dice.randint(0, 5) if full else 0),
            "p": dice.randint(95, 100),
            "p2": 100 if full else dice.randint(85, 99),
            "p3": dice.randint(88, 100),
            "p4": dice.randint(90, 99),
        }
        values = {"weight": plain(weight), "score": plain(score), "deviation_pct": plain(Decimal("0.00"))}
        indicators.append(Indicator(level1, level2, level3, target.format(**words), actual.format(**words), values))
    return SelfEvaluation(
        form_no=number,
        project_name=project.name,
        department=department,
        implementing_unit=department,
        funds=funds,
        management=management,
        goals={"expected": f"完成{project.name}年度任务。", "actual": "已按计划完成各项任务。"},
        indicators=indicators,
        totals={"total_weight": plain(100), "total_score": plain(fund_score + managed + gained)},
    )


def final(department: Department, year: int, scope: Literal["department", "unit"] = "department", evaluations: int = 3) -> Content:
    """The content of a final report."""
    book, plan = department.final(year, scope), department.budget(year, scope)
    before = department.final(year - 1, scope) if department.exists(year - 1) or year - 1 == department.books_from else None
    name = department.name(year)
    seed = f"{department.bodies[0][1].seed}/{year}"
    forms = [evaluation(i, p, name, seed) for i, p in enumerate((x for x in book.projects if x.annual), 1)]
    scores = [f.totals["total_score"].number or ZERO for f in forms]
    bodies = department.members(year) if scope == "department" else department.members(year)[:1]
    report = Report(
        Identity(department.region, name, year, "final", scope),
        unit_of_amount="元",
        member_units=_members(department, year, scope),
        statements=[
            *final_report.statements(book, plan, year),
            *final_report.by_unit([(department.body_name(b, year), b.final(year, department.books_from)) for b in bodies]),
        ],
        evaluations=forms[:evaluations],
        report_id=f"{name}-{year}-final-{scope}",
    )
    stem = f"{name}{year}年度{'部门' if scope == 'department' else '单位'}决算"
    return Content(report, "元", final_report.metrics(book, plan, before, scores), final_report.lists(book, plan, year), file_stem=stem)


def budget(
    department: Department, year: int, scope: Literal["department", "unit"] = "department", style: str = "national", reserve: bool = True
) -> Content:
    """The content of a budget in one style (national, shanghai, shanghai_unit, jiangsu); `reserve`: 单位预留机动经费 is told apart."""
    book = department.budget(year, scope)
    before = department.budget(year - 1, scope) if department.exists(year - 1) or year - 1 == department.books_from else None
    if not reserve:
        book, before = book.without_reserve(), before and before.without_reserve()
    name = department.name(year)
    members = _members(department, year, scope)
    report = Report(
        Identity(department.region, name, year, "budget", scope),
        unit_of_amount="元",
        member_units=members,
        statements=budget_report.statements(book, year, style, _outturn_before(department, year, scope)),
        report_id=f"{name}-{year}-budget-{scope}",
    )
    stem = f"{name}{year}年{'部门' if scope == 'department' else '单位'}预算"
    count = len(department.members(year)) if scope == "department" else 1
    return Content(report, "元", budget_report.metrics(book, before, count), budget_report.lists(book, before, year), file_stem=stem)


def _outturn_before(department: Department, year: int, scope: Literal["department", "unit"]) -> Book | None:
    """Last year's outturn, which some budgets print beside the plan."""
    known = department.exists(year - 1) or year - 1 == department.books_from
    return department.final(year - 1, scope) if known else None


def _members(department: Department, year: int, scope: str) -> list[MemberUnit]:
    bodies = department.members(year)
    if scope == "unit" or len(bodies) == 1:
        return []
    return [MemberUnit(department.body_name(b, year)) for b in bodies]


def date(content: Content, kind: Kind, revision: int = 1) -> None:
    """The printed date: finals appear in August of the next year, budgets in February; a corrected print two months later."""
    year = content.year + (1 if kind == "final" else 0)
    month = (8 if kind == "final" else 2) + 2 * (revision - 1)
    content.words["cover_date"] = f"{year}年{month}月"
    if revision > 1:
        content.words["cover_note"] = "（更正后重新公开）"
    content.words["printed_date"] = f"{year}-{month:02d}"
