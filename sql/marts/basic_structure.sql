-- one row per unit, year, kind, scope and economic subject: what the basic expenditure of the general public budget is spent on
WITH chosen AS (
    SELECT f.report_key, f.statement, f.instance, f.row_no, f.subject_key, f.code, f.name, f.component, f.amount_yuan, f.is_leaf, f.cell_id
    FROM core.fact_basic_expenditure AS f
    WHERE f.fund = 'general_public' AND f.statement NOT IN ('b12', 'agency_operating') AND f.measure IN ('final', 'total', 'budget') AND f.subject_key IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY f.report_key, f.subject_key ORDER BY CASE WHEN f.statement IN ('t06', 'b08') THEN 0 ELSE 1 END, f.statement, f.instance, f.row_no) = 1
)
SELECT r.report_id, r.unit_id, r.unit_key, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, f.statement, f.subject_key, s.scheme, f.code,
    s.name AS subject_name, s.level AS subject_level, s.harmonized_code,
    CASE WHEN left(f.code, 3) IN ('301', '303', '501', '509') THEN 'personnel' ELSE 'public' END AS component,
    CAST(f.amount_yuan * 0.0001 AS DECIMAL(20,6)) AS amount_wanyuan,
    CAST(coalesce(p.repaired_yuan, f.amount_yuan) * 0.0001 AS DECIMAL(20,6)) AS repaired_wanyuan, f.is_leaf,
    round(100 * f.amount_yuan / nullif(sum(CASE WHEN f.is_leaf THEN f.amount_yuan END) OVER (PARTITION BY f.report_key), 0), 2) AS share_pct, f.cell_id
FROM chosen AS f
JOIN core.dim_report AS r ON r.report_key = f.report_key
JOIN core.dim_subject AS s ON s.subject_key = f.subject_key
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN quality.repair AS p ON p.cell_id = f.cell_id
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings')
ORDER BY r.unit_id, r.fiscal_year, r.kind, r.scope, f.code
