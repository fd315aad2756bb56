"""The register of expected reports: gaps without one, names and aliases, open ends, bad rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.register import Key, RegisterFault, load, missing

HEAD = "unit,kind,scope,first_year,last_year,note\n"


def _keys(found: list) -> list[tuple[str, int, str, str]]:
    return [(m.key.unit, m.key.fiscal_year, m.key.kind, m.why) for m in found]


def test_without_a_register_only_gaps_are_missing() -> None:
    got = [Key("u1", y, "final", "department") for y in (2019, 2022)] + [Key("u1", 2020, "budget", "department")]
    assert _keys(missing([], got, {})) == [("u1", 2020, "final", "gap"), ("u1", 2021, "final", "gap")]


def test_the_register_counts_from_first_to_last_year(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEAD + "某局,final,,2021,,\n另一局,budget,unit,2020,2021,\n", "utf-8")
    register = load(tmp_path)
    got = [Key("u1", 2021, "final", "department"), Key("u9", 2023, "final", "department"), Key("u2", 2020, "budget", "unit")]
    found = missing(register, got, {"某局": "u1", "另一局": "u2"})
    assert _keys(found) == [("u1", 2022, "final", "register"), ("u1", 2023, "final", "register"), ("u2", 2021, "budget", "register")]


def test_a_unit_nobody_has_heard_of_is_missing_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(HEAD + "新局,final,department,2023,2023,new\n", "utf-8")
    assert _keys(missing(load(tmp_path), [], {})) == [("新局", 2023, "final", "register")]


@pytest.mark.parametrize(
    ("row", "what"), [("某局,draft,,2021,,", "kind"), ("某局,final,,soon,,", "first_year"), (",final,,2021,,", "unit")]
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, row: str, what: str) -> None:
    (tmp_path / "register.csv").write_text(HEAD + "好局,final,,2021,,\n" + row + "\n", "utf-8")
    with pytest.raises(RegisterFault, match=f"register.csv, line 3: {what}"):
        load(tmp_path)


@given(st.sets(st.integers(2000, 2030), min_size=1))
def test_what_is_there_is_never_missing_and_gaps_close(years: set[int]) -> None:
    got = {Key("u", y, "final", "unit") for y in years}
    found = {m.key for m in missing([], got, {})}
    assert not found & got
    assert {k.fiscal_year for k in found | got} == set(range(min(years), max(years) + 1))
