"""A corpus of sample reports on disk: files, and beside them the truth of each (`truth/`), for any number of units and years."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pipelines.documents.model import Locator
from pipelines.reports.serialize import to_json
from pipelines.samples import contents, errors, layout, scan, set_docx, set_html, set_text, set_xlsx, typeset_pdf, world
from pipelines.samples.blocks import Sheet
from pipelines.samples.compose import Composed, compose
from pipelines.samples.layout import Layout
from pipelines.samples.world import Department

Progress = Callable[[int, int, str], None]
Scope = Literal["department", "unit"]

SUFFIX = {"pdf": ".pdf", "docx": ".docx", "xlsx": ".xlsx", "html": ".html", "text": ".txt", "scan": ".pdf", "scan-stamp": ".pdf"}
SCANNERS = {"scan": scan.Scanner(tilt=0.3), "scan-stamp": scan.Scanner(tilt=0.3, stamp=True)}
PART_WORDS = {"all": "", "tables": "（公开表）", "narrative": "（情况说明）"}
DEPARTMENTS_IN_REGION = 9


@dataclass(frozen=True)
class Job:
    """One report to be typeset; `seed`, `units`, `years` and `layouts` make its region again in any process."""

    seed: int
    units: int
    years: tuple[int, int]
    layouts: tuple[str, ...]
    department: int
    year: int
    kind: Literal["final", "budget"]
    scope: Scope
    layout: str
    format: str
    errors: int = 0
    kinds: tuple[str, ...] = ()
    revision: int = 1
    boxes: bool = True


def chosen_layouts(names: Iterable[str] | None) -> tuple[str, ...]:
    """The named layouts, checked; all of them where none is named."""
    chosen = tuple(names) if names else layout.names()
    for name in chosen:
        layout.load(name)
    return chosen


@lru_cache(maxsize=4)
def departments(seed: int, units: int, years: tuple[int, int], layouts: tuple[str, ...]) -> tuple[Department, ...]:
    """The departments of a corpus, nine a region; in each region one is renamed, two are merged, one is split where there is room."""
    first, last = years
    kinds = world.catalogue().kinds
    out: list[Department] = []
    regions = -(-units // DEPARTMENTS_IN_REGION)
    for number in range(regions):
        dice = random.Random(f"{seed}/region/{number}")
        place = world.place(number)
        count = min(DEPARTMENTS_IN_REGION, units - number * DEPARTMENTS_IN_REGION)
        usable = [k for k in kinds if (k.first_year or 0) <= first]
        chosen = dice.sample(usable, min(count, len(usable)))
        here = []
        for i, kind in enumerate(chosen):
            budget = _choose(layouts, "budget", first, len(out) + i)
            here.append(world.found(place, kind, seed, first, bool(budget and layout.load(budget).reserve)))
        if last > first:
            _history(here, first, last)
        out += here
    return tuple(out)


def _history(here: list[Department], first: int, last: int) -> None:
    middle = (first + last + 1) // 2
    if len(here) >= 3:
        world.rename(here[1], middle, here[1].kind.name.removesuffix("局").removesuffix("委员会") + "事务局")
    if len(here) >= 5 and last - first >= 2:
        name = f"{here[2].kind.name.removesuffix('局')}和{here[3].kind.name.removesuffix('局')}局"
        world.merge(here[2], here[3], last, name)
    if len(here) >= 7 and here[5].kind.members:
        body = here[5].kind.members[0][0]
        here.append(world.split(here[5], body, middle, body))


def _choose(layouts: tuple[str, ...], kind: str, year: int, turn: int, scope: str = "department") -> str | None:
    """The layout whose turn it is among those that print this kind, year and scope."""
    fit = []
    for name in layouts:
        form = layout.load(name)
        if form.kind == kind and form.years[0] <= year <= form.years[1] and scope in form.scopes:
            fit.append(name)
    return fit[turn % len(fit)] if fit else None


def plan(
    units: int,
    years: tuple[int, int],
    seed: int = 1,
    layouts: Iterable[str] | None = None,
    formats: Iterable[str] = ("pdf",),
    errors_rate: float = 0.0,
    boxes: bool = True,
) -> list[Job]:
    """The reports of a corpus: every department, every year, budget and final; a layout for each by turns, formats by turns."""
    chosen, kinds_of_file = chosen_layouts(layouts), tuple(formats)
    if unknown := [f for f in kinds_of_file if f not in SUFFIX]:
        raise ValueError(f"unknown format {unknown[0]}; there are: {', '.join(SUFFIX)}")
    if units < 1 or years[0] > years[1]:
        raise ValueError("a corpus needs at least one unit and a span of years A-B with A ≤ B")
    dice = random.Random(f"{seed}/plan")
    jobs: list[Job] = []
    for number, department in enumerate(departments(seed, units, years, chosen)):
        for year in range(years[0], years[1] + 1):
            if not department.exists(year):
                continue
            for kind in ("budget", "final"):
                scope: Scope = "department"
                name = _choose(chosen, kind, year if kind == "final" else years[0], number)
                if name is None:
                    scope = "unit"
                    name = _choose(chosen, kind, year, number, scope)
                if name is None:
                    continue
                count = 1 if dice.random() < errors_rate else 0
                common = (seed, units, years, chosen, number, year)
                format_ = kinds_of_file[len(jobs) % len(kinds_of_file)]
                jobs.append(Job(*common, kind, scope, name, format_, count, boxes=boxes))  # type: ignore[arg-type]
                other = _choose(chosen, kind, year, number, "unit") if scope == "department" else None
                if other and number % 5 == 1 and len(department.members(year)) > 1:  # the head publishes its own (本级) report too
                    format_ = kinds_of_file[len(jobs) % len(kinds_of_file)]
                    jobs.append(Job(*common, kind, "unit", other, format_, 0, boxes=boxes))  # type: ignore[arg-type]
    return jobs


def compose_job(job: Job) -> tuple[Composed, Layout]:
    """The composed report of a job, errors planted."""
    department = departments(job.seed, job.units, job.years, job.layouts)[job.department]
    form = layout.load(job.layout)
    stem = f"{job.seed}/{job.department}/{job.year}/{job.kind}/{job.scope}"
    if job.kind == "final":
        content = contents.final(department, job.year, job.scope)
    else:
        content = contents.budget(department, job.year, job.scope, form.style, form.reserve)
    contents.date(content, job.kind, job.revision)
    record: dict[str, Any] | None = None
    if job.errors and "missing_table" in job.kinds:
        form, record = errors.without_table(form, stem)
    composed = compose(content, form, job.seed)
    if record:
        composed.planted.append(record)
    if job.errors:
        errors.plant(composed, stem, list(job.kinds) or None, job.errors)
    return composed, form


def write_sheet(sheet: Sheet, form: Layout, format_: str, seed: int = 0, boxes: bool = False) -> bytes:
    """The bytes of one sheet in one format."""
    if format_ == "pdf":
        return typeset_pdf.write(sheet, form, boxes)
    if format_ in SCANNERS:
        return scan.write(typeset_pdf.write(sheet, form), SCANNERS[format_], seed)
    writers = {"docx": set_docx.write, "xlsx": set_xlsx.write, "html": set_html.write, "text": set_text.write}
    return writers[format_](sheet, form)


def write_job(job: Job, directory: Path) -> list[Path]:
    """Typeset one report and write its truth; returns the report's files."""
    composed, form = compose_job(job)
    return write_composed(
        composed, form, directory, job.format, job.seed, job.boxes, "" if job.revision == 1 else f"（更正{job.revision}）"
    )


