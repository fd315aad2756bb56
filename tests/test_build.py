"""A build as a person runs it, on a home with real figures already staged: materialised; again; refused; killed; twice at once; bad files.

Each build costs Great Expectations and SQL some seconds, so one build proves as much as it can and the tests share the first one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import openpyxl
import pytest
from bad_files import REASONS, bad_files
from staged_home import GOLD, REPORTS, needs_gold, stage_gold

from pipelines import cli
from pipelines.assets import tables
from pipelines.assets.workspace import Workspace
from pipelines.definitions import defs
from pipelines.settings import Home
from pipelines.warehouse import models, reader, release

pytestmark = needs_gold

GOOD = REPORTS / "henan-jiyuan/济源产城融合示范区人力资源和社会保障局2023年度部门决算.txt"


def hears_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
        preexec_fn=hears_ctrl_c,  # a test run in the background ignores Ctrl-C
    )


def run(*arguments: str, home: Home) -> tuple[int, str, str]:
    process = juesuan(*arguments, home=home)
    out, errors = process.communicate(timeout=300)
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def materialised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, dg.DagsterInstance, dg.ExecuteInProcessResult]]:
    """A home with one published release of the four labelled reports, made by the job that schedule, sensor and UI run."""
    home = Home(tmp_path_factory.mktemp("built"))
    stage_gold(home)
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("build")
        result = job.execute_in_process(instance=instance, resources={"workspace": Workspace(home)})
        assert result.success
        yield home, instance, result


@pytest.fixture(scope="module")
def built(materialised: tuple[Home, dg.DagsterInstance, dg.ExecuteInProcessResult]) -> Home:
    """That home; not to be changed."""
    return materialised[0]


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


def test_every_table_is_materialised_and_checked(materialised: tuple[Home, dg.DagsterInstance, dg.ExecuteInProcessResult]) -> None:
    _, _, result = materialised
    made = {e.asset_key: e.materialization for e in result.get_asset_materialization_events()}
    assert {tables.key(m.key) for m in models.load() if m.schema in ("core", "mart")} <= set(made)
    assert tables.RELEASE in made
    checks = result.get_asset_check_evaluations()
    assert checks and all(c.passed or c.severity == dg.AssetCheckSeverity.WARN for c in checks)
    columns = made[tables.key("core.cell")].metadata["dagster/column_schema"].value.columns
    assert {c.name: c.type for c in columns}["amount_yuan"] == "DECIMAL(20,2)"
    assert all(c.description for c in columns)
    lineage = made[tables.key("mart.department_year")].metadata["dagster/column_lineage"].value
    assert lineage.deps_by_column["fiscal_year"]


def test_a_second_run_makes_nothing(materialised: tuple[Home, dg.DagsterInstance, dg.ExecuteInProcessResult]) -> None:
    home, instance, _ = materialised
    published = release.current(home)
    assert published is not None
    again = defs.resolve_job_def("build").execute_in_process(instance=instance, resources={"workspace": Workspace(home)})
    assert again.success
    assert {e.asset_key for e in again.get_asset_materialization_events()} == {dg.AssetKey(["raw", "archive"])}
    assert release.current(home) == published


def test_a_backfill_from_the_ui_reads_and_audits_again(home: Home) -> None:
    """The launchpad's config of stage/part; the home's files are only staged, so that reading them again refuses what is no document."""
    published = release.current(home)
    workspace = Workspace(home, publish=False)
    config = {"ops": {"stage__part": {"config": {"years": [2023]}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("build").execute_in_process(
            run_config=config, instance=instance, resources={"workspace": workspace}, raise_on_error=False
        )
    assert workspace.summary.read == 1 and workspace.summary.known == 3  # 济源 2023 alone
    assert [p["name"] for p in workspace.summary.problems] == ["jiyuan-2023.json"]
    assert release.current(home) == published
    assert result.asset_materializations_for_node("stage__part")


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
    assert con.execute("SELECT count(*) > 100 FROM meta.column_lineage").fetchone() == (True,)
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


def test_findings_go_into_a_workbook_a_page_and_json(built: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("f.xlsx", "f.html", "f.json"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["audit", "--home", str(built.root), "--out", str(tmp_path / name)])
        assert ended.value.code == 3, capsys.readouterr().err  # the labelled reports have errors
    told = json.loads((tmp_path / "f.json").read_text("utf-8"))
    book = openpyxl.load_workbook(tmp_path / "f.xlsx", read_only=True)
    assert len(list(book["findings"].iter_rows())) - 1 == len(told["findings"]) > 0
    page = (tmp_path / "f.html").read_text("utf-8")
    assert all(r["report_id"] in page for r in told["reports"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.html", "f.json", "f.xlsx"]
    with pytest.raises(SystemExit) as ended:
        cli.main(["audit", "--home", str(built.root), "--out", str(tmp_path / "f.docx")])
    assert ended.value.code == 2 and ".xlsx, .html, .json" in capsys.readouterr().err


def test_a_collapse_of_coverage_is_not_published_and_names_what_is_gone(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = release.current_path(home)
    known = {r for (r,) in reader.query(home, "SELECT report_id FROM core.dim_report").rows}
    for sidecar in sorted(home.archive.glob("??/*.json"))[:3]:
        sidecar.unlink()
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", "--home", str(home.root)])
    errors = capsys.readouterr().err
    assert ended.value.code == 1
    last = errors.strip().splitlines()[-1]
    assert last.startswith("juesuan: not published:") and "Traceback" not in errors
    assert sum(report_id in last for report_id in known) == 3, last
    assert release.current_path(home) == before
    assert not list(home.releases.glob(".building-*"))


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports (../shared/reports) are not here")
def test_bad_files_are_one_line_each_the_rest_is_built_and_no_publish_leaves_the_release(home: Home) -> None:
    before = release.current_path(home)
    bad = bad_files(home.inbox)
    (home.inbox / "good.txt").write_bytes(GOOD.read_bytes())
    code, out, errors = run("build", "--no-publish", "--json", home=home)
    assert code == 0, errors
    assert "Traceback" not in errors
    summary = json.loads(out)
    problems = {p["name"]: p for p in summary["problems"]}
    assert set(problems) == bad
    assert {n: problems[n]["reason"] for n in REASONS} == REASONS
    assert all(p["message"] and "\n" not in p["message"] for p in problems.values())
    for name in bad:
        said = [line for line in errors.splitlines() if name in line and line.split(":")[0].strip() in ("refused", "failed")]
        assert len(said) == 1, errors
    # audited, not published: readers keep the old release, the new one says where it is
    assert not summary["published"]
    assert release.current_path(home) == before
    with duckdb.connect(summary["database"], read_only=True) as con:
        rows = con.execute("SELECT file_name, state, reason FROM quality.file_status").fetchall()
        known = {p.name for p in GOLD.glob("*.json")}
        assert {name for name, state, _ in rows if state == "ok"} == {"good.txt"} | known
        assert {name for name, state, reason in rows if state != "ok" and reason} == bad
        read = con.execute(
            "SELECT fiscal_year, kind, scope, r.is_current FROM core.dim_report r JOIN core.report_file USING (report_id)"
            " JOIN quality.file_status USING (file_sha256) WHERE file_status.file_name = 'good.txt'"
        ).fetchall()
        assert [r[:3] for r in read] == [(2023, "final", "department")]


def test_killed_at_any_moment_the_last_release_opens_and_of_two_builds_at_once_one_completes(home: Home) -> None:
    before = release.current_path(home)
    something_new(home)
    moments = random.Random()
    for longest in (4, 12):
        victim = juesuan("build", home=home)
        time.sleep(moments.uniform(0.5, longest))
        if victim.poll() is None:
            os.killpg(victim.pid, signal.SIGKILL)
        victim.communicate()
        assert reader.query(home, "SELECT count(*) FROM core.dim_report").rows == [(4,)]
        if victim.returncode != 0:
            assert release.current_path(home) == before
        before = release.current_path(home)
    something_new(home)
    made = len(release.all_releases(home))
    first, second = juesuan("build", home=home), juesuan("build", home=home)
    answers = [first.communicate(timeout=300), second.communicate(timeout=300)]
    assert [first.returncode, second.returncode] == [0, 0], answers
    assert len([r for r in release.all_releases(home) if r.info["published"]]) == len(release.all_releases(home)) <= made + 1
    assert release.current_path(home) != before
    assert sum("nothing new" in out for out, _ in answers) == 1
    assert sum("another build is running" in errors for _, errors in answers) == 1
    assert not list(home.releases.glob(".building-*"))


@pytest.mark.parametrize("seconds", [0.4, 2.0, 6.0])
def test_ctrl_c_ends_a_build_at_once_with_130(home: Home, seconds: float) -> None:
    something_new(home)
    before = release.current_path(home)
    victim = juesuan("build", home=home)
    time.sleep(seconds)
    victim.send_signal(signal.SIGINT)
    _, errors = victim.communicate(timeout=120)
    assert "Traceback" not in errors
    assert "interrupted" in errors
    # Python ends by the signal itself where it came amid source text it was running (namedtuple); a shell shows 130 for both
    assert victim.returncode in (130, -signal.SIGINT), errors
    assert release.current_path(home) == before
    assert not list(home.releases.glob(".building-*"))
