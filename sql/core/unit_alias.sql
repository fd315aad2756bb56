SELECT unit_id, alias, region_code, alias_kind, first_year, last_year
FROM stage.unit_alias
ORDER BY unit_id, alias_kind, alias
