-- what the narrative says around each number; the number itself is in core.cell (statement = narrative, row_no)
SELECT r.report_id, r.report_key, f.f.row_no AS row_no, f.f.section AS section, f.f.direction AS direction, f.f.item_no AS item_no,
    f.f.item_class AS item_class, f.f.item_section AS item_section, f.f.item_name AS item_name, f.f.item_code AS item_code, f.f.sentence AS sentence,
    f.file_sha256
FROM core.dim_report AS r
JOIN stage.report_slot AS t ON t.report_id = r.report_id AND t.slot = 'narrative'
JOIN (SELECT file_sha256, part_no, unnest(facts) AS f FROM stage.part) AS f ON f.file_sha256 = t.file_sha256 AND f.part_no = t.part_no
ORDER BY r.report_key, row_no
