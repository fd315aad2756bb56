-- 基本支出 by economic code; component by column block, by column, else by the code (301, 303 personnel)
SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.instance, a.row_no, a.subject_key, a.code, a.name, d.fund,
    CASE WHEN d.component IN ('personnel', 'public') THEN d.component
        WHEN a.is_total_measure OR (a.code IS NULL AND a.block IS NULL) THEN 'total'
        WHEN a.code IS NULL AND NOT regexp_matches(a.name, '人员|公用') THEN 'total'
        WHEN a.block IN ('personnel', 'public') THEN a.block
        WHEN left(a.code, 3) IN ('301', '303', '501', '509') THEN 'personnel'
        WHEN regexp_matches(a.code, '^[35]') THEN 'public'
        ELSE 'total' END AS component,
    a.block, a.measure, a.amount_yuan, a.resolution_yuan, a.is_leaf, a.is_total_measure, a.cell_id
FROM stage.amount AS a
JOIN core.dim_report AS r ON r.report_key = a.report_key
JOIN core.dim_statement AS d ON d.statement = a.statement AND d.measure = a.measure
WHERE a.fact = 'basic_expenditure'
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
