-- 项目资金 of the forms: initial budget, annual budget, executed by source of the money (年度资金总额 is the total of the others)
SELECT c.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, c.statement, c.instance AS form_no, c.row_no, e.project_name,
    c.name AS line, c.measure, c.amount_yuan, regexp_matches(c.name, '总额|合计') AS is_total_line, c.cell_id
FROM core.cell AS c
JOIN core.dim_report AS r ON r.report_key = c.report_key
JOIN core.evaluation AS e ON e.report_key = c.report_key AND e.form_kind = c.statement AND e.form_no = c.instance
WHERE c.statement IN ('self_evaluation', 'performance_target') AND c.block = 'fund' AND c.amount_yuan IS NOT NULL
ORDER BY c.report_key, c.statement, c.instance, c.row_no, c.measure
