"""Runs every check over all reports at once and writes quality.finding, identity_result, suspect, verdict and coverage.

`run(con)` works on the open build connection after core; `audit_reports(reports)` audits reports without a warehouse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.audit import identities, inputs, suspects, tables, variants, verdicts
from pipelines.settings import code_data

if TYPE_CHECKING:
    from pipelines.reports.model import Report

_MACROS = """
CREATE OR REPLACE TEMP MACRO check_no(id) AS (SELECT check_no FROM a_check WHERE check_id = id);
CREATE OR REPLACE TEMP MACRO r_scheme(st) AS
    CASE WHEN st IN ('t06', 'b06', 'b08', 'b12') THEN 'economic_department' WHEN contains(st, 'government') AND contains(st, '#') THEN 'economic_government'
    WHEN st IN ('t02', 't03', 't05', 't08', 't09', 'b02', 'b03', 'b05', 'b07', 'b10', 'b11') THEN 'function' END;
"""

_FOUND = """
CREATE OR REPLACE TEMP TABLE a_found (
    report_no INTEGER, check_no INTEGER, kind VARCHAR, severity VARCHAR, statement VARCHAR, page INTEGER,
    expected_fen BIGINT, actual_fen BIGINT, diff_fen BIGINT, tol_fen BIGINT, expected DOUBLE, actual DOUBLE, is_rounding BOOLEAN,
    cells BIGINT[], suspect_no BIGINT, suggested_fen BIGINT, locator VARCHAR, note VARCHAR, relation VARCHAR);
"""

# one message form for all equations: what, where, printed, expected, difference, in the printed unit
_WRITE = """
INSERT INTO quality.finding
WITH numbered AS (
    SELECT row_number() OVER () AS n, f.* FROM a_found AS f
), listed AS (
    SELECT n, unnest(cells) AS cell_no, generate_subscripts(cells, 1) AS place FROM numbered
), named AS (
    SELECT l.n, list(c.cell_id ORDER BY l.place) AS cell_ids
    FROM listed AS l JOIN core.cell AS c ON c.rowid = l.cell_no GROUP BY l.n
), first_cell AS (
    SELECT l.n, c.*, r.norm FROM listed AS l JOIN a_cell AS c USING (cell_no) LEFT JOIN a_row AS r ON r.row_id = c.row_id WHERE l.place = 1
), written AS (
    SELECT
        f.*, r.report_id, k.check_id, k.title, n.cell_ids, c.st, c.page AS cell_page, s.cell_id AS suspect_cell_id,
        CASE c.unit WHEN '万元' THEN 1000000 WHEN '千元' THEN 100000 WHEN '亿元' THEN 10000000000 ELSE 100 END AS factor,
        CASE WHEN c.unit LIKE '%元' THEN c.unit ELSE '元' END AS shown_unit,
        concat_ws(' ', nullif(c.st, 'narrative'), c.code, c.norm, c.name_shown, '（' || c.measure || '）') AS place
    FROM numbered AS f
    JOIN a_report AS r USING (report_no)
    JOIN a_check AS k USING (check_no)
    LEFT JOIN named AS n ON n.n = f.n
    LEFT JOIN (SELECT *, CASE WHEN norm IS NULL THEN name END AS name_shown FROM first_cell) AS c ON c.n = f.n
    LEFT JOIN core.cell AS s ON s.rowid = f.suspect_no
)
SELECT
    left(md5(concat_ws('|', check_id, CASE WHEN len(cell_ids) > 0 THEN array_to_string(list_sort(cell_ids), ',') ELSE concat_ws('|', report_id, locator, note) END)), 16),
    report_id, check_id, kind, severity, coalesce(statement, st), coalesce(page, cell_page),
    expected_fen / 100, actual_fen / 100, diff_fen / 100, tol_fen / 100, expected, actual, is_rounding, coalesce(cell_ids, []),
    suspect_cell_id, suggested_fen / 100, CAST(NULL AS DOUBLE),
    CASE
        WHEN note IS NOT NULL THEN note
        WHEN relation = 'pct' THEN format('{}：{} 印 {}%，按所述数计算为 {:.4f}%', title, place, actual, expected)
        WHEN expected_fen IS NULL THEN format('{}：{} 印 {}，应为 {}', title, place, actual, expected)
        WHEN relation = 'ge' THEN format('{}：{} 印 {:,.2f}{}，小于 {:,.2f}', title, place, actual_fen / factor, shown_unit, expected_fen / factor)
        ELSE format('{}：{} 印 {:,.2f}{}，应为 {:,.2f}，差 {:,.2f}{}', title, place, actual_fen / factor, shown_unit, expected_fen / factor,
            diff_fen / factor, CASE WHEN is_rounding THEN '（四舍五入）' ELSE '' END)
    END, locator
