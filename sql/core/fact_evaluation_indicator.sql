-- 绩效指标: a row per indicator with target, outturn, weight, score and deviation
SELECT l.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, l.form_kind AS statement, l.form_no, l.row_no, e.project_name,
    l.level1, l.level2, l.level3, l.target, l.actual, n.weight, n.score, n.deviation_pct, l.problem AS deviation_reason, n.weight_cell_id, n.score_cell_id,
    n.deviation_cell_id
FROM core.evaluation_line AS l
JOIN core.dim_report AS r ON r.report_key = l.report_key
JOIN core.evaluation AS e ON e.report_key = l.report_key AND e.form_kind = l.form_kind AND e.form_no = l.form_no
LEFT JOIN (
    SELECT report_key, statement, instance, row_no,
        max(CASE measure WHEN 'weight' THEN value END) AS weight, max(CASE measure WHEN 'score' THEN value END) AS score,
        max(CASE measure WHEN 'deviation_pct' THEN value END) AS deviation_pct, max(CASE measure WHEN 'weight' THEN cell_id END) AS weight_cell_id,
        max(CASE measure WHEN 'score' THEN cell_id END) AS score_cell_id, max(CASE measure WHEN 'deviation_pct' THEN cell_id END) AS deviation_cell_id
    FROM core.cell WHERE statement IN ('self_evaluation', 'performance_target') AND block = 'indicator'
    GROUP BY ALL
) AS n ON n.report_key = l.report_key AND n.statement = l.form_kind AND n.instance = l.form_no AND n.row_no = l.row_no
WHERE l.block = 'indicator'
ORDER BY l.report_key, l.form_kind, l.form_no, l.row_no
