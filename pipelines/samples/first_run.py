"""The sample of a fresh machine: real figures and an invented region, typeset as PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.samples import figures, layout, typeset_pdf
from pipelines.samples.compose import compose

Progress = Callable[[int, int, str], None]

REAL_LAYOUTS = {"jiyuan-2023": "final-national-2022", "putuo-czj-2024": "final-shanghai"}


def make(directory: Path, progress: Progress | None = None) -> list[Path]:
    """Typeset the sample into `directory`; `progress(done, all, name)` is called after each file. Returns the PDFs."""
    directory.mkdir(parents=True, exist_ok=True)
    out: list[Path] = []
    for name in figures.names():
        content = figures.load(name)
        form = layout.load(REAL_LAYOUTS[name]).model_copy(update={"zero": "as_is"})
        composed = compose(content, form)
        for sheet in composed.sheets:
            path = directory / f"{content.department}{content.year}年度部门决算（依公开数据重新排版）.pdf"
            path.write_bytes(typeset_pdf.write(sheet, form))
            out.append(path)
            if progress:
                progress(len(out), len(figures.names()), path.name)
    return out
