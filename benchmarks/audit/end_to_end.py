"""Typeset sample reports read from their files, then audited: false alarms on clean ones, planted errors found, whose fault a miss is.

usage: python -m benchmarks.audit.end_to_end [--reports N] [--errors R] [--formats pdf] [--layouts …] [--seed S] [--workers W] [--keep FILE]
Each report is audited twice, as read and as its truth: what only the reading raises (or misses) is a fault of reading, what both raise
is one of the audit or of the sample. `--keep` stores what was read; with an existing file only the audit runs again.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.accuracy import typeset
from pipelines import documents, reports
from pipelines.audit import checks, inputs
from pipelines.documents.model import Refused
from pipelines.reports.model import Report
from pipelines.samples import corpus, layout
from pipelines.samples.corpus import Job

Finding = tuple[str, str, str]  # severity, check, message
BATCH = 400


@dataclass
class Case:
    """One report: its layout, truth, reading (None where it could not be read: `refusal`), what was planted; seconds of reading."""

    name: str
    layout: str
    truth: Report
    read: Report | None
    refusal: str
    planted: list[dict[str, Any]]
    seconds: float


def read_case(number: int, job: Job) -> Case:
    """Typesets a job into a folder of its own and reads the files."""
    composed, form = corpus.compose_job(job)
    name = f"{job.seed}/{number}-{job.layout}-{job.format}-{job.year}-{job.kind}-{job.scope}"
    read, refusal = None, ""
    with tempfile.TemporaryDirectory() as folder:
        paths = corpus.write_composed(composed, form, Path(folder), job.format, job.seed, job.boxes)
        start = time.process_time()
        try:
            whole = reports.assemble([r for p in paths for d in documents.read_path(p) for r in reports.understand(d)])
            read, refusal = (whole[0], "") if len(whole) == 1 else (None, f"read as {len(whole)} reports")
        except Refused as error:
            refusal = error.reason
        seconds = time.process_time() - start
    for report in (composed.truth, read):
        if report is not None:
            report.report_id, report.files = name, []
    return Case(name, job.layout, composed.truth, read, refusal, composed.planted, seconds)


def audit(several: list[Report]) -> dict[str, list[Finding]]:
    """Errors, warnings, and infos about names, by report id."""
    out: dict[str, list[Finding]] = {r.report_id: [] for r in several}
    for start in range(0, len(several), BATCH):
        con = duckdb.connect()
        inputs.load_reports(con, several[start : start + BATCH])
        # bodies of two seeds share names and nothing else
        con.execute("UPDATE core.dim_report SET unit_id = split_part(report_id, '/', 1) || unit_id")
        checks.run(con)
        query = "SELECT report_id, severity, check_id, message FROM quality.finding"
        for report_id, *finding in con.execute(f"{query} WHERE severity <> 'info' OR kind = 'name_variant' ORDER BY ALL").fetchall():
            out[report_id].append((finding[0], finding[1], finding[2]))
        con.close()
    return out


def _key(finding: Finding) -> tuple[str, str]:
    return finding[0], finding[1]


def show(cases: list[Case], most: int) -> None:
    """Prints alarms on clean reports, then found / planted by kind, as read and as printed (truth)."""
    as_read = audit([c.read for c in cases if c.read is not None])
    as_printed = audit([c.truth for c in cases])
    unread = [c for c in cases if c.read is None]
    print(f"{len(cases)} reports, {sum(c.seconds for c in cases):.0f} CPU s of reading")
    print(f"not read: {[(c.name, c.refusal) for c in unread] or 'none'}")
    clean = [c for c in cases if not c.planted]
    alarms = [(c, f) for c in clean for f in as_read.get(c.name, [])]
    totals: Counter[tuple[str, ...]] = Counter()
    for c, f in alarms:
        both = _key(f) in map(_key, as_printed[c.name])
        totals[(*_key(f), "audit or sample" if both else "reading")] += 1
    kinds = Counter(f[0] for _, f in alarms)
    print(f"{len(clean)} clean reports; errors {kinds['error']}, warnings {kinds['warning']}")
    for key, count in totals.most_common():
        print(f"  {count:4} {' '.join(key)}")
    for c, f in alarms[:most]:
        print("    ", c.name, *f)
    tried: Counter[str] = Counter()
    read_hit: Counter[str] = Counter()
    truth_hit: Counter[str] = Counter()
    for c in (c for c in cases if c.planted):
        for error in c.planted:
            tried[error["kind"]] += 1
            read_hit[error["kind"]] += bool(as_read.get(c.name))
            truth_hit[error["kind"]] += bool(as_printed[c.name])
            if not as_read.get(c.name):
                print("  missed:", c.name, {k: str(v)[:80] for k, v in error.items()})
    for kind in sorted(tried):
        print(f"{kind:18} {read_hit[kind]:4} of {tried[kind]:4} (in the truth {truth_hit[kind]})")
    if tried:
        print(f"{'all':18} {read_hit.total():4} of {tried.total():4} (in the truth {truth_hit.total()})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--formats", default="pdf")
    parser.add_argument("--layouts", default="")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--show", type=int, default=40, help="so many alarms in full")
    options = parser.parse_args()
    if options.keep and options.keep.exists():
        cases: list[Case] = pickle.loads(options.keep.read_bytes())
    else:
        layouts = options.layouts.split(",") if options.layouts else list(layout.names())
        todo = typeset.jobs(options.reports, layouts, options.formats.split(","), options.seed, options.errors)
        with ProcessPoolExecutor(options.workers) as pool:
            cases = list(pool.map(read_case, range(len(todo)), todo, chunksize=4))
        if options.keep:
            options.keep.write_bytes(pickle.dumps(cases))
    show(cases, options.show)


if __name__ == "__main__":
    main()
