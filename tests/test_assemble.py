"""Parts become reports: keys, revisions, copies, pairs, parts of no report; the order of arrival never matters."""

from __future__ import annotations

import random
from datetime import date, datetime

import pytest
from _warehouse import File, build, expenditure, fact, hashes, needs_reports, one, real_files, report, row, statement, value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FEBRUARY, MARCH, APRIL = datetime(2025, 2, 1, 3), datetime(2025, 3, 1, 3), datetime(2025, 4, 1, 3)


def reports(con):
    return con.execute("SELECT revision, is_current, known_from, superseded_at FROM core.dim_report ORDER BY report_id").fetchall()


def test_department_and_unit_of_one_body_are_two_reports_of_one_unit() -> None:
    con = build([File(report(statements=expenditure()), "a"), File(report(scope="unit", statements=expenditure("80.00", "50.00")), "b")])
    assert con.execute("SELECT scope, revision FROM core.dim_report ORDER BY scope").fetchall() == [("department", 1), ("unit", 1)]
    assert one(con, "SELECT count(DISTINCT unit_id) FROM core.dim_report") == 1
    assert con.execute("SELECT scope, expenditure_current_wanyuan FROM mart.department_year ORDER BY scope").fetchall() == [
        ("department", 100),
        ("unit", 80),
    ]


def test_a_corrected_copy_is_revision_two_and_the_difference_is_that_cell() -> None:
    old, new = expenditure(), expenditure()
    new[1].rows[3].values["total"] = value("61.00")
    con = build([File(report(statements=new), "b", MARCH), File(report(statements=old), "a", FEBRUARY)])
    assert reports(con) == [(1, False, FEBRUARY, MARCH), (2, True, MARCH, None)]
    assert con.execute("SELECT statement, row_key, measure, change, previous_value, value FROM quality.revision_difference").fetchall() == [
        ("t03", "2080501", "total", "changed", 60, 61)
    ]
    as_of = "SELECT amount_yuan FROM core.facts_as_of('core.fact_expenditure', DATE '{}') WHERE code = '2080501' AND measure = 'total'"
    assert con.execute(as_of.format("2025-01-31")).fetchall() == []
    assert one(con, as_of.format("2025-02-28")) == 600000
    assert one(con, as_of.format("2025-03-01")) == 610000
    assert one(con, "SELECT amount_wanyuan FROM mart.subject_year WHERE code = '2080501' AND measure = 'total'") == 61


def test_as_of_is_the_end_of_the_day_in_shanghai() -> None:
    con = build([File(report(statements=expenditure()), "a", datetime(2025, 2, 1, 16, 30))])  # 2 February, 00:30 in Shanghai
    assert con.execute("SELECT count(*) FROM core.as_of(DATE '2025-02-01')").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM core.as_of(DATE '2025-02-02')").fetchone() == (1,)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_same_content_in_other_bytes_is_a_file_and_no_revision(kind: str) -> None:
    said = [fact("income.total", "100")]
    other = (
        [fact("income.total", "100"), fact("income.other", "1")] if kind == "docx" else said
    )  # a format reads the text a little otherwise
    con = build(
        [
            File(report(statements=expenditure(), facts=said), "a", FEBRUARY),
            File(report(statements=expenditure(), facts=other), "b", MARCH, kind=kind),
        ]
    )
    assert reports(con)[0][:2] == (1, True) and len(reports(con)) == 1
    assert con.execute("SELECT file_name, contributes FROM core.report_file ORDER BY file_name").fetchall()[0] == ("a", True)
    assert one(con, "SELECT count(*) FROM core.report_file") == 2
    assert one(con, "SELECT count(DISTINCT file_sha256) FROM core.cell WHERE statement = 't03'") == 1


def test_published_date_orders_revisions_before_first_seen() -> None:
    con = build(
        [
            File(report(statements=expenditure("90.00")), "late", FEBRUARY, published_on=date(2024, 12, 1)),
            File(report(statements=expenditure("100.00")), "early", MARCH, published_on=date(2024, 9, 1)),
        ]
    )
    assert one(con, "SELECT expenditure_current_wanyuan FROM mart.department_year") == 90


def test_tables_and_text_in_two_files_are_one_report() -> None:
    tables = File(report(part="tables", statements=expenditure()), "tables", FEBRUARY)
    text = report(part="narrative", facts=[fact("income.total", "107")])
    same_day = build([tables, File(text, "text", FEBRUARY)])
    assert reports(same_day) == [(1, True, FEBRUARY, None)]
    later = build([tables, File(text, "text", MARCH)])
    assert reports(later) == [(1, False, FEBRUARY, MARCH), (2, True, MARCH, None)]
    for con in (same_day, later):
        assert con.execute(
            "SELECT count(DISTINCT file_sha256) FROM core.cell JOIN core.dim_report USING (report_id) WHERE is_current"
        ).fetchone() == (2,)
    assert one(later, "SELECT count(*) FROM quality.revision_difference WHERE change <> 'added'") == 0


