"""What a file is, by its content alone: names and extensions are never evidence."""

from __future__ import annotations

import re
from typing import Literal

from pipelines.documents.charset import utf16_without_bom
from pipelines.documents.model import Refused

Kind = Literal["pdf", "docx", "xlsx", "xls", "html", "text", "image", "zip"]

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|tbody|tr|td|div|p|meta|style|script|span|h[1-6])[\s>/]", re.I)
_REFUSED_MAGIC = (
    (b"Rar!\x1a\x07", "a .rar archive: unpack it and hand in the files, or pack them as .zip"),
    (b"7z\xbc\xaf\x27\x1c", "a .7z archive: unpack it and hand in the files, or pack them as .zip"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"{\\rtf", "a Rich Text file: open it in Word or WPS and save it as .docx or PDF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(data: bytes) -> Kind:
    """The kind of `data`. Raises Refused (empty, unsupported, encrypted) with what to do for what no reader takes."""
    if not data.strip(b"\x00\t\n\r\x0b\x0c \xef\xbb\xbf"):
        raise Refused("empty", "the file is empty: fetch it again")
    head = data[:4096]
    for magic, message in _REFUSED_MAGIC:
        if head.startswith(magic):
            raise Refused("unsupported", message)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if head.startswith(_OLE):
        return _compound(data)
    if head.startswith(_IMAGES) and (not head.startswith(b"BM") or _is_bitmap(data)):
        return "image"
    if head.startswith(b"GIF8") or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        raise Refused("unsupported", "a GIF or WebP image: convert the page image to PNG, JPEG, TIFF or PDF")
    return _textual(data)


def _zipped(data: bytes) -> Kind:
    from pipelines.documents.archive_zip import member_names

    names = member_names(data)
    if "word/document.xml" in names or any(re.fullmatch(r"word/document\d*\.xml", n) for n in names):
        return "docx"
    if any(re.fullmatch(r"xl/workbook\d*\.xml", n) for n in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Refused("unsupported", "a binary Excel workbook (.xlsb): open it in Excel or WPS and save it as .xlsx")
    if "OFD.xml" in names:
        raise Refused("unsupported", "an .ofd file: open it in an OFD reader and export it as PDF")
    if "mimetype" in names and "content.xml" in names:
        raise Refused("unsupported", "an OpenDocument file: open it and save it as .docx, .xlsx or PDF")
    if any(n.startswith("ppt/") for n in names):
        raise Refused("unsupported", "a presentation (.pptx): export it as PDF")
    return "zip"


def _compound(data: bytes) -> Kind:
    """The OLE compound file: its directory names its streams in UTF-16."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise Refused("encrypted", "an Office file with a password: save it without one")
    if has("Workbook") or has("Book"):
        return "xls"
    if has("WordDocument"):
        raise Refused("unsupported", "an old Word or WPS file (.doc, .wps): open it in Word or WPS and save it as .docx or PDF")
    if has("PowerPoint Document"):
        raise Refused("unsupported", "an old presentation (.ppt): export it as PDF")
    raise Refused("unsupported", "an OLE compound file without a workbook: open it in its program and save it as .docx, .xlsx or PDF")


def _is_bitmap(data: bytes) -> bool:
    return len(data) > 26 and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 108, 124)


def _textual(data: bytes) -> Kind:
    head = data[:8192]
    narrow = head.replace(b"\x00", b"")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in narrow:
        raise Refused("unsupported", "an Excel 2003 XML workbook: open it in Excel or WPS and save it as .xlsx")
    if narrow.lstrip()[:200].lower().startswith(b"mime-version:") or b"multipart/related" in narrow[:2000].lower():
        raise Refused("unsupported", "a saved web archive (.mht): save the page as .html or PDF")
    if len(_HTML.findall(narrow)) >= 2 or re.match(rb"\s*(?:\xef\xbb\xbf)?<(?:!doctype html|html)", narrow, re.I):
        return "html"
    if _binary(head):
        raise Refused("unsupported", "neither a PDF, Office, HTML, image nor text file: check what was downloaded")
    return "text"


def _binary(head: bytes) -> bool:
    """More than a few control bytes that are no part of UTF-16: no text in any encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_bom(head):
        return False
    control = sum(head.count(bytes([b])) for b in (*range(1, 9), *range(14, 32), 127))
    return (control + head.count(0)) * 50 > len(head)
