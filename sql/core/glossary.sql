SELECT r.report_id, r.report_key, CAST(row_number() OVER (PARTITION BY r.report_key ORDER BY rp.file_sha256, rp.part_no, g.g.ordinal) AS INTEGER) AS ordinal,
    g.g.term AS term, g.g.definition AS definition, g.file_sha256, g.g.page AS page, g.g.locator AS locator
FROM core.dim_report AS r
JOIN stage.report_part AS rp ON rp.report_id = r.report_id AND rp.contributes
JOIN (SELECT file_sha256, part_no, unnest(glossary) AS g FROM stage.part) AS g ON g.file_sha256 = rp.file_sha256 AND g.part_no = rp.part_no
ORDER BY r.report_key, ordinal
