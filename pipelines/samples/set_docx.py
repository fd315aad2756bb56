"""Sheets → Word (docx): paragraphs with styles, tables with merged cells. Written as plain WordprocessingML, so bytes are repeatable."""

from __future__ import annotations

from html import escape

from pipelines.samples.blocks import Cell, Heading, PageBreak, Para, Sheet, Table, placed
from pipelines.samples.fixed_zip import pack
from pipelines.samples.layout import Layout

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/></Types>"""  # noqa: E501
RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""  # noqa: E501
DOCUMENT_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>"""  # noqa: E501
STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles {W}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:rPr><w:sz w:val="24"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/><w:sz w:val="48"/></w:rPr></w:style></w:styles>"""  # noqa: E501
A4 = (11906, 16838)  # twentieths of a point
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write(sheet: Sheet, layout: Layout) -> bytes:
    """The docx of one sheet; a section for each orientation, the mark in the page header."""
    body: list[str] = []
    orientation = "portrait"
    for block in sheet.blocks:
        if isinstance(block, PageBreak):
            if body:
                body.append(f"<w:p><w:pPr>{_section(orientation)}</w:pPr></w:p>")
            orientation = block.orientation
        elif isinstance(block, Heading):
            style = {0: "Title", 1: "Heading1"}.get(block.level, "Heading2")
            body.append(_p(block.text, f'<w:pStyle w:val="{style}"/>'))
        elif isinstance(block, Para):
            body.append(_para(block))
        else:
            body.append(_table(block))
            body.append("<w:p/>")
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {W} xmlns:r="{R}"><w:body>'
        f"{''.join(body)}{_section(orientation)}</w:body></w:document>"
    )
    running = "".join(b.text for b in sheet.blocks if isinstance(b, Heading) and b.level == 0) if layout.page.running_head else ""
    header = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:hdr {W}>{_p(running + sheet.mark)}</w:hdr>'
    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": DOCUMENT_RELS,
        "word/styles.xml": STYLES,
        "word/header1.xml": header,
    }
    return pack({name: text.encode() for name, text in files.items()})


def _section(orientation: str) -> str:
    width, height = A4 if orientation == "portrait" else A4[::-1]
    turned = "" if orientation == "portrait" else ' w:orient="landscape"'
    return (
        f'<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        '<w:pgMar w:top="1100" w:right="1100" w:bottom="1100" w:left="1100" w:header="600" w:footer="600" w:gutter="0"/></w:sectPr>'
    )


def _p(text: str, properties: str = "", run: str = "") -> str:
    pieces = escape(text, quote=False).split("\t")
    inner = "<w:tab/>".join(f'<w:t xml:space="preserve">{p}</w:t>' for p in pieces)
    fmt = f"<w:rPr>{run}</w:rPr>" if run else ""
    head = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{head}<w:r>{fmt}{inner}</w:r></w:p>" if text else f"<w:p>{head}</w:p>"


def _para(block: Para) -> str:
    if block.kind in ("unit_line", "contents"):
        tabs = '<w:tabs><w:tab w:val="right" w:pos="9600"/></w:tabs>'
        return _p(f"{block.text}\t{block.right or ''}", tabs)
    if block.kind in ("title", "cover"):
        return _p(block.text, '<w:jc w:val="center"/>', '<w:sz w:val="30"/>' if block.kind == "title" else "")
    if block.kind == "form_no":
        return _p(block.text, '<w:jc w:val="right"/>')
    if block.kind == "body":
        return _p(block.text, '<w:ind w:firstLineChars="200" w:firstLine="480"/>')
    return _p(block.text)


def _table(table: Table) -> str:
    whole = 9700
    unit = whole / sum(table.widths)
    widths = [round(w * unit) for w in table.widths]
    n = len(widths)
    waiting: dict[int, dict[int, Cell]] = {}
    rows = []
    for r, row in enumerate(placed(table)):
        cells: dict[int, str] = {}
        spans: dict[int, int] = {}
        for column, cell in row:
            merge = '<w:vMerge w:val="restart"/>' if cell.row_span > 1 else ""
            cells[column] = _tc(cell, sum(widths[column : column + cell.column_span]), merge)
            spans[column] = cell.column_span
            for down in range(1, cell.row_span):
                waiting.setdefault(r + down, {})[column] = cell
        for column, cell in waiting.get(r, {}).items():
            blank = Cell("", column_span=cell.column_span)
            cells[column] = _tc(blank, sum(widths[column : column + cell.column_span]), "<w:vMerge/>")
            spans[column] = cell.column_span
        column = 0
        line = []
        while column < n:
            line.append(cells.get(column) or _tc(Cell(""), widths[column], ""))
            column += spans.get(column, 1)
        header = "<w:trPr><w:tblHeader/></w:trPr>" if r < table.header_rows and table.repeat_header else ""
        rows.append(f"<w:tr>{header}{''.join(line)}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    edges = "".join(
        f'<w:{e} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for e in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{whole}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _tc(cell: Cell, width: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
    align = {"center": '<w:jc w:val="center"/>', "right": '<w:jc w:val="right"/>'}.get(cell.align, "")
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}</w:tcPr>{_p(cell.text, align)}</w:tc>'
