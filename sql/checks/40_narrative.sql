-- Statement against narrative, narrative against itself: amounts and sums as terms, percentages as a_pct. In: a_cell0, a_cell, a_sentence, a_slot, a_code_cell.

CREATE OR REPLACE TEMP TABLE a_fact AS
SELECT c.cell_no, c.report_no, c.row_no, f.section, c.measure AS metric, f.direction, f.item_no, f.item_section, f.item_name, f.item_code,
    f.sentence, c.value, c.unit, c.fen, c.own_res, c.decimals, c.page
FROM a_cell0 AS c JOIN a_sentence AS f ON f.report_no = c.report_no AND f.row_no = c.row_no
WHERE c.st = 'narrative';

-- the strict resolution of stated amounts is the finest the narrative prints in that unit; own_res is that of the number itself
CREATE OR REPLACE TEMP TABLE a_said AS
WITH finest AS (SELECT report_no, unit, min(own_res) AS res FROM a_fact WHERE fen IS NOT NULL GROUP BY ALL)
SELECT f.*, coalesce(x.res, f.own_res) AS res,
    split_part(f.section, '/', 1) AS chapter,
    coalesce(f.item_code, '') || '|' || coalesce(f.item_section, '') || '|' || coalesce(f.item_name, '') AS item,
    translate(regexp_replace(f.item_name, '[\s\x{3000}]', '', 'g'), '()“”"', '（）') AS item_norm
FROM a_fact AS f LEFT JOIN finest AS x ON x.report_no = f.report_no AND x.unit = f.unit;

-- the code of a stated item: as read, else the one code that this report's statements print under that name
CREATE OR REPLACE TEMP TABLE a_item_code AS
WITH named AS (
    SELECT report_no, norm, length(code) AS digits, any_value(code) AS code FROM a_row
    WHERE code IS NOT NULL AND st IN ('t02', 't03', 't05', 'b03', 'b05', 'b07')
    GROUP BY ALL HAVING count(DISTINCT code) = 1
)
SELECT s.cell_no, coalesce(s.item_code, n.code) AS code
FROM a_said AS s
LEFT JOIN named AS n ON n.report_no = s.report_no AND n.norm = s.item_norm
    AND n.digits = CASE WHEN s.metric LIKE '%function_class%' THEN 3 ELSE 7 END
WHERE s.item_name IS NOT NULL OR s.item_code IS NOT NULL;

CREATE OR REPLACE TEMP TABLE a_stated_pair AS
WITH options AS (
    SELECT f.cell_no AS key, f.report_no, f.fen, f.res, k.check_no, k.ordinal, s.cell_no, s.fen AS s_fen, s.res AS s_res
    FROM a_said AS f JOIN a_stated AS k ON k.metric = f.metric
    JOIN a_slot AS s ON s.sel_no = k.sel_no AND s.report_no = f.report_no
    WHERE f.fen IS NOT NULL
    UNION ALL
    SELECT f.cell_no, f.report_no, f.fen, f.res, k.check_no, k.ordinal, s.cell_no, s.fen, s.res
    FROM a_said AS f JOIN a_stated AS k ON k.metric = f.metric
    JOIN a_selector AS sel ON sel.sel_no = k.sel_no AND sel.line = '{code}'
    JOIN a_item_code AS i ON i.cell_no = f.cell_no
    JOIN a_code_cell AS s ON s.report_no = f.report_no AND s.st = sel.st AND s.measure = sel.measure AND s.code = i.code
    WHERE f.fen IS NOT NULL
    UNION ALL
    SELECT f.cell_no, f.report_no, f.fen, f.res, k.check_no, k.ordinal, s.cell_no, s.fen, s.res
    FROM a_said AS f JOIN a_stated AS k ON k.metric = f.metric
    JOIN a_selector AS sel ON sel.sel_no = k.sel_no AND sel.line = '{name}'
    JOIN a_class_line AS s ON s.report_no = f.report_no AND s.st = sel.st AND s.measure = sel.measure AND s.norm = f.item_norm
    WHERE f.fen IS NOT NULL
)
SELECT check_no, key, report_no, arg_min(cell_no, (2 * abs(fen - coalesce(s_fen, 0)) > res + s_res, ordinal)) AS cell_no,
    bool_or(2 * abs(fen - coalesce(s_fen, 0)) <= res + s_res) AS confirmed
