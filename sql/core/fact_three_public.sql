-- 三公: budget and final by item. printed_scope is what the title says (general_public, fiscal), budget_basis what the budget column means
WITH stated AS (
    SELECT report_key, amount_yuan, max(CASE WHEN measure LIKE 'three_public.annual_budget' THEN 1 ELSE 0 END) = 1 AS annual,
        max(CASE WHEN measure LIKE 'three_public.initial_budget' THEN 1 ELSE 0 END) = 1 AS initial
    FROM core.cell
    WHERE statement = 'narrative' AND measure IN ('three_public.annual_budget', 'three_public.initial_budget') AND amount_yuan > 0
    GROUP BY ALL
), totals AS (
    SELECT a.report_key, a.statement, bool_or(s.annual) AS annual, bool_or(s.initial) AS initial
    FROM stage.amount AS a JOIN stated AS s ON s.report_key = a.report_key AND s.amount_yuan = a.amount_yuan
    WHERE a.fact = 'three_public' AND a.measure = 'budget_total'
    GROUP BY ALL
)
SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.instance, a.row_no, d.item, d.stage,
    coalesce(nullif(st.printed_scope, 'unknown'), CASE WHEN st.title LIKE '%一般公共预算%' THEN 'general_public' WHEN st.title LIKE '%财政拨款%' AND d.fund IS NULL
        THEN 'fiscal' ELSE 'unknown' END) AS printed_scope,
    CASE WHEN r.kind = 'budget' THEN 'initial'
        WHEN regexp_matches(st.note, '全年预算|调整预算|调整后') THEN 'annual'
        WHEN regexp_matches(st.note, '年初预算') THEN 'initial'
        WHEN t.annual AND NOT t.initial THEN 'annual'
        WHEN t.initial AND NOT t.annual THEN 'initial'
        ELSE 'unknown' END AS budget_basis,
    d.fund, a.measure, a.amount_yuan, a.resolution_yuan, a.is_leaf, a.is_total_measure, a.cell_id
FROM stage.amount AS a
JOIN core.dim_report AS r ON r.report_key = a.report_key
JOIN core.dim_statement AS d ON d.statement = a.statement AND d.measure = a.measure
LEFT JOIN core.statement AS st ON st.report_key = a.report_key AND st.statement = a.statement AND st.instance = a.instance
LEFT JOIN totals AS t ON t.report_key = a.report_key AND t.statement = a.statement
WHERE a.fact = 'three_public' AND d.item IS NOT NULL
ORDER BY a.report_key, a.statement, a.instance, a.row_no, a.measure
