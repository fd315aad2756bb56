"""What the checks read: temp tables a_report, a_cell0 (a view), a_sentence, a_claim, a_statement, a_eval, a_eline, a_member, a_subject, from core or from reports.

Amounts are integers in 分 (`fen`), resolutions too (`own_res`, at least 1 分), so that sums and comparisons are exact and fast.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pipelines.reports.model import Report

OFF_STATEMENT = ("narrative", "self_evaluation", "performance_target")

_FROM_CORE = """
CREATE OR REPLACE TEMP TABLE a_report AS
SELECT report_key AS report_no, report_id, unit_id, fiscal_year, kind, scope, is_current, department FROM core.dim_report;

CREATE OR REPLACE TEMP VIEW a_cell0 AS
SELECT
    c.rowid AS cell_no, c.report_key AS report_no, c.statement AS st, c.instance AS inst, c.row_no, c.side, c.block,
    nullif(c.code, '') AS code, c.name, c.measure, CAST(c.value AS DOUBLE) AS value, c.printed_unit AS unit,
    CAST(c.amount_yuan * 100 AS BIGINT) AS fen, greatest(CAST(c.resolution_yuan * 100 AS BIGINT), 1) AS own_res,
    CASE WHEN c.amount_yuan IS NULL THEN length(split_part(rtrim(c.printed, '%％'), '.', 2)) END AS decimals,
    c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target') AS is_statement,
    c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target') AND suffix(c.printed_unit, '元') AS is_money,
    CASE WHEN c.keys IS NOT NULL THEN json_extract_string(c.keys, '$.group') END AS grp,
    -- an item without the name of an item is a heading among items: a group
    CASE WHEN c.keys IS NULL THEN NULL
        WHEN json_extract_string(c.keys, '$.level') = 'item' AND json_extract_string(c.keys, '$.item_name') IS NULL THEN 'group'
        ELSE json_extract_string(c.keys, '$.level') END AS lvl,
    c.page, hash(c.report_key, c.statement, c.instance) AS sid, hash(hash(c.report_key, c.statement, c.instance), c.row_no) AS row_id,
    hash(hash(hash(c.report_key, c.statement, c.instance), c.row_no), c.measure) AS ck
FROM core.cell AS c
WHERE c.measure <> '';

CREATE OR REPLACE TEMP TABLE a_claim AS
SELECT r.report_no, c.ordinal, c.section, c.claim_kind AS kind, c.metric, c.direction, c.item_name, c.item_code, c.claim_text AS text, c.page, c.locator
FROM core.claim AS c JOIN a_report AS r ON r.report_id = c.report_id;

CREATE OR REPLACE TEMP TABLE a_statement AS
SELECT r.report_no, s.statement AS st, s.instance AS inst, s.role, s.title, s.note, s.printed_scope, s.pages[1] AS page
FROM core.statement AS s JOIN a_report AS r ON r.report_id = s.report_id;

CREATE OR REPLACE TEMP TABLE a_eval AS
SELECT r.report_no, e.form_no, e.project_name, e.implementing_unit, e.page
FROM core.evaluation AS e JOIN a_report AS r ON r.report_id = e.report_id WHERE e.form_kind = 'self_evaluation';

CREATE OR REPLACE TEMP TABLE a_eline AS
SELECT r.report_no, e.form_no, e.row_no, e.block, e.line, e.level1, e.target, e.actual, e.explanation, e.problem
FROM core.evaluation_line AS e JOIN a_report AS r ON r.report_id = e.report_id WHERE e.form_kind = 'self_evaluation';

CREATE OR REPLACE TEMP TABLE a_member AS
SELECT r.report_no, m.name, m.page FROM core.unit_member AS m JOIN a_report AS r ON r.report_id = m.report_id;

