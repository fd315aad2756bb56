-- 总表: one row per printed amount; line names it in every layout; leaves of one side add up to its grand total
WITH lined AS (
    SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.instance, a.row_no, a.side, a.name, l.folded,
        l.line, l.line_kind, l.of_which, d.fund, a.measure, a.amount_yuan, a.resolution_yuan, a.is_total_measure, a.cell_id, d.component,
        min(CASE WHEN l.line = 'opening_balance' THEN a.row_no END) OVER (PARTITION BY a.report_key, a.statement, a.instance, a.side) AS opening_row,
        max(CASE WHEN l.line IN ('general_public', 'government_fund', 'state_capital') THEN 1 ELSE 0 END)
            OVER (PARTITION BY a.report_key, a.statement, a.instance, a.side) = 1 AS has_funds
    FROM stage.amount AS a
    JOIN core.dim_report AS r ON r.report_key = a.report_key
    JOIN core.dim_statement AS d ON d.statement = a.statement AND d.measure = a.measure
    LEFT JOIN stage.summary_line AS l ON l.side IS NOT DISTINCT FROM a.side AND l.name = a.name
    WHERE a.fact = 'summary_line'
), placed AS (
    SELECT l.*, coalesce(l.line IN ('general_public', 'government_fund', 'state_capital') AND l.row_no > l.opening_row, FALSE) AS of_opening
    FROM lined AS l
)
SELECT a.report_key, a.unit_key, a.fiscal_year, a.kind, a.scope, a.statement, a.instance, a.row_no, a.side,
    CASE WHEN a.of_opening THEN 'opening_balance.' || a.line ELSE a.line END AS line,
    CASE WHEN a.of_opening OR a.of_which THEN 'of_which' ELSE a.line_kind END AS line_kind, a.name, s.subject_key, s.code, a.fund, a.measure, a.amount_yuan, a.resolution_yuan,
    CASE WHEN a.line_kind IN ('total', 'subtotal', 'of_which') OR a.of_which OR a.of_opening THEN FALSE
        WHEN a.line = 'fiscal_appropriation' THEN NOT a.has_funds ELSE TRUE END AS is_leaf,
    a.is_total_measure, a.cell_id, a.component
FROM placed AS a
LEFT JOIN (
    SELECT y.fiscal_year, d.name, min(d.code) AS code, min(d.subject_key) AS subject_key
    FROM core.dim_subject AS d JOIN stage.subject_year AS y ON y.subject_key = d.subject_key
    WHERE d.scheme = 'function' AND d.level = 1 GROUP BY ALL
) AS s ON s.fiscal_year = a.fiscal_year AND s.name = CASE WHEN a.line = 'function_class' THEN a.folded END
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
