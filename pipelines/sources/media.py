"""Media type of a file by its content, never by its name: what the archive stores as type and extension."""

from __future__ import annotations

import io
import zipfile

EXTENSION = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-office": "ole",  # .doc .xls .wps: the OLE container does not say which in its first bytes
    "application/zip": "zip",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/html": "html",
    "text/plain": "txt",
    "application/octet-stream": "bin",
}

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
)


def media_type(data: bytes) -> str:
    """The media type of `data`. Unknown binary content is application/octet-stream; an empty file is text/plain."""
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 text
        return "text/plain"
    if b"\x00" in head:
        return "application/octet-stream"
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<table" in lowered or b"<body" in lowered:
        return "text/html"
    return "text/plain"


def _zip_type(data: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "application/zip"  # damaged: the reader says so
    if any(n.startswith("word/") for n in names):
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    if any(n.startswith("xl/") for n in names):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "application/zip"
