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
SELECT c.cell_no, c.report_no, c.st, c.code, c.measure, c.fen, c.res, c.own_res, hash(c.report_no, c.st, c.code, c.measure) AS place
FROM a_cell AS c SEMI JOIN (SELECT row_id FROM a_coded WHERE n_same = 1) AS k ON k.row_id = c.row_id
WHERE c.inst = 1 AND c.is_money;

-- the same name twice in a statement's classes or lines cannot be matched by name
CREATE OR REPLACE TEMP TABLE a_class_line AS
SELECT c.report_no, c.st, r.norm, c.measure, any_value(c.cell_no) AS cell_no, any_value(c.fen) AS fen, any_value(c.res) AS res, any_value(c.own_res) AS own_res
FROM a_cell AS c JOIN a_row AS r ON r.row_id = c.row_id
WHERE c.inst = 1 AND c.is_money AND c.code IS NULL AND c.side = 'expenditure' AND c.st IN ('t01', 't04', 'b01', 'b04')
GROUP BY ALL HAVING count(*) = 1;

CREATE OR REPLACE TEMP TABLE a_both AS
WITH matched AS (
    SELECT b.check_no, l.report_no, l.cell_no AS left_no, l.fen AS left_fen, l.res AS left_res, r.cell_no AS right_no, r.fen AS right_fen, r.res AS right_res,
        b.equal_1, b.equal_2
    FROM a_by_code AS b
    JOIN a_code_cell AS l ON l.st = b.st AND l.measure = b.measure
    JOIN a_code_cell AS r ON r.place = hash(l.report_no, b.r_st, l.code, b.r_measure)
    WHERE b.by_what = 'code'
    UNION ALL
    SELECT b.check_no, l.report_no, l.cell_no, l.fen, l.res, r.cell_no, r.fen, r.res, b.equal_1, b.equal_2
    FROM a_by_code AS b
    JOIN a_class_line AS l ON l.st = b.st AND l.measure = b.measure
    JOIN (SELECT report_no, st, norm, any_value(code) AS code FROM a_row WHERE length(code) = 3 AND inst = 1 GROUP BY ALL HAVING count(*) = 1) AS n
        ON n.report_no = l.report_no AND n.st = b.r_st AND n.norm = l.norm
    JOIN a_code_cell AS r ON r.place = hash(l.report_no, b.r_st, n.code, b.r_measure)
    WHERE b.by_what = 'class'
)
SELECT m.* FROM matched AS m
LEFT JOIN a_slot AS e1 ON e1.sel_no = m.equal_1 AND e1.report_no = m.report_no
LEFT JOIN a_slot AS e2 ON e2.sel_no = m.equal_2 AND e2.report_no = m.report_no
WHERE m.equal_1 IS NULL OR 2 * abs(e1.fen - e2.fen) <= e1.res + e2.res;

INSERT INTO a_term
SELECT check_no, left_no, report_no, left_no, 1, left_fen, left_res, left_res FROM a_both
UNION ALL
SELECT check_no, left_no, report_no, right_no, -1, right_fen, right_res, right_res FROM a_both;
DROP TABLE a_both;
