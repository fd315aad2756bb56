-- every printed amount of a statement with what the facts share: subject, is_leaf, is_total_measure; narrow, since it is written whole.
-- a table by unit repeats the codes for each unit: leaves are told within the unit (row_group)
WITH printed AS (
    SELECT c.report_key, c.statement, c.instance, c.row_no, c.side, c.block, c.code, c.name, c.measure, c.amount_yuan, c.resolution_yuan, c.cell_id, c.keys,
        d.parent_measure, d.fact, d.is_additive,
        CASE WHEN c.keys IS NULL THEN ''
            ELSE coalesce(c.keys ->> '$.unit_code', c.keys ->> '$.unit_name', c.keys ->> '$.group', '') END AS row_group
    FROM core.cell AS c JOIN core.dim_statement AS d ON d.statement = c.statement AND d.measure = c.measure
    WHERE c.amount_yuan IS NOT NULL AND d.fact IS NOT NULL AND c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target')
), coded AS (
    SELECT DISTINCT report_key, statement, instance, row_group, code FROM printed WHERE code IS NOT NULL
), parents AS (
    SELECT DISTINCT report_key, statement, instance, row_group, left(code, n) AS code
    FROM (SELECT report_key, statement, instance, row_group, code, unnest(range(3, length(code))) AS n FROM coded)
), rows AS (
    SELECT DISTINCT report_key, statement, instance, row_no, row_group, code IS NOT NULL AS has_code,
        code IS NULL AND regexp_matches(regexp_replace(name, '\s', '', 'g'), '^(本年|当年)?(收入|支出|预算)*(合计|总计|小计)(数)?$') AS is_total_row,
        code IS NULL AND regexp_matches(regexp_replace(name, '\s', '', 'g'), '小计$') AS is_group_total,
        CASE WHEN regexp_full_match(row_group, '[0-9]{3,}') THEN row_group END AS unit_code
    FROM printed WHERE fact <> 'summary_line'
), upper_units AS (
    -- 101 over 101001
    SELECT DISTINCT report_key, statement, instance, left(unit_code, n) AS unit_code
    FROM (SELECT DISTINCT report_key, statement, instance, unit_code, unnest(range(3, length(unit_code))) AS n FROM rows WHERE unit_code IS NOT NULL)
), counted AS (
    SELECT report_key, statement, instance, row_no, row_group, has_code, is_total_row, is_group_total, unit_code,
        max(CASE WHEN has_code THEN 1 ELSE 0 END) OVER (PARTITION BY report_key, statement, instance, row_group) = 1 AS group_has_codes,
        sum(CASE WHEN is_total_row THEN 0 ELSE 1 END) OVER (PARTITION BY report_key, statement, instance, row_group) AS below_group,
        sum(CASE WHEN is_total_row AND NOT is_group_total THEN 0 ELSE 1 END) OVER (PARTITION BY report_key, statement, instance) AS below_total,
        row_number() OVER (PARTITION BY report_key, statement, instance, is_total_row AND NOT is_group_total ORDER BY row_no) AS nth_total
    FROM rows
), uncoded AS (
    -- rows without a code: a total is a leaf only where nothing else is printed under it
    SELECT c.report_key, c.statement, c.instance, c.row_no,
        CASE WHEN c.is_total_row AND c.is_group_total THEN c.below_group = 0
            WHEN c.is_total_row THEN c.below_total = 0 AND c.nth_total = 1
            ELSE NOT c.group_has_codes AND u.unit_code IS NULL END AS is_leaf
    FROM counted AS c
    LEFT JOIN upper_units AS u ON u.report_key = c.report_key AND u.statement = c.statement AND u.instance = c.instance AND u.unit_code = c.unit_code
    WHERE NOT c.has_code
), total_rows AS (
    SELECT DISTINCT report_key, statement, instance, row_no, parent_measure AS measure FROM printed WHERE parent_measure IS NOT NULL
)
SELECT p.report_key, p.statement, p.instance, p.row_no, p.side, p.block, p.code, p.name, p.measure, p.amount_yuan, p.resolution_yuan, p.cell_id, p.keys, p.fact,
    CASE WHEN p.code IS NOT NULL THEN q.code IS NULL ELSE coalesce(u.is_leaf, TRUE) END AS is_leaf,
    t.measure IS NOT NULL OR NOT p.is_additive AS is_total_measure, s.subject_key
FROM printed AS p
JOIN core.dim_report AS r ON r.report_key = p.report_key
LEFT JOIN parents AS q ON q.report_key = p.report_key AND q.statement = p.statement AND q.instance = p.instance AND q.row_group = p.row_group AND q.code = p.code
LEFT JOIN uncoded AS u ON u.report_key = p.report_key AND u.statement = p.statement AND u.instance = p.instance AND u.row_no = p.row_no
LEFT JOIN total_rows AS t ON t.report_key = p.report_key AND t.statement = p.statement AND t.instance = p.instance AND t.row_no = p.row_no AND t.measure = p.measure
LEFT JOIN stage.subject_year AS s ON s.code = p.code AND s.fiscal_year = r.fiscal_year