FROM written
ORDER BY report_id, check_id, cell_ids, note;
"""

# what reading and assembling said becomes a finding under its own check
_READING = """
INSERT INTO quality.finding
SELECT left(md5(concat_ws('|', f.check_id, r.report_id, f.statement, f.message, f.locator)), 16), r.report_id, f.check_id, 'reading', f.severity,
    f.statement, f.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL, f.message, f.locator
FROM a_reading AS f JOIN a_report AS r USING (report_no)
ORDER BY ALL;
"""

_COVERAGE = """
INSERT INTO quality.coverage
WITH touched AS (SELECT cell_no, count(*) AS n FROM a_term GROUP BY cell_no)
SELECT r.fiscal_year, r.kind, r.scope, count(DISTINCT r.report_no), count(DISTINCT r.report_no) FILTER (v.verdict = 'admitted'),
    count(DISTINCT r.report_no) FILTER (v.verdict = 'admitted_with_findings'), count(DISTINCT r.report_no) FILTER (v.verdict = 'quarantined'),
    count(c.cell_no), count(t.cell_no), count(t.cell_no) FILTER (t.n > 1)
FROM a_report AS r
LEFT JOIN quality.verdict AS v ON v.report_id = r.report_id
LEFT JOIN a_cell AS c ON c.report_no = r.report_no AND c.fen IS NOT NULL AND c.is_statement
LEFT JOIN touched AS t ON t.cell_no = c.cell_no
GROUP BY ALL ORDER BY ALL;
"""


def run(con: duckdb.DuckDBPyConnection, on_step: Callable[[str, float], None] | None = None, keep: bool = False) -> None:
    """Audits every report revision in `core`; writes the tables of `quality` (CONTRACT §5). Deterministic.

    The temp tables of the run (a_…) are dropped at the end unless `keep` (for those who ask which identities touch a cell).
    """
    import time

    def step(name: str, work: Callable[[], Any]) -> None:
        started = time.perf_counter()
        work()
        if on_step:
            on_step(name, time.perf_counter() - started)

    tables.create(con)
    step("inputs", lambda: inputs.prepare(con))
    identities.register(con)
    con.execute(_MACROS)
    con.execute(_FOUND)
    for path in sorted(code_data("sql").joinpath("checks").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        step(path.stem, lambda text=text: con.execute(text))
    step("variants", lambda: variants.run(con))
    step("suspects", lambda: suspects.run(con))
    step("findings", lambda: con.execute(_WRITE))
    step("reading", lambda: con.execute(_READING))
    step("suspects_written", lambda: suspects.write(con))
    step("verdicts", lambda: verdicts.run(con))
    step("coverage", lambda: con.execute(_COVERAGE))
    if not keep:
        _drop(con)


def _drop(con: duckdb.DuckDBPyConnection) -> None:
    for (name,) in con.execute("SELECT name FROM (SHOW ALL TABLES) WHERE schema = 'main' AND temporary AND starts_with(name, 'a_')").fetchall():
        con.execute(f"DROP TABLE temp.{name}")


def audit_reports(reports: Sequence[Report], keep: bool = False) -> duckdb.DuckDBPyConnection:
    """Audits `reports` in a database of its own in memory and returns its connection (schemas core, quality)."""
    con = duckdb.connect()
    inputs.load_reports(con, reports)
    run(con, keep=keep)
    return con
