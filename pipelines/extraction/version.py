"""The reader version: a hash of the code and the form data that read. When it changes, everything is read again."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from pipelines.settings import PACKAGE

READING = ("documents", "reports", "extraction/schema.py", "extraction/stage.py")
"""What decides the content of a staged file, relative to the package."""


def hash_tree(root: Path, names: tuple[str, ...] = (".",), suffixes: tuple[str, ...] | None = None) -> str:
    """SHA-256 over relative names and bytes of the files under `root`/`names`; caches and hidden files are not part of it."""
    digest = hashlib.sha256()
    for name in names:
        base = root / name
        files = [base] if base.is_file() else sorted(p for p in base.rglob("*") if p.is_file())
        for file in files:
            relative = file.relative_to(root).as_posix()
            if "__pycache__" in relative or "/." in f"/{relative}" or (suffixes and file.suffix not in suffixes):
                continue
            digest.update(relative.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@cache
def reader_version() -> str:
    """Twelve hex digits; the same for the whole life of the process."""
    return hash_tree(PACKAGE, READING)[:12]
