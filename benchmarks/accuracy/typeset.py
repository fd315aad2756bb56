"""Accuracy by layout and format: typeset reports read and compared with their truth. Writes docs/accuracy-typeset.md.

usage: python -m benchmarks.accuracy.typeset [--reports N] [--formats pdf,docx,…] [--layouts …] [--seed S] [--errors R] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.accuracy.typeset_compare import Tally, compare
from pipelines import documents, reports
from pipelines.documents.model import Refused
from pipelines.reports.model import Report
from pipelines.reports.serialize import to_json
from pipelines.samples import corpus, layout
from pipelines.samples.corpus import Job

YEARS = (2017, 2023)
MOST = 45  # kinds of failure that are listed


def jobs(count: int, layouts: list[str], formats: list[str], seed: int, errors: float) -> list[Job]:
    """`count` reports spread evenly over layouts × formats."""
    pairs = [(one, form) for form in formats for one in layouts]
    each = -(-count // len(pairs))
    out: list[Job] = []
    for i, (name, format_) in enumerate(pairs):
        form = layout.load(name)
        first, last = max(YEARS[0], form.years[0]), min(YEARS[1], form.years[1])
        mine = [j for j in corpus.plan(6, (first, last), seed + i, [name], [format_], errors, boxes=False) if j.layout == name]
        step = max(1, len(mine) // each)
        out += mine[::step][:each]
    return out


def read(paths: list[Path]) -> Json:
    """The report that the files hold, as JSON."""
    parts: list[Report] = [r for p in paths for d in documents.read_path(p) for r in reports.understand(d)]
    whole = reports.assemble(parts)
    if len(whole) != 1:
        raise ValueError(f"{len(paths)} file(s) read as {len(whole)} reports")
    return to_json(whole[0])


Json = dict[str, Any]


def run(todo: list[Job], folder: Path, verbose: bool = False) -> tuple[dict[tuple[str, str], Tally], float]:
    """Tallies by (layout, format), and the seconds spent reading."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    seconds = 0.0
    for number, job in enumerate(todo):
        here = folder / str(number)
        paths = corpus.write_job(job, here)
        truth = json.loads(next((here / "truth").glob("*.json")).read_text(encoding="utf-8"))
        tally = Tally(reports=1, failed=1)
        start = time.perf_counter()
        try:
            tally = compare(truth, read(paths))
        except Refused as error:
            tally.notes[f"refused ({error.reason})"] += 1
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            tally.notes[f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno} ({str(error)[:60]})"] += 1
        seconds += time.perf_counter() - start
        if tally.failed:
            tally.cells = sum(v is not None for t in truth["tables"].values() for r in t["rows"] for v in r["values"].values())
            tally.cells_missed = tally.cells
            tally.facts = tally.facts_missed = len(truth["narrative_facts"])
            tally.forms = len(truth["self_evaluations"])
        if verbose:
            print(f"== {paths[0]} {job.layout} {job.format}", *tally.details, sep="\n")
        tallies[job.layout, job.format].add(tally)
        if sys.stderr.isatty() or number % 25 == 24:
            print(f"{number + 1}/{len(todo)}", file=sys.stderr)
    return tallies, seconds


def markdown(tallies: dict[tuple[str, str], Tally], seconds: float, command: str) -> str:
    """The table by layout and format, then what fails."""
    every = Tally()
    for tally in tallies.values():
        every.add(tally)
    lines = [
        "# Accuracy on typeset reports, by layout and format",
        "",
        f"`{command}`: {every.reports} reports, {every.cells} numeric cells, {every.facts} stated numbers, {every.forms} evaluation forms; "
        f"read in {seconds:.0f} s.",
        f"Cells: right {_share(every.cells_right, every.cells)}, wrong {every.cells_wrong} (without a flag {every.cells_unflagged}), "
        f"missed {every.cells_missed}, read where nothing is printed {every.cells_extra}.",
        f"Facts: right {_share(every.facts_right, every.facts)}, read beyond the truth {every.facts_extra}. "
        f"Forms: right {_share(every.forms_right, every.forms)}. Identity fields wrong {every.identity_wrong}. "
        f"Not read at all {every.failed}.",
        "",
        "| layout | format | reports | cells | right | wrong | missed | extra "
        "| facts | right | extra | forms right | identity wrong | unread |",
        "|---" * 14 + "|",
    ]
    for (name, format_), t in sorted(tallies.items()):
        wrong = f"{t.cells_wrong}, {t.cells_wrong - t.cells_unflagged} flagged" if t.cells_wrong else "0"
        forms = f"{t.forms_right}/{t.forms}" if t.forms else ""
        lines.append(
            f"| {name} | {format_} | {t.reports} | {t.cells} | {_share(t.cells_right, t.cells)} | {wrong} "
            f"| {t.cells_missed} | {t.cells_extra} | {t.facts} | {_share(t.facts_right, t.facts)} | {t.facts_extra} "
            f"| {forms} | {t.identity_wrong} | {t.failed} |"
        )
    lines += ["", "## What fails", ""]
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for (name, format_), t in tallies.items():
        for note, count in t.notes.items():
            places[note][f"{name} {format_}"] += count
    ranked = sorted(places.items(), key=lambda x: -x[1].total())
    for note, where in ranked[:MOST]:
        shown = ", ".join(f"{w} {n}" for w, n in where.most_common(4))
        lines.append(f"- {note}: {where.total()} ({shown}{', …' if len(where) > 4 else ''})")
    if len(ranked) > MOST:
        lines.append(f"- and {len(ranked) - MOST} more kinds, {sum(w.total() for _, w in ranked[MOST:])} times in all")
    return "\n".join(lines) + "\n"


def _share(part: int, whole: int) -> str:
    return "" if not whole else f"{100 * part / whole:.2f} %"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--formats", default="pdf,docx,xlsx,html,text")
    parser.add_argument("--layouts", default="")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the typeset files here")
    parser.add_argument("--verbose", action="store_true", help="each miss on a line of its own")
    options = parser.parse_args(arguments)
    layouts = options.layouts.split(",") if options.layouts else list(layout.names())
    todo = jobs(options.reports, layouts, options.formats.split(","), options.seed, options.errors)
    with tempfile.TemporaryDirectory() as folder:
        tallies, seconds = run(todo, options.keep or Path(folder), options.verbose)
    command = f"python -m benchmarks.accuracy.typeset --reports {options.reports} --formats {options.formats} --seed {options.seed}"
    text = markdown(tallies, seconds, command.strip())
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
