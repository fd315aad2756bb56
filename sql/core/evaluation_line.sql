-- the lines of the forms with their texts; numbers are in core.cell (statement = form_kind, instance = form_no, row_no)
SELECT r.report_id, r.report_key, l.l.kind AS form_kind, l.l.form_no AS form_no, l.l.row_no AS row_no, l.l.block AS block, l.l.line AS line,
    l.l.level1 AS level1, l.l.level2 AS level2, l.l.level3 AS level3, l.l.target AS target, l.l.actual AS actual, l.l.explanation AS explanation,
    l.l.problem AS problem
FROM core.dim_report AS r
JOIN stage.report_slot AS t ON t.report_id = r.report_id AND t.slot IN ('self_evaluation', 'performance_target')
JOIN (SELECT file_sha256, part_no, unnest(evaluation_lines) AS l FROM stage.part) AS l
    ON l.file_sha256 = t.file_sha256 AND l.part_no = t.part_no AND l.l.kind = t.slot
ORDER BY r.report_key, form_kind, form_no, row_no
