-- Suspect and suggestion on the findings. In: a_blame, a_suspect.
-- the blamed cell is part of the evidence, blank as it may be
UPDATE a_found SET cells = list_append(a_found.cells, b.cell_no)
FROM (SELECT check_no, key, any_value(cell_no) AS cell_no FROM a_blame WHERE cell_no IS NOT NULL GROUP BY ALL) AS b
WHERE a_found.check_no = b.check_no AND a_found.cells[1] = b.key AND a_found.relation <> 'pct' AND NOT list_contains(a_found.cells, b.cell_no);

UPDATE a_found SET suspect_no = b.cell_no, suggested_fen = coalesce(c.fen, 0) + b.delta
FROM (SELECT check_no, key, any_value(cell_no) AS cell_no, any_value(delta) AS delta FROM a_blame WHERE cell_no IS NOT NULL GROUP BY ALL) AS b
JOIN a_cell AS c ON c.cell_no = b.cell_no
WHERE a_found.check_no = b.check_no AND a_found.cells[1] = b.key AND NOT a_found.is_rounding AND a_found.relation <> 'pct';

-- a percentage whose operand is blamed is not blamed itself
UPDATE a_found SET suspect_no = s.cell_no, suggested_fen = coalesce(c.fen, 0) + s.delta
FROM a_suspect AS s JOIN a_cell AS c ON c.cell_no = s.cell_no
WHERE s.rivals = 1 AND a_found.relation = 'pct' AND a_found.report_no = s.report_no AND list_contains(a_found.cells[2:], s.cell_no);
