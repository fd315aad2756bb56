"""Isolated reading: a pool of warm worker processes, each file bounded in memory and time, a dying worker one refused file.

A worker is a plain `python -m pipelines.extraction.worker_process` that takes jobs over a pipe, so it shares neither threads,
locks nor open files with whoever started it (Dagster, a server, a test run).
"""

from __future__ import annotations

import os
import pickle
import queue
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from pipelines.settings import Limits

DEFAULT_TASK = "pipelines.extraction.one:read_parts"
HEADER = struct.Struct("<Q")
START_SECONDS = 60
RECYCLE_AFTER = 2000
"""Files after which a worker is replaced: what a library leaks does not add up over a long run."""
_TICK = 0.05


@dataclass(slots=True, frozen=True)
class Job:
    """One file to read: the task is called with `path`, `name` and `arguments`."""

    path: Path
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class WorkerResult:
    """What reading one file gave. `refused` is (reason, message) with the stable codes of `documents.model.Refused`."""

    state: Literal["ok", "refused", "failed"]  # failed: the reader itself broke (exception, crash); its reason is `corrupt`
    parts: Any = None  # what the task returned (`read_parts`: list[ReadPart]); None unless ok
    refused: tuple[str, str] | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0  # resident peak of the worker while on this file, shared libraries included
    traceback: str | None = None


class _Died(Exception):
    """The worker ended without an answer."""

    def __init__(self, why: Literal["time", "memory", "death", "stopped"], code: int | None = None):
        super().__init__(why)
        self.why = why
        self.code = code


class _Worker:
    """One child process and its two pipes."""

    def __init__(self, task: str, limits: Limits, stop: threading.Event, threads: int):
        self.limits = limits
        self.stop = stop
        self.done = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.extraction.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("JUESUAN_WORKER_STDERR") else subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the parent, which ends its workers in order
            cwd=Path(__file__).resolve().parents[2],
            # Workers share the cores: libraries with threads of their own get one, text recognition its share.
            env={"OMP_NUM_THREADS": "1", "JUESUAN_OCR_THREADS": str(threads), **os.environ},
        )
        self._peak_kb = 0
        self.send({"task": task, "memory_mb": limits.read_memory_mb, "path": sys.path})
        answer = self.receive(time.monotonic() + START_SECONDS)
        if answer != "ready":
            self.kill()
            raise RuntimeError(f"reading worker cannot start: {answer}")

    def send(self, message: Any) -> None:
        assert self.process.stdin is not None
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        try:
            self.process.stdin.write(HEADER.pack(len(data)) + data)
            self.process.stdin.flush()
        except (BrokenPipeError, OSError):
            raise _Died("death", self.process.wait()) from None

    def receive(self, deadline: float) -> Any:
        """The next answer. Raises _Died; the process is then gone or about to be killed by the caller."""
        assert self.process.stdout is not None
        fd = self.process.stdout.fileno()
        buffer = bytearray()
        size: int | None = None
        while size is None or len(buffer) < size:
            ready, _, _ = select.select([fd], [], [], _TICK)
            if ready:
                chunk = os.read(fd, 1 << 20)
                if not chunk:
                    raise _Died("death", self.process.wait())
                buffer += chunk
                if size is None and len(buffer) >= HEADER.size:
                    (size,) = HEADER.unpack_from(buffer)
                    del buffer[: HEADER.size]
                continue
            if self.stop.is_set():
                raise _Died("stopped")
            if time.monotonic() > deadline:
                raise _Died("time")
            # The child's own limit stops most of it; this one counts what that cannot see (memory mapped by native code).
            if self.resident_mb() > self.limits.read_memory_mb:
                raise _Died("memory")
        return pickle.loads(bytes(buffer))

    def resident_mb(self) -> float:
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):  # no /proc here, or the process just ended
            return 0.0
        mb = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        self._peak_kb = max(self._peak_kb, int(mb * 1024))
        return mb

    def run(self, job: Job) -> WorkerResult:
        self.done += 1
        self._peak_kb = 0
        start = time.monotonic()
        self.send((str(job.path), job.name, job.arguments))
        result: WorkerResult = self.receive(start + self.limits.read_seconds)
        result.seconds = time.monotonic() - start
        return result

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # unsent bytes to a dead worker
                    continue
        self.process.wait()


