"""Sheets → PDF with typst and the Noto CJK font of the wheel `manimgx-fonts-cjk`. Same blocks, same bytes."""

from __future__ import annotations

import importlib.util
import io
import json
import re
from functools import lru_cache
from pathlib import Path

import pypdfium2
import typst

from pipelines.samples.blocks import Cell, Heading, PageBreak, Para, Sheet, Table, placed
from pipelines.samples.layout import Layout

CJK = "Noto Sans CJK SC"


A4 = (595.28, 841.89)
INSET = (3.0, 3.2)


@lru_cache
def _fonts() -> typst.Fonts:
    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("no CJK font: the package manimgx-fonts-cjk is not installed")
    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(p)) for p in spec.submodule_search_locations])


@lru_cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(b"", font_paths=_fonts())


def write(sheet: Sheet, layout: Layout, boxes: bool = False) -> bytes:
    """The PDF of one sheet. With `boxes` the sheet learns where each value is printed (points from the top left of the page)."""
    source = markup(sheet, layout).encode()
    pdf = _compiler().compile(source, format="pdf", pdf_tags=False)
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no PDF")
    if boxes:
        _find_boxes(sheet, layout)
    if any(isinstance(b, PageBreak) and b.orientation == "turned" for b in sheet.blocks):
        pdf = _turn(pdf)
    return pdf


def _find_boxes(sheet: Sheet, layout: Layout) -> None:
    """Row tops from typst, column edges from the relative widths: the box of every cell that shows a value."""
    collect = "#context [#metadata(query(<r>).map(m => { let p = m.location().position(); (m.value, p.page, p.y.pt()) }))<all>]"
    source = markup(sheet, layout, marked=True) + "\n\n" + collect
    answer = typst.Compiler(source.encode(), font_paths=_fonts()).query("<all>", field="value", one=True)
    tops = {name: (int(page), float(y) - INSET[1]) for name, page, y in json.loads(answer)}
    margin, flipped, number = layout.page.margin, False, 0
    for block in sheet.blocks:
        if isinstance(block, PageBreak):
            flipped = block.orientation != "portrait"
        if not isinstance(block, Table):
            continue
        scale = ((A4[1] if flipped else A4[0]) - 2 * margin) / sum(block.widths)
        edges = [margin]
        for width in block.widths:
            edges.append(edges[-1] + width * scale)
        for r, row in enumerate(placed(block)):
            if (here := tops.get(f"{number}/{r}")) is None:
                continue
            page, top = here
            below = tops.get(f"{number}/{r + 1}")
            bottom = below[1] if below and below[0] == page else top + block.size + 2 * INSET[1]
            for column, cell in row:
                if cell.ref:
                    sheet.boxes[cell.ref] = (page, (edges[column], top, edges[column + cell.column_span], bottom))
        number += 1


def _turn(pdf: bytes) -> bytes:
    """Landscape pages stored as portrait pages with a rotation of 90°, as scanners and some converters leave them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            width, height = page.get_size()
            if width <= height:
                continue
            matrix = pypdfium2.raw.FS_MATRIX(0, 1, -1, 0, height, 0)
            clip = pypdfium2.raw.FS_RECTF(0, width, height, 0)
            pypdfium2.raw.FPDFPage_TransFormWithClip(page.raw, matrix, clip)
            page.set_mediabox(0, 0, height, width)
            page.set_rotation(90)
        buffer = io.BytesIO()
        document.save(buffer)
    finally:
        document.close()
    # pdfium writes a random document id; a fixed one keeps the same report the same bytes
    return re.sub(rb"<[0-9A-F]{32}>(?=\]>>\s*startxref)", b"<" + b"0" * 32 + b">", buffer.getvalue())


def quote(text: str) -> str:
    """A typst string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def markup(sheet: Sheet, layout: Layout, marked: bool = False) -> str:
    """The typst source: settings, then one element a block."""
    page = layout.page
    number = page.page_number_style.format(n='#context counter(page).display("1")')
    footer = f"#h(1fr) {number} #h(1fr)" if page.page_numbers else ""
    running = f"#{quote(''.join(b.text for b in sheet.blocks if isinstance(b, Heading) and b.level == 0))}" if page.running_head else ""
    head = [
        "#set document(date: none)",
        f'#set text(font: ({quote(page.latin)}, "{CJK}"), size: {page.body}pt, lang: "zh", region: "cn")',
        f'#set page(paper: "a4", margin: {page.margin}pt, footer: text(9pt)[{footer}],',
        f"  header: text(7.5pt, fill: luma(110))[{running} #h(1fr) {sheet.mark}]{_background(page.watermark)})",
        f"#set par(leading: {page.leading}em, spacing: {page.leading}em, justify: true)",
        f"#set table(inset: (x: {INSET[0]}pt, y: {INSET[1]}pt), stroke: {_stroke(layout)})",
    ]
    if page.breakable_rows:  # as word processors do: a row may be torn after any of its lines
        head.append("#show table.cell: set text(costs: (orphan: 0%, widow: 0%))")
    else:
        head.append("#show table.cell: set block(breakable: false)")
    out = ["\n".join(head)]
    cover_open = False
    n_tables = 0
    for block in sheet.blocks:
        if isinstance(block, PageBreak):
            flipped = "false" if block.orientation == "portrait" else "true"
            out.append(f"#set page(flipped: {flipped})\n#pagebreak(weak: true)")
        elif isinstance(block, Heading):
            if block.level == 0 and not cover_open:
                out.append("#v(22%)")
                cover_open = True
            out.append(_heading(block))
        elif isinstance(block, Para):
            out.append(_para(block, page.body))
        else:
            out.append(_table(block, layout, str(n_tables) if marked else ""))
            n_tables += 1
    return "\n\n".join(out)


