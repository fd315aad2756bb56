-- Amounts that stand beside the wrong subjects: a statement whose codes and amounts came apart. In: a_coded, a_cell, a_parent. Out: a_shifted, a_shifted_key.
-- One statement of a pair lists the subjects of the other. Where five of its rows and more print, each, the amount of the subject that stands the same
-- number of rows further on (or back) in the other, and its own sums by subject do not hold while the other's do, its rows are shifted.
CREATE OR REPLACE TEMP TABLE a_shifted (report_no INTEGER, st VARCHAR, r_st VARCHAR, row_id UBIGINT, row_no INTEGER, code VARCHAR, cell_no BIGINT, rows_off BIGINT);

INSERT INTO a_shifted
WITH place AS (
    SELECT k.report_no, k.st, k.row_id, k.row_no, k.code, c.cell_no, c.fen, c.res, row_number() OVER (PARTITION BY k.sid ORDER BY k.row_no) AS pos
    FROM a_coded AS k JOIN a_cell AS c ON c.ck = hash(k.row_id, 'total')
    WHERE k.n_same = 1 AND k.inst = 1 AND k.st IN ('t02', 't03', 't05', 'b02', 'b03', 'b05', 'b07')
), sums AS (  -- how many parents of a statement are not the sum of their children
    SELECT report_no, st, count(*) FILTER (2 * abs(fen - below) > (n + 1) * res) AS broken
    FROM (
        SELECT p.report_no, p.st, p.row_id, any_value(p.fen) AS fen, any_value(p.res) AS res, sum(c.fen) AS below, count(*) AS n
        FROM place AS p JOIN a_parent AS a ON a.parent_id = p.row_id JOIN place AS c ON c.row_id = a.row_id
        GROUP BY p.report_no, p.st, p.row_id
    ) GROUP BY report_no, st
), suspect AS (
    SELECT s.report_no, s.st, o.st AS r_st
    FROM sums AS s JOIN sums AS o ON o.report_no = s.report_no AND o.broken = 0
    WHERE s.broken >= 3 AND (s.st, o.st) IN (('t05', 't03'), ('t03', 't05'), ('t02', 't03'), ('t03', 't02'), ('b07', 'b03'), ('b03', 'b07'), ('b02', 'b03'), ('b05', 'b03'), ('b03', 'b02'))
), apart AS (  -- the rows whose amount is not that of their subject, and how far away the subject of that amount stands
    SELECT s.r_st, m.*, f.pos - o.pos AS off
    FROM suspect AS s
    JOIN place AS m ON m.report_no = s.report_no AND m.st = s.st
    JOIN place AS o ON o.report_no = s.report_no AND o.st = s.r_st AND o.code = m.code
    LEFT JOIN place AS f ON f.report_no = s.report_no AND f.st = s.r_st AND f.fen = m.fen AND m.fen <> 0 AND abs(f.pos - o.pos) BETWEEN 1 AND 12
    WHERE m.fen IS DISTINCT FROM o.fen
), run AS (
    SELECT report_no, st, r_st, off, count(DISTINCT row_id) AS n, min(row_no) AS first_row FROM apart WHERE off IS NOT NULL GROUP BY ALL HAVING count(DISTINCT row_id) >= 5
), one AS (
    SELECT report_no, st, arg_max(r_st, n) AS r_st, min(first_row) AS first_row, arg_min(off, first_row) AS off FROM run GROUP BY report_no, st
)
SELECT o.report_no, o.st, o.r_st, r.row_id, r.row_no, r.code, c.cell_no, o.off
FROM one AS o
JOIN a_row AS r ON r.report_no = o.report_no AND r.st = o.st AND r.inst = 1 AND r.row_no >= o.first_row
JOIN a_cell AS c ON c.ck = hash(r.row_id, 'total')
WHERE r.code IS NULL OR r.row_id IN (SELECT row_id FROM apart);

-- the identities that such a row takes part in say nothing more
CREATE OR REPLACE TEMP TABLE a_shifted_key AS
SELECT DISTINCT t.check_no, t.key
FROM a_term AS t SEMI JOIN (SELECT c.cell_no FROM a_cell AS c SEMI JOIN a_shifted AS s ON s.row_id = c.row_id) AS c ON c.cell_no = t.cell_no;

INSERT INTO a_found
SELECT s.report_no, check_no('rows_shifted'), 'table_vs_table', 'error', s.st, min(c.page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(s.cell_no ORDER BY s.row_no), NULL, NULL, NULL,
    format('{} 自 {} {} 起金额与科目错行（{} 行）：所印金额是{} {} 行科目的金额，与 {} 比对', s.st, arg_min(s.code, s.row_no) FILTER (s.code IS NOT NULL), arg_min(r.norm, s.row_no), count(*),
        if(any_value(s.rows_off) > 0, '其后第', '其前第'), abs(any_value(s.rows_off)), s.r_st), 'eq'
FROM a_shifted AS s JOIN a_cell AS c USING (cell_no) JOIN a_row AS r ON r.row_id = s.row_id
GROUP BY s.report_no, s.st, s.r_st;
