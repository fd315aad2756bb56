"""What the documentation shows works: every query of the analysts' guide runs, both languages show the same, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from _warehouse import File, build, expenditure, report

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "docs" / "analyst.md", ROOT / "docs" / "analyst.zh.md"]
QUERIES = re.findall(r"```sql\n(.*?)```", GUIDES[0].read_text("utf-8"), re.S)


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    con = build([File(report(year=y, statements=expenditure()), f"{y}.pdf") for y in (2022, 2023)])
    con.execute("CREATE SCHEMA IF NOT EXISTS meta")
    return con


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: " ".join(q.split())[:50])
def test_a_documented_query_runs(warehouse: duckdb.DuckDBPyConnection, query: str) -> None:
    assert warehouse.execute(query).description


def test_the_readme_query_shows_what_the_report_prints(warehouse: duckdb.DuckDBPyConnection) -> None:
    query = re.search(r'--home sample "(select [^"]+)"', (ROOT / "README.md").read_text("utf-8"))
    assert query and {r[-1] for r in warehouse.execute(query[1]).fetchall()} == {107}  # 100.00 and the closing balance of 7.00


def test_both_languages_show_the_same_queries() -> None:
    assert len(QUERIES) == 10
    assert re.findall(r"```sql\n(.*?)```", GUIDES[1].read_text("utf-8"), re.S) == QUERIES


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]), ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []
