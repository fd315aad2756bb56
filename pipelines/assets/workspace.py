"""What a run works on: the home and the options of `juesuan build`, handed to the assets as one resource; collects the summary."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.assets.interrupts import Interrupts
from pipelines.settings import Home
from pipelines.warehouse.lock import build_lock


class Progress:
    """Hears how far a run is. This one keeps quiet; the command line shows bars or lines, Dagster writes its log."""

    def step(self, text: str) -> None:
        """A new step begins."""

    def advance(self, text: str, done: int, total: int) -> None:
        """Within the step: `done` of `total`."""

    def note(self, text: str) -> None:
        """Something worth a line: a refused file, waiting for a lock."""


def problem_line(problem: dict[str, Any]) -> str:
    """name (reason): message, the name said once."""
    message = str(problem["message"]).removeprefix(f"{problem['name']}: ")
    return f"{problem['name']} ({problem['reason']}): {message}"


@dataclass
class Summary:
    """What a run did, for its last lines and for `--json`."""

    added: int = 0  # files new in the archive
    archived: int = 0  # files in the archive
    fetched: int = 0  # by sync, new
    read: int = 0
    known: int = 0
    cells_read: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)  # files refused or failed: name, reason, message
    reports: int = 0  # revisions, current and superseded
    superseded: int = 0
    cells: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    second: dict[str, int] = field(default_factory=dict)  # suspect cells read again: printed_so, misread
    quarantined: list[dict[str, Any]] = field(default_factory=list)  # report_id, reasons
    failures: list[str] = field(default_factory=list)  # failing expectations
    release_id: str | None = None
    database: str | None = None
    published: bool = False
    nothing_new: bool = False
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)


@dataclass
class Workspace:
    """The resource `workspace` of every asset. In the Dagster UI: the home of $JUESUAN_HOME, everything, published."""

    home: Home = field(default_factory=Home.find)
    paths: tuple[Path, ...] = ()  # to archive, besides the inbox
    workers: int | None = None
    years: frozenset[int] = frozenset()  # read and audit these again
    everything: bool = False  # read and audit everything again
    publish: bool = True
    archived: bool = False  # paths and inbox are already in the archive
    fetch: bool = True  # what sources.yml names; the command line has `juesuan sync` for it
    notify: bool = True  # tell by webhook or mail when nothing could be published
    wait_seconds: float = float(os.environ.get("JUESUAN_LOCK_SECONDS", "3600"))
    progress: Progress = field(default_factory=Progress)
    interrupts: Interrupts = field(default_factory=Interrupts)
    summary: Summary = field(default_factory=Summary)
    fault: BaseException | None = None  # why the run failed, for the command line
    abandon: Callable[[], None] = lambda: None  # removes what the build under way made

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The build lock; reentrant, so that the command line may hold it over a whole run."""
        with build_lock(self.home.warehouse, self.wait_seconds, self.progress.note):
            yield
