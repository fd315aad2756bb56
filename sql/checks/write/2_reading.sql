-- What reading and assembling said becomes a finding under its own check.
INSERT INTO quality.finding
SELECT left(md5(concat_ws('|', f.check_id, r.report_id, f.statement, f.message, f.locator)), 16), r.report_id, regexp_replace(f.check_id, '^wording\.', ''), if(starts_with(f.check_id, 'wording'), 'wording', 'reading'), f.severity,
    f.statement, f.page, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL, f.message, f.locator
FROM a_reading AS f JOIN a_report AS r ON r.report_no = f.report_no AND r.is_due
ORDER BY ALL;
