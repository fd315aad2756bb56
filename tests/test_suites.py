"""The GX suites: they load, pass on a sound database, fail on bad data, and tell a broken check from bad data."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from pipelines.audit import suites


def database(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE SCHEMA core")
        for statement in statements:
            con.execute(statement)
    return path


def suite(folder: Path, name: str, *expectations: dict[str, object]) -> None:
    (folder / f"{name}.json").write_text(json.dumps({"name": name, "expectations": expectations}), encoding="utf-8")


def expect(kind: str, severity: str = "critical", **kwargs: object) -> dict[str, object]:
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": {"rule_id": kind, "says": kind}}


def test_the_shipped_suites_load_and_name_their_tables() -> None:
    for layer in ("core", "mart"):
        loaded = suites.load(layer)
        assert loaded
        for table, one in loaded.items():
            assert table.startswith(f"{layer}.")
            rules = [(e["meta"]["rule_id"], str(e["kwargs"])) for e in one["expectations"]]
            assert len(set(rules)) == len(rules), table


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"name": "core.other", "expectations": []}', "is named"),
        ('{"name": "core.t", "expectations": [{"type": "x", "kwargs": {}}]}', "severity"),
        ('{"name": "core.t"', "core.t.json"),
    ],
)
def test_a_bad_suite_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "core.t.json").write_text(text, encoding="utf-8")
    with pytest.raises(suites.BadSuite, match=why):
        suites.load("core", tmp_path)


def test_good_bad_broken_and_missing(tmp_path: Path) -> None:
    path = database(tmp_path / "w.duckdb", "CREATE TABLE core.t AS SELECT * FROM (VALUES (1, 'a'), (2, NULL), (2, 'c')) AS v(k, name)")
    suite(
        tmp_path,
        "core.t",
        expect("expect_column_values_to_not_be_null", column="k"),
        expect("expect_column_values_to_be_unique", column="k"),
        expect("expect_column_values_to_not_be_null", "warning", column="name"),
        expect("unexpected_rows_expectation", unexpected_rows_query="SELECT k FROM {batch} WHERE k > 1"),
        expect("unexpected_rows_expectation", unexpected_rows_query="SELECT nothing FROM {batch}"),
    )
    suite(tmp_path, "core.gone", expect("expect_table_row_count_to_be_between", min_value=1))
    results = suites.run(path, "core", tmp_path)
    outcome = [(r.table_name, r.expectation, r.severity, r.success, r.broken_check, r.unexpected_count) for r in results]
    assert outcome[0] == ("core.gone", "table_exists", "error", False, False, None)
    by_rule = {(r.expectation, r.column_name or r.message): r for r in results[1:]}
    assert by_rule[("expect_column_values_to_not_be_null", "k")].success
    assert not by_rule[("expect_column_values_to_be_unique", "k")].success
    name = by_rule[("expect_column_values_to_not_be_null", "name")]
    assert (name.success, name.severity, name.unexpected_count) == (False, "warning", 1)
    rows = [r for r in results if r.expectation == "unexpected_rows_expectation"]
    assert sorted((r.success, r.broken_check) for r in rows) == [(False, False), (False, True)]
    # the file is free again, for writing too, and the results go into it
    with duckdb.connect(str(path)) as con:
        suites.store(con, results)
        suites.store(con, results)
        assert con.execute("SELECT count(*) FROM quality.suite_result").fetchone() == (len(results),)


def test_coverage_against_the_last_release(tmp_path: Path) -> None:
    def release(name: str, reports: int) -> Path:
        folder = tmp_path / "warehouse" / "releases" / name
        folder.mkdir(parents=True)
        rows = f"SELECT '{name}-' || i AS report_id FROM range({reports}) AS t(i)"  # ids change, files stay
        files = f"SELECT '{name}-' || i AS report_id, 'sha' || i AS file_sha256 FROM range({reports}) AS t(i)"
        return database(folder / "warehouse.duckdb", f"CREATE TABLE core.dim_report AS {rows}", f"CREATE TABLE core.report_file AS {files}")

    old = release("a", 20)
    (tmp_path / "warehouse" / "current.duckdb").symlink_to(old)
    (tmp_path / "none").mkdir()
    for name, reports, severity, success in (("b", 20, "warning", True), ("c", 19, "warning", False), ("d", 10, "error", False)):
        [result] = suites.run(release(name, reports), "core", tmp_path / "none")
        assert (result.expectation, result.severity, result.success) == ("coverage_of_last_release", severity, success)
    assert "a-10, a-11, a-12" in result.message
