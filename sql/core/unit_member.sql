SELECT r.report_id, r.fiscal_year, r.unit_id AS department_unit_id, m.unit_id AS member_unit_id, p.u.ordinal AS ordinal,
    coalesce(m.is_head OR m.unit_id = r.unit_id, FALSE) AS is_head, p.u.name AS name, p.u.note AS note, p.u.page AS page, p.u.locator AS locator
FROM core.dim_report AS r
JOIN stage.report_part AS rp ON rp.report_id = r.report_id AND rp.contributes
JOIN (SELECT file_sha256, part_no, department, region, fiscal_year, unnest(members) AS u FROM stage.part) AS p
    ON p.file_sha256 = rp.file_sha256 AND p.part_no = rp.part_no
LEFT JOIN stage.unit_mention AS m
    ON m.role = 'member' AND m.name = p.u.name AND m.parent = p.department AND m.region IS NOT DISTINCT FROM p.region
    AND m.fiscal_year IS NOT DISTINCT FROM p.fiscal_year
QUALIFY row_number() OVER (PARTITION BY r.report_id, p.u.ordinal ORDER BY p.file_sha256, p.part_no) = 1
ORDER BY r.report_id, ordinal
