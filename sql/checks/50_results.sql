-- Every instance of an identity: difference, tolerance, outcome. In: a_term, a_check, a_pct, a_hundred, a_shifted_key. Out: a_result.
-- Tolerance: each rounded term carries half a last digit; printed zeros count as one rounded term together; compared doubled, in 分.
CREATE OR REPLACE TEMP TABLE a_sum AS
SELECT check_no, key, any_value(report_no) AS report_no, sum(coef * coalesce(fen, 0))::BIGINT AS diff, count(fen) AS n_printed, count(*) AS n_all
FROM a_term GROUP BY check_no, key;

CREATE OR REPLACE TEMP TABLE a_result AS
WITH inexact AS (  -- a few in a hundred: only their terms are looked at closely
    SELECT
        t.check_no, t.key,
        coalesce(sum(t.fen) FILTER (t.coef > 0 AND t.cell_no = t.key), 0)::BIGINT AS actual,
        bool_or(t.fen IS NOT NULL AND t.coef > 0) AS left_printed,
        bool_or(t.fen IS NOT NULL AND t.coef < 0) AS right_printed,
        (coalesce(sum(t.res) FILTER (t.fen <> 0), 0) + coalesce(max(t.res) FILTER (t.fen = 0), 0))::BIGINT AS tol2,
        (coalesce(sum(t.own_res) FILTER (t.fen <> 0), 0) + coalesce(max(t.own_res) FILTER (t.fen = 0), 0))::BIGINT AS own_tol2,
        coalesce(max(t.fen) FILTER (t.coef > 0), 0)::BIGINT AS stated, coalesce(max(t.own_res) FILTER (t.coef > 0), 0) AS stated_res,
        coalesce(max(t.res) FILTER (t.fen <> 0), 0) AS coarsest, coalesce(min(t.res) FILTER (t.fen <> 0), 0) AS finest
    FROM a_term AS t SEMI JOIN (SELECT check_no, key FROM a_sum WHERE diff <> 0) AS s ON s.check_no = t.check_no AND s.key = t.key
    GROUP BY t.check_no, t.key
)
SELECT
    s.check_no, s.key, s.report_no, s.diff, s.n_all, x.actual, x.tol2, c.check_id, c.kind, c.relation,
    CASE
        WHEN s.n_printed = 0 THEN 'blank'
        WHEN s.diff = 0 OR (c.relation = 'ge' AND s.diff > 0) THEN 'held'
        -- 9,101.68万元 for 91,016,775.35元: rounded as it should be
        WHEN c.kind = 'table_vs_narrative' AND x.finest < x.coarsest AND 2 * abs(s.diff) <= x.coarsest THEN 'held'
        WHEN 2 * abs(s.diff) <= x.tol2 THEN 'rounding'
        -- cut off instead of rounded: within a whole last digit of the coarser number
        WHEN c.kind = 'table_vs_narrative' AND x.finest < x.coarsest AND abs(s.diff) < x.coarsest THEN 'rounding'
        -- a great amount in whole 万元 (328,661万元 for 328,661.81): cut off, or nothing of weight
        WHEN c.kind = 'table_vs_narrative' AND s.diff < 0 AND -s.diff < x.stated_res AND -1000 * s.diff <= x.stated THEN 'rounding'
        WHEN c.kind IN ('table_vs_narrative', 'narrative_sum') AND 2 * abs(s.diff) <= x.own_tol2 THEN 'rounding'
        -- an item whose parts are all blank is not broken down; a total left out where its parts are printed is
        WHEN c.check_id = 'sub_items' AND NOT x.right_printed THEN 'blank'
        WHEN h.key IS NOT NULL THEN 'shifted'
        ELSE 'broken'
    END AS outcome,
    CASE WHEN c.kind IN ('parent_child', 'row_sum', 'table_sum') AND NOT x.left_printed THEN 'warning' ELSE c.severity END AS severity
FROM a_sum AS s JOIN a_check AS c USING (check_no) LEFT JOIN inexact AS x ON x.check_no = s.check_no AND x.key = s.key
LEFT JOIN a_shifted_key AS h ON h.check_no = s.check_no AND h.key = s.key
WHERE NOT EXISTS (FROM a_partial AS p WHERE p.check_no = s.check_no AND p.key = s.key AND 2 * abs(s.diff) > x.tol2);
DROP TABLE a_sum;

INSERT INTO quality.identity_result
SELECT r.report_id, x.check_id, count(*), count(*) FILTER (x.outcome = 'held'), count(*) FILTER (x.outcome IN ('rounding', 'other_basis')),
    count(*) FILTER (x.outcome = 'broken'), max(x.worst) / 100
