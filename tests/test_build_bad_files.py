"""Bad files beside a good one: each one clear line and a row of quality.file_status; the good one is built and published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from staged_home import REPORTS

from pipelines.settings import Home
from pipelines.warehouse import reader

GOOD = "henan-jiyuan/济源产城融合示范区人力资源和社会保障局2023年度部门决算.txt"
PDF = "jiangsu/江苏省人大常委会办公厅2019年部门预算公开表.pdf"
TEMPLATE = "templates/附件2：部门决算模板.pdf"

pytestmark = pytest.mark.skipif(not REPORTS.exists(), reason="the real reports (../shared/reports) are not here")


def encrypted_pdf(path: Path) -> None:
    """A PDF that asks for a password."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "hidden")
    canvas.save()


def unknown_layout(path: Path) -> None:
    """Tables that no form knows."""
    lines = ["某市某局2023年度资产盘点", "", "编号\t品名\t数量", "1\t桌\t12", "2\t椅\t40"]
    path.write_text("\n".join(lines), "utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("bad"))
    home.inbox.mkdir(parents=True)
    pdf = (REPORTS / PDF).read_bytes()
    (home.inbox / "good.txt").write_bytes((REPORTS / GOOD).read_bytes())
    (home.inbox / "empty.pdf").write_bytes(b"")
    (home.inbox / "truncated.pdf").write_bytes(pdf[: len(pdf) // 3])
    encrypted_pdf(home.inbox / "encrypted.pdf")
    (home.inbox / "photo.pdf").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 200)
    (home.inbox / "template.pdf").write_bytes((REPORTS / TEMPLATE).read_bytes())
    unknown_layout(home.inbox / "unknown.txt")
    return home


def test_each_bad_file_is_one_line_and_the_rest_is_built(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", "build", "--home", str(home.root), "--json"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    summary = json.loads(done.stdout)
    problems = {p["name"]: p for p in summary["problems"]}
    bad = {p.name for p in home.inbox.iterdir()} - {"good.txt"}
    assert set(problems) == bad
    assert {n: problems[n]["reason"] for n in ("empty.pdf", "encrypted.pdf", "template.pdf")} == {
        "empty.pdf": "empty",
        "encrypted.pdf": "encrypted",
        "template.pdf": "template",
    }
    assert all(p["message"] and "\n" not in p["message"] for p in problems.values())
    for name in bad:
        said = [line for line in done.stderr.splitlines() if name in line and line.split(":")[0].strip() in ("refused", "failed")]
        assert len(said) == 1, done.stderr
    rows = reader.query(home, "SELECT file_name, state, reason FROM quality.file_status").rows
    assert {name for name, state, _ in rows if state == "ok"} == {"good.txt"}
    assert {name for name, state, reason in rows if state != "ok" and reason} == bad
    reports = reader.query(home, "SELECT fiscal_year, kind, scope FROM core.dim_report WHERE is_current").rows
    assert reports == [(2023, "final", "department")]
