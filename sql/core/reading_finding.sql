-- what reading and assembling could not do with certainty; parts of no report have no report_id
WITH read AS (
    SELECT file_sha256, part_no, unnest(findings) AS f FROM stage.part
)
SELECT rp.report_id, f.file_sha256, f.part_no, f.f.check_id AS check_id, f.f.severity AS severity, f.f.statement AS statement, f.f.message AS message,
    f.f.page AS page, f.f.locator AS locator, 'reading' AS source, f.f.ordinal AS ordinal
FROM read AS f LEFT JOIN stage.report_part AS rp ON rp.file_sha256 = f.file_sha256 AND rp.part_no = f.part_no
UNION ALL
SELECT a.report_id, a.file_sha256, a.part_no, a.check_id, a.severity, CAST(NULL AS VARCHAR), a.message, CAST(NULL AS INTEGER), CAST(NULL AS VARCHAR), 'assembly',
    CAST(row_number() OVER (PARTITION BY a.file_sha256, a.part_no ORDER BY a.check_id, a.message) AS INTEGER)
FROM stage.finding AS a
ORDER BY ALL
