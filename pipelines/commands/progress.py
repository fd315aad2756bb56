"""What a person sees while a run works: rich bars on a terminal, plain lines elsewhere; both on stderr, stdout stays for results."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from pipelines.assets.workspace import Progress
from pipelines.commands.errors import one_line


class PlainProgress(Progress):
    """One line a step; within a step at most one line every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def step(self, text: str) -> None:
        print(f"{text} …", file=sys.stderr, flush=True)

    def advance(self, text: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._last >= 5:
            self._last = now
            print(f"  {done}/{total} {one_line(text)}", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        print(f"  {one_line(text)}", file=sys.stderr, flush=True)


class RichProgress(PlainProgress):
    """A bar for the running step."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Bars(*columns, console=self._console, transient=True)
        self._task = self._bars.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()

    def step(self, text: str) -> None:
        self._bars.reset(self._task, total=None, description=text)

    def advance(self, text: str, done: int, total: int) -> None:
        self._bars.update(self._task, completed=done, total=total)

    def note(self, text: str) -> None:
        self._console.print(one_line(text), markup=False, highlight=False, soft_wrap=True)


def progress() -> PlainProgress:
    """The one that fits where stderr goes."""
    return RichProgress() if sys.stderr.isatty() else PlainProgress()
