"""One small invented report set in every format from one structure: the same paragraphs and grids must come out of each."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass, field

import docx
import openpyxl
import typst
from openpyxl.styles import Border, Side

from pipelines.documents.pdf.library import font_folders

Cell = str | tuple[str, int, int] | None  # text, or (text, rows, columns); None where a span covers the place


@dataclass
class Table:
    rows: list[list[Cell]]


@dataclass
class SmallReport:
    """Paragraphs and tables in order."""

    blocks: list[str | Table] = field(default_factory=list)


REPORT = SmallReport(
    [
        "东岭市青禾区水文站2023年度部门决算",
        "第一部分 部门概况",
        "一、部门职责",
        "承担全区河道水位、流量的监测工作，负责防汛情报的收集与上报。",
        "收入支出决算总表",
        "公开01表",
        "部门：东岭市青禾区水文站",
        "单位：万元",
        Table(
            [
                [("收入", 1, 2), None, ("支出", 1, 2), None],
                ["项目", "决算数", "项目", "决算数"],
                ["一、一般公共预算财政拨款收入", "1,203.40", "一、农林水支出", "1,180.15"],
                ["二、事业收入", "", "二、住房保障支出", "23.25"],
                ["总计", "1,203.40", "总计", "1,203.40"],
            ]
        ),
        "注：本表反映部门本年度的总收支情况。",
        "支出决算表",
        "公开03表",
        "单位：万元",
        Table(
            [
                [("项目", 1, 2), None, ("本年支出合计", 2, 1), ("基本支出", 2, 1), ("项目支出", 2, 1)],
                ["科目编码", "科目名称", None, None, None],
                [("合计", 1, 2), None, "1,203.40", "623.25", "580.15"],
                ["213", "农林水支出", "1,180.15", "600.00", "580.15"],
                ["21303", "水利", "1,180.15", "600.00", "580.15"],
                ["221", "住房保障支出", "23.25", "23.25", "0.00"],
            ]
        ),
        "注：本表反映部门本年度各项支出情况。",
        "第二部分 决算情况说明",
        "2023年度收入总计1,203.40万元，与上年相比增加17.31万元，增长1.46%。",
    ]
)


def spans(rows: list[list[Cell]]) -> list[tuple[int, int, str, int, int]]:
    """(row, column, text, row span, column span) of each cell, 0-based."""
    out = []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                out.append((r, c, cell, 1, 1) if isinstance(cell, str) else (r, c, *cell))
    return out


def as_docx(report: SmallReport) -> bytes:
    document = docx.Document()
    for block in report.blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block.rows), len(block.rows[0]))
        for r, c, text, rows, columns in spans(block.rows):
            cell = table.cell(r, c)
            if rows > 1 or columns > 1:
                cell = cell.merge(table.cell(r + rows - 1, c + columns - 1))
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_xlsx(report: SmallReport, numbers: bool = True) -> bytes:
    """One sheet; numbers stored as numbers with a display format, as text where `numbers` is False."""
    book = openpyxl.Workbook()
    sheet = book.active
    thin = Side(style="thin")
    row = 1
    for block in report.blocks:
        if isinstance(block, str):
            sheet.cell(row, 1, block)
            row += 1
            continue
        width = len(block.rows[0])
        for r, c, text, rows, columns in spans(block.rows):
            cell = sheet.cell(row + r, c + 1, text or None)
            if numbers and "." in text:
                cell.value = float(text.replace(",", ""))
                cell.number_format = "#,##0.00"
            if rows > 1 or columns > 1:
                sheet.merge_cells(start_row=row + r, start_column=c + 1, end_row=row + r + rows - 1, end_column=c + columns)
        for r in range(len(block.rows)):
            for c in range(width):
                sheet.cell(row + r, c + 1).border = Border(thin, thin, thin, thin)
        row += len(block.rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_html(report: SmallReport, encoding: str = "utf-8") -> bytes:
    parts = [f'<html><head><meta charset="{encoding}"><title>t</title><script>var a = "<table>";</script></head><body>']
    for block in report.blocks:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
            continue
        parts.append("<table>")
        for row in block.rows:
            cells = []
            for cell in row:
                if cell is not None:
                    text, rows, columns = (cell, 1, 1) if isinstance(cell, str) else cell
                    cells.append(f'<td rowspan="{rows}" colspan={columns}>{html.escape(text)}</td>')
            parts.append(f"<tr>{''.join(cells)}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]).encode(encoding)


def as_text(report: SmallReport) -> bytes:
    """Tab-separated, spans as empty cells: the text of a table cannot say more."""
    parts = []
    for block in report.blocks:
        if isinstance(block, str):
            parts.append(block)
        else:
            rows = [[("" if cell is None else cell if isinstance(cell, str) else cell[0]) for cell in row] for row in block.rows]
            parts.append("\n".join("\t".join(row) for row in rows))
    return "\n\n".join(parts).encode()


def as_pdf(report: SmallReport) -> bytes:
    """Typeset with rules, captions above the tables."""
    style = '#set text(font: "Noto Sans CJK SC", size: 11pt, lang: "zh", region: "cn")'
    parts = [f"#set page(margin: 50pt)\n{style}\n#set par(first-line-indent: 2em)"]
    for block in report.blocks:
        if isinstance(block, str):
            parts.append(_escaped(block) + "\n")
            continue
        cells = [f"table.cell(rowspan: {rows}, colspan: {columns})[{_escaped(text)}]" for _, _, text, rows, columns in spans(block.rows)]
        parts.append(f"#table(columns: ({'1fr,' * len(block.rows[0])}), {', '.join(cells)})\n")
    return bytes(typst.compile("\n".join(parts).encode(), font_paths=[str(p) for p in font_folders()]))


def _escaped(text: str) -> str:
    return re.sub(r"([#*_$\\<>@`\[\]=~/-])", r"\\\1", text)
