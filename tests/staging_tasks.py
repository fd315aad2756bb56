"""Tasks of reading workers for tests: stage without reading a document; misbehave by file name."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.documents.model import Refused
from pipelines.extraction.one import Staged
from pipelines.extraction.stage import part_rows, write_stage
from pipelines.reports.model import Identity, Report


def stage(path: Path, name: str, sha256: str, stage: str, version: str) -> Staged:
    """A part without figures for the year in the file; `crash` dies, `refuse` is refused. Counts its calls beside the stage."""
    with (Path(stage).parent / "calls").open("a") as calls:
        calls.write(f"{name}\n")
    text = path.read_text("utf-8")
    if text.startswith("crash"):
        os._exit(3)
    if text.startswith("refuse"):
        raise Refused("template", f"{name}: a blank form")
    year = int(text)
    report = Report(Identity(None, name, year, "final", "department"))
    write_stage(Path(stage), sha256, version, [part_rows(report, sha256=sha256, file_name=name)])
    return Staged(1, 0, (year,))
