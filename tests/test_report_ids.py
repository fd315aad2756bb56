"""`extract` names its reports as the warehouse does, from wherever it is called."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from _warehouse import File, build, expenditure, report

from pipelines.commands.extract import extract_json
from pipelines.entities.report_ids import name_reports
from pipelines.reports.model import Report


def test_the_same_id_as_in_the_warehouse() -> None:
    reports = [report(statements=expenditure()), report(year=2022, kind="budget", scope="unit", statements=expenditure())]
    name_reports(reports)
    con = build([File(r, f"{n}.pdf") for n, r in enumerate(reports)])
    assert {r.report_id for r in reports} == {row[0] for row in con.execute("SELECT report_id FROM core.dim_report").fetchall()}


def test_what_does_not_say_whose_it_is_has_no_id() -> None:
    reports: list[Report] = [report(department=None), report(year=None)]
    name_reports(reports)
    assert [r.report_id for r in reports] == [None, None]


def test_a_relative_path_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    table = "\n".join(
        ["收入决算表", "单位：万元", "科目编码\t科目名称\t本年收入合计\t财政拨款收入", "\t合计\t8.00\t8.00", "205\t教育支出\t8.00\t8.00"]
    )
    (tmp_path / "a.txt").write_text(f"云川市教育局2023年度部门决算\n\n第二部分 2023年度部门决算表\n\n{table}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert extract_json([Path("a.txt")], None, None) == 0
    head = orjson.loads(capsysbinary.readouterr().out)["report"]
    assert head["department"] == "云川市教育局" and head["report_id"].endswith("-2023-final-department-r1")
