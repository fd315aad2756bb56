-- one row per project form: money, scores and how many indicators were met
WITH money AS (
    SELECT report_key, statement, form_no, measure, amount_yuan, cell_id
    FROM core.fact_evaluation_fund
    QUALIFY row_number() OVER (PARTITION BY report_key, statement, form_no, measure ORDER BY CASE WHEN is_total_line THEN 0 ELSE 1 END, row_no) = 1
), funds AS (
    SELECT report_key, statement, form_no, max(CASE measure WHEN 'initial_budget' THEN amount_yuan END) AS initial_yuan,
        max(CASE measure WHEN 'annual_budget' THEN amount_yuan END) AS annual_yuan, max(CASE measure WHEN 'executed' THEN amount_yuan END) AS executed_yuan
    FROM money GROUP BY ALL
), scores AS (
    SELECT report_key, statement, form_no, max(CASE measure WHEN 'total_weight' THEN value END) AS printed_weight, max(CASE measure WHEN 'total_score' THEN value END) AS printed_score,
        sum(CASE WHEN measure = 'score' THEN value END) AS sum_of_scores, sum(CASE WHEN measure = 'weight' THEN value END) AS sum_of_weights,
        max(CASE WHEN measure = 'execution_rate' AND line LIKE '%总额%' THEN value END) AS stated_execution_pct
    FROM core.fact_evaluation_score GROUP BY ALL
), indicators AS (
    SELECT report_key, statement, form_no, CAST(count(*) AS INTEGER) AS indicators, CAST(count_if(score = weight) AS INTEGER) AS full_scores,
        CAST(count_if(deviation_pct <> 0) AS INTEGER) AS deviations
    FROM core.fact_evaluation_indicator GROUP BY ALL
)
SELECT r.report_id, r.unit_id, r.unit_key, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, e.form_kind, e.form_no, e.project_name, e.implementing_unit,
    e.implementing_unit_id, CAST(f.initial_yuan * 0.0001 AS DECIMAL(20,6)) AS initial_wanyuan, CAST(f.annual_yuan * 0.0001 AS DECIMAL(20,6)) AS annual_wanyuan,
    CAST(f.executed_yuan * 0.0001 AS DECIMAL(20,6)) AS executed_wanyuan, round(100 * f.executed_yuan / nullif(f.annual_yuan, 0), 2) AS execution_pct,
    CAST(s.stated_execution_pct AS DOUBLE) AS stated_execution_pct, CAST(s.printed_weight AS DOUBLE) AS printed_weight, CAST(s.printed_score AS DOUBLE) AS printed_score,
    CAST(s.sum_of_weights AS DOUBLE) AS sum_of_weights, CAST(s.sum_of_scores AS DOUBLE) AS sum_of_scores, n.indicators, n.full_scores, n.deviations
FROM core.evaluation AS e
JOIN core.dim_report AS r ON r.report_key = e.report_key
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN funds AS f ON f.report_key = e.report_key AND f.statement = e.form_kind AND f.form_no = e.form_no
LEFT JOIN scores AS s ON s.report_key = e.report_key AND s.statement = e.form_kind AND s.form_no = e.form_no
LEFT JOIN indicators AS n ON n.report_key = e.report_key AND n.statement = e.form_kind AND n.form_no = e.form_no
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
ORDER BY r.unit_id, r.fiscal_year, r.kind, r.scope, e.form_kind, e.form_no
