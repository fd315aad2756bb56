"""Statements of a report: every grid of an outline gets its role from title, head and rows, and its cells become rows.

A grid without a head goes on from the statement before it. What cannot be told is a finding with its place, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.documents.model import Grid, Locator, Paragraph
from pipelines.reports.amounts import looks_numeric
from pipelines.reports.forms import Form, forms, title_role
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Identity, Outline, ReadingFinding, Section, Statement, Unrecognised
from pipelines.reports.outline import caption_of
from pipelines.reports.statements import procurement as statement_procurement
from pipelines.reports.statements import three_public as statement_three_public
from pipelines.reports.statements.carry import carry
from pipelines.reports.statements.evidence import role_by_evidence
from pipelines.reports.statements.facing import Facing
from pipelines.reports.statements.headers import is_meta, meta_unit, segments
from pipelines.reports.statements.headers_model import Leaf, Segment, row_cells
from pipelines.reports.statements.keys import settle_keys
from pipelines.reports.statements.measures import name_measures
from pipelines.reports.statements.overrun import put_back
from pipelines.reports.statements.rows import Table, account, clean, read_segment

_FORM_NO = re.compile(r"(?:财决|预算|决算)?公开(?:表)?\d{1,2}(?:-\d)?表?|^表[一二三四五六七八九十\d]{1,3}(?:-\d)?$|^附表\d+(?:-\d)?$")
_NOTE = re.compile(
    r"^(?:[（(]?\d?[)）]?\s*)?(?:注|说明|备注|附注)\s*\d?\s*[：:.、，]|^注\s*\d|^[：:]“|^本表|^\d[.．、]\s*[“\"]?\S{0,12}(?:指|为必填|反映|按|包括)|(?:空表|无数据|此表为空)"
)
_UNIT_LABEL = re.compile(r"[(（](?:单位[:：])?(元|千元|万元|亿元)[)）]")
_OTHER_UNIT = re.compile(r"单位:\(?(?:辆|台|套|个|人|平方米|㎡|件|%)")
_AMOUNT = re.compile(r"^[\s\d,，.．—-]*\d[\d,，]*[.．]\d{2}")
_NUMBER = re.compile(r"[-（(]?[\d,，]+(?:[.．]\d+)?[)）]?%?")
_LONG = 140


@dataclass(slots=True)
class _Open:
    """A statement being read."""

    form: Form
    title: str
    table: Table
    leaves: list[Leaf]
    head: tuple[tuple[str, ...], ...]
    unit: str | None
    form_no: str | None
    locator: Locator
    pages: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    by_title: bool = True
    n_columns: int = 0
    head_words: tuple[str, ...] = ()
    facing: Facing = field(default_factory=Facing)


class _Reader:
    def __init__(self, identity: Identity):
        self.identity = identity
        self.kind = identity.report_kind or "final"
        self.done: list[_Open] = []
        self.findings: list[ReadingFinding] = []
        self.unrecognised: list[Unrecognised] = []
        self.current: _Open | None = None
        self.skipping = False
        self.before: list[Paragraph] = []

        self.heading: tuple[str, str | None] | None = None  # of the section, until a grid has taken it
        self.pending: tuple[Segment, list[Paragraph], Grid] | None = None  # a table no title or head explains; its note may

    # --- flow
    def paragraph(self, paragraph: Paragraph) -> None:
        if self.pending is not None and _NOTE.search(paragraph.text.strip()):
            segment, captions, grid = self.pending
            role = role_by_evidence(segment, self.kind, [paragraph.text], {o.form.role for o in self.done})
            if role is not None and (form := forms().get(role) or Form(role=role, family="table")).family != "skip":
                self.pending = None
                self._open(segment, captions, grid, "", form)
        if not self.before and self.current is not None and _NOTE.search(paragraph.text.strip()) and caption_of(paragraph) is None:
            self.current.notes.append(paragraph.text.strip())
            return
        if not self.before and self.current is not None and self.current.unit is None:
            self.current.unit = meta_unit(paragraph.text)  # 单位：万元 printed under the table
        self.before.append(paragraph)

    def settle(self) -> None:
        """A table that stayed unexplained is said so."""
        if self.pending is not None:
            self._unknown(self.pending[0], "neither a title nor the head tells which statement this is")
            self.pending = None

    def close(self, section: Section) -> None:
        """Says what a statement section printed beside its table, or instead of one: amounts are never dropped in silence."""
        if section.role != "statement" or section.key == "tables":
            return
        form = forms().get(section.key or "") or Form(role=section.key or "other", family="table")
        loose = [b for b in section.blocks if isinstance(b, Paragraph) and len(b.text) < 60 and _AMOUNT.search(b.text)]
        if form.family == "skip" or not loose:
            return
        tables = any(isinstance(b, Grid) for b in section.blocks)
        why = "stand beside its table, outside any grid" if tables else "stand under this title but no table was recognised"
        self.findings.append(
            ReadingFinding(
                "reading.amounts_outside_table" if tables else "reading.table_not_found",
                "error" if form.core else "warning",
                f"{section.heading}: {len(loose)} lines of amounts {why}",
                statement=form.role,
                locator=loose[0].locator,
            )
        )
        self.unrecognised += [Unrecognised(b.text, f"{section.heading}: an amount outside any table", b.locator) for b in loose]

    def grid(self, grid: Grid) -> None:
        self.settle()
        captions = self._captions()
        parts = segments(grid)
        for i, segment in enumerate(parts):
            if i + 1 < len(parts) and not segment.has_head and not _has_amounts(segment):
                parts[i + 1].captions[:0] = segment.captions  # text above a head, not a table
                continue
            self._segment(segment, captions, grid)
            captions = []
        self.before = []

    def _captions(self) -> list[Paragraph]:
        """The short paragraphs right above a grid, after the last running text."""
        out: list[Paragraph] = []
        for paragraph in reversed(self.before[-14:]):
            if len(paragraph.text) > _LONG and caption_of(paragraph) is None:
                if _NOTE.search(paragraph.text.strip()):
                    continue
                break
            out.append(paragraph)
        return out[::-1]

    def _segment(self, segment: Segment, captions: list[Paragraph], grid: Grid) -> None:
        title, role = self._title(segment, captions)
        if role is None and self.heading is not None and (segment.has_head or grid.continued is False) and _has_amounts(segment):
            title, role = self.heading[0], self.heading[1]
        if role is not None:
            self.heading = None  # the next grid of the section goes on or says what it is
        if self._faces(segment, captions, grid, role):
            return
        if role is None and not segment.has_head:
            if segment.rows and not self.skipping and self.current is not None:
                self._continue(segment, grid)
            elif segment.rows and not self.skipping:
                self._unknown(segment, "a table without title and head")
            return
        if role is None:
            head = tuple(x.path for x in segment.leaves)
            if self.current is not None and _same_head(head, self.current.head) and not self.skipping:
                self._continue(segment, grid, same_head=True)
                return
            if self.current is not None and not self.skipping and segment.head_words == self.current.head_words:
                self._continue(segment, grid)
                return
            if self.skipping and (grid.continued or not _has_amounts(segment)):
                return
            if not _has_amounts(segment):
                return
            notes = [p.text for p in captions]
            found = role_by_evidence(segment, self.kind, notes, {o.form.role for o in self.done})
            if found is None:
                self.skipping = False
                self.current = None
                self.settle()
                self.pending = (segment, captions, grid)
                return
            role, title = found, ""
        form = forms().get(role) or Form(role=role, family="table")
        if form.family == "skip":
            self.skipping, self.current = True, None
            return
        self.skipping = False
        if self._goes_on(segment, form, title):
            self._continue(segment, grid, same_head=segment.has_head)
            return
        self._open(segment, captions, grid, title, form)

    def _faces(self, segment: Segment, captions: list[Paragraph], grid: Grid, role: str | None) -> bool:
        """Is it the right half of the table before it, cut by its columns?"""
        current = self.current
        if current is None or self.skipping or role not in (None, current.form.role):
            return False
        alone = role is not None or all(is_meta(p.text) for p in captions)
        if not current.facing.right(current.table, segment, self.kind, self.identity.fiscal_year, alone):
            return False
        if grid.locator.page is not None and grid.locator.page not in current.pages:
            current.pages.append(grid.locator.page)
        return True

    def _goes_on(self, segment: Segment, form: Form, title: str) -> bool:
        """A title printed again over the next page of the same table begins no second one."""
        current = self.current
        if current is None or current.form.role != form.role or fold(current.title) != fold(re.sub(r"[（(]?续表?[)）]?", "", title)):
            return False
        return not segment.has_head or _same_head(tuple(x.path for x in segment.leaves), current.head)

    def _title(self, segment: Segment, captions: list[Paragraph]) -> tuple[str, str | None]:
        lines = segment.captions
        for count in (1, 2, 3):
            for i in range(len(lines) - count + 1):
                joined = "".join(lines[i : i + count])
                head = re.split(r"(?:编制|填报|预算)?(?:部门|单位)(?:名称)?[:：]", joined)[0]
                if head and (role := title_role(head, self.kind, bare=True)) and not is_meta(head):
                    return clean(head), role
        for i in range(len(captions) - 1, -1, -1):
            if found := caption_of(captions[i]):
                return clean(found[0]), title_role(found[0], self.kind) or found[1]
            for count in (2, 3):
                joined = "".join(p.text.strip() for p in captions[max(0, i - count + 1) : i + 1])
                if i - count + 1 >= 0 and len(joined) < 80 and (role := title_role(joined, self.kind)):
                    return clean(joined), role
        if captions and segment.has_head and len(captions[-1].text) < 50:
            # a title that lost its last character stands right above the grid
            for paragraph in reversed(captions[-3:]):
                text = re.split(r"\s*(?:编制|填报|预算)?(?:部门|单位)(?:名称)?[:：]|(?:金额)?单\s*位\s*[:：]", paragraph.text.strip())[0]
                if text and not is_meta(text) and (role := title_role(text, self.kind, bare=True)):
                    return clean(text), role
        return "", None

    # --- statements
    def _open(self, segment: Segment, captions: list[Paragraph], grid: Grid, title: str, form: Form) -> None:
        lines = [*segment.captions, *(line for p in captions for line in _lines(p))]
        unit = next((u for line in reversed(lines) if (u := meta_unit(line))), None) or _unit_of_labels(segment)
        form_no = next((m.group() for line in reversed(lines) if (m := _FORM_NO.search(fold(line))) and len(line.strip()) < 12), None)
        title = title or form.role
        findings = name_measures(segment.leaves, form, self.kind, self.identity.fiscal_year, title)
        table = Table(form, self.kind, title)
        table.findings += findings
        table.no_money = unit is None and any(_OTHER_UNIT.search(fold(line)) for line in lines)
        self.current = _Open(
            form,
            title,
            table,
            segment.leaves,
            tuple(x.path for x in segment.leaves),
            unit,
            form_no,
            grid.locator,
            n_columns=grid.n_columns,
            head_words=segment.head_words,
        )
        self.done.append(self.current)
        if not segment.has_head and segment.rows:
            self._headless(segment)
        self._read(segment, grid, continuation=False)

    def _headless(self, segment: Segment) -> None:
        assert self.current is not None
        if not any(c is not None and c.text.strip() and looks_numeric(c.text) for r in segment.rows for c in segment.matrix[r]):
            return  # a grid around a caption, not a table
        self.findings.append(
            ReadingFinding(
                "reading.no_head",
                "error" if self.current.form.core else "warning",
                f"{self.current.title}: the table prints no head that can be read; its {len(segment.rows)} rows were not staged",
                locator=segment.grid.locator,
            )
        )
        self._unknown(segment, "a titled table whose head cannot be read", finding=False)

    def _read(self, segment: Segment, grid: Grid, continuation: bool) -> None:
        current = self.current
        assert current is not None
        if grid.locator.page is not None and grid.locator.page not in current.pages:
            current.pages.append(grid.locator.page)
        current.table.notes += segment.notes
        since = 0 if current.form.family == "three_public" else len(current.table.rows)
        if current.form.family == "three_public":
            statement_three_public.read(current.table, segment, self.identity.fiscal_year)
        elif current.form.family == "procurement":
            statement_procurement.read(current.table, segment)
        else:
            read_segment(current.table, segment, continuation)
            if current.table.has_code:
                current.facing.left(segment, current.table.rows[since:])
        account(current.table, segment, since)

    def _continue(self, segment: Segment, grid: Grid, same_head: bool = False) -> None:
        current = self.current
        assert current is not None
        if same_head:
            for mine, theirs in zip(segment.leaves, current.leaves, strict=True):
                mine.measure, mine.kind, mine.key, mine.block = theirs.measure, theirs.kind, theirs.key, theirs.block
        else:
            leaves = carry(current.leaves, segment, current.n_columns)
            if leaves is None:
                self.findings.append(
                    ReadingFinding(
                        "reading.continuation",
                        "error" if current.form.core else "warning",
                        f"{current.title}: a part without head has {grid.n_columns} columns, not {current.n_columns}; not joined",
                        statement=current.form.role,
                        locator=grid.locator,
                    )
                )
                self._unknown(segment, f"a table part that does not fit {current.title}", finding=False)
                return
            segment.leaves = leaves
        current.notes, moved = [], current.notes
        current.table.notes += moved
        self._read(segment, grid, continuation=True)

    def _unknown(self, segment: Segment, why: str, finding: bool = True) -> None:
        if not _has_amounts(segment):
            return
        count = 0
        for number in segment.rows:
            for cell in {id(c): c for c in segment.matrix[number] if c is not None and c.text.strip()}.values():
                self.unrecognised.append(Unrecognised(cell.text, why, cell.locator))
                count += 1
        if finding:
            label = " | ".join(x.label for x in segment.leaves[:6])
            self.findings.append(
                ReadingFinding("reading.unknown_table", "warning", f"{why} ({count} cells): {label}", locator=segment.grid.locator)
            )


def read(outline: Outline, identity: Identity) -> tuple[list[Statement], list[ReadingFinding], list[Unrecognised]]:
    """Every statement of a report in printed order, what was at fault in reading, and what no form takes."""
    reader = _Reader(identity)
    for section in outline.sections:
        if section.role in ("contents", "evaluations", "members", "glossary", "project"):
            reader.settle()
        if section.role in ("contents", "evaluations"):
            reader.current, reader.before, reader.skipping = None, [], section.role == "evaluations"
            continue
        if section.role in ("members", "glossary", "project"):
            reader.current, reader.before = None, []
        reader.heading = (section.heading, section.key) if section.role == "statement" and section.key != "tables" else None
        for block in section.blocks:
            if isinstance(block, Paragraph):
                reader.paragraph(block)
            elif section.role not in ("members", "glossary", "project"):
                reader.grid(block)
        reader.close(section)
    reader.settle()
    put_back([o.table.rows for o in reader.done])
    return settle_keys([_finish(o) for o in reader.done], reader, identity)


def _finish(o: _Open) -> tuple[Statement, Form, Table]:
    if o.form.family == "three_public":
        statement_three_public.finish(o.table, o.leaves)
    notes = [*dict.fromkeys([*o.table.notes, *o.notes])]
    return (
        Statement(
            key=o.form.role,
            role=o.form.role,
            title=o.title,
            unit_of_amount=o.unit,
            rows=o.table.rows,
            pages=o.pages,
            form_no=o.form_no,
            note="\n".join(notes) or None,
            locator=o.locator,
        ),
        o.form,
        o.table,
    )


def _same_head(a: tuple[tuple[str, ...], ...], b: tuple[tuple[str, ...], ...]) -> bool:
    """The same columns: equal paths, or equal lowest labels (groups over them may be placed differently on another page)."""
    return a == b or [x[-1] for x in a] == [x[-1] for x in b]


def _lines(paragraph: Paragraph) -> list[str]:
    return [paragraph.text[r.start : r.end] for r in paragraph.runs] or [paragraph.text]


def _unit_of_labels(segment: Segment) -> str | None:
    units = {m.group(1) for x in segment.leaves if x.kind == "value" for label in x.path if (m := _UNIT_LABEL.search(label))}
    return units.pop() if len(units) == 1 else None


def _has_amounts(segment: Segment) -> bool:
    """Does a segment print a number that is no code, line number or year?"""
    for number in segment.rows:
        for cell in row_cells(segment.matrix, number):
            if not _NUMBER.fullmatch(text := cell.text.strip()):
                continue
            leaf = next((x for x in segment.leaves if x.start <= cell.column < x.end), None)
            if leaf is None or leaf.kind == "value" or not text.isdigit():
                return True
    return False
