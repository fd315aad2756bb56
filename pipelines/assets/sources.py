"""Assets raw files → staged parts: archive what is in the inbox, read what this reader has not read yet."""

import time
from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from pipelines.assets.work import archive_new, fetch_new, nothing_new, read_new
from pipelines.assets.workspace import Workspace, problem_line

RAW = dg.AssetKey(["raw", "archive"])
PARTS = dg.AssetKey(["stage", "part"])


@dg.asset(key=RAW, group_name="raw", kinds={"file"}, description="Archive of published files by hash 原始文件库 (raw/archive)")
def raw_archive(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult[None]:
    """Fetch what raw/sources.yml names, archive raw/inbox and the given paths; nothing is overwritten."""
    started = time.monotonic()
    with workspace.lock():
        fetch_new(workspace)
        archive_new(workspace)
    summary = workspace.summary
    return dg.MaterializeResult(
        metadata={
            "fetched": summary.fetched,
            "new_files": summary.added,
            "files": summary.archived,
            "seconds": round(time.monotonic() - started, 2),
        }
    )


class Again(dg.Config):
    """What a run reads and audits again though it is known: for a backfill from the launchpad of the UI."""

    years: list[int] = Field([], description="Fiscal years to read and audit again (as juesuan build --year)")
    everything: bool = Field(False, description="Read and audit everything again (as juesuan build --everything)")


@dg.asset(
    key=PARTS,
    deps=[RAW],
    group_name="stage",
    kinds={"parquet"},
    output_required=False,  # not made when nothing is new, and then all that follows is skipped
    description="Parts of reports as read, one Parquet a file 暂存 (warehouse/stage)",
)
def staged_parts(
    context: dg.AssetExecutionContext, config: Again, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None]]:
    """Read what is new in the pool of workers; refused files are recorded with their reason and stop nobody."""
    started = time.monotonic()
    workspace.years |= set(config.years)
    workspace.everything |= config.everything
    with workspace.lock():
        read_new(workspace)
        if not workspace.summary.archived or nothing_new(workspace):
            workspace.summary.nothing_new = True
            context.log.info("nothing new: the published release is already of these files, code and data")
            return
    summary = workspace.summary
    for problem in summary.problems:
        context.log.warning(problem_line(problem))
    yield dg.MaterializeResult(
        metadata={
            "files_read": summary.read,
            "files_known": summary.known,
            "files_refused": len(summary.problems),
            "cells_read": summary.cells_read,
            "seconds": round(time.monotonic() - started, 2),
        }
    )
