-- One round: the candidates (a cell and the change that mends an open identity), what each mends and breaks, and the best. Out: a_candidate, a_chosen.
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
