SELECT rp.report_id, u.file_sha256, u.part_no, u.u.ordinal AS ordinal, u.u.text AS unrecognised_text, u.u.why AS why, u.u.page AS page, u.u.locator AS locator
FROM (SELECT file_sha256, part_no, unnest(unrecognised) AS u FROM stage.part) AS u
LEFT JOIN stage.report_part AS rp ON rp.file_sha256 = u.file_sha256 AND rp.part_no = u.part_no
ORDER BY rp.report_id, u.file_sha256, u.part_no, ordinal
