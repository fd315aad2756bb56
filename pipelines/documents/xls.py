"""Reader of old Excel workbooks (.xls) by calamine: values and merged cells; how numbers were displayed is not known."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.documents.model import Block, Document, Locator, ReadingNote, Refused
from pipelines.documents.number_format import canonical
from pipelines.documents.sheet import SheetCell, sheet_blocks

READER = "xls/1"


def read_xls(data: bytes, name: str, sha256: str) -> Document:
    """Visible sheets as paragraphs and grids. Raises Refused (corrupt, encrypted, empty).

    The text of a number is its stored value as plain decimal text: two decimals displayed as "1,234.50" come out as "1234.5",
    so the printed resolution is not known; the note `display_format_unknown` says so once.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(m.name, m.visible, m.typ) for m in book.sheets_metadata]
        blocks: list[Block] = []
        notes: list[ReadingNote] = []
        numbers = False
        for title, visible, kind in sheets:
            if kind != SheetTypeEnum.WorkSheet:
                continue
            if visible != SheetVisibleEnum.Visible:
                notes.append(ReadingNote("hidden_sheet", f"sheet {title!r} is hidden and was not read", Locator("xlsx", sheet=title)))
                continue
            sheet = book.get_sheet_by_name(title)
            cells = _cells(title, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or [])
            numbers = numbers or any(c.number for c in cells)
            blocks += sheet_blocks(cells, len(cells))
    except Refused:
        raise
    except Exception as error:  # calamine raises its own error types for whatever is wrong inside
        reason = "encrypted" if "password" in str(error).lower() else "corrupt"
        raise Refused(reason, f"a workbook that does not open ({error}): open it in Excel or WPS and save it as .xlsx") from None
    if not blocks:
        raise Refused("empty", "the workbook shows no text: check its sheets")
    if numbers:
        notes.append(ReadingNote("display_format_unknown", "an .xls file: numbers are read as stored, not as displayed; .xlsx keeps both"))
    return Document(sha256, name, "xlsx", blocks, [], notes, READER)


def _cells(title: str, rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[SheetCell]:
    spans = {(r0, c0): (r1 - r0 + 1, c1 - c0 + 1) for (r0, c0), (r1, c1) in merged}
    covered = {(r, c) for (r0, c0), (r1, c1) in merged for r in range(r0, r1 + 1) for c in range(c0, c1 + 1)} - set(spans)
    out = []
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value == "" or value is None or (r, c) in covered:
                continue
            number = canonical(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
            text = number if number is not None else f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)
            rows_, columns_ = spans.get((r, c), (1, 1))
            place = Locator("xlsx", sheet=title, cell=f"{_column(c + 1)}{r + 1}")
            out.append(SheetCell(r + 1, c + 1, text, place, rows_, columns_, number))
    return out


def _column(index: int) -> str:
    out = ""
    while index:
        index, rest = divmod(index - 1, 26)
        out = chr(65 + rest) + out
    return out
