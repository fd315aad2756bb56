-- one row per unit, year, kind, scope, statement, subject and measure, as printed; repaired_wanyuan where the audit mended a misreading
WITH facts AS (
    SELECT report_key, statement, instance, row_no, subject_key, code, name, 'income' AS fact, 'all' AS fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_income
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, code, name, 'expenditure', fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_expenditure
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, code, name, 'basic_expenditure', fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_basic_expenditure
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, code, name, 'fund_balance', fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_fund_balance
)
SELECT r.report_id, r.unit_id, r.unit_key, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, f.statement, f.subject_key, s.scheme, f.code,
    s.name AS subject_name, f.name AS printed_name, s.level AS subject_level, s.parent_code, s.harmonized_code, f.fact, f.fund, f.measure, f.component,
    CAST(f.amount_yuan * 0.0001 AS DECIMAL(20,6)) AS amount_wanyuan,
    CAST(coalesce(p.repaired_yuan, f.amount_yuan) * 0.0001 AS DECIMAL(20,6)) AS repaired_wanyuan, f.is_leaf, f.is_total_measure,
    CAST(count(*) OVER (PARTITION BY f.report_key, f.statement, f.subject_key, f.measure) AS INTEGER) AS printed_rows, f.cell_id
FROM facts AS f
JOIN core.dim_report AS r ON r.report_key = f.report_key
JOIN core.dim_subject AS s ON s.subject_key = f.subject_key
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN quality.repair AS p ON p.cell_id = f.cell_id
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
QUALIFY row_number() OVER (PARTITION BY f.report_key, f.statement, f.subject_key, f.measure ORDER BY f.instance, f.row_no) = 1
ORDER BY r.unit_id, r.fiscal_year, r.kind, r.scope, f.statement, f.code, f.measure
