"""The wheel, installed away from the repository: code data is found, and a report is read and the definitions load without it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REPORT = """某市档案馆2023年度部门决算

收入支出决算总表
公开01表
部门：某市档案馆　　金额单位：万元
收入\t\t支出\t
项目\t决算数\t项目\t决算数
一、一般公共预算财政拨款收入\t100.00\t一、一般公共服务支出\t100.00
本年收入合计\t100.00\t本年支出合计\t100.00
总计\t100.00\t总计\t100.00
"""

FACTS = """
import json
from pathlib import Path
import pipelines
from pipelines.assets.run import dagster_home
from pipelines.audit import identities, suites
from pipelines.definitions import defs
from pipelines.entities.seeds import Seeds
from pipelines.samples import figures
from pipelines.settings import Home, code_data
from pipelines.warehouse import columns, models
Seeds()
home = Home(Path("home").resolve())
told = {
    "package": str(Path(pipelines.__file__).parent),
    "models": len(models.load()),
    "suites": len(suites.load("core")) + len(suites.load("mart")),
    "identities": len(identities.load().model_dump()),
    "figures": len(figures.names()),
    "comments": len(columns.load().tables),
    "dagster": "max_concurrent_runs" in (Path(dagster_home(home)) / "dagster.yaml").read_text("utf-8"),
    "jobs": [j.name for j in defs.get_repository_def().get_all_jobs() if not j.name.startswith("__")],
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the unpacked wheel and nothing of the repository."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not here")
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """python … outside the repository: the wheel first, the libraries of this environment, no editable install."""
    folders = [str(installed / "site"), sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]]
    environment = {k: v for k, v in os.environ.items() if k != "JUESUAN_HOME"} | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(folders))}
    work = installed / "work"
    work.mkdir(exist_ok=True)
    # -S: site-packages come by path only, so that the .pth of an editable install plays no part
    return subprocess.run([sys.executable, "-S", *arguments], cwd=work, capture_output=True, text=True, env=environment, timeout=120)


def test_sql_seeds_expectations_forms_and_figures_are_in_it(installed: Path) -> None:
    from pipelines.audit import suites
    from pipelines.warehouse import models

    done = run(installed, "-c", FACTS)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["package"] == str((installed / "site" / "pipelines").resolve())
    assert told["models"] == len(models.load())
    assert told["suites"] == len(suites.load("core")) + len(suites.load("mart"))
    assert told["identities"] and told["figures"] and told["comments"]
    assert told["dagster"] is True
    assert told["jobs"] == ["build"]


def test_it_reads_a_report(installed: Path) -> None:
    assert run(installed, "-m", "pipelines", "--version").stdout.startswith("juesuan ")
    report = installed / "work" / "report.txt"
    report.write_text(REPORT, "utf-8")
    done = run(installed, "-m", "pipelines", "extract", str(report))
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["report"]["fiscal_year"] == 2023
    assert "t01" in told["tables"]
