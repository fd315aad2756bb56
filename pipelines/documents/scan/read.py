"""Reader of scans: pages of a PDF without a usable text layer, and image files (PNG, JPEG, TIFF, several pages)."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from pipelines.documents.model import Block, Document, Grid, PageInfo, Paragraph, ReadingNote, Refused
from pipelines.documents.pdf.aligned_model import AlignedGrid
from pipelines.documents.pdf.paragraphs import PageText, build_blocks, drop_running
from pipelines.documents.scan.image import DPI, prepare, sideways
from pipelines.documents.scan.ocr import available
from pipelines.documents.scan.page import ScannedPage, legible, read_page
from pipelines.documents.scan.seal import Colours, Grey, Pixels, without_seals

READER = "scan/1"
MAX_PIXELS = 120_000_000
MAX_IMAGE_PAGES = 500
LEGIBLE = 0.75
"""Mean probability below which the longest lines of a page are not standing upright."""
A4 = 842.0
"""Points of the longer side of a page whose image does not say its resolution."""


def read_images(data: bytes, name: str, sha256: str) -> Document:
    """The document in an image file, one page a frame. Raises Refused (corrupt, too_large, no_text, unsupported)."""
    blocks, infos, notes = read_many([data])
    if not blocks:
        raise Refused("no_text", "no text is found on the image: is it a page of a report, upright and at 150 dpi or more?")
    return Document(sha256, name, "scan", blocks, infos, notes, READER)


def read_many(images: Iterable[bytes]) -> tuple[list[Block], list[PageInfo], list[ReadingNote]]:
    """Blocks, pages and notes of image files that follow each other: scans pasted into a Word document, frames of a TIFF."""
    _need_ocr()
    pages: list[ScannedPage] = []
    infos: list[PageInfo] = []
    for image, scale, seals in (frame for data in images for frame in _frames(data)):
        number = len(pages) + 1
        if number > MAX_IMAGE_PAGES:
            raise Refused("too_large", f"more than {MAX_IMAGE_PAGES} page images: split the file")
        pages.append(read_upright(image, scale, number, seals, pages[-1].text.last if pages else None))
        infos.append(PageInfo(number, image.shape[1] / scale, image.shape[0] / scale, 0, "scan"))
    return build([p.text for p in pages], pages), infos, [n for p in pages for n in p.notes]


def page_texts(data: bytes, numbers: Iterable[int]) -> Iterator[ScannedPage]:
    """Pages (1-based) of a PDF read from their image: `.text` joins the text pages in `paragraphs.build_blocks`."""
    import pypdfium2 as pdfium

    _need_ocr()
    pdf = pdfium.PdfDocument(data)
    before: PageText | None = None
    try:
        for number in numbers:
            page = pdf[number - 1]
            width, height = page.get_size()
            scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = page.render(scale=scale, may_draw_forms=False)
            grey, seals = without_seals(np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]), scale)
            bitmap.close()
            page.close()
            found = read_upright(grey, scale, number, seals, before.last if before and before.number == number - 1 else None)
            before = found.text
            yield found
    finally:
        pdf.close()


def read_upright(
    image: Grey, scale: float, number: int, seals: list[Pixels] | None = None, before: AlignedGrid | None = None
) -> ScannedPage:
    """One page, whichever way up it was scanned. Only a page whose rows are less sharp than its columns is looked at twice.

    `before` is the table without rules that ends the page before.
    """
    upright = prepare(image, scale, 0, seals)
    if sideways(upright.ink) and legible(upright) < LEGIBLE:
        turned = max((prepare(image, scale, turn, seals) for turn in (1, 3)), key=legible)
        return read_page(turned, number, before)
    page = read_page(upright, number, before)
    if page.quality < LEGIBLE:
        head_down = prepare(image, scale, 2, seals)
        if legible(head_down) > max(legible(upright), 0.6):
            return read_page(head_down, number, before)
    return page


def read_pages(data: bytes, numbers: Iterable[int], notes: list[ReadingNote] | None = None) -> dict[int, list[Block]]:
    """Blocks of each page (1-based) of a PDF, read from its image. What is unsure is added to `notes`."""
    out = {}
    for page in page_texts(data, numbers):
        out[page.text.number] = build([page.text], [page])
        if notes is not None:
            notes += page.notes
    return out


def build(pages: list[PageText], scanned: list[ScannedPage]) -> list[Block]:
    """Blocks of pages of which `scanned` were read from images; paragraphs get the confidence of their worst line."""
    drop_running(pages)
    blocks = build_blocks(pages)
    add_confidence(blocks, scanned)
    for before, after in itertools.pairwise(blocks):
        if isinstance(before, Grid) and isinstance(after, Grid) and before.n_columns == after.n_columns:
            after.continued = (after.locator.page or 0) == (before.locator.page or 0) + 1
    return blocks


def add_confidence(blocks: list[Block], scanned: list[ScannedPage]) -> None:
    """Sets `Paragraph.confidence` from the lines of scanned pages."""
    known = {(page.text.number, box): value for page in scanned for box, value in page.confidence.items()}
    for block in blocks:
        if isinstance(block, Paragraph):
            found = [known[key] for run in block.runs if run.locator.box and (key := (run.locator.page or 0, run.locator.box)) in known]
            block.confidence = round(min(found), 3) if found else block.confidence


def _need_ocr() -> None:
    if not available():
        raise Refused("unsupported", "a scan, and text recognition is off or not installed: pip install 'juesuan[ocr]'")


def _frames(data: bytes) -> Iterator[tuple[Grey, float, list[Pixels]]]:
    """(grey image at about DPI, pixels a point, places of seals) of each page of an image file."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "BMP")) as image:
            count = getattr(image, "n_frames", 1)
            if count > MAX_IMAGE_PAGES:
                raise Refused("too_large", f"{count} pages in one image file (limit {MAX_IMAGE_PAGES}): split it")
            for index in range(count):
                image.seek(index)
                if image.width * image.height > MAX_PIXELS:
                    raise Refused(
                        "too_large", f"{image.width} × {image.height} pixels (limit {MAX_PIXELS // 10**6} million): scan at 300 dpi"
                    )
                dpi = image.info.get("dpi", (0, 0))
                upright = ImageOps.exif_transpose(image)
                colours = np.ascontiguousarray(np.array(upright.convert("RGB"), np.uint8)[:, :, ::-1])
                yield _at_dpi(colours, float(dpi[0] or 0) if isinstance(dpi, tuple) else 0.0)
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("too_large", f"an image of more than {MAX_PIXELS // 10**6} million pixels: scan at 300 dpi") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError, KeyError) as error:
        raise Refused("corrupt", f"a damaged image ({error}): fetch or scan it again") from None


def _at_dpi(colours: Colours, dpi: float) -> tuple[Grey, float, list[Pixels]]:
    longer = max(colours.shape)
    if not 60 < dpi <= 1200 or not 200 < longer / dpi * 72 < 3000:
        dpi = longer / A4 * 72  # the file does not say, or says the screen's
    factor = DPI / dpi
    grey, seals = without_seals(colours, dpi / 72)
    if abs(factor - 1) > 0.02:
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how).astype(np.uint8)
        seals = [(int(x0 * factor), int(y0 * factor), int(x1 * factor), int(y1 * factor)) for x0, y0, x1, y1 in seals]
    return grey, DPI / 72, seals
