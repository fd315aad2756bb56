"""A home whose archive holds the gold files as if they were reports, already staged: builds run without reading a document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.extraction.stage import part_rows, write_stage
from pipelines.extraction.store import FileOutcome, Store
from pipelines.extraction.version import reader_version
from pipelines.reports.serialize import from_json
from pipelines.settings import Home
from pipelines.sources.archive import Archive

GOLD = Path(__file__).parents[1].parent / "shared" / "gold"
REPORTS = Path(__file__).parents[1].parent / "shared" / "reports"

needs_gold = pytest.mark.skipif(not GOLD.exists(), reason="the labelled reports (../shared/gold) are not here")


def stage_gold(home: Home, names: list[str] | None = None) -> list[str]:
    """Archive and stage gold files (all, or those whose name begins so); returns their hashes."""
    archive = Archive(home)
    store = Store(home, reader_version())
    staged = []
    for path in sorted(GOLD.glob("*.json")):
        if names is not None and not path.name.startswith(tuple(names)):
            continue
        record, _ = archive.add(path)
        row = part_rows(
            from_json(json.loads(path.read_text("utf-8"))),
            sha256=record.sha256,
            file_name=path.name,
            document_kind="pdf",
            reader=reader_version(),
        )
        write_stage(home.stage, record.sha256, reader_version(), [row])
        store.record([FileOutcome(record.sha256, "ok", n_parts=1, n_cells=len(row["cells"]), fiscal_years=(row["fiscal_year"],))])
        staged.append(record.sha256)
    return staged
