"""What `make run` does: build from raw/ where it holds reports, else typeset the sample into a home of its own and build there."""

from __future__ import annotations

from pathlib import Path

from pipelines.settings import Home
from pipelines.sources.archive import Archive, walk


def run(home: Home, verbose: bool) -> int:
    """Exit code of the build; ends with three things to try."""
    from pipelines import cli_build
    from pipelines.cli_progress import progress

    sample = not (home.inbox.is_dir() and any(walk([home.inbox]))) and not any(True for _ in Archive(home))
    target = Home(home.root / "sample") if sample else home
    if sample:
        print(f"raw/ holds no reports yet: typesetting the sample into {target.root} (marked 「依公开数据重新排版，非原件」)")
        if not (target.inbox.is_dir() and any(walk([target.inbox]))):
            from pipelines.samples import first_run

            with progress() as shown:
                shown.step("typesetting the sample")
                first_run.make(target.inbox, lambda done, total, name: shown.advance(name, done, total))
    code = cli_build.run(target, [], None, [], True, False, verbose)
    if code == 0:
        print("\n".join(try_next(home, target)))
    return code


def try_next(home: Home, target: Home) -> list[str]:
    """Three things to try, as commands to paste."""
    where = "" if target is home else f" --home {_short(target.root)}"
    return [
        "",
        "try next:",
        f'  .venv/bin/juesuan query{where} "select * from mart.department_year"',
        f"  .venv/bin/juesuan audit{where}",
        f"  .venv/bin/juesuan build path/to/your/reports      # or put them into {_short(home.inbox)} and run it without a path",
    ]


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
