-- The swaps are blamed; their identities are open no more. In: a_swap.
CREATE OR REPLACE TEMP TABLE a_chosen AS
SELECT report_no, cell_no, delta, mends, breaks, mends AS exact, 'swap' AS edit, 3 AS rank, 1 AS rivals, TRUE AS leads
FROM (SELECT *, one AS cell_no FROM a_swap UNION ALL SELECT report_no, one, other, -delta, mends, breaks, other FROM a_swap);
INSERT INTO a_suspect SELECT report_no, cell_no, delta, mends, breaks, exact, edit, rank, rivals, 0, 0.95 FROM a_chosen;
CREATE OR REPLACE TEMP TABLE a_effect AS
SELECT t.check_no, t.key, sum(t.coef * c.delta) AS change, min(c.cell_no) AS cell_no FROM a_chosen AS c JOIN a_touch AS t ON t.cell_no = c.cell_no GROUP BY t.check_no, t.key;
INSERT INTO a_blame SELECT e.check_no, e.key, e.cell_no, c.delta
FROM a_effect AS e JOIN a_instance AS i ON i.check_no = e.check_no AND i.key = e.key JOIN a_chosen AS c ON c.cell_no = e.cell_no WHERE i.open;
UPDATE a_instance SET open = FALSE, diff = a_instance.diff + e.change FROM a_effect AS e
WHERE a_instance.check_no = e.check_no AND a_instance.key = e.key;
