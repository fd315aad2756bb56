"""`juesuan extract`: files to report JSON (CONTRACT §3) without a warehouse."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from pipelines.commands.errors import Fault, one_line
from pipelines.reports.model import Report
from pipelines.reports.serialize import to_json
from pipelines.settings import Home
from pipelines.sources.archive import walk


def extract_json(files: list[Path], out: Path | None, home: Path | None, verbose: bool = False) -> int:
    """Prints or writes the JSON; returns 0, or 1 if any file could not be read (each said in one line on stderr)."""
    missing = [f for f in files if not f.exists()]
    if missing:
        raise Fault(f"{missing[0]}: no such file or folder", 2)
    from pipelines.entities.report_ids import name_reports
    from pipelines.extraction.run import default_workers
    from pipelines.extraction.worker import Job, Pool
    from pipelines.reports import assemble

    paths = [path.resolve() for path in walk(files)]  # the workers stand in another folder
    if not paths:
        raise Fault(f"{files[0]}: holds no files")
    read: dict[Path, list[Report]] = {}
    failed = 0
    with Pool(min(default_workers(), len(paths)), Home.find(home).limits, "pipelines.extraction.one:read_reports") as pool:
        for job, result in pool.map([Job(path, path.name) for path in paths]):
            if result.state == "ok":
                read[job.path] = result.parts
                continue
            failed += 1
            reason, message = result.refused or ("corrupt", "the reader gave no reason")
            print(one_line(f"juesuan: {job.path}: {result.state} ({reason}): {message.removeprefix(f'{job.name}: ')}"), file=sys.stderr)
            if result.traceback and verbose:
                print(result.traceback, file=sys.stderr)
    parts = [report for path in paths for report in read.get(path, [])]  # in the order given, whichever was read first
    whole = assemble(parts) if parts else []
    name_reports(whole, Home.find(home).seeds)
    reports = [to_json(r) for r in whole]
    if out is not None:
        write_reports(reports, out)
    elif reports:
        data = reports[0] if len(reports) == 1 else reports
        sys.stdout.buffer.write(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.buffer.flush()
    return 1 if failed else 0


def write_reports(reports: list[dict[str, object]], out: Path) -> None:
    """One `<report_id>.json` each; a report without an id is named by its first file's hash, so none overwrites another."""
    out.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for report in reports:
        head: dict[str, str] = report["report"]  # type: ignore[assignment]
        files: list[dict[str, str]] = report["files"]  # type: ignore[assignment]
        stem = head.get("report_id") or (files[0]["sha256"][:12] if files else "report")
        name, n = stem, 1
        while name in taken:
            n += 1
            name = f"{stem}-{n}"
        taken.add(name)
        (out / f"{name}.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        print(out / f"{name}.json")