FROM (
    SELECT report_no, check_id, outcome, abs(diff) AS worst FROM a_result WHERE outcome <> 'blank'
    UNION ALL SELECT p.report_no, c.check_id, p.outcome, NULL FROM a_pct AS p JOIN a_check AS c USING (check_no)
) AS x JOIN a_report AS r ON r.report_no = x.report_no AND r.is_due
GROUP BY r.report_id, x.check_id
ORDER BY r.report_id, x.check_id;

-- findings of the equations
INSERT INTO a_found
WITH shown AS (
    SELECT * FROM a_result WHERE outcome IN ('rounding', 'broken', 'shifted')
), cells AS (
    SELECT t.check_no, t.key, list(t.cell_no ORDER BY t.coef DESC, t.cell_no) AS cells
    FROM a_term AS t SEMI JOIN shown AS s ON s.check_no = t.check_no AND s.key = t.key
    WHERE t.fen <> 0 OR t.cell_no = t.key GROUP BY ALL
)
SELECT
    s.report_no, s.check_no, s.kind, if(s.outcome = 'broken', s.severity, 'info'), NULL, NULL,
    (s.actual - s.diff), s.actual, s.diff, s.tol2 / 2, NULL, NULL, s.outcome = 'rounding', c.cells, NULL, NULL, NULL, NULL, s.relation
FROM shown AS s JOIN cells AS c ON c.check_no = s.check_no AND c.key = s.key
WHERE NOT (s.kind = 'narrative_sum' AND s.tol2 = 0)
    -- ≥ says nothing more where = is broken for the same cell
    AND NOT (s.relation = 'ge' AND EXISTS (
        FROM a_result AS e JOIN a_by_code AS k ON k.check_no = e.check_no JOIN a_by_code AS m ON m.check_no = s.check_no
        WHERE e.key = s.key AND e.outcome = 'broken' AND e.relation = 'eq' AND k.st = m.st AND k.r_st = m.r_st AND k.measure = m.measure));

-- counts (辆, 个) that do not sum: no money
INSERT INTO a_found
SELECT s.report_no, s.check_no, s.kind, s.severity, NULL, NULL, NULL, NULL, NULL, NULL, (s.actual - s.diff) / 100.0, s.actual / 100.0, FALSE,
    (SELECT list(t.cell_no ORDER BY t.coef DESC, t.cell_no) FROM a_term AS t WHERE t.check_no = s.check_no AND t.key = s.key), NULL, NULL, NULL, NULL, 'eq'
FROM a_result AS s WHERE s.kind = 'narrative_sum' AND s.tol2 = 0 AND s.outcome = 'broken';

INSERT INTO a_found  -- percentages
SELECT p.report_no, p.check_no, c.kind,
    CASE p.outcome WHEN 'broken' THEN c.severity WHEN 'other_whole' THEN 'warning' ELSE 'info' END, NULL, p.page, NULL, NULL, NULL, NULL,
    round(p.expected, 4), p.value, p.outcome = 'rounding', [p.pct_no, p.first_no, p.second_no], p.pct_no, NULL, NULL,
    CASE p.outcome WHEN 'other_basis' THEN '与年初预算不合，可能以调整后预算为基数'
        WHEN 'other_whole' THEN format('占比 {}% 的基数不是文中所称（占比实为对另一合计数）', p.value) END, 'pct'
FROM a_pct AS p JOIN a_check AS c USING (check_no) WHERE p.outcome <> 'held';

INSERT INTO a_found  -- shares that sum to 100
SELECT report_no, check_no, kind,
    CASE WHEN abs(total - constant) <= (n_said + 1) / 2 * step + 1e-9 THEN 'info' ELSE severity END, NULL, page, NULL, NULL, NULL, NULL,
    constant, total, abs(total - constant) <= (n_said + 1) / 2 * step + 1e-9, cells, NULL, NULL, NULL, NULL, 'eq'
FROM (
    SELECT h.report_no, h.check_no, c.kind, c.severity, round(sum(h.value), 4) AS total, any_value(h.constant) AS constant, max(h.step) AS step,
        count(*) AS n_said, any_value(h.n_parts) AS n_parts, any_value(h.minimum) AS minimum, list(h.cell_no ORDER BY h.cell_no) AS cells, min(h.page) AS page
    FROM a_hundred AS h JOIN a_check AS c USING (check_no) GROUP BY h.report_no, h.check_no, h.section, c.kind, c.severity
) WHERE n_parts = n_said AND n_said >= minimum AND abs(total - constant) > 1e-6;

-- a list of budgets whose items are not known to be complete may fall short of its total
UPDATE a_found SET severity = 'warning'
WHERE severity = 'error' AND check_no = check_no('item_initial_budgets')
    AND report_no NOT IN (SELECT report_no FROM a_result WHERE check_id = 'item_finals' AND outcome IN ('held', 'rounding'));
