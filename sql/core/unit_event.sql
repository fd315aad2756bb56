-- settled events, and the renames that the reports show
WITH seeded AS (
    SELECT coalesce(a.unit_id, e.unit) AS unit_id, e.event, e.year AS fiscal_year, e.unit AS unit_name, coalesce(b.unit_id, e.related_unit) AS related_unit_id,
        e.related_unit AS related_name, e.share, e.note, 'seed' AS source
    FROM stage.seed_unit_event AS e
    LEFT JOIN stage.unit_alias AS a ON a.alias = e.unit AND a.region_code = e.region_code AND a.alias_kind IN ('name', 'seed')
    LEFT JOIN stage.unit_alias AS b ON b.alias = e.related_unit AND b.region_code = e.region_code AND b.alias_kind IN ('name', 'seed')
), renamed AS (
    SELECT now.unit_id, 'rename' AS event, now.first_year AS fiscal_year, before.name AS unit_name, now.unit_id AS related_unit_id, now.name AS related_name,
        1.0 AS share, CAST(NULL AS VARCHAR) AS note, 'reports' AS source
    FROM core.dim_unit AS now JOIN core.dim_unit AS before ON before.unit_id = now.unit_id AND before.version = now.version - 1
)
SELECT DISTINCT unit_id, event, CAST(fiscal_year AS INTEGER) AS fiscal_year, unit_name, related_unit_id, related_name, CAST(share AS DOUBLE) AS share, note, source
FROM (SELECT * FROM seeded UNION ALL SELECT * FROM renamed)
-- a rename that is settled is not told twice
QUALIFY event <> 'rename' OR row_number() OVER (PARTITION BY unit_id, event, fiscal_year ORDER BY source DESC, unit_name) = 1
ORDER BY unit_id, fiscal_year, event, related_unit_id
