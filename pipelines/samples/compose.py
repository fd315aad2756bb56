"""Content + layout → the sheets to be typeset and the truth of what they print."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.reports.model import FilePart, GlossaryEntry, Identity, MemberUnit, NarrativeFact, Report, SelfEvaluation
from pipelines.samples import evaluation_forms, narrative
from pipelines.samples.blocks import Block, Cell, Heading, PageBreak, Para, Sheet, Table
from pipelines.samples.content import Content
from pipelines.samples.layout import Layout, TableForm
from pipelines.samples.printing import Printer
from pipelines.samples.tables import Builder
from pipelines.samples.text import numeral

GLOSSARY = (
    ("财政拨款收入", "指单位从同级财政部门取得的财政预算资金。"),
    ("事业收入", "指事业单位开展专业业务活动及其辅助活动取得的收入。"),
    ("其他收入", "指除上述收入以外取得的各项收入。"),
    ("基本支出", "指为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。"),
    ("项目支出", "指在基本支出之外为完成特定任务和事业发展目标所发生的支出。"),
    ("“三公”经费", "指用财政拨款安排的因公出国（境）费、公务用车购置及运行费和公务接待费。"),
    ("机关运行经费", "指为保障行政单位运行用于购买货物和服务的各项资金。"),
)
"""Terms of the national form with our own short definitions."""


@dataclass(slots=True)
class Composed:
    """What is typeset, and the truth."""

    content: Content
    layout: Layout
    sheets: list[Sheet]
    truth: Report
    planted: list[dict[str, Any]] = field(default_factory=list)
    chart_facts: list[NarrativeFact] = field(default_factory=list)


def compose(content: Content, layout: Layout, seed: int = 0) -> Composed:
    """Typeset blocks and truth of one report; the truth holds exactly what is printed."""
    dice = random.Random(f"{seed}/{content.file_stem}/{layout.id}")
    fill = {
        "department": content.department,
        "year": str(content.year),
        "previous_year": str(content.year - 1),
        "next_year": str(content.year + 1),
        "region": content.report.identity.region or "",
        "scope_word": layout.scope_word,
        **content.words,
    }
    wording = narrative.load(layout.wording)
    fill.setdefault("reason", dice.choice(wording.reason))
    for block in ("personnel", "public"):
        fill.setdefault(f"{block}_items", _largest(content.report, block))
    source = content.report.identity
    truth = Report(
        Identity(source.region, source.department, source.fiscal_year, source.report_kind, source.scope),
        unit_of_amount=layout.unit,
        report_id=content.report.report_id,
    )
    truth.identity.printed_date = content.words.get("printed_date")
    printer = Printer(layout, content.unit)
    composer = _Composer(content, layout, fill, truth, printer, wording)
    parts = {name: getattr(composer, name)() for name in layout.parts if not (name == "evaluations" and not content.report.evaluations)}
    cover: list[Block] = [Heading(line.format(**fill), 0) for line in layout.cover]
    if date := content.words.get("cover_date"):
        cover.append(Para(date, "cover"))
    if note := content.words.get("cover_note"):
        cover.append(Para(note, "cover"))
    if content.source:
        cover.append(Para(content.source, "cover"))
    contents = composer.contents(list(parts))
    sheets: list[Sheet] = []
    if layout.files == "two":
        text = [b for name, blocks in parts.items() if name != "tables" for b in blocks]
        sheets.append(Sheet("narrative", [*cover, *contents, *text], content.mark, content.source))
        sheets.append(Sheet("tables", parts["tables"][1:] if _is_break(parts["tables"]) else parts["tables"], content.mark, content.source))
    else:
        everything = [b for blocks in parts.values() for b in blocks]
        sheets.append(Sheet("all", [*cover, *contents, *everything], content.mark, content.source))
    truth.files = [FilePart("", "", s.part) for s in sheets]
    return Composed(content, layout, sheets, truth, chart_facts=composer.chart_facts)


def _largest(report: Report, block: str, count: int = 4) -> str:
    """The names of the largest basic expenditure items: what 主要包括 lists."""
    rows = [r for s in report.statements if s.role.endswith("general_public_basic_expenditure") for r in s.rows]
    kinds = {"personnel": ("301", "303"), "public": ("302", "310")}[block]
    money = {}
    for row in rows:
        if row.code and len(row.code) == 5 and row.code[:3] in kinds and row.values:
            money[row.name] = next(iter(row.values.values())).number or 0
    return "、".join(sorted((n for n in money if money[n]), key=lambda n: -money[n])[:count]) or "办公费"


def _is_break(blocks: list[Block]) -> bool:
    return bool(blocks) and isinstance(blocks[0], PageBreak)


@dataclass
class _Composer:
    content: Content
    layout: Layout
    fill: dict[str, str]
    truth: Report
    printer: Printer
    wording: narrative.Wording
    chart_facts: list[NarrativeFact] = field(default_factory=list)

    def _title(self, part: str) -> list[Block]:
        title = self.layout.part_titles.get(part, "").format(**self.fill)
        return [Heading(title, 1)] if title else []

    def contents(self, parts: list[str]) -> list[Block]:
        """The table of contents: part titles and the headings below them."""
        if not self.layout.contents:
            return []
        lines: list[Block] = [PageBreak(), Para("目 录", "title")]
        page = 3
        for part in parts:
            if title := self.layout.part_titles.get(part, "").format(**self.fill):
                lines.append(Para(title, "contents", str(page)))
            below: list[str] = []
            if part == "tables":
                below = [f"{numeral(i)}、{f.title.format(**self.fill)}" for i, f in enumerate(self._printed_forms(), 1)]
            elif part == "narrative":
                below = [s.heading.format(**self.fill) for s in self.wording.sections if s.level == 2]
            elif part == "overview":
                below = self._overview_headings()
            for i, heading in enumerate(below):  # page numbers are near the truth only: nobody reads reports by them
                lines.append(Para("　" + heading, "contents", str(page + i if part == "tables" else page + i // 5)))
            page += len(below) if part == "tables" else 1 + len(below) // 5
        return lines

    def _printed_forms(self) -> list[TableForm]:
        have = {s.key for s in self.content.report.statements}
        return [self.layout.tables[k] for k in self.layout.order if k in have and self.layout.tables[k].printed]

    @property
    def _kind(self) -> str:
        return "决算" if self.layout.kind == "final" else "预算"

    def _overview_headings(self) -> list[str]:
        return [h.format(kind=self._kind, **self.fill) for h in self.layout.overview_headings]

    def overview(self) -> list[Block]:
        """Duties and member units."""
        kind, word = self._kind, self.layout.scope_word
        members = self.content.members
        duties, composition = (Heading(h, 2 if "、" in h[:3] else 1) for h in self._overview_headings())
        duty = f"{self.content.department}依照规定履行职责，承担本{word}主管领域的行政管理和公共服务工作。"
        blocks: list[Block] = [PageBreak(), *self._title("overview"), duties, Para(duty), composition]
        self.truth.member_units = [MemberUnit(m.name, m.note) for m in members]
        if not members:
            blocks.append(Para(f"{self.content.department}为独立核算的{kind}单位，无下属{kind}单位。"))
            return blocks
        years = f"{self.content.year}年{'度' if kind == '决算' else ''}"
        intro = self.layout.members_intro.format(kind=kind, report_year=years, count=len(members), others=len(members) - 1, **self.fill)
        if self.layout.members_style == "sentence":
            blocks.append(Para(intro + "、".join(m.name for m in members) + "。"))
            for unit in self.truth.member_units:
                unit.note = None
            return blocks
        blocks.append(Para(intro))
        if self.layout.members_style == "table":
            rows = [[Cell("序号", align="center"), Cell("单位名称", align="center")]]
            rows += [[Cell(str(i), align="center"), Cell(m.name)] for i, m in enumerate(members, 1)]
            page = self.layout.page
            blocks.append(Table(rows, [0.5, 3.0], 1, page.repeat_header, page.rules, page.size))
            for unit in self.truth.member_units:
                unit.note = None
        else:
            blocks += [Para(f"{i}. {m.name}{f'（{m.note}）' if m.note else ''}", "list") for i, m in enumerate(members, 1)]
        return blocks

    def tables(self) -> list[Block]:
        """All statements in the layout's order."""
        builder = Builder(self.layout, self.printer, self.fill)
        statements = {s.key: s for s in self.content.report.statements}
        blocks: list[Block] = []
        first = True
        for form in self._printed_forms():
            statement = statements[next(k for k, f in self.layout.tables.items() if f is form)]
            table, truth = builder.build(form, statement, len(self.truth.statements))
            caption = self._caption(form, truth.title, truth.unit_of_amount or self.layout.unit)
            if self.layout.page.caption_apart and len(self.truth.statements) % 3 == 1 and caption[0].kind == "form_no":
                blocks.append(caption.pop(0))  # left behind at the foot of the page before
            if first or self.layout.page.one_page_per_table or form.orientation != self._orientation:
                blocks.append(PageBreak(form.orientation))
            if first:
                blocks += self._title("tables")
            first = False
            self._orientation = form.orientation
            blocks += self._laid(table, caption, form)
            notes = [form.note] if form.note else []
            if form.empty_note and not [r for r in statement.rows if r.code]:
                notes.append(form.empty_note)
            blocks += [Para(n.format(**self.fill), "note") for n in notes]
            truth.note = "".join(n.format(**self.fill) for n in notes) or None
            self.truth.statements.append(truth)
        return blocks

    _orientation = "portrait"

    def _laid(self, table: Table, caption: list[Para], form: TableForm) -> list[Block]:
        """Caption and table: one, or cut in two with 续表 over the rest, or with the caption as rows of the table."""
        if self.layout.caption_in_table:
            n = len(table.widths)
            rows = []
            for line in caption:
                if line.kind == "unit_line":
                    left = max(1, n - 2)
                    rows.append([Cell(line.text, 1, left, framed=False), Cell(line.right or "", 1, n - left, "right", framed=False)])
                else:
                    rows.append([Cell(line.text, 1, n, "center" if line.kind == "title" else "right", framed=False)])
            table.rows, table.header_rows = [*rows, *table.rows], table.header_rows + len(rows)
            return [table]
        body = table.rows[table.header_rows :]
        cut = self.layout.split_rows
        if not cut or len(body) <= cut + 3 or any(c.row_span > 1 for r in body for c in r):
            return [*caption, table]
        out: list[Block] = []
        for start in range(0, len(body), cut):
            head = [Para(f"{c.text}（续表）", "title") if start and c.kind == "title" else c for c in caption]
            if start:
                out.append(PageBreak(form.orientation))
            out += [*head, replace(table, rows=[*table.rows[: table.header_rows], *body[start : start + cut]])]
        return out

    def _caption(self, form: TableForm, title: str, unit: str) -> list[Para]:
        blocks = [Para(title, "title")]
        if form.form_no:
            blocks.insert(0 if self.layout.page.caption_apart else 1, Para(form.form_no, "form_no"))
        left = self.layout.unit_line.format(**self.fill)
        right = self.layout.unit_line_unit.format(unit=unit, **self.fill)
        if self.layout.unit_line_year:
            left = f"{left}　　　　{self.content.year}年度" if left else f"{self.content.year}年度"
        blocks.append(Para(left, "unit_line", right))
        return blocks

    def narrative(self) -> list[Block]:
        """The 情况说明; its facts go to the truth."""
        narrator = narrative.Narrator(self.content, self.printer, self.wording, self.fill)
        blocks = narrator.compose()
        self.truth.facts = narrator.facts
        self.chart_facts = narrator.chart_facts
        return [PageBreak(), *self._title("narrative"), *blocks]

    def glossary(self) -> list[Block]:
        """名词解释 in our own words."""
        blocks: list[Block] = [PageBreak(), *self._title("glossary")]
        for i, (term, definition) in enumerate(GLOSSARY, 1):
            blocks.append(Para(f"{numeral(i)}、{term}：{definition}"))
            self.truth.glossary.append(GlossaryEntry(term, definition))
        return blocks

    def evaluations(self) -> list[Block]:
        """绩效自评表, one form after another."""
        if self.layout.evaluation == "none":
            return []
        blocks: list[Block] = [PageBreak(), *self._title("evaluations")]
        for form in self.content.report.evaluations:
            printed: SelfEvaluation = replace(form)
            table_blocks, printed = evaluation_forms.build(printed, self.layout)
            blocks += table_blocks
            self.truth.evaluations.append(printed)
        return blocks
