-- quality.suspect: the cells to read again, most trusted blame first.
INSERT INTO quality.suspect
SELECT r.report_id, s.cell_id, s.file_sha256, s.page, s.printed, s.amount_yuan, (coalesce(c.fen, 0) + x.delta) / 100, x.mends, x.breaks, x.edit,
    round(x.confidence, 3), NULL
FROM a_suspect AS x JOIN a_cell AS c USING (cell_no) JOIN a_report AS r ON r.report_no = c.report_no AND r.is_due
JOIN core.cell AS s ON s.rowid = x.cell_no
ORDER BY r.report_id, x.round, x.confidence DESC, s.cell_id;

UPDATE quality.finding SET confidence = s.confidence
FROM quality.suspect AS s WHERE s.report_id = quality.finding.report_id AND s.cell_id = quality.finding.suspect_cell_id;
