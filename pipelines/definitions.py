"""The Dagster face: collects assets, checks, job, schedule and sensor; nothing else."""

from __future__ import annotations

import dagster as dg

from pipelines.assets.automation import everything, inbox, nightly
from pipelines.assets.release import warehouse
from pipelines.assets.sources import raw_archive, staged_parts
from pipelines.assets.workspace import Workspace

defs = dg.Definitions(
    assets=[raw_archive, staged_parts, warehouse],
    jobs=[everything],
    schedules=[nightly],
    sensors=[inbox],
    resources={"workspace": Workspace()},
    executor=dg.in_process_executor,
)
