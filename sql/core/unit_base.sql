-- what a unit is measured against, from the reference data
SELECT a.unit_id, b.year AS fiscal_year, max(b.staff) AS staff, max(b.population) AS population, max(b.source) AS source
FROM stage.seed_unit_base AS b
JOIN (SELECT DISTINCT unit_id, alias, region_code FROM stage.unit_alias WHERE alias_kind IN ('name', 'seed')) AS a ON a.alias = b.unit AND a.region_code = b.region_code
GROUP BY ALL
ORDER BY a.unit_id, b.year
