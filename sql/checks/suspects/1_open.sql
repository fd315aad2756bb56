-- The identities of reports in which one is broken, and the cells they touch. In: a_result, a_term. Out: a_instance, a_touch, a_suspect, a_blame.
-- does the identity hold once the cell is changed by delta? a cell that was blank or zero brings its own rounding
CREATE OR REPLACE TEMP MACRO a_mends(relation, diff, coef, delta, tol2, fen, res) AS
    CASE relation WHEN 'ge' THEN -2 * (diff + coef * delta) <= tol2
    ELSE 2 * abs(diff + coef * delta) <= tol2 + CASE WHEN coalesce(fen, 0) = 0 THEN res ELSE 0 END END;

CREATE OR REPLACE TEMP TABLE a_chain AS  -- all of a report that has a broken one, but the longest lists
SELECT r.check_no, r.key, r.report_no, r.diff, r.relation, r.outcome = 'broken' AS open
FROM a_result AS r
WHERE r.outcome NOT IN ('blank', 'shifted') AND r.n_all <= 200 AND r.report_no IN (SELECT report_no FROM a_result WHERE outcome = 'broken');

CREATE OR REPLACE TEMP TABLE a_suspect (
    report_no INTEGER, cell_no BIGINT, delta BIGINT, mends INTEGER, breaks INTEGER, exact INTEGER, edit VARCHAR, rank INTEGER, rivals INTEGER,
    round INTEGER, confidence DOUBLE);

CREATE OR REPLACE TEMP TABLE a_touch AS  -- which instances a cell of an open report is in
SELECT t.cell_no, t.check_no, t.key, t.report_no, t.coef, t.fen, t.res
FROM a_term AS t SEMI JOIN a_chain AS i ON i.check_no = t.check_no AND i.key = t.key;

CREATE OR REPLACE TEMP TABLE a_instance AS
SELECT i.*, t.tol2
FROM a_chain AS i JOIN (
    SELECT check_no, key, (coalesce(sum(res) FILTER (fen <> 0), 0) + coalesce(max(res) FILTER (fen = 0), 0))::BIGINT AS tol2 FROM a_touch GROUP BY ALL
) AS t USING (check_no, key);

CREATE OR REPLACE TEMP TABLE a_blame (check_no INTEGER, key BIGINT, cell_no BIGINT, delta BIGINT);
