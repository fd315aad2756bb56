-- 收入: by function code (or by source where no codes are printed) and kind of income
SELECT a.report_key, a.report_id, a.unit_key, a.unit_id, a.fiscal_year, a.kind, a.scope, a.statement, a.instance, a.row_no, a.subject_key, a.code, a.name, json_extract_string(a.keys, '$.group') AS source_group, a.measure, a.amount_yuan, a.resolution_yuan, a.is_leaf, a.is_total_measure, a.cell_id, a.component
FROM stage.amount AS a
WHERE a.fact = 'income'
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
