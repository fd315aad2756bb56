SELECT rp.report_id, rp.file_sha256, rp.part_no, rp.part, f.origin, f.file_name, rp.contributes, rp.joined_by, f.first_seen, f.published_on,
    p.document_kind, p.n_pages, p.reader
FROM stage.report_part AS rp
JOIN stage.file AS f ON f.file_sha256 = rp.file_sha256
JOIN stage.part AS p ON p.file_sha256 = rp.file_sha256 AND p.part_no = rp.part_no
ORDER BY rp.report_id, rp.file_sha256, rp.part_no
