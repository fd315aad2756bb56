-- one row per printed statement of a report revision
SELECT r.report_id, r.report_key, s.s.statement AS statement, s.s.instance AS instance, s.s.role AS role, s.s.title AS title, s.s.unit AS printed_unit,
    s.s.form_no AS form_no, s.s.note AS note, s.s.printed_scope AS printed_scope, s.s.n_rows AS n_rows, s.s.pages AS pages, s.file_sha256, s.part_no
FROM core.dim_report AS r
JOIN stage.report_slot AS t ON t.report_id = r.report_id
JOIN (SELECT file_sha256, part_no, unnest(statements) AS s FROM stage.part) AS s
    ON s.file_sha256 = t.file_sha256 AND s.part_no = t.part_no AND s.s.statement = t.slot
ORDER BY r.report_key, statement, instance
