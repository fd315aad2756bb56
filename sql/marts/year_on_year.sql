-- one row per unit, kind, scope, metric and year: this year beside last year's own report, and what this year's text says last year was (implied).
-- years without a report appear with is_implied where the next report's stated change gives the amount
WITH figures AS (
    SELECT r.unit_key, r.unit_id, k.fiscal_year, k.kind, k.scope, k.metric, k.amount_yuan, k.resolution_yuan, k.cell_id, k.report_key, r.region_code
    FROM core.fact_key_figure AS k JOIN core.dim_report AS r ON r.report_key = k.report_key
    WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
), stated AS (
    SELECT d.report_key, m.metric, first(d.signed_yuan ORDER BY d.row_no) AS change_yuan, first(d.cell_id ORDER BY d.row_no) AS change_cell_id,
        first(d.resolution_yuan ORDER BY d.row_no) AS change_resolution
    FROM core.fact_disclosure AS d JOIN (VALUES
        ('income_expenditure.yoy_change', 'income_total'), ('income_expenditure.yoy_change', 'expenditure_total'), ('income.total.yoy_change', 'income_total'),
        ('fiscal_appropriation.yoy_change', 'fiscal_total'), ('general_public.yoy_change', 'general_public_expenditure'),
        ('income.fiscal_appropriation.yoy_change', 'income_fiscal_appropriation'), ('income.general_public.yoy_change', 'income_general_public'),
        ('expenditure.basic.yoy_change', 'basic'), ('expenditure.project.yoy_change', 'project'), ('expenditure.contingency_reserve.yoy_change', 'contingency_reserve'),
        ('three_public.yoy_change', 'three_public_total'), ('agency_operating.yoy_change', 'agency_operating')) AS m(stated_metric, metric) ON m.stated_metric = d.metric
    WHERE d.signed_yuan IS NOT NULL
    GROUP BY ALL
), own AS (
    SELECT f.unit_key, f.unit_id, f.fiscal_year, f.kind, f.scope, CASE f.metric WHEN 'three_public_budget_total' THEN CASE f.kind WHEN 'budget' THEN 'three_public_total' ELSE f.metric END
            WHEN 'three_public_final_total' THEN 'three_public_total' ELSE f.metric END AS metric, f.amount_yuan, f.resolution_yuan, f.cell_id, f.report_key
    FROM figures AS f
), scopes AS (
    SELECT report_key, min(printed_scope) AS printed_scope, min(budget_basis) AS budget_basis FROM core.fact_three_public WHERE item = 'total' GROUP BY report_key
), paired AS (
    SELECT o.unit_key, b.unit_key AS previous_unit_key, o.unit_id, o.fiscal_year, o.kind, o.scope, o.metric, o.amount_yuan, o.cell_id, o.report_key, b.amount_yuan AS previous_yuan, b.cell_id AS previous_cell_id,
        b.report_key AS previous_report_key, s.change_yuan AS stated_change_yuan, s.change_cell_id, o.amount_yuan - s.change_yuan AS implied_previous_yuan,
        -- a stated change is the difference of two amounts rounded to its own last digit
        (greatest(o.resolution_yuan, s.change_resolution) + greatest(b.resolution_yuan, s.change_resolution) + s.change_resolution) / 2 AS tolerance_yuan
    FROM own AS o
    LEFT JOIN own AS b ON b.unit_id = o.unit_id AND b.kind = o.kind AND b.scope = o.scope AND b.metric = o.metric AND b.fiscal_year = o.fiscal_year - 1
    LEFT JOIN stated AS s ON s.report_key = o.report_key AND s.metric = o.metric
), filled AS (
    SELECT unit_key, previous_unit_key, unit_id, fiscal_year, kind, scope, metric, FALSE AS is_implied, amount_yuan, cell_id, report_key, previous_yuan, previous_cell_id, previous_report_key,
        stated_change_yuan, change_cell_id, implied_previous_yuan, tolerance_yuan
    FROM paired
    UNION ALL
    SELECT unit_key, NULL, unit_id, fiscal_year - 1, kind, scope, metric, TRUE, implied_previous_yuan, cell_id, report_key, NULL, NULL, NULL, NULL, change_cell_id, NULL, NULL
    FROM paired WHERE previous_report_key IS NULL AND implied_previous_yuan IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM own AS o WHERE o.unit_id = paired.unit_id AND o.kind = paired.kind AND o.scope = paired.scope AND o.fiscal_year = paired.fiscal_year - 1
            AND o.metric = paired.metric)
)
SELECT f.unit_id, u.name AS unit_name, f.fiscal_year, f.kind, f.scope, f.metric, f.is_implied, CAST(f.amount_yuan * 0.0001 AS DECIMAL(20,6)) AS amount_wanyuan,
    CAST(coalesce(f.previous_yuan, f.implied_previous_yuan) * 0.0001 AS DECIMAL(20,6)) AS previous_wanyuan,
    CASE WHEN f.previous_yuan IS NOT NULL THEN 'reported' WHEN f.implied_previous_yuan IS NOT NULL THEN 'implied' END AS previous_basis,
    CAST((f.amount_yuan - coalesce(f.previous_yuan, f.implied_previous_yuan)) * 0.0001 AS DECIMAL(20,6)) AS change_wanyuan,
    round(100 * (f.amount_yuan - coalesce(f.previous_yuan, f.implied_previous_yuan)) / nullif(abs(coalesce(f.previous_yuan, f.implied_previous_yuan)), 0), 2) AS change_pct,
    CAST(f.stated_change_yuan * 0.0001 AS DECIMAL(20,6)) AS stated_change_wanyuan, CAST(f.implied_previous_yuan * 0.0001 AS DECIMAL(20,6)) AS implied_previous_wanyuan,
    CASE WHEN f.previous_yuan IS NOT NULL AND f.implied_previous_yuan IS NOT NULL THEN abs(f.previous_yuan - f.implied_previous_yuan) <= f.tolerance_yuan END AS agrees_with_previous,
    round(f.amount_yuan * 0.0001 * 100 / y.cpi_last_year_100, 6) AS real_wanyuan, y.price_base_year,
    nullif(concat_ws('; ', CASE WHEN u.name <> v.name THEN 'renamed from ' || v.name END,
        CASE WHEN f.metric LIKE 'three_public%' AND a.printed_scope <> b.printed_scope THEN 'printed scope ' || b.printed_scope || ' → ' || a.printed_scope END,
        CASE WHEN f.metric LIKE 'three_public_budget%' AND a.budget_basis <> b.budget_basis THEN 'budget basis ' || b.budget_basis || ' → ' || a.budget_basis END,
        e.breaks), '') AS breaks,
    f.cell_id, f.previous_cell_id, f.change_cell_id
FROM filled AS f -- joined by equalities of the right side alone: any other condition makes a LEFT JOIN a nested loop
LEFT JOIN core.dim_unit AS u ON u.unit_key = f.unit_key
LEFT JOIN core.dim_unit AS v ON v.unit_key = f.previous_unit_key
LEFT JOIN core.dim_year AS y ON y.fiscal_year = f.fiscal_year
LEFT JOIN scopes AS a ON a.report_key = CASE WHEN NOT f.is_implied THEN f.report_key END
LEFT JOIN scopes AS b ON b.report_key = f.previous_report_key
LEFT JOIN (SELECT unit_id, fiscal_year, string_agg(event || coalesce(' ' || related_name, ''), '; ' ORDER BY event, related_name) AS breaks
    FROM core.unit_event WHERE event <> 'rename' GROUP BY ALL) AS e ON e.unit_id = f.unit_id AND e.fiscal_year = f.fiscal_year
ORDER BY f.unit_id, f.kind, f.scope, f.metric, f.fiscal_year
