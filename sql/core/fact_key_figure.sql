-- the key figures of a report, each one printed amount with its cell; where several statements print it, the first source by priority
WITH total_rows AS (
    SELECT a.report_key, a.statement, a.block, a.name, a.measure, a.amount_yuan, a.resolution_yuan, a.cell_id, a.row_no, a.instance
    FROM stage.amount AS a
    WHERE a.code IS NULL AND regexp_matches(regexp_replace(a.name, '\s', '', 'g'), '合计|总计') AND a.fact <> 'summary_line'
        AND (a.block IS NOT NULL OR NOT regexp_matches(a.name, '其中|人员|公用'))
), found AS (
    -- 收支总表
    SELECT l.report_key, CASE l.side
            WHEN 'income' THEN CASE l.line WHEN 'grand_total' THEN 'income_total' WHEN 'current_total' THEN 'income_current'
                WHEN 'opening_balance' THEN 'opening_balance' WHEN 'reserve_used' THEN 'reserve_used' ELSE 'income_' || l.line END
            WHEN 'expenditure' THEN CASE l.line WHEN 'grand_total' THEN 'expenditure_total' WHEN 'current_total' THEN 'expenditure_current'
                WHEN 'closing_balance' THEN 'closing_balance' WHEN 'surplus_distribution' THEN 'surplus_distribution' END
            ELSE CASE l.line WHEN 'basic' THEN 'basic' WHEN 'project' THEN 'project' WHEN 'contingency_reserve' THEN 'contingency_reserve' END END AS metric,
        CASE WHEN l.side = 'expenditure_by_purpose' THEN 2 ELSE 1 END AS priority, l.statement, l.row_no, l.amount_yuan, l.resolution_yuan, l.cell_id
    FROM core.fact_summary_line AS l
    WHERE ((l.statement = 't01' AND l.measure IN ('final', 'total')) OR (l.statement = 'b01' AND l.measure IN ('budget', 'total')))
        AND l.line_kind NOT IN ('class', 'of_which')
    UNION ALL
    -- 财政拨款收支总表
    SELECT l.report_key, CASE WHEN l.side = 'income' THEN CASE l.line WHEN 'grand_total' THEN 'fiscal_total' WHEN 'opening_balance' THEN 'fiscal_opening_balance' END
            ELSE CASE WHEN l.line = 'closing_balance' AND l.measure IN ('total', CASE l.kind WHEN 'final' THEN 'final' ELSE 'budget' END) THEN 'fiscal_closing_balance'
                WHEN l.measure = 'general_public' AND l.line = 'current_total' THEN 'general_public_expenditure'
                WHEN l.measure = 'government_fund' AND l.line = 'current_total' THEN 'government_fund_expenditure'
                WHEN l.measure = 'state_capital' AND l.line = 'current_total' THEN 'state_capital_expenditure'
                WHEN l.line = 'current_total' AND l.measure IN ('total', CASE l.kind WHEN 'final' THEN 'final' ELSE 'budget' END) THEN 'fiscal_expenditure' END END,
        3, l.statement, l.row_no, l.amount_yuan, l.resolution_yuan, l.cell_id
    FROM core.fact_summary_line AS l
    WHERE l.statement IN ('t04', 'b04')
    UNION ALL
    -- 收入表, 支出表, 一般公共预算, 基本支出, 基金: the total row
    SELECT t.report_key, CASE
            WHEN t.statement = 't02' THEN CASE t.measure WHEN 'total' THEN 'income_current' WHEN 'fiscal_appropriation' THEN 'income_fiscal_appropriation'
                WHEN 'business_income' THEN 'income_business_income' WHEN 'other' THEN 'income_other' END
            WHEN t.statement = 'b02' THEN CASE t.measure WHEN 'total' THEN 'income_total' WHEN 'budget' THEN 'income_total'
                WHEN 'fiscal_appropriation' THEN 'income_fiscal_appropriation' END
            WHEN t.statement = 't03' THEN CASE t.measure WHEN 'total' THEN 'expenditure_current' WHEN 'basic' THEN 'basic' WHEN 'project' THEN 'project' END
            WHEN t.statement = 'b03' THEN CASE t.measure WHEN 'total' THEN 'expenditure_total' WHEN 'basic' THEN 'basic' WHEN 'project' THEN 'project'
                WHEN 'contingency_reserve' THEN 'contingency_reserve' END
            WHEN t.statement IN ('t05', 'b07') THEN CASE t.measure WHEN 'total' THEN 'general_public_expenditure' WHEN 'basic' THEN 'general_public_basic'
                WHEN 'project' THEN 'general_public_project' END
            WHEN t.statement = 'b05' AND t.measure = 'total' THEN 'fiscal_expenditure'
            WHEN t.statement = 'b06' AND t.measure = 'total' THEN 'fiscal_basic'
            WHEN t.statement IN ('t06', 'b08') THEN CASE
                WHEN t.block = 'personnel' OR t.measure = 'personnel' THEN 'basic_personnel'
                WHEN t.block = 'public' OR t.measure = 'public' THEN 'basic_public'
                WHEN t.measure IN ('total', 'final') THEN 'general_public_basic' END
            WHEN t.statement IN ('t08', 'b10') THEN CASE t.measure WHEN 'expenditure_total' THEN 'government_fund_expenditure' END
            WHEN t.statement IN ('t09', 'b11') THEN CASE t.measure WHEN 'expenditure_total' THEN 'state_capital_expenditure' END
            WHEN t.statement = 'b12' AND t.measure = 'total' THEN 'agency_operating'
            WHEN t.statement = 'b13' AND t.measure = 'total' THEN 'procurement_total' END,
        CASE WHEN t.statement IN ('t02', 'b02') THEN 2 WHEN t.statement IN ('t06', 'b08') AND t.measure IN ('total', 'final') AND t.block IS NULL THEN 2 ELSE 1 END,
        t.statement, t.row_no, t.amount_yuan, t.resolution_yuan, t.cell_id
    FROM total_rows AS t
    UNION ALL
    -- 三公
    SELECT p.report_key, CASE WHEN p.item = 'agency_operating' THEN 'agency_operating' ELSE 'three_public_' || p.stage || '_' || p.item END,
        CASE WHEN p.statement IN ('t07', 'b09') THEN 1 ELSE 2 END, p.statement, p.row_no, p.amount_yuan, p.resolution_yuan, p.cell_id
    FROM core.fact_three_public AS p
    WHERE coalesce(p.fund, 'general_public') = 'general_public'
    UNION ALL
    -- stated in the text, where no statement prints it
    SELECT d.report_key, CASE d.metric WHEN 'agency_operating.amount' THEN 'agency_operating' WHEN 'procurement.total' THEN 'procurement_total'
            WHEN 'basic.personnel' THEN 'basic_personnel' WHEN 'basic.public' THEN 'basic_public' WHEN 'basic.total' THEN 'general_public_basic'
            WHEN 'expenditure.basic' THEN 'basic' WHEN 'expenditure.project' THEN 'project' WHEN 'general_public.expenditure' THEN 'general_public_expenditure' END,
        9, d.statement, d.row_no, d.amount_yuan, d.resolution_yuan, d.cell_id
    FROM core.fact_disclosure AS d
    WHERE d.amount_yuan IS NOT NULL
)
SELECT f.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, f.metric, f.statement, f.amount_yuan, f.resolution_yuan, f.cell_id
FROM found AS f JOIN core.dim_report AS r ON r.report_key = f.report_key
WHERE f.metric IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY f.report_key, f.metric ORDER BY f.priority, f.statement, f.row_no, f.cell_id) = 1
ORDER BY f.report_key, f.metric
