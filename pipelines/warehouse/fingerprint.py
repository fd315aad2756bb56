"""What a release is a function of, as one hash (指纹): files, reader, code, SQL, expectations, seeds. Equal hashes, equal tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from pipelines import __version__
from pipelines.extraction.store import FileOutcome
from pipelines.extraction.version import hash_tree
from pipelines.settings import PACKAGE, Home, code_data
from pipelines.sources.archive import ArchivedFile

SCHEMA_VERSION = "1"
CODE = ("warehouse", "audit", "entities")
"""Rooms of the package whose code decides the tables of a release (the reading rooms are in the reader version)."""


def basis(home: Home, version: str) -> str:
    """What a release is a function of besides its files: reader, code, SQL, expectations, seeds."""
    trees = [hash_tree(PACKAGE, CODE, (".py",)), _tree(code_data("sql")), _tree(code_data("expectations")), _tree(home.seeds)]
    return _hash(orjson.dumps([__version__, SCHEMA_VERSION, version, *trees]))


def fingerprint(home: Home, files: Iterable[ArchivedFile], outcomes: dict[str, FileOutcome], version: str) -> str:
    """What a release is a function of: its basis, files and their origins, refusals, sources.yml."""
    parts: list[Any] = [basis(home, version)]
    for file in files:
        outcome = outcomes[file.sha256]
        origins = sorted([o.origin, o.published_on or ""] for o in file.origins)
        parts.append([file.sha256, origins, outcome.state, outcome.reason])
    parts.append(home.sources_file.read_text("utf-8") if home.sources_file.exists() else "")
    return _hash(orjson.dumps(parts))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _tree(folder: Path) -> str:
    return hash_tree(folder) if folder.exists() else ""
