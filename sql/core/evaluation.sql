-- one row per form: 项目支出绩效自评表, or performance target form
SELECT r.report_id, r.report_key, e.e.kind AS form_kind, e.e.form_no AS form_no, e.e.project_name AS project_name, e.e.department AS department,
    e.e.implementing_unit AS implementing_unit, m.unit_id AS implementing_unit_id, e.e.attributes AS attributes, e.e.goal_expected AS goal_expected,
    e.e.goal_actual AS goal_actual, e.e.notes AS notes, e.file_sha256, e.e.page AS page, e.e.locator AS locator
FROM core.dim_report AS r
JOIN stage.report_slot AS t ON t.report_id = r.report_id AND t.slot IN ('self_evaluation', 'performance_target')
JOIN (SELECT file_sha256, part_no, department, region, fiscal_year, unnest(evaluations) AS e FROM stage.part) AS e
    ON e.file_sha256 = t.file_sha256 AND e.part_no = t.part_no AND e.e.kind = t.slot
LEFT JOIN stage.unit_mention AS m
    ON m.role = 'evaluation' AND m.name = e.e.implementing_unit AND m.parent = e.department AND m.region IS NOT DISTINCT FROM e.region
    AND m.fiscal_year IS NOT DISTINCT FROM e.fiscal_year
ORDER BY r.report_key, form_kind, form_no
