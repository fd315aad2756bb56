-- The chosen cells are blamed; rivals share a blame and none of them is applied. In: a_chosen; round_no(), listed().
INSERT INTO a_suspect
SELECT report_no, cell_no, delta, mends, breaks, exact, edit, rank, rivals, round_no(),
    CASE WHEN rivals > 1 THEN 0.9 / rivals
         ELSE least(0.99, 0.5 + 0.15 * least(mends - 1, 2) + 0.05 * rank) - 0.1 * least(breaks, 3) END
FROM a_chosen WHERE rivals <= listed();

CREATE OR REPLACE TEMP TABLE a_mended AS
SELECT i.check_no, i.key, c.cell_no, c.delta, c.rivals, t.coef
FROM a_chosen AS c JOIN a_touch AS t ON t.cell_no = c.cell_no JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key
WHERE (c.rivals = 1 OR c.leads) AND i.open AND a_mends(i.relation, i.diff, t.coef, c.delta, i.tol2, t.fen, t.res)
QUALIFY row_number() OVER (PARTITION BY i.check_no, i.key ORDER BY c.mends - c.breaks DESC, c.rank DESC, c.cell_no) = 1;

INSERT INTO a_blame SELECT check_no, key, if(rivals > 1, NULL, cell_no), if(rivals > 1, NULL, delta) FROM a_mended;

UPDATE a_instance SET open = FALSE, diff = a_instance.diff + m.coef * m.delta
FROM a_mended AS m WHERE a_instance.check_no = m.check_no AND a_instance.key = m.key;