FROM options GROUP BY check_no, key, report_no
-- the whole of which it is a part may confirm a number, and accuses none
HAVING min(ordinal) < 100 OR bool_or(2 * abs(fen - coalesce(s_fen, 0)) <= res + s_res);

INSERT INTO a_term
SELECT p.check_no, p.key, p.report_no, p.key, 1, f.fen, f.res, f.own_res FROM a_stated_pair AS p JOIN a_said AS f ON f.cell_no = p.key
UNION ALL
SELECT p.check_no, p.key, p.report_no, c.cell_no, -1, c.fen, c.res, c.res FROM a_stated_pair AS p JOIN a_cell AS c ON c.cell_no = p.cell_no;

-- sums: each stated total opens a window to the next of its kind in the section; its parts are the first of each part metric in it
CREATE OR REPLACE TEMP TABLE a_nsum_part AS
WITH totals AS (
    SELECT n.check_no, f.report_no, f.cell_no, f.row_no, f.section, f.chapter, n.minimum,
        lead(f.row_no, 1, 2147483647) OVER (PARTITION BY n.check_no, f.report_no, f.section ORDER BY f.row_no) AS next_row
    FROM a_said AS f JOIN a_nsum AS n ON n.metric = f.metric AND n.role = 'total' AND NOT n.items
), parts AS (
    SELECT t.check_no, t.report_no, t.cell_no AS key, p.metric, n.role, n.instead_of, arg_min(p.cell_no, p.row_no) AS part_no, any_value(t.minimum) AS minimum
    FROM totals AS t
    JOIN a_nsum AS n ON n.check_no = t.check_no AND n.role IN ('part', 'unless')
    JOIN a_said AS p ON p.report_no = t.report_no AND p.section = t.section AND p.metric = n.metric AND p.row_no > t.row_no AND p.row_no < t.next_row
    GROUP BY ALL
)
SELECT check_no, report_no, key, part_no FROM (
    FROM parts WINDOW one AS (PARTITION BY check_no, key)
    QUALIFY NOT bool_or(role = 'unless') OVER one AND NOT coalesce(list_contains(list(metric) OVER one, instead_of), FALSE)
)
QUALIFY count(*) OVER (PARTITION BY check_no, key) >= minimum
UNION ALL
-- lists of items: all items of the chapter, each once, against the first stated total of the chapter
SELECT check_no, report_no, key, part_no FROM (
    SELECT t.check_no, t.report_no, t.key, p.item, arg_min(p.cell_no, p.row_no) AS part_no, any_value(t.minimum) AS minimum
    FROM (
        SELECT n.check_no, f.report_no, f.chapter, arg_min(f.cell_no, (n.ordinal, f.row_no)) AS key, any_value(n.minimum) AS minimum
        FROM a_said AS f JOIN a_nsum AS n ON n.metric = f.metric AND n.role = 'total' AND n.items GROUP BY ALL
    ) AS t
    JOIN a_nsum AS n ON n.check_no = t.check_no AND n.role = 'part'
    JOIN a_said AS p ON p.report_no = t.report_no AND p.chapter = t.chapter AND p.metric = n.metric
    GROUP BY t.check_no, t.report_no, t.key, p.item
)
QUALIFY count(*) OVER (PARTITION BY check_no, key) >= minimum;

-- a list that leaves something out is no error where every number in it is what the statements print
CREATE OR REPLACE TEMP TABLE a_partial AS
SELECT p.check_no, p.key
FROM a_nsum_part AS p JOIN a_nsum AS n ON n.check_no = p.check_no AND n.role = 'total' AND NOT n.items
LEFT JOIN a_stated_pair AS s ON s.key = p.part_no AND s.confirmed
LEFT JOIN a_stated_pair AS t ON t.key = p.key AND t.confirmed
GROUP BY p.check_no, p.key HAVING bool_and(s.key IS NOT NULL) AND bool_and(t.key IS NOT NULL);

