-- Wording and presence: years in titles, what a template left behind, statements that are missing. In: a_statement, a_said, a_claim. Out: a_found.
INSERT INTO a_found
SELECT s.report_no, check_no('year_wording'), 'wording', 'warning', s.st, s.page, NULL, NULL, NULL, NULL, r.fiscal_year, y.year, FALSE, [], NULL, NULL, NULL,
    '标题 ' || s.title || ' 的年份不是 ' || r.fiscal_year, 'eq'
FROM a_statement AS s JOIN a_report AS r USING (report_no),
    LATERAL (SELECT TRY_CAST(regexp_extract(s.title, '(20[0-9]{2})\s*年', 1) AS INTEGER) AS year) AS y
WHERE y.year IS NOT NULL AND y.year <> r.fiscal_year;

INSERT INTO a_found  -- headings of the narrative that name one year, another than the report's
WITH headings AS (
    SELECT report_no, unnest(string_split(section, '/')) AS heading, page FROM (
        SELECT report_no, section, min(page) AS page FROM a_said GROUP BY ALL UNION ALL SELECT report_no, section, min(page) FROM a_claim GROUP BY ALL)
), dated AS (
    SELECT report_no, heading, min(page) AS page, list_distinct(regexp_extract_all(heading, '20[0-9]{2}')) AS years
    FROM headings
    -- a heading that tells a comparison (…较2020年预算持平) names the year before rightly
    WHERE regexp_matches(heading, '(说明|决算|预算)') AND NOT regexp_matches(heading, '[较比与同]\s*20[0-9]{2}') GROUP BY ALL
)
SELECT d.report_no, check_no('year_wording'), 'wording', 'warning', 'narrative', d.page, NULL, NULL, NULL, NULL, r.fiscal_year, CAST(d.years[1] AS INTEGER),
    FALSE, [], NULL, NULL, NULL, '标题 ' || d.heading || ' 的年份不是 ' || r.fiscal_year, 'eq'
FROM dated AS d JOIN a_report AS r USING (report_no)
WHERE len(d.years) = 1 AND CAST(d.years[1] AS INTEGER) <> r.fiscal_year;

INSERT INTO a_found
WITH texts AS (
    SELECT report_no, section, sentence AS text, min(page) AS page FROM a_said GROUP BY ALL
    UNION ALL SELECT report_no, section, text, min(page) FROM a_claim GROUP BY ALL
    UNION ALL SELECT report_no, '未识别文字', text, min(page) FROM a_unread GROUP BY ALL
), hit AS (
    SELECT *, regexp_extract(text, '([XＸ×]{2,}|[(（]注[:：]请[^)）]{2,40}[)）]|[(（]请说明[^)）]{2,40}[)）]|(增加|增长|上升|减少|下降)[(（/](增加|增长|上升|减少|下降)[)）]?|大于[(（/]小于|小于[(（/]大于|大小于)', 1)
        AS word
    FROM texts
)
SELECT report_no, check_no('template_rest'), 'wording', 'warning', 'narrative', min(page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL,
    '模板文字未替换：' || word || '（' || section || '）', 'eq'
FROM hit WHERE word <> ''
    -- said by reading already
    AND NOT EXISTS (FROM a_reading AS g WHERE g.report_no = hit.report_no AND g.check_id = 'wording.template_rest' AND contains(g.message, hit.word))
GROUP BY report_no, section, word;

-- one code under two names within a report: the one that is not its known name, else the one that stands alone against several
CREATE OR REPLACE TEMP TABLE a_named AS
SELECT r.report_no, r.code, r.norm, r_scheme(r.st) AS scheme, count(*) AS n, min(r.cell_no) AS cell_no, min(r.page) AS page, min(r.st) AS st,
    EXISTS (FROM a_subject AS s WHERE s.code = r.code AND s.scheme = r_scheme(r.st) AND s.norm = r.norm) AS is_known
FROM a_row AS r WHERE r.code IS NOT NULL AND r.norm <> '' AND length(r.code) >= 3 GROUP BY ALL;

INSERT INTO a_found
WITH most AS (
    SELECT report_no, scheme, code, max_by(norm, (is_known, n)) AS usual, max(n) AS n, count(*) FILTER (is_known) AS known, count(*) AS variants
    FROM a_named GROUP BY ALL HAVING count(*) > 1
)
SELECT v.report_no, check_no('subject_name_variant'), 'name_variant', 'warning', v.st, v.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [v.cell_no], NULL, NULL, NULL,
    '科目 ' || v.code || ' 印作 ' || v.norm || '，他处作 ' || m.usual, 'eq'
FROM a_named AS v JOIN most AS m ON m.report_no = v.report_no AND m.code = v.code AND m.scheme IS NOT DISTINCT FROM v.scheme
WHERE v.norm <> m.usual AND NOT v.is_known AND m.variants = 2 AND v.n = 1 AND (m.known = 1 OR m.n >= 2);

INSERT INTO a_found  -- the known name cut short, and the whole of it nowhere in the report
SELECT v.report_no, check_no('subject_name_short'), 'name_variant', 'info', v.st, v.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [v.cell_no], NULL, NULL, NULL,
    '科目 ' || v.code || ' 印作 ' || v.norm || '，科目名称为 ' || any_value(s.norm), 'eq'
FROM a_named AS v JOIN a_subject AS s ON s.code = v.code AND s.scheme = v.scheme AND starts_with(s.norm, v.norm)
WHERE NOT v.is_known AND length(v.norm) >= 4
    AND NOT EXISTS (FROM a_named AS o WHERE o.report_no = v.report_no AND o.code = v.code AND o.scheme = v.scheme AND o.norm <> v.norm)
GROUP BY v.report_no, v.code, v.norm, v.st, v.page, v.cell_no;

INSERT INTO a_found  -- the national core that a report with statements lacks
SELECT r.report_no, check_no('missing_statement'), 'presence', 'info', k.st, NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL,
    '未见应公开的表：' || k.what, 'eq'
FROM a_report AS r
JOIN (VALUES ('final', 't01', '收入支出决算总表'), ('final', 't02', '收入决算表'), ('final', 't03', '支出决算表'), ('final', 't04', '财政拨款收入支出决算总表'),
    ('final', 't05', '一般公共预算财政拨款支出决算表'), ('final', 't06', '一般公共预算财政拨款基本支出决算表'), ('budget', 'b01', '收支预算总表'),
    ('budget', 'b02', '收入预算总表'), ('budget', 'b03', '支出预算总表'), ('budget', 'b04', '财政拨款收支预算总表')) AS k(kind, st, what) ON k.kind = r.kind
WHERE EXISTS (FROM a_statement AS s WHERE s.report_no = r.report_no)
    AND NOT EXISTS (FROM a_statement AS s WHERE s.report_no = r.report_no AND (s.st = k.st OR starts_with(s.st, k.st || '#')))
    AND NOT EXISTS (FROM a_statement AS s WHERE s.report_no = r.report_no AND s.role = (SELECT max(o.role) FROM a_statement AS o WHERE o.st = k.st));
