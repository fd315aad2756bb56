"""Typeset sample reports with a known truth: real figures kept as data, and invented regions from a model of accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path


def cli_make(
    directory: Path,
    units: int,
    years: tuple[int, int],
    seed: int = 1,
    layouts: Iterable[str] | None = None,
    formats: Iterable[str] = ("pdf",),
    errors: float = 0.0,
    progress: Callable[[int, int, str], None] | None = None,
    workers: int | None = None,
) -> list[Path]:
    """`juesuan sample`: a corpus of `units` departments over `years` in `directory`, truth in `directory/truth`.

    `layouts` and `formats` are taken by turns (default: all layouts, pdf); `errors` is the share of reports with a planted
    error. Calls `progress(done, all, name)` after each report. ValueError, one line, for an unknown layout or format or an
    empty span.
    """
    from pipelines.samples import corpus  # the typesetter is loaded only when it is used

    jobs = corpus.plan(units, years, seed, layouts, formats, errors)
    paths = corpus.run(jobs, directory, progress, workers)
    corpus.write_history(directory, corpus.departments(seed, units, years, corpus.chosen_layouts(layouts)))
    return paths


__all__ = ["cli_make"]
