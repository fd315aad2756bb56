"""Suspects (嫌疑单元格): the smallest set of cells that explains the broken identities of a report, and the values that would mend them.

Greedy and set-based over all reports at once: every cell of a broken identity, with the value that would mend that identity, is held against
all identities of the cell, broken and holding. What mends most and breaks least wins; how a slip of the hand would look (one digit, two
digits swapped, a shifted point, a lost sign) decides between equals. Equals that nothing decides stay undecided: no suspect, both listed.
"""

from __future__ import annotations

import duckdb

ROUNDS = 6
"""Cells blamed in one report at most; a report with more wrong cells is not a matter of misprints."""

LISTED = 4
"""Cells that share one blame are listed up to this many; beyond, nothing is known."""

_OPEN = """
-- does the identity hold once the cell is changed by delta? a cell that was blank or zero brings its own rounding
CREATE OR REPLACE TEMP MACRO a_mends(relation, diff, coef, delta, tol2, fen, res) AS
    CASE relation WHEN 'ge' THEN -2 * (diff + coef * delta) <= tol2
    ELSE 2 * abs(diff + coef * delta) <= tol2 + CASE WHEN coalesce(fen, 0) = 0 THEN res ELSE 0 END END;

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
CREATE OR REPLACE TEMP TABLE a_proposed AS
WITH wanted AS (  -- to the cell's own last digit: 873,617元 would be printed 87.36万元
    SELECT DISTINCT t.report_no, t.cell_no, coalesce(t.fen, 0) AS old, t.res, t.fen IS NULL AS blank, i.tol2 > 2 * t.res AS loose,
        CAST(round((coalesce(t.fen, 0) - i.diff // t.coef) / t.res) AS BIGINT) * t.res AS new
    FROM a_instance AS i JOIN a_touch AS t ON t.check_no = i.check_no AND t.key = i.key
    WHERE i.open AND i.diff <> 0 AND t.res > 0
), near AS (  -- a sum of rounded numbers says what is missing to a few last digits: a likely slip among them is the better guess
    SELECT report_no, cell_no, old, res, blank, new, 0 AS off FROM wanted
    UNION SELECT report_no, cell_no, old, res, blank, new + k * res, abs(k) FROM wanted, (VALUES (-2), (-1), (1), (2)) AS o(k) WHERE loose AND NOT blank
), edited AS (
    SELECT *, CASE
        WHEN blank THEN 'blank'
        WHEN new = -old THEN 'sign'
        WHEN new = old * 10 OR new = old * 100 OR new * 10 = old OR new * 100 = old THEN 'shift'
        WHEN new = 0 OR old = 0 THEN 'other'
        WHEN damerau_levenshtein(a, b) = 1
            THEN if(length(a) = length(b) AND list_sort(string_split(a, '')) = list_sort(string_split(b, '')), 'transposition', 'digit')
        ELSE 'other' END AS edit
    FROM (SELECT *, CAST(abs(old) // res AS VARCHAR) AS a, CAST(abs(new) // res AS VARCHAR) AS b FROM near WHERE new <> old)
)
SELECT report_no, cell_no, new - old AS delta, old, new, res, min(off) AS off, any_value(edit) AS edit,
    -- how likely a slip of this look is; a negative amount where a positive was printed is the least likely truth
    any_value(CASE edit WHEN 'digit' THEN 3 WHEN 'transposition' THEN 3 WHEN 'shift' THEN 3 WHEN 'sign' THEN 3 WHEN 'blank' THEN 2
        ELSE if(new < 0, 0, 1) END) AS rank
FROM edited GROUP BY report_no, cell_no, old, new, res
HAVING min(off) = 0 OR any_value(edit) IN ('digit', 'transposition', 'shift', 'sign');

CREATE OR REPLACE TEMP TABLE a_candidate AS
SELECT p.report_no, p.cell_no, p.delta, p.edit, p.rank, p.off,
    count(*) FILTER (i.open AND ok) AS mends, count(*) FILTER (NOT i.open AND NOT ok) AS breaks,
    count(*) FILTER (i.diff + t.coef * p.delta = 0) AS exact
FROM a_proposed AS p
JOIN a_touch AS t ON t.cell_no = p.cell_no
JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key,
LATERAL (SELECT a_mends(i.relation, i.diff, t.coef, p.delta, i.tol2, t.fen, t.res) AS ok)
GROUP BY ALL
HAVING mends > breaks;

-- which open identities a candidate mends; for each of them the best candidate
CREATE OR REPLACE TEMP TABLE a_claimed AS
WITH mended AS (
    SELECT k.cell_no, k.delta, k.report_no, k.mends - k.breaks AS gain, k.rank, k.exact, i.check_no, i.key
    FROM a_candidate AS k JOIN a_touch AS t ON t.cell_no = k.cell_no JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key
    WHERE i.open AND a_mends(i.relation, i.diff, t.coef, k.delta, i.tol2, t.fen, t.res)
)
SELECT *, dense_rank() OVER (PARTITION BY check_no, key ORDER BY gain DESC, rank DESC, exact DESC) AS place FROM mended;

-- accepted: the best for every open identity it mends; rivals are other cells that are as good for one of them
CREATE OR REPLACE TEMP TABLE a_chosen AS
WITH best AS (
    SELECT cell_no, delta FROM a_claimed GROUP BY cell_no, delta HAVING max(place) = 1
), tied AS (
    SELECT b.cell_no, b.delta, count(DISTINCT o.cell_no) AS rivals, min(o.cell_no) AS first_cell
    FROM best AS b JOIN a_claimed AS m ON m.cell_no = b.cell_no AND m.delta = b.delta
    JOIN a_claimed AS o ON o.check_no = m.check_no AND o.key = m.key AND o.place = 1
    GROUP BY b.cell_no, b.delta
)
SELECT k.*, t.rivals, t.first_cell = k.cell_no AS leads
FROM tied AS t JOIN a_candidate AS k ON k.cell_no = t.cell_no AND k.delta = t.delta
-- one value for a cell
QUALIFY row_number() OVER (PARTITION BY k.cell_no ORDER BY k.mends - k.breaks DESC, k.rank DESC, k.exact DESC, k.delta) = 1;
"""

