"""Time of the audit of many staged reports, by step: processor seconds (what counts on a shared machine) and seconds of the clock.

usage: python -m benchmarks.audit.speed STAGE_FOLDER [--threads 2]   (STAGE_FOLDER: as benchmarks/scale/replicate.py writes it)
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.audit import checks
from pipelines.warehouse import assemble, models


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(stage: Path, threads: int, most: int = 12) -> None:
    """Builds core from the staged parts, then audits it; prints the dearest steps and the sum."""
    with tempfile.TemporaryDirectory() as folder:
        con = duckdb.connect(str(Path(folder) / "audited.duckdb"), config={"threads": threads, "memory_limit": "6GB"})
        assemble.load_parts(con, sorted(stage.glob("*.parquet")))
        assemble.assemble(con)
        models.run(con, models.layer("core"))
        cells = con.execute("SELECT count(*), count(DISTINCT report_id) FROM core.cell").fetchone()
        steps: list[tuple[float, float, str]] = []
        marks = [cpu()]

        def heard(name: str, wall: float) -> None:
            now = cpu()
            steps.append((now - marks[0], wall, name))
            marks[0] = now

        started, before = time.perf_counter(), cpu()
        checks.run(con, on_step=heard)
        wall, work = time.perf_counter() - started, cpu() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        print(f"{cells} cells and reports: audit {work:.1f} CPU s, {wall:.1f} s on the clock, {threads} threads, peak {peak:.1f} GB")
        for used, clock, name in sorted(steps, reverse=True)[:most]:
            print(f"  {used:6.1f} CPU s {clock:6.1f} s  {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    measure(options.stage, options.threads)
