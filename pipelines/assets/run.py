"""Materialise the assets in this process: what `juesuan build` does once there is something to do."""

from __future__ import annotations

import logging
import shutil
from typing import Any

from pipelines.assets.workspace import Workspace
from pipelines.settings import PACKAGE, REPOSITORY, Home


def dagster_home(home: Home) -> str:
    """The DAGSTER_HOME of a home, with its dagster.yaml in place."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    source = next((p for p in (PACKAGE / "_data" / "dagster.yaml", REPOSITORY / "dagster.yaml") if p.exists()), None)
    target = home.dagster / "dagster.yaml"
    if source is not None and (not target.exists() or target.read_bytes() != source.read_bytes()):
        shutil.copyfile(source, target)
    elif not target.exists():
        target.write_text("telemetry:\n  enabled: false\nnux:\n  enabled: false\n", "utf-8")
    return str(home.dagster)


def materialise(workspace: Workspace, verbose: bool = False) -> bool:
    """Run the job `build` against the instance of the home; True when it succeeded, else `workspace.fault` says why."""
    import dagster as dg

    from pipelines.definitions import defs

    workspace.interrupts.check()  # an import may have swallowed it

    logging.getLogger("alembic").setLevel(logging.WARNING)  # the first run creates the run store and would chat about it
    if not verbose:
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # Ctrl-C while a connection of the run store closes
    level = "DEBUG" if verbose else "CRITICAL"
    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": level}}}}
    with dg.DagsterInstance.from_config(dagster_home(workspace.home)) as instance, workspace.interrupts.watching():
        result = defs.resolve_job_def("build").execute_in_process(
            run_config=config, instance=instance, resources={"workspace": workspace}, raise_on_error=False
        )
        if not result.success:
            workspace.abandon()  # an interrupt may leave the op suspended: it would clean up only when collected
        if not workspace.summary.published:
            workspace.interrupts.check()
    if not result.success and workspace.fault is None:
        failures = [e.event_specific_data for e in result.all_events if e.is_step_failure]
        text = "; ".join(str(getattr(getattr(f, "error", None), "message", f)).strip() for f in failures)
        interrupted = "KeyboardInterrupt" in text or "DagsterExecutionInterruptedError" in text
        workspace.fault = KeyboardInterrupt() if interrupted else RuntimeError(text or "the run failed")
    return bool(result.success)
