"""`juesuan sample` and `juesuan first-run`: typeset corpora, and what `make run` does."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path

from pipelines.commands.errors import Fault
from pipelines.settings import Home
from pipelines.sources.archive import Archive, walk


def sample(
    folder: Path, units: int, years: str, seed: int, layouts: list[str], formats: list[str], errors: float, workers: int | None
) -> int:
    """Typeset a corpus into `folder`, its truth into `folder`/truth."""
    from pipelines.commands.progress import progress
    from pipelines.samples import cli_make

    span = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", years)
    if span is None:
        raise Fault(f"--years {years}: a year or a span like 2019-2023 is wanted", 2)
    first, last = int(span[1]), int(span[2] or span[1])
    started = time.monotonic()
    with progress() as shown:
        shown.step("typesetting")
        try:
            paths = cli_make(
                folder,
                units,
                (first, last),
                seed,
                _split(layouts) or None,
                _split(formats) or ("pdf",),
                errors,
                lambda done, total, name: shown.advance(name, done, total),
                workers,
            )
        except ValueError as error:
            raise Fault(str(error), 2) from error
    print(f"{folder}: {len(paths)} files in {time.monotonic() - started:.1f} s; their truth in {folder / 'truth'}")
    return 0


def _split(values: Iterable[str]) -> list[str]:
    """Options given repeatedly or with commas."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def first_run(home: Home, verbose: bool) -> int:
    """Build from raw/ where it holds reports, else typeset the sample into HOME/sample and build there. Exit code of the build."""
    from pipelines.commands import build

    holds_reports = (home.inbox.is_dir() and any(walk([home.inbox]))) or any(True for _ in Archive(home))
    target = home if holds_reports else Home(home.root / "sample")
    if not holds_reports:
        _typeset(target)
    code = build.run(target, [], None, [], False, True, False, verbose)
    if code == 0:
        print("\n".join(try_next(home, target)))
    return code


def _typeset(target: Home) -> None:
    from pipelines.commands.progress import progress
    from pipelines.samples import first_run as corpus

    done_mark = target.inbox / ".complete"  # an interrupted run is set again; the same seed gives the same bytes
    if done_mark.exists():
        return
    print(f"raw/ holds no reports yet: typesetting a sample into {_short(target.root)} (every page says that it is one)", flush=True)
    with progress() as shown:
        shown.step("typesetting the sample")
        corpus.make(target.inbox, lambda done, total, name: shown.advance(name, done, total))
    done_mark.touch()


def try_next(home: Home, target: Home) -> list[str]:
    """Three things to try, as commands to paste."""
    where = "" if target is home else f" --home {_short(target.root)}"
    return [
        "",
        "try next:",
        f'  .venv/bin/juesuan query{where} "SELECT unit_name, fiscal_year, kind, income_total_wanyuan, expenditure_total_wanyuan'
        ' FROM mart.department_year ORDER BY ALL"',
        f"  .venv/bin/juesuan audit{where}",
        f"  .venv/bin/juesuan build path/to/your/reports    # or put files into {_short(home.inbox)} and run it without a path",
    ]


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
