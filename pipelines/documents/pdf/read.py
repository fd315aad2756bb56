"""Text PDF to Document: opens the file, reads page by page, puts characters into cells and lines, joins paragraphs over pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pypdfium2 as pypdfium
import pypdfium2.raw as pdfium

from pipelines.documents.model import Block, Document, Grid, Locator, PageInfo, ReadingNote, Refused
from pipelines.documents.pdf.lines import Line
from pipelines.documents.pdf.page import PageArrays, read_page
from pipelines.documents.pdf.paragraphs import PageText, build_blocks, drop_running
from pipelines.documents.pdf.tables import page_tables
from pipelines.documents.pdf.torn import join_torn_rows

if TYPE_CHECKING:
    from pipelines.documents.scan.page import ScannedPage

READER = "pdf/1"
MAX_PAGES = 2000


def read_pdf(data: bytes, name: str, sha256: str, *, max_pages: int = MAX_PAGES, recognise: bool = True) -> Document:
    """The document in a PDF. Raises Refused: empty, truncated, corrupt, encrypted, too_large, hostile.

    `recognise=False` leaves pages that are images (or whose glyphs have no Unicode) unread, with a note.
    """
    pdf = open_pdf(data, name)
    try:
        count = len(pdf)
        if count == 0:
            raise Refused("empty", f"{name}: the PDF has no page; fetch the file again")
        if count > max_pages:
            raise Refused("too_large", f"{name}: {count} pages, more than {max_pages}; split the file or raise max_pages")
        return _read(pdf, data, name, sha256, recognise)
    finally:
        pdf.close()


def open_pdf(data: bytes, name: str) -> pypdfium.PdfDocument:
    """An open PDF; the caller closes it. Raises Refused with the reason why pdfium cannot open it."""
    if not data.strip(b"\0 \r\n\t"):
        raise Refused("empty", f"{name}: the file is empty; fetch it again")
    try:
        return pypdfium.PdfDocument(data)
    except pypdfium.PdfiumError as error:
        code = pdfium.FPDF_GetLastError()
        if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY) or "password" in str(error).lower():
            raise Refused("encrypted", f"{name}: the PDF asks for a password; save it without protection") from None
        if b"%%EOF" not in data[-2048:]:
            raise Refused("truncated", f"{name}: the PDF breaks off before its end; fetch it again") from None
        raise Refused("corrupt", f"{name}: not a readable PDF ({error}); fetch it again") from None


def _read(pdf: pypdfium.PdfDocument, data: bytes, name: str, sha256: str, recognise: bool) -> Document:
    pages: list[PageText] = []
    infos: list[PageInfo] = []
    notes: list[ReadingNote] = []
    if b"%%EOF" not in data[-2048:]:
        notes.append(ReadingNote("file_incomplete", "the PDF has no end mark: it may have been cut off, and pages may be missing"))
    for index in range(len(pdf)):
        try:
            arrays = read_page(pdf.raw, index)
        except ValueError as error:
            notes.append(ReadingNote("page_unreadable", f"page {index + 1} cannot be read: {error}", Locator("pdf", page=index + 1)))
            infos.append(PageInfo(index + 1, 0.0, 0.0, source="empty"))
            continue
        except OverflowError as error:
            raise Refused("hostile", f"{name}: page {index + 1}: {error}") from None
        text, info = read_arrays(arrays, notes, pages[-1] if pages else None)
        pages.append(text)
        infos.append(info)
    if len(infos) == sum(info.width == 0 for info in infos):
        raise Refused("corrupt", f"{name}: none of its {len(infos)} pages can be read; fetch it again")
    scanned = _read_scans(data, name, pages, infos, notes) if recognise else []
    if not recognise:
        notes += [ReadingNote("scan_not_read", "an image, not read", Locator("pdf", page=i.number)) for i in infos if i.source == "scan"]
    drop_running(pages)
    blocks = build_blocks(pages)
    if scanned:
        from pipelines.documents.scan.read import add_confidence

        add_confidence(blocks, scanned)
    _mark_continued(blocks)
    join_torn_rows(blocks)
    return Document(sha256=sha256, name=name, kind="pdf", blocks=blocks, pages=infos, notes=notes, reader=READER)


def _read_scans(data: bytes, name: str, pages: list[PageText], infos: list[PageInfo], notes: list[ReadingNote]) -> list[ScannedPage]:
    """Fills the pages that are images by text recognition; without it they stay empty, with a note. Refused where all are images then."""
    numbers = [info.number for info in infos if info.source == "scan"]
    if not numbers:
        return []
    try:
        from pipelines.documents.scan.read import page_texts

        scanned = list(page_texts(data, numbers))
    except (ImportError, Refused) as error:
        if isinstance(error, Refused) and error.reason != "unsupported":
            raise
        what = f"{len(numbers)} of {len(infos)} pages are images without text, and text recognition is not installed (extra `ocr`)"
        if len(numbers) == len(infos):
            raise Refused("unsupported", f"{name}: {what}: pip install 'juesuan[ocr]'") from None
        notes.append(ReadingNote("scan_not_read", what, Locator("pdf", page=numbers[0])))
        return []
    at = {page.number: i for i, page in enumerate(pages)}
    for page in scanned:
        if page.text.number in at:
            pages[at[page.text.number]] = page.text
        notes.extend(page.notes)
    return scanned


def read_arrays(arrays: PageArrays, notes: list[ReadingNote], before: PageText | None = None) -> tuple[PageText, PageInfo]:
    """One page: its grids with text and its running lines; `before` is the page before it."""
    swap = arrays.turn % 2 == 1
    info = PageInfo(
        arrays.number,
        arrays.height if swap else arrays.width,
        arrays.width if swap else arrays.height,
        arrays.rotation,
        _source(arrays, notes),
    )
    page = PageText(arrays.number, arrays.width, arrays.height, [], [], _locate(arrays))
    if info.source != "text":
        return page, info
    last = before.last if before is not None and before.number + 1 == page.number else None
    page.lines, page.grids, page.last = page_tables(arrays, last)
    return page, info


def _source(arrays: PageArrays, notes: list[ReadingNote]) -> Literal["text", "scan", "empty"]:
    """text, scan (nothing to read but something drawn) or empty."""
    locator = Locator("pdf", page=arrays.number)
    visible = len(arrays.codes)
    for count, code, what in (
        (arrays.outside, "text_outside_page", "digits beside the page"),
        (arrays.hidden, "hidden_text", "digits nobody can see"),
    ):
        if count:
            notes.append(ReadingNote(code, f"page {arrays.number}: {count} {what} left out", locator))
    if arrays.unmapped:
        box = arrays.to_displayed(arrays.lost[0])
        notes.append(
            ReadingNote(
                "glyph_without_unicode",
                f"page {arrays.number}: {arrays.unmapped} of {visible} glyphs have no Unicode in the file",
                Locator("pdf", page=arrays.number, box=box),
            )
        )
        if arrays.unmapped > 0.05 * visible:
            return "scan"
    if visible:
        return "text"
    return "scan" if len(arrays.images) or arrays.curves > 20 else "empty"


def _locate(arrays: PageArrays) -> Callable[[Line], Locator]:
    def locate(line: Line) -> Locator:
        return Locator("pdf", page=arrays.number, box=arrays.to_displayed(line.box), turn=arrays.turn)

    return locate


def _mark_continued(blocks: list[Block]) -> None:
    """Grid.continued: the first block of a page after the grid that ends the page before, with the same columns."""
    previous: Block | None = None
    for block in blocks:
        if isinstance(block, Grid):
            found = block.continued  # an aligned table that goes on in the columns of the one before
            block.continued = False
            if isinstance(previous, Grid):
                a, b = previous.locator, block.locator
                next_page = a.page is not None and b.page == a.page + 1
                block.continued = next_page and (found or same_columns(previous, block))
        previous = block


def same_columns(a: Grid, b: Grid) -> bool:
    """True where two grids have the same number of columns at the same places (within 4 pt)."""
    if a.n_columns != b.n_columns:
        return False
    return all(abs(x - y) < 4.0 for x, y in zip(_edges(a), _edges(b), strict=True))


def _edges(grid: Grid) -> list[float]:
    edges = [0.0] * (grid.n_columns + 1)
    for cell in grid.cells:
        if (box := cell.locator.upright) is not None:
            edges[cell.column] = box[0]
            edges[cell.column + cell.column_span] = box[2]
    return edges
