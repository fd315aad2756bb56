-- one row per unit, year, scope and functional subject: budget and final of the general public budget side by side (each in its own column)
WITH reports AS (
    SELECT report_key, report_id, unit_id, unit_key, fiscal_year, kind, scope, region_code
    FROM core.dim_report WHERE is_current AND verdict IN ('admitted', 'admitted_with_findings')
), items AS (
    SELECT r.unit_key, r.unit_id, r.fiscal_year, r.scope, i.subject_key,
        CASE WHEN i.source = 'budget_report' THEN 'budget_' || i.stage ELSE 'final_' || i.stage END AS slot, i.amount_yuan, i.cell_id,
        CASE WHEN i.statement = 'narrative' THEN 1 ELSE 0 END AS priority, i.row_no
    FROM core.fact_budget_item AS i JOIN reports AS r ON r.report_key = i.report_key
    WHERE i.subject_key IS NOT NULL
    UNION ALL
    SELECT r.unit_key, r.unit_id, r.fiscal_year, r.scope, f.subject_key, 'final_final', f.amount_yuan, f.cell_id, -1, f.row_no
    FROM core.fact_expenditure AS f JOIN reports AS r ON r.report_key = f.report_key
    WHERE f.statement = 't05' AND f.measure = 'total' AND f.subject_key IS NOT NULL
    UNION ALL
    SELECT r.unit_key, r.unit_id, r.fiscal_year, r.scope, d.subject_key, 'completion', d.value, d.cell_id, 1, d.row_no
    FROM core.fact_disclosure AS d JOIN reports AS r ON r.report_key = d.report_key
    WHERE d.metric = 'function_item.completion_pct' AND d.subject_key IS NOT NULL
), chosen AS (
    SELECT unit_key, unit_id, fiscal_year, scope, subject_key, slot, amount_yuan, cell_id
    FROM items
    QUALIFY row_number() OVER (PARTITION BY unit_id, fiscal_year, scope, subject_key, slot ORDER BY priority, row_no, cell_id) = 1
), wide AS (
    SELECT unit_key, unit_id, fiscal_year, scope, subject_key,
        max(CASE slot WHEN 'completion' THEN amount_yuan END) AS stated_completion_pct,
        max(CASE slot WHEN 'budget_initial' THEN amount_yuan END) AS budget_report_yuan,
        max(CASE slot WHEN 'final_initial' THEN amount_yuan END) AS initial_yuan,
        max(CASE slot WHEN 'final_annual' THEN amount_yuan END) AS annual_yuan,
        max(CASE slot WHEN 'final_final' THEN amount_yuan END) AS final_yuan,
        max(CASE slot WHEN 'budget_previous_execution' THEN amount_yuan END) AS previous_yuan,
        max(CASE slot WHEN 'final_final' THEN cell_id END) AS final_cell_id,
        max(CASE slot WHEN 'budget_initial' THEN cell_id END) AS budget_cell_id
    FROM chosen GROUP BY ALL
)
SELECT w.unit_id, u.name AS unit_name, w.fiscal_year, w.scope, w.subject_key, s.code, s.name AS subject_name, s.level AS subject_level, s.harmonized_code,
    CAST(w.budget_report_yuan * 0.0001 AS DECIMAL(20,6)) AS budget_report_wanyuan, CAST(w.initial_yuan * 0.0001 AS DECIMAL(20,6)) AS initial_wanyuan,
    CAST(w.annual_yuan * 0.0001 AS DECIMAL(20,6)) AS annual_wanyuan, CAST(w.final_yuan * 0.0001 AS DECIMAL(20,6)) AS final_wanyuan,
    CAST(w.previous_yuan * 0.0001 AS DECIMAL(20,6)) AS previous_execution_wanyuan,
    round(100 * w.final_yuan / nullif(coalesce(w.initial_yuan, w.budget_report_yuan), 0), 2) AS execution_of_initial_pct,
    round(100 * w.final_yuan / nullif(w.annual_yuan, 0), 2) AS execution_of_annual_pct, CAST(w.stated_completion_pct AS DOUBLE) AS stated_completion_pct,
    w.budget_cell_id, w.final_cell_id
FROM wide AS w
JOIN core.dim_subject AS s ON s.subject_key = w.subject_key
LEFT JOIN core.dim_unit AS u ON u.unit_key = w.unit_key
ORDER BY w.unit_id, w.fiscal_year, w.scope, s.code
