"""Tasks for the isolation tests: what a hostile file could make a reader do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipelines.documents.model import Refused


def behave(path: Path, name: str, extra: int = 0) -> dict[str, object]:
    """Does what the file says."""
    word = path.read_text()
    if word == "hang":
        time.sleep(600)
    if word == "spin":
        while True:
            pass
    if word == "eat":
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    if word == "segv":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "exit":
        os._exit(3)
    if word == "print":
        print("noise on stdout", flush=True)
        os.write(1, b"\x00" * 4096)
    if word == "recurse":
        return behave(path, name)
    if word == "raise":
        raise ValueError("no such table\nsecond line")
    if word == "refuse":
        raise Refused("template", "a template, not a report")
    if word == "lambda":
        return {"no": lambda: None}
    return {"name": name, "extra": extra, "pid": os.getpid()}
