-- budget and outturn by item (项): initial, annual, previous execution, final; from the budget report's tables and text, and the final report's text
WITH named AS (
    -- the code an item's name has in this report, where it has one only
    SELECT report_key, regexp_replace(name, '\s', '', 'g') AS name, min(code) AS code
    FROM stage.amount WHERE code IS NOT NULL AND fact IN ('expenditure', 'fund_balance') AND length(code) = 7
    GROUP BY ALL HAVING count(DISTINCT code) = 1
), stated AS (
    SELECT d.report_key, d.unit_key, d.fiscal_year, d.kind, d.scope, d.statement, d.metric AS measure,
        coalesce(d.item_code, n.code) AS code, d.item_name AS name,
        CASE d.metric WHEN 'function_item.initial_budget' THEN 'initial' WHEN 'function_item.budget' THEN 'initial'
            WHEN 'function_item.annual_budget' THEN 'annual' WHEN 'function_item.previous_execution' THEN 'previous_execution'
            WHEN 'function_item.final' THEN 'final' END AS stage,
        CASE d.kind WHEN 'final' THEN 'final_narrative' ELSE 'budget_report' END AS source, d.item_no, d.row_no, d.amount_yuan, d.cell_id
    FROM core.fact_disclosure AS d
    LEFT JOIN named AS n ON n.report_key = d.report_key AND n.name = regexp_replace(d.item_name, '\s', '', 'g')
    WHERE d.amount_yuan IS NOT NULL AND d.metric IN ('function_item.initial_budget', 'function_item.budget', 'function_item.annual_budget',
        'function_item.previous_execution', 'function_item.final')
), printed AS (
    SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.measure, a.code, a.name,
        CASE a.measure WHEN 'previous_execution' THEN 'previous_execution' ELSE 'initial' END AS stage, 'budget_report' AS source, CAST(NULL AS INTEGER) AS item_no, a.row_no, a.amount_yuan, a.cell_id
    FROM stage.amount AS a
    JOIN core.dim_report AS r ON r.report_key = a.report_key
    JOIN core.dim_statement AS d ON d.statement = a.statement AND d.measure = a.measure
    WHERE r.kind = 'budget' AND a.code IS NOT NULL AND a.measure IN ('total', 'expenditure_total', 'previous_execution') AND d.role IN ('general_public_expenditure', 'government_fund', 'state_capital')
)
SELECT i.report_key, i.unit_key, i.fiscal_year, i.kind, i.scope, i.statement, i.row_no, i.item_no, s.subject_key, i.code, i.name,
    i.stage, i.source, CASE WHEN i.stage = 'previous_execution' THEN i.fiscal_year - 1 ELSE i.fiscal_year END AS amount_year, i.measure, i.amount_yuan,
    i.cell_id
FROM (SELECT * FROM stated UNION ALL SELECT * FROM printed) AS i
LEFT JOIN stage.subject_year AS s ON s.code = i.code AND s.fiscal_year = i.fiscal_year
ORDER BY i.report_key, i.statement, i.row_no, i.measure
