-- every printed number: of statements, narrative and forms; blank cells of statements too, with a NULL value
SELECT left(p.file_sha256, 12) || ':' || c.c.statement || '#' || (c.c.instance + 1000 * (p.part_no - 1)) || ':' || c.c.row_no || ':' || c.c.measure AS cell_id,
    r.report_id, r.report_key, c.c.statement AS statement, c.c.instance AS instance, c.c.side AS side, c.c.block AS block, c.c.row_no AS row_no,
    concat_ws('|', c.c.side, c.c.block, coalesce(c.c.code, regexp_replace(c.c.name, '^[一二三四五六七八九十]+[、.．]|^（[一二三四五六七八九十]+）|^[0-9]+[、.．]+|\s', '', 'g'))) AS row_key,
    c.c.code AS code, c.c.name AS name, c.c.measure AS measure, c.c.printed AS printed, c.c.value AS value, c.c.unit AS printed_unit,
    c.c.amount_yuan AS amount_yuan, c.c.resolution_yuan AS resolution_yuan, p.file_sha256, c.c.page AS page, c.c.x0 AS x0, c.c.top AS top,
    c.c.x1 AS x1, c.c.bottom AS bottom, c.c.locator AS locator, 'first' AS reading, c.c.confidence AS confidence, c.c.line_no AS line_no,
    c.c.keys AS keys
FROM core.dim_report AS r
JOIN stage.report_slot AS s ON s.report_id = r.report_id
JOIN (SELECT file_sha256, part_no, unnest(cells) AS c FROM stage.part) AS c
    ON c.file_sha256 = s.file_sha256 AND c.part_no = s.part_no AND c.c.statement = s.slot
JOIN (SELECT file_sha256, part_no FROM stage.part) AS p ON p.file_sha256 = c.file_sha256 AND p.part_no = c.part_no
ORDER BY r.report_key, c.c.statement, c.c.instance, c.c.row_no, c.c.measure
