"""Ctrl-C that is not lost: Dagster catches SIGINT while it stores events and forgets it again when such stretches nest.

The C-level handler of Python also writes each signal to a wake-up pipe; `check` looks there between the steps of a build.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator


class Interrupts:
    """`check()` raises KeyboardInterrupt once SIGINT has come since `watching()` was entered (main thread only)."""

    def __init__(self) -> None:
        self._reader: int | None = None

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While inside, signals are noted; elsewhere than in the main thread nothing is. Entered again within itself it changes nothing."""
        if threading.current_thread() is not threading.main_thread() or self._reader is not None:
            yield
            return
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._reader = reader
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            self._reader = None
            os.close(reader)
            os.close(writer)

    def check(self) -> None:
        """Between steps: has somebody pressed Ctrl-C?"""
        if self._reader is None:
            return
        try:
            seen = os.read(self._reader, 64)
        except BlockingIOError:
            return
        if signal.SIGINT in seen:
            raise KeyboardInterrupt
