-- cell by cell: what a revision says otherwise than the one before it (changed, added, removed)
WITH several AS (
    SELECT unit_id, fiscal_year, kind, scope FROM core.dim_report GROUP BY ALL HAVING count(*) > 1
), cells AS (
    SELECT r.unit_id, r.fiscal_year, r.kind, r.scope, r.revision, r.report_id, c.statement, c.instance, coalesce(c.row_key, '') AS row_key, c.measure, c.value, c.printed, c.cell_id,
        row_number() OVER (PARTITION BY r.report_id, c.statement, c.instance, coalesce(c.row_key, ''), c.measure ORDER BY c.row_no) AS nth
    FROM core.dim_report AS r
    JOIN several AS s ON s.unit_id = r.unit_id AND s.fiscal_year = r.fiscal_year AND s.kind = r.kind AND s.scope = r.scope
    JOIN core.cell AS c ON c.report_key = r.report_key
), pairs AS (
    SELECT now.report_id, before.report_id AS previous_report_id, now.unit_id, now.fiscal_year, now.kind, now.scope, now.revision
    FROM core.dim_report AS now JOIN core.dim_report AS before
        ON before.unit_id = now.unit_id AND before.fiscal_year = now.fiscal_year AND before.kind = now.kind AND before.scope = now.scope AND before.revision = now.revision - 1
), joined AS (
    SELECT p.report_id, p.previous_report_id, coalesce(a.statement, b.statement) AS statement, coalesce(a.row_key, b.row_key) AS row_key, coalesce(a.measure, b.measure) AS measure,
        CASE WHEN b.cell_id IS NULL THEN 'added' WHEN a.cell_id IS NULL THEN 'removed' ELSE 'changed' END AS change, b.value AS previous_value, a.value, b.printed AS previous_printed,
        a.printed, b.cell_id AS previous_cell_id, a.cell_id
    FROM pairs AS p
    JOIN cells AS a ON a.report_id = p.report_id
    LEFT JOIN cells AS b ON b.report_id = p.previous_report_id AND b.statement = a.statement AND b.instance = a.instance AND b.row_key = a.row_key AND b.measure = a.measure AND b.nth = a.nth
    UNION ALL
    SELECT p.report_id, p.previous_report_id, b.statement, b.row_key, b.measure, 'removed', b.value, NULL, b.printed, NULL, b.cell_id, NULL
    FROM pairs AS p
    JOIN cells AS b ON b.report_id = p.previous_report_id
    WHERE NOT EXISTS (SELECT 1 FROM cells AS a WHERE a.report_id = p.report_id AND a.statement = b.statement AND a.instance = b.instance AND a.row_key = b.row_key
        AND a.measure = b.measure AND a.nth = b.nth)
)
SELECT report_id, previous_report_id, statement, row_key, measure, change, previous_value, value, previous_printed, printed, previous_cell_id, cell_id
FROM joined
WHERE previous_value IS DISTINCT FROM value
ORDER BY report_id, statement, row_key, measure, cell_id, previous_cell_id
