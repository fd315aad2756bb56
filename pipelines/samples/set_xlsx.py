"""Sheets → Excel (xlsx): one worksheet a table with typed numbers and merged heads; the text on worksheets of its own."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.reports.amounts import parse_number
from pipelines.samples.blocks import Block, Heading, PageBreak, Para, Sheet, Table, placed
from pipelines.samples.fixed_zip import repack
from pipelines.samples.layout import Layout

EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NAME = re.compile(r"[\[\]:*?/\\]")


def write(sheet: Sheet, layout: Layout) -> bytes:
    """The workbook of one sheet. Numbers are numbers with a format; codes and dashes are text."""
    book = Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = EPOCH
    text: list[str] = []
    pending: list[Block] = []
    for block in sheet.blocks:
        if isinstance(block, Table):
            titles: list[Para] = []
            while pending and isinstance(last := pending[-1], Para) and last.kind in ("title", "form_no", "unit_line"):
                titles.insert(0, last)
                pending.pop()
            text += [_plain(b) for b in pending if not isinstance(b, PageBreak)]
            if any(text):
                _text_sheet(book, text, sheet.mark)
                text = []
            pending = []
            _table_sheet(book, block, titles, sheet.mark, layout)
        elif isinstance(block, Para) and block.kind == "note" and book.worksheets and not pending:
            _append(book.worksheets[-1], [block.text])
        else:
            pending.append(block)
    text += [_plain(b) for b in pending if not isinstance(b, PageBreak)]
    if any(text):
        _text_sheet(book, text, sheet.mark)
    buffer = io.BytesIO()
    book.save(buffer)
    return repack(re_dated(buffer.getvalue()))


def re_dated(data: bytes) -> bytes:
    """openpyxl stamps the time of saving into docProps/core.xml; a fixed one keeps the bytes repeatable."""
    import zipfile

    from pipelines.samples.fixed_zip import pack

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = files["docProps/core.xml"].decode()
    files["docProps/core.xml"] = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2000-01-01T00:00:00Z", core).encode()
    return pack(files)


def _plain(block: Block) -> str:
    if isinstance(block, Para) and block.kind == "contents" and block.right:
        return f"{block.text}……{block.right}"
    if isinstance(block, (Heading, Para)):
        return block.text
    return ""


def _append(worksheet: Worksheet, values: list[str]) -> None:
    worksheet.append(values)


def _text_sheet(book: Workbook, lines: list[str], mark: str) -> None:
    worksheet = book.create_sheet(f"说明{len(book.worksheets) + 1}")
    worksheet.column_dimensions["A"].width = 100
    for line in [*lines, mark]:
        if line:
            worksheet.append([line])
            worksheet.cell(worksheet.max_row, 1).alignment = Alignment(wrap_text=True)


def _table_sheet(book: Workbook, table: Table, captions: list[Para], mark: str, layout: Layout) -> None:
    title = next((c.text for c in captions if c.kind == "title"), "表")
    name = _NAME.sub("", title)[:24]
    worksheet = book.create_sheet(f"{len(book.worksheets) + 1}{name}")
    n = len(table.widths)
    for i, width in enumerate(table.widths, 1):
        worksheet.column_dimensions[get_column_letter(i)].width = width * 11
    row = 1
    for caption in captions:
        if caption.kind == "unit_line":
            worksheet.cell(row, 1, caption.text or None)
            worksheet.cell(row, n, caption.right or None)
        elif caption.kind == "form_no":
            worksheet.cell(row, n, caption.text)
        else:
            worksheet.cell(row, 1, caption.text).alignment = Alignment(horizontal="center")
            worksheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=n)
        row += 1
    number_format = "General" if layout.trim_zeros else "#,##0.00" if layout.thousands else "0.00"
    for r, cells in enumerate(placed(table)):
        for column, cell in cells:
            target = worksheet.cell(row + r, column + 1)
            number = parse_number(cell.text) if cell.ref else None
            if number is not None:
                target.value = float(number)
                target.number_format = number_format
            elif cell.text:
                target.value = cell.text
            target.alignment = Alignment(horizontal=cell.align, vertical="center", wrap_text=True)
            if cell.row_span > 1 or cell.column_span > 1:
                worksheet.merge_cells(
                    start_row=row + r,
                    start_column=column + 1,
                    end_row=row + r + cell.row_span - 1,
                    end_column=column + cell.column_span,
                )
    worksheet.append([mark])
