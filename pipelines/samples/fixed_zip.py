"""ZIP containers (docx, xlsx) whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile

EPOCH = (2000, 1, 1, 0, 0, 0)


def pack(files: dict[str, bytes]) -> bytes:
    """A ZIP of the files in the given order with a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def repack(data: bytes) -> bytes:
    """The same members, with a fixed date."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})
