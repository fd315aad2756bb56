-- Identities within a statement as terms: Σ coef × amount = 0. The key of an instance is the cell of its left side.
CREATE OR REPLACE TEMP TABLE a_term (check_no INTEGER, key BIGINT, report_no INTEGER, cell_no BIGINT, coef INTEGER, fen BIGINT, res BIGINT, own_res BIGINT);

-- the printed parent of a coded row: the longest printed proper prefix, so that gaps (类 → 项) are bridged
CREATE OR REPLACE TEMP TABLE a_coded AS
SELECT row_id, report_no, st, inst, sid, row_no, code, length(code) AS digits, hash(sid, code) AS code_key,
    count(*) OVER (PARTITION BY sid, code) AS n_same
FROM a_row WHERE code IS NOT NULL AND regexp_full_match(code, '[0-9]{3,}');

CREATE OR REPLACE TEMP TABLE a_parent AS
WITH once AS (SELECT code_key, row_id FROM a_coded WHERE n_same = 1),
-- a table by unit: one code in several blocks; the parent is the last row of a shorter code before the child
blocks AS (SELECT DISTINCT sid FROM a_coded WHERE n_same > 1)
SELECT c.row_id, coalesce(p1.row_id, p2.row_id, p3.row_id) AS parent_id, FALSE AS in_blocks
FROM a_coded AS c
ANTI JOIN blocks AS b ON b.sid = c.sid
LEFT JOIN once AS p1 ON p1.code_key = hash(c.sid, left(c.code, c.digits - 2))
LEFT JOIN once AS p2 ON p2.code_key = hash(c.sid, left(c.code, c.digits - 4))
LEFT JOIN once AS p3 ON p3.code_key = hash(c.sid, left(c.code, c.digits - 6))
UNION ALL
SELECT c.row_id, max_by(p.row_id, (p.digits, p.row_no)), TRUE
FROM a_coded AS c
SEMI JOIN blocks AS b ON b.sid = c.sid
LEFT JOIN a_coded AS p ON p.sid = c.sid AND p.row_no < c.row_no AND p.digits < c.digits AND starts_with(c.code, p.code)
GROUP BY c.row_id;

CREATE OR REPLACE TEMP TABLE a_above AS  -- a row and the row whose amounts it is a part of, by check
SELECT check_no('parent_children') AS check_no, a.row_id, a.parent_id FROM a_parent AS a WHERE a.parent_id IS NOT NULL
UNION ALL
-- 合计 = Σ of the rows without a printed parent, where the statement prints one 合计
SELECT check_no('total_classes'), a.row_id, t.row_id
FROM a_parent AS a
JOIN a_coded AS r ON r.row_id = a.row_id
JOIN (SELECT sid, any_value(row_id) AS row_id FROM a_row WHERE code IS NULL AND line = 'grand_total' GROUP BY sid HAVING count(*) = 1) AS t ON t.sid = r.sid
WHERE a.parent_id IS NULL AND NOT a.in_blocks;

-- two-sided statements: the total of a side = Σ its items; an item = Σ its numbered parts
CREATE OR REPLACE TEMP TABLE a_item AS
WITH two AS (
    SELECT r.*, coalesce(min(r.level) OVER side, 0) AS top
    FROM a_row AS r
    WHERE r.side IS NOT NULL AND r.code IS NULL AND r.st IN ('t01', 't04', 'b01', 'b04')
    WINDOW side AS (PARTITION BY r.sid, r.side)
)
SELECT
    row_id, sid, side, row_no, level, line,
    coalesce(line, '') NOT IN ('current_total', 'grand_total', 'sum_total', 'carry_in', 'carry_out', 'surplus_used', 'distribution', 'of_which')
        AND coalesce(line, '') NOT LIKE 'carry%' AS is_item,
    top
FROM two;

INSERT INTO a_above
WITH target AS (  -- the total a side's items make up
    SELECT sid, side, coalesce(
        min_by(row_id, row_no) FILTER (line = 'current_total'), min_by(row_id, row_no) FILTER (line = 'grand_total')) AS row_id,
        coalesce(min(row_no) FILTER (line = 'current_total'), min(row_no) FILTER (line = 'grand_total')) AS row_no,
        count(*) FILTER (line = 'current_total') AS n_current
    FROM a_item GROUP BY ALL
)
SELECT check_no(if(i.side = 'expenditure_by_purpose', 'purpose_total', 'side_total')), i.row_id, t.row_id
FROM a_item AS i
JOIN target AS t ON t.sid = i.sid AND t.side = CASE i.side WHEN 'expenditure_by_purpose' THEN 'expenditure' ELSE i.side END
WHERE t.row_id IS NOT NULL AND (i.row_no < t.row_no OR i.side = 'expenditure_by_purpose')
    AND ((i.is_item AND (i.top = 0 OR i.level = i.top))
        -- a form without a subtotal of the year carries over within its one total
        OR (t.n_current = 0 AND i.line IN ('carry_in', 'carry_out', 'surplus_used', 'distribution')));

INSERT INTO a_above  -- sub_items: 一、财政拨款收入 = 1. + 2. + 3.
WITH parent AS (
    SELECT i.row_id, max_by(p.row_id, p.row_no) AS parent_id
    FROM a_item AS i JOIN a_item AS p ON p.sid = i.sid AND p.side = i.side
        AND p.row_no < i.row_no AND (p.level = 1 OR p.line IN ('current_total', 'grand_total', 'sum_total', 'carry_in', 'carry_out'))
    WHERE i.level > 1 AND i.top = 1 GROUP BY i.row_id
)
SELECT check_no('sub_items'), a.row_id, a.parent_id
FROM parent AS a JOIN a_item AS p ON p.row_id = a.parent_id AND p.level = 1 AND p.is_item JOIN a_item AS i ON i.row_id = a.row_id
-- the next level only: 1. under （一） is a part of a part
QUALIFY i.level = min(i.level) OVER (PARTITION BY a.parent_id);

