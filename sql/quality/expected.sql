-- which reports are due, and which of them have come. why: register (seeds/register.csv), gap (the years before and after are there),
-- last_year (the unit published the year before, and its region has begun to publish this year), received (nobody asked for it).
-- due_on: 部门 publish within 20 days of the approval (批复) of their accounts (预算法 art. 14); what the register exempts (并入本级) is not due
WITH received AS (
    SELECT r.unit_id, u.name, r.fiscal_year, r.kind, r.scope, r.region_code, r.report_id, r.published_on
    FROM core.dim_report AS r LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
    WHERE r.is_current AND r.unit_id IS NOT NULL
), known AS (
    SELECT name, min(unit_id) AS unit_id FROM (
        SELECT alias AS name, unit_id FROM core.unit_alias UNION SELECT name, unit_id FROM core.dim_unit UNION SELECT unit_id, unit_id FROM core.dim_unit
    ) GROUP BY name
), latest AS (
    SELECT kind, max(fiscal_year) AS last_year FROM received GROUP BY kind
), registered AS (
    SELECT coalesce(k.unit_id, e.unit) AS unit_id, e.unit AS name, e.kind, e.scope, e.exempt, e.note,
        coalesce(e.due_on, e.approved_on + 20) AS due_on,
        unnest(range(e.first_year, coalesce(e.last_year, greatest(l.last_year, e.first_year), e.first_year) + 1)) AS fiscal_year
    FROM stage.seed_register AS e LEFT JOIN known AS k ON k.name = e.unit LEFT JOIN latest AS l ON l.kind = e.kind
), spans AS (
    SELECT unit_id, kind, scope, min(fiscal_year) AS first_year, max(fiscal_year) AS last_year FROM received GROUP BY ALL
), due AS (
    SELECT unit_id, fiscal_year, kind, scope, 1 AS place, 'register' AS why, due_on FROM registered WHERE exempt IS NULL
    UNION ALL
    SELECT unit_id, unnest(range(first_year + 1, last_year)), kind, scope, 2, 'gap', NULL FROM spans
    UNION ALL
    SELECT r.unit_id, r.fiscal_year + 1, r.kind, r.scope, 3, 'last_year', NULL
    FROM received AS r
    SEMI JOIN received AS begun ON begun.region_code = r.region_code AND begun.kind = r.kind AND begun.scope = r.scope AND begun.fiscal_year = r.fiscal_year + 1
    -- what was merged or abolished owes nothing more
    ANTI JOIN core.unit_event AS e ON e.unit_id = r.unit_id AND e.event IN ('merge', 'abolished') AND e.fiscal_year <= r.fiscal_year + 1
    UNION ALL
    SELECT unit_id, fiscal_year, kind, scope, 4, 'received', NULL FROM received
), once AS (
    SELECT unit_id, CAST(fiscal_year AS INTEGER) AS fiscal_year, kind, scope, arg_min(why, place) AS why, min(due_on) AS due_on FROM due GROUP BY ALL
)
SELECT o.unit_id, coalesce(r.name, u.name, g.name, o.unit_id) AS unit_name, o.fiscal_year, o.kind, o.scope, o.why, o.due_on, r.published_on, r.report_id,
    r.report_id IS NULL AS is_missing
FROM once AS o
LEFT JOIN received AS r ON r.unit_id = o.unit_id AND r.fiscal_year = o.fiscal_year AND r.kind = o.kind AND r.scope = o.scope
LEFT JOIN (SELECT unit_id, any_value(name) AS name FROM core.dim_unit WHERE is_current GROUP BY ALL) AS u ON u.unit_id = o.unit_id
LEFT JOIN (SELECT unit_id, any_value(name) AS name FROM registered GROUP BY ALL) AS g ON g.unit_id = o.unit_id
ANTI JOIN (SELECT unit_id, fiscal_year, kind, scope FROM registered WHERE exempt IS NOT NULL) AS x
    ON x.unit_id = o.unit_id AND x.fiscal_year = o.fiscal_year AND x.kind = o.kind AND x.scope = o.scope AND r.report_id IS NULL
ORDER BY o.unit_id, o.fiscal_year, o.kind, o.scope
