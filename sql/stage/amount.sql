-- every printed amount of a statement with what the facts share: subject, is_leaf, is_total_measure; narrow, since it is written whole
WITH printed AS (
    SELECT c.report_key, c.statement, c.instance, c.row_no, c.side, c.block, c.code, c.name, c.measure, c.amount_yuan, c.resolution_yuan,
        c.cell_id, c.keys, d.parent_measure, d.fact
    FROM core.cell AS c JOIN core.dim_statement AS d ON d.statement = c.statement AND d.measure = c.measure
    WHERE c.amount_yuan IS NOT NULL AND d.fact IS NOT NULL AND c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target')
), coded AS (
    SELECT DISTINCT report_key, statement, instance, code FROM printed WHERE code IS NOT NULL
), parents AS (
    SELECT DISTINCT report_key, statement, instance, left(code, n) AS code
    FROM (SELECT report_key, statement, instance, code, unnest(range(3, length(code))) AS n FROM coded)
), has_codes AS (
    SELECT DISTINCT report_key, statement, instance FROM coded
), total_rows AS (
    SELECT DISTINCT report_key, statement, instance, row_no, parent_measure AS measure FROM printed WHERE parent_measure IS NOT NULL
), rows AS (
    SELECT DISTINCT report_key, statement, instance, row_no, coalesce(json_extract_string(keys, '$.group'), '') AS row_group,
        regexp_matches(regexp_replace(name, '\s', '', 'g'), '^(本年|当年)?(收入|支出|预算)*(合计|总计|小计)(数)?$') AS is_total_row,
        regexp_matches(regexp_replace(name, '\s', '', 'g'), '小计$') AS is_group_total
    FROM printed WHERE code IS NULL AND fact <> 'summary_line'
), uncoded AS (
    -- rows without a code: a total is a leaf only where nothing else is printed under it
    SELECT report_key, statement, instance, row_no,
        CASE WHEN NOT is_total_row THEN TRUE
            WHEN is_group_total THEN sum(CASE WHEN is_total_row THEN 0 ELSE 1 END) OVER (PARTITION BY report_key, statement, instance, row_group) = 0
            ELSE sum(CASE WHEN is_total_row AND NOT is_group_total THEN 0 ELSE 1 END) OVER (PARTITION BY report_key, statement, instance) = 0
                AND row_number() OVER (PARTITION BY report_key, statement, instance, is_total_row AND NOT is_group_total ORDER BY row_no) = 1
        END AS is_leaf
    FROM rows
)
SELECT p.report_key, p.statement, p.instance, p.row_no, p.side, p.block, p.code, p.name, p.measure, p.amount_yuan, p.resolution_yuan, p.cell_id, p.keys, p.fact,
    CASE WHEN p.code IS NOT NULL THEN q.code IS NULL WHEN h.report_key IS NOT NULL THEN FALSE ELSE coalesce(u.is_leaf, TRUE) END AS is_leaf,
    t.measure IS NOT NULL AS is_total_measure, s.subject_key
FROM printed AS p
JOIN core.dim_report AS r ON r.report_key = p.report_key
LEFT JOIN parents AS q ON q.report_key = p.report_key AND q.statement = p.statement AND q.instance = p.instance AND q.code = p.code
LEFT JOIN has_codes AS h ON h.report_key = p.report_key AND h.statement = p.statement AND h.instance = p.instance
LEFT JOIN uncoded AS u ON u.report_key = p.report_key AND u.statement = p.statement AND u.instance = p.instance AND u.row_no = p.row_no
LEFT JOIN total_rows AS t ON t.report_key = p.report_key AND t.statement = p.statement AND t.instance = p.instance AND t.row_no = p.row_no AND t.measure = p.measure
LEFT JOIN stage.subject_year AS s ON s.code = p.code AND s.fiscal_year = r.fiscal_year
