-- core-shaped tables of parts that are reports of their own (no warehouse). In: part, schema.PART rows, one a report.
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
CREATE OR REPLACE TABLE core.unrecognised AS
SELECT file_name AS report_id, u.* RENAME (text AS unrecognised_text) FROM (SELECT file_name, unnest(unrecognised) AS u FROM part);
