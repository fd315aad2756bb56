SELECT region_code, name_a, unit_id_a, name_b, unit_id_b, score, basis
FROM stage.review
ORDER BY score DESC, region_code, name_a, name_b
