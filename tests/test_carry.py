"""Carrying the audit over: a second build audits what is new or changed and what it is compared with, and ends as if it had audited all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from _warehouse import SEEDS as seeds
from _warehouse import File, expenditure, fact, report, stage

from pipelines.audit import carry, checks, second_reading
from pipelines.warehouse import assemble, models


def final(department: str, year: int, total: str, salt: str = "", seen: datetime = datetime(2025, 1, 1), item: str = "60.00") -> File:
    """A final whose text states a change on the year before: 10 more."""
    printed = str(Decimal(total) + 7)  # with the balance of the year before
    said = [fact("income_expenditure.total", printed), fact("income_expenditure.yoy_change", "10.00", direction="increase")]
    content = report(department, year, statements=expenditure(total, item), facts=said)
    return File(content, f"{department}{year}.pdf", seen, salt=salt)


FIRST = [
    final(d, y, t) for d in ("某市财政局", "某市水利局", "某市审计局") for y, t in ((2021, "90.00"), (2022, "100.00"), (2023, "110.00"))
]
BROKEN = final("某市民政局", 2022, "100.00")
BROKEN.report.statements[1].rows[3].values["total"] = BROKEN.report.statements[1].rows[4].values["total"]  # 60.00 printed as 40.00


def audited(path: Path, files: Sequence[File], last: Path | None = None, basis: str = "b", years: Sequence[int] = ()) -> int:
    """Builds core of `files` in the database `path` and audits it; returns how many reports were audited."""
    with duckdb.connect(str(path)) as con:
        stage(con, files)
        assemble.assemble(con, seeds)
        models.run(con, models.layer("core"))
        return checks.run(con, basis=basis, last=last, years=years)


def results(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {t: con.execute(f"SELECT * FROM quality.{t} ORDER BY ALL").fetchall() for t in carry.TABLES}


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("last") / "last.duckdb"
    assert audited(path, [*FIRST, BROKEN]) == 10
    return path


def same_as_all(path: Path, files: Sequence[File]) -> bool:
    """Does the carried audit at `path` equal one that audits everything?"""
    whole = path.with_name("whole.duckdb")
    audited(whole, files)
    return results(path) == results(whole)


def test_nothing_changed_nothing_is_audited(last: Path, tmp_path: Path) -> None:
    path = tmp_path / "next.duckdb"
    assert audited(path, [*FIRST, BROKEN], last) == 0
    assert results(path) == results(last)
    assert [r for r in results(path)["finding"] if "error" in r]  # those of the broken report came along


def test_a_new_report_is_audited_alone(last: Path, tmp_path: Path) -> None:
    path, files = tmp_path / "next.duckdb", [*FIRST, BROKEN, final("某市教育局", 2023, "100.00")]
    assert audited(path, files, last) == 1
    assert same_as_all(path, files)


def test_a_correction_takes_the_next_year_with_it(last: Path, tmp_path: Path) -> None:
    """The corrected 2022, the 2022 it supersedes, and 2023, whose stated change is compared with it; no other."""
    path, files = tmp_path / "next.duckdb", [*FIRST, BROKEN, final("某市水利局", 2022, "150.00", "corrected", datetime(2025, 3, 1))]
    assert audited(path, files, last) == 3
    assert same_as_all(path, files)
    unlike = [r for r in results(path)["finding"] if "year_change" in r]
    assert len(unlike) == 2  # 2022 no longer follows from 2021, nor 2023 from 2022
    assert not [r for r in results(last)["finding"] if "year_change" in r]


def test_a_report_that_is_gone_takes_its_findings_with_it(last: Path, tmp_path: Path) -> None:
    path = tmp_path / "next.duckdb"
    assert audited(path, FIRST, last) == 0
    assert same_as_all(path, FIRST)
    assert not [r for r in results(path)["finding"] if "error" in r]


def test_other_rules_or_a_year_asked_for_are_audited_anew(last: Path, tmp_path: Path) -> None:
    assert audited(tmp_path / "a.duckdb", [*FIRST, BROKEN], last, basis="other rules") == 10
    assert audited(tmp_path / "b.duckdb", [*FIRST, BROKEN], last, years=[2022]) == 4


def test_a_release_from_before_is_no_obstacle(last: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.duckdb"
    old.write_bytes(last.read_bytes())
    with duckdb.connect(str(old)) as con:
        con.execute("DROP TABLE quality.audited")
    assert audited(tmp_path / "next.duckdb", [*FIRST, BROKEN], old) == 10


def test_a_second_reading_is_carried_and_settled_once(last: Path, tmp_path: Path) -> None:
    read = tmp_path / "read.duckdb"
    read.write_bytes(last.read_bytes())
    with duckdb.connect(str(read)) as con:
        con.execute("UPDATE quality.suspect SET second_reading = 'misread'")
        second_reading.settle(con)
    path = tmp_path / "next.duckdb"
    assert audited(path, [*FIRST, BROKEN], read) == 0
    with duckdb.connect(str(path)) as con:
        assert con.execute("SELECT count(*) FROM quality.suspect WHERE second_reading = 'misread'").fetchone() != (0,)
        second_reading.settle(con)
    assert results(path) == results(read)
