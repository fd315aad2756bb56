"""A typesetting process: reads jobs (pickle) from stdin, writes one JSON line a report to stdout. Started by corpus.run.

A process of its own rather than a multiprocessing pool, so that it does not depend on how the caller's main module was started.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def start(jobs: list[Any], directory: Path) -> subprocess.Popen[bytes]:
    """A process working through `jobs`."""
    process = subprocess.Popen([sys.executable, "-m", "pipelines.samples.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(pickle.dumps((jobs, str(directory))))
    process.stdin.close()
    return process


def results(process: subprocess.Popen[bytes]) -> Iterator[list[str]]:
    """The files of each report as it is done; RuntimeError when the process fails (its stderr has said why)."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)
    if code := process.wait():
        raise RuntimeError(f"typesetting process ended with {code}")


def main() -> None:
    from pipelines.samples.corpus import write_job

    jobs, directory = pickle.load(sys.stdin.buffer)  # written by our own parent process
    for job in jobs:
        paths = [str(p) for p in write_job(job, Path(directory))]
        sys.stdout.write(json.dumps(paths) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
