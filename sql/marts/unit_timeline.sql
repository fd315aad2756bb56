-- one row per unit and event: first report, names, renames, merges and splits, reports published and published again
WITH events AS (
    SELECT unit_id, first_year AS fiscal_year, 'name' AS event, name AS detail, CAST(NULL AS VARCHAR) AS report_id, CAST(NULL AS VARCHAR) AS related_unit_id, CAST(NULL AS TIMESTAMP) AS known_from
    FROM core.dim_unit
    UNION ALL
    SELECT unit_id, fiscal_year, event, concat_ws(' → ', unit_name, related_name), NULL, related_unit_id, NULL FROM core.unit_event
    UNION ALL
    SELECT unit_id, fiscal_year, CASE WHEN revision = 1 THEN 'published' ELSE 'revised' END,
        kind || ' ' || scope || ' r' || revision || CASE WHEN NOT is_current THEN ' (superseded)'
            WHEN verdict IN ('admitted', 'admitted_with_findings') THEN '' ELSE ' (' || coalesce(verdict, 'not judged') || ')' END,
        -- only what the marts show is linked
        CASE WHEN is_current AND verdict IN ('admitted', 'admitted_with_findings') THEN report_id END, NULL, known_from
    FROM core.dim_report
    UNION ALL
    SELECT m.member_unit_id, m.fiscal_year, 'listed', 'member of ' || coalesce(u.name, m.department_unit_id) || ' (' || r.kind || ' ' || r.scope || ')',
        m.report_id, m.department_unit_id, NULL
    FROM core.unit_member AS m
    JOIN core.dim_report AS r ON r.report_id = m.report_id AND r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
    LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
    WHERE m.member_unit_id IS NOT NULL AND NOT m.is_head
)
SELECT DISTINCT e.unit_id, e.fiscal_year, e.event, e.detail, e.report_id, e.related_unit_id, e.known_from
FROM events AS e
ORDER BY e.unit_id, e.fiscal_year, e.event, e.detail, e.report_id
