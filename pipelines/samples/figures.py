"""The real figures kept as data (raw/sample/figures) as report content: numbers, codes and names; no text of the originals."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.reports.model import (
    FundLine,
    Identity,
    Indicator,
    ManagementLine,
    MemberUnit,
    Report,
    Row,
    SelfEvaluation,
    Statement,
    Value,
)
from pipelines.samples.content import Content, plain
from pipelines.settings import code_data

REAL_MARK = "依公开数据重新排版，非原件"


def names() -> list[str]:
    """The reports whose figures are kept."""
    return sorted(p.stem for p in (code_data("sample") / "figures").glob("*.json"))


def _numbers(data: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Value]:
    return {f: plain(data.get(f)) for f in fields}


def _evaluation(number: int, data: dict[str, Any]) -> SelfEvaluation:
    return SelfEvaluation(
        form_no=number,
        project_name=data["project_name"],
        department=data["department"],
        implementing_unit=data["implementing_unit"],
        funds=[
            FundLine(f["line"], _numbers(f, ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score")))
            for f in data["funds"]
        ],
        management=[ManagementLine(m["item"], _numbers(m, ("weight", "score")), "按规定执行。", "无") for m in data["management"]],
        goals={"expected": "完成年度工作任务。", "actual": "已按计划完成。"},
        indicators=[
            Indicator(i["level1"], i["level2"], i["level3"], i["target"], i["actual"], _numbers(i, ("weight", "score", "deviation_pct")))
            for i in data["indicators"]
        ],
        totals=_numbers(data, ("total_weight", "total_score")),
    )


def load(name: str) -> Content:
    """The content of one real report. Amounts in the printed unit (万元); a blank stays a blank."""
    path = Path(code_data("sample")) / "figures" / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"), parse_float=str)
    head = data["identity"]
    statements = [
        Statement(
            key,
            t["role"],
            t["title"],
            head["unit_of_amount"],
            [
                Row(
                    r["name"],
                    r.get("code"),
                    {k: plain(v) for k, v in r["values"].items()},
                    side=r.get("side"),
                    block=r.get("block"),
                    line_no=r.get("line_no"),
                )
                for r in t["rows"]
            ],
            form_no=t["form_no"],
        )
        for key, t in data["statements"].items()
    ]
    identity = Identity(head["region"], head["department"], head["fiscal_year"], head["report_kind"], head["scope"])
    report = Report(
        identity,
        unit_of_amount=head["unit_of_amount"],
        member_units=[MemberUnit(m["name"], m["note"]) for m in data["members"]],
        statements=statements,
        evaluations=[_evaluation(i, e) for i, e in enumerate(data["evaluations"], 1)],
    )
    lists = {"function_class": data["function_classes"], "function_item": data["function_items"]}
    for items in lists.values():
        for item in items:
            for field, value in item.items():
                if not field.startswith("item_") and value is not None:
                    item[field] = Decimal(str(value))
    return Content(
        report,
        head["unit_of_amount"],
        {k: Decimal(str(v)) for k, v in data["metrics"].items()},
        lists,
        mark=REAL_MARK,
        source=f"数据来源：{data['source']['publisher']}公开的《{data['source']['title']}》",
        file_stem=name,
    )