def write_composed(
    composed: Composed, form: Layout, directory: Path, format_: str = "pdf", seed: int = 0, boxes: bool = True, mark: str = ""
) -> list[Path]:
    """Write a composed report's files and, in `truth/`, its truth JSON."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for sheet, part in zip(composed.sheets, composed.truth.files, strict=True):
        data = write_sheet(sheet, form, format_, seed, boxes and format_ == "pdf")
        path = directory / f"{composed.content.file_stem}{mark}{PART_WORDS[sheet.part]}{SUFFIX[format_]}"
        path.write_bytes(data)
        part.sha256, part.name = hashlib.sha256(data).hexdigest(), path.name
        for ref, (page, box) in sheet.boxes.items():
            statement = composed.truth.statements[ref.statement]
            statement.rows[ref.row].values[ref.measure].locator = Locator("pdf", page=page, box=box)
            if page not in statement.pages:
                statement.pages = sorted([*statement.pages, page])
        paths.append(path)
    truth = to_json(composed.truth)
    truth["layout"], truth["format"], truth["planted_errors"] = form.id, format_, composed.planted
    truth["chart_facts"] = [{"metric": f.metric, "value": float(f.value), "unit": f.unit} for f in composed.chart_facts]
    folder = directory / "truth"
    folder.mkdir(exist_ok=True)
    name = f"{composed.content.file_stem}{mark}.json"
    (folder / name).write_text(json.dumps(truth, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return paths


def run(jobs: list[Job], directory: Path, progress: Progress | None = None, workers: int | None = None) -> list[Path]:
    """Typeset all jobs into `directory`, several processes at once where there are many; same jobs, same bytes."""
    workers = min(workers or os.cpu_count() or 1, 8, max(1, len(jobs) // 8))
    out: list[list[Path]] = [[] for _ in jobs]
    done = 0

    def finished(number: int, paths: list[Path]) -> None:
        nonlocal done
        out[number] = paths
        done += 1
        if progress:
            progress(done, len(jobs), paths[-1].name)

    if workers <= 1:
        for number, job in enumerate(jobs):
            finished(number, write_job(job, directory))
    else:
        from pipelines.samples import worker  # here, so that `-m pipelines.samples.worker` does not find itself imported

        processes = [worker.start(jobs[k::workers], directory) for k in range(workers)]
        lines = [worker.results(p) for p in processes]
        for number in range(len(jobs)):  # jobs are dealt in turn, so results are read in turn
            finished(number, [Path(p) for p in next(lines[number % workers])])
        for rest in lines:
            list(rest)
    return [p for paths in out for p in paths]


def write_history(directory: Path, several: Iterable[Department]) -> None:
    """`truth/events.json`: renames, merges and splits, each once."""
    events = {json.dumps(e, ensure_ascii=False, sort_keys=True) for d in several for e in d.events}
    folder = directory / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.json").write_text("[\n" + ",\n".join(sorted(events)) + "\n]\n", encoding="utf-8")
