"""Releases (发布): one complete, audited database each; published by an atomic swap; the last N kept.

releases/.building-<id>/      a build under way; whoever holds the build lock may remove what another left behind
releases/<id>/warehouse.duckdb, release.json
current.duckdb                symlink to the published one (where links are not allowed, current.json names it)
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from pipelines.settings import Home

BUILDING = ".building-"
DATABASE = "warehouse.duckdb"


@dataclass(frozen=True)
class Release:
    """A release on disk. `info` is its release.json."""

    release_id: str
    folder: Path
    info: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / DATABASE


def new_id(fingerprint: str, now: datetime | None = None) -> str:
    """Sortable by time, with the first digits of the fingerprint: 20260131T180000.123Z-1a2b3c4d."""
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%f")[:-3]
    return f"{moment}Z-{fingerprint[:8]}"


def current_path(home: Home) -> Path | None:
    """The published database, resolved to its versioned path (open that: DuckDB caches by path), or None."""
    if home.current.is_symlink():
        target = home.current.resolve()
        return target if target.exists() else None
    pointer = home.warehouse / "current.json"
    if pointer.exists():
        target = home.warehouse / orjson.loads(pointer.read_bytes())["database"]
        return target if target.exists() else None
    return None


def current(home: Home) -> Release | None:
    """The published release, or None."""
    database = current_path(home)
    return _load(database.parent) if database else None


def _load(folder: Path) -> Release | None:
    info = folder / "release.json"
    if not info.exists() or not (folder / DATABASE).exists():
        return None
    return Release(folder.name, folder, orjson.loads(info.read_bytes()))


def all_releases(home: Home) -> list[Release]:
    """Complete releases, oldest first."""
    if not home.releases.exists():
        return []
    folders = sorted(f for f in home.releases.iterdir() if f.is_dir() and not f.name.startswith("."))
    return [r for f in folders if (r := _load(f)) is not None]


def begin(home: Home, release_id: str) -> Path:
    """A fresh folder for a build; returns the path of its database (not there yet)."""
    folder = home.releases / f"{BUILDING}{release_id}"
    folder.mkdir(parents=True)
    return folder / DATABASE


def seal(home: Home, release_id: str, info: dict[str, Any]) -> Release:
    """A built and audited database becomes a release: flushed to disk, described, renamed. Not yet published."""
    building = home.releases / f"{BUILDING}{release_id}"
    _sync(building / DATABASE)
    _write(building / "release.json", {**info, "release_id": release_id, "published": False})
    _sync(building)
    final = home.releases / release_id
    building.replace(final)
    _sync(home.releases)
    release = _load(final)
    assert release is not None
    return release


def publish(home: Home, release: Release) -> None:
    """Swap `current` to this release. Readers see the old one or the new one, never anything between."""
    relative = release.database.relative_to(home.warehouse)
    beside = home.warehouse / f".current-{os.getpid()}"
    beside.unlink(missing_ok=True)
    try:
        beside.symlink_to(relative)
        beside.replace(home.current)
        (home.warehouse / "current.json").unlink(missing_ok=True)
    except OSError:  # links need a privilege on Windows and do not exist on some network drives
        beside.unlink(missing_ok=True)
        _write(home.warehouse / "current.json", {"database": relative.as_posix()})
        home.current.unlink(missing_ok=True)
    _sync(home.warehouse)
    _write(release.folder / "release.json", {**release.info, "published": True})


def clean(home: Home, keep: int) -> list[str]:
    """Remove half-built folders, releases never published and all but the last `keep`; returns the names removed.

    Hold the build lock. The current release always stays; readers that have a removed file open keep it (POSIX).
    """
    if not home.releases.exists():
        return []
    now = current_path(home)
    current_id = now.parent.name if now else None
    removed = []
    kept: list[str] = []
    for folder in sorted(home.releases.iterdir(), reverse=True):
        if not folder.is_dir():
            continue
        release = None if folder.name.startswith(".") else _load(folder)
        published = release is not None and (release.info.get("published") or folder.name == current_id)
        if published and (folder.name == current_id or len([k for k in kept if k != current_id]) < keep - 1):
            kept.append(folder.name)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        removed.append(folder.name)
    for left in home.warehouse.glob(".current-*"):
        left.unlink(missing_ok=True)
    return removed


def _write(path: Path, data: dict[str, Any]) -> None:
    beside = path.with_name(f".{path.name}.tmp")
    with beside.open("wb") as handle:
        handle.write(orjson.dumps(data, option=orjson.OPT_INDENT_2))
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)


def _sync(path: Path) -> None:
    flags = os.O_RDONLY
    try:
        handle = os.open(path, flags)
    except PermissionError:  # a folder cannot be opened on Windows; renames there are durable by themselves
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
