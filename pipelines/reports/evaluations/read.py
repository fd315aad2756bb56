"""Self-evaluation forms (项目支出绩效自评表) and performance target forms (绩效目标表): grids → `SelfEvaluation`.

A form begins at the row that names its project and goes on over page breaks until the next one. What a row is follows from its labels
and from the part of the form it stands in; the printed columns help where they are in order (`rows`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from pipelines.documents.model import Grid, GridCell, Locator, Paragraph
from pipelines.reports.amounts import parse_number
from pipelines.reports.evaluations.rows import (
    FormRow,
    fund_values,
    indicator_by_columns,
    indicator_by_order,
    split_labels,
    untear,
    value_of,
)
from pipelines.reports.evaluations.vocabulary import EvaluationVocabulary, norm, vocabulary
from pipelines.reports.model import FundLine, Indicator, ManagementLine, Outline, SelfEvaluation, Value

_UNIT = re.compile(r"[(（]\s*(?:单位[:：])?\s*(元|千元|万元|亿元)\s*[)）]")


def read(outline: Outline) -> list[SelfEvaluation]:
    """All forms of the report in printed order, `form_no` from 1 for each kind."""
    forms: list[SelfEvaluation] = []
    reader: _Form | None = None
    target_title = False
    joined = _joined_rows(outline)
    for section in outline.sections:
        if section.role in ("statement", "contents", "cover"):
            continue
        for block in section.blocks:
            if isinstance(block, Paragraph):
                title = norm(block.text)
                if len(title) < 30 and title.endswith(("表", "表)")):
                    target_title = any(title.endswith(t) for t in vocabulary().titles_target)
                continue
            for row in joined[id(block)]:
                if _begins_form(row):
                    if reader:
                        forms.append(reader.finish())
                    reader = _Form(is_target=target_title)
                elif _is_target_title(row):
                    target_title = True
                    continue
                if reader:
                    reader.take(row)
    if reader:
        forms.append(reader.finish())
    counts: dict[str, int] = {}
    for form in forms:
        counts[form.kind] = counts.get(form.kind, 0) + 1
        form.form_no = counts[form.kind]
    return forms


def form_rows(grid: Grid) -> Iterator[FormRow]:
    """The printed rows of a grid: cells with text that begin on the row, and those that span into it."""
    matrix = grid.matrix()
    for r, places in enumerate(matrix):
        own: list[GridCell] = []
        spanned: list[GridCell] = []
        for cell in places:
            if cell is None or not cell.text.strip():
                continue
            target = own if cell.row == r else spanned
            if not target or target[-1] is not cell:
                target.append(cell)
        if own or spanned:
            yield FormRow(own, spanned)


def _joined_rows(outline: Outline) -> dict[int, list[FormRow]]:
    """The rows of each grid by its identity; a row torn by the page break is whole and stands in the grid it began in."""
    out: dict[int, list[FormRow]] = {}
    before: list[FormRow] = []
    for section in outline.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                if len(block.text) > 40 or block.text.strip().endswith(
                    ("表", "表）", "表)")
                ):  # shorter: a page number or a mark on every page
                    before = []
                continue
            rows = list(form_rows(block))
            if before and rows and (mended := untear(before[-1], rows[0])):
                before[-1], left = mended
                rows[:1] = [left] if left else []
            out[id(block)] = rows
            before = rows or before
    return out


def _begins_form(row: FormRow) -> bool:
    return bool(row.cells) and any(norm(c.text).startswith(k) for c in row.cells[:2] for k in vocabulary().first_key) and len(row.cells) > 1


def _is_target_title(row: FormRow) -> bool:
    return len(row.cells) == 1 and any(norm(row.cells[0].text).endswith(t) for t in vocabulary().titles_target)


class _Form:
    """One form while it is read."""

    def __init__(self, is_target: bool):
        self.words: EvaluationVocabulary = vocabulary()
        self.is_target = is_target
        self.part = "head"
        self.values: dict[str, str] = {}
        self.fund_rows: list[tuple[str, list[GridCell]]] = []
        self.fund_columns: dict[int, str] = {}
        self.columns: dict[int, str] = {}
        self.management: list[ManagementLine] = []
        self.goals: dict[str, str | None] = {"expected": None, "actual": None}
        self.goal_columns: dict[int, str] = {}
        self.indicators: list[Indicator] = []
        self.totals: dict[str, Value] = {}
        self.level1: str | None = None
        self.level2: str | None = None
        self.empty: list[str] = []
        self.pending: str | None = None  # a level-2 label without an indicator so far
        self.notes: list[str] = []
        self.locator: Locator | None = None

    # -- rows -----------------------------------------------------------------------------------------------

    def take(self, row: FormRow) -> None:
        if not row.cells:
            return
        if self.locator is None:
            self.locator = row.cells[0].locator
        labels = row.labels
        if self.part in ("head", "funds"):
            self._unit(row)
        if self.part == "head" and self._head(row):
            return
        if self.part != "head" and labels[0] in self.words.said_of_the_project:
            self._head(row)
            return
        if self._fund_header(labels, row) or self._header_of_indicators(labels, row):
            return
        if any(self._is_fund_line(x) for x in labels[:3]) and self.part in ("head", "funds"):
            self.part = "funds"
            self._fund(row)
        elif any(x in self.words.management.starts for x in labels[:2]) and not any(_number(c) for c in row.cells):
            self.part = "management"
        elif self._goal_header(labels, row):
            self.part = "goals"
        elif self._total(labels, row):
            return
        elif self.part == "management" or (self.part != "indicators" and self._is_management_line(labels)):
            self.part = "management"
            self._management(row)
        elif self.part == "goals" and not self._starts_indicators(row):
            self._goal(row)
        elif self.part in ("indicators", "goals") or self._starts_indicators(row):
            self.part = "indicators"
            self._indicator(row)
        else:
            self._note(row)

    def _head(self, row: FormRow) -> bool:
        """Key and value cells side by side, or in one cell (实施单位 某局)."""
        taken = False
        cells = list(row.cells)
        while cells:
            cell = cells.pop(0)
            key = self.words.attribute(norm(cell.text))
            if key:
                following = norm(cells[0].text) if cells else ""
                if cells and not self.words.attribute(following):
                    self.values.setdefault(key, cells.pop(0).text.strip())
                taken = True
                continue
            head, _, tail = re.sub(r"[:：]", " ", cell.text.strip(), count=1).partition(" ")
            key = self.words.attribute(norm(head))
            if key and tail.strip():
                self.values.setdefault(key, tail.strip())
                taken = True
        return taken

    def _unit(self, row: FormRow) -> None:
        """The unit of money as the form prints it: 项目资金（万元）, 年度资金总额（元）."""
        for cell in row.cells:
            if (unit := _UNIT.search(cell.text)) and (
                self._is_fund_line(norm(cell.text)) or norm(cell.text) in self.words.fund_header.starts
            ):
                self.values.setdefault("unit_of_amount", unit[1])

    def _is_fund_line(self, label: str) -> bool:
        return any(label == f or label.removeprefix("其中") == f for f in self.words.fund_lines)

    def _is_management_line(self, labels: list[str]) -> bool:
        return any(x in self.words.management.lines for x in labels[:2])

    def _fund_header(self, labels: list[str], row: FormRow) -> bool:
        columns = {
            c.column + i: f
            for c, x in zip(row.cells, labels, strict=True)
            if (f := self.words.fund_column(x))
            for i in range(c.column_span)
        }
        if self.part in ("head", "funds", "goals") and len(set(columns.values())) >= 3 and not any(_number(c) for c in row.cells):
            self.part, self.fund_columns = "funds", columns
            return True
        return False

    def _fund(self, row: FormRow) -> None:
        """One fund line; target forms print two label–value pairs on a row."""
        labels = row.labels
        starts = [i for i, x in enumerate(labels) if self._is_fund_line(x)]
        for n, start in enumerate(starts):
            end = starts[n + 1] if n + 1 < len(starts) else len(row.cells)
            cells = [c for c in row.cells[start + 1 : end] if _number(c) or c.text.strip() in ("-", "—", "－", "/")]
            self.fund_rows.append((labels[start], cells))

    def _management(self, row: FormRow) -> None:
        cells = [c for c in row.cells if norm(c.text) not in self.words.management.starts]
        if not cells:
            return
        numbers = [i for i, c in enumerate(cells) if _number(c)]
        texts = cells[1 : numbers[0]] if numbers else cells[1:]
        values = dict(zip(("weight", "score"), (value_of(cells[i]) for i in numbers[:2]), strict=False))
        problem = "".join(c.text.strip() for c in cells[numbers[-1] + 1 :]) if numbers else None
        self.management.append(
            ManagementLine(cells[0].text.strip(), values, "".join(c.text.strip() for c in texts) or None, problem or None)
        )

    def _goal_header(self, labels: list[str], row: FormRow) -> bool:
        goals = self.words.goals
        columns = {}
        for cell, label in zip(row.cells, labels, strict=True):
            if label in goals.expected:
                columns[cell.column] = "expected"
            elif label in goals.actual:
                columns[cell.column] = "actual"
            elif label in goals.annual and self.is_target and columns:
                columns[cell.column] = "actual"  # target forms: 项目总目标 | 年度总体目标
        if columns:
            self.goal_columns = columns
            return True
        return len(row.cells) == 1 and labels[0] in goals.annual

    def _goal(self, row: FormRow) -> None:
        cells = [c for c in row.cells if norm(c.text) not in (*self.words.goals.annual, *self.words.fillers)]
        if not cells:
            return
        if len(cells) >= 2:
            fields = ["expected", "actual"]
        elif not self.goals["expected"]:
            later = sorted(self.goal_columns)
            at_actual = len(later) == 2 and cells[0].column >= later[1] and self.goal_columns[later[1]] == "actual"
            fields = ["actual"] if at_actual else ["expected"]
        else:
            fields = ["actual"]
        for field, cell in zip(fields, cells, strict=False):
            self.goals[field] = (self.goals[field] or "") + cell.text.strip()

    def _header_of_indicators(self, labels: list[str], row: FormRow) -> bool:
        columns = {
            c.column + i: f
            for c, x in zip(row.cells, labels, strict=True)
            if (f := self.words.indicator_column(x))
            for i in range(c.column_span)
        }
        if "level3" in columns.values() and len(set(columns.values())) >= 3:
            self.part, self.columns = "indicators", columns
            return True
        return False

    def _starts_indicators(self, row: FormRow) -> bool:
        labels, _ = split_labels(row)
        return bool(labels)

    def _total(self, labels: list[str], row: FormRow) -> bool:
        if self.part not in ("indicators",) or not any(x in self.words.totals for x in labels[:2]):
            return False
        numbers = [c for c in row.cells if _number(c)]
        self.totals = dict(zip(("total_weight", "total_score"), (value_of(c) for c in numbers), strict=False))
        if not numbers:
            self.notes.append("total_missing: the total row is printed without numbers")
        return True

    def _indicator(self, row: FormRow) -> None:
        labels, rest = split_labels(row)
        if len(labels) > 1 and labels[-2][0] in self.words.level1 and labels[-1][0] in self.words.level2:
            self.level1 = labels.pop(-2)[0]  # a level-1 label beside its level-2 label, whatever the columns
        printed = [label for label, _ in labels]
        for cell in row.spanned:
            label = norm(cell.text)
            if self._is_level2(label, cell) and not any(self._is_level2(*pair) for pair in labels):
                self.level2 = label
            elif label in self.words.level1:
                self.level1 = label
        for label, cell in labels:
            if self._is_level2(label, cell):
                self._close_label()
                self.level2 = self.pending = label
            else:
                self.level1 = label
                if len(printed) == 1 and rest:
                    self.level2 = None  # a level-1 label alone opens its group; its level 2 is the next text
        if not rest:
            return
        scored = not self.is_target
        indicator = (self.columns and indicator_by_columns(rest, self.columns)) or indicator_by_order(rest, scored)
        if indicator is None and len(rest) > 1 and norm(rest[0].text).endswith("指标"):  # an unknown level-2 label
            self._close_label()
            self.level2 = self.pending = norm(rest[0].text)
            rest = rest[1:]
            indicator = indicator_by_order(rest, scored)
        if indicator is None:
            if any(_number(c) for c in rest) or len(rest) > 1:
                self._note(row)
            return
        indicator.level2 = self.level2
        indicator.level1 = self.words.level2.get(self.level2 or "") or self.level1
        self.pending = None
        self.indicators.append(indicator)

    def _is_level2(self, label: str, cell: GridCell) -> bool:
        """成本指标 is level 1 by name, but older forms print it as level 2 of 产出指标: then its column decides."""
        return label in self.words.level2 or (label in self.words.level1 and self.columns.get(cell.column) == "level2")

    def _close_label(self) -> None:
        if self.pending:
            self.empty.append(self.pending)
        self.pending = None

    def _note(self, row: FormRow) -> None:
        self.notes.append("unread: " + " | ".join(c.text.strip() for c in row.cells)[:200])

    # -- the form -------------------------------------------------------------------------------------------

    def finish(self) -> SelfEvaluation:
        self._close_label()
        head = self.values
        return SelfEvaluation(
            form_no=0,
            project_name=head.pop("project_name", ""),
            department=head.pop("department", None),
            implementing_unit=head.pop("implementing_unit", None),
            funds=self._funds(),
            management=self.management,
            goals=self.goals,
            indicators=self.indicators,
            totals=self.totals,
            empty_level2=self.empty,
            notes=self.notes,
            locator=self.locator,
            kind="performance_target" if self.is_target else "self_evaluation",
            attributes=head,
        )

    def _funds(self) -> list[FundLine]:
        """The total line last, so that its sources help to read it where its cells are in disorder."""
        if self.is_target:
            return [FundLine(label, {"budget": value_of(cells[0])}) for label, cells in self.fund_rows if cells]
        lines = {i: FundLine(label, fund_values(cells, self.fund_columns, {})) for i, (label, cells) in enumerate(self.fund_rows) if i}
        sums: dict[str, Decimal] = {}
        for field in ("initial_budget", "annual_budget", "executed"):
            numbers = [line.values[field].number for line in lines.values() if field in line.values]
            if numbers and all(n is not None for n in numbers):
                sums[field] = sum((n for n in numbers if n is not None), Decimal(0))
        if self.fund_rows:
            label, cells = self.fund_rows[0]
            lines[0] = FundLine(label, fund_values(cells, self.fund_columns, sums))
        return [lines[i] for i in sorted(lines)]


def _number(cell: GridCell) -> bool:
    return parse_number(cell.text) is not None
