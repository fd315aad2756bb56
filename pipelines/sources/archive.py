"""The archive of raw files (原始文件): content-addressed and immutable, with a sidecar that says where and when each came from.

`raw/archive/<ab>/<sha256>.<ext>` holds the bytes, `<sha256>.json` beside it the record. The same bytes added twice are one file
with two origins. `raw/archive/seen.jsonl` remembers size and mtime of every path already archived, so that an unchanged inbox
of thousands of files is not hashed again (an unchanged stat is trusted for that, as git and make do).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from pipelines.settings import Home
from pipelines.sources.media import EXTENSION, media_type

IGNORED_FOLDERS = {"truth", "__MACOSX"}  # `truth/` is the answer key of a typeset sample, never a source
IGNORED_SUFFIXES = (".part", ".crdownload", ".tmp", ".download", "~")  # still being written by a browser or editor


@dataclass(frozen=True)
class Origin:
    """One place the bytes came from. `published_on` (ISO date) where the source says so."""

    origin: str  # absolute path or URL
    name: str
    first_seen: str  # UTC, ISO 8601
    published_on: str | None = None


@dataclass(frozen=True)
class ArchivedFile:
    """One file of the archive: its record and where the bytes lie."""

    sha256: str
    size: int
    media_type: str
    path: Path
    origins: tuple[Origin, ...]

    @property
    def name(self) -> str:
        """The original name at the earliest origin."""
        return self.origins[0].name if self.origins else self.path.name

    @property
    def first_seen(self) -> str:
        return min(o.first_seen for o in self.origins)

    @property
    def published_on(self) -> str | None:
        return min((o.published_on for o in self.origins if o.published_on), default=None)


def write_atomic(path: Path, data: bytes) -> None:
    """Write beside, flush to disk, rename: after a crash the file is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Archive:
    """The archive of one home. Adding is idempotent: nothing is ever overwritten or removed."""

    def __init__(self, home: Home):
        self.root = home.archive

    # -- reading

    def __iter__(self) -> Iterator[ArchivedFile]:
        """All files, by hash."""
        for sidecar in sorted(self.root.glob("??/*.json")):
            yield self._load(sidecar)

    def count(self) -> int:
        """How many files there are."""
        return sum(1 for _ in self.root.glob("??/*.json"))

    def get(self, sha256: str) -> ArchivedFile | None:
        sidecar = self.root / sha256[:2] / f"{sha256}.json"
        return self._load(sidecar) if sidecar.exists() else None

    def find(self, sha256_prefix: str) -> ArchivedFile | None:
        """The one file whose hash begins so (12 characters in a cell_id); None when there is none or more than one."""
        found = list((self.root / sha256_prefix[:2]).glob(f"{sha256_prefix}*.json"))
        return self._load(found[0]) if len(found) == 1 else None

    def _load(self, sidecar: Path) -> ArchivedFile:
        record: dict[str, Any] = orjson.loads(sidecar.read_bytes())
        return ArchivedFile(
            sha256=record["sha256"],
            size=record["size"],
            media_type=record["media_type"],
            path=sidecar.with_suffix("." + EXTENSION.get(record["media_type"], "bin")),
            origins=tuple(Origin(**o) for o in record["origins"]),
        )

    # -- adding

    def add(self, path: Path, origin: str | None = None, published_on: str | None = None) -> tuple[ArchivedFile, bool]:
        """Archive the bytes of `path`; returns the record and whether the bytes were new."""
        return self.add_bytes(path.read_bytes(), path.name, origin or str(path.resolve()), published_on)

    def add_bytes(self, data: bytes, name: str, origin: str, published_on: str | None = None) -> tuple[ArchivedFile, bool]:
        sha = hashlib.sha256(data).hexdigest()
        known = self.get(sha)
        if known is not None:
            if any(o.origin == origin and (published_on is None or o.published_on == published_on) for o in known.origins):
                return known, False
            origins = (*known.origins, Origin(origin, name, _now(), published_on))
            return self._write_record(sha, known.size, known.media_type, origins), False
        kind = media_type(data)
        target = self.root / sha[:2] / f"{sha}.{EXTENSION[kind]}"
        if not target.exists():
            write_atomic(target, data)
            target.chmod(0o444)
        # the record comes last: bytes without a record are an interrupted add and simply added again
        return self._write_record(sha, len(data), kind, (Origin(origin, name, _now(), published_on),)), True

    def _write_record(self, sha: str, size: int, kind: str, origins: tuple[Origin, ...]) -> ArchivedFile:
        record = {
            "sha256": sha,
            "size": size,
            "media_type": kind,
            "origins": [{"origin": o.origin, "name": o.name, "first_seen": o.first_seen, "published_on": o.published_on} for o in origins],
        }
        sidecar = self.root / sha[:2] / f"{sha}.json"
        write_atomic(sidecar, orjson.dumps(record, option=orjson.OPT_INDENT_2))
        return self._load(sidecar)

    def add_paths(self, paths: Iterable[Path], on_file: Callable[[Path], None] | None = None) -> list[Added]:
        """Archive files and folders (recursively). Unreadable ones come back with `error` set; the others go on."""
        seen = self._seen()
        out: list[Added] = []
        fresh: list[bytes] = []
        for path in walk(paths):
            key = str(path.resolve())
            try:
                stat = path.stat()
                mark = [stat.st_size, stat.st_mtime_ns]
                if (old := seen.get(key)) and old[:2] == mark and self.get(old[2]) is not None:
                    out.append(Added(path, old[2], False))
                    continue
                if on_file:
                    on_file(path)
                record, new = self.add(path)
            except OSError as error:
                out.append(Added(path, None, False, f"{path}: cannot be read ({error.strerror or error})"))
                continue
            out.append(Added(path, record.sha256, new))
            fresh.append(orjson.dumps({"path": key, "mark": [*mark, record.sha256]}))
        if fresh:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / "seen.jsonl").open("ab") as log:
                log.write(b"\n".join(fresh) + b"\n")
        return out

    def _seen(self) -> dict[str, list[Any]]:
        log = self.root / "seen.jsonl"
        out: dict[str, list[Any]] = {}
        if log.exists():
            for line in log.read_bytes().splitlines():
                with contextlib.suppress(orjson.JSONDecodeError, KeyError):  # a line cut by a crash: the file is hashed again
                    entry = orjson.loads(line)
                    out[entry["path"]] = entry["mark"]
        return out


@dataclass(frozen=True)
class Added:
    """What became of one path given to the archive."""

    path: Path
    sha256: str | None
    new: bool
    error: str | None = None


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Files under `paths` in a stable order, without hidden files, half-written downloads and the folders nobody means."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in IGNORED_FOLDERS)
            for name in sorted(names):
                if not name.startswith((".", "~$")) and not name.lower().endswith(IGNORED_SUFFIXES):
                    yield Path(folder) / name
