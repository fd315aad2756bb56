-- verdict and score come from the audit, after core is built
SELECT CAST(row_number() OVER (ORDER BY r.report_id) AS INTEGER) AS report_key, r.report_id, r.unit_id, u.unit_key, r.fiscal_year, r.kind, r.scope,
    r.revision, r.is_current, CAST(NULL AS VARCHAR) AS verdict, CAST(NULL AS DOUBLE) AS score, r.known_from, r.superseded_at, r.published_on,
    r.printed_date, r.region_code, r.department, p.region AS printed_region, p.printed_scope_word, p.cover_text, p.unit_of_amount, p.document_kind,
    p.n_pages
FROM stage.report AS r
LEFT JOIN (
    SELECT r.report_id, u.unit_key FROM stage.report AS r JOIN core.dim_unit AS u
        ON u.unit_id = r.unit_id AND r.fiscal_year >= u.first_year AND (u.last_year IS NULL OR r.fiscal_year <= u.last_year)
) AS u ON u.report_id = r.report_id
LEFT JOIN (
    SELECT rp.report_id, first(p.region ORDER BY rp.file_sha256, rp.part_no) AS region,
        first(p.printed_scope_word ORDER BY rp.file_sha256, rp.part_no) AS printed_scope_word,
        first(p.cover_text ORDER BY rp.file_sha256, rp.part_no) AS cover_text,
        first(p.unit_of_amount ORDER BY rp.file_sha256, rp.part_no) AS unit_of_amount,
        first(p.document_kind ORDER BY rp.file_sha256, rp.part_no) AS document_kind,
        CAST(sum(p.n_pages) AS INTEGER) AS n_pages
    FROM stage.report_part AS rp JOIN stage.part AS p ON p.file_sha256 = rp.file_sha256 AND p.part_no = rp.part_no
    WHERE rp.contributes
    GROUP BY rp.report_id
) AS p ON p.report_id = r.report_id
ORDER BY report_key
