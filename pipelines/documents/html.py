"""Reader of web pages (.html): tables with spans, text in order; scripts, navigation and forms left out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipelines.documents.charset import decode
from pipelines.documents.flow import Line, paragraph
from pipelines.documents.model import Block, Document, Locator, Refused
from pipelines.documents.tabular import RawCell, cell_text, make_grid, mark_continued, peel
from pipelines.documents.text import blocks_from_lines

READER = "html/1"
MAX_DEPTH = 400
"""Nesting of elements: a page of a publishing system stays below 60."""
MAX_OPEN = 4_000
MAX_NODES = 3_000_000
MAX_CELL_TEXT = 20_000
MAX_LAYOUT_CELLS_TEXT = 1_500
"""A cell of a small table with more characters than this holds an article, not an entry."""
_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template iframe object embed svg canvas nav aside select option button input textarea head link meta "
        "audio video map area dialog",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div section article main header footer h1 h2 h3 h4 h5 h6 ul ol li dl dt dd pre blockquote center hr figure figcaption "
        "address body html form fieldset table tbody thead tfoot tr td th caption",
    )
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_OPTIONAL_END = frozenset(
    re.findall(r"\w+", "p li dt dd tr td th option thead tbody tfoot br hr img input meta link col colgroup area base wbr param embed")
)
_SPAN = re.compile(r"\s*(\d{1,6})")


def read_html(data: bytes, name: str, sha256: str) -> Document:
    """Paragraphs and grids of a page. Raises Refused (corrupt, hostile, too_large, empty).

    Locators: text = ordinal of its text block as `line`; cell = table, row, column; all 1-based in document order.
    """
    declared = _META.search(data[:4096])
    text, notes = decode(data, declared.group(1).decode("ascii") if declared else None)
    if _nesting(text) > MAX_OPEN:  # told before parsing: the parser's time grows with the square of it
        raise Refused("hostile", f"more than {MAX_OPEN} elements open at once: no published page does that")
    tree = LexborHTMLParser(text)
    root = tree.body or tree.root
    if root is None:
        raise Refused("empty", "the page holds no element: fetch it again")
    page = _Page()
    page.walk(root)
    blocks = page.finish()
    if not blocks:
        raise Refused("empty", "the page shows no text: its content may be loaded by a script; save it as PDF")
    return Document(sha256, name, "html", blocks, [], notes, READER)


def _nesting(text: str) -> int:
    """Most elements open at once, as far as end tags tell; elements whose end tag may be left out are not counted."""
    depth = deepest = 0
    for match in _TAG.finditer(text):
        if match[2].lower() not in _OPTIONAL_END:
            depth = max(depth - 1, 0) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _attribute(node: Any, name: str) -> str:
    return str(node.attributes.get(name) or "")


def _dropped(node: Any) -> bool:
    if node.tag in _DROPPED:
        return True
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(str(attributes.get("style") or "")))


class _Page:
    """Walks the elements in order without recursion, so that nesting costs no stack."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.lines: list[Line] = []
        self.current: list[str] = []
        self.ordinal = 0
        self.table = 0
        self.gap = 1
        self.nodes = 0

    def walk(self, root: Any) -> None:
        stack: list[tuple[Any, int, bool]] = [(root, 0, False)]
        while stack:
            node, depth, closing = stack.pop()
            self.count()
            if closing:
                self.end_line(1)
                continue
            tag = node.tag
            if tag == "-text":
                self.current.append(_collapsed(node))
                continue
            if tag in ("-comment", "_comment") or tag.startswith(("-", "!")) or _dropped(node):
                continue
            if depth > MAX_DEPTH:
                raise Refused("hostile", f"elements nested more than {MAX_DEPTH} deep: no published page does that")
            if tag == "br":
                self.end_line(0)
                continue
            if tag == "table" and not _layout(node):
                self.end_line(1)
                self.read_table(node)
                continue
            if tag == "pre":
                self.preformatted(node)
                continue
            if tag in _BLOCKS:
                self.end_line(1)
                stack.append((node, depth, True))
            children = []
            child = node.child
            while child is not None:
                children.append((child, depth + 1, False))
                child = child.next
            stack.extend(reversed(children))

    def preformatted(self, node: Any) -> None:
        """Text whose line ends and tabs are printed as they stand: a table saved as text often sits in one."""
        self.end_line(1)
        for line in str(node.text(deep=True) or "").split("\n"):
            if line.strip():
                self.current = [line.rstrip("\r")]
                self.end_line(0)
            else:
                self.gap = 1
        self.gap = 1

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused("too_large", f"more than {MAX_NODES} elements: split the page")

    def end_line(self, gap: int) -> None:
        """Ends the line being collected; `gap` 1 where a block ends (a paragraph of its own), 0 for a line break."""
        text = "".join(self.current)
        self.current = []
        if text.strip():
            self.ordinal += 1
            # Each <p> is a paragraph as its author ended it, unless it is one row or cell of a table saved as text.
            self.lines.append(Line(text, Locator("html", line=self.ordinal), self.gap))
            self.gap = 0
        self.gap = max(self.gap, gap)

    def flush(self) -> None:
        lines, self.lines = self.lines, []
        self.blocks += blocks_from_lines(lines)

    def finish(self) -> list[Block]:
        self.end_line(1)
        self.flush()
        mark_continued(self.blocks)
        return self.blocks

    def read_table(self, node: Any) -> None:
        self.flush()
        self.table += 1
        number = self.table
        rows: list[list[RawCell]] = []
        for r, row in enumerate(_rows(node), 1):
            out: list[RawCell] = []
            for c, cell in enumerate(_cells(row), 1):
                text, lines = cell_text(self.text(cell))
                place = Locator("html", table=number, row=r, column=c)
                out.append(RawCell(text, place, _span(cell, "rowspan"), _span(cell, "colspan"), lines=lines))
            rows.append(out)
        grid = make_grid(rows, Locator("html", table=number))
        caption = next((c for c in _children(node) if c.tag == "caption"), None)
        if caption is not None and (title := self.text(caption).strip()):
            self.ordinal += 1
            self.blocks.append(paragraph(title.replace("\n", ""), Locator("html", line=self.ordinal)))
        if grid is None:
            return
        if grid.n_columns == 1:  # one cell a row: text in a frame, or a table saved as text
            cells = [c for c in grid.cells if c.text]
            self.blocks += blocks_from_lines([Line(c.text, replace(c.locator, column=None), 1) for c in cells])
            return
        for cell in grid.cells:  # the column of a cell is its place in the grid, not among the cells of its row
            cell.locator = replace(cell.locator, row=cell.row + 1, column=cell.column + 1)
        self.blocks += peel(grid)

    def text(self, root: Any) -> str:
        """Text of a cell; blocks and <br> part its lines."""
        out: list[str] = []
        stack: list[tuple[Any, int]] = [(root, 0)]
        size = 0
        while stack and size < MAX_CELL_TEXT:
            node, depth = stack.pop()
            self.count()
            if depth < 0:
                out.append("\n")
                continue
            if node.tag == "-text":
                piece = _collapsed(node)
                size += len(piece)
                out.append(piece)
            elif node.tag == "br":
                out.append("\n")
            elif not node.tag.startswith(("-", "_", "!")) and not _dropped(node):
                if depth > MAX_DEPTH:
                    raise Refused("hostile", f"elements nested more than {MAX_DEPTH} deep: no published page does that")
                if depth and node.tag in _BLOCKS:
                    out.append("\n")
                    stack.append((node, -1))
                children = []
                child = node.child
                while child is not None:
                    children.append((child, depth + 1))
                    child = child.next
                stack.extend(reversed(children))
        return "".join(out)


