"""Sheets → one HTML page, as a government site publishes it: metadata, headings as paragraphs, tables with spans."""

from __future__ import annotations

from html import escape

from pipelines.samples.blocks import Heading, PageBreak, Para, Sheet, Table
from pipelines.samples.layout import Layout


def write(sheet: Sheet, layout: Layout) -> bytes:
    """UTF-8 HTML without scripts."""
    title = next((b.text for b in sheet.blocks if isinstance(b, Heading)), "")
    out = [
        "<!DOCTYPE html>",
        f'<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        "<style>table{border-collapse:collapse}td{border:1px solid #666;padding:2px 5px}.c{text-align:center}.r{text-align:right}</style>",
        f'</head><body><p class="c">{escape(sheet.mark)}</p><div class="article">',
    ]
    for block in sheet.blocks:
        if isinstance(block, PageBreak):
            continue
        if isinstance(block, Heading):
            tag = {0: "h1", 1: "h2"}.get(block.level, "p")
            body = escape(block.text)
            out.append(f"<{tag}>{body}</{tag}>" if tag != "p" else f"<p><strong>{body}</strong></p>")
        elif isinstance(block, Para):
            out.append(_para(block))
        else:
            out.append(_table(block))
    out.append(f"</div><p>{escape(sheet.mark)}</p></body></html>")
    return "\n".join(out).encode()


def _para(block: Para) -> str:
    if block.kind == "unit_line":
        return f"<p>{escape(block.text)}&#12288;&#12288;{escape(block.right or '')}</p>"
    if block.kind == "contents" and block.right:
        return f"<p>{escape(block.text)}……{escape(block.right)}</p>"
    style = ' class="c"' if block.kind in ("title", "cover") else ' class="r"' if block.kind == "form_no" else ""
    return f"<p{style}>{escape(block.text)}</p>"


def _table(table: Table) -> str:
    rows = []
    for cells in table.rows:
        parts = []
        for cell in cells:
            spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
                f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
            )
            style = {"center": ' class="c"', "right": ' class="r"'}.get(cell.align, "")
            parts.append(f"<td{spans}{style}>{escape(cell.text) or '&nbsp;'}</td>")
        rows.append(f"<tr>{''.join(parts)}</tr>")
    return f"<table>{''.join(rows)}</table>"
