"""A build as a person runs it: `juesuan build` on a home with real figures already staged; again, twice at once, killed, refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from staged_home import GOLD, needs_gold, stage_gold

from pipelines.settings import Home
from pipelines.warehouse import reader, release

pytestmark = needs_gold


def juesuan(*arguments: str, home: Home) -> subprocess.Popen[str]:
    environment = {**os.environ, "JUESUAN_HOME": str(home.root)}
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
        start_new_session=True,
    )


def run(*arguments: str, home: Home) -> tuple[int, str, str]:
    process = juesuan(*arguments, home=home)
    out, errors = process.communicate(timeout=300)
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one published release of the four labelled reports."""
    home = Home(tmp_path_factory.mktemp("built"))
    stage_gold(home)
    code, out, errors = run("build", home=home)
    assert code == 0, errors
    assert "published" in out
    return home


@pytest.fixture
def home(built: Home, tmp_path: Path) -> Home:
    """A copy of it that a test may change."""
    shutil.copytree(built.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def something_new(home: Home) -> None:
    """A change of the reference data: the next build has something to do, but nothing to read."""
    home.seeds.mkdir(exist_ok=True)
    with (home.seeds / "notes.csv").open("a") as notes:
        notes.write(f"{time.time_ns()}\n")


def test_the_release_is_whole(built: Home) -> None:
    con = duckdb.connect(str(reader.database(built)), read_only=True)
    schemas = {s for (s,) in con.execute("SELECT DISTINCT schema_name FROM duckdb_tables() WHERE NOT internal").fetchall()}
    assert schemas == {"core", "mart", "quality", "meta"}
    info = release.current(built)
    assert info is not None
    assert con.execute("SELECT release_id, fingerprint, files, reports FROM meta.release").fetchall() == [
        (info.release_id, info.info["fingerprint"], 4, 4)
    ]
    assert con.execute("SELECT state, count(*) FROM quality.file_status GROUP BY ALL").fetchall() == [("ok", 4)]
    assert con.execute("SELECT count(*) FROM quality.suite_result WHERE NOT success AND severity = 'error'").fetchone() == (0,)
    uncommented = con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
        " AND schema_name IN ('core', 'mart', 'meta')"
    ).fetchall()
    assert uncommented == []


def test_every_printed_number_of_the_statements_is_in_the_release(built: Home) -> None:
    con = duckdb.connect(str(reader.database(built)), read_only=True)
    for path in sorted(GOLD.glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        printed = sorted(Decimal(str(v)) for t in data["tables"].values() for r in t["rows"] for v in r["values"].values() if v is not None)
        stored = con.execute(
            "SELECT c.value FROM core.cell c JOIN quality.file_status f USING (file_sha256) WHERE f.file_name = ? AND c.value IS NOT NULL"
            " AND c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target') ORDER BY 1",
            [path.name],
        ).fetchall()
        assert [v for (v,) in stored] == printed


def test_nothing_new_reads_nothing_and_publishes_nothing(built: Home) -> None:
    before = release.current_path(built)
    started = time.monotonic()
    code, out, _ = run("build", home=built)
    assert (code, out.startswith("nothing new: 4 files")) == (0, True)
    assert time.monotonic() - started < 5
    assert release.current_path(built) == before
    assert len(release.all_releases(built)) == 1


def test_no_publish_leaves_the_release_and_says_where_the_other_is(home: Home) -> None:
    before = release.current_path(home)
    something_new(home)
    code, out, errors = run("build", "--no-publish", "--json", home=home)
    assert code == 0, errors
    summary = json.loads(out)
    assert not summary["published"] and Path(summary["database"]).exists()
    assert release.current_path(home) == before


def test_a_collapse_of_coverage_is_not_published(home: Home) -> None:
    before = release.current_path(home)
    for sidecar in sorted(home.archive.glob("??/*.json"))[:3]:
        sidecar.unlink()
    code, _, errors = run("build", home=home)
    assert code == 1
    last = errors.strip().splitlines()[-1]
    assert last.startswith("juesuan: not published:") and "Traceback" not in errors
    assert release.current_path(home) == before
    assert not list(home.releases.glob(".building-*"))


def test_two_builds_at_once_make_one_release(home: Home) -> None:
    something_new(home)
    first, second = juesuan("build", home=home), juesuan("build", home=home)
    answers = [first.communicate(timeout=300), second.communicate(timeout=300)]
    assert [first.returncode, second.returncode] == [0, 0], answers
    assert len(release.all_releases(home)) == 2
    assert sum("nothing new" in out for out, _ in answers) == 1
    assert sum("another build is running" in errors for _, errors in answers) == 1


def test_killed_at_any_moment_the_last_release_opens_and_the_next_build_completes(home: Home) -> None:
    before = release.current_path(home)
    moments = random.Random()
    for _ in range(3):
        something_new(home)
        victim = juesuan("build", home=home)
        time.sleep(moments.uniform(0.5, 14))
        os.killpg(victim.pid, signal.SIGKILL) if victim.poll() is None else None
        victim.communicate()
        assert reader.query(home, "SELECT count(*) FROM core.dim_report").rows == [(4,)]
        if victim.returncode != 0:
            assert release.current_path(home) == before
        before = release.current_path(home)
    something_new(home)
    code, out, errors = run("build", home=home)
    assert code == 0 and "published" in out, errors
    assert not list(home.releases.glob(".building-*"))
    assert all(r.info["published"] for r in release.all_releases(home))
