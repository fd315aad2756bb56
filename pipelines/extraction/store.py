"""The store of staged parts: what became of each file (manifest), and packs of many staged files for fast loading.

    stage/<ab>/<sha256>.<version>.parquet   one staged file (loose)
    stage/packs/<version>/<name>.parquet    many staged files as they are, one row a part (see `pack`)
    stage/manifest/<version>.jsonl          one line per file read; the last line of a file counts
    stage/manifest/<version>.packs.json     which files each pack holds; a pack not listed here does not exist

Why packs: DuckDB needs 1.6 ms per Parquet footer of this schema, so 10,000 loose files cost 15 s before the first row is read,
packs of 256 cost 0.2 s. Every step is safe against a kill: files appear by rename, a pack counts only once the index names it,
loose files go only after that, and a file both packed and loose is read from its pack.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from pipelines.settings import Home

State = Literal["ok", "refused", "failed"]
PACK_FILES = 256
PACK_AT = 64  # loose files are packed once there are so many


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file: ok (staged), refused (no report, said why), failed (the reader broke on it)."""

    sha256: str
    state: State
    reason: str | None = None  # stable code: empty, truncated, encrypted, template, not_a_report, crashed …
    message: str | None = None
    seconds: float = 0.0
    reader_version: str = ""
    n_parts: int = 0
    n_cells: int = 0
    fiscal_years: tuple[int, ...] = ()
    peak_mb: float | None = None


