"""Which reports are due (quality.expected): the register, gaps, last year's publishers; exemptions, days, bad rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from _warehouse import File, build, one, report

from pipelines.entities.seeds import Expected, SeedError, load_rows

HEAD = "unit,kind,scope,first_year,last_year,approved_on,due_on,exempt,note\n"


def came(department: str, *years: int, kind: str = "final", scope: str = "department") -> list[File]:
    return [File(report(department, y, kind, scope), f"{department}{y}{kind}{scope}.pdf") for y in years]


def missing(files: list[File], folder: Path, register: str = "") -> list[tuple[str, int, str, str]]:
    """(unit, year, kind, why) of what is due and has not come."""
    (folder / "register.csv").write_text(HEAD + register, "utf-8")
    con = build(files, seeds=folder)
    rows = con.execute("SELECT unit_name, fiscal_year, kind, why FROM quality.expected WHERE is_missing ORDER BY ALL").fetchall()
    assert one(con, "SELECT count(*) FROM quality.expected WHERE NOT is_missing") == len(files)
    assert one(con, "SELECT (sum(missing), sum(reports)) FROM quality.coverage") == (len(rows), len(files))
    return rows


def test_gaps_are_missing_without_a_register(tmp_path: Path) -> None:
    files = came("某市财政局", 2019, 2022) + came("某市财政局", 2020, kind="budget")
    assert missing(files, tmp_path) == [("某市财政局", 2020, "final", "gap"), ("某市财政局", 2021, "final", "gap")]


def test_who_published_last_year_is_due_once_the_region_has_begun(tmp_path: Path) -> None:
    files = came("某市财政局", 2022, 2023) + came("某市水利局", 2022) + came("某市审计局", 2022, kind="budget")
    assert missing(files, tmp_path) == [("某市水利局", 2023, "final", "last_year")]


def test_a_unit_merged_into_another_owes_nothing(tmp_path: Path) -> None:
    files = came("某市财政局", 2022, 2023) + came("某市水利局", 2022)
    event = "region_code,unit,event,year,related_unit,share,note\n419001,某市水利局,merge,2023,某市财政局,1,\n"
    (tmp_path / "unit_event.csv").write_text(event, "utf-8")
    assert missing(files, tmp_path) == []


def test_the_register_counts_by_name_from_first_to_last_year_or_as_far_as_any_report(tmp_path: Path) -> None:
    files = came("某市财政局", 2021) + came("某市水利局", 2021, 2022, 2023)
    rows = missing(files, tmp_path, "某市财政局,final,,2021,,,,,\n新局,budget,unit,2020,2021,,,,\n")
    assert [r for r in rows if r[3] == "register"] == [
        ("新局", 2020, "budget", "register"),
        ("新局", 2021, "budget", "register"),
        ("某市财政局", 2022, "final", "register"),
        ("某市财政局", 2023, "final", "register"),
    ]


def test_what_the_register_exempts_is_not_missing(tmp_path: Path) -> None:
    files = came("某市财政局", 2020, 2023)
    assert missing(files, tmp_path, "某市财政局,final,,2021,2021,,,并入本级,\n") == [("某市财政局", 2022, "final", "gap")]


def test_due_twenty_days_after_the_approval(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEAD + "甲局,final,,2023,2023,2024-08-10,,,\n乙局,final,,2023,2023,,2024-10-31,,\n", "utf-8")
    con = build(came("某市财政局", 2023), seeds=tmp_path)
    due = con.execute("SELECT unit_name, due_on FROM quality.expected WHERE why = 'register' ORDER BY 1").fetchall()
    assert due == [("乙局", date(2024, 10, 31)), ("甲局", date(2024, 8, 30))]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("某局,draft,,2021,,,,,", "kind"),
        ("某局,final,,soon,,,,,", "first_year"),
        (",final,,2021,,,,,", "unit"),
        ("某局,final,,2021,,八月,,,", "approved_on"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, row: str, what: str) -> None:
    (tmp_path / "register.csv").write_text(HEAD + "好局,final,,2021,,,,,\n" + row + "\n", "utf-8")
    with pytest.raises(SeedError, match=f"register.csv line 3: {what}"):
        load_rows(Expected, tmp_path)
