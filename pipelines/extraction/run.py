"""Read many archived files: what this reader has not read yet goes through the pool, is staged and recorded; one bad file stops nobody."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.extraction.store import FileOutcome, Store
from pipelines.extraction.version import reader_version
from pipelines.extraction.worker import Job, Pool, WorkerResult
from pipelines.settings import Home
from pipelines.sources.archive import ArchivedFile

STAGE_TASK = "pipelines.extraction.one:stage_file"


@dataclass
class Outcome:
    """What a run of extraction did: `read` in the order they ended, `known` were not read again."""

    version: str
    read: list[FileOutcome] = field(default_factory=list)
    known: int = 0

    @property
    def refused(self) -> list[FileOutcome]:
        return [o for o in self.read if o.state != "ok"]


def default_workers() -> int:
    """One per usable core."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on every system
        return max(1, os.cpu_count() or 1)


def extract_files(
    files: Sequence[ArchivedFile],
    home: Home,
    workers: int | None = None,
    again: Callable[[FileOutcome], bool] | None = None,
    on_file: Callable[[ArchivedFile, FileOutcome, int, int], None] | None = None,
    task: str = STAGE_TASK,
) -> Outcome:
    """Stage every file that has no outcome for this reader version, and those `again` asks for. Hold the build lock.

    `on_file(file, outcome, done, total)` hears of each file as it ends. Raises only for faults of the machine (disk full, no
    worker starts); whatever a file does to the reader is an outcome.
    """
    store = Store(home, reader_version())
    known = store.outcomes()
    todo = set(store.missing((f.sha256 for f in files), known))
    if again is not None:
        repeated = {f.sha256 for f in files if f.sha256 in known and again(known[f.sha256])}
        store.unpack(repeated)
        todo |= repeated
    by_sha = {f.sha256: f for f in files if f.sha256 in todo}
    outcome = Outcome(store.version, known=len(files) - len(by_sha))
    # the largest first: a long file at the end would leave the other workers idle
    queue = sorted(by_sha.values(), key=lambda f: (-f.size, f.sha256))
    jobs = [Job(f.path, f.name, {"sha256": f.sha256, "stage": str(home.stage), "version": store.version}) for f in queue]
    if jobs:
        with Pool(min(workers or default_workers(), len(jobs)), home.limits, task) as pool:
            for job, result in pool.map(jobs):
                sha = job.arguments["sha256"]
                entry = _outcome(sha, result, store.version)
                if entry.state != "ok":
                    store.loose(sha).unlink(missing_ok=True)
                store.record([entry])
                outcome.read.append(entry)
                if on_file:
                    on_file(by_sha[sha], entry, len(outcome.read), len(jobs))
    store.pack()
    return outcome


def _outcome(sha: str, result: WorkerResult, version: str) -> FileOutcome:
    reason, message = result.refused or (None, None)
    staged = result.parts
    return FileOutcome(
        sha256=sha,
        state=result.state,
        reason=reason,
        message=message,
        seconds=round(result.seconds, 4),
        reader_version=version,
        n_parts=staged.n_parts if staged else 0,
        n_cells=staged.n_cells if staged else 0,
        fiscal_years=staged.fiscal_years if staged else (),
        peak_mb=round(result.peak_mb, 1),
    )
