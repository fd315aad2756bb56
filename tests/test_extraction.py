"""Staging: a report as rows of the staging schema, the store with its manifest and packs, and what survives a kill."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from staged_home import GOLD, needs_gold

from pipelines.documents.model import Locator
from pipelines.extraction import stage
from pipelines.extraction.run import extract_files
from pipelines.extraction.schema import PART
from pipelines.extraction.store import FileOutcome, Store
from pipelines.extraction.version import hash_tree
from pipelines.reports.model import FundLine, Identity, Indicator, NarrativeFact, Report, Row, SelfEvaluation, Statement, Value
from pipelines.reports.serialize import from_json
from pipelines.settings import Home
from pipelines.sources.archive import Archive


def _report() -> Report:
    at = Locator("pdf", page=3, box=(10.0, 20.0, 30.0, 40.0))
    rows = [
        Row(
            "合计",
            None,
            {"total": Value("1,234.50", Decimal("1234.50"), at), "basic": Value("", None, at), "project": Value("0.00", Decimal(0), at)},
        ),
        Row(
            "一般公共服务支出",
            "201",
            {"total": Value("—", None), "change_pct": Value("12.5", Decimal("12.5"))},
            keys={"group": "a"},
            locator=at,
        ),
        Row("其他", None, {}, locator=at),
    ]
    statement = Statement("t03", "expenditure", "支出决算表", "万元", rows, pages=[3])
    return Report(
        Identity("某省", "某局", 2023, "final", "department"),
        unit_of_amount="万元",
        statements=[statement, Statement("t03", "expenditure", "支出决算表", None, rows[:1])],
        facts=[
            NarrativeFact("三", "income.total", Decimal("12"), "12", "个", "共12个。", at),
            NarrativeFact("三", "x", Decimal("0.5"), "0.5", "亿元", "…"),
        ],
        evaluations=[
            SelfEvaluation(
                2,
                "项目",
                None,
                None,
                funds=[FundLine("年度资金总额", {"executed": Value("5.00", Decimal("5.00")), "score": Value("10", Decimal(10))})],
                indicators=[Indicator("产出", "数量", "人数", "≥5", "6", {"weight": Value("10", Decimal(10))}, "原因")],
                totals={"total_score": Value("98", Decimal(98))},
            )
        ],
    )


def _cells(report: Report) -> list[dict]:
    return stage.part_rows(report, sha256="ab" * 32)["cells"]


def test_blank_is_not_zero_and_printed_stays() -> None:
    total, basic, project = _cells(_report())[:3]
    assert (total["printed"], total["value"], total["amount_yuan"]) == ("1,234.50", Decimal("1234.500000"), Decimal("12345000.00"))
    assert (basic["printed"], basic["value"], basic["amount_yuan"]) == ("", None, None)
    assert (project["printed"], project["value"], project["amount_yuan"], project["resolution_yuan"]) == ("0.00", 0, 0, 100)
    assert (total["page"], total["x0"], json.loads(total["locator"])["box"]) == (3, 10.0, [10.0, 20.0, 30.0, 40.0])


def test_what_is_not_money_has_no_amount() -> None:
    cells = {(c["statement"], c["row_no"], c["measure"]): c for c in _cells(_report())}
    percent = cells["t03", 2, "change_pct"]
    assert (percent["unit"], percent["value"], percent["amount_yuan"]) == ("%", Decimal("12.5"), None)
    count = cells["narrative", 1, "income.total"]
    assert (count["unit"], count["amount_yuan"]) == ("个", None)
    assert cells["narrative", 2, "x"]["amount_yuan"] == Decimal("50000000.00")
    assert cells["self_evaluation", 1, "executed"]["amount_yuan"] == Decimal("50000.00")
    assert cells["self_evaluation", 1, "score"]["unit"] == "分"
    assert cells["self_evaluation", 3, "total_score"]["amount_yuan"] is None


def test_a_row_that_prints_only_a_name_is_not_lost() -> None:
    bare = [c for c in _cells(_report()) if c["name"] == "其他"]
    assert [(c["measure"], c["value"], c["page"]) for c in bare] == [("", None, 3)]


def test_two_statements_of_one_key_are_two_instances() -> None:
    row = stage.part_rows(_report(), sha256="ab" * 32)
    assert [(s["statement"], s["instance"], s["unit"]) for s in row["statements"]] == [("t03", 1, "万元"), ("t03", 2, "万元")]
    assert len({(c["statement"], c["instance"], c["row_no"], c["measure"]) for c in row["cells"]}) == len(row["cells"])


def test_an_impossible_amount_is_kept_as_text_only() -> None:
    report = _report()
    report.statements[0].rows[0].values["total"] = Value("9" * 30, Decimal("9" * 30))
    cell = _cells(report)[0]
    assert (cell["printed"], cell["value"], cell["amount_yuan"]) == ("9" * 30, None, None)


def test_staged_file_is_the_schema_and_duckdb_reads_it(tmp_path: Path) -> None:
    row = stage.part_rows(_report(), sha256="ab" * 32)
    path = stage.write_stage(tmp_path, "ab" * 32, "v1", [row])
    assert pl.read_parquet(path).schema == PART
    total = duckdb.sql(f"SELECT sum(c.amount_yuan) FROM (SELECT unnest(cells) AS c FROM read_parquet('{path}')) WHERE c.statement = 't03'")
    assert total.fetchone() == (Decimal("24690000.00"),)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [path.name]


@needs_gold
@pytest.mark.parametrize("name", ["jiyuan-2023", "putuo-czj-2024", "jiangsu-jianchayuan-2019", "putuo-fuban-2025"])
def test_every_number_of_a_real_report_is_staged(name: str) -> None:
    data = json.loads((GOLD / f"{name}.json").read_text("utf-8"))
    row = stage.part_rows(from_json(data), sha256="cd" * 32)
    printed = [v for t in data["tables"].values() for r in t["rows"] for v in r["values"].values() if v is not None]
    staged = [float(c["value"]) for c in row["cells"] if c["statement"][0] in "tb" and c["value"] is not None]
    assert staged == printed
    assert len(row["facts"]) == len(data["narrative_facts"])
    frame = stage.frame([row])
    assert frame["cells"].list.len().item() == len(row["cells"])


# -- the store


def _stage(home: Home, store: Store, n: int, version: str = "v1") -> list[str]:
    shas = [f"{i:064x}" for i in range(n)]
    for sha in shas:
        stage.write_stage(home.stage, sha, version, [stage.part_rows(_report(), sha256=sha)])
    store.record(FileOutcome(sha, "ok", n_parts=1, fiscal_years=(2023,)) for sha in shas)
    return shas


def _loaded(store: Store) -> list[str]:
    return sorted(pl.concat([pl.read_parquet(p) for p in store.parquet_files()])["file_sha256"].to_list())


def test_nothing_is_read_twice_and_refusals_are_remembered(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home, "v1")
    shas = _stage(home, store, 3)
    store.record([FileOutcome("f" * 64, "refused", "template", "a blank template")])
    assert store.missing([*shas, "f" * 64, "e" * 64]) == ["e" * 64]
    assert Store(home, "v2").missing(shas) == shas
    store.loose(shas[1]).unlink()
    assert store.missing(shas) == [shas[1]]


def test_a_line_cut_by_a_kill_is_read_again_and_spoils_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home, "v1")
    shas = _stage(home, store, 2)
    manifest = tmp_path / "warehouse" / "stage" / "manifest" / "v1.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    assert store.missing(shas) == [shas[1]]
    store.record([FileOutcome(shas[1], "ok")])
    assert store.missing(shas) == []


def test_packs_hold_the_same_parts(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home, "v1")
    shas = _stage(home, store, 5)
    assert store.pack(at=6) == 0
    assert store.pack(at=5) == 5
    assert _loaded(store) == shas
    assert not any(store.loose(s).exists() for s in shas)
    assert store.missing(shas) == []


def test_a_kill_between_pack_and_removal_doubles_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home, "v1")
    shas = _stage(home, store, 4)
    kept = {s: store.loose(s).read_bytes() for s in shas}
    store.pack(at=1)
    for sha, data in kept.items():  # as if killed before the loose files went
        store.loose(sha).write_bytes(data)
    assert _loaded(store) == shas


def test_unpacking_gives_loose_files_that_can_be_read_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    store = Store(home, "v1")
    shas = _stage(home, store, 4)
    store.pack(at=1)
    store.unpack([shas[2]])
    assert _loaded(store) == shas
    assert all(store.loose(s).exists() for s in shas)


def test_cleaning_keeps_only_this_reader(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old, new = Store(home, "v1"), Store(home, "v2")
    _stage(home, old, 3, "v1")
    old.pack(at=1)
    shas = _stage(home, new, 3, "v2")
    new.pack(at=3)
    stage.write_stage(home.stage, "9" * 64, "v2", [stage.part_rows(_report(), sha256="9" * 64)])
    new.record([FileOutcome("9" * 64, "ok")])
    assert new.clean() > 0
    assert _loaded(new) == [*shas, "9" * 64]
    assert {p.name.split(".")[0] for p in (home.stage / "manifest").iterdir()} == {"v2"}
    assert not list(home.stage.rglob("*.v1.parquet"))


def test_version_follows_content_not_caches(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    before = hash_tree(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("cache")
    (tmp_path / ".hidden").write_text("x")
    assert hash_tree(tmp_path) == before
    (tmp_path / "a.py").write_text("x = 2")
    assert hash_tree(tmp_path) != before


# -- many files


def _calls(home: Home) -> list[str]:
    calls = home.warehouse / "calls"
    out = sorted(calls.read_text("utf-8").split()) if calls.exists() else []
    calls.unlink(missing_ok=True)
    return out


def test_many_files_are_read_once_one_bad_file_stops_nobody(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.warehouse.mkdir()
    archive = Archive(home)
    for name, text in {"a": "2021", "b": "2022", "c": "crash", "d": "refuse", "e": "2022 "}.items():
        archive.add_bytes(text.encode(), name, f"/in/{name}")
    files = list(archive)
    heard: list[tuple[str, str, int, int]] = []
    outcome = extract_files(
        files, home, 2, on_file=lambda f, o, done, total: heard.append((f.name, o.state, done, total)), task="staging_tasks:stage"
    )
    assert _calls(home) == ["a", "b", "c", "d", "e"]
    assert {(name, state) for name, state, _, _ in heard} == {("a", "ok"), ("b", "ok"), ("c", "failed"), ("d", "refused"), ("e", "ok")}
    assert [done for _, _, done, _ in heard] == [1, 2, 3, 4, 5]
    assert {o.reason for o in outcome.refused} == {"corrupt", "template"}
    again = extract_files(files, home, 2, task="staging_tasks:stage")
    assert (len(again.read), again.known, _calls(home)) == (0, 5, [])
    only = extract_files(files, home, 2, again=lambda o: 2022 in o.fiscal_years, task="staging_tasks:stage")
    assert (len(only.read), _calls(home)) == (2, ["b", "e"])
    staged = pl.concat([pl.read_parquet(p) for p in Store(home, only.version).parquet_files()])
    assert sorted(staged["fiscal_year"].to_list()) == [2021, 2022, 2022]
