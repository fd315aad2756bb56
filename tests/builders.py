"""Small hand-made documents for tests: grids and paragraphs from plain Python lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.documents.model import Document, Grid, GridCell, Locator, Paragraph, Run
from pipelines.reports.model import Outline, Section, SectionRole

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_reports = pytest.mark.skipif(not (SHARED / "reports").is_dir(), reason="the real reports (../shared/reports) are not on this machine")


def paragraph(text: str, line: int = 1) -> Paragraph:
    return Paragraph(text, [Run(0, len(text), Locator("text", line=line))])


def grid(rows: Sequence[Sequence[str | tuple[str, int, int] | None]], line: int = 1) -> Grid:
    """A grid from rows of texts. A tuple (text, row_span, column_span) spans; None stands where a span covers the place."""
    cells = []
    for r, row in enumerate(rows):
        for c, place in enumerate(row):
            if place is None:
                continue
            text, row_span, column_span = (place, 1, 1) if isinstance(place, str) else place
            cells.append(GridCell(r, c, text, Locator("text", line=line + r, row=r + 1, column=c + 1), row_span, column_span))
    return Grid(cells, len(rows), max(len(r) for r in rows), Locator("text", line=line))


def outline(role: SectionRole, *blocks: Paragraph | Grid, heading: str = "") -> Outline:
    return Outline([Section(role, heading, (), None, list(blocks))])


def document(*blocks: Paragraph | Grid, name: str = "hand-made") -> Document:
    return Document(sha256="0" * 64, name=name, kind="text", blocks=list(blocks))
