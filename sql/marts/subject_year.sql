-- one row per unit, year, kind, scope, statement, subject and measure, as printed; repaired_wanyuan where the audit mended a misreading.
-- a code that a statement prints twice (printed_rows) is shown with the first amount.
WITH facts AS (
    SELECT report_key, statement, instance, row_no, subject_key, name, 'all' AS fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_income
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, name, fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_expenditure
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, name, fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_basic_expenditure
    UNION ALL
    SELECT report_key, statement, instance, row_no, subject_key, name, fund, measure, component, amount_yuan, is_leaf, is_total_measure, cell_id FROM core.fact_fund_balance
), again AS (
    -- codes printed more than once: few, so found by grouping instead of ranking every row
    SELECT report_key, statement, subject_key, measure, CAST(count(*) AS INTEGER) AS printed_rows, min(instance * 1000000 + row_no) AS first_place
    FROM facts
    WHERE subject_key IS NOT NULL
    GROUP BY report_key, statement, subject_key, measure
    HAVING count(*) > 1
)
SELECT r.report_id, r.unit_id, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, f.statement, f.subject_key, s.scheme, s.code,
    s.name AS subject_name, f.name AS printed_name, s.level AS subject_level, s.harmonized_code, f.fund, f.measure, f.component,
    CAST(f.amount_yuan * 0.0001 AS DECIMAL(20,6)) AS amount_wanyuan,
    CAST(coalesce(p.repaired_yuan, f.amount_yuan) * 0.0001 AS DECIMAL(20,6)) AS repaired_wanyuan, f.is_leaf, f.is_total_measure,
    coalesce(a.printed_rows, 1) AS printed_rows, f.cell_id
FROM facts AS f
JOIN core.dim_report AS r ON r.report_key = f.report_key
JOIN core.dim_subject AS s ON s.subject_key = f.subject_key
LEFT JOIN again AS a ON a.report_key = f.report_key AND a.statement = f.statement AND a.subject_key = f.subject_key AND a.measure = f.measure
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN quality.repair AS p ON p.cell_id = f.cell_id
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
    AND (a.first_place IS NULL OR f.instance * 1000000 + f.row_no = a.first_place)
ORDER BY f.report_key, f.statement, s.code, f.measure
