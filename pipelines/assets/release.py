"""Assets reports → core → quality → marts → release: one op, since one database file has one writer and a release is built whole.

Every table is an asset of its own in the UI, with row count, column schema and column lineage, and every suite an asset check of
its table. A failing suite stops the op before anything downstream of it is built; the published release stays.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.assets import tables, work
from pipelines.assets.workspace import Workspace
from pipelines.extraction.second import Suspect, read_again
from pipelines.extraction.version import reader_version
from pipelines.warehouse import coverage
from pipelines.warehouse.build import Build, BuildError

Events = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


@dg.multi_asset(name="warehouse", specs=tables.specs(), check_specs=tables.check_specs(), can_subset=False)
def warehouse(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> Events:
    """Build, audit and publish one release. Skipped by its upstream when nothing is new; asked for alone, it builds again."""
    with workspace.lock():
        build = Build.prepare(workspace.home, reader_version(), workspace.progress.note)
        build.years, build.everything = workspace.years, workspace.everything
        workspace.abandon = build.abandon
        try:
            yield from _steps(workspace, build)
        except BaseException as error:
            build.abandon()
            if isinstance(error, Exception):
                workspace.fault = error
                for undelivered in work.tell(workspace, error):
                    context.log.warning(undelivered)
            raise


def _steps(workspace: Workspace, build: Build) -> Events:
    progress, summary = workspace.progress, workspace.summary
    clock = _Clock(summary.stages, workspace.interrupts.check)
    build.open()

    progress.step("assembling reports")
    made = build.reports()
    clock.lap("assemble")
    yield from tables.results(build, made)

    progress.step("core tables")
    made = build.models(["core"], lambda t, n, all_: progress.advance(t.key, n, all_))
    clock.lap("core")
    yield from tables.results(build, made)
    yield from _suites(workspace, build, ("core",))
    clock.lap("core suites")

    progress.step("audit")
    made = build.audit()
    clock.lap("audit")
    progress.step("second reading")
    asked = [Suspect(*s) for s in build.suspects()]
    again = read_again(asked, workspace.home, workspace.workers, lambda done, total: progress.advance("files", done, total))
    build.second_readings([(s.cell_id, s.verdict, s.text) for s in again if s.verdict is not None])
    summary.second = dict(Counter(s.verdict for s in again if s.verdict is not None))
    clock.lap("second reading")
    yield from tables.results(build, made)

    progress.step("marts")
    made = build.models(["quality", "mart"], lambda t, n, all_: progress.advance(t.key, n, all_))
    clock.lap("marts")
    yield from tables.results(build, made)
    yield tables.missing_result(build.missing())
    yield from _suites(workspace, build, ("quality", "mart"))
    clock.lap("mart suites")

    progress.step("sealing")
    yield from tables.results(build, build.meta())
    build.summarise(summary)
    sealed = build.seal()
    summary.release_id, summary.database = sealed.release_id, str(sealed.database)
    if workspace.publish:
        build.publish(sealed)
        summary.published = True
    clock.lap("publish", last=True)
    yield dg.MaterializeResult(asset_key=tables.RELEASE, metadata={"release_id": sealed.release_id, "published": workspace.publish})


def _suites(workspace: Workspace, build: Build, layers: Sequence[str]) -> Events:
    workspace.progress.step(f"suites of {' and '.join(layers)}")
    results: Sequence[Any] = build.run_suites(layers)
    failed = [r for r in results if not r.success and r.severity == "error"]
    yield from tables.check_results(results, layers)
    if failed:
        missing = build.gone() if any(r.expectation == coverage.GUARD for r in failed) else []
        workspace.summary.failures = [
            f"{r.table_name}: {r.expectation}: {r.message}" + (coverage.advice(missing) if r.expectation == coverage.GUARD else "")
            for r in failed
        ]
        first = workspace.summary.failures[0]
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise BuildError(f"not published: tables fail their suites: {first}{more}")


class _Clock:
    """Times the steps, and between them looks for Ctrl-C."""

    def __init__(self, stages: dict[str, float], check: Callable[[], None]):
        self.stages = stages
        self.check = check
        self.last = time.monotonic()

    def lap(self, name: str, last: bool = False) -> None:
        now = time.monotonic()
        self.stages[name] = round(now - self.last, 2)
        self.last = now
        if not last:  # published is published
            self.check()
