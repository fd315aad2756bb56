-- Rows of the statements with a normalised name, an enumeration level and a line role. In: a_cell0, a_pattern. Out: a_row, a_cell, a_slot.
-- Keys are 64-bit hashes, which join faster than the texts they stand for: sid a statement of a report, row_id a row, ck a cell of a row.
CREATE OR REPLACE TEMP TABLE a_row0 AS
SELECT row_id, any_value(report_no) AS report_no, any_value(st) AS st, any_value(inst) AS inst, any_value(sid) AS sid, any_value(row_no) AS row_no,
    any_value(side) AS side, any_value(code) AS code, any_value(name) AS name, any_value(grp) AS grp, any_value(lvl) AS lvl,
    min(cell_no) AS cell_no, any_value(page) AS page
FROM a_cell0 WHERE is_statement GROUP BY row_id;

CREATE OR REPLACE TEMP TABLE a_name AS
WITH plain AS (
    SELECT name, translate(regexp_replace(name, '[\s\x{3000}]', '', 'g'), '()“”"', '（）') AS squeezed
    FROM (SELECT DISTINCT name FROM a_row0 WHERE name IS NOT NULL)
), normed AS (
    SELECT
        name,
        regexp_replace(squeezed, '^([一二三四五六七八九十百]+[、.．,，]|（[一二三四五六七八九十0-9]+）|[0-9]+[.．、]+)+', '') AS norm,
        CASE
            WHEN regexp_matches(squeezed, '^[一二三四五六七八九十百]+[、.．,，]') THEN 1
            WHEN regexp_matches(squeezed, '^（[一二三四五六七八九十]+）') THEN 2
            WHEN regexp_matches(squeezed, '^[0-9]+[.．、]') THEN 3
            WHEN regexp_matches(squeezed, '^（[0-9]+）') THEN 4
        END AS level
    FROM plain
)
SELECT n.name, n.norm, n.level, arg_min(p.line, p.ordinal) AS line
FROM normed AS n LEFT JOIN a_pattern AS p ON regexp_matches(n.norm, p.pattern)
GROUP BY ALL;

-- what a side or statement prints decides what an ambiguous 合计 is, and whether a fund line is of the year or of the carry-over
CREATE OR REPLACE TEMP TABLE a_row AS
WITH named AS (
    SELECT r.* EXCLUDE (name), n.norm, n.level, CASE WHEN r.code IS NULL THEN n.line END AS line
    FROM a_row0 AS r LEFT JOIN a_name AS n USING (name)
), sides AS (
    SELECT
        sid, coalesce(side, '') AS side,
        count(*) FILTER (line = 'grand_total') AS n_grand,
        count(*) FILTER (line = 'sum_total') AS n_sum,
        min(row_no) FILTER (line = 'carry_in') AS carry_row,
        min(row_no) FILTER (line IN ('current_total', 'sum_total', 'grand_total')) AS first_total_row
    FROM named WHERE line IS NOT NULL GROUP BY ALL
)
SELECT
    r.* EXCLUDE (line),
    CASE
        WHEN r.line = 'sum_total' AND s.n_grand = 0 AND s.n_sum = 1 THEN 'grand_total'
        WHEN r.line = 'sum_total' AND s.n_grand > 0 AND s.n_sum = 1 AND r.side IS NOT NULL THEN 'current_total'
        WHEN r.line LIKE 'fund\_%' ESCAPE '\' AND r.row_no > s.carry_row AND r.row_no > s.first_total_row THEN 'carry_' || r.line
        ELSE r.line
    END AS line
FROM named AS r
LEFT JOIN sides AS s ON s.sid = r.sid AND s.side = coalesce(r.side, '');

-- a statement in several pieces (a second table of one role) may be one that was not joined: its sums say nothing
CREATE OR REPLACE TEMP TABLE a_whole AS
SELECT report_no, st, any_value(sid) AS sid FROM (SELECT DISTINCT report_no, st, sid FROM a_row) GROUP BY report_no, st HAVING count(*) = 1;

-- every cell, narrow, since it is written whole: what only narrative and forms need is read from a_cell0
-- a statement's resolution is the finest it prints: 237 beside 24,169.74 has lost its zeros, not its digits
CREATE OR REPLACE TEMP TABLE a_cell AS
WITH finest AS (
    SELECT sid, unit, min(own_res) AS res FROM a_cell0 WHERE fen IS NOT NULL GROUP BY ALL
)
SELECT c.cell_no, c.report_no, c.st, c.inst, c.row_no, c.side, c.code, c.measure, c.fen, c.own_res, c.is_statement, c.is_money, c.page,
    c.sid, c.row_id, c.ck, r.line, coalesce(f.res, c.own_res) AS res
FROM a_cell0 AS c
LEFT JOIN (SELECT row_id, line FROM a_row WHERE line IS NOT NULL) AS r ON r.row_id = c.row_id
LEFT JOIN finest AS f ON f.sid = c.sid AND f.unit = c.unit;

DROP TABLE a_row0;

-- the selected slots: one printed cell each, or none
CREATE OR REPLACE TEMP TABLE a_slot AS
WITH chosen AS (
    SELECT report_no, st, side, measure, coalesce(code, line) AS line, cell_no, fen, res, own_res FROM a_cell
    WHERE inst = 1 AND is_statement AND (line IS NOT NULL OR code IN (SELECT line FROM a_selector WHERE regexp_full_match(line, '[0-9]+')))
    UNION ALL
    SELECT report_no, st, NULL, measure, 'any', cell_no, fen, res, own_res FROM a_cell
    WHERE inst = 1 AND is_statement AND st IN (SELECT st FROM a_selector WHERE line = 'any')
)
SELECT s.sel_no, c.report_no, any_value(c.cell_no) AS cell_no, any_value(c.fen) AS fen, any_value(c.res) AS res, any_value(c.own_res) AS own_res
FROM chosen AS c JOIN a_selector AS s ON s.st = c.st AND s.measure = c.measure AND s.line = c.line
WHERE s.side IS NULL OR s.side = c.side
GROUP BY s.sel_no, c.report_no HAVING count(*) = 1;