INSERT INTO a_above  -- lists of sources with 小计: group_subtotal, group_total
WITH listed AS (
    SELECT * FROM a_row WHERE st = 'b02' AND code IS NULL
), sub AS (
    SELECT * FROM listed WHERE norm = '小计' AND grp IS NOT NULL
)
SELECT check_no('group_subtotal'), m.row_id, s.row_id
FROM sub AS s JOIN listed AS m ON m.sid = s.sid AND m.grp = s.grp AND m.row_id <> s.row_id AND coalesce(m.line, '') <> 'of_which'
UNION ALL
SELECT check_no('group_total'), s.row_id, t.row_id
FROM sub AS s JOIN listed AS t ON t.sid = s.sid AND t.line = 'grand_total';

INSERT INTO a_above  -- level_sums: total ← category ← group ← item, each under the last row of the level above
WITH ranked AS (
    SELECT *, CASE lvl WHEN 'total' THEN 0 WHEN 'category' THEN 1 WHEN 'group' THEN 2 WHEN 'item' THEN 3 END AS depth
    FROM a_row WHERE lvl IS NOT NULL
)
SELECT check_no('level_sums'), c.row_id, max_by(p.row_id, p.row_no)
FROM ranked AS c JOIN ranked AS p ON p.sid = c.sid AND p.depth = c.depth - 1 AND p.row_no < c.row_no
GROUP BY c.row_id;

INSERT INTO a_term
SELECT a.check_no, pc.cell_no, cc.report_no, cc.cell_no, -1, cc.fen, cc.res, cc.own_res
FROM a_above AS a
JOIN a_cell AS cc ON cc.row_id = a.row_id AND cc.is_money
JOIN a_cell AS pc ON pc.ck = hash(a.parent_id, cc.measure)
WHERE cc.sid IN (SELECT sid FROM a_whole);

INSERT INTO a_term
SELECT p.check_no, p.key, c.report_no, p.key, 1, c.fen, c.res, c.own_res
FROM (SELECT DISTINCT check_no, key FROM a_term) AS p JOIN a_cell AS c ON c.cell_no = p.key;
DROP TABLE a_above;

-- rows across, only where every column of the statement is known to the identity
CREATE OR REPLACE TEMP TABLE a_across_ok AS
WITH measures AS (
    SELECT sid, any_value(st) AS st, measure FROM a_cell WHERE is_money AND st IN (SELECT st FROM a_across) GROUP BY sid, measure
), needed AS (
    SELECT check_no, st, count(*) FILTER (role = 'need') AS n_need FROM a_across GROUP BY check_no, st
)
SELECT m.sid, k.check_no, k.st
FROM needed AS k
JOIN measures AS m ON m.st = k.st
LEFT JOIN a_across AS a ON a.check_no = k.check_no AND a.st = k.st AND (a.measure = m.measure OR (a.measure = '*' AND a.role = 'ignore'))
GROUP BY m.sid, k.check_no, k.st, k.n_need
HAVING bool_and(a.measure IS NOT NULL)
    AND count(DISTINCT m.measure) FILTER (a.role = 'total') = 1
    AND count(DISTINCT m.measure) FILTER (a.role = 'part') > 0
    AND count(DISTINCT m.measure) FILTER (a.role = 'need') = k.n_need;

-- a row that has no place for a column the identity needs is not judged (合计 with 基本支出 and 项目支出 as heads in place of its amounts)
CREATE OR REPLACE TEMP TABLE a_across_gap AS
WITH needed AS (
    SELECT o.sid, o.check_no, count(DISTINCT a.measure) AS n FROM a_across_ok AS o JOIN a_across AS a ON a.check_no = o.check_no AND a.st = o.st AND a.role = 'need'
    GROUP BY o.sid, o.check_no
)
SELECT n.check_no, c.row_id
FROM needed AS n JOIN a_cell AS c ON c.sid = n.sid
LEFT JOIN a_across AS a ON a.check_no = n.check_no AND a.st = c.st AND a.role = 'need' AND a.measure = c.measure
GROUP BY n.check_no, c.row_id, n.n HAVING count(a.measure) < n.n;

CREATE OR REPLACE TEMP TABLE a_across_part AS
SELECT o.check_no, t.cell_no AS key, t.report_no, c.cell_no, a.coef, c.fen, c.res, c.own_res
FROM a_across_ok AS o
JOIN a_across AS total ON total.check_no = o.check_no AND total.st = o.st AND total.role = 'total'
JOIN a_across AS a ON a.check_no = o.check_no AND a.st = o.st AND a.role = 'part'
JOIN a_cell AS c ON c.sid = o.sid AND c.measure = a.measure
JOIN a_cell AS t ON t.ck = hash(c.row_id, total.measure)
ANTI JOIN a_across_gap AS g ON g.check_no = o.check_no AND g.row_id = c.row_id;

INSERT INTO a_term FROM a_across_part;
-- b01: only the rows that are broken down have parts, and only they have a left side here
INSERT INTO a_term
SELECT k.check_no, k.key, c.report_no, c.cell_no, 1, c.fen, c.res, c.own_res
FROM (SELECT DISTINCT check_no, key FROM a_across_part) AS k JOIN a_cell AS c ON c.cell_no = k.key;
DROP TABLE a_across_part;