def test_tables_split_over_files_are_not_a_correction() -> None:
    first, second = expenditure()
    con = build([File(report(part="tables", statements=[first]), "a"), File(report(part="tables", statements=[second]), "b")])
    assert len(reports(con)) == 1
    assert con.execute("SELECT DISTINCT statement FROM core.cell ORDER BY 1").fetchall() == [("t01",), ("t03",)]


def test_a_part_that_names_no_body_joins_by_three_totals() -> None:
    amounts = [
        fact("income.total", "107"),
        fact("expenditure.total", "107"),
        fact("fiscal_appropriation.total", "100"),
        fact("basic.total", "60"),
    ]
    text = File(report(part="narrative", facts=amounts), "text")
    nameless = File(report(department=None, region=None, part="tables", statements=expenditure()), "tables")
    con = build([nameless, text, File(report(department="某市民政局", statements=expenditure("55.00", "5.00")), "other")])
    assert con.execute("SELECT joined_by FROM core.report_file WHERE file_name = 'tables'").fetchall() == [("totals",)]
    assert one(con, "SELECT unit_name FROM mart.department_year WHERE expenditure_current_wanyuan = 100") == "某市财政局"


def test_two_reports_with_the_same_totals_leave_it_unassigned() -> None:
    amounts = [fact("income.total", "107"), fact("fiscal_appropriation.total", "100"), fact("basic.total", "60")]
    nameless = File(report(department=None, region=None, part="tables", statements=expenditure()), "tables")
    files = [nameless, File(report(part="narrative", facts=amounts), "a"), File(report("某市民政局", part="narrative", facts=amounts), "b")]
    con = build(files)
    assert con.execute("SELECT check_id, report_id FROM core.reading_finding").fetchall() == [("unassigned", None)]
    assert one(con, "SELECT count(*) FROM core.cell WHERE statement = 't03'") == 0
    paired = build(files, pairs=[(files[1].sha256, nameless.sha256)])
    assert paired.execute("SELECT joined_by FROM core.report_file WHERE file_name = 'tables'").fetchall() == [("pair",)]
    assert paired.execute("SELECT unit_name FROM mart.department_year WHERE expenditure_current_wanyuan = 100").fetchall() == [
        ("某市财政局",)
    ]


def test_two_totals_are_not_enough() -> None:
    nameless = File(report(department=None, part="tables", statements=expenditure()), "tables")
    con = build([nameless, File(report(part="narrative", facts=[fact("income.total", "107"), fact("basic.total", "100")]), "a")])
    assert one(con, "SELECT count(*) FROM core.reading_finding WHERE check_id = 'unassigned'") == 1


def test_cell_ids_outlast_revisions_and_units() -> None:
    old = File(report(statements=expenditure()), "a", FEBRUARY)
    alone = build([old])
    both = build([old, File(report(statements=expenditure("90.00")), "b", MARCH)])
    ids = "SELECT cell_id FROM core.cell WHERE statement = 't03' ORDER BY 1"
    assert set(alone.execute(ids).fetchall()) <= set(both.execute(ids).fetchall())
    assert one(alone, "SELECT cell_id FROM core.cell WHERE code = '2080501' AND measure = 'total'") == f"{old.sha256[:12]}:t03#1:4:total"


def test_a_file_with_two_reports() -> None:
    one_file = [report(statements=expenditure()), report(scope="unit", statements=expenditure("80.00"))]
    import duckdb
    from _warehouse import finish

    from pipelines.extraction.stage import frame, part_rows
    from pipelines.warehouse import assemble, frames

    con = duckdb.connect()
    con.execute("CREATE SCHEMA stage")
    con.register("_p", frames.Arrow(frame([part_rows(r, sha256="f" * 64, part_no=n) for n, r in enumerate(one_file, 1)])))
    con.execute("CREATE TABLE stage.part AS SELECT * FROM _p")
    assemble.assemble(con)
    finish(con)
    assert one(con, "SELECT count(DISTINCT cell_id) = count(*) FROM core.cell")
    assert one(con, "SELECT count(*) FROM core.dim_report") == 2
    assert con.execute("SELECT DISTINCT split_part(cell_id, ':', 2) FROM core.cell WHERE statement = 't03' ORDER BY 1").fetchall() == [
        ("t03#1",),
        ("t03#1001",),
    ]


