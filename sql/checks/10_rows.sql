-- Rows of the statements with a normalised name, an enumeration level and a line role. In: a_cell0, a_pattern. Out: a_row, a_cell.
CREATE OR REPLACE TEMP TABLE a_name AS
WITH names AS (
    SELECT DISTINCT name FROM a_cell0 WHERE is_statement AND name IS NOT NULL
), plain AS (
    SELECT
        name,
        translate(regexp_replace(name, '[\s\x{3000}]', '', 'g'), '()“”"', '（）') AS squeezed
    FROM names
), normed AS (
    SELECT
        name,
        regexp_replace(squeezed, '^([一二三四五六七八九十百]+[、.．,，]|（[一二三四五六七八九十0-9]+）|[0-9]+[.．、]+)+', '') AS norm,
        CASE
            WHEN regexp_matches(squeezed, '^[一二三四五六七八九十百]+[、.．,，]') THEN 1
            WHEN regexp_matches(squeezed, '^(（[一二三四五六七八九十]+）|[0-9]+[.．、])') THEN 2
            WHEN regexp_matches(squeezed, '^（[0-9]+）') THEN 3
        END AS level
    FROM plain
)
SELECT n.name, n.norm, n.level, arg_min(p.line, p.ordinal) AS line
FROM normed AS n LEFT JOIN a_pattern AS p ON regexp_matches(n.norm, p.pattern)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE a_row0 AS
SELECT
    r.report_no, r.st, r.inst, r.row_no, r.side, r.block, r.code, r.grp, r.lvl, n.norm, n.level,
    CASE WHEN r.code IS NULL THEN n.line END AS line
FROM (
    SELECT report_no, st, inst, row_no, any_value(side) AS side, any_value(block) AS block, any_value(code) AS code,
        any_value(name) AS name, any_value(grp) AS grp, any_value(lvl) AS lvl
    FROM a_cell0 WHERE is_statement GROUP BY report_no, st, inst, row_no
) AS r LEFT JOIN a_name AS n USING (name);

-- what a side or statement prints decides what an ambiguous 合计 is, and whether a fund line is of the year or of the carry-over
CREATE OR REPLACE TEMP TABLE a_row AS
WITH sides AS (
    SELECT
        report_no, st, inst, coalesce(side, '') AS side,
        count(*) FILTER (line = 'grand_total') AS n_grand,
        count(*) FILTER (line = 'sum_total') AS n_sum,
        min(row_no) FILTER (line = 'carry_in') AS carry_row,
        min(row_no) FILTER (line IN ('current_total', 'sum_total', 'grand_total')) AS first_total_row
    FROM a_row0 WHERE line IS NOT NULL GROUP BY ALL
)
SELECT
    row_number() OVER (ORDER BY r.report_no, r.st, r.inst, r.row_no) AS row_id,
    r.* EXCLUDE (line),
    CASE
        WHEN r.line = 'sum_total' AND s.n_grand = 0 AND s.n_sum = 1 THEN 'grand_total'
        WHEN r.line = 'sum_total' AND s.n_grand > 0 AND s.n_sum = 1 AND r.side IS NOT NULL THEN 'current_total'
        WHEN r.line LIKE 'fund\_%' ESCAPE '\' AND r.row_no > s.carry_row AND r.row_no > s.first_total_row THEN 'carry_' || r.line
        ELSE r.line
    END AS line,
    s.first_total_row, s.carry_row
FROM a_row0 AS r
LEFT JOIN sides AS s ON s.report_no = r.report_no AND s.st = r.st AND s.inst = r.inst AND s.side = coalesce(r.side, '');

-- a statement's resolution is the finest it prints: 237 beside 24,169.74 has lost its zeros, not its digits
CREATE OR REPLACE TEMP TABLE a_cell AS
WITH finest AS (
    SELECT report_no, st, inst, unit, min(own_res) AS res FROM a_cell0 WHERE fen IS NOT NULL GROUP BY ALL
)
SELECT c.* EXCLUDE (grp, lvl), r.row_id, r.norm, r.level, r.line, coalesce(f.res, c.own_res) AS res
FROM a_cell0 AS c
LEFT JOIN a_row AS r ON r.report_no = c.report_no AND r.st = c.st AND r.inst = c.inst AND r.row_no = c.row_no
LEFT JOIN finest AS f ON f.report_no = c.report_no AND f.st = c.st AND f.inst = c.inst AND f.unit = c.unit;

DROP TABLE a_cell0;
DROP TABLE a_row0;

-- the selected slots: one printed cell each, or none
CREATE OR REPLACE TEMP TABLE a_slot AS
SELECT sel_no, report_no, any_value(cell_no) AS cell_no, any_value(fen) AS fen, any_value(res) AS res, any_value(own_res) AS own_res
FROM (
    SELECT s.sel_no, c.report_no, c.cell_no, c.fen, c.res, c.own_res
    FROM a_cell AS c JOIN a_selector AS s ON s.st = c.st AND s.measure = c.measure AND s.line = coalesce(c.code, c.line)
    WHERE c.inst = 1 AND (s.side IS NULL OR s.side = c.side)
    UNION ALL
    SELECT s.sel_no, c.report_no, c.cell_no, c.fen, c.res, c.own_res
    FROM a_cell AS c JOIN a_selector AS s ON s.st = c.st AND s.measure = c.measure AND s.line = 'any'
    WHERE c.inst = 1
)
GROUP BY sel_no, report_no HAVING count(*) = 1;
