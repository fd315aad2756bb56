-- statements without a number: 持平, 大于预算, 无此项, the reason of a change
SELECT r.report_id, r.report_key, c.c.ordinal AS ordinal, c.c.section AS section, c.c.kind AS claim_kind, c.c.metric AS metric, c.c.direction AS direction,
    c.c.item_name AS item_name, c.c.item_code AS item_code, c.c.text AS claim_text, c.file_sha256, c.c.page AS page, c.c.x0 AS x0, c.c.top AS top,
    c.c.x1 AS x1, c.c.bottom AS bottom, c.c.locator AS locator
FROM core.dim_report AS r
JOIN stage.report_slot AS t ON t.report_id = r.report_id AND t.slot = 'narrative'
JOIN (SELECT file_sha256, part_no, unnest(claims) AS c FROM stage.part) AS c ON c.file_sha256 = t.file_sha256 AND c.part_no = t.part_no
ORDER BY r.report_key, ordinal