CREATE OR REPLACE TEMP TABLE a_reading AS
SELECT r.report_no, f.check_id, f.severity, f.statement, f.message, f.page, f.locator
FROM core.reading_finding AS f JOIN a_report AS r ON r.report_id = f.report_id;
"""

_SENTENCES = """
CREATE OR REPLACE TEMP TABLE a_sentence AS
SELECT r.report_no, f.row_no, f.section, f.direction, f.item_no, f.item_section, f.item_name, f.item_code, f.sentence
FROM core.narrative_fact AS f JOIN a_report AS r ON r.report_id = f.report_id;
"""

_SUBJECTS = """
CREATE OR REPLACE TEMP TABLE a_subject AS
SELECT scheme, code, translate(regexp_replace(name, '\\s', '', 'g'), '()', '（）') AS norm FROM core.dim_subject WHERE source <> 'report'
"""

# the same tables from parts that are reports of their own (no warehouse): `part` holds schema.PART rows, one a report
_FROM_PARTS = """
CREATE SCHEMA IF NOT EXISTS core;
CREATE OR REPLACE TABLE core.dim_report AS
SELECT part_no AS report_key, file_name AS report_id, department AS unit_id, fiscal_year, report_kind AS kind, scope, TRUE AS is_current, department FROM part;
CREATE OR REPLACE TABLE core.cell AS
SELECT left(p.file_sha256, 12) || ':' || c.statement || '#' || c.instance || ':' || c.row_no || ':' || c.measure AS cell_id, p.file_name AS report_id,
    p.part_no AS report_key, c.* EXCLUDE (unit), c.unit AS printed_unit, p.file_sha256
FROM (SELECT file_sha256, file_name, part_no, unnest(cells) AS c FROM part) AS p;
CREATE OR REPLACE TABLE core.narrative_fact AS SELECT file_name AS report_id, f.* FROM (SELECT file_name, unnest(facts) AS f FROM part);
CREATE OR REPLACE TABLE core.claim AS
SELECT file_name AS report_id, c.* RENAME (kind AS claim_kind, text AS claim_text) FROM (SELECT file_name, unnest(claims) AS c FROM part);
CREATE OR REPLACE TABLE core.statement AS SELECT file_name AS report_id, s.* FROM (SELECT file_name, unnest(statements) AS s FROM part);
CREATE OR REPLACE TABLE core.evaluation AS SELECT file_name AS report_id, e.* RENAME (kind AS form_kind) FROM (SELECT file_name, unnest(evaluations) AS e FROM part);
CREATE OR REPLACE TABLE core.evaluation_line AS
SELECT file_name AS report_id, e.* RENAME (kind AS form_kind) FROM (SELECT file_name, unnest(evaluation_lines) AS e FROM part);
CREATE OR REPLACE TABLE core.unit_member AS SELECT file_name AS report_id, m.* FROM (SELECT file_name, unnest(members) AS m FROM part);
CREATE OR REPLACE TABLE core.reading_finding AS SELECT file_name AS report_id, f.* FROM (SELECT file_name, unnest(findings) AS f FROM part);
"""


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    try:  # the catalogue's own tables are slow on a database with much in it
        con.execute(f"SELECT 1 FROM {table} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The input tables from `core` of the open connection."""
    con.execute(_FROM_CORE)
    con.execute(_SENTENCES)
    if _exists(con, "core.dim_subject"):
        con.execute(_SUBJECTS)
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE a_subject (scheme VARCHAR, code VARCHAR, norm VARCHAR)")


def load_reports(con: duckdb.DuckDBPyConnection, reports: Sequence[Report]) -> None:
    """core-shaped tables of `reports`, each a report of its own: to audit without a warehouse (extract, benchmark, tests).

    Sets `report_id` where there is none; report ids must differ.
    """
    import polars as pl

    from pipelines.extraction.schema import PART
    from pipelines.extraction.stage import part_rows

    rows: list[dict[str, Any]] = []
    for number, report in enumerate(reports, 1):
        row = dict(_part(part_rows, report, number))
        row.update(file_name=report.report_id or f"report-{number}", part_no=number)
        rows.append(row)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.parquet"  # polars to DuckDB without pyarrow
        pl.DataFrame(rows, schema=PART, orient="row").write_parquet(file)
        con.execute(f"CREATE OR REPLACE TEMP TABLE part AS FROM read_parquet('{file}')")
    con.execute(_FROM_PARTS)


def _part(part_rows: Any, report: Report, number: int) -> dict[str, Any]:
    sha = report.files[0].sha256 if report.files else f"{number:064d}"
    found: dict[str, Any] = part_rows(report, sha256=sha, part_no=number)
    return found
