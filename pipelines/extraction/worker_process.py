"""The child side of a reading worker: takes jobs from a pipe, reads each within its memory limit, answers with the result."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from pipelines.documents.model import Refused
from pipelines.extraction.worker import HEADER, WorkerResult, memory_message


def _limit_memory(megabytes: int) -> None:
    """Bounds private memory (Linux counts anonymous mappings in RLIMIT_DATA) and forbids core dumps; elsewhere the parent watches."""
    try:
        import resource
    except ImportError:
        return
    size = megabytes * 2**20
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """Resident peak since `_reset_peak` where /proc tells it, else of the whole process."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def _load(task: str) -> Callable[..., Any]:
    module, _, function = task.partition(":")
    loaded: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return loaded


def _receive(source: IO[bytes]) -> Any:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size,) = HEADER.unpack(header)
    return pickle.loads(source.read(size))


def _send(target: IO[bytes], message: Any) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    target.write(HEADER.pack(len(data)) + data)
    target.flush()


def _run(task: Callable[..., Any], path: str, name: str, arguments: dict[str, Any], memory_mb: int) -> WorkerResult:
    """One job; whatever a file does to the reader ends as a result."""
    _reset_peak()
    try:
        result = WorkerResult("ok", parts=task(path=Path(path), name=name, **arguments))
    except Refused as refused:
        result = WorkerResult("refused", refused=(refused.reason, str(refused)))
    except MemoryError:
        result = WorkerResult("refused", refused=("too_large", memory_message(name, memory_mb)))
    except RecursionError:
        result = WorkerResult("refused", refused=("hostile", f"{name}: nested too deeply to be a report: export it again"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a Rust library is no Exception
        first = (str(error).splitlines() or [""])[0][:200]
        message = f"{name}: the reader failed on it ({type(error).__name__}: {first}): open it and save or export it again"
        result = WorkerResult("failed", refused=("corrupt", message), traceback=traceback.format_exc())
    result.peak_mb = _peak_mb()
    return result


def main() -> None:
    """Serves jobs until the pipe closes. The pipe ends are moved away so that a library's printing cannot break the protocol."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    setup = _receive(source)
    if setup is None:
        return
    for entry in setup["path"]:
        if entry not in sys.path:
            sys.path.append(entry)
    memory_mb: int = setup["memory_mb"]
    try:
        task = _load(setup["task"])
        _limit_memory(memory_mb)
    except Exception as error:
        _send(target, f"{type(error).__name__}: {error}")
        return
    _send(target, "ready")
    while (job := _receive(source)) is not None:
        path, name, arguments = job
        result = _run(task, path, name, arguments, memory_mb)
        try:
            _send(target, result)
        except MemoryError:
            _send(target, WorkerResult("refused", refused=("too_large", memory_message(name, memory_mb))))
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            message = f"{name}: the reader's result cannot be handed over ({error})"
            _send(target, WorkerResult("failed", refused=("corrupt", message), traceback=traceback.format_exc()))


if __name__ == "__main__":
    main()
