-- every number the narrative states: metric, item, direction; signed_yuan is negative where a change is a decrease
SELECT c.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, c.statement, c.row_no, f.section, c.measure AS metric, c.value,
    c.printed_unit, c.amount_yuan, c.resolution_yuan, f.direction,
    CASE WHEN f.direction = 'decrease' THEN -c.amount_yuan ELSE c.amount_yuan END AS signed_yuan, f.item_no, f.item_class, f.item_section,
    coalesce(f.item_name, c.name) AS item_name, coalesce(f.item_code, c.code) AS item_code, s.subject_key, f.sentence, c.cell_id
FROM core.cell AS c
JOIN core.dim_report AS r ON r.report_key = c.report_key
LEFT JOIN core.narrative_fact AS f ON f.report_key = c.report_key AND f.file_sha256 = c.file_sha256 AND f.row_no = c.row_no
LEFT JOIN stage.subject_year AS s ON s.code = coalesce(f.item_code, c.code) AND s.fiscal_year = r.fiscal_year
WHERE c.statement = 'narrative'
ORDER BY c.report_key, c.row_no, c.measure
