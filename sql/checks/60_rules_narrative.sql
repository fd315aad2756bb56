-- Claims and changes of the narrative against numbers. In: a_said, a_claim, a_statement. Out: a_found.

-- a stated change and the number it changes: the nearest before it in its section
CREATE OR REPLACE TEMP TABLE a_change AS
SELECT f.cell_no AS change_no, f.report_no, f.metric, f.item, f.section, f.row_no, f.fen, f.res, f.direction, f.page,
    b.cell_no AS base_no, b.fen AS base_fen, b.res AS base_res, b.metric AS base_metric
FROM a_said AS f
JOIN a_said AS b ON b.report_no = f.report_no AND b.section = f.section AND b.item = f.item AND b.row_no < f.row_no
    AND starts_with(b.metric, left(f.metric, length(f.metric) - length('.yoy_change')))
    AND substr(b.metric, length(f.metric) - length('.yoy_change') + 1) IN ('', '.total', '.amount', '.expenditure', '.final', '.budget')
WHERE f.metric LIKE '%.yoy\_change' ESCAPE '\' AND f.fen IS NOT NULL AND b.fen IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY f.cell_no ORDER BY b.row_no DESC) = 1;

INSERT INTO a_found  -- an increase greater than the number it led to: the year before would have been negative
SELECT c.report_no, check_no('prior_negative'), 'claim_vs_numbers', 'error', 'narrative', c.page, NULL, c.fen, c.fen - c.base_fen, 0,
    NULL, NULL, FALSE, [c.change_no, c.base_no], c.change_no, NULL, NULL, '增加额大于本年数，上年数将为负', 'eq'
FROM a_change AS c WHERE c.direction = 'increase' AND 2 * (c.fen - c.base_fen) > c.res + c.base_res;

INSERT INTO a_found  -- 增加 … 下降 …%
SELECT c.report_no, check_no('direction_conflict'), 'claim_vs_numbers', 'warning', 'narrative', c.page, NULL, NULL, NULL, NULL,
    NULL, NULL, FALSE, [c.change_no, p.cell_no], NULL, NULL, NULL, '增减额与增减百分比的方向不一', 'eq'
FROM a_change AS c
JOIN a_said AS p ON p.report_no = c.report_no AND p.metric = c.metric || '_pct' AND p.section = c.section AND p.item = c.item
    AND p.row_no BETWEEN c.row_no + 1 AND c.row_no + 2
WHERE c.direction IS NOT NULL AND p.direction IS NOT NULL AND c.direction <> p.direction AND c.fen <> 0 AND p.value <> 0;

INSERT INTO a_found  -- changes that do not add up as printed, and do when one direction is turned: 三公 增 = 出国 增 + 用车 减 + 接待 增
WITH kin(whole, part) AS (VALUES ('three_public', 'three_public.abroad'), ('three_public', 'three_public.vehicle'), ('three_public', 'three_public.reception'),
    ('three_public.vehicle', 'three_public.vehicle.purchase'), ('three_public.vehicle', 'three_public.vehicle.operation')),
moved AS (  -- stated once in the report
    SELECT report_no, regexp_replace(metric, '\.yoy_change$', '') AS what, any_value(cell_no) AS cell_no, any_value(page) AS page, any_value(res) AS res,
        any_value(if(direction = 'decrease', -fen, fen)) AS fen
    FROM a_said WHERE starts_with(metric, 'three_public') AND metric LIKE '%.yoy\_change' ESCAPE '\' AND fen > 0 AND direction IS NOT NULL
    GROUP BY ALL HAVING count(*) = 1
), term AS (
    SELECT k.whole, w.report_no, p.cell_no, p.fen, p.res, p.page FROM kin AS k JOIN moved AS w ON w.what = k.whole JOIN moved AS p ON p.report_no = w.report_no AND p.what = k.part
    UNION ALL
    SELECT what, report_no, cell_no, -fen, res, page FROM moved WHERE what IN (SELECT whole FROM kin)
), summed AS (
    SELECT *, sum(fen) OVER one AS off, count(*) OVER one AS n, max(res) OVER one * (count(*) OVER one + 1) AS tol2
    FROM term WINDOW one AS (PARTITION BY report_no, whole)
)
SELECT report_no, check_no('direction_sum'), 'claim_vs_numbers', 'warning', 'narrative', min(page), NULL, NULL, any_value(off), any_value(tol2) / 2, NULL, NULL, FALSE,
    list(cell_no ORDER BY cell_no), if(count(*) = 1, any_value(cell_no), NULL), NULL, NULL, '各项增减之和与合计的增减不符，改一处方向即相符', 'eq'
