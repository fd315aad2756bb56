"""The .zip container: bounds on count, size and ratio; reports inside are read one by one."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from pipelines.documents.model import Document, ReadingNote, Refused

MAX_MEMBERS = 500
MAX_MEMBER_BYTES = 200 * 1024**2
MAX_TOTAL_BYTES = 500 * 1024**2
MAX_RATIO = 200
"""Uncompressed to compressed, for members above 1 MB: a page of zeros packs to 1:1000, an honest table seldom above 1:60."""
MAX_OFFICE_MEMBERS = 5000
MAX_DEPTH = 1
_SKIPPED = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}


def _open(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Refused("corrupt", f"a damaged zip container ({error}): fetch the file again") from None


def member_names(data: bytes) -> set[str]:
    """Names in the container, `\\` as `/`. Raises Refused (corrupt, hostile)."""
    with _open(data) as archive:
        return {info.filename.replace("\\", "/") for info in archive.infolist()}


def check_bounds(archive: zipfile.ZipFile, max_members: int) -> None:
    """Raises Refused (hostile, encrypted) before anything is unpacked. Sizes in the directory are checked again while reading."""
    infos = archive.infolist()
    if len(infos) > max_members:
        raise Refused("hostile", f"{len(infos)} files in one container (limit {max_members}): hand them in in smaller packs")
    total = 0
    for info in infos:
        if info.flag_bits & 0x1:
            raise Refused("encrypted", f"{info.filename!r} in the zip has a password: pack it again without one")
        total += info.file_size
        if info.file_size > MAX_MEMBER_BYTES or total > MAX_TOTAL_BYTES:
            raise Refused("hostile", f"unpacks to more than {MAX_TOTAL_BYTES >> 20} MB: hand the files in one by one")
        if info.file_size > 1 << 20 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise Refused(
                "hostile", f"{info.filename!r} unpacks to {info.file_size // max(info.compress_size, 1)} times its size: a zip bomb"
            )


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo | str) -> bytes:
    """The unpacked bytes of a member, never more than its directory entry says."""
    entry = archive.getinfo(info) if isinstance(info, str) else info
    try:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise Refused("corrupt", f"{entry.filename!r} in the container does not unpack ({error}): fetch the file again") from None
    if len(data) > entry.file_size:
        raise Refused("hostile", f"{entry.filename!r} unpacks to more than it declares")
    return data


def guard_office(data: bytes) -> None:
    """Bounds for a .docx or .xlsx, which are zip containers; every part must also unpack and carry no entity declarations."""
    with _open(data) as archive:
        check_bounds(archive, MAX_OFFICE_MEMBERS)
        for info in archive.infolist():
            if info.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in read_member(archive, info)[:4096].upper():
                raise Refused("hostile", f"{info.filename!r} declares a document type (entities): no Office program writes that")


def _plain_name(info: zipfile.ZipInfo) -> str:
    """Old Chinese packers write GBK names without the UTF-8 flag; zipfile then decodes them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def read_zip(data: bytes, name: str, read: Callable[[bytes, str], list[Document]], depth: int = 0) -> list[Document]:
    """Every readable file inside, in name order. What cannot be read becomes a note on the others; if none can: Refused.

    A path that leaves the container ("../", absolute, drive letter) refuses the whole file: nobody packs reports like that.
    """
    documents: list[Document] = []
    refusals: list[tuple[str, Refused]] = []
    with _open(data) as archive:
        check_bounds(archive, MAX_MEMBERS)
        entries = sorted(((_plain_name(i).replace("\\", "/"), i) for i in archive.infolist() if not i.is_dir()), key=lambda e: e[0])
        for inner, info in entries:
            path = PurePosixPath(inner)
            if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\x00" in inner:
                raise Refused("hostile", f"{inner!r} in the zip points outside of it")
            if _SKIPPED & set(path.parts) or path.name.startswith(("~$", "._")):
                continue
            content = read_member(archive, info)
            try:
                if content[:2] == b"PK" and _is_plain_zip(content):
                    if depth >= MAX_DEPTH:
                        raise Refused("hostile", "zip in zip in zip: unpack it and hand in the files")
                    documents += read_zip(content, f"{name}/{inner}", read, depth + 1)
                else:
                    documents += read(content, f"{name}/{inner}")
            except Refused as refused:
                if refused.reason == "hostile":
                    raise
                refusals.append((inner, refused))
    if not documents:
        if not refusals:
            raise Refused("empty", "the zip holds no file")
        inner, first = refusals[0]
        raise Refused(first.reason, f"no file in the zip can be read; {inner}: {first}")
    for inner, why in refusals:
        documents[0].notes.append(ReadingNote("member_refused", f"{inner}: {why.reason}: {why}"))
    return documents


def _is_plain_zip(data: bytes) -> bool:
    from pipelines.documents.sniff import sniff

    return sniff(data) == "zip"
