"""The page with the cell boxed: where a number is printed, as a picture."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from pipelines.documents.model import Locator

_A4 = 842.0  # points of the longer side of a page image that does not say its resolution
_RED = (214, 40, 40)


def render(data: bytes, locator: Locator, out_png: Path, *, dpi: int = 150, margin: float | None = None) -> Path:
    """Writes the page of `locator` with its box framed as PNG and returns the path. PDF files and page images (kinds pdf, scan).

    `margin` (points) cuts the picture to the box and that much around it; None keeps the whole page.
    Raises ValueError where the locator names no page of the file, Refused where the file cannot be opened.
    """
    if locator.kind not in ("pdf", "scan") or locator.page is None:
        raise ValueError(f"a {locator.kind} place has no page to draw")
    image, scale = _page_image(data, locator.page, dpi)
    if locator.box is not None:
        frame = [v * scale for v in locator.box]
        gap, line = 1.5 * scale, max(2, round(scale))
        ImageDraw.Draw(image).rectangle([frame[0] - gap, frame[1] - gap, frame[2] + gap, frame[3] + gap], outline=_RED, width=line)
        if margin is not None:
            around = margin * scale
            image = image.crop(
                (
                    int(max(frame[0] - around, 0)),
                    int(max(frame[1] - around, 0)),
                    int(min(frame[2] + around, image.width)),
                    int(min(frame[3] + around, image.height)),
                )
            )
    out_png.parent.mkdir(parents=True, exist_ok=True)
    image.save(out_png, "PNG")
    return out_png


def _page_image(data: bytes, page: int, dpi: int) -> tuple[Image.Image, float]:
    """(RGB picture of the page, pixels a point). A file that is an image counts points by its own resolution."""
    if not data.lstrip()[:5].startswith(b"%PDF"):
        picture = Image.open(io.BytesIO(data))
        frames = getattr(picture, "n_frames", 1)
        if not 1 <= page <= frames:
            raise ValueError(f"page {page} of {frames}")
        picture.seek(page - 1)
        resolution = float(picture.info.get("dpi", (0, 0))[0])
        if not 60 < resolution <= 1200:  # as the reader of scans takes it: the longer side is that of A4
            resolution = max(picture.size) / _A4 * 72
        return picture.convert("RGB"), resolution / 72
    from pipelines.documents.pdf.read import open_pdf

    pdf = open_pdf(data, "file")
    try:
        if not 1 <= page <= len(pdf):
            raise ValueError(f"page {page} of {len(pdf)}")
        scale = dpi / 72
        return pdf[page - 1].render(scale=scale).to_pil().convert("RGB"), scale
    finally:
        pdf.close()