class Pool:
    """Workers that read files one by one. Use as a context manager; `map` may be called again and again.

    `task` is "module:function", called in the worker with `path` (Path), `name` and the job's arguments; it returns anything
    that can be pickled or raises `Refused`.
    """

    def __init__(self, workers: int, limits: Limits | None = None, task: str = DEFAULT_TASK):
        if workers < 1:
            raise ValueError("a pool needs at least one worker")
        self.size = workers
        self.limits = limits or Limits()  # type: ignore[call-arg]
        self.task = task
        self._idle: list[_Worker] = []
        self._stop = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stop.set()
        while self._idle:
            self._idle.pop().kill()

    def map(self, files: Iterable[Job | Path]) -> Iterator[tuple[Job, WorkerResult]]:
        """(job, result) as they come, not in order. Leaving the loop early ends the workers that are still busy."""
        jobs = iter([f if isinstance(f, Job) else Job(f, f.name) for f in files])
        lock = threading.Lock()
        results: queue.Queue[tuple[Job, WorkerResult] | BaseException | None] = queue.Queue(maxsize=4 * self.size)
        stop = threading.Event()

        def put(item: tuple[Job, WorkerResult] | BaseException | None) -> None:
            while not stop.is_set():
                try:
                    return results.put(item, timeout=0.2)
                except queue.Full:
                    continue

        def serve() -> None:
            worker: _Worker | None = None
            try:
                while not stop.is_set() and not self._stop.is_set():
                    with lock:
                        job = next(jobs, None)
                        if job is not None and worker is None and self._idle:
                            worker = self._idle.pop()
                            worker.stop = stop
                    if job is None:
                        break
                    result, worker = self._read(job, worker, stop)
                    put((job, result))
            except BaseException as error:  # a worker that cannot start at all: said to the caller, not to the thread
                put(error)
            finally:
                if worker is not None:
                    if stop.is_set() or self._stop.is_set():
                        worker.kill()
                    else:
                        with lock:
                            self._idle.append(worker)
                put(None)

        threads = [threading.Thread(target=serve, daemon=True, name=f"reading-{i}") for i in range(self.size)]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                item = results.get()
                if item is None:
                    running -= 1
                elif isinstance(item, BaseException):
                    raise item
                else:
                    yield item
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _read(self, job: Job, worker: _Worker | None, stop: threading.Event) -> tuple[WorkerResult, _Worker | None]:
        """Reads one file; the worker to go on with, None when it has ended."""
        try:
            size_mb = job.path.stat().st_size / 2**20
        except OSError as error:
            message = f"{job.name}: cannot be opened ({error.strerror}): check the path and its permissions"
            return WorkerResult("refused", refused=("corrupt", message)), worker
        if size_mb > self.limits.max_file_mb:
            message = f"{job.name}: {size_mb:.0f} MB (limit {self.limits.max_file_mb} MB, JUESUAN_MAX_FILE_MB): split the file or raise it"
            return WorkerResult("refused", refused=("too_large", message)), worker
        worker = worker or _Worker(self.task, self.limits, stop, max(1, (os.cpu_count() or 1) // self.size))
        start = time.monotonic()
        try:
            result = worker.run(job)
        except _Died as died:
            worker.kill()
            result = self._death(job, died)
            result.seconds = time.monotonic() - start
            result.peak_mb = worker._peak_kb / 1024
            return result, None
        if worker.done >= RECYCLE_AFTER or worker.resident_mb() > self.limits.read_memory_mb / 2:
            worker.kill()
            return result, None
        return result, worker

    def _death(self, job: Job, died: _Died) -> WorkerResult:
        limits = self.limits
        if died.why == "time":
            message = f"{job.name}: not read within {limits.read_seconds} s (JUESUAN_READ_SECONDS): split the file or raise the limit"
            return WorkerResult("refused", refused=("too_slow", message))
        if died.why == "memory":
            return WorkerResult("refused", refused=("too_large", memory_message(job.name, limits.read_memory_mb)))
        code = died.code or 0
        by = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return WorkerResult(
            "failed", refused=("corrupt", f"{job.name}: the reader ended on it ({by}): open it and save or export it again")
        )


def memory_message(name: str, limit_mb: int) -> str:
    """The refusal of a file that needs more memory than one worker may take."""
    return f"{name}: needs more than {limit_mb} MB to read (JUESUAN_READ_MEMORY_MB): split the file or raise the limit"


def read_file(path: Path, name: str | None = None, limits: Limits | None = None, task: str = DEFAULT_TASK) -> WorkerResult:
    """One file in a worker of its own: for a single file or a test; many files go through `Pool`."""
    with Pool(1, limits, task) as pool:
        ((_, result),) = pool.map([Job(path, name or path.name)])
        return result
