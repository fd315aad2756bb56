"""One build at a time, whoever starts it (command line, Dagster, schedule): a file lock that dies with its holder.

The kernel releases the lock when the process ends in any way, SIGKILL included, so there is nothing stale to recover; the text in
the file (pid, host, since) only tells the one who waits whom he waits for.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import orjson

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            handle.seek(1 << 30)  # a byte far beyond the text: a locked byte cannot be read on Windows
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Busy(Exception):
    """Another build holds the lock and did not end in time."""


_held: dict[tuple[str, int], int] = {}  # (lock file, thread) → depth


@contextmanager
def build_lock(warehouse: Path, wait_seconds: float = 3600, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the build lock of a warehouse; reentrant within one thread. `on_wait` hears once whom it waits for. Raises `Busy`."""
    path = warehouse / "build.lock"
    key = (str(path), threading.get_ident())
    if key in _held:
        _held[key] += 1
        try:
            yield
        finally:
            if key in _held:  # a generator that an interrupt left open may end after the outer holder
                _held[key] -= 1
        return
    warehouse.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as handle:
        deadline = time.monotonic() + wait_seconds
        said = False
        while not _try_lock(handle):
            holder = _holder(path)
            if not said and on_wait:
                on_wait(f"another build is running ({holder}); waiting for it to end")
                said = True
            if time.monotonic() >= deadline:
                raise Busy(f"another build is running ({holder}); try again when it has ended")
            time.sleep(0.2)
        handle.seek(0)
        handle.truncate()
        since = datetime.now(UTC).isoformat(timespec="seconds")
        handle.write(orjson.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}))
        handle.flush()
        _held[key] = 1
        try:
            yield
        finally:
            del _held[key]
            handle.seek(0)
            handle.truncate()


def _holder(path: Path) -> str:
    try:
        data = orjson.loads(path.read_bytes())
        return f"process {data['pid']} on {data['host']} since {data['since']}"
    except (OSError, ValueError, KeyError):
        return "just started"