def _background(words: str) -> str:
    return f", background: rotate(-35deg, text(54pt, fill: luma(232), {quote(words)}))" if words else ""


def _stroke(layout: Layout) -> str:
    page = layout.page
    pen = f'{page.rule_width}pt + rgb("{page.rule_colour}")'
    return {
        "full": pen,
        "light": '0.25pt + rgb("#b8b8b8")',
        "horizontal": f"(x: none, y: {pen})",
        "none": "none",
    }[page.rules]


def _heading(block: Heading) -> str:
    if block.level == 0:
        return f'#align(center, text(24pt, weight: "bold", {quote(block.text)}))\n#v(14pt)'
    if block.level == 1:
        return f'#align(center, text(16pt, weight: "bold", {quote(block.text)}))\n#v(6pt)'
    weight = "bold" if block.level == 2 else "medium"
    return f'#block(sticky: true, par(first-line-indent: (amount: 2em, all: true), text(weight: "{weight}", {quote(block.text)})))'


def _para(block: Para, body: float) -> str:
    text = quote(block.text)
    if block.kind == "title":
        return f"#block(sticky: true, width: 100%, align(center, text(15pt, {text})))"
    if block.kind == "form_no":
        return f"#block(sticky: true, width: 100%, align(right, text(9pt, {text})))"
    if block.kind == "unit_line":
        return f"#block(sticky: true, width: 100%, text(9pt)[#{text} #h(1fr) #{quote(block.right or '')}])"
    if block.kind == "note":
        return f"#text(8.5pt, {text})"
    if block.kind == "cover":
        return f"#align(center, text({body}pt, {text}))"
    if block.kind == "contents":
        return f"#block(width: 100%, [#{text}#h(4pt)#box(width: 1fr, repeat[.])#h(4pt){block.right or ''}])"
    return f"#par(first-line-indent: (amount: 2em, all: true), {text})"


def _cell(cell: Cell, column_align: str, marker: str = "") -> str:
    text = quote("\n".join(cell.lines) or cell.text)
    if cell.bold:
        text = f'text(weight: "medium", {text})'
    if marker:
        text = f"[#metadata({quote(marker)})<r>#{text}]"
    options = []
    if cell.row_span > 1:
        options.append(f"rowspan: {cell.row_span}")
    if cell.column_span > 1:
        options.append(f"colspan: {cell.column_span}")
    if cell.align != column_align:
        options.append(f"align: {cell.align} + horizon")
    if not cell.framed:
        options.append("stroke: none")
    if options:
        return f"table.cell({', '.join(options)}, {text})"
    return text


def _table(table: Table, layout: Layout, marker: str = "") -> str:
    n = len(table.widths)
    aligns = ["left"] * n
    for row in table.rows[table.header_rows :]:
        if len(row) == n:
            aligns = [c.align for c in row]
            break
    columns = ", ".join(f"{w}fr" for w in table.widths)
    align = ", ".join(f"{a} + horizon" for a in aligns)
    lines = []
    for r, line in enumerate(placed(table)):
        marks = [f"{marker}/{r}" if marker and r >= table.header_rows and i == 0 else "" for i in range(len(line))]
        lines.append(", ".join(_cell(cell, aligns[min(c, n - 1)], m) for (c, cell), m in zip(line, marks, strict=True)))
    body = ",\n".join(x for x in lines[table.header_rows :] if x)
    header = ",\n".join(x for x in lines[: table.header_rows] if x)
    repeat = "true" if table.repeat_header else "false"
    head = f"table.header(repeat: {repeat}, {header}),\n" if header else ""
    extra = ""
    if table.rules == "none" and layout.page.rules != "none":
        extra = "stroke: none, "
    return f"#text({table.size}pt, table(columns: ({columns},), align: ({align},), {extra}\n{head}{body}))"
