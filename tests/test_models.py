"""The SQL models as such: order, comments, grain, lineage, errors."""

from __future__ import annotations

import duckdb
import pytest
from _warehouse import File, build, expenditure, fact, report
from sqlglot import exp

from pipelines.warehouse import columns, models


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    last = report(
        year=2022, statements=expenditure("90.00", "50.00"), facts=[fact("income_expenditure.yoy_change", "3", direction="increase")]
    )
    return build([File(report(statements=expenditure(), members=["某市财政局本级", "某市国库收付中心"]), "a"), File(last, "b")])


def test_dependencies_come_first_and_the_order_is_stable() -> None:
    loaded = models.load()
    place = {m.key: n for n, m in enumerate(loaded)}
    assert all(place[d] < place[m.key] for m in loaded for d in m.dependencies)
    assert [m.key for m in models.load()] == [m.key for m in loaded]
    assert {"core.cell", "core.dim_unit", "core.fact_income", "mart.department_year", "quality.review"} <= set(place)


def test_every_column_and_table_has_a_comment_in_both_languages(con: duckdb.DuckDBPyConnection) -> None:
    comments = columns.load()
    for table, fields in columns.schema_of(con).items():
        assert table in comments.tables, table
        for name, _ in fields:
            text = comments.column(table, name)
            assert text and text.zh and text.en, f"{table}.{name}"
    written = con.execute("SELECT comment FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'cell'").fetchall()
    assert "grain: report_id, cell_id" in written[0][0]


def test_no_comment_is_left_over(con: duckdb.DuckDBPyConnection) -> None:
    """A column that was renamed leaves no dead comment behind (quality and meta tables of other rooms aside)."""
    comments = columns.load()
    tables = columns.schema_of(con)
    for table, named in comments.overrides.items():
        assert set(named) <= {n for n, _ in tables[table]}, table
    for key, table in comments.tables.items():
        if key in tables:
            assert set(table.grain) <= {n for n, _ in tables[key]}, key


def test_grain_is_unique(con: duckdb.DuckDBPyConnection) -> None:
    present = columns.schema_of(con)
    for key, table in columns.load().tables.items():
        if table.grain and key in present:
            twice = con.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {key} GROUP BY {', '.join(table.grain)} HAVING count(*) > 1)"
            ).fetchone()
            assert twice == (0,), key


def test_columns_are_named_one_by_one() -> None:
    """No star at the top: the order of columns is what the file says."""
    for model in models.load():
        for select in model.query.find_all(exp.Select):
            if select.parent is None:
                assert not any(
                    isinstance(s, exp.Star) or (isinstance(s, exp.Column) and isinstance(s.this, exp.Star)) for s in select.selects
                ), model.key


def test_every_column_has_a_known_source(con: duckdb.DuckDBPyConnection) -> None:
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for key, fields in columns.schema_of(con, ("core", "mart", "quality", "stage")).items():
        name, table = key.split(".")
        schema.setdefault(name, {})[table] = dict(fields)
    edges = columns.lineage_edges(models.load(), schema)
    assert ("mart.three_public", "amount_wanyuan", "core.fact_three_public", "amount_yuan") in edges
    assert ("core.cell", "value", "stage.part", "cells") in edges
    assert ("mart.year_on_year", "change_wanyuan", "core.fact_key_figure", "amount_yuan") in edges
    for table, column, source, source_column in edges:
        name, _, plain = source.partition(".")
        assert source_column in schema[name][plain], f"{table}.{column} from {source}.{source_column}"


def test_data_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    columns.dictionary(con)
    found = con.execute(
        "SELECT data_type, in_grain, column_zh FROM meta.data_dictionary WHERE table_name = 'core.cell' AND column_name = 'amount_yuan'"
    ).fetchall()
    assert found == [("DECIMAL(20,2)", False, "金额（元），非金额为空")]
    assert con.execute("SELECT count(*) FROM meta.data_dictionary WHERE column_zh IS NULL OR table_zh IS NULL").fetchone() == (0,)


def test_unknown_key_and_broken_sql_are_one_clear_line(tmp_path, con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(models.ModelError, match=r"no such model: core\.nothing"):
        models.run(con, ["core.nothing"])
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.sql").write_text("SELECT 1 AS x FROM core.b")
    (tmp_path / "core" / "b.sql").write_text("SELECT 1 AS x FROM core.a")
    with pytest.raises(models.ModelError, match="circle"):
        models.load(tmp_path)
    (tmp_path / "core" / "b.sql").write_text("SELECT 1 AS x; DROP TABLE core.cell")
    with pytest.raises(models.ModelError, match=r"b\.sql: a model is exactly one SELECT"):
        models.load(tmp_path)
    (tmp_path / "core" / "b.sql").write_text("SELECT nowhere FROM core.cell")
    with pytest.raises(models.ModelError, match=r"core\.b: .*nowhere"):
        models.run(con, ["core.b"], models=models.load(tmp_path))


def test_an_empty_warehouse_builds() -> None:
    empty = build([])
    assert empty.execute("SELECT count(*) FROM mart.department_year").fetchone() == (0,)
    assert empty.execute("SELECT count(*) FROM core.dim_region").fetchone() != (0,)


def test_stage_steps_are_built_with_their_readers_and_not_published(con: duckdb.DuckDBPyConnection) -> None:
    seen: list[str] = []
    models.run(con, ["core.fact_income"], on_model=lambda b: seen.append(b.key))
    assert seen[-1] == "core.fact_income" and "stage.amount" in seen


def test_without_a_verdict_nothing_reaches_a_mart() -> None:
    silent = build([File(report(statements=expenditure()))], admit=False)
    for mart in models.layer("mart"):
        if mart not in ("mart.report_quality", "mart.unit_timeline"):
            assert silent.execute(f"SELECT count(*) FROM {mart}").fetchone() == (0,), mart
