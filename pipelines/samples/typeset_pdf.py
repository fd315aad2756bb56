"""Sheets → PDF with typst and the Noto CJK font of the wheel `manimgx-fonts-cjk`. Same blocks, same bytes."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import typst

from pipelines.samples.blocks import Cell, Heading, PageBreak, Para, Sheet, Table
from pipelines.samples.layout import Layout

CJK = "Noto Sans CJK SC"


@lru_cache
def _compiler() -> typst.Compiler:
    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    if spec is None or not spec.submodule_search_locations:
        raise ValueError("no CJK font: the package manimgx-fonts-cjk is not installed")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(Path(p)) for p in spec.submodule_search_locations])
    return typst.Compiler(b"", font_paths=fonts)


def write(sheet: Sheet, layout: Layout) -> bytes:
    """The PDF of one sheet."""
    source = markup(sheet, layout).encode()
    pdf = _compiler().compile(source, format="pdf", pdf_tags=False)
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no PDF")
    return pdf


def quote(text: str) -> str:
    """A typst string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def markup(sheet: Sheet, layout: Layout) -> str:
    """The typst source: settings, then one element a block."""
    page = layout.page
    number = page.page_number_style.format(n='#context counter(page).display("1")')
    footer = f"#h(1fr) {number} #h(1fr)" if page.page_numbers else ""
    head = [
        "#set document(date: none)",
        f'#set text(font: ({quote(page.latin)}, "{CJK}"), size: {page.body}pt, lang: "zh", region: "cn")',
        f'#set page(paper: "a4", margin: {page.margin}pt, footer: text(9pt)[{footer}],',
        f"  header: text(7.5pt, fill: luma(110))[#h(1fr) {sheet.mark}])",
        f"#set par(leading: {page.leading}em, spacing: {page.leading}em, justify: true)",
        f"#set table(inset: (x: 3pt, y: 3.2pt), stroke: {_stroke(layout)})",
    ]
    if not page.breakable_rows:
        head.append("#show table.cell: set block(breakable: false)")
    out = ["\n".join(head)]
    cover_open = False
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
            out.append(_table(block, layout))
    return "\n\n".join(out)


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
        return f"#block(width: 100%, [#{text}#h(4pt)#box(width: 1fr, repeat[.])])"
    return f"#par(first-line-indent: (amount: 2em, all: true), {text})"


def _cell(cell: Cell, column_align: str, size: float) -> str:
    text = quote(cell.text)
    if cell.bold:
        text = f'text(weight: "medium", {text})'
    options = []
    if cell.row_span > 1:
        options.append(f"rowspan: {cell.row_span}")
    if cell.column_span > 1:
        options.append(f"colspan: {cell.column_span}")
    if cell.align != column_align:
        options.append(f"align: {cell.align} + horizon")
    if options:
        return f"table.cell({', '.join(options)}, {text})"
    return text


def _table(table: Table, layout: Layout) -> str:
    n = len(table.widths)
    aligns = ["left"] * n
    for row in table.rows[table.header_rows :]:
        if len(row) == n:
            aligns = [c.align for c in row]
            break
    columns = ", ".join(f"{w}fr" for w in table.widths)
    align = ", ".join(f"{a} + horizon" for a in aligns)
    covered: dict[int, set[int]] = {}
    lines = []
    for r, row in enumerate(table.rows):
        taken = covered.get(r, set())
        column = 0
        parts = []
        for cell in row:
            while column in taken:
                column += 1
            parts.append(_cell(cell, aligns[min(column, n - 1)], table.size))
            for down in range(1, cell.row_span):
                covered.setdefault(r + down, set()).update(range(column, column + cell.column_span))
            column += cell.column_span
        lines.append(", ".join(parts))
    body = ",\n".join(x for x in lines[table.header_rows :] if x)
    header = ",\n".join(x for x in lines[: table.header_rows] if x)
    repeat = "true" if table.repeat_header else "false"
    head = f"table.header(repeat: {repeat}, {header}),\n" if header else ""
    extra = ""
    if table.rules == "none" and layout.page.rules != "none":
        extra = "stroke: none, "
    return f"#text({table.size}pt, table(columns: ({columns},), align: ({align},), {extra}\n{head}{body}))"
