"""The sample of a fresh machine: the real figures of two finals, and an invented region of six departments over five years."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.samples import corpus, figures, layout
from pipelines.samples.compose import compose
from pipelines.samples.corpus import Job, Progress

REAL_LAYOUTS = {"jiyuan-2023": "final-national-2022", "putuo-czj-2024": "final-shanghai"}
SEED, UNITS, YEARS = 2024, 6, (2019, 2023)
LAYOUTS = (
    "final-2020-2021",
    "final-national-2022",
    "final-2015-2019",
    "final-yuan",
    "final-tables-last",
    "final-unit",
    "budget-national",
    "budget-jiangsu-2019",
    "budget-county",
)
PLANTED = ("wrong_digit", "wrong_total", "percentage_slip", "direction_word")


def make(directory: Path, progress: Progress | None = None, workers: int | None = None) -> list[Path]:
    """Typeset the sample into `directory`; `progress(done, all, name)` is called after each report. Returns the files."""
    jobs = region_jobs()
    total = len(jobs) + len(REAL_LAYOUTS)
    out: list[Path] = []
    for done, name in enumerate(figures.names(), 1):
        form = layout.load(REAL_LAYOUTS[name]).model_copy(update={"zero": "as_is"})
        content = figures.load(name)
        content.file_stem = f"{content.department}{content.year}年度部门决算（依公开数据重新排版）"
        out += corpus.write_composed(compose(content, form), form, directory)
        if progress:
            progress(done, total, out[-1].name)
    base = len(REAL_LAYOUTS)
    out += corpus.run(jobs, directory, (lambda d, _, n: progress(base + d, total, n)) if progress else None, workers)
    corpus.write_history(directory, corpus.departments(SEED, UNITS, YEARS, LAYOUTS))
    return out


def region_jobs() -> list[Job]:
    """The region's reports: some with a planted error, one of them published again in a corrected print."""
    jobs = [replace(j, boxes=False) for j in corpus.plan(UNITS, YEARS, SEED, LAYOUTS)]
    finals = [i for i, j in enumerate(jobs) if j.kind == "final"]
    for turn, kind in enumerate(PLANTED):
        i = finals[(turn * 7 + 3) % len(finals)]
        jobs[i] = replace(jobs[i], errors=1, kinds=(kind,))
    again = finals[3 % len(finals)]
    jobs.append(replace(jobs[again], errors=0, kinds=(), revision=2))
    return jobs
