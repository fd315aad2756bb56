"""A statement and its form → the table as printed and the truth of it (the same cells as the reader should find)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.reports.model import Row, Statement, Value
from pipelines.samples.blocks import Cell, CellRef, Table
from pipelines.samples.layout import Layout, TableForm
from pipelines.samples.printing import Printer

SPACED = ("合计", "总计", "小计", "项目", "收入", "支出", "栏次", "金额", "名称")
TAIL_NAMES = ("本年收入合计", "本年支出合计", "当年收入小计", "当年支出小计", "收入总计", "支出总计", "总计", "收入合计", "支出合计")


def heads(columns: list[list[str]]) -> list[list[Cell]]:
    """Heading rows of measure columns; equal neighbours span, an empty head lets the one above reach down."""
    labels = [c[1:] for c in columns]
    depth = max(len(x) for x in labels)
    full = [x + [""] * (depth - len(x)) for x in labels]
    rows: list[list[Cell]] = []
    for level in range(depth):
        cells: list[Cell] = []
        for i, column in enumerate(full):
            if not column[level]:
                continue
            above_same = i and full[i - 1][: level + 1] == column[: level + 1]
            if above_same and level < depth - 1 and any(column[level + 1 :]):
                continue  # covered by the span that began at the left
            span = 1
            if any(column[level + 1 :]):
                while i + span < len(full) and full[i + span][: level + 1] == column[: level + 1]:
                    span += 1
            down = 1
            while level + down < depth and not column[level + down]:
                down += 1
            cells.append(Cell(column[level], down, span, "center", True))
        rows.append(cells)
    return rows


def deepen(rows: list[list[Cell]], depth: int) -> list[list[Cell]]:
    """Heading rows stretched to `depth` rows: every cell that reaches the bottom reaches the new one."""
    have = len(rows)
    if have >= depth:
        return rows
    out = []
    for level, cells in enumerate(rows):
        out.append([replace(c, row_span=c.row_span + depth - have) if level + c.row_span == have else c for c in cells])
    return out + [[] for _ in range(depth - have)]


def beside(*parts: list[list[Cell]]) -> list[list[Cell]]:
    """Heading parts side by side, all stretched to the deepest."""
    depth = max(len(p) for p in parts)
    deep = [deepen(p, depth) for p in parts]
    return [[c for p in deep for c in p[level]] for level in range(depth)]


def split_code(code: str | None, columns: int, economic: bool = False) -> list[str]:
    """2010601 → 201 06 01 for three columns; economic 30101 → 301 01 for two."""
    if columns <= 0:
        return []
    if columns == 1:
        return [code or ""]
    code = code or ""
    parts = [code[:3], code[3:5], code[5:7]][:columns]
    return parts


@dataclass
class Builder:
    """Builds the tables of one report under one layout."""

    layout: Layout
    printer: Printer
    fill: dict[str, str]

    def build(self, form: TableForm, statement: Statement, index: int) -> tuple[Table, Statement]:
        """The printed table and its truth. Only the form's measures are printed, so only they are in the truth."""
        truth = Statement(
            key=form.key or statement.key,
            role=form.role,
            title=form.title.format(**self.fill),
            unit_of_amount=form.unit or self.layout.unit,
            rows=[],
            form_no=form.form_no,
            printed_scope=form.printed_scope,
        )
        table: Table = getattr(self, f"_{form.family}")(form, statement, truth, index)
        for cells in table.rows[: table.header_rows]:
            for cell in cells:
                cell.text = cell.text.format(**self.fill) if "{" in cell.text else cell.text
        self._dress(table, truth)
        page = self.layout.page
        table.rules, table.size, table.repeat_header, table.breakable_rows = page.rules, page.size, page.repeat_header, page.breakable_rows
        return table, truth

    def _dress(self, table: Table, truth: Statement) -> None:
        """How a layout spells words and moves names; the truth keeps them plain."""
        codes = {r.name: len(r.code) for r in truth.rows if r.code}
        for cells in table.rows:
            for cell in cells:
                if self.layout.spaced_words and cell.text in SPACED:
                    cell.text = "　".join(cell.text)
                elif self.layout.wrap_amounts and cell.ref and len(cell.text) > self.layout.wrap_amounts:
                    cell.lines = (cell.text[: self.layout.wrap_amounts], cell.text[self.layout.wrap_amounts :])
                elif self.layout.indent_names and not cell.ref and cell.text in codes:
                    cell.text = "　" * ((codes[cell.text] - 3) // 2) + cell.text

    # -- cells -----------------------------------------------------------------------------------------------------
    def _value(self, truth: Statement, index: int, row: Row, measure: str) -> Cell:
        """Print one value of a source row into the truth row (already appended) and return its cell."""
        source = row.values.get(measure)
        unit = truth.unit_of_amount or self.layout.unit
        value = self.printer.cell(source.number if source else None, unit, rate=measure.endswith("_pct"))
        if source and source.printed:  # planted: printed as it stands
            value = Value(source.printed, source.number)
        truth.rows[-1].values[measure] = value
        return Cell(value.printed, align="right", ref=CellRef(index, len(truth.rows) - 1, measure))

    def _begin(self, truth: Statement, row: Row, line_no: int | None = None) -> None:
        truth.rows.append(Row(row.name, row.code, {}, side=row.side, block=row.block, line_no=line_no, keys=dict(row.keys)))

    # -- families --------------------------------------------------------------------------------------------------
    def _subjects(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """Subjects by code: t02 t03 t05 t08 t09, b02 … : code columns, name, measures."""
        n = form.code_columns
        name = [Cell(form.name_label, align="center", bold=True)]
        if n == 0:
            prefix = [name]
        else:
            code = Cell(form.code_label, 1, n, "center", True)
            prefix = [[code, *name]]
            if n > 1:
                name[0].row_span = 2
                prefix.append([Cell(x, align="center", bold=True) for x in ("类", "款", "项")[:n]])
        if form.head_label:
            prefix = [[Cell(form.head_label, 1, n + 1, "center", True)], *prefix]
        rows = beside(prefix, heads(form.columns))
        n_head = len(rows)
        if form.column_numbers:
            rows.append([*[Cell("") for _ in range(n)], Cell("栏次", align="center"), *self._numbers(len(form.columns))])
            n_head += 1
        totals = [r for r in statement.rows if r.code is None and r.name in ("合计", "总计")]
        body = [r for r in statement.rows if r not in totals]
        ordered = {"first": [*totals, *body], "last": [*body, *totals], "none": body}[form.total]
        for row in ordered:
            self._begin(truth, row)
            is_total = row in totals
            if is_total and form.total == "last" and not body:  # a table without data: filler rows stand before its total
                rows.extend([[Cell("") for _ in range(n + 1 + len(form.columns))] for _ in range(form.empty_rows)])
            if is_total and form.total == "last" and n:
                lead = [Cell(row.name, 1, n + 1, "center")]
            else:
                codes = [Cell(c, align="center" if n > 1 else "left") for c in split_code(row.code, n)]
                lead = [*codes, Cell(row.name, align="center" if is_total else "left", bold=False)]
            rows.append([*lead, *[self._value(truth, index, row, c[0]) for c in form.columns]])
        if not body and form.total != "last":
            rows.extend([[Cell("") for _ in range(n + 1 + len(form.columns))] for _ in range(form.empty_rows)])
        code_widths = {0: [], 1: [1.15], 2: [0.55] * 2, 3: [0.5] * 3}[n]
        return Table(rows, [*code_widths, 2.6, *[1.25] * len(form.columns)], n_head)

    @staticmethod
    def _numbers(count: int, start: int = 1) -> list[Cell]:
        return [Cell(str(i), align="center") for i in range(start, start + count)]

    def _summary(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """Two-sided summaries: income at the left, expenditure at the right (and by purpose at the far right)."""
        sides = [("income", form.left_columns), ("expenditure", form.right_columns)]
        labels = (form.right_head2 or "").split("|") if form.right_head2 else []
        if labels and labels[0]:
            sides.append(("expenditure_by_purpose", form.right_columns))
        lines = form.line_numbers
        paired = [self._split_tail([r for r in statement.rows if r.side == side]) for side, _ in sides]
        if labels and not labels[0]:  # only the purposes stand at the right, over the expenditure total
            purposes = [r for r in statement.rows if r.side == "expenditure_by_purpose"]
            paired[1] = (purposes, paired[1][1])
        n_body = max(len(b) for b, _ in paired)
        n_tail = max(len(t) for _, t in paired)
        columns = [[*b, *[None] * (n_body - len(b)), *self._stretch(t, n_tail)] for b, t in paired]
        extra = ["行次"] if lines else []
        blocks = []
        for number, (_, measures) in enumerate(sides):
            item = [["", form.name_label], *[["", x] for x in extra], *measures]
            title = form.left_head if number == 0 else form.right_head
            middle = [] if not labels or number == 0 else [labels[number - 1] or labels[-1]]
            blocks.append(heads([[c[0], title, *middle, *c[1:]] for c in item]))
        if len(blocks) == 3:  # the expenditure head spans both blocks at its right
            first = blocks[1][0][0]
            blocks[1][0][0] = replace(first, column_span=first.column_span + blocks[2][0][0].column_span)
            blocks[2][0] = []
        rows = beside(*blocks)
        n_head = len(rows)
        if form.column_numbers:
            number = 1
            cells: list[Cell] = []
            for _, measures in sides:
                cells += [Cell("栏次", align="center"), *[Cell("") for _ in extra], *self._numbers(len(measures), number)]
                number += len(measures)
            rows.append(cells)
            n_head += 1
        total_lines = n_body + n_tail
        for i in range(total_lines):
            line: list[Cell] = []
            for block, (column, (_, measures)) in enumerate(zip(columns, sides, strict=True)):
                row = column[i]
                line_no = i + 1 + block * total_lines if lines else None
                if row is None:
                    blank = [Cell("") for _ in measures]
                    line += [Cell(""), *[Cell(str(line_no), align="center") for _ in extra], *blank]
                    continue
                self._begin(truth, row, line_no)
                tail = i >= n_body and row.name.endswith(("合计", "总计", "小计"))
                line += [
                    Cell(row.name, align="center" if tail else "left"),
                    *[Cell(str(line_no), align="center") for _ in extra],
                    *[self._value(truth, index, row, m[0]) for m in measures],
                ]
            rows.append(line)
        widths: list[float] = []
        for _, measures in sides:
            widths += [3.0, *[0.6 for _ in extra], *[1.4 for _ in measures]]
        return Table(rows, widths, n_head)

    @staticmethod
    def _split_tail(rows: list[Row]) -> tuple[list[Row], list[Row]]:
        """Body lines and the closing lines (本年收入合计 …) that stand level on both sides."""
        for i, row in enumerate(rows):
            if row.name in TAIL_NAMES:
                return rows[:i], rows[i:]
        return rows, []

    @staticmethod
    def _stretch(tail: list[Row], length: int) -> list[Row | None]:
        """The closing lines level with the other side's: the grand total last, gaps before it."""
        if not tail or len(tail) >= length:
            return [*tail, *[None] * (length - len(tail))]
        return [*tail[:-1], *[None] * (length - len(tail)), tail[-1]]

    def _economic_blocks(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """Basic expenditure in two or three column blocks: personnel at the left, public at the right."""
        n, count, measure = form.code_columns, form.blocks, form.columns[0][0]
        personnel = [r for r in statement.rows if r.block == "personnel" and r.code]
        public = [r for r in statement.rows if r.block == "public" and r.code]
        totals = {r.block: r for r in statement.rows if r.code is None}
        if count == 3:
            cut = next((i for i, r in enumerate(public) if (r.code or "") >= "307"), len(public))
            parts = [personnel, public[:cut], public[cut:]]
        else:
            parts = [personnel, public]
        code = Cell(form.code_label, 1, n, "center", True)
        one = [[code, Cell(form.name_label, 2 if n > 1 else 1, 1, "center", True)]]
        if n > 1:
            one.append([Cell(x, align="center", bold=True) for x in ("类", "款")])
        labels = (form.head_label or "").split("|") if form.head_label and "|" in form.head_label else []
        blocks = []
        for b in range(count):
            block = beside(one, heads(form.columns))
            if labels and b < 2:
                span = (n + 2) * (1 if b == 0 else count - 1)
                block = [[Cell(labels[b], 1, span, "center", True)], *block]
            elif labels:
                block = [[], *block]
            blocks.append(block)
        rows = beside(*blocks)
        n_head = len(rows)
        for i in range(max(len(p) for p in parts)):
            line: list[Cell] = []
            for part in parts:
                if i >= len(part):
                    line += [Cell("") for _ in range(n + 2)]
                    continue
                row = part[i]
                self._begin(truth, row)
                line += [Cell(c, align="center" if n > 1 else "left") for c in split_code(row.code, n)]
                line += [Cell(row.name), self._value(truth, index, row, measure)]
            rows.append(line)
        last: list[Cell] = []
        for number, block_name in enumerate(("personnel", "public")):
            if not (total := totals.get(block_name)):
                continue
            self._begin(truth, total)
            span = n + 1 if number == 0 else (n + 2) * (count - 1) - 1
            last += [Cell(total.name, 1, span, "center"), self._value(truth, index, total, measure)]
        if last:
            rows.append(last)
        one_width = [*([1.0] if n == 1 else [0.55] * n), 2.4, 1.3]
        return Table(rows, one_width * count, n_head)

    def _one_row(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """All measures in one line under their heads: 三公, and Jiangsu's 支出预算总表."""
        rows = heads(form.columns)
        n_head = len(rows)
        if form.column_numbers:
            rows.append(self._numbers(len(form.columns)))
            n_head += 1
        row = statement.rows[0]
        self._begin(truth, row)
        cells = [self._value(truth, index, row, c[0]) for c in form.columns]
        rows.append([replace(c, align="center") for c in cells])
        return Table(rows, [1.0] * len(form.columns), n_head)

    def _three_public_list(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """三公 with the items down the page: `columns` are [prefix, head …]; the item is in the row."""
        rows = beside([[Cell(form.name_label, align="center", bold=True)]], heads(form.columns))
        n_head = len(rows)
        source = statement.rows[0]
        self._begin(truth, source)
        items = (
            ("合计", "total"),
            ("1.因公出国（境）费", "abroad"),
            ("2.公务用车购置及运行维护费", "vehicle_total"),
            ("其中：（1）公务用车购置费", "vehicle_purchase"),
            ("（2）公务用车运行维护费", "vehicle_operation"),
            ("3.公务接待费", "reception"),
        )
        for name, item in items:
            cells = [self._value(truth, index, source, f"{c[0]}_{item}") for c in form.columns]
            rows.append([Cell(name, align="center" if item == "total" else "left"), *cells])
        return Table(rows, [3.0, *[1.5] * len(form.columns)], n_head)

    def _source_list(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """Income by source with a merged group column (Jiangsu b02)."""
        rows = [[Cell(form.name_label, 1, 2, "center", True), Cell(form.columns[0][1], 1, 1, "center", True)]]
        source = statement.rows
        i = 0
        while i < len(source):
            group = source[i].keys.get("group")
            if not group:
                self._begin(truth, source[i])
                value = self._value(truth, index, source[i], form.columns[0][0])
                rows.append([Cell(source[i].name, 1, 2, "center", True), value])
                i += 1
                continue
            end = i
            while end < len(source) and source[end].keys.get("group") == group:
                end += 1
            for k in range(i, end):
                self._begin(truth, source[k])
                lead = [Cell(group, end - i, 1, "center")] if k == i else []
                rows.append([*lead, Cell(source[k].name), self._value(truth, index, source[k], form.columns[0][0])])
            i = end
        return Table(rows, [1.6, 2.6, 1.5], 1)

    def _procurement(self, form: TableForm, statement: Statement, truth: Statement, index: int) -> Table:
        """Procurement: category, project, economic item, article, organisation, amount (Jiangsu b13)."""
        titles = ("采购品目大类", "专项名称", "经济科目", "采购物品名称", "采购组织形式", "总计")
        keys = ("category", "project_name", "economic_item", "item_name", "organisation")
        rows = [[Cell(t, align="center", bold=True) for t in titles]]
        for row in statement.rows:
            self._begin(truth, row)
            level = row.keys.get("level")
            shown = {"total": ("total",), "category": ("category",), "group": ("project_name", "economic_item")}.get(
                level or "", ("item_name", "organisation")
            )
            cells = [Cell(row.name if k == "category" and level == "total" else row.keys.get(k, "") if k in shown else "") for k in keys]
            rows.append([*cells, self._value(truth, index, row, "total")])
        return Table(rows, [1.3, 1.6, 1.6, 1.8, 1.6, 1.3], 1)
