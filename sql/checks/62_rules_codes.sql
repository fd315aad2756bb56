-- Codes and presence. In: a_row, a_parent, a_subject (known subjects, may be empty). Out: a_found.
INSERT INTO a_found
SELECT report_no, check_no('code_length'), 'code', 'warning', st, page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [cell_no], NULL, NULL, NULL,
    '科目编码 ' || code || ' ' || coalesce(norm, '') || ' 的位数不合类款项', 'eq'
FROM a_row WHERE regexp_full_match(code, '[0-9]+') AND length(code) NOT IN (3, 5, 7, 9)
    AND (report_no, st, inst) IN (SELECT (report_no, st, inst) FROM a_coded GROUP BY report_no, st, inst HAVING count(*) FILTER (length(code) IN (3, 5, 7)) >= 3);

INSERT INTO a_found  -- one code twice under different names, where the table is not by unit
SELECT report_no, check_no('code_duplicate'), 'code', 'warning', st, min(page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(cell_no ORDER BY cell_no), NULL, NULL, NULL, '科目编码 ' || code || ' 重复，名称不同：' || string_agg(DISTINCT norm, '、'), 'eq'
FROM a_row SEMI JOIN (SELECT sid, code FROM a_row WHERE code IS NOT NULL GROUP BY ALL HAVING count(*) = 2) AS twice USING (sid, code)
GROUP BY report_no, st, inst, code HAVING count(*) = 2 AND count(DISTINCT norm) = 2;

INSERT INTO a_found  -- the name is that of another code, and of this code nowhere
SELECT r.report_no, check_no('code_name'), 'code', 'warning', r.st, r.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [r.cell_no], NULL, NULL, NULL,
    '科目编码 ' || r.code || ' 印作 ' || r.norm || '，该名称的编码是 ' || o.code, 'eq'
FROM a_row AS r
JOIN (SELECT scheme, norm, length(code) AS digits, any_value(code) AS code FROM a_subject GROUP BY ALL HAVING count(DISTINCT code) = 1) AS o
    ON o.norm = r.norm AND o.digits = length(r.code) AND o.code <> r.code AND o.scheme = r_scheme(r.st)
JOIN (SELECT DISTINCT scheme, code FROM a_subject) AS known ON known.code = r.code AND known.scheme = r_scheme(r.st)
WHERE NOT EXISTS (FROM a_subject AS s WHERE s.code = r.code AND s.scheme = r_scheme(r.st) AND s.norm = r.norm)
    AND left(o.code, 3) = left(r.code, 3);

-- a level that a statement prints everywhere but here: 项 without its 款, 款 without its 类, 款 without any 项
CREATE OR REPLACE TEMP TABLE a_level AS
SELECT c.row_id, c.report_no, c.st, c.inst, c.code, c.digits, p.code_key IS NOT NULL AS has_parent, k.parent_id IS NOT NULL AS has_child
FROM (SELECT * FROM a_coded WHERE n_same = 1) AS c
LEFT JOIN (SELECT DISTINCT code_key FROM a_coded) AS p ON p.code_key = hash(c.sid, left(c.code, c.digits - 2))
LEFT JOIN (SELECT DISTINCT parent_id FROM a_parent) AS k ON k.parent_id = c.row_id;

INSERT INTO a_found
WITH stats AS (
    SELECT report_no, st, inst, digits, count(*) AS n, count(DISTINCT left(code, digits - 2)) AS families,
        count(DISTINCT left(code, digits - 2)) FILTER (has_parent) AS parents, count(*) FILTER (has_child) AS children
    FROM a_level GROUP BY ALL
), gap AS (
    SELECT l.*, left(l.code, l.digits - 2) AS missing, 'parent' AS what FROM a_level AS l JOIN stats AS s USING (report_no, st, inst, digits)
    WHERE l.digits > 3 AND NOT l.has_parent AND s.parents >= 2 AND s.parents >= 0.6 * s.families
    UNION ALL
    SELECT l.*, l.code, 'child' FROM a_level AS l JOIN stats AS s USING (report_no, st, inst, digits)
    WHERE NOT l.has_child AND s.children >= 3 AND s.children = s.n - 1
        AND l.digits < CASE r_scheme(l.st) WHEN 'function' THEN 7 WHEN 'economic_department' THEN 5 ELSE 0 END
)
SELECT g.report_no, check_no('missing_row'), 'presence', 'warning', g.st, min(r.page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(r.cell_no ORDER BY r.cell_no), NULL, NULL, NULL,
    if(g.what = 'parent', '科目 ' || g.missing || ' 未列，其下级科目已列', '科目 ' || g.missing || ' 之下未列下级科目'), 'eq'
FROM gap AS g JOIN a_row AS r ON r.row_id = g.row_id
GROUP BY g.report_no, g.st, g.inst, g.missing, g.what;

INSERT INTO a_found  -- a subject of the whole that its part prints: expenditure without what general public expenditure lists
SELECT l.report_no, check_no('missing_row'), 'presence', 'warning', p.whole, any_value(r.page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(l.cell_no ORDER BY l.cell_no), NULL, NULL, NULL, '科目 ' || l.code || ' ' || any_value(r.norm) || ' 见于 ' || p.part || '，未见于 ' || p.whole, 'eq'
FROM (VALUES ('t03', 't05'), ('b03', 'b07'), ('b05', 'b07'), ('b06', 'b08'), ('t02', 't02')) AS p(whole, part)
JOIN a_code_cell AS l ON l.st = p.part AND l.measure = 'total' AND l.fen <> 0
JOIN (SELECT c.cell_no, c.page, w.norm FROM a_cell AS c JOIN a_row AS w ON w.row_id = c.row_id WHERE c.measure = 'total') AS r ON r.cell_no = l.cell_no
SEMI JOIN (SELECT report_no, st, length(code) AS digits FROM a_code_cell GROUP BY ALL HAVING count(*) > 2) AS d
    ON d.report_no = l.report_no AND d.st = p.whole AND d.digits = length(l.code)
ANTI JOIN a_coded AS w ON w.report_no = l.report_no AND w.st = p.whole AND w.code = l.code
WHERE p.whole <> p.part GROUP BY l.report_no, p.whole, p.part, l.code;

INSERT INTO a_found  -- the same the other way, where nothing but the part was spent
SELECT l.report_no, check_no('missing_row'), 'presence', 'warning', p.part, any_value(r.page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(l.cell_no ORDER BY l.cell_no), NULL, NULL, NULL, '科目 ' || l.code || ' ' || any_value(r.norm) || ' 见于 ' || p.whole || '，未见于 ' || p.part, 'eq'
FROM (VALUES ('t03', 't05'), ('b03', 'b07'), ('b05', 'b07'), ('b06', 'b08')) AS p(whole, part)
JOIN a_code_cell AS l ON l.st = p.whole AND l.measure = 'total' AND l.fen <> 0
JOIN (SELECT c.cell_no, c.page, w.norm FROM a_cell AS c JOIN a_row AS w ON w.row_id = c.row_id WHERE c.measure = 'total') AS r ON r.cell_no = l.cell_no
JOIN a_selector AS k1 ON k1.st = p.whole AND k1.line = 'grand_total' AND k1.measure = 'total'
JOIN a_selector AS k2 ON k2.st = p.part AND k2.line = 'grand_total' AND k2.measure = 'total'
JOIN a_slot AS s1 ON s1.sel_no = k1.sel_no AND s1.report_no = l.report_no
JOIN a_slot AS s2 ON s2.sel_no = k2.sel_no AND s2.report_no = l.report_no AND 2 * abs(s1.fen - s2.fen) <= s1.res + s2.res
SEMI JOIN (SELECT report_no, st, length(code) AS digits FROM a_code_cell GROUP BY ALL HAVING count(*) > 2) AS d
    ON d.report_no = l.report_no AND d.st = p.part AND d.digits = length(l.code)
ANTI JOIN a_coded AS w ON w.report_no = l.report_no AND w.st = p.part AND w.code = l.code
GROUP BY l.report_no, p.whole, p.part, l.code;

INSERT INTO a_found  -- no 合计 where the report's other statements by subject print one; one side of a two-sided statement without its 总计
WITH totals AS (
    SELECT report_no, st, inst, bool_or(line = 'grand_total') AS has_total, bool_or(code IS NOT NULL) AS coded
    FROM a_row WHERE st IN ('t02', 't03', 't05', 'b02', 'b03', 'b05', 'b06', 'b07', 'b08') GROUP BY ALL
), sides AS (
    SELECT report_no, st, inst, side, bool_or(line = 'grand_total') AS has_total, bool_or(line = 'current_total') AS has_current
    FROM a_row WHERE st IN ('t01', 't04', 'b01', 'b04') AND side IN ('income', 'expenditure') GROUP BY ALL
)
SELECT t.report_no, check_no('missing_total'), 'presence', 'warning', t.st, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL,
    t.st || ' 未列合计', 'eq'
FROM totals AS t WHERE t.coded AND NOT coalesce(t.has_total, FALSE)
    AND (SELECT count(*) FROM totals AS o WHERE o.report_no = t.report_no AND o.has_total) >= 2
UNION ALL
SELECT a.report_no, check_no('missing_total'), 'presence', 'warning', a.st, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL,
    a.st || if(a.side = 'income', ' 收入', ' 支出') || '方未列' || if(b.has_total AND NOT coalesce(a.has_total, FALSE), '总计', '本年合计'), 'eq'
FROM sides AS a JOIN sides AS b ON b.report_no = a.report_no AND b.st = a.st AND b.inst = a.inst AND b.side <> a.side
-- a line that may be the total under another name is no missing total
WHERE NOT EXISTS (FROM a_row AS x WHERE x.report_no = a.report_no AND x.st = a.st AND x.inst = a.inst AND x.side IN ('income', 'expenditure')
        AND coalesce(x.line, 'sum_total') = 'sum_total' AND regexp_matches(x.norm, '^(当年|本年)|(合计|小计|总计|总额)$'))
    AND ((coalesce(b.has_total, FALSE) AND NOT coalesce(a.has_total, FALSE)) OR (coalesce(b.has_current, FALSE) AND NOT coalesce(a.has_current, FALSE)));

INSERT INTO a_found  -- a 三公 table without its row
SELECT s.report_no, check_no('missing_row'), 'presence', 'warning', s.st, s.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL,
    s.st || ' 没有数据行', 'eq'
FROM a_statement AS s ANTI JOIN a_row AS r ON r.report_no = s.report_no AND r.st = s.st AND r.inst = s.inst
WHERE s.st IN ('t07', 'b09');
