"""When the assets run by themselves: the job for everything, the nightly schedule, the sensor on raw/inbox. Both run by default."""

from __future__ import annotations

import hashlib
import time

import dagster as dg
import orjson

from pipelines.settings import Home
from pipelines.sources.archive import walk

QUIET_SECONDS = 10
"""A file of the inbox counts as whole when neither size nor time has changed for so long."""

everything = dg.define_asset_job(
    "build",
    selection=dg.AssetSelection.all(),
    description="Archive, read, build, audit and publish everything (the same as `juesuan build`)",
    executor_def=dg.in_process_executor,
    tags={"juesuan/build": "true"},
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=everything,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 Asia/Shanghai; with nothing new it ends within seconds and publishes nothing",
)


@dg.sensor(
    name="inbox",
    job=everything,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Builds when files in raw/inbox have stopped growing",
)
def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """One run for all new files of the inbox, once none of them is still being written."""
    return evaluate_inbox(Home.find(), context.cursor)


def evaluate_inbox(home: Home, cursor: str | None, now: float | None = None) -> dg.SensorResult | dg.SkipReason:
    """The sensor's decision. The cursor holds size and mtime of every file already asked for."""
    now = time.time() if now is None else now
    asked: dict[str, list[int]] = orjson.loads(cursor) if cursor else {}
    seen: dict[str, list[int]] = {}
    fresh = False
    if home.inbox.is_dir():
        for path in walk([home.inbox]):
            try:
                stat = path.stat()
            except FileNotFoundError:  # moved away since the listing
                continue
            mark = [stat.st_size, stat.st_mtime_ns]
            name = path.relative_to(home.inbox).as_posix()
            seen[name] = mark
            if asked.get(name) == mark:
                continue
            if now - stat.st_mtime < QUIET_SECONDS:
                return dg.SkipReason(f"{name} is still being written")
            fresh = True
    if not fresh:
        return dg.SkipReason("nothing new in raw/inbox")
    key = hashlib.sha256(orjson.dumps(seen, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=orjson.dumps(seen).decode())