class Store:
    """Staged parts of one home for one reader version. One process at a time writes (the build lock)."""

    def __init__(self, home: Home, version: str):
        self.stage = home.stage
        self.version = version
        self._manifest = self.stage / "manifest" / f"{version}.jsonl"
        self._index = self.stage / "manifest" / f"{version}.packs.json"
        self._packs = self.stage / "packs" / version

    # -- manifest

    def outcomes(self) -> dict[str, FileOutcome]:
        """The last outcome of every file, by hash. A line cut short by a kill is no outcome: that file is read again."""
        out: dict[str, FileOutcome] = {}
        if not self._manifest.exists():
            return out
        for line in self._manifest.read_bytes().splitlines():
            with contextlib.suppress(orjson.JSONDecodeError, TypeError, KeyError):
                data: dict[str, Any] = orjson.loads(line)
                data["fiscal_years"] = tuple(data.get("fiscal_years") or ())
                out[data["sha256"]] = FileOutcome(**data)
        return out

    def record(self, outcomes: Iterable[FileOutcome]) -> None:
        """Append outcomes. The staged file is on disk before its line is."""
        self._manifest.parent.mkdir(parents=True, exist_ok=True)
        with self._manifest.open("a+b") as log:
            if log.tell():
                log.seek(-1, os.SEEK_END)
                if log.read(1) != b"\n":  # never glue a new line to one that a kill cut short
                    log.write(b"\n")
            for outcome in outcomes:
                log.write(orjson.dumps(asdict(outcome)) + b"\n")

    # -- staged files

    def loose(self, sha256: str) -> Path:
        return self.stage / sha256[:2] / f"{sha256}.{self.version}.parquet"

    def packs(self) -> dict[str, list[str]]:
        """Pack name → hashes of the files in it."""
        if not self._index.exists():
            return {}
        index: dict[str, list[str]] = orjson.loads(self._index.read_bytes())
        return index

    def packed(self) -> set[str]:
        return {sha for shas in self.packs().values() for sha in shas}

    def missing(self, shas: Iterable[str], outcomes: dict[str, FileOutcome] | None = None) -> list[str]:
        """Files that this reader has not read yet, or whose staged file has gone.

        A refused or failed file is not tried again by the same reader: it would fail again, every night.
        """
        known = self.outcomes() if outcomes is None else outcomes
        packed = self.packed()
        out = []
        for sha in shas:
            outcome = known.get(sha)
            if outcome is None or (outcome.state == "ok" and sha not in packed and not self.loose(sha).exists()):
                out.append(sha)
        return out

    def parquet_files(self, shas: Iterable[str] | None = None) -> list[Path]:
        """The Parquet files to load: all packs, then the loose files that no pack holds (only those of `shas` where given).

        A pack may hold files that are no longer in the archive: join on the archive.
        """
        packed = self.packed()
        out = [self._packs / f"{name}.parquet" for name in sorted(self.packs())]
        states = self.outcomes()
        wanted = states if shas is None else {s: states[s] for s in shas if s in states}
        for sha in sorted(wanted):
            if wanted[sha].state == "ok" and sha not in packed:
                out.append(self.loose(sha))
        return out

    # -- packing

    def pack(self, on_pack: Callable[[int], None] | None = None, at: int = PACK_AT) -> int:
        """Pack loose files when there are at least `at`; returns how many files were packed."""
        packed = self.packed()
        loose = [s for s, o in sorted(self.outcomes().items()) if o.state == "ok" and s not in packed and self.loose(s).exists()]
        if len(loose) < at:
            return 0
        import polars as pl

        self._packs.mkdir(parents=True, exist_ok=True)
        for start in range(0, len(loose), PACK_FILES):
            batch = loose[start : start + PACK_FILES]
            name = hashlib.sha256("".join(batch).encode()).hexdigest()[:16]
            path = self._packs / f"{name}.parquet"
            beside = path.with_name(f".{name}.tmp")
            rows = pl.concat([pl.read_parquet(self.loose(sha)) for sha in batch])
            rows.write_parquet(beside, compression="zstd", compression_level=3, row_group_size=64, statistics=False)
            with beside.open("rb") as handle:
                os.fsync(handle.fileno())
            beside.replace(path)
            self._write_index({**self.packs(), name: batch})
            for sha in batch:
                self.loose(sha).unlink(missing_ok=True)
            if on_pack:
                on_pack(len(batch))
        return len(loose)

    def unpack(self, shas: Iterable[str]) -> None:
        """Take the packs that hold any of `shas` apart into loose files, so that those files can be read again."""
        wanted = set(shas)
        index = self.packs()
        hit = {name: held for name, held in index.items() if wanted & set(held)}
        if not hit:
            return
        import polars as pl

        for name in hit:
            rows = pl.read_parquet(self._packs / f"{name}.parquet")
            for (sha,), part in rows.group_by(["file_sha256"], maintain_order=True):
                path = self.loose(str(sha))
                path.parent.mkdir(parents=True, exist_ok=True)
                beside = path.with_name(f".{path.name}.tmp")
                part.write_parquet(beside, compression="zstd", compression_level=3, statistics=False)
                beside.replace(path)
        self._write_index({name: held for name, held in index.items() if name not in hit})
        for name in hit:
            (self._packs / f"{name}.parquet").unlink(missing_ok=True)

    def _write_index(self, index: dict[str, list[str]]) -> None:
        self._index.parent.mkdir(parents=True, exist_ok=True)
        beside = self._index.with_name(f".{self._index.name}.tmp")
        with beside.open("wb") as handle:
            handle.write(orjson.dumps(index, option=orjson.OPT_SORT_KEYS))
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(self._index)

    # -- cleaning

    def clean(self) -> int:
        """Remove what other reader versions staged, half-written files and packs no index names; returns bytes freed."""
        freed = 0
        keep = {f"{name}.parquet" for name in self.packs()}
        for path in sorted(self.stage.rglob("*")):
            if not path.is_file():
                continue
            manifest = path.parent.name in ("manifest", "second")
            ours = path.name.startswith(f"{self.version}.") if manifest else False
            if manifest and ours:
                continue
            if not manifest and path.name.endswith(f".{self.version}.parquet") and not path.name.startswith("."):
                continue
            if path.parent == self._packs and path.name in keep:
                continue
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
        for folder in sorted((p for p in self.stage.rglob("*") if p.is_dir()), reverse=True):
            with contextlib.suppress(OSError):  # not empty
                folder.rmdir()
        return freed
