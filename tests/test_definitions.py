"""The Dagster face: what is defined, what runs by itself. That it materialises is in test_build."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets import tables
from pipelines.assets.automation import QUIET_SECONDS, evaluate_inbox
from pipelines.assets.interrupts import Interrupts
from pipelines.definitions import defs
from pipelines.settings import REPOSITORY, Home
from pipelines.warehouse import models


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return defs.get_repository_def()


def test_definitions_load_and_every_model_is_an_asset(repository: dg.RepositoryDefinition) -> None:
    dg.Definitions.validate_loadable(defs)
    keys = set(repository.asset_graph.get_all_asset_keys())
    assert {tables.key(m.key) for m in models.load()} <= keys
    assert {dg.AssetKey(["raw", "archive"]), dg.AssetKey(["stage", "part"]), tables.RELEASE} <= keys


def test_the_graph_flows_from_raw_to_release(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    upstream = set()
    todo = [tables.RELEASE]
    while todo:
        for parent in graph.get(todo.pop()).parent_keys:
            if parent not in upstream:
                upstream.add(parent)
                todo.append(parent)
    marts = {tables.key(m.key) for m in models.load() if m.schema == "mart"}
    assert marts | {dg.AssetKey(["raw", "archive"]), dg.AssetKey(["stage", "part"]), dg.AssetKey(["core", "cell"])} <= upstream
    missing = {k for k in upstream if not graph.has(k)}
    assert missing == set()


def test_suites_are_blocking_checks(repository: dg.RepositoryDefinition) -> None:
    checks = [c for a in repository.assets_defs_by_key.values() for c in a.check_specs]
    assert {c.asset_key for c in checks} >= {tables.key("core.cell"), tables.key("core.dim_report")}
    assert {c.name for c in checks if not c.blocking} == {tables.MISSING}  # a report that has not come never stops a release


def test_schedule_and_sensor_run_by_default(repository: dg.RepositoryDefinition) -> None:
    (schedule,) = repository.schedule_defs
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    (sensor,) = repository.sensor_defs
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_dagster_yaml_is_valid_and_quiet(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text((REPOSITORY / "dagster.yaml").read_text("utf-8"), "utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled


def test_the_sensor_waits_until_files_stop_growing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert isinstance(evaluate_inbox(home, None), dg.SkipReason)
    home.inbox.mkdir(parents=True)
    file = home.inbox / "决算.pdf"
    file.write_bytes(b"%PDF-1.7 half")
    now = time.time()
    waiting = evaluate_inbox(home, None, now)
    assert isinstance(waiting, dg.SkipReason) and "still being written" in str(waiting.skip_message)
    asked = evaluate_inbox(home, None, now + QUIET_SECONDS + 1)
    assert isinstance(asked, dg.SensorResult) and len(asked.run_requests or []) == 1
    again = evaluate_inbox(home, asked.cursor, now + 100)
    assert isinstance(again, dg.SkipReason)
    file.write_bytes(b"%PDF-1.7 another file of the same name")
    os.utime(file, (now + 200, now + 200))
    once_more = evaluate_inbox(home, asked.cursor, now + 300)
    assert isinstance(once_more, dg.SensorResult)
    assert (once_more.run_requests or [])[0].run_key != (asked.run_requests or [])[0].run_key


def test_an_interrupt_that_a_library_swallows_is_seen_between_steps() -> None:
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, lambda *_: None)  # what Dagster does while it stores an event
    try:
        with interrupts.watching():
            interrupts.check()
            os.kill(os.getpid(), signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                interrupts.check()
            interrupts.check()
        os.kill(os.getpid(), signal.SIGINT)
        interrupts.check()
    finally:
        signal.signal(signal.SIGINT, before)
