-- 分值与得分: every weight, score and rate of the forms, by block; block total is the form's own total
SELECT c.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, c.statement, c.instance AS form_no, c.row_no, e.project_name, c.block,
    c.name AS line, c.measure, c.value, c.printed_unit, c.cell_id
FROM core.cell AS c
JOIN core.dim_report AS r ON r.report_key = c.report_key
JOIN core.evaluation AS e ON e.report_key = c.report_key AND e.form_kind = c.statement AND e.form_no = c.instance
WHERE c.statement IN ('self_evaluation', 'performance_target') AND c.amount_yuan IS NULL AND c.value IS NOT NULL
    AND c.measure IN ('weight', 'score', 'execution_rate', 'deviation_pct', 'total_weight', 'total_score')
ORDER BY c.report_key, c.statement, c.instance, c.row_no, c.measure
