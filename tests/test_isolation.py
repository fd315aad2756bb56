"""The reading pool: a file that hangs, eats memory, crashes or raises is one refused file and nothing more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipelines.extraction.worker import Job, Pool, WorkerResult, read_file
from pipelines.settings import Limits

TASK = "tests.isolation_tasks:behave"
BAD = {
    "hang": ("refused", "too_slow"),
    "spin": ("refused", "too_slow"),
    "eat": ("refused", "too_large"),
    "segv": ("failed", "corrupt"),
    "kill": ("failed", "corrupt"),
    "exit": ("failed", "corrupt"),
    "recurse": ("refused", "hostile"),
    "raise": ("failed", "corrupt"),
    "refuse": ("refused", "template"),
    "lambda": ("failed", "corrupt"),
}


@pytest.fixture
def limits() -> Limits:
    return Limits(read_seconds=4, read_memory_mb=600, max_file_mb=1)


def files(folder: Path, words: list[str]) -> list[Path]:
    out = []
    for i, word in enumerate(words):
        path = folder / f"{i:04d}.txt"
        path.write_text(word)
        out.append(path)
    return out


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_bad_files_are_refused_and_the_others_read(tmp_path: Path, limits: Limits) -> None:
    words = [w for bad in BAD for w in ("good", bad)] + ["print", "good"]
    paths = files(tmp_path, words)
    start = time.monotonic()
    with Pool(2, limits, TASK) as pool:
        results = {job.path: result for job, result in pool.map(paths)}
    assert time.monotonic() - start < 120  # two hang for 4 s each; the rest is what a busy machine takes
    assert len(results) == len(paths)
    for path, word in zip(paths, words, strict=True):
        result: WorkerResult = results[path]
        if word not in BAD:
            assert result.state == "ok"
            assert result.parts["name"] == path.name
            continue
        assert result.refused is not None
        assert (result.state, result.refused[0]) == BAD[word], word
        assert result.refused[1]
        assert "\n" not in result.refused[1]


def test_workers_stay_warm_and_are_cheap(tmp_path: Path, limits: Limits) -> None:
    paths = files(tmp_path, ["good"] * 400)
    with Pool(2, limits, TASK) as pool:
        pids = {result.parts["pid"] for _, result in pool.map(paths[:20])}
        start = time.process_time()
        results = [result for _, result in pool.map(paths)]
        seconds = time.process_time() - start
    assert {r.parts["pid"] for r in results} <= pids
    assert all(r.peak_mb > 1 for r in results)
    assert 400 / seconds > 200, f"{400 / seconds:.0f} files a second of the parent's own time"
    assert not any(alive(pid) for pid in pids)


def test_arguments_limits_and_missing_files(tmp_path: Path, limits: Limits) -> None:
    big = tmp_path / "big.pdf"
    big.write_bytes(b"x" * (2 << 20))
    (good,) = files(tmp_path, ["good"])
    with Pool(1, limits, TASK) as pool:
        jobs = [Job(good, "shown.txt", {"extra": 7}), Job(big, "big.pdf"), Job(tmp_path / "gone", "gone.pdf")]
        first, second, third = (result for _, result in pool.map(jobs))
    assert (first.parts["name"], first.parts["extra"]) == ("shown.txt", 7)
    assert second.refused is not None and second.refused[0] == "too_large"
    assert third.refused is not None and third.refused[0] == "corrupt"


def test_leaving_the_loop_ends_the_workers(tmp_path: Path, limits: Limits) -> None:
    paths = files(tmp_path, ["good", "good", *["hang"] * 4])
    pids = set()
    start = time.monotonic()
    with Pool(2, limits.model_copy(update={"read_seconds": 300}), TASK) as pool:
        for _, result in pool.map(paths):
            pids.add(result.parts["pid"])
            break
    assert time.monotonic() - start < 60  # not the 300 s the others would take
    assert not any(alive(pid) for pid in pids)


def test_a_task_that_cannot_be_loaded_is_said(tmp_path: Path, limits: Limits) -> None:
    (good,) = files(tmp_path, ["good"])
    with pytest.raises(RuntimeError, match="cannot start"):
        read_file(good, limits=limits, task="pipelines.nowhere:nothing")
