"""Files made to harm a reader: bombs of pages, of packed zeros, of entities, of nesting, and names that point elsewhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from tests.small_report import REPORT, as_docx


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _pdf(objects: list[bytes]) -> bytes:
    """A PDF of numbered objects; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def page_bomb(count: int) -> bytes:
    """One page listed `count` times."""
    kids = b" ".join([b"3 0 R"] * count)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>"
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), page])


def content_page(content: bytes, box: bytes = b"0 0 595 842") -> bytes:
    """One page with the given drawing."""
    packed = zlib.compress(content, 9)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        % box
    )
    return _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, stream])


def entities() -> bytes:
    """Ten levels of ten entities each."""
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE d [{levels}]><w:document>&e9;</w:document>'.encode()


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of each."""
    yield "page bomb", page_bomb(100_000)
    yield "page bomb", page_bomb(1_999)
    yield "page tree that loops", _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"])
    yield "many drawings", content_page(b"0 0 m 5 5 l S\n" * 1_000_000)
    yield "many characters", content_page(b"BT /F 1 Tf " + b"(" + b"1234567890" * 200_000 + b") Tj ET")
    yield (
        "many rules",
        content_page(b"".join(b"0 %d m 595 %d l S %d 0 m %d 842 l S\n" % (i % 842, i % 842, i % 595, i % 595) for i in range(30_000))),
    )
    yield "page of a mile", content_page(b"BT /F 9 Tf (1) Tj ET", b"0 0 99999999 99999999")
    yield "nested arrays", b"%PDF-1.4\n1 0 obj\n" + b"[" * 500_000 + b"]" * 500_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    yield "zip bomb", _zip({"a.txt": b"0" * (300 << 20)})
    yield "zip bomb in Word", _zip({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a>" + b"0" * (150 << 20)})
    yield "zip in zip", _zip({"a.zip": _zip({"b.zip": _zip({"c.zip": _zip({"d.txt": b"x"})})})})
    yield "path tricks", _zip({"../../../../tmp/evil.txt": b"x"})
    yield "path tricks", _zip({"C:\\windows\\x.txt": b"x"})
    yield "entities", _zip({"[Content_Types].xml": b"<a/>", "word/document.xml": entities()})
    yield "entities", _zip({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": entities()})
    deep = b"<w:tbl><w:tr><w:tc>" * 20_000 + b"</w:tc></w:tr></w:tbl>" * 20_000
    with zipfile.ZipFile(io.BytesIO(as_docx(REPORT))) as sound:
        members = {name: sound.read(name) for name in sound.namelist()}
    start = members["word/document.xml"].index(b"<w:body>") + 8
    yield (
        "nested tables",
        _zip({**members, "word/document.xml": members["word/document.xml"][:start] + deep + members["word/document.xml"][start:]}),
    )
    yield "nested elements", b"<html><body>" + b"<div>" * 300_000 + b"1"
    yield "nested tables", b"<html><body>" + b"<table><tr><td>" * 5_000 + b"1"
    yield "wide spans", b"<html><body><table>" + b"<tr><td rowspan=60000 colspan=1000>1<td>2" * 2_000
    yield "many tabs", b"\t".join([b"1"] * 3_000_000)
    yield "long line", "一二三四五，".encode() * 1_500_000
    yield "many lines", b"1\t2\t3\n" * 1_500_000
    yield (
        "image of a square mile",
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", b"\x00\x01\x86\xa0\x00\x01\x86\xa0\x08\x00\x00\x00\x00") + _chunk(b"IEND", b""),
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