FROM summed WHERE n >= 2 AND 2 * abs(off) > tol2 AND 2 * abs(off - 2 * fen) <= tol2
GROUP BY report_no, whole;

-- 决算数大于（小于、等于）预算数
CREATE OR REPLACE TEMP TABLE a_compared AS
WITH claims AS (
    SELECT *, coalesce(direction, CASE
        WHEN regexp_matches(text, '(决算数?|支出)(小于|低于)') THEN 'smaller' WHEN regexp_matches(text, '(决算数?|支出)(大于|高于|超过)') THEN 'greater'
        WHEN regexp_matches(text, '持平|等于|一致|相同') THEN 'equal' END) AS way
    FROM a_claim WHERE kind = 'comparison_claim'
)
SELECT c.report_no, c.ordinal, c.way, c.text, c.page, c.locator, c.item_name, f.cell_no AS final_no, f.fen AS final_fen, f.res AS final_res,
    list(b.cell_no ORDER BY b.cell_no) AS budget_nos,
    bool_and(CASE c.way
        WHEN 'smaller' THEN 2 * (f.fen - b.fen) >= -least(f.res, b.res) WHEN 'greater' THEN 2 * (b.fen - f.fen) >= -least(f.res, b.res)
        WHEN 'equal' THEN abs(f.fen - b.fen) > 0.1 * greatest(f.fen, b.fen) END) AS contradicted,
    min(b.fen) AS budget_fen
FROM claims AS c
JOIN a_said AS f ON f.report_no = c.report_no AND f.section = c.section AND f.metric = coalesce(regexp_replace(c.metric, '\.(final|[a-z]+_budget)$', ''), 'function_item') || '.final'
    AND (c.item_code = f.item_code OR (c.item_code IS NULL AND c.item_name = f.item_name) OR (c.item_code IS NULL AND c.item_name IS NULL AND f.item_code IS NULL AND f.item_name IS NULL AND c.metric IS NOT NULL))
JOIN a_said AS b ON b.report_no = f.report_no AND b.section = f.section AND b.item = f.item
    AND b.metric IN (regexp_replace(f.metric, '\.final$', '.initial_budget'), regexp_replace(f.metric, '\.final$', '.annual_budget'))
WHERE c.way IS NOT NULL AND f.fen IS NOT NULL AND b.fen IS NOT NULL
GROUP BY ALL;

INSERT INTO a_found
SELECT report_no, check_no('comparison_claim'), 'claim_vs_numbers', if(way = 'equal', 'warning', 'error'), 'narrative', page,
    budget_fen, final_fen, final_fen - budget_fen, 0, NULL, NULL, FALSE, list_prepend(final_no, budget_nos), NULL, NULL, locator,
    '称' || CASE way WHEN 'smaller' THEN '决算数小于预算数' WHEN 'greater' THEN '决算数大于预算数' ELSE '决算数与预算数持平' END || '，数字相反', 'eq'
FROM a_compared
-- 行政运行 of two 款 in one section: a claim that fits one of them accuses neither
QUALIFY bool_and(contradicted) OVER (PARTITION BY report_no, ordinal) AND row_number() OVER (PARTITION BY report_no, ordinal ORDER BY final_no) = 1;

INSERT INTO a_found  -- 持平 beside a stated change
SELECT c.report_no, check_no('flat_claim'), 'claim_vs_numbers', 'info', 'narrative', c.page, 0, f.fen, f.fen, 0, NULL, NULL, FALSE,
    [f.cell_no], NULL, NULL, c.locator, '称与上年持平，又称有增减', 'eq'
FROM a_claim AS c JOIN a_said AS f ON f.report_no = c.report_no AND f.section = c.section
    AND f.metric = regexp_replace(c.metric, '\.(total|final|amount|budget|expenditure)$', '') || '.yoy_change' AND f.fen <> 0
    AND coalesce(f.item_code, '') = coalesce(c.item_code, '') AND coalesce(f.item_name, '') = coalesce(c.item_name, '')
