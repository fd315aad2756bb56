"""Read one file into report parts: documents → understand. What a reading worker runs, and what `juesuan extract` runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.documents.model import Document, Refused
from pipelines.reports.model import FilePart, Report


@dataclass(slots=True)
class ReadPart:
    """A report part and the document it was understood from."""

    report: Report
    document: Document


def read_parts(path: Path, name: str | None = None) -> list[ReadPart]:
    """The report parts in one file, in printed order. A .zip may hold several documents, a document several reports.

    Raises `Refused` when nothing in the file is a report. A member of a container that is refused while another one is read
    leaves a finding `reading.refused_member` on the first part: it is said, and stops nothing.
    """
    from pipelines import documents, reports

    found: list[ReadPart] = []
    refused: list[Refused] = []
    for document in documents.read_path(path, name) if name else documents.read_path(path):
        try:
            found.extend(ReadPart(r, document) for r in reports.understand(document))
        except Refused as error:
            refused.append(error)
    if not found:
        raise refused[0] if refused else Refused("not_a_report", f"{name or path.name}: holds no report")
    if refused:
        from pipelines.reports.model import ReadingFinding

        found[0].report.findings.extend(ReadingFinding("reading.refused_member", "warning", str(e)) for e in refused)
    for part in found:
        if not part.report.files:
            part.report.files = [FilePart(part.document.sha256, part.document.name, "all")]
    return found


def read_reports(path: Path, name: str) -> list[Report]:
    """The report parts alone: the task of a worker of `juesuan extract` (documents are too large to hand over)."""
    return [part.report for part in read_parts(path, name)]


def staged_rows(path: Path, sha256: str, name: str, version: str) -> list[dict[str, Any]]:
    """The rows of `schema.PART` for one archived file; `file_sha256` is that of the archived bytes (of the .zip, if it is one)."""
    from pipelines.extraction.stage import part_rows

    return [
        part_rows(
            part.report,
            sha256=sha256,
            part_no=number,
            file_name=name,
            document_kind=part.document.kind,
            n_pages=len(part.document.pages) or None,
            reader=version,
        )
        for number, part in enumerate(read_parts(path, name), 1)
    ]


@dataclass(slots=True)
class Staged:
    """What a worker says of a file it staged: small, since the parts themselves lie in the staged Parquet."""

    n_parts: int
    n_cells: int
    fiscal_years: tuple[int, ...]


def stage_file(path: Path, name: str, sha256: str, stage: str, version: str) -> Staged:
    """Read one archived file and write its staged Parquet; the task of a build's reading worker."""
    from pipelines.extraction.stage import write_stage

    rows = staged_rows(path, sha256, name, version)
    write_stage(Path(stage), sha256, version, rows)
    years = sorted({r["fiscal_year"] for r in rows if r["fiscal_year"] is not None})
    return Staged(len(rows), sum(len(r["cells"]) for r in rows), tuple(years))
