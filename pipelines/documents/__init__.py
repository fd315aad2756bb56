"""Bytes to Document: paragraphs and grids with locators. Geometry only; imports nothing of ours."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.documents.model import Document, Refused
from pipelines.documents.sniff import sniff

__all__ = ["Document", "Refused", "read", "read_path"]


def read(data: bytes, name: str) -> list[Document]:
    """The documents in a file: one, or for a .zip one a file inside. The reader is chosen by content.

    `name` serves messages only. Raises Refused with a stable reason and one clear line.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    # Readers are imported when met: a run over text PDFs loads neither OCR nor Office libraries.
    kind = sniff(data)
    if kind == "zip":
        from pipelines.documents.archive_zip import read_zip

        return read_zip(data, name, read)
    if kind == "pdf":
        from pipelines.documents.pdf.read import read_pdf

        return [read_pdf(data, name, sha256)]
    if kind == "docx":
        from pipelines.documents.office.docx import read_docx

        return [read_docx(data, name, sha256)]
    if kind == "xlsx":
        from pipelines.documents.office.xlsx import read_xlsx

        return [read_xlsx(data, name, sha256)]
    if kind == "xls":
        from pipelines.documents.office.xls import read_xls

        return [read_xls(data, name, sha256)]
    if kind == "html":
        from pipelines.documents.html import read_html

        return [read_html(data, name, sha256)]
    if kind == "image":
        from pipelines.documents.scan.read import read_images

        return [read_images(data, name, sha256)]
    from pipelines.documents.text import read_text

    return [read_text(data, name, sha256)]


def read_path(path: Path, name: str | None = None) -> list[Document]:
    """`read` of a file on disk. Raises Refused also for what cannot be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused("corrupt", f"{name or path.name}: cannot be opened ({error.strerror}): check the path and its permissions") from None
    return read(data, name or path.name)
