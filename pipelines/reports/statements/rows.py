"""Rows of a statement: one data row of a grid under its head, block by block, into rows with code, name, keys and printed values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.documents.model import GridCell
from pipelines.reports.amounts import is_blank, looks_numeric, parse_number
from pipelines.reports.forms import Form, concept, side_of
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import ReadingFinding, Row, Unrecognised, Value
from pipelines.reports.statements.headers_model import Leaf, Segment, row_cells
from pipelines.reports.statements.torn import join_torn

_SPACE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")
_FILLER = re.compile(r"^(?:[.…·。—\-/*]+|(?:此|本)?表(?:为空|无数据)?|无|略|空表)$")
_GLUED = re.compile(r"^[\[【(（]?(\d{3}(?:\d{2}){0,2})[\]】)）]?[-—_、.\s]*(?=[\u4e00-\u9fff])")
_TOTAL_NAME = re.compile(r"^(?:本年|当年)?(?:收入|支出|收支)?(?:合|总|小|共)计$")
_ANY_TOTAL = re.compile(r"^[\u4e00-\u9fff]*[合总小]计$")
_EXPENDITURE_TOTAL = re.compile(r"^(?:本年|当年|年度)?支出(?:合计|总计|小计)$|结转下年|^(?:支出)?总计$")
_ENUMERATED = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|\(?[一二三四五六七八九十\d]+\)|\d+[、.])")
_COUNTED = re.compile(r"\((?:个|辆|人|批|次|台|套|人次|批次|台、套|台\(套|户|平方米|㎡|件|家)\)*$")
"""A row that counts things says so in its name: 车辆数合计（辆）. Its numbers are no money whatever the unit of the table."""
_WHOLE_NAME = re.compile(r"(?:收入|支出|拨款|资金|结余|结转|预算|经费|费|债券|余额|金|[)）])$")
_SENTENCE = re.compile(r"(?=.*[\u4e00-\u9fff].*[，。；,;]).{20,}")
"""What a cell under an amount says in words."""
_SECTION = re.compile(r"^(?:本年)?(收入|支出)(?:部分|类)?$")
_INCOME_NAME = re.compile(r"收入|拨款|上年结转|年初|补助收入|使用(?:非财政|专用)|弥补收支差额|资金$")


def clean(text: str) -> str:
    """A printed name as one word: wraps and spaces gone, everything else as printed."""
    return _SPACE.sub("", text)


@dataclass(slots=True)
class Table:
    """Rows of one statement while its grids are read."""

    form: Form
    kind: str
    title: str
    rows: list[Row] = field(default_factory=list)
    findings: list[ReadingFinding] = field(default_factory=list)
    unrecognised: list[Unrecognised] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # code parts of the row before: 类, 款, 项 printed once only
    carried: dict[str, str] = field(default_factory=dict)  # key columns printed once for several rows
    group: str | None = None  # of the row before, where names stand in two columns
    section: str | None = None  # 收入 / 支出 met in a one-block summary
    has_code: bool = False
    no_money: bool = False  # the printed unit is 辆, 台 …
    by_unit: bool = False  # the rows are units, not subjects
    torn: set[int] = field(default_factory=set)  # ids of the places of amounts that finish those of the page before


def read_segment(table: Table, segment: Segment, continuation: bool) -> None:
    """Adds the data rows of a segment. `continuation`: its first row may finish the last name of the page before."""
    leaves = segment.leaves
    blocks: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        blocks.setdefault(leaf.block, []).append(leaf)
    sides = _sides(segment, blocks) if table.form.family == "summary" else {}
    table.has_code = table.has_code or any(x.kind.startswith("code") for x in leaves)
    table.by_unit = table.by_unit or (
        any(x.key == "unit_name" for x in leaves) and not table.has_code and not any(x.kind == "name" for x in leaves)
    )
    first = continuation
    for number in segment.rows:
        done = _read_row(table, segment, blocks, number, sides, first)
        first = first and not done


def _read_row(
    table: Table, segment: Segment, blocks: dict[int, list[Leaf]], number: int, sides: dict[int, str | None], first: bool
) -> bool:
    made: list[tuple[int, Row]] = []
    skipped_name: GridCell | None = None
    for block, leaves in blocks.items():
        row, name_cell = block_row(table, segment, leaves, number)
        if row is None:
            continue
        values = [x for x in leaves if x.kind == "value"]
        if values and name_cell is not None and all(_covers(name_cell, x) for x in values) and name_cell.column_span > 1:
            skipped_name = name_cell  # a name spanning this block stands for the next one
            if block != max(blocks):
                continue
        if table.form.family == "summary":
            row.side = _side(table, row, sides.get(block), len(blocks), skipped_name is not None and name_cell is skipped_name)
            if row.side == "section":
                continue
        made.append((block, row))
    _adopt(table, made)
    if first and (rest := join_torn(table.rows, [row for _, row in made])):
        table.torn.update(id(v.locator) for v in rest if v.locator is not None)
        return True
    if first and (last := _joins(table, made)) is not None:
        last.name += made[0][1].name
        return True
    for block, row in made:
        if len(made) > 1 and (cut := _cut_name(table, row)) is not None:
            cut.name += row.name
            continue
        if _COUNTED.search(fold(row.name)):
            row.keys = {**row.keys, "unit": "count"}
        _economic_block(table, row, block, len(blocks))
        table.rows.append(row)
    return bool(made)


def _adopt(table: Table, made: list[tuple[int, Row]]) -> None:
    """公用经费合计 whose merged cell was lost: its amount stands under the next block, without a name. It goes to the name on its left.

    Where nothing rules the columns the name itself, centred over its span, may stand where an amount of the block at the left would.
    """
    for i in range(len(made) - 1, 0, -1):
        row = made[i][1]
        if row.name or row.code or row.line_no is not None:
            continue
        left = made[i - 1][1]
        if left.code or left.values.keys() != row.values.keys():
            continue
        printed = [v for v in left.values.values() if v.printed.strip()]
        if left.name and not printed:
            left.values = row.values
            del made[i]
        elif not left.name and len(printed) == 1 and _ANY_TOTAL.search(fold(printed[0].printed)):
            left.name, left.locator, left.values = clean(printed[0].printed), printed[0].locator, row.values
            table.findings = [f for f in table.findings if f.locator is not printed[0].locator]
            del made[i]


def _covers(cell: GridCell, leaf: Leaf) -> bool:
    return cell.column <= leaf.start and cell.column + cell.column_span >= leaf.end


def _joins(table: Table, made: list[tuple[int, Row]]) -> Row | None:
    """The row whose name the page break cut, when the first row of a continuation is only the rest of it; else None."""
    if len(made) != 1 or not table.rows or table.form.family not in ("table", "summary"):
        return None
    row = made[0][1]
    if row.code or any(v.printed.strip() for v in row.values.values()) or row.line_no is not None or not row.name:
        return None
    last = next((r for r in reversed(table.rows) if r.side == row.side), None)
    if last is None or row.keys != last.keys or _ENUMERATED.match(fold(row.name)):
        return None
    if (
        re.fullmatch(r"[合小总]计", row.name)
        and re.search(r"(?:收入|支出)$", last.name)
        and not last.code
        and last.values.keys() == row.values.keys()
    ):
        return last  # 本年收入 | 合计
    if _TOTAL_NAME.match(fold(row.name)) or concept(row.name) is not None:
        return None
    if table.form.family == "summary":
        cut = not _WHOLE_NAME.search(last.name) and len(row.name) <= 4  # 政府性基金预算财政拨 | 款
        return last if cut or (_ENUMERATED.match(fold(last.name)) and len(row.name) <= 8 and not last.name.endswith("支出")) else None
    return last if table.has_code and last.code is not None else None


def _cut_name(table: Table, row: Row) -> Row | None:
    """The row above on the same side whose name goes on in this one (三、国有资本经营预 | 算), beside a row of the other side."""
    if table.form.family != "summary" or row.code or row.line_no is not None or not 0 < len(row.name) <= 6:
        return None
    name = fold(row.name)
    if any(v.printed.strip() for v in row.values.values()) or _ENUMERATED.match(name) or _TOTAL_NAME.match(name) or concept(row.name):
        return None
    last = next((r for r in reversed(table.rows) if r.side == row.side), None)
    if last is None or not _ENUMERATED.match(fold(last.name)) or _WHOLE_NAME.search(last.name):
        return None
    return last


def block_row(table: Table, segment: Segment, leaves: list[Leaf], number: int) -> tuple[Row | None, GridCell | None]:
    """One block of one data row, and the cell its name is printed in; no row for filler."""
    names: list[str] = []
    name_cell: GridCell | None = None
    parts: list[str] = []
    code_cell: GridCell | None = None
    raw_code = ""
    keys: dict[str, str] = {}
    values: dict[str, Value] = {}
    line_no: int | None = None
    name_leaves = [x for x in leaves if x.kind == "name"]
    for leaf in leaves:
        cell = _cell(segment, leaf, number, leaves)
        if cell is None:
            if (number, leaf.start) in segment.raised:
                continue  # a label stands where the amount would: nothing is blank there
            if leaf.kind == "value" and leaf.measure:
                values[leaf.measure] = Value("", None, None)
            elif leaf.kind.startswith("code_"):
                parts.append("")
            elif leaf.kind == "name" and len(name_leaves) > 1:
                names.append("")
            continue
        text = cell.text.strip()
        if leaf.kind == "value":
            if leaf.measure and cell.row == number and _SENTENCE.fullmatch(clean(text)) and parse_number(text) is None:
                table.notes.append(text)  # 增减变化原因等说明 | 接待费比上年减少…
                values[leaf.measure] = Value("", None, None)
            elif leaf.measure and cell.row == number:
                values[leaf.measure] = _value(table, cell, leaf)
            elif leaf.measure:
                values[leaf.measure] = Value("", None, None)
        elif leaf.kind == "line_no":
            folded = fold(text)
            line_no = int(folded) if folded.isdigit() else None
        elif leaf.kind.startswith("code"):
            if cell is code_cell:
                continue  # the whole code in one cell under 类, 款 and 项
            code_cell = cell
            code = fold(text)
            if re.fullmatch(r"\d{1,9}(?:\.0)?", code):
                parts.append(code.removesuffix(".0"))
                raw_code += code
            elif re.fullmatch(r"[类款项]", code):
                continue  # the foot of the head shares its row with 合计
            elif (glued := _GLUED.match(text)) and not name_leaves:
                parts.append(glued.group(1))
                names.append(clean(text[glued.end() :]))
                name_cell = cell
            elif code and name_cell is None:
                names.insert(0, clean(text))
                name_cell = cell
        elif leaf.kind == "name":
            if cell is name_cell:
                continue
            names.append(clean(text))
            name_cell = cell
        elif leaf.kind == "key":
            key = leaf.key or f"column_{leaf.start + 1}"
            if key.endswith("_code") and not any(c.isdigit() for c in text):  # 合计 over code and name
                if name_cell is None:
                    names.insert(0, clean(text))
                    name_cell = cell
                continue
            if cell is name_cell:
                continue
            keys[key] = clean(text)
    code_text = _code(table, parts, [x for x in leaves if x.kind.startswith("code")])
    group = None
    if len(names) > 1:
        printed = [n for n in names if n]
        if len(name_leaves) > 1 and len(names) >= len(name_leaves):
            # a text export prints a group merged over rows once: below it the place is blank
            group = names[0] if len(printed) > 1 else table.group if printed and not names[0] and not code_text else None
            table.group = group
        elif len(printed) > 1 and not code_text:
            group = printed[0]
        name = printed[-1] if printed else ""
    else:
        name = names[0] if names else ""
    if not code_text and (glued := _GLUED.match(name)):
        code_text, name = glued.group(1), name[glued.end() :]
    name_is_filler = bool(_FILLER.match(name))
    empty = all(not v.printed.strip() for v in values.values())
    if name_is_filler and empty and not code_text:
        if "空" in name or "无数据" in name:
            table.notes.append(name)
        return None, name_cell
    if not name and not code_text and not any(keys.values()):
        if empty:
            return None, name_cell
        name = "合计" if not name_leaves and not any(x.kind.startswith("code") for x in leaves) else ""
    elif not name and not code_text and empty and table.form.family != "procurement":
        return None, name_cell
    if group:
        keys = {"group": group, **keys}
    if not name and keys and table.form.family != "procurement":
        named = next((k for k in ("project_name", "unit_name", "item_name") if keys.get(k)), next(iter(keys)))
        name = keys.pop(named)
    locator = name_cell.locator if name_cell is not None else next((v.locator for v in values.values() if v.locator), None)
    return Row(name, code_text, values, line_no=line_no, keys=keys, locator=locator), name_cell


def _cell(segment: Segment, leaf: Leaf, number: int, leaves: list[Leaf]) -> GridCell | None:
    """The cell of a row that belongs to a column: the one that overlaps it; a name that merely reaches over an amount is none."""
    places = segment.matrix[number]
    if leaf.end - leaf.start == 1:  # nearly always
        only = places[leaf.start]
        if only is None or not only.text or only.text.isspace() or only.row in segment.head_rows:
            return None
        if only.column_span == 1:
            return only if only.row == number or leaf.kind != "line_no" else None
    best: GridCell | None = None
    for c in range(leaf.start, leaf.end):
        cell = segment.matrix[number][c]
        if cell is None or not cell.text.strip() or cell is best or cell.row in segment.head_rows:
            continue
        if cell.row != number and leaf.kind == "line_no":
            continue
        if leaf.kind == "value":
            if not _numberlike(cell.text) and (cell.column < leaf.start or cell.column_span > leaf.end - leaf.start):
                continue
            if cell.column_span > leaf.end - leaf.start and not _mine(cell, leaf, leaves):
                continue
        if best is None or (leaf.kind == "value" and _numberlike(cell.text) and not _numberlike(best.text)):
            best = cell
    return best


def _numberlike(text: str) -> bool:
    return looks_numeric(text) or is_blank(text)


def _mine(cell: GridCell, leaf: Leaf, leaves: list[Leaf]) -> bool:
    """A number over several columns belongs to the one it overlaps most (the first of equals is not taken for granted)."""
    overlaps = {
        id(x): min(cell.column + cell.column_span, x.end) - max(cell.column, x.start) for x in leaves if x.kind == "value" or x is leaf
    }
    best = max(overlaps.values())
    return overlaps[id(leaf)] == best and sum(1 for v in overlaps.values() if v == best) == 1


def _value(table: Table, cell: GridCell, leaf: Leaf) -> Value:
    text = cell.text.strip()
    number: Decimal | None = parse_number(text)
    if number is None and not is_blank(text):
        table.findings.append(
            ReadingFinding(
                "reading.not_a_number",
                "warning" if any(c.isdigit() for c in text) else "info",
                f"{table.title}: “{text}” under “{leaf.label}” is not a number",
                locator=cell.locator,
            )
        )
    return Value(text, number, cell.locator, cell.confidence)


def _code(table: Table, parts: list[str], leaves: list[Leaf]) -> str | None:
    """类, 款, 项 joined. A part printed once only for the rows below is carried on; lost leading zeros are put back."""
    if not any(parts):
        return None
    if len(leaves) <= 1 or len(parts) <= 1:
        code = "".join(parts)
        return _pad(code)
    out: list[str] = []
    if not parts[0] and table.codes:
        first = next(i for i, p in enumerate(parts) if p)
        out = table.codes[:first]
    joined = "".join(out)
    kept = list(out)
    for part in parts[len(out) :]:
        if not part:
            continue
        if joined and part.startswith(joined) and len(part) > len(joined):
            joined, part = part, part[len(joined) :]  # 201 | 20103 | 2010301
        else:
            part = part.zfill(2) if joined and len(part) == 1 else part
            joined += part
        kept.append(part)
    table.codes = kept
    return joined


def _pad(code: str) -> str:
    return code


def _sides(segment: Segment, blocks: dict[int, list[Leaf]]) -> dict[int, str | None]:
    """income | expenditure | expenditure_by_purpose for each block, from the labels over it."""
    out: dict[int, str | None] = {}
    for block, leaves in blocks.items():
        found: str | None = None
        for side in (side_of(label) for leaf in leaves for label in leaf.path):
            if side and (found is None or (found == "expenditure" and side == "expenditure_by_purpose")):
                found = side
        out[block] = found
    known = [s for s in out.values() if s]
    if len(blocks) > 1 and (len(known) < len(blocks) or len(set(known)) == 1) and "expenditure_by_purpose" not in known:
        # heads that lost their spans: the first block is the income, the others the expenditure
        return {b: "income" if i == 0 else "expenditure" for i, b in enumerate(blocks)}
    return out


def _side(table: Table, row: Row, given: str | None, n_blocks: int, spanning: bool) -> str | None:
    name = fold(row.name)
    if n_blocks == 1:
        match = _SECTION.match(name)
        if match and not any(v.number is not None for v in row.values.values()):
            table.section = "income" if match.group(1) == "收入" else "expenditure"
            return "section"
        if table.section is None or (table.section == "income" and re.search(r"支出", name) and not _INCOME_NAME.search(name)):
            table.section = "expenditure" if re.search(r"支出|年末|结余分配|结转下年", name) else table.section or "income"
        return table.section
    if given == "expenditure_by_purpose" and (spanning or _EXPENDITURE_TOTAL.search(name)):
        return "expenditure"
    return given


def _economic_block(table: Table, row: Row, block: int, n_blocks: int) -> None:
    """personnel | public of a basic-expenditure row, by economic class; by its name or column block where it has no code."""
    if table.form.role != "general_public_basic_expenditure" or table.kind != "final":
        return
    if row.code:
        row.block = "personnel" if row.code[:3] in ("301", "303", "501", "505", "509") else "public"
    elif "人员经费" in row.name:
        row.block = "personnel"
    elif "公用经费" in row.name:
        row.block = "public"
    elif n_blocks > 1 and not _TOTAL_NAME.match(fold(row.name)):
        row.block = "personnel" if block == 0 else "public"


def account(table: Table, segment: Segment, since: int) -> None:
    """Numbers of a segment that no row (from `since` on) took: said, never dropped."""
    staged = set(table.torn)
    words: set[str] = set()
    for row in table.rows[since:]:
        staged.update(id(v.locator) for v in row.values.values() if v.locator is not None)
        words.update(row.keys.values())
        words.add(row.name)
    for number in segment.rows:
        for cell in row_cells(segment.matrix, number):
            if id(cell.locator) in staged or not any(c.isdigit() for c in cell.text) or parse_number(cell.text) is None:
                continue
            text = fold(cell.text)
            if clean(cell.text) in words or (text.isdigit() and _takes_integers(segment, cell)):
                continue
            table.unrecognised.append(Unrecognised(cell.text, f"{table.title}: no column of the head takes this number", cell.locator))


def _takes_integers(segment: Segment, cell: GridCell) -> bool:
    """Does the cell stand in a column of codes, line numbers or names (or reach into one)?"""
    end = cell.column + cell.column_span
    return any(x.kind not in ("value", "key") and x.start < end and cell.column < x.end for x in segment.leaves)
