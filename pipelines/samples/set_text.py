"""Sheets → tab-separated text as an export of a word processor leaves it: spans are empty cells, tables break by page."""

from __future__ import annotations

from pipelines.samples.blocks import Heading, PageBreak, Para, Sheet, Table, placed
from pipelines.samples.layout import Layout

ROWS_PER_PAGE = 30


def write(sheet: Sheet, layout: Layout) -> bytes:
    """UTF-8 text; paragraphs and tables are parted by blank lines."""
    parts = [sheet.mark]
    number = 3
    for block in sheet.blocks:
        if isinstance(block, PageBreak):
            parts.append(sheet.mark)
        elif isinstance(block, Heading):
            parts.append(block.text)
        elif isinstance(block, Para) and block.kind == "contents":
            parts.append(block.text + "…" * 12 + (block.right or ""))
        elif isinstance(block, Para) and layout.text_breaks and len(block.text) > 90 and block.kind == "body":
            number += 1
            cut = len(block.text) * 3 // 5
            parts += [block.text[:cut], f"—{number}—", block.text[cut:]] if number % 3 == 0 else [block.text]
        elif isinstance(block, Para):
            parts += [x for x in (block.text, block.right) if x]
        else:
            parts += _tables(block, layout)
    return ("\n\n".join(parts) + "\n").encode()


def _tables(table: Table, layout: Layout) -> list[str]:
    n = len(table.widths)
    lines = []
    for row in placed(table):
        cells = [""] * n
        for column, cell in row:
            cells[column] = cell.text
        lines.append("\t".join(cells))
    head, body = lines[: table.header_rows], lines[table.header_rows :]
    if not layout.page.repeat_header or not head:
        return ["\n".join(lines)]
    pages = [body[i : i + ROWS_PER_PAGE] for i in range(0, len(body), ROWS_PER_PAGE)] or [[]]
    if len(pages) > 1 and len(pages[-1]) < 3:
        pages[-2:] = [pages[-2] + pages[-1]]
    return ["\n".join(head + page) for page in pages]
