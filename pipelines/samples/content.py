"""The content of a sample report before it is printed: a `Report` with plain numbers, and the metrics its narrative states."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipelines.reports.model import MemberUnit, Report, Row, Value

Metrics = dict[str, Decimal]


@dataclass(slots=True)
class Content:
    """`report` holds amounts in `unit` (元 or 万元); changes in `metrics` are signed (− is a decrease)."""

    report: Report
    unit: str
    metrics: Metrics
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # function_class, function_item: what a sentence is repeated for
    mark: str = "示例：程序排版，非公开原件"
    source: str | None = None
    file_stem: str = "report"
    words: dict[str, str] = field(default_factory=dict)  # reason, duties … for the wording
    planted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def year(self) -> int:
        assert self.report.identity.fiscal_year is not None
        return self.report.identity.fiscal_year

    @property
    def department(self) -> str:
        return self.report.identity.department or ""

    @property
    def members(self) -> list[MemberUnit]:
        return self.report.member_units


def plain(number: Decimal | int | float | str | None) -> Value:
    """A value not yet printed."""
    return Value("", None if number is None else Decimal(str(number)))


def row(name: str, code: str | None = None, *, side: str | None = None, block: str | None = None, **values: Any) -> Row:
    """A row of plain numbers."""
    return Row(name, code, {k: plain(v) for k, v in values.items()}, side=side, block=block)


def valued(name: str, code: str | None, values: dict[str, Decimal], *, side: str | None = None, block: str | None = None) -> Row:
    """A row of plain numbers whose measures are computed."""
    return Row(name, code, {k: plain(v) for k, v in values.items()}, side=side, block=block)
