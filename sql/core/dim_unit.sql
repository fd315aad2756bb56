-- a row per name version: a new one begins with the first fiscal year that prints another name
WITH named AS (
    SELECT unit_id, fiscal_year, name, lag(name) OVER (PARTITION BY unit_id ORDER BY fiscal_year) AS before
    FROM stage.unit_name
), versions AS (
    SELECT unit_id, name, fiscal_year AS first_year, lead(fiscal_year) OVER (PARTITION BY unit_id ORDER BY fiscal_year) - 1 AS last_year,
        row_number() OVER (PARTITION BY unit_id ORDER BY fiscal_year) AS version
    FROM named
    WHERE before IS NULL OR before <> name
)
SELECT CAST(row_number() OVER (ORDER BY v.unit_id, v.version) AS INTEGER) AS unit_key, v.unit_id, v.name, u.region_code, u.level, u.kind,
    u.sector, u.parent_unit_id, v.first_year, v.last_year, v.last_year IS NULL AS is_current, CAST(v.version AS INTEGER) AS version
FROM versions AS v JOIN stage.unit AS u ON u.unit_id = v.unit_id
ORDER BY unit_key
