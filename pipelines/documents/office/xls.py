"""Reader of old Excel workbooks (.xls): by xlrd with formats and borders where it is installed, else by calamine without them."""

from __future__ import annotations

import datetime as dt
import io
import os
from typing import Any

from openpyxl.utils import get_column_letter

from pipelines.documents.model import Block, Document, Locator, ReadingNote, Refused
from pipelines.documents.office.number_format import canonical, displayed, displayed_date, is_date
from pipelines.documents.office.sheet import SheetCell, sheet_blocks

READER = "xls/2"


def read_xls(data: bytes, name: str, sha256: str) -> Document:
    """Visible sheets as paragraphs and grids. Raises Refused (corrupt, encrypted, empty).

    Without xlrd the text of a number is its stored value as plain decimal text: "1,234.50" comes out as "1234.5" and its printed
    resolution is not known; the note `display_format_unknown` says so.
    """
    notes: list[ReadingNote] = []
    try:
        import xlrd
        from xlrd import open_workbook  # noqa: F401 - a folder of that name on the path is not the library
    except ImportError:
        xlrd = None
    try:
        blocks = _by_xlrd(xlrd, data, notes) if xlrd is not None else _by_calamine(data, notes)
    except Refused:
        raise
    except BaseException as error:  # both libraries raise whatever a damaged record leads to; a Rust panic is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        reason = "encrypted" if "password" in str(error).lower() or "encrypt" in str(error).lower() else "corrupt"
        first = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise Refused(reason, f"a workbook that does not open ({first}): open it in Excel or WPS and save it as .xlsx") from None
    if not blocks:
        raise Refused("empty", "the workbook shows no text: check its sheets")
    return Document(sha256, name, "xlsx", blocks, [], notes, READER)


def _hidden(title: str) -> ReadingNote:
    return ReadingNote("hidden_sheet", f"sheet {title!r} is hidden and was not read", Locator("xlsx", sheet=title))


def _place(title: str, row: int, column: int) -> Locator:
    """Locator of a cell by its 0-based row and column."""
    return Locator("xlsx", sheet=title, cell=f"{get_column_letter(column + 1)}{row + 1}")


def _by_xlrd(xlrd: Any, data: bytes, notes: list[ReadingNote]) -> list[Block]:
    with open(os.devnull, "w") as log:  # noqa: PTH123 - xlrd prints its warnings to a stream
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=log)
    blocks: list[Block] = []
    for sheet in book.sheets():
        if sheet.visibility:
            notes.append(_hidden(sheet.name))
            continue
        spans = {(r0, c0): (r1 - r0, c1 - c0) for r0, r1, c0, c1 in sheet.merged_cells}
        covered = {(r, c) for r0, r1, c0, c1 in sheet.merged_cells for r in range(r0, min(r1, sheet.nrows)) for c in range(c0, c1)} - set(
            spans
        )
        hidden_rows = {r for r, info in sheet.rowinfo_map.items() if info.hidden}
        hidden_columns = {c for c, info in sheet.colinfo_map.items() if info.hidden}
        cells: list[SheetCell] = []
        lost = 0
        for r in range(sheet.nrows):
            for c, cell in enumerate(sheet.row(r)):
                if (r, c) in covered:
                    continue
                style = book.xf_list[cell.xf_index] if cell.xf_index is not None else None
                text, number = _shown(xlrd, book, cell, style)
                border = style.border if style is not None else None
                sides = (border.left_line_style, border.right_line_style, border.top_line_style, border.bottom_line_style) if border else ()
                bordered = sum(bool(s) for s in sides) >= 2
                if not text and number is None and not bordered:
                    continue
                if r in hidden_rows or c in hidden_columns:
                    lost += bool(text)
                    continue
                rows, columns = spans.get((r, c), (1, 1))
                cells.append(SheetCell(r + 1, c + 1, text, _place(sheet.name, r, c), rows, columns, number, bordered))
        if lost:
            notes.append(ReadingNote("hidden_cells", f"{lost} cells in hidden rows or columns of sheet {sheet.name!r} were not read"))
        blocks += sheet_blocks(cells, sheet.nrows)
    return blocks


def _shown(xlrd: Any, book: Any, cell: Any, style: Any) -> tuple[str, str | None]:
    """(displayed text, stored number as canonical decimal text or None)."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return "", None
    code = book.format_map[style.format_key].format_str if style is not None else "General"
    if cell.ctype == xlrd.XL_CELL_DATE or (cell.ctype == xlrd.XL_CELL_NUMBER and is_date(code)):
        moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        return displayed_date(moment, code), None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return displayed(cell.value, code), canonical(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return ("TRUE" if cell.value else "FALSE"), None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A")), None
    return str(cell.value), None


def _by_calamine(data: bytes, notes: list[ReadingNote]) -> list[Block]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    blocks: list[Block] = []
    numbers = False
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != SheetVisibleEnum.Visible:
            notes.append(_hidden(meta.name))
            continue
        sheet = book.get_sheet_by_name(meta.name)
        cells = _plain_cells(meta.name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or [])
        numbers = numbers or any(c.number for c in cells)
        blocks += sheet_blocks(cells, len(cells))
    if numbers:
        notes.append(ReadingNote("display_format_unknown", "an .xls file: numbers are read as stored, not as displayed; .xlsx keeps both"))
    return blocks


def _plain_cells(title: str, rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[SheetCell]:
    spans = {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for (r0, c0), (r1, c1) in merged}
    last = len(rows)
    covered = {(r, c) for (r0, c0), (r1, c1) in merged for r in range(r0, min(r1 + 1, last)) for c in range(c0, c1 + 1)} - set(spans)
    out = []
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value == "" or value is None or (r, c) in covered:
                continue
            number = canonical(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
            text = number if number is not None else f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)
            height, width = spans.get((r, c), (1, 1))
            out.append(SheetCell(r + 1, c + 1, text, _place(title, r, c), height, width, number))
    return out
