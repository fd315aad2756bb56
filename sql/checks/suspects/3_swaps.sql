-- Two numbers that changed places: each wants the other's value, and together they mend what neither does alone. Out: a_swap.
CREATE OR REPLACE TEMP TABLE a_pair AS
WITH cells AS (
    SELECT p.*, c.st, c.inst, c.row_id, c.measure FROM a_proposed AS p JOIN a_cell AS c ON c.cell_no = p.cell_no WHERE p.old <> 0 AND p.new <> 0
)
SELECT DISTINCT a.report_no, a.cell_no AS one, b.cell_no AS other, a.delta
FROM cells AS a JOIN cells AS b ON b.report_no = a.report_no AND b.st = a.st AND b.inst = a.inst AND a.cell_no < b.cell_no
    AND a.new = b.old AND b.new = a.old AND (a.measure = b.measure OR a.row_id = b.row_id);

CREATE OR REPLACE TEMP TABLE a_swap AS
WITH effect AS (
    SELECT p.report_no, p.one, p.other, p.delta, t.check_no, t.key,
        sum(CASE WHEN t.cell_no = p.one THEN t.coef * p.delta ELSE -t.coef * p.delta END) AS change
    FROM a_pair AS p JOIN a_touch AS t ON t.cell_no IN (p.one, p.other)
    GROUP BY ALL
)
SELECT e.report_no, e.one, e.other, e.delta,
    count(*) FILTER (i.open AND ok) AS mends, count(*) FILTER (NOT i.open AND NOT ok) AS breaks
FROM effect AS e JOIN a_instance AS i ON i.check_no = e.check_no AND i.key = e.key,
    LATERAL (SELECT a_mends(i.relation, i.diff, 1, e.change, i.tol2, 1, 0) AS ok)
GROUP BY e.report_no, e.one, e.other, e.delta HAVING mends >= 2 AND breaks = 0
QUALIFY row_number() OVER (PARTITION BY e.report_no ORDER BY mends DESC, e.one, e.other) = 1
    -- one cell that mends as much on its own is the simpler explanation
    AND mends > (SELECT coalesce(max(k.mends - k.breaks), 0) FROM a_candidate AS k WHERE k.report_no = e.report_no AND k.rank = 3);
