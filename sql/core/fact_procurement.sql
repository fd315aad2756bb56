-- 政府采购: rows of the procurement statement, and what the narrative states; item: total, goods, works, services, … ; never add both sources
SELECT a.report_key, r.unit_key, r.fiscal_year, r.kind, r.scope, a.statement, a.instance, a.row_no, 'statement' AS source,
    CASE WHEN json_extract_string(a.keys, '$.level') = 'total' OR (json_extract_string(a.keys, '$.category') IS NULL AND regexp_matches(a.name, '合\s*计|总\s*计')) THEN 'total'
        WHEN coalesce(json_extract_string(a.keys, '$.category'), a.name) LIKE '%货物%' THEN 'goods'
        WHEN coalesce(json_extract_string(a.keys, '$.category'), a.name) LIKE '%工程%' THEN 'works'
        WHEN coalesce(json_extract_string(a.keys, '$.category'), a.name) LIKE '%服务%' THEN 'services' END AS item,
    json_extract_string(a.keys, '$.level') AS row_level, a.name, json_extract_string(a.keys, '$.project_name') AS project_name,
    json_extract_string(a.keys, '$.economic_item') AS economic_item, json_extract_string(a.keys, '$.item_name') AS item_name,
    json_extract_string(a.keys, '$.organisation') AS organisation, a.measure, a.amount_yuan,
    CASE WHEN json_extract_string(a.keys, '$.level') IS NULL THEN a.is_leaf ELSE json_extract_string(a.keys, '$.level') = 'item' END AS is_leaf,
    a.is_total_measure, a.cell_id
FROM stage.amount AS a
JOIN core.dim_report AS r ON r.report_key = a.report_key
WHERE a.fact = 'procurement'
UNION ALL
SELECT d.report_key, d.unit_key, d.fiscal_year, d.kind, d.scope, d.statement, 1, d.row_no, 'narrative',
    substr(d.metric, length('procurement.') + 1), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR),
    CAST(NULL AS VARCHAR), d.metric, d.amount_yuan, d.metric IN ('procurement.goods', 'procurement.works', 'procurement.services'), d.metric = 'procurement.total', d.cell_id
FROM core.fact_disclosure AS d
WHERE d.metric LIKE 'procurement.%' AND d.amount_yuan IS NOT NULL
ORDER BY report_key, statement, instance, row_no, measure
