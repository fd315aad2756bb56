"""The second reading (复读): suspect cells of PDFs read again by the reader that shares no code with the first, and remembered.

Asked for by the list of broken identities. Says whether the publisher printed the number so (`printed_so`) or we misread it
(`misread`); where the second reader sees no number at the place, nothing is said.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import orjson

from pipelines.extraction.run import default_workers
from pipelines.extraction.version import reader_version
from pipelines.extraction.worker import Job, Pool
from pipelines.reports.amounts import fold, parse_number
from pipelines.settings import Home
from pipelines.sources.archive import Archive

Verdict = Literal["printed_so", "misread"]
TASK = "pipelines.extraction.second:read_places"
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Suspect:
    """A cell to read again. `whole` is True for a table cell, False for a number inside a printed line of running text."""

    cell_id: str
    sha256: str
    page: int
    box: tuple[float, float, float, float]
    printed: str
    whole: bool


@dataclass(frozen=True)
class Second:
    """What the second reader says: its text at the place, and what follows from it."""

    cell_id: str
    text: str
    verdict: Verdict | None


def read_places(path: Path, name: str, places: list[tuple[int, tuple[float, float, float, float]]]) -> list[str | None]:
    """The task of a worker: the text the second reader sees in each box; None where it fails."""
    from pipelines.documents.verify import second_reading

    data = path.read_bytes()
    out: list[str | None] = []
    for page, box in places:
        try:
            out.append(second_reading(data, page, box))
        except Exception:  # pdfminer fails in many ways on damaged pages; no second opinion is no verdict
            out.append(None)
    return out


def compare(first: str, second: str | None, whole: bool) -> Verdict | None:
    """`first` as printed by the first reader against the second reader's text."""
    if not second or not any(c.isdigit() for c in second):
        return None
    if whole:
        one, two = parse_number(first), parse_number(second)
        if two is None:
            return None
        return "printed_so" if one == two else "misread"
    wanted = Decimal(m[0].replace(",", "")) if (m := _NUMBERS.search(fold(first))) else None
    seen = {Decimal(n.replace(",", "").rstrip(".")) for n in _NUMBERS.findall(fold(second))}
    # a line of running text holds several numbers: only finding ours among them says something
    return "printed_so" if wanted in seen else None


def read_again(
    suspects: Sequence[Suspect], home: Home, workers: int | None = None, on_file: Callable[[int, int], None] | None = None
) -> list[Second]:
    """Second readings of all suspects; what was asked before of this reader version is not read again."""
    memory = home.stage / "second" / f"{reader_version()}.jsonl"
    known = _known(memory)
    todo: dict[str, list[Suspect]] = defaultdict(list)
    for s in suspects:
        if s.cell_id not in known:
            todo[s.sha256].append(s)
    archive = Archive(home)
    jobs = []
    for sha, cells in sorted(todo.items()):
        record = archive.get(sha)
        if record is not None and record.media_type == "application/pdf":
            jobs.append(Job(record.path, sha, {"places": [(s.page, s.box) for s in cells]}))
    if jobs:
        memory.parent.mkdir(parents=True, exist_ok=True)
        with Pool(min(workers or default_workers(), len(jobs)), home.limits, TASK) as pool, memory.open("ab") as log:
            for done, (job, result) in enumerate(pool.map(jobs), 1):
                texts = result.parts if result.state == "ok" else [None] * len(todo[job.name])
                for s, text in zip(todo[job.name], texts, strict=True):
                    known[s.cell_id] = text
                    log.write(orjson.dumps([s.cell_id, text]) + b"\n")
                if on_file:
                    on_file(done, len(jobs))
    return [Second(s.cell_id, known.get(s.cell_id) or "", compare(s.printed, known.get(s.cell_id), s.whole)) for s in suspects]


def _known(memory: Path) -> dict[str, str | None]:
    out: dict[str, str | None] = {}
    if memory.exists():
        for line in memory.read_bytes().splitlines():
            with contextlib.suppress(orjson.JSONDecodeError, ValueError):  # a line cut by a kill: read again
                cell_id, text = orjson.loads(line)
                out[cell_id] = text
    return out
