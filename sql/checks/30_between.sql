-- Identities between statements as terms: slots against slots, and the same subject (by code, or by the name of its class) in two statements.
INSERT INTO a_term
WITH found AS (
    SELECT e.check_no, s.report_no, e.coef, e.optional, e.is_main, e.need, s.cell_no, s.fen, s.res, s.own_res
    FROM a_equality AS e JOIN a_slot AS s USING (sel_no)
), wanted AS (
    SELECT check_no, count(*) FILTER (NOT optional) AS required FROM a_equality GROUP BY check_no
), whole AS (
    SELECT f.check_no, f.report_no, any_value(f.cell_no) FILTER (f.is_main) AS key
    FROM found AS f JOIN wanted AS w USING (check_no)
    GROUP BY f.check_no, f.report_no, w.required
    HAVING count(*) FILTER (NOT f.optional) = w.required AND count(*) FILTER (f.is_main) = 1
        AND count(*) FILTER (f.optional) >= any_value(f.need)
)
SELECT f.check_no, w.key, f.report_no, f.cell_no, f.coef, f.fen, f.res, f.own_res
FROM found AS f JOIN whole AS w USING (check_no, report_no);

-- by code
CREATE OR REPLACE TEMP TABLE a_code_cell AS
SELECT report_no, st, code, measure, any_value(cell_no) AS cell_no, any_value(fen) AS fen, any_value(res) AS res, any_value(own_res) AS own_res,
    any_value(norm) AS norm
FROM a_cell WHERE inst = 1 AND is_money AND code IS NOT NULL
GROUP BY ALL HAVING count(*) = 1;

-- the same name twice in a statement's classes or lines cannot be matched by name
CREATE OR REPLACE TEMP TABLE a_class_line AS
SELECT report_no, st, norm, measure, any_value(cell_no) AS cell_no, any_value(fen) AS fen, any_value(res) AS res, any_value(own_res) AS own_res
FROM a_cell WHERE inst = 1 AND is_money AND code IS NULL AND side = 'expenditure' AND st IN ('t01', 't04', 'b01', 'b04')
GROUP BY ALL HAVING count(*) = 1;

CREATE OR REPLACE TEMP TABLE a_match AS
SELECT b.check_no, l.report_no, l.cell_no AS left_no, r.cell_no AS right_no, b.equal_1, b.equal_2
FROM a_by_code AS b
JOIN a_code_cell AS l ON l.st = b.st AND l.measure = b.measure
JOIN a_code_cell AS r ON r.st = b.r_st AND r.measure = b.r_measure AND r.report_no = l.report_no AND r.code = l.code
WHERE b.by_what = 'code'
UNION ALL
SELECT b.check_no, l.report_no, l.cell_no, r.cell_no, b.equal_1, b.equal_2
FROM a_by_code AS b
JOIN a_class_line AS l ON l.st = b.st AND l.measure = b.measure
JOIN a_code_cell AS r ON r.st = b.r_st AND r.measure = b.r_measure AND r.report_no = l.report_no AND r.norm = l.norm AND length(r.code) = 3
WHERE b.by_what = 'class';

CREATE OR REPLACE TEMP TABLE a_both AS
SELECT m.* FROM a_match AS m
LEFT JOIN a_slot AS e1 ON e1.sel_no = m.equal_1 AND e1.report_no = m.report_no
LEFT JOIN a_slot AS e2 ON e2.sel_no = m.equal_2 AND e2.report_no = m.report_no
WHERE m.equal_1 IS NULL OR 2 * abs(e1.fen - e2.fen) <= e1.res + e2.res;

INSERT INTO a_term
SELECT m.check_no, m.left_no, m.report_no, c.cell_no, 1, c.fen, c.res, c.own_res FROM a_both AS m JOIN a_cell AS c ON c.cell_no = m.left_no
UNION ALL
SELECT m.check_no, m.left_no, m.report_no, c.cell_no, -1, c.fen, c.res, c.own_res FROM a_both AS m JOIN a_cell AS c ON c.cell_no = m.right_no;
DROP TABLE a_match;
DROP TABLE a_both;
