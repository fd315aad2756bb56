-- 政府性基金、国有资本经营: opening balance, income, expenditure, closing balance by function code
SELECT a.report_key, a.report_id, a.unit_key, a.unit_id, a.fiscal_year, a.kind, a.scope, a.statement, a.instance, a.row_no, a.subject_key, a.code, a.name, a.fund, a.measure, a.amount_yuan, a.resolution_yuan, a.is_leaf, a.is_total_measure, a.cell_id, a.component
FROM stage.amount AS a
WHERE a.fact = 'fund_balance'
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
