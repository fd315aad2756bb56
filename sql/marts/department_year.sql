-- one row per unit, fiscal year, kind and scope: the key figures of the current revision, as printed
WITH stated AS (
    -- the change on the year before as the text states it: of the grand total, else of what stands for it
    SELECT d.report_key, d.signed_yuan, d.value, d.metric,
        row_number() OVER (PARTITION BY d.report_key, d.metric LIKE '%pct' ORDER BY CASE split_part(d.metric, '.yoy', 1) WHEN 'income_expenditure' THEN 1
            WHEN 'income.total' THEN 2 WHEN 'income' THEN 3 WHEN 'expenditure.total' THEN 4 WHEN 'fiscal_appropriation' THEN 5
            WHEN 'income.fiscal_appropriation' THEN 6 WHEN 'general_public' THEN 7 ELSE 8 END, d.row_no) AS choice,
        CASE WHEN d.direction = 'decrease' THEN -d.value ELSE d.value END AS signed_value
    FROM core.fact_disclosure AS d
    WHERE d.metric IN ('income_expenditure.yoy_change', 'income_expenditure.yoy_change_pct', 'income.total.yoy_change', 'income.total.yoy_change_pct',
        'income.yoy_change', 'income.yoy_change_pct', 'expenditure.total.yoy_change', 'expenditure.total.yoy_change_pct',
        'fiscal_appropriation.yoy_change', 'fiscal_appropriation.yoy_change_pct', 'income.fiscal_appropriation.yoy_change',
        'income.fiscal_appropriation.yoy_change_pct', 'general_public.yoy_change', 'general_public.yoy_change_pct')
), changes AS (
    SELECT report_key, max(CASE WHEN metric NOT LIKE '%pct' THEN CAST(signed_yuan * 0.0001 AS DECIMAL(20,6)) END) AS yoy_change_wanyuan,
        max(CASE WHEN metric LIKE '%pct' THEN signed_value END) AS yoy_change_pct,
        max(CASE WHEN metric NOT LIKE '%pct' THEN split_part(metric, '.yoy', 1) END) AS yoy_change_of
    FROM stated WHERE choice = 1 GROUP BY report_key
)
SELECT r.report_id, r.unit_id, r.unit_key, u.name AS unit_name, r.region_code, g.full_name AS region_name, u.level AS unit_level, u.sector, r.fiscal_year,
    r.kind, r.scope, r.revision, r.verdict,
    max(CASE WHEN k.metric = 'income_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_total_wanyuan,
    max(CASE WHEN k.metric = 'income_current' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_current_wanyuan,
    max(CASE WHEN k.metric = 'income_fiscal_appropriation' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_fiscal_appropriation_wanyuan,
    max(CASE WHEN k.metric = 'income_general_public' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_general_public_wanyuan,
    max(CASE WHEN k.metric = 'income_government_fund' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_government_fund_wanyuan,
    max(CASE WHEN k.metric = 'income_state_capital' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_state_capital_wanyuan,
    max(CASE WHEN k.metric = 'income_superior_subsidy' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_superior_subsidy_wanyuan,
    max(CASE WHEN k.metric = 'income_business_income' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_business_income_wanyuan,
    max(CASE WHEN k.metric = 'income_operating_income' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_operating_income_wanyuan,
    max(CASE WHEN k.metric = 'income_subsidiary_remittance' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_subsidiary_remittance_wanyuan,
    max(CASE WHEN k.metric = 'income_special_account' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_special_account_wanyuan,
    max(CASE WHEN k.metric = 'income_other' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS income_other_wanyuan,
    max(CASE WHEN k.metric = 'reserve_used' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS reserve_used_wanyuan,
    max(CASE WHEN k.metric = 'opening_balance' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS opening_balance_wanyuan,
    max(CASE WHEN k.metric = 'expenditure_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS expenditure_total_wanyuan,
    max(CASE WHEN k.metric = 'expenditure_current' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS expenditure_current_wanyuan,
    max(CASE WHEN k.metric = 'basic' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS basic_wanyuan,
    max(CASE WHEN k.metric = 'project' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS project_wanyuan,
    max(CASE WHEN k.metric = 'contingency_reserve' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS contingency_reserve_wanyuan,
    max(CASE WHEN k.metric = 'surplus_distribution' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS surplus_distribution_wanyuan,
    max(CASE WHEN k.metric = 'closing_balance' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS closing_balance_wanyuan,
    max(CASE WHEN k.metric = 'fiscal_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS fiscal_total_wanyuan,
    max(CASE WHEN k.metric = 'fiscal_expenditure' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS fiscal_expenditure_wanyuan,
    max(CASE WHEN k.metric = 'fiscal_basic' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS fiscal_basic_wanyuan,
    max(CASE WHEN k.metric = 'fiscal_opening_balance' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS fiscal_opening_balance_wanyuan,
    max(CASE WHEN k.metric = 'fiscal_closing_balance' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS fiscal_closing_balance_wanyuan,
    max(CASE WHEN k.metric = 'general_public_expenditure' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS general_public_expenditure_wanyuan,
    max(CASE WHEN k.metric = 'general_public_basic' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS general_public_basic_wanyuan,
    max(CASE WHEN k.metric = 'general_public_project' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS general_public_project_wanyuan,
    max(CASE WHEN k.metric = 'basic_personnel' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS basic_personnel_wanyuan,
    max(CASE WHEN k.metric = 'basic_public' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS basic_public_wanyuan,
    max(CASE WHEN k.metric = 'government_fund_expenditure' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS government_fund_expenditure_wanyuan,
    max(CASE WHEN k.metric = 'state_capital_expenditure' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS state_capital_expenditure_wanyuan,
    max(CASE WHEN k.metric = 'three_public_budget_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS three_public_budget_wanyuan,
    max(CASE WHEN k.metric = 'three_public_final_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS three_public_final_wanyuan,
    max(CASE WHEN k.metric = 'agency_operating' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS agency_operating_wanyuan,
    max(CASE WHEN k.metric = 'procurement_total' THEN CAST(k.amount_yuan * 0.0001 AS DECIMAL(20,6)) END) AS procurement_total_wanyuan,
    c.yoy_change_wanyuan, CAST(c.yoy_change_pct AS DOUBLE) AS yoy_change_pct, c.yoy_change_of, CAST(count(p.cell_id) AS INTEGER) AS repaired_cells
FROM core.dim_report AS r
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN (
    SELECT r.report_key, g.full_name FROM core.dim_report AS r JOIN core.dim_region AS g
        ON g.region_code = r.region_code AND (g.last_year IS NULL OR r.fiscal_year <= g.last_year) AND (r.fiscal_year >= g.first_year OR g.first_year = 2015)
) AS g ON g.report_key = r.report_key
LEFT JOIN core.fact_key_figure AS k ON k.report_key = r.report_key
LEFT JOIN quality.repair AS p ON p.cell_id = k.cell_id
LEFT JOIN changes AS c ON c.report_key = r.report_key
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
GROUP BY ALL
ORDER BY r.unit_id, r.fiscal_year, r.kind, r.scope
