SELECT region_code, name, level, parent_code, first_year, last_year, full_name,
    CASE WHEN region_code = '000000' THEN NULL ELSE left(region_code, 2) || '0000' END AS province_code,
    last_year IS NULL AS is_current
FROM stage.seed_regions
ORDER BY region_code, first_year
