-- quality.finding: what was found, with cells, evidence and one form of message: what, where, printed, expected, difference.
INSERT INTO quality.finding
WITH numbered AS (
    SELECT row_number() OVER () AS n, f.* FROM a_found AS f JOIN a_report AS r ON r.report_no = f.report_no AND r.is_due
), listed AS (
    SELECT n, suspect_no, unnest(cells) AS cell_no, generate_subscripts(cells, 1) AS place FROM numbered
), named AS (
    SELECT l.n, list(c.cell_id ORDER BY l.place) AS cell_ids, any_value(c.cell_id) FILTER (l.cell_no = l.suspect_no) AS suspect_cell_id
    FROM listed AS l JOIN core.cell AS c ON c.rowid = l.cell_no GROUP BY l.n
), first_cell AS (
    SELECT l.n, c.st, c.code, c.measure, c.page, c.unit, r.norm, CASE WHEN r.norm IS NULL THEN c.name END AS name_shown
    FROM listed AS l JOIN a_cell0 AS c USING (cell_no) LEFT JOIN a_row AS r ON r.row_id = c.row_id WHERE l.place = 1
), written AS (
    SELECT
        f.*, r.report_id, k.check_id, k.title, n.cell_ids, c.st, c.page AS cell_page, n.suspect_cell_id,
        CASE c.unit WHEN '万元' THEN 1000000 WHEN '千元' THEN 100000 WHEN '亿元' THEN 10000000000 ELSE 100 END AS factor,
        CASE WHEN c.unit LIKE '%元' THEN c.unit ELSE '元' END AS shown_unit,
        concat_ws(' ', nullif(c.st, 'narrative'), c.code, c.norm, c.name_shown, '（' || c.measure || '）') AS place
    FROM numbered AS f
    JOIN a_report AS r USING (report_no)
    JOIN a_check AS k USING (check_no)
    LEFT JOIN named AS n ON n.n = f.n
    LEFT JOIN first_cell AS c ON c.n = f.n
)
SELECT
    left(md5(concat_ws('|', check_id, CASE WHEN len(cell_ids) > 0 THEN array_to_string(list_sort(cell_ids), ',') ELSE concat_ws('|', report_id, locator, note) END)), 16),
    report_id, check_id, kind, severity, coalesce(statement, st), coalesce(page, cell_page),
    expected_fen / 100, actual_fen / 100, diff_fen / 100, tol_fen / 100, expected, actual, is_rounding, coalesce(cell_ids, []),
    suspect_cell_id, suggested_fen / 100, CAST(NULL AS DOUBLE),
    CASE
        WHEN note IS NOT NULL THEN note
        WHEN relation = 'pct' THEN format('{}：{} 印 {}%，按所述数计算为 {:.4f}%', title, place, actual, expected)
        WHEN expected_fen IS NULL THEN format('{}：{} 印 {}，应为 {}', title, place, actual, expected)
        WHEN relation = 'ge' THEN format('{}：{} 印 {:,.2f}{}，小于 {:,.2f}', title, place, actual_fen / factor, shown_unit, expected_fen / factor)
        ELSE format('{}：{} 印 {:,.2f}{}，应为 {:,.2f}，差 {:,.2f}{}', title, place, actual_fen / factor, shown_unit, expected_fen / factor,
            diff_fen / factor, CASE WHEN is_rounding THEN '（四舍五入）' ELSE '' END)
    END, locator
FROM written
ORDER BY report_id, check_id, cell_ids, note;
