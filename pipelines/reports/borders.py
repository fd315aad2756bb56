"""Where another report begins inside a file: at a table of contents with its cover, or at a series of tables that starts anew.

A place is a border only where what stands before and after differ: another body, year, kind or scope, or the same tables once more with
other amounts. Where a text and tables side by side state the same amounts they are one report, whatever their names say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from rapidfuzz import fuzz

from pipelines.documents.model import Block, Document, Grid, Paragraph
from pipelines.reports.forms import forms, heading_key, title_kind
from pipelines.reports.forms.wording import fold, strip_leader, strip_numbering
from pipelines.reports.identify import caption_body, identify
from pipelines.reports.model import Identity
from pipelines.reports.names import same_body
from pipelines.reports.outline import caption_of, find_contents, grid_title, lines_of, outline_blocks

_NOTE = re.compile(r"^(?:注|说明|备注|附注)\s*\d?\s*[：:.、，]")
_NUMBER = re.compile(r"\d[\d,，]*[.．]\d+")
_ACCOUNT = re.compile(r"预算|决算")
_OPENS = re.compile(r"^目录$|^第一部分")
_COVER = re.compile(
    r"^(?P<a>[\u4e00-\u9fff()·]{0,40}?)(?P<year>(?:19|20)\d\d)年?度?(?P<b>[\u4e00-\u9fff()·]{0,40}?)(?P<word>部门|单位)(?P<kind>决算|预算)(?:公开|报告|公开报告|公开说明|信息公开)?$"
)
_ORDINAL = re.compile(r"[一二三四五六七八九十\d东南西北]")
ALIKE = 75
"""Names of this likeness and more in captions may be spellings of one body; they part no file alone."""
AHEAD = 5
"""So many tables are looked at to tell a series from a single table."""
AGREE, SHARE = 3, 5
"""So many equal amounts, and one in so many of the side that states fewer, tell that a text and tables belong together."""


@dataclass(slots=True)
class _Opening:
    """A table of contents, or a cover with a first part under it; `start` is the first block of its cover."""

    start: int
    at: int


@dataclass(slots=True)
class _Table:
    """A titled table; `start` is the first block of its caption."""

    start: int
    grid: Grid
    role: str
    bodies: list[str]
    kind: str | None


@dataclass(slots=True)
class _Piece:
    """What is known of the report being walked through."""

    start: int
    tables: list[_Table] = field(default_factory=list)

    def last(self, role: str) -> _Table | None:
        return next((t for t in reversed(self.tables) if t.role == role), None)


def borders(document: Document) -> list[int]:
    """The blocks at which another report begins (never the first block)."""
    blocks = document.blocks
    spans = _contents(blocks)
    openings = _openings(blocks, spans)
    tables = _tables(blocks, spans)
    out: list[int] = []
    piece = _Piece(0)
    ends = [o.start for o in openings if o.start > 0] + [len(blocks)]
    marks: list[_Opening | _Table] = sorted([*openings, *tables], key=lambda m: m.start)
    for number, mark in enumerate(marks):
        end = next(e for e in ends if e > mark.start)
        if isinstance(mark, _Opening):
            new = mark.start > piece.start and _opens_another(
                document, piece, mark, spans, [t for t in tables if mark.start <= t.start < end], end
            )
        else:
            ahead = [m for m in marks[number:] if isinstance(m, _Table) and m.start < end]
            new = mark.start > piece.start and _begins_anew(document, piece, ahead, _series_end(ahead, end))
        if new:
            out.append(mark.start)
            piece = _Piece(mark.start)
        if isinstance(mark, _Table):
            piece.tables.append(mark)
    return out


# --- the marks
def _contents(blocks: list[Block]) -> list[tuple[int, int]]:
    """Every table of contents that lists what a report holds, as [start, end) of blocks."""
    out: list[tuple[int, int]] = []
    position = 0
    while position < len(blocks):
        found = find_contents(blocks[position:], limit=len(blocks))
        if found is None:
            break
        if sum(1 for e in found.entries if heading_key(e)) >= 3:
            out.append((position + found.start, position + found.end))
        position += max(found.end, found.start + 1)
    return out


def _openings(blocks: list[Block], spans: list[tuple[int, int]]) -> list[_Opening]:
    out = [_Opening(_cover_of(blocks, a), a) for a, _ in spans]
    for i, block in enumerate(blocks):
        if isinstance(block, Grid) or len(block.text) > 60 or any(o.start <= i <= o.at for o in out) or any(a <= i < b for a, b in spans):
            continue
        match = next((m for text in _joined(blocks, i) if (m := _COVER.match(text)) and (m["a"] or m["b"])), None)
        if match is None:
            continue
        at = next((j for j in range(i + 1, min(i + 12, len(blocks))) if _OPENS.match(fold(lines_of(blocks[j])[0]))), None)
        if at is not None and not any(o.start <= at <= o.at for o in out):
            out.append(_Opening(i, at))
    return sorted(out, key=lambda o: o.start)


def _joined(blocks: list[Block], index: int) -> list[str]:
    """The paragraph, and with it the one or two short ones below: a cover prints body and year on lines of their own."""
    out: list[str] = []
    for block in blocks[index : index + 3]:
        if not isinstance(block, Paragraph) or (out and len(block.text) > 40):
            break
        out.append((out[-1] if out else "") + fold(block.text))
    return out


def _short(block: Block) -> bool:
    return isinstance(block, Paragraph) and len(block.text) <= 60 and not block.text.rstrip().endswith(("。", "；"))


def _cover_of(blocks: list[Block], index: int, reach: int = 8) -> int:
    """The first block of the short lines that stand over a table of contents or a caption, with the page of the cover before."""
    page = blocks[index].locator.page
    first = index
    while first > 0 and index - first < reach and _short(blocks[first - 1]) and blocks[first - 1].locator.page == page:
        first -= 1
    if page is None:
        named = [i for i in range(first, index) if any(_ACCOUNT.search(text) for text in _joined(blocks, i))]
        return named[0] if named else index
    if _names_an_account(blocks[first:index]):
        return first  # the cover stands on the page itself
    before = first
    while before > 0 and (number := blocks[before - 1].locator.page) is not None and number == page - 1:
        before -= 1
    cover = blocks[before:first]
    return before if 0 < len(cover) <= reach and all(map(_short, cover)) and _names_an_account(cover) else first


def _names_an_account(blocks: list[Block]) -> bool:
    return any(_ACCOUNT.search(fold(b.text)) for b in blocks if isinstance(b, Paragraph))


def _tables(blocks: list[Block], spans: list[tuple[int, int]]) -> list[_Table]:
    """The titled tables of the forms that every report prints once."""
    out: list[_Table] = []
    above: list[int] = []
    inside = {i for a, b in spans for i in range(a, b)}
    for i, block in enumerate(blocks):
        if i in inside or (isinstance(block, Paragraph) and (len(block.text) > 140 or _NOTE.match(block.text.strip()))):
            above = []
        elif isinstance(block, Paragraph):
            above = [*above[-13:], i]
        else:
            if made := _table(blocks, above, i, block):
                out.append(made)
            above = []
    return out


def _table(blocks: list[Block], above: list[int], index: int, grid: Grid) -> _Table | None:
    found, place = grid_title(grid), len(above)
    if found is None:
        for k in range(len(above) - 1, -1, -1):
            paragraph = blocks[above[k]]
            if isinstance(paragraph, Paragraph) and (found := caption_of(paragraph)):
                place = k
                break
    if found is None:
        return None
    form = forms().get(found[1])
    if form is None or not (form.final or form.budget):
        return None
    page = blocks[above[place]].locator.page if place < len(above) else grid.locator.page
    first = place
    while first > 0 and place - first < 3 and _short(blocks[above[first - 1]]) and blocks[above[first - 1]].locator.page == page:
        first -= 1
    start = above[first] if first < len(above) else index
    lines = [line for k in above[first:] for line in (blocks[k].text, *lines_of(blocks[k]))]  # type: ignore[union-attr]
    lines += ["".join(c.lines) or c.text for c in grid.cells if c.row < 3 and len(c.text) < 80]
    bodies = [name for line in dict.fromkeys(lines) if len(line) < 80 and (name := caption_body(line))]
    return _Table(start, grid, found[1], bodies, title_kind(strip_leader(strip_numbering(fold(found[0])))))


# --- what parts two reports
def _identity(document: Document, start: int, end: int) -> Identity:
    part = replace(document, blocks=document.blocks[start:end])
    return identify(part, outline_blocks(part.blocks))


def _differ(a: Identity, b: Identity) -> bool:
    """Another body, year, kind or printed scope; what one of them does not print tells nothing."""
    if a.department and b.department and not same_body(a.department, b.department):
        return True
    pairs = ((a.fiscal_year, b.fiscal_year), (a.report_kind, b.report_kind), (_said(a), _said(b)))
    return any(x is not None and y is not None and x != y for x, y in pairs)


def _said(identity: Identity) -> str | None:
    """The scope a report gives itself, not what its lists and captions suggest."""
    return identity.scope if identity.evidence.get("scope", "").startswith("the report calls itself") else None


def _opens_another(document: Document, piece: _Piece, mark: _Opening, spans: list[tuple[int, int]], tables: list[_Table], end: int) -> bool:
    ahead = document.blocks[piece.start : mark.start]
    if not piece.tables and not any(piece.start <= a < mark.start for a, _ in spans) and not _amounts(ahead):
        return False  # what stands before is no report
    before, after = _identity(document, piece.start, mark.start), _identity(document, mark.start, end)
    if bool(piece.tables) != bool(tables) and _agree(document.blocks, piece.start, mark.start, end):
        return False
    return _differ(before, after) or len(_repeated(piece, tables)) >= 3


def _begins_anew(document: Document, piece: _Piece, ahead: list[_Table], end: int) -> bool:
    table, series = ahead[0], ahead[:AHEAD]
    if not piece.tables:
        text = document.blocks[piece.start : table.start]
        if len(_amounts(text)) < 2 * AGREE or _agree(document.blocks, piece.start, table.start, end):
            return False
        return _differ(_identity(document, piece.start, table.start), _identity(document, table.start, end))
    if table.role == piece.tables[-1].role:
        return False
    own = {name for t in piece.tables for name in t.bodies}
    if table.bodies and own and not any(_alike(a, b) for a in table.bodies for b in own):
        same = [t for t in series if any(same_body(a, b) for a in t.bodies for b in table.bodies)]
        if len({t.role for t in same}) >= 2:
            return True
    repeated = _repeated(piece, series)
    if table not in [t for t, _ in repeated]:
        return False
    if len(repeated) < 3:
        return False
    if _differ(_identity(document, piece.start, table.start), _identity(document, table.start, end)):
        return True
    return sum(1 for new, old in repeated if _same_head(new.grid, old.grid)) >= 2


def _series_end(ahead: list[_Table], end: int) -> int:
    """Where a series of tables is over: at the first that repeats one of it."""
    seen: list[str] = []
    for table in ahead:
        if table.role in seen[:-1]:
            return table.start
        seen.append(table.role)
    return end


def _repeated(piece: _Piece, tables: list[_Table]) -> list[tuple[_Table, _Table]]:
    """The tables that the piece holds already, with other amounts; each role once."""
    out: list[tuple[_Table, _Table]] = []
    for table in tables[:AHEAD]:
        old = piece.last(table.role)
        if old is not None and table.role not in [t.role for t, _ in out] and not _copied(table.grid, old.grid):
            out.append((table, old))
    return out


def _alike(a: str, b: str) -> bool:
    x, y = fold(a), fold(b)
    if x.startswith(y) or y.startswith(x):
        return True
    return same_body(a, b) or (fuzz.ratio(x, y) >= ALIKE and _ORDINAL.findall(x) == _ORDINAL.findall(y))


def _copied(a: Grid, b: Grid) -> bool:
    mine, theirs = _amounts([a]), _amounts([b])
    return bool(mine) and len(mine & theirs) * 2 > len(mine)


def _same_head(a: Grid, b: Grid) -> bool:
    """The texts of the first rows, most of them."""
    mine, theirs = ({fold(c.text) for c in g.cells if c.row < 4 and c.text and not _NUMBER.search(c.text)} for g in (a, b))
    return len(mine & theirs) * 2 > max(len(mine), len(theirs))


def _amounts(blocks: list[Block]) -> set[Decimal]:
    """The amounts of running text and tables that are large enough to be told apart."""
    out: set[Decimal] = set()
    for block in blocks:
        for text in [block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells]:
            for match in _NUMBER.findall(text) if any(c.isdigit() for c in text) else ():
                digits = re.sub(r"[,，]", "", match).replace("．", ".")
                if len(digits) >= 5:
                    out.add(Decimal(digits))
    return out


def _agree(blocks: list[Block], start: int, border: int, end: int) -> bool:
    """Do the two sides state the same amounts, in 元 or in 万元?"""
    mine, theirs = _amounts(blocks[start:border]), _amounts(blocks[border:end])
    cent = Decimal("0.01")
    scaled = {(x / 10000).quantize(cent) for x in theirs if x >= 10**5}
    back = {(x / 10000).quantize(cent) for x in mine if x >= 10**5}
    equal = max(len(mine & theirs), len(mine & scaled), len(back & theirs))
    return equal >= AGREE and equal * SHARE >= min(len(mine), len(theirs))
