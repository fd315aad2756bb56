"""Reader of Word documents (.docx): paragraphs and tables in body order, merged cells, automatic numbering."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document as open_docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from pipelines.documents.archive_zip import guard_office
from pipelines.documents.flow import Line, drop_page_marks, paragraph, paragraphs, squeeze
from pipelines.documents.model import Block, Document, Grid, Locator, PageInfo, Paragraph, ReadingNote, Refused
from pipelines.documents.office.docx_numbering import Numbering, W, read_numbering
from pipelines.documents.pipes import is_pipe_line
from pipelines.documents.tabular import RawCell, cell_text, make_grid, mark_continued, peel
from pipelines.documents.text import blocks_from_lines

READER = "docx/1"
MAX_TABLE_DEPTH = 8
LITTLE_TEXT = 200
"""Characters of running text below which a document with page images counts as a scan."""
SMALL_PICTURE = 20_000
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_BROKEN = (KeyError, ValueError, AttributeError, TypeError, OSError, zipfile.BadZipFile, PackageNotFoundError, etree.XMLSyntaxError)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXTBOX = f"{W}txbxContent"
_BREAKS = {f"{W}br", f"{W}cr"}
_SKIPPED = {
    f"{W}del",
    f"{W}moveFrom",
    f"{W}instrText",
    f"{W}delText",
    f"{W}pPr",
    f"{W}footnoteReference",
    f"{W}commentReference",
    _TEXTBOX,
    _FALLBACK,
}


def read_docx(data: bytes, name: str, sha256: str) -> Document:
    """Paragraphs (with their automatic numbers) and grids. Raises Refused (corrupt, hostile, encrypted, empty).

    Deletions of tracked changes, hidden text, headers and footers are not read. Locators: paragraph = its ordinal as `line`;
    cell = table, row, column, all 1-based in document order.
    """
    guard_office(data)
    try:
        package = open_docx(io.BytesIO(data))
        body = package.element.body
        part = next((r.target_part for r in package.part.rels.values() if r.reltype.endswith("/numbering")), None)
        numbering = read_numbering(None if part is None else etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False)))
        styles = _style_numbers(package)
    except _BROKEN as error:
        raise Refused("corrupt", f"a damaged Word document ({error}): open it in Word or WPS and save it again as .docx") from None
    if body is None:
        raise Refused("corrupt", "a Word document without a body: open it in Word or WPS and save it again as .docx")
    reader = _Reader(numbering, styles)
    reader.body(body, 0)
    blocks = reader.finish()
    notes: list[ReadingNote] = []
    pages: list[PageInfo] = []
    images = _pictures(package)
    written = sum(len(b.text) for b in blocks if isinstance(b, Paragraph))
    if images and written < LITTLE_TEXT and not any(isinstance(b, Grid) for b in blocks):
        from pipelines.documents.scan.read import read_many

        scanned, pages, notes = read_many(images)  # page images pasted into Word: the text around them is a title at most
        blocks += scanned
    if not blocks:
        raise Refused("no_text", "the Word document holds no text: open it and check what it shows")
    return Document(sha256, name, "docx", blocks, pages, notes, READER)


def _pictures(package: Any) -> list[bytes]:
    """The bitmap images of the body in printed order, small ones (seals, logos) left out."""
    found = []
    for blip in package.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
        part = package.part.related_parts.get(blip.get(_EMBED, ""))
        data = getattr(part, "blob", b"")
        if len(data) > SMALL_PICTURE and data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")):
            found.append(data)
    return found


def _style_numbers(package: Any) -> dict[str, tuple[str, int]]:
    """Numbering that a paragraph style brings along: style id → (numId, level), inherited from the styles it is based on."""
    own: dict[str, tuple[str | None, int | None]] = {}
    based: dict[str, str] = {}
    for style in package.styles.element.findall(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        base = style.find(f"{W}basedOn")
        if base is not None:
            based[key] = base.get(f"{W}val", "")
        own[key] = _number_properties(style.find(f"{W}pPr"))
    out = {}
    for key in own:
        num_id: str | None = None
        level: int | None = None
        at, seen = key, set[str]()
        while at in own and at not in seen:
            seen.add(at)
            num_id = num_id if num_id is not None else own[at][0]
            level = level if level is not None else own[at][1]
            at = based.get(at, "")
        if num_id is not None:
            out[key] = (num_id, level or 0)
    return out


def _number_properties(properties: Any) -> tuple[str | None, int | None]:
    numbers = properties.find(f"{W}numPr") if properties is not None else None
    if numbers is None:
        return None, None
    num, level = numbers.find(f"{W}numId"), numbers.find(f"{W}ilvl")
    at = level.get(f"{W}val", "0") if level is not None else None
    return (num.get(f"{W}val") if num is not None else None), (int(at) if at is not None and at.isdigit() else None)


class _Reader:
    """Walks the body once, in order, so that counters of automatic numbering count as printed."""

    def __init__(self, numbering: Numbering, styles: dict[str, tuple[str, int]]):
        self.numbering = numbering
        self.styles = styles
        self.blocks: list[Block] = []
        self.pending: list[Line] = []
        self.style: dict[int, tuple[bool, bool, float | None]] = {}  # of a paragraph by its ordinal: centred, bold, size
        self.ordinal = 0
        self.table = 0

    def body(self, element: Any, depth: int) -> None:
        for child in _content(element):
            if child.tag == f"{W}p":
                self.paragraph(child)
                for box in child.iter(_TEXTBOX):
                    if not any(a.tag in (_FALLBACK, _TEXTBOX) for a in box.iterancestors()):
                        self.body(box, depth)
            elif child.tag == f"{W}tbl":
                self.tbl(child, depth)

    def paragraph(self, element: Any) -> None:
        self.ordinal += 1
        text = self.text(element)
        if not text.strip():
            return
        properties = element.find(f"{W}pPr")
        alignment = properties.find(f"{W}jc") if properties is not None else None
        self.style[self.ordinal] = (alignment is not None and alignment.get(f"{W}val") == "center", *_type(element))
        for number, line in enumerate(text.split("\n")):
            # A Word paragraph ends where its author ended it; a line break inside one is judged like a printed line end.
            self.pending.append(Line(line, Locator("docx", line=self.ordinal), 0 if number else 1))

    def text(self, element: Any) -> str:
        """The printed text of a paragraph, its automatic number first."""
        text = _run_text(element)
        if not text.strip():
            return ""  # Word prints the number of an empty list paragraph, but no report means it
        properties = element.find(f"{W}pPr")
        num_id, level = _number_properties(properties)
        style = properties.find(f"{W}pStyle") if properties is not None else None
        inherited = self.styles.get(style.get(f"{W}val", "") if style is not None else "")
        if num_id is None and inherited is not None:
            num_id, level = inherited[0], level if level is not None else inherited[1]
        if num_id is None:
            return text
        return self.numbering.label(num_id, level or 0) + text

    def flush(self) -> None:
        lines, self.pending = self.pending, []
        if any(is_pipe_line(line.text) for line in lines):
            self.blocks += blocks_from_lines(lines)
            return
        for made in paragraphs(drop_page_marks(lines)):
            ordinal = made.locator.line
            if ordinal in self.style:
                made.centred, made.bold, made.size = self.style[ordinal]
            self.blocks.append(made)

    def finish(self) -> list[Block]:
        self.flush()
        mark_continued(self.blocks)
        return self.blocks

    def tbl(self, element: Any, depth: int) -> None:
        if depth > MAX_TABLE_DEPTH:
            raise Refused("hostile", f"tables nested more than {MAX_TABLE_DEPTH} deep: no report does that")
        rows = [r for r in _content(element) if r.tag == f"{W}tr"]
        cells = [c for r in rows for c in _content(r) if c.tag == f"{W}tc"]
        if len(cells) == 1 and (any(True for _ in cells[0].iter(f"{W}tbl")) or len(_run_text(cells[0])) > 200):
            self.body(cells[0], depth + 1)  # a frame around content, not a table
            return
        self.flush()
        self.table += 1
        number = self.table
        nested: list[Any] = []
        placed: list[list[RawCell]] = []
        open_merges: dict[int, RawCell] = {}  # by column: the cell a vertical merge goes on from
        for r, row in enumerate(rows, 1):
            out: list[RawCell] = []
            column = _grid_skip(row, "gridBefore")
            if column:
                out.append(RawCell("", Locator("docx", table=number, row=r, column=1), 1, column))
            for cell in (c for c in _content(row) if c.tag == f"{W}tc"):
                properties = cell.find(f"{W}tcPr")
                span = _span(properties)
                place = Locator("docx", table=number, row=r, column=column + 1)
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in open_merges:
                    open_merges[column].row_span = r - (open_merges[column].locator.row or r) + 1
                else:
                    parts = [self.text(p) for p in _content(cell) if p.tag == f"{W}p"]
                    nested += [t for t in _content(cell) if t.tag == f"{W}tbl"]
                    text, lines = cell_text("\n".join(parts))
                    raw = RawCell(text, place, 1, span, lines=lines)
                    out.append(raw)
                    open_merges.pop(column, None)
                    if merge is not None:
                        open_merges[column] = raw
                column += span
            placed.append(out)
        grid = make_grid(placed, Locator("docx", table=number))
        if grid is not None:
            self.blocks += peel(grid) if grid.n_columns > 1 else _column(grid)
        for inner in nested:
            self.tbl(inner, depth + 1)


def _column(grid: Grid) -> list[Block]:
    """A table of one column is text in a frame."""
    return [paragraph(c.text, c.locator) for c in grid.cells if c.text]


def _content(element: Any) -> Iterator[Any]:
    """Children, those of content controls, insertions and smart tags taken in place."""
    for child in element:
        if child.tag in (f"{W}sdt", f"{W}ins", f"{W}smartTag", f"{W}customXml", f"{W}moveTo", f"{W}sdtContent"):
            yield from _content(child)
        else:
            yield child


def _run_text(element: Any) -> str:
    """Printed characters below an element: text, tabs, line breaks; text boxes and nested paragraphs of drawings apart."""
    out: list[str] = []
    stack: list[Any] = [element]
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag == f"{W}t":
            out.append(node.text or "")
        elif tag in (f"{W}tab", f"{W}ptab"):
            out.append("\t")
        elif tag in _BREAKS:
            out.append("\n")
        elif tag == f"{W}noBreakHyphen":
            out.append("-")
        elif tag == f"{W}sym":
            out.append("\ufffd")
        elif tag in _SKIPPED or not isinstance(tag, str) or _hidden(node):
            continue
        else:
            stack.extend(reversed(list(node)))
    return "".join(out)


def _hidden(node: Any) -> bool:
    if node.tag != f"{W}r":
        return False
    vanish = node.find(f"{W}rPr/{W}vanish")
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false")


def _span(properties: Any) -> int:
    span = properties.find(f"{W}gridSpan") if properties is not None else None
    text = span.get(f"{W}val", "1") if span is not None else "1"
    return max(1, min(int(text), 1000)) if text.isdigit() else 1


def _grid_skip(row: Any, name: str) -> int:
    skip = row.find(f"{W}trPr/{W}{name}")
    text = skip.get(f"{W}val", "0") if skip is not None else "0"
    return min(int(text), 1000) if text.isdigit() else 0


def _type(element: Any) -> tuple[bool, float | None]:
    """Whether the whole paragraph is bold, and its type size where all runs name the same."""
    runs = [r for r in element.iter(f"{W}r") if squeeze("".join(t.text or "" for t in r.iter(f"{W}t")))]
    bold = bool(runs) and all((b := r.find(f"{W}rPr/{W}b")) is not None and b.get(f"{W}val", "1") not in ("0", "false") for r in runs)
    sizes = {s.get(f"{W}val", "") if (s := r.find(f"{W}rPr/{W}sz")) is not None else "" for r in runs}
    size = next(iter(sizes)) if len(sizes) == 1 else ""
    return bold, (int(size) / 2 if size.isdigit() else None)
