SELECT scheme, year AS fiscal_year, change, old_code, old_name, new_code, new_name, note
FROM stage.seed_subject_succession
ORDER BY scheme, year, old_code, new_code