def _collapsed(node: Any) -> str:
    """Text with white space as a browser shows it: runs are one space, none at all between Chinese characters over a line end."""
    text = node.text_content if hasattr(node, "text_content") else node.text(deep=False)
    text = re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]+\s*(?=[\u3000-\u9fff\uff00-\uffef])", "", str(text or ""))
    return re.sub(r"[ \t\r\n\x0b\x0c]+", " ", text)


def _children(node: Any) -> list[Any]:
    out = []
    child = node.child
    while child is not None:
        out.append(child)
        child = child.next
    return out


def _rows(table: Any) -> list[Any]:
    rows = []
    for child in _children(table):
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows += [r for r in _children(child) if r.tag == "tr"]
    return [r for r in rows if not _dropped(r)]


def _cells(row: Any) -> list[Any]:
    return [c for c in _children(row) if c.tag in ("td", "th") and not _dropped(c)]


def _layout(table: Any) -> bool:
    """A table that only arranges a page: other tables inside, a single cell, or a few cells one of which is a whole article."""
    if any(c.css_first("table") is not None for c in _children(table)):
        return True
    cells = [cell for row in _rows(table) for cell in _cells(row)]
    return len(cells) <= 1 or (len(cells) <= 6 and any(len(c.text(deep=True)) > MAX_LAYOUT_CELLS_TEXT for c in cells))


def _span(cell: Any, name: str) -> int:
    match = _SPAN.match(_attribute(cell, name))
    value = int(match[1]) if match else 1
    return 65534 if name == "rowspan" and value == 0 and match else max(1, value)
