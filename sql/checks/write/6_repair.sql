-- quality.repair: numbers of scans that two identities and no contradiction mend to one value. The printed reading stays in core; facts never change.
-- Only for scans: a misprint of a publisher is printed so, and what is printed stays.
DELETE FROM quality.repair WHERE reason = 'scan: two identities agree';

INSERT INTO quality.repair (cell_id, repaired_yuan, reason, evidence)
SELECT s.cell_id, any_value(s.suggested_yuan), 'scan: two identities agree',
    any_value(format('{} identities hold with it and none breaks; read as {}; {}', s.explains, s.printed, s.edit))
FROM quality.suspect AS s
JOIN (SELECT DISTINCT cell_id FROM core.cell WHERE contains(locator, '"kind":"scan"')) AS c ON c.cell_id = s.cell_id
WHERE s.explains >= 2 AND s.contradicts = 0 AND s.confidence >= 0.75 AND s.edit <> 'other' AND s.suggested_yuan IS NOT NULL
GROUP BY s.cell_id HAVING count(DISTINCT s.suggested_yuan) = 1
ORDER BY s.cell_id;
