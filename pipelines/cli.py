"""The command line `juesuan` (CONTRACT §2): declares the commands; each calls the room that does the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pipelines import __version__
from pipelines.commands.errors import Fault, fail
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


Format = Literal["table", "csv", "json", "parquet"]
ExportFormat = Literal["parquet", "csv", "xlsx"]
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
    from pipelines.commands.extract import extract_json

    raise typer.Exit(extract_json(files, out, home, State.verbose))


@app.command()
def build(
    paths: Annotated[list[Path] | None, typer.Argument(help="Report files or folders, besides raw/inbox.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Reading processes (default: one a core).")] = None,
    year: Annotated[
        list[int] | None, typer.Option("--year", help="Read and audit the reports of this fiscal year again (repeatable).")
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Read and audit everything again.")] = False,
    publish: Annotated[bool, typer.Option("--publish/--no-publish", help="Swap the release in when it passed its audit.")] = True,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Archive, read what is new, assemble, build, audit, publish."""
    from pipelines.commands.build import run

    raise typer.Exit(run(Home.find(home), paths or [], workers, year or [], everything, publish, as_json, State.verbose))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT (or - to read it from stdin).", show_default=False)],
    form: Annotated[Format | None, typer.Option("--format", help="Default: by the name of --out, else a table.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write here instead of stdout.")] = None,
    home: HomeOption = None,
) -> None:
    """One read-only SELECT on the published release."""
    from pipelines.commands.query import run

    raise typer.Exit(run(Home.find(home), sql, form, out))


@app.command()
def audit(
    report_id: Annotated[str | None, typer.Argument(help="Only this report.", show_default=False)] = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write here: .xlsx, .html (with the pages of the suspect cells) or .json.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Findings with evidence, page and suspect cell; exit 3 when errors were found."""
    from pipelines.commands.audit import run

    raise typer.Exit(run(Home.find(home), report_id, as_json, out))


@app.command()
def trace(
    cell_id: Annotated[str, typer.Argument(help="As in core.cell.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="PNG of the page with the cell boxed.")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Where a number is printed: the place in words, or the page with the cell boxed."""
    from pipelines.commands.trace import trace as run

    raise typer.Exit(run(Home.find(home), cell_id, out, as_json))


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="PDF files or folders.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Read again by the second reader and compare cell by cell; exit 3 when they differ."""
    from pipelines.commands.trace import verify as run

    raise typer.Exit(run(files, as_json))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.", show_default=False)],
    form: Annotated[ExportFormat, typer.Option("--format", help="parquet, csv or xlsx.")] = "parquet",
    home: HomeOption = None,
) -> None:
    """Every table of the release as files, with a Frictionless datapackage.json."""
    from pipelines.warehouse.export import export as write

    files = write(Home.find(home), folder, form, lambda table, rows: print(f"{table}: {rows} rows", file=sys.stderr))
    print(f"{folder}: {len(files)} files")


@app.command()
def status(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Expected, received, admitted, quarantined and missing reports; refused files; the release."""
    from pipelines.commands.home import status as run

    raise typer.Exit(run(Home.find(home), as_json))


@app.command()
def sync(home: HomeOption = None) -> None:
    """Fetch what raw/sources.yml names into the archive."""
    from pipelines.commands.home import sync as run

    raise typer.Exit(run(Home.find(home)))


@app.command()
def clean(
    keep: Annotated[int | None, typer.Option("--keep", min=1, help="Releases to keep (default: keep_releases).")] = None,
    home: HomeOption = None,
) -> None:
    """Remove old releases, stale stage and old run history."""
    from pipelines.commands.home import clean as run

    raise typer.Exit(run(Home.find(home), keep))


@app.command()
def dev(port: Annotated[int, typer.Option("--port", help="On 127.0.0.1.")] = 3000, home: HomeOption = None) -> None:
    """Dagster's UI, schedule and sensor on this home."""
    from pipelines.commands.home import dev as run

    raise typer.Exit(run(Home.find(home), port))


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.", show_default=False)],
    units: Annotated[int, typer.Option("--units", min=1, help="Departments.")] = 6,
    years: Annotated[str, typer.Option("--years", help="A year or a span.")] = "2019-2023",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")] = 1,
    layouts: Annotated[list[str] | None, typer.Option("--layouts", help="Taken by turns (default: all).")] = None,
    formats: Annotated[list[str] | None, typer.Option("--formats", help="pdf, docx, xlsx, html, text, scan (default: pdf).")] = None,
    errors: Annotated[float, typer.Option("--errors", min=0, max=1, help="Share of reports with a planted error.")] = 0.0,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Typesetting processes.")] = None,
) -> None:
    """Typeset a sample corpus with a known truth."""
    from pipelines.commands.sample import sample as run

    raise typer.Exit(run(folder, units, years, seed, layouts or [], formats or [], errors, workers))


@app.command("first-run", hidden=True)
def first_run(home: HomeOption = None) -> None:
    """What `make run` does: build from raw/, or from a typeset sample where raw/ holds no report."""
    from pipelines.commands.sample import first_run as run

    raise typer.Exit(run(Home.find(home), State.verbose))


def main(arguments: list[str] | None = None) -> None:
    """Entry point: runs a command; every failure ends as one line on stderr and an exit code, never a traceback."""
    given: list[Any] = list(sys.argv[1:] if arguments is None else arguments)
    State.verbose = "--verbose" in given  # --verbose is understood before and after the command
    given = [a for a in given if a != "--verbose"]
    try:
        code = app(given, standalone_mode=False, prog_name="juesuan")
        if code == 130:  # typer's answer to Ctrl-C
            code = fail(KeyboardInterrupt(), State.verbose)
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