WHERE c.kind = 'flat_claim' AND c.metric IS NOT NULL AND regexp_matches(c.text, '(上年|[0-9]{4}年).*(持平|一致|相同|没有变化|无变化)')
    AND NOT regexp_matches(c.text, '增加|减少|增长|下降|表》')
QUALIFY row_number() OVER (PARTITION BY c.report_no, c.ordinal ORDER BY f.row_no) = 1;

-- what a statement holds beyond blanks and zeros
CREATE OR REPLACE TEMP TABLE a_filled AS
SELECT report_no, st, inst, list(cell_no ORDER BY row_no, cell_no) FILTER (fen <> 0) AS cells,
    list(cell_no ORDER BY row_no, cell_no) FILTER (fen <> 0 AND measure NOT LIKE 'budget%' AND measure NOT IN ('opening_balance', 'closing_balance')) AS of_year
FROM a_cell WHERE is_statement AND st IN ('t07', 't08', 't09', 'b09', 'b10', 'b11', 't04') GROUP BY ALL
UNION ALL
SELECT c.report_no, c.st, c.inst, list(c.cell_no ORDER BY c.row_no, c.cell_no) FILTER (c.fen <> 0), NULL
FROM a_cell AS c SEMI JOIN (SELECT report_no, st FROM a_statement WHERE contains(note, '空')) AS n ON n.report_no = c.report_no AND n.st = c.st
WHERE c.is_statement AND c.st NOT IN ('t07', 't08', 't09', 'b09', 'b10', 'b11', 't04') GROUP BY ALL;

INSERT INTO a_found  -- 无政府性基金…收支
SELECT c.report_no, check_no('no_activity_claim'), 'claim_vs_numbers', 'error', f.st, c.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    f.of_year[:8], NULL, NULL, c.locator, '称没有' || if(w.what = 'three_public', '“三公”经费支出', if(w.what = 'government_fund', '政府性基金收支', '国有资本经营收支')) || '，表中有数', 'eq'
FROM a_claim AS c
JOIN (VALUES ('government_fund', '政府性基金', 't08'), ('government_fund', '政府性基金', 'b10'), ('state_capital', '国有资本', 't09'),
    ('state_capital', '国有资本', 'b11'), ('three_public', '三公', 't07')) AS w(what, word, st)
    ON CASE WHEN c.metric IS NOT NULL THEN starts_with(c.metric, w.what) ELSE contains(c.text, w.word) END
JOIN a_filled AS f ON f.report_no = c.report_no AND f.st = w.st AND len(f.of_year) > 0
WHERE c.kind = 'no_activity_claim' AND regexp_matches(c.text, '(无|没有)[^，。；]{0,30}(收入|支出|收支|经费|预算)')
    AND (w.what <> 'three_public' OR regexp_matches(c.text, '(无|没有)[“”"]?三公'))
QUALIFY row_number() OVER (PARTITION BY c.report_no, f.st ORDER BY c.ordinal) = 1;

INSERT INTO a_found  -- 注：…故本表为空表
SELECT s.report_no, check_no('empty_note'), 'empty_note', 'error', s.st, s.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    f.cells[:12], NULL, NULL, NULL, '注称本表为空表，表中有数', 'eq'
FROM a_statement AS s JOIN a_filled AS f ON f.report_no = s.report_no AND f.st = s.st AND f.inst = s.inst AND len(f.cells) > 0
WHERE regexp_matches(s.note, '空表|[本此该]表为空|[本此该]表无数据') AND NOT regexp_matches(s.note, '[如若][^。]{0,30}(空表|为空|无数据)');

INSERT INTO a_found  -- the same number stated twice, differently
SELECT report_no, check_no('narrative_conflict'), 'narrative_conflict', 'warning', 'narrative', min(page), min(fen), max(fen), max(fen) - min(fen), max(own_res),
    NULL, NULL, FALSE, list(cell_no ORDER BY cell_no), NULL, NULL, NULL, '同一数字前后不一', 'eq'
FROM a_said
WHERE regexp_full_match(metric, 'agency_operating\.amount|procurement\.(total|goods|works|services)|general_public\.initial_budget|function_item\.initial_budget')
    AND fen IS NOT NULL AND cell_no NOT IN (SELECT key FROM a_stated_pair)
GROUP BY report_no, metric, item HAVING max(fen) - min(fen) > max(own_res) AND count(*) BETWEEN 2 AND 4;