INSERT INTO a_term
SELECT p.check_no, p.key, p.report_no, p.part_no, -1, coalesce(f.fen, CAST(round(f.value * 100) AS BIGINT)), coalesce(f.res, 0), coalesce(f.own_res, 0)
FROM a_nsum_part AS p JOIN a_said AS f ON f.cell_no = p.part_no
UNION ALL
SELECT DISTINCT p.check_no, p.key, p.report_no, p.key, 1, coalesce(f.fen, CAST(round(f.value * 100) AS BIGINT)), coalesce(f.res, 0), coalesce(f.own_res, 0)
FROM a_nsum_part AS p JOIN a_said AS f ON f.cell_no = p.key;

-- shares that sum to a constant: in hundredths of a percent, no cell on the left; the key is the first part
CREATE OR REPLACE TEMP TABLE a_hundred AS
SELECT n.check_no, f.report_no, f.section, f.cell_no, f.value, pow(10, -f.decimals) AS step, n.constant, f.page,
    min(f.cell_no) OVER (PARTITION BY n.check_no, f.report_no, f.section) AS key,
    count(DISTINCT f.metric || f.item) OVER (PARTITION BY n.check_no, f.report_no, f.section) AS n_parts,
    count(*) OVER (PARTITION BY n.check_no, f.report_no, f.section) AS n_said, n.minimum
FROM a_said AS f JOIN a_nsum AS n ON n.metric = f.metric AND n.role = 'part' AND n.constant IS NOT NULL;

-- percentages: each printed % with the numbers its operands may be. role: part, whole, change, base, final, budget, previous
CREATE OR REPLACE TEMP TABLE a_wanted AS
SELECT f.cell_no AS pct_no, k.role, k.operand, k.role = 'part' AS same_item, 'share_pct' AS check_id
FROM a_said AS f JOIN a_share AS k ON k.metric = f.metric AND k.operand IS NOT NULL
UNION ALL
SELECT f.cell_no, o.role, regexp_replace(f.metric, '\.yoy_change_pct$', '') || o.suffix, TRUE, 'yoy_pct'
FROM a_said AS f, (VALUES ('change', '.yoy_change'), ('base', ''), ('base', '.total'), ('base', '.amount'), ('base', '.expenditure'),
    ('base', '.final'), ('base', '.budget')) AS o(role, suffix)
WHERE f.metric LIKE '%.yoy\_change\_pct' ESCAPE '\'
UNION ALL
SELECT f.cell_no, o.role, regexp_replace(f.metric, '\.completion_pct$', '') || o.suffix, TRUE, 'completion_pct'
FROM a_said AS f, (VALUES ('final', '.final'), ('budget', '.annual_budget'), ('budget', '.initial_budget'), ('budget', '.budget')) AS o(role, suffix)
WHERE f.metric LIKE '%.completion\_pct' ESCAPE '\'
UNION ALL
SELECT f.cell_no, o.role, o.operand, TRUE, 'execution_change_pct'
FROM a_said AS f, (VALUES ('base', 'function_item.budget'), ('previous', 'function_item.previous_execution')) AS o(role, operand)
WHERE f.metric = 'function_item.change_vs_previous_execution_pct';

CREATE OR REPLACE TEMP TABLE a_operand AS
WITH near AS (
    SELECT w.pct_no, w.check_id, w.role, w.operand, f.cell_no, f.fen, f.res, f.direction,
        row_number() OVER (
            PARTITION BY w.pct_no, w.role, CASE WHEN w.role IN ('whole', 'budget') THEN w.operand END
            ORDER BY (f.section = p.section) DESC, (f.row_no < p.row_no) DESC, abs(f.row_no - p.row_no)
        ) AS nth
    FROM a_wanted AS w
    JOIN a_said AS p ON p.cell_no = w.pct_no
    JOIN a_said AS f ON f.report_no = p.report_no AND f.metric = w.operand AND (NOT w.same_item OR f.item = p.item)
    WHERE f.fen IS NOT NULL AND (w.role NOT IN ('base', 'change', 'part') OR f.chapter = p.chapter)
)
SELECT pct_no, check_id, role, cell_no, fen, res, direction FROM near WHERE nth = 1
UNION ALL
-- an operand the narrative does not state is taken from the statement that prints it
SELECT w.pct_no, w.check_id, w.role, s.cell_no, s.fen, s.res, NULL
FROM a_wanted AS w
JOIN a_said AS p ON p.cell_no = w.pct_no
JOIN a_stated AS k ON k.metric = w.operand
JOIN a_slot AS s ON s.sel_no = k.sel_no AND s.report_no = p.report_no
WHERE w.role IN ('whole', 'budget', 'final') AND s.fen IS NOT NULL
    AND NOT EXISTS (FROM near AS n WHERE n.pct_no = w.pct_no AND n.role = w.role)