# two numbers that changed places: each wants the other's value, and together they mend what neither does alone
_SWAPS = """
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
"""

_TAKE_SWAPS = """
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
"""

_ACCEPT = """
INSERT INTO a_suspect
SELECT report_no, cell_no, delta, mends, breaks, exact, edit, rank, rivals, {round},
    CASE WHEN rivals > 1 THEN 0.9 / rivals
         ELSE least(0.99, 0.5 + 0.15 * least(mends - 1, 2) + 0.05 * rank) - 0.1 * least(breaks, 3) END
FROM a_chosen WHERE rivals <= {listed};

CREATE OR REPLACE TEMP TABLE a_mended AS
SELECT i.check_no, i.key, c.cell_no, c.delta, c.rivals, t.coef
FROM a_chosen AS c JOIN a_touch AS t ON t.cell_no = c.cell_no JOIN a_instance AS i ON i.check_no = t.check_no AND i.key = t.key
WHERE (c.rivals = 1 OR c.leads) AND i.open AND a_mends(i.relation, i.diff, t.coef, c.delta, i.tol2, t.fen, t.res)
QUALIFY row_number() OVER (PARTITION BY i.check_no, i.key ORDER BY c.mends - c.breaks DESC, c.rank DESC, c.cell_no) = 1;

INSERT INTO a_blame SELECT check_no, key, if(rivals > 1, NULL, cell_no), if(rivals > 1, NULL, delta) FROM a_mended;

UPDATE a_instance SET open = FALSE, diff = a_instance.diff + m.coef * m.delta
FROM a_mended AS m WHERE a_instance.check_no = m.check_no AND a_instance.key = m.key;
"""

_APPLY = """
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
"""

_WRITE = """
INSERT INTO quality.suspect
SELECT r.report_id, s.cell_id, s.file_sha256, s.page, s.printed, s.amount_yuan, (coalesce(c.fen, 0) + x.delta) / 100, x.mends, x.breaks, x.edit,
    round(x.confidence, 3), NULL
FROM a_suspect AS x JOIN a_cell AS c USING (cell_no) JOIN a_report AS r ON r.report_no = c.report_no
JOIN core.cell AS s ON s.rowid = x.cell_no
ORDER BY r.report_id, x.round, x.confidence DESC, s.cell_id;

UPDATE quality.finding SET confidence = s.confidence
FROM quality.suspect AS s WHERE s.report_id = quality.finding.report_id AND s.cell_id = quality.finding.suspect_cell_id;
"""


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Blames cells in rounds; writes a_suspect and puts suspect and suggestion on the findings (a_found)."""
    con.execute(_OPEN)
    con.execute("CREATE OR REPLACE TEMP TABLE a_blame (check_no INTEGER, key BIGINT, cell_no BIGINT, delta BIGINT)")
    for number in range(1, ROUNDS + 1):
        con.execute(_ROUND)
        if number == 1:
            con.execute(_SWAPS)
            if _count(con, "a_swap"):
                con.execute(_TAKE_SWAPS)
                con.execute(_ROUND)
        if not _count(con, "a_chosen"):
            break
        con.execute(_ACCEPT.format(round=number, listed=LISTED))
    con.execute(_APPLY)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return row[0] if row else 0


def write(con: duckdb.DuckDBPyConnection) -> None:
    """Writes quality.suspect: the cells to read again, most trusted blame first."""
    con.execute(_WRITE)
