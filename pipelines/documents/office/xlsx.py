"""Reader of Excel workbooks (.xlsx): sheets in order, merged cells, what is displayed beside what is stored."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.documents.archive_zip import guard_office
from pipelines.documents.model import Block, Document, Locator, ReadingNote, Refused
from pipelines.documents.office.number_format import canonical, displayed, displayed_date
from pipelines.documents.office.sheet import SheetCell, sheet_blocks

READER = "xlsx/1"
MAX_SHEET_BYTES = 64 * 1024**2
"""Unpacked XML of one sheet: about a million cells."""


def read_xlsx(data: bytes, name: str, sha256: str) -> Document:
    """Visible sheets as paragraphs and grids. Raises Refused (corrupt, hostile, encrypted, too_large, empty).

    `GridCell.text` is what Excel shows, `number` the stored value. Hidden sheets, rows and columns are left out with a note; a
    formula whose result was never stored is a note with its cell, not a blank.
    """
    guard_office(data)
    notes: list[ReadingNote] = []
    has_formulas = _check_sheets(data)
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
        formulas = load_workbook(io.BytesIO(data), data_only=False, read_only=True) if has_formulas else None
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, SyntaxError, AssertionError) as error:
        raise Refused("corrupt", f"a damaged workbook ({error}): open it in Excel or WPS and save it again as .xlsx") from None
    blocks: list[Block] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(
                ReadingNote("hidden_sheet", f"sheet {sheet.title!r} is hidden and was not read", Locator("xlsx", sheet=sheet.title))
            )
            continue
        blocks += sheet_blocks(_cells(sheet, notes), int(sheet.max_row), bool(sheet.sheet_view.showGridLines))
    if formulas is not None:
        notes += _unstored(formulas, book)
    if not blocks:
        raise Refused("empty", "the workbook shows no text: check its sheets")
    return Document(sha256, name, "xlsx", blocks, [], notes, READER)


def _check_sheets(data: bytes) -> bool:
    """Whether any sheet holds formulas. Raises Refused (too_large) for a sheet beyond bounds."""
    found = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                if info.file_size > MAX_SHEET_BYTES:
                    limit = MAX_SHEET_BYTES >> 20
                    raise Refused(
                        "too_large", f"{info.filename} unpacks to {info.file_size >> 20} MB (limit {limit} MB): delete its unused rows"
                    )
                found = found or b"<f" in archive.read(info)
    return found


def _cells(sheet: Worksheet, notes: list[ReadingNote]) -> list[SheetCell]:
    """The cells of a sheet that show text or a border, merged ranges as one."""
    hidden_rows = {r for r, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = _hidden_columns(sheet)
    zeros = sheet.sheet_view.showZeros is not False
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        # Marked down to the rows that exist: a range over a whole column is cheap to declare and costly to walk.
        last_row, last_column = min(area.max_row, sheet.max_row), min(area.max_col, sheet.max_column)
        merged[area.min_row, area.min_col] = (last_row - area.min_row + 1, last_column - area.min_col + 1)
        for r in range(area.min_row, last_row + 1):
            for c in range(area.min_col, last_column + 1):
                covered[r, c] = (area.min_row, area.min_col)
    out: dict[tuple[int, int], SheetCell] = {}
    lost = 0
    borders: dict[int, bool] = {}
    for row in sheet.iter_rows():
        for cell in row:
            key = (cell.row, cell.column)
            style = cell._style.borderId if cell.has_style else 0
            if style not in borders:
                borders[style] = _bordered(cell)
            home = covered.get(key)
            if home is not None and home != key:
                if borders[style] and home in out:
                    out[home].bordered = True
                continue
            text, number = ("", None) if isinstance(cell, MergedCell) else _shown(cell, zeros)
            if not text and not borders[style] and number is None and key not in merged:
                continue
            if cell.row in hidden_rows or cell.column in hidden_columns:
                lost += bool(text)
                continue
            place = Locator("xlsx", sheet=sheet.title, cell=f"{get_column_letter(cell.column)}{cell.row}")
            rows, columns = merged.get(key, (1, 1))
            out[key] = SheetCell(cell.row, cell.column, text, place, rows, columns, number, borders[style])
    if lost:
        notes.append(ReadingNote("hidden_cells", f"{lost} cells in hidden rows or columns of sheet {sheet.title!r} were not read"))
    return list(out.values())


def _hidden_columns(sheet: Worksheet) -> set[int]:
    out: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            first, last = dimension.min or 0, dimension.max or 0
            out |= set(range(first, min(last, sheet.max_column) + 1))
    return out


def _bordered(cell: Cell | MergedCell) -> bool:
    """At least two drawn sides: a single underline is no cell."""
    border = cell.border
    return sum(side is not None and bool(side.style) for side in (border.left, border.right, border.top, border.bottom)) >= 2


def _shown(cell: Cell, zeros: bool) -> tuple[str, str | None]:
    """(displayed text, stored number as canonical decimal text or None)."""
    value: Any = cell.value
    if value is None:
        return "", None
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, int | float | Decimal):
        if not zeros and value == 0:
            return "", "0"
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            return str(value), None
        return displayed(value, cell.number_format or "General"), canonical(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return displayed_date(value, cell.number_format or ""), None
    if isinstance(value, dt.timedelta):
        return str(value), None
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), str(value)), None


def _unstored(formulas: Any, book: Any) -> list[ReadingNote]:
    """Notes for formulas without a stored result: the file was written by a program that does not calculate."""
    notes = []
    for sheet in formulas.worksheets:
        if sheet.title not in book.sheetnames:
            continue
        shown = book[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                formula = isinstance(cell.value, str) and cell.value.startswith("=")
                if formula and shown.cell(cell.row, cell.column).value is None:
                    place = Locator("xlsx", sheet=sheet.title, cell=cell.coordinate)
                    notes.append(
                        ReadingNote("formula_without_value", f"{cell.value[:60]} has no stored result: open and save it in Excel", place)
                    )
                    if len(notes) >= 200:
                        return notes
    return notes
