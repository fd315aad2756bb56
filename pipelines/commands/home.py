"""`juesuan status`, `clean`, `sync`, `dev`: the state of a home and its upkeep."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.assets.workspace import problem_line
from pipelines.commands.errors import Fault, one_line
from pipelines.settings import Home


def status(home: Home, as_json: bool) -> int:
    """Release, files and problems, reports by unit × year × kind × scope with their verdicts, and what is missing."""
    from pipelines.commands.query import print_json, show
    from pipelines.extraction.store import Store
    from pipelines.extraction.version import reader_version
    from pipelines.sources.archive import Archive
    from pipelines.warehouse import reader, release

    now = release.current(home)
    files = list(Archive(home))
    store = Store(home, reader_version())
    outcomes = store.outcomes()
    waiting = store.missing((f.sha256 for f in files), outcomes)
    problems = [(f.name, o.state, o.reason, o.message) for f in files if (o := outcomes.get(f.sha256)) and o.state != "ok"]
    facts: dict[str, Any] = {
        "home": str(home.root),
        "release": now.release_id if now else None,
        "built_at": now.info.get("built_at") if now else None,
        "files": len(files),
        "waiting_to_be_read": len(waiting),
        "problems": [dict(zip(("name", "state", "reason", "message"), p, strict=True)) for p in problems],
    }
    answer = reader.query(home, _REPORTS) if now else None
    missing = reader.query(home, _MISSING) if now else None
    facts["missing"] = [dict(zip(missing.columns, row, strict=True)) for row in missing.rows] if missing else []
    if as_json:
        facts["reports"] = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows] if answer else []
        print_json(facts)
        return 0
    print(f"home      {home.root}")
    print(f"release   {now.release_id + ', built ' + str(now.info.get('built_at')) if now else 'none yet: run juesuan build'}")
    print(f"files     {len(files)} archived, {len(waiting)} waiting to be read, {len(problems)} refused")
    for problem in facts["problems"]:
        print(one_line(f"refused   {problem_line(problem)}"))
    if answer:
        show(answer.columns, answer.rows)
    today = datetime.now(ZoneInfo(home.limits.timezone)).date()
    for m in facts["missing"]:
        due = m["due_on"]
        late = "" if due is None else f", was due {due}" if due < today else f", due {due}"
        print(one_line(f"missing   {m['unit']} {m['fiscal_year']} {m['kind']} {m['scope']} ({_WHY[m['why']]}{late})"))
    return 0


_MISSING = """
SELECT unit_name AS unit, fiscal_year, kind, scope, why, due_on FROM quality.expected WHERE is_missing
ORDER BY unit, fiscal_year, kind, scope
"""
_WHY = {
    "register": "in the register",
    "gap": "the years before and after are there",
    "last_year": "it published the year before, and its region has begun this year",
}


_REPORTS = """
SELECT r.unit_id, u.name AS unit, r.fiscal_year, r.kind, r.scope, r.revision, r.verdict, r.published_on, r.report_id
FROM core.dim_report r LEFT JOIN core.dim_unit u USING (unit_key)
WHERE r.is_current ORDER BY unit, r.fiscal_year, r.kind, r.scope
"""


def clean(home: Home, keep: int | None) -> int:
    """Old releases, what other readers staged, half-built folders, run history beyond ninety days."""
    from pipelines.extraction.store import Store
    from pipelines.extraction.version import reader_version
    from pipelines.warehouse import release
    from pipelines.warehouse.lock import build_lock

    with build_lock(home.warehouse, 60, lambda text: print(one_line(text), file=sys.stderr)):
        removed = release.clean(home, keep or home.limits.keep_releases)
        freed = Store(home, reader_version()).clean() if home.stage.exists() else 0
        runs = _old_runs(home)
    print(f"removed {len(removed)} releases, {freed / 1e6:.1f} MB of stage, {runs} old runs")
    return 0


def _old_runs(home: Home, days: int = 90) -> int:
    """Delete runs of the Dagster history that ended more than `days` ago."""
    if not (home.dagster / "history").exists():
        return 0
    from datetime import UTC, datetime, timedelta

    import dagster as dg

    from pipelines.assets.run import dagster_home

    with dg.DagsterInstance.from_config(dagster_home(home)) as instance:
        before = datetime.now(UTC) - timedelta(days=days)
        records = instance.get_run_records(filters=dg.RunsFilter(updated_before=before))
        for record in records:
            instance.delete_run(record.dagster_run.run_id)
    return len(records)


def sync(home: Home) -> int:
    """Fetch what raw/sources.yml names into the archive; 1 if a source failed."""
    from pipelines.sources.sync import sync as fetch

    if not home.sources_file.exists():
        raise Fault(f"{home.sources_file}: not there; describe the sources in it first (docs/operations.md)")
    counts: dict[str, int] = {}

    def heard(record: Any) -> None:
        counts[record.outcome] = counts.get(record.outcome, 0) + 1
        if record.failed:
            print(one_line(f"juesuan: {record.source}: {record.url}: {record.outcome}: {record.message or ''}"), file=sys.stderr)
        else:
            print(one_line(f"{record.outcome:13} {record.url}"), file=sys.stderr)

    records = fetch(home, heard)
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "no sources")
    return 1 if any(r.failed for r in records) else 0


def dev(home: Home, port: int) -> int:
    """Dagster's UI with schedule and sensor, on the instance of this home. Replaces this process; end it with Ctrl-C."""
    from pipelines.assets.run import dagster_home

    program = shutil.which("dagster", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        raise Fault("dagster is not installed beside this Python: run make setup")
    environment = {**os.environ, "DAGSTER_HOME": dagster_home(home), "JUESUAN_HOME": str(home.root)}
    os.chdir(home.root)
    os.execve(program, [program, "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)], environment)
