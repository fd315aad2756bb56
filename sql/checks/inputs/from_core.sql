-- What the checks read, from core, of the reports that are due and those they are compared with (a_looked_at). Amounts are integers in 分, so that sums and comparisons are exact and fast.
CREATE OR REPLACE TEMP TABLE a_report AS
SELECT d.report_key AS report_no, d.report_id, d.unit_id, d.fiscal_year, d.kind, d.scope, d.is_current, d.department, a.is_due
FROM core.dim_report AS d JOIN a_looked_at AS a ON a.report_no = d.report_key;

CREATE OR REPLACE TEMP VIEW a_cell0 AS
SELECT
    c.rowid AS cell_no, c.report_key AS report_no, c.statement AS st, c.instance AS inst, c.row_no, c.side, c.block,
    nullif(c.code, '') AS code, c.name, c.measure, CAST(c.value AS DOUBLE) AS value, c.printed_unit AS unit,
    -- DECIMAL(18) is a 64-bit integer, the wider type of core is not: ten times as fast; what does not fit is no amount of 元
    CAST(TRY_CAST(c.amount_yuan AS DECIMAL(18, 2)) * 100 AS BIGINT) AS fen,
    greatest(CAST(TRY_CAST(c.resolution_yuan AS DECIMAL(18, 6)) * 100 AS BIGINT), 1) AS own_res,
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
FROM core.cell AS c SEMI JOIN a_looked_at AS a ON a.report_no = c.report_key
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

CREATE OR REPLACE TEMP TABLE a_sentence AS
SELECT r.report_no, f.row_no, f.section, f.direction, f.item_no, f.item_section, f.item_name, f.item_code, f.sentence
FROM core.narrative_fact AS f JOIN a_report AS r ON r.report_id = f.report_id;

CREATE OR REPLACE TEMP TABLE a_unread AS
SELECT r.report_no, u.unrecognised_text AS text, u.page FROM core.unrecognised AS u JOIN a_report AS r ON r.report_id = u.report_id;
