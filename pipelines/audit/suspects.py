"""Suspects (嫌疑单元格): the smallest set of cells that explains the broken identities of a report, and the values that would mend them.

Greedy and set-based over all reports at once: every cell of a broken identity, with the value that would mend that identity, is held against
all identities of the cell, broken and holding. What mends most and breaks least wins; how a slip of the hand would look (one digit, two
digits swapped, a shifted point, a lost sign) decides between equals. Equals that nothing decides stay undecided: no suspect, both listed.
"""

from __future__ import annotations

import duckdb

ROUNDS = 6
"""Cells blamed in one report at most; a report with more wrong cells is not a matter of misprints."""

_OPEN = """
CREATE OR REPLACE TEMP TABLE a_instance AS
SELECT r.check_no, r.key, r.report_no, r.diff, r.tol2, r.relation, r.outcome = 'broken' AS open
FROM a_result AS r
WHERE r.outcome <> 'blank' AND r.n_all <= 200 AND r.report_no IN (SELECT report_no FROM a_result WHERE outcome = 'broken');

CREATE OR REPLACE TEMP TABLE a_suspect (
    report_no INTEGER, cell_no BIGINT, delta BIGINT, mends INTEGER, breaks INTEGER, exact INTEGER, edit VARCHAR, rank INTEGER, rivals INTEGER,
    round INTEGER, confidence DOUBLE);

CREATE OR REPLACE TEMP TABLE a_touch AS  -- which instances a cell of an open report is in
SELECT t.cell_no, t.check_no, t.key, t.report_no, t.coef, t.fen, t.res
FROM a_term AS t SEMI JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key;
"""

# a cell cannot be in more than one term of an instance
_ROUND = """
CREATE OR REPLACE TEMP TABLE a_candidate AS
WITH proposed AS (
    SELECT DISTINCT t.report_no, t.cell_no, -i.diff // t.coef AS delta
    FROM a_instance AS i JOIN a_touch AS t ON t.check_no = i.check_no AND t.key = i.key
    WHERE i.open AND i.diff <> 0 AND t.res > 0
), weighed AS (
    SELECT p.report_no, p.cell_no, p.delta,
        count(*) FILTER (i.open AND ok) AS mends, count(*) FILTER (NOT i.open AND NOT ok) AS breaks,
        count(*) FILTER (i.diff + t.coef * p.delta = 0) AS exact
    FROM proposed AS p
    JOIN a_touch AS t ON t.cell_no = p.cell_no
    JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key,
    LATERAL (SELECT CASE i.relation
        WHEN 'ge' THEN i.diff + t.coef * p.delta >= 0 OR -2 * (i.diff + t.coef * p.delta) <= i.tol2
        ELSE 2 * abs(i.diff + t.coef * p.delta) <= i.tol2 + CASE WHEN coalesce(t.fen, 0) = 0 THEN t.res ELSE 0 END END AS ok)
    GROUP BY p.report_no, p.cell_no, p.delta
), shown AS (
    SELECT w.*, coalesce(c.fen, 0) AS old, coalesce(c.fen, 0) + w.delta AS new, c.fen IS NULL AS blank, c.st, c.res
    FROM weighed AS w JOIN a_cell AS c ON c.cell_no = w.cell_no WHERE w.mends > w.breaks
), edited AS (
    SELECT *, CASE
        WHEN blank THEN 'blank'
        WHEN new = -old THEN 'sign'
        WHEN new = old * 10 OR new = old * 100 OR new * 10 = old OR new * 100 = old THEN 'shift'
        WHEN new = 0 OR old = 0 THEN 'other'
        WHEN length(a) = length(b) AND hamming(a, b) = 1 THEN 'digit'
        WHEN damerau_levenshtein(a, b) = 1 THEN if(length(a) = length(b), 'transposition', 'digit')
        ELSE 'other' END AS edit
    FROM (SELECT *, lpad(CAST(abs(old) // res AS VARCHAR), 4, '0') AS a, lpad(CAST(abs(new) // res AS VARCHAR), 4, '0') AS b FROM shown)
)
SELECT *,
    -- how likely a slip of this look is; a negative amount where a positive was printed is the least likely truth
    CASE edit WHEN 'digit' THEN 3 WHEN 'transposition' THEN 3 WHEN 'shift' THEN 3 WHEN 'sign' THEN 3 WHEN 'blank' THEN 2 ELSE if(new < 0, 0, 1) END AS rank
FROM edited;

CREATE OR REPLACE TEMP TABLE a_chosen AS
WITH ordered AS (
    SELECT *, dense_rank() OVER (PARTITION BY report_no ORDER BY mends - breaks DESC, rank DESC, exact DESC) AS place,
        row_number() OVER (PARTITION BY report_no ORDER BY mends - breaks DESC, rank DESC, exact DESC, (st = 'narrative') DESC, cell_no, delta) AS nth
    FROM a_candidate
)
SELECT o.*, (SELECT count(DISTINCT p.cell_no) FROM ordered AS p WHERE p.report_no = o.report_no AND p.place = 1) AS rivals
FROM ordered AS o WHERE o.nth = 1;
"""

