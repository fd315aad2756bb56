"""绩效自评表 (self-evaluation form) as printed, regular or broken, and the truth of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pipelines.reports.model import FundLine, Indicator, ManagementLine, SelfEvaluation, Value
from pipelines.samples.blocks import Block, Cell, Para, Table
from pipelines.samples.layout import Layout

FUND_MEASURES = ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score")


def _text(value: Value | None, *, percent: bool = False, dash: bool = False) -> Value:
    """Numbers of a form are trimmed (7, 95.75); what is not given is "-" or blank."""
    if value is None or value.number is None:
        return Value("-" if dash else "", None)
    number = value.number
    if percent:
        return Value(f"{number:.2f}%", number)
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Value(text, Decimal(text))


def build(form: SelfEvaluation, layout: Layout) -> tuple[list[Block], SelfEvaluation]:
    """The form's blocks and its truth. `broken` merges labels upwards and splits a row as word processors do."""
    broken = layout.evaluation == "broken"
    if broken:
        form = replace(form, empty_level2=["社会成本指标"])
    rows: list[list[Cell]] = []

    def label(text: str, span: int = 1, down: int = 1) -> Cell:
        return Cell(text, down, span, "center")

    rows.append([label("项目名称", 2), Cell(form.project_name, 1, 7)])
    rows.append([label("主管部门", 2), Cell(form.department or "", 1, 3), label("实施单位"), Cell(form.implementing_unit or "", 1, 3)])
    fund_heads = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率%", "得分")
    rows.append([label("项目资金（万元）", 3), *[label(x) for x in fund_heads]])
    funds = []
    for line in form.funds:
        values = {m: _text(line.values.get(m), dash=m in ("weight", "score")) for m in FUND_MEASURES}
        rows.append([label(line.line, 3), *[Cell(values[m].printed, align="center") for m in FUND_MEASURES]])
        funds.append(FundLine(line.line, values))
    management = []
    if form.management:
        rows.append([label("资金管理情况", 2), label("情况说明", 3), label("分值"), label("得分"), label("存在问题和改进措施", 2)])
        for item in form.management:
            managed = {m: _text(item.values.get(m)) for m in ("weight", "score")}
            rows.append(
                [
                    label(item.item, 2),
                    Cell((item.explanation or "") * (3 if broken else 1), 1, 3),  # long texts: rows are torn by the page end
                    *[Cell(managed[m].printed, align="center") for m in ("weight", "score")],
                    Cell(item.problem or "", 1, 2),
                ]
            )
            management.append(ManagementLine(item.item, managed, (item.explanation or "") * (3 if broken else 1), item.problem))
    rows.append([label("年度总体目标", 1, 2), label("预期目标", 4), label("实际完成情况", 4)])
    rows.append([Cell(form.goals.get("expected") or "", 1, 4), Cell(form.goals.get("actual") or "", 1, 4)])
    titles = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差度", "偏差原因分析及改进措施")
    rows.append([label(x) for x in titles])
    if broken:  # a category without an indicator stands empty
        rows.append([label("成本指标"), label(form.empty_level2[0]), *[Cell("") for _ in range(7)]])
    indicators = []
    for i, one in enumerate(form.indicators):
        values = {
            "weight": _text(one.values.get("weight")),
            "score": _text(one.values.get("score")),
            "deviation_pct": _text(one.values.get("deviation_pct"), percent=True),
        }
        same1 = i > 0 and form.indicators[i - 1].level1 == one.level1
        same2 = same1 and form.indicators[i - 1].level2 == one.level2
        level1 = "" if same1 else one.level1 or ""
        level2 = "" if same2 else one.level2 or ""
        lead: list[Cell] = []
        if broken:  # labels stand in every row as plain cells, left blank where they repeat
            lead = [label(level1), label(level2)]
        else:
            if not same1:
                lead.append(label(level1, 1, _run(form.indicators, i, 1)))
            if not same2:
                lead.append(label(level2, 1, _run(form.indicators, i, 2)))
        rows.append(
            [
                *lead,
                Cell(one.level3),
                Cell(one.target or "", align="center"),
                Cell(one.actual or "", align="center"),
                *[Cell(values[m].printed, align="center") for m in ("weight", "score", "deviation_pct")],
                Cell(one.reason or ""),
            ]
        )
        indicators.append(replace(one, values=values))
    totals = {m: _text(form.totals.get(m)) for m in ("total_weight", "total_score")}
    rows.append([label("总分", 5), *[Cell(totals[m].printed, align="center") for m in totals], Cell("", 1, 2)])
    page = layout.page
    widths = [1.1, 1.2, 2.0, 1.1, 1.1, 0.9, 0.9, 0.9, 1.4]
    table = Table(rows, widths, 0, False, page.rules, page.size - 0.5, True)
    return [Para("项目支出绩效自评表", "title"), table], replace(
        form, funds=funds, management=management, indicators=indicators, totals=totals
    )


def _run(indicators: list[Indicator], start: int, level: int) -> int:
    """How many indicators from `start` share the label of that level."""
    first = indicators[start]
    end = start
    while end < len(indicators) and indicators[end].level1 == first.level1 and (level == 1 or indicators[end].level2 == first.level2):
        end += 1
    return end - start