def _some_files() -> list[File]:
    """A home with all that can happen: revisions, parts, scopes, renames, a nameless part, a copy."""
    amounts = [fact("income.total", "107"), fact("fiscal_appropriation.total", "100"), fact("basic.total", "60")]
    return [
        File(report(part="tables", statements=expenditure()), "tables", FEBRUARY),
        File(report(part="narrative", facts=amounts), "text", MARCH),
        File(report(part="narrative", facts=[*amounts, fact("income.other", "3")]), "text again", APRIL),
        File(report(scope="unit", statements=expenditure("80.00")), "unit", FEBRUARY),
        File(report("济源市人大常委会办公室", 2021, statements=expenditure("20.00", "5.00")), "old name", MARCH),
        File(report("济源市人大办公室", 2022, statements=expenditure("22.00", "5.00")), "new name", FEBRUARY),
        File(
            report(department=None, region=None, part="tables", statements=[statement("t02", [row("合计", total="107")])]),
            "nameless",
            APRIL,
        ),
        File(report("济源市民政局", members=["济源市福利院", "济源市救助站"], statements=expenditure("55.00", "5.00")), "a", FEBRUARY),
        File(report("济源市民政局", members=["济源市福利院", "济源市救助站"], statements=expenditure("55.00", "5.00")), "a copy", APRIL),
    ]


BASE: dict[str, tuple[int, int]] = {}


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_order_of_files_makes_the_same_tables(rng: random.Random) -> None:
    files = _some_files()
    if not BASE:
        BASE.update(hashes(build(files)))
    rng.shuffle(files)
    assert hashes(build(files)) == BASE


@needs_reports
def test_real_reports_in_any_order() -> None:
    files = list(real_files())
    straight = hashes(build(files))
    assert hashes(build(files[::-1])) == straight
    assert straight["core.dim_report"][0] >= 16 and straight["core.cell"][0] > 10_000


@needs_reports
def test_real_files_become_the_right_reports() -> None:
    con = build(real_files())
    found = con.execute(
        "SELECT u.name, r.fiscal_year, r.kind, r.scope, count(*) FROM core.dim_report AS r JOIN core.dim_unit AS u USING (unit_key)"
        " JOIN core.report_file AS f ON f.report_id = r.report_id WHERE r.is_current GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    by_unit: dict[str, list[tuple[int, str, str, int]]] = {}
    for name, *rest in found:
        by_unit.setdefault(name, []).append(tuple(rest))
    assert by_unit["江苏省政协办公厅"] == [(y, "budget", "department", 2) for y in (2017, 2018, 2019)]
    assert [r[0] for r in by_unit["江苏省人大常委会办公厅"]] == [2017, 2018, 2019]
    assert [r[0] for r in by_unit["上海市普陀区人民政府万里街道办事处"]] == [2023, 2024, 2025]
    assert by_unit["上海市普陀区商务委员会"] == [(2025, "budget", "department", 1), (2025, "budget", "unit", 1)]
    assert one(con, "SELECT count(*) FROM core.dim_report WHERE NOT is_current") == 0
    assert one(con, "SELECT count(*) FROM core.reading_finding WHERE source = 'assembly'") == 0


SAID = [fact("income.total", "107"), fact("fiscal_appropriation.total", "100"), fact("basic.total", "60")]


def test_a_table_file_that_does_not_say_which_place_joins_its_text() -> None:
    tables = File(report("财政局", region=None, part="tables", statements=expenditure()), "tables")
    con = build([tables, File(report("济源市财政局", part="narrative", facts=SAID), "text")])
    assert con.execute("SELECT joined_by FROM core.report_file WHERE file_name = 'tables'").fetchall() == [("totals",)]
    assert one(con, "SELECT unit_name FROM mart.department_year") == "济源市财政局"
    alone = build([tables])
    assert alone.execute("SELECT check_id FROM core.reading_finding").fetchall() == [("region_unknown",)]
    assert one(alone, "SELECT expenditure_current_wanyuan FROM mart.department_year") == 100


def test_two_halves_under_two_scope_words_are_one_report() -> None:
    text = File(report("济源市财政局", part="narrative", scope="unit", facts=SAID), "text")
    tables = File(report("济源市财政局", part="tables", statements=expenditure()), "tables")
    con = build([text, tables])
    assert con.execute("SELECT scope, revision FROM core.dim_report").fetchall() == [("department", 1)]
    other = File(report("济源市财政局", part="narrative", scope="unit", facts=[fact("income.total", "12")]), "text")
    assert one(build([other, tables]), "SELECT count(*) FROM core.dim_report") == 2