UNION ALL
SELECT f.cell_no, 'share_pct', if(k.role = 'slot', 'whole', 'other_whole'), s.cell_no, s.fen, s.res, NULL
FROM a_said AS f JOIN a_share AS k ON k.metric = f.metric AND k.role IN ('slot', 'other_slot')
JOIN a_slot AS s ON s.sel_no = k.sel_no AND s.report_no = f.report_no
WHERE s.fen IS NOT NULL;

CREATE OR REPLACE TEMP TABLE a_pct AS
WITH pair AS (
    -- numerator, denominator; `carry` is what half a last digit of the operands does to the percentage
    SELECT a.check_id, a.pct_no, a.cell_no AS first_no, b.cell_no AS second_no, b.role = 'other_whole' AS other,
        nullif(if(coalesce(a.direction, p.direction) = 'decrease', b.fen + a.fen, b.fen - a.fen), 0) AS before,
        CASE
            WHEN a.check_id IN ('share_pct', 'completion_pct') THEN 100.0 * a.fen / nullif(b.fen, 0)
            WHEN a.check_id = 'yoy_pct' THEN 100.0 * a.fen / before
            ELSE 100.0 * abs(a.fen - b.fen) / nullif(b.fen, 0)
        END AS expected,
        CASE
            WHEN a.check_id IN ('share_pct', 'completion_pct') THEN 50.0 * (a.res / nullif(b.fen, 0) + a.fen::DOUBLE * b.res / pow(nullif(b.fen, 0), 2))
            WHEN a.check_id = 'yoy_pct' THEN 50.0 * (a.res / before + a.fen::DOUBLE * (a.res + b.res) / pow(before, 2))
            ELSE 50.0 * ((a.res + b.res) / nullif(b.fen, 0) + abs(a.fen - b.fen)::DOUBLE * b.res / pow(nullif(b.fen, 0), 2))
        END AS carry
    FROM a_operand AS a JOIN a_operand AS b ON b.pct_no = a.pct_no AND b.check_id = a.check_id
    JOIN a_said AS p ON p.cell_no = a.pct_no
    WHERE (a.role, b.role) IN (('part', 'whole'), ('part', 'other_whole'), ('change', 'base'), ('final', 'budget'), ('base', 'previous'))
), judged AS (
    SELECT c.check_no, c.severity, j.*, p.report_no, p.value, p.sentence, p.metric, p.page, pow(10.0, -p.decimals) AS step,
        abs(p.value - abs(j.expected)) AS deviation
    FROM pair AS j JOIN a_said AS p ON p.cell_no = j.pct_no JOIN a_check AS c ON c.check_id = j.check_id
    WHERE j.expected IS NOT NULL AND (j.check_id <> 'yoy_pct' OR j.expected >= 0)
)
SELECT check_no, report_no, pct_no, first_no, second_no, value, abs(expected) AS expected, deviation, step, metric, page, abs(carry) AS carry,
    CASE
        WHEN other AND deviation <= 2 * step + abs(carry) + 1e-9 THEN 'other_whole'
        WHEN deviation <= 0.5 * step + 1e-9 THEN 'held'
        WHEN deviation <= 0.5 * step + abs(carry) + 1e-9 THEN 'rounding'
        WHEN deviation <= 2 * step + abs(carry) + 1e-9 THEN 'rounding'
        -- the basis is not said to be the initial budget: it may be the adjusted one
        WHEN check_id = 'completion_pct' AND NOT regexp_matches(coalesce(sentence, ''), '年初预算的?[0-9]')
            AND metric NOT LIKE 'three_public%' THEN 'other_basis'
        ELSE 'broken'
    END AS outcome
FROM judged
-- another basis counts only where it explains the figure and the basis the sentence names does not
QUALIFY row_number() OVER (PARTITION BY check_no, pct_no
    ORDER BY deviation > 2 * step + abs(carry) + 1e-9, other AND deviation > 2 * step + abs(carry) + 1e-9, other, deviation, first_no, second_no) = 1;
