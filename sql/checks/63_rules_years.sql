-- One unit's reports against each other: last year's report of the same kind and scope, the budget of the same year. In: a_slot, a_change.
CREATE OR REPLACE TEMP TABLE a_last AS  -- this report, and the current one of the year before
SELECT t.report_no, l.report_no AS last_no FROM a_report AS t
JOIN a_report AS l ON l.unit_id = t.unit_id AND l.kind = t.kind AND l.scope = t.scope AND l.fiscal_year = t.fiscal_year - 1 AND l.is_current
WHERE t.is_current AND t.unit_id IS NOT NULL;

INSERT INTO a_found  -- stated change against last year's figure; the basis may have been adjusted: a warning
WITH option AS (
    SELECT c.report_no, c.change_no, c.base_no, c.page, s.cell_no AS last_cell, k.ordinal,
        if(c.direction = 'decrease', c.base_fen + c.fen, c.base_fen - c.fen) AS implied, coalesce(s.fen, 0) AS last_fen,
        c.res + c.base_res + s.res AS tol2
    FROM a_change AS c
    JOIN a_stated_pair AS p ON p.key = c.base_no AND p.confirmed
    JOIN a_last AS l ON l.report_no = c.report_no
    JOIN a_stated AS k ON k.metric = c.base_metric
    JOIN a_slot AS s ON s.sel_no = k.sel_no AND s.report_no = l.last_no
    WHERE c.item = '||' AND c.direction IS NOT NULL
)
SELECT report_no, check_no('year_change'), 'cross_year', 'warning', 'narrative', any_value(page), arg_min(last_fen, ordinal), any_value(implied),
    any_value(implied) - arg_min(last_fen, ordinal), any_value(tol2) / 2, NULL, NULL, FALSE, [change_no, base_no, arg_min(last_cell, ordinal)], NULL, NULL, NULL,
    '按增减额推算的上年数与上年报告所列不符', 'eq'
FROM option GROUP BY report_no, change_no, base_no HAVING bool_and(2 * abs(implied - last_fen) > tol2);

INSERT INTO a_found  -- 年初预算 against the budget report of the year: one finding a report
WITH pair AS (
    SELECT f.report_no, f.cell_no, f.fen, f.res, b.cell_no AS budget_no, b.fen AS budget_fen, b.res AS budget_res
    FROM a_said AS f
    JOIN a_item_code AS i ON i.cell_no = f.cell_no
    JOIN a_report AS t ON t.report_no = f.report_no AND t.kind = 'final' AND t.is_current
    JOIN a_report AS l ON l.unit_id = t.unit_id AND l.kind = 'budget' AND l.scope = t.scope AND l.fiscal_year = t.fiscal_year AND l.is_current
    JOIN a_code_cell AS b ON b.report_no = l.report_no AND b.st = 'b07' AND b.measure = 'total' AND b.code = i.code
    WHERE f.metric = 'function_item.initial_budget' AND f.fen IS NOT NULL
    UNION ALL
    SELECT f.report_no, f.cell_no, f.fen, f.res, s.cell_no, s.fen, s.res
    FROM a_said AS f
    JOIN a_report AS t ON t.report_no = f.report_no AND t.kind = 'final' AND t.is_current
    JOIN a_report AS l ON l.unit_id = t.unit_id AND l.kind = 'budget' AND l.scope = t.scope AND l.fiscal_year = t.fiscal_year AND l.is_current
    JOIN a_selector AS k ON k.st = 'b07' AND k.line = 'grand_total' AND k.measure = 'total'
    JOIN a_slot AS s ON s.sel_no = k.sel_no AND s.report_no = l.report_no
    WHERE f.metric = 'general_public.initial_budget' AND f.fen IS NOT NULL
)
SELECT report_no, check_no('budget_initial'), 'cross_report', 'warning', 'narrative', NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list_concat(list(cell_no ORDER BY cell_no), list(budget_no ORDER BY cell_no)), NULL, NULL, NULL, count(*) || ' 项年初预算与当年预算报告所列不符', 'eq'
FROM pair WHERE 2 * abs(fen - coalesce(budget_fen, 0)) > res + budget_res GROUP BY report_no;

INSERT INTO a_found  -- opening against last closing: restated balances are common, an info
SELECT l.report_no, check_no('opening_closing'), 'cross_year', 'info', o.st, NULL, c.fen, s.fen, s.fen - c.fen, (s.res + c.res) / 2, NULL, NULL, FALSE,
    [s.cell_no, c.cell_no], NULL, NULL, NULL, NULL, 'eq'
FROM a_last AS l
JOIN a_selector AS o ON o.line = 'carry_in' AND o.measure = 'final' AND o.st IN ('t01', 't04')
JOIN a_selector AS k ON k.line = 'carry_out' AND k.st = o.st AND k.measure = if(o.st = 't01', 'final', 'total')
JOIN a_slot AS s ON s.sel_no = o.sel_no AND s.report_no = l.report_no
JOIN a_slot AS c ON c.sel_no = k.sel_no AND c.report_no = l.last_no
WHERE s.fen IS NOT NULL AND c.fen IS NOT NULL AND 2 * abs(s.fen - c.fen) > s.res + c.res;
