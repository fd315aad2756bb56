-- What all checks use: the number of a check, the scheme of a statement's codes, the table findings are collected in.
CREATE OR REPLACE TEMP MACRO check_no(id) AS (SELECT check_no FROM a_check WHERE check_id = id);
CREATE OR REPLACE TEMP MACRO r_scheme(st) AS
    CASE WHEN st IN ('t06', 'b06', 'b08', 'b12') THEN 'economic_department' WHEN contains(st, '#government') THEN 'economic_government'
    WHEN st IN ('t02', 't03', 't05', 't08', 't09', 'b02', 'b03', 'b05', 'b07', 'b10', 'b11') THEN 'function' END;

CREATE OR REPLACE TEMP TABLE a_found (
    report_no INTEGER, check_no INTEGER, kind VARCHAR, severity VARCHAR, statement VARCHAR, page INTEGER,
    expected_fen BIGINT, actual_fen BIGINT, diff_fen BIGINT, tol_fen BIGINT, expected DOUBLE, actual DOUBLE, is_rounding BOOLEAN,
    cells BIGINT[], suspect_no BIGINT, suggested_fen BIGINT, locator VARCHAR, note VARCHAR, relation VARCHAR);