_ACCEPT = """
INSERT INTO a_suspect
SELECT report_no, cell_no, delta, mends, breaks, exact, edit, rank, rivals, {round},
    CASE WHEN rivals > 1 THEN 0.9 / rivals
         ELSE least(0.99, 0.5 + 0.15 * least(mends - 1, 2) + 0.05 * rank) - 0.1 * least(breaks, 3) END
FROM a_chosen;

-- equals are listed with their share of the blame; none of them is applied
INSERT INTO a_suspect
SELECT k.report_no, k.cell_no, any_value(k.delta), k.mends, k.breaks, max(k.exact), any_value(k.edit), k.rank, c.rivals, {round}, 0.9 / c.rivals
FROM a_candidate AS k JOIN a_chosen AS c ON c.report_no = k.report_no AND c.rivals > 1 AND c.mends = k.mends AND c.breaks = k.breaks
    AND c.rank = k.rank AND c.exact = k.exact AND c.cell_no <> k.cell_no
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE a_mended AS
SELECT i.check_no, i.key, c.cell_no, c.delta, c.rivals, t.coef
FROM a_chosen AS c JOIN a_touch AS t ON t.cell_no = c.cell_no JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key
WHERE i.open AND CASE i.relation
    WHEN 'ge' THEN i.diff + t.coef * c.delta >= 0 OR -2 * (i.diff + t.coef * c.delta) <= i.tol2
    ELSE 2 * abs(i.diff + t.coef * c.delta) <= i.tol2 + CASE WHEN coalesce(t.fen, 0) = 0 THEN t.res ELSE 0 END END;

INSERT INTO a_blame SELECT check_no, key, if(rivals > 1, NULL, cell_no), if(rivals > 1, NULL, delta) FROM a_mended;

UPDATE a_instance SET open = FALSE, diff = i.diff + m.coef * m.delta
FROM a_instance AS i JOIN a_mended AS m ON m.check_no = i.check_no AND m.key = i.key
WHERE a_instance.check_no = i.check_no AND a_instance.key = i.key;
"""

_APPLY = """
UPDATE a_found SET suspect_no = b.cell_no, suggested_fen = coalesce(c.fen, 0) + b.delta
FROM (SELECT check_no, key, any_value(cell_no) AS cell_no, any_value(delta) AS delta FROM a_blame WHERE cell_no IS NOT NULL GROUP BY ALL) AS b
JOIN a_cell AS c ON c.cell_no = b.cell_no
WHERE a_found.check_no = b.check_no AND a_found.cells[1] = b.key AND NOT a_found.is_rounding AND a_found.relation <> 'pct';

-- a percentage whose operand is blamed is not blamed itself
UPDATE a_found SET suspect_no = s.cell_no, suggested_fen = coalesce(c.fen, 0) + s.delta
FROM a_suspect AS s JOIN a_cell AS c ON c.cell_no = s.cell_no
WHERE s.rivals = 1 AND a_found.relation = 'pct' AND a_found.report_no = s.report_no AND list_contains(a_found.cells[2:], s.cell_no);
"""

_WRITE = """
INSERT INTO quality.suspect
SELECT r.report_id, c.cell_id, s.file_sha256, c.page, c.printed, c.fen / 100, (coalesce(c.fen, 0) + x.delta) / 100, x.mends, x.breaks, x.edit,
    round(x.confidence, 3), NULL
FROM a_suspect AS x JOIN a_cell AS c USING (cell_no) JOIN a_report AS r ON r.report_no = c.report_no
LEFT JOIN core.cell AS s ON s.cell_id = c.cell_id
ORDER BY r.report_id, x.round, x.confidence DESC, c.cell_id;

UPDATE quality.finding SET confidence = s.confidence
FROM quality.suspect AS s WHERE s.report_id = quality.finding.report_id AND s.cell_id = quality.finding.suspect_cell_id;
"""


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Blames cells in rounds; writes a_suspect and puts suspect and suggestion on the findings (a_found)."""
    con.execute(_OPEN)
    con.execute("CREATE OR REPLACE TEMP TABLE a_blame (check_no INTEGER, key BIGINT, cell_no BIGINT, delta BIGINT)")
    for number in range(1, ROUNDS + 1):
        con.execute(_ROUND)
        if not _count(con, "a_chosen"):
            break
        con.execute(_ACCEPT.format(round=number))
    con.execute(_APPLY)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0] if row else 0


def write(con: duckdb.DuckDBPyConnection) -> None:
    """Writes quality.suspect: the cells to read again, most trusted blame first."""
    con.execute(_WRITE)
