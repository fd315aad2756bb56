-- 政府性基金、国有资本经营: opening balance, income, expenditure, closing balance by function code
SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.instance, a.row_no, a.subject_key, a.code, a.name, d.fund, a.measure, a.amount_yuan, a.resolution_yuan, a.is_leaf, a.is_total_measure, a.cell_id, d.component
FROM stage.amount AS a
JOIN core.dim_report AS r ON r.report_key = a.report_key
JOIN core.dim_statement AS d ON d.statement = a.statement AND d.measure = a.measure
WHERE a.fact = 'fund_balance'
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
