-- Codes and presence. In: a_row, a_parent, a_subject (known subjects, may be empty). Out: a_found.
CREATE OR REPLACE TEMP TABLE a_code_row AS
SELECT r.*, c.cell_no, c.page FROM a_row AS r
JOIN (SELECT row_id, min(cell_no) AS cell_no, min(page) AS page FROM a_cell WHERE row_id IS NOT NULL GROUP BY row_id) AS c USING (row_id)
WHERE r.code IS NOT NULL;

INSERT INTO a_found
SELECT report_no, check_no('code_length'), 'code', 'warning', st, page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [cell_no], NULL, NULL, NULL,
    '科目编码 ' || code || ' ' || coalesce(norm, '') || ' 的位数不合类款项', 'eq'
FROM a_code_row WHERE regexp_full_match(code, '[0-9]+') AND length(code) NOT IN (3, 5, 7, 9)
    AND (report_no, st, inst) IN (SELECT (report_no, st, inst) FROM a_coded GROUP BY report_no, st, inst HAVING count(*) FILTER (length(code) IN (3, 5, 7)) >= 3);

INSERT INTO a_found  -- one code twice under different names, where the table is not by unit
SELECT report_no, check_no('code_duplicate'), 'code', 'warning', st, min(page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(cell_no ORDER BY cell_no), NULL, NULL, NULL, '科目编码 ' || code || ' 重复，名称不同：' || string_agg(DISTINCT norm, '、'), 'eq'
FROM a_code_row GROUP BY report_no, st, inst, code HAVING count(*) = 2 AND count(DISTINCT norm) = 2;

INSERT INTO a_found  -- the name is that of another code, and of this code nowhere
SELECT r.report_no, check_no('code_name'), 'code', 'warning', r.st, r.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [r.cell_no], NULL, NULL, NULL,
    '科目编码 ' || r.code || ' 印作 ' || r.norm || '，该名称的编码是 ' || o.code, 'eq'
FROM a_code_row AS r
JOIN (SELECT scheme, norm, length(code) AS digits, any_value(code) AS code FROM a_subject GROUP BY ALL HAVING count(DISTINCT code) = 1) AS o
    ON o.norm = r.norm AND o.digits = length(r.code) AND o.code <> r.code AND o.scheme = r_scheme(r.st)
JOIN (SELECT DISTINCT scheme, code FROM a_subject) AS known ON known.code = r.code AND known.scheme = r_scheme(r.st)
WHERE NOT EXISTS (FROM a_subject AS s WHERE s.code = r.code AND s.scheme = r_scheme(r.st) AND s.norm = r.norm)
    AND left(o.code, 3) = left(r.code, 3);
