SELECT alias, region_code, first_year, last_year, note
FROM stage.seed_region_alias
ORDER BY alias
