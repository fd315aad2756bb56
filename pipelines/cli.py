"""The command line `juesuan` (CONTRACT §2): declares the commands; each calls the room that does the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import __version__
from pipelines.cli_errors import Fault, fail
from pipelines.settings import Home

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Published Chinese government accounts (决算, 预算) into an audited DuckDB warehouse.",
)


class State:
    """Options that every command shares."""

    home: Path | None = None
    verbose: bool = False


HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Home of raw/ and warehouse/ (default $JUESUAN_HOME, else the repository).")
]


JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"juesuan {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    State.verbose = State.verbose or verbose


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="Report files or folders.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for one <report_id>.json each (default: stdout).")] = None,
    home: HomeOption = None,
) -> None:
    """Report JSON without a warehouse; files that belong together become one report."""
    from pipelines.cli_extract import extract_json

    raise typer.Exit(extract_json(files, out, home))


@app.command()
def build(
    paths: Annotated[list[Path] | None, typer.Argument(help="Report files or folders, besides raw/inbox.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Reading processes (default: one a core).")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="Read the reports of this fiscal year again (repeatable).")] = None,
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="Swap the release in when it passed its audit.")] = True,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Archive, read what is new, assemble, build, audit, publish."""
    from pipelines.cli_build import run

    raise typer.Exit(run(Home.find(home), paths or [], workers, year or [], publish, as_json, State.verbose))


def main(arguments: list[str] | None = None) -> None:
    """Entry point: runs a command; every failure ends as one line on stderr and an exit code, never a traceback."""
    given: list[Any] = list(sys.argv[1:] if arguments is None else arguments)
    State.verbose = "--verbose" in given  # --verbose is understood before and after the command
    given = [a for a in given if a != "--verbose"]
    try:
        code = app(given, standalone_mode=False, prog_name="juesuan")
    except typer.Abort:
        code = fail(KeyboardInterrupt(), State.verbose)
    except BrokenPipeError:
        sys.stderr.close()  # `juesuan query … | head`: the reader went away, that is no error
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException as error:
        if type(error).__name__ in ("UsageError", "BadParameter", "MissingParameter", "NoSuchOption", "BadArgumentUsage", "NoSuchCommand"):
            code = fail(Fault(f"{error.format_message()} (see juesuan --help)", 2), State.verbose)  # type: ignore[attr-defined]
        else:
            code = fail(error, State.verbose)
    sys.exit(code if isinstance(code, int) else 0)
