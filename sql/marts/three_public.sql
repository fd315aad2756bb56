-- one row per unit, year, kind, scope, item and stage (budget, final); counts (groups, people, vehicles …) as the text states them
WITH counts AS (
    SELECT report_key,
        max(CASE metric WHEN 'three_public.abroad.groups' THEN value END) AS abroad_groups, max(CASE metric WHEN 'three_public.abroad.people' THEN value END) AS abroad_people,
        max(CASE metric WHEN 'three_public.vehicle.purchase.count' THEN value END) AS vehicles_bought, max(CASE metric WHEN 'three_public.vehicle.count' THEN value END) AS vehicles_kept,
        max(CASE metric WHEN 'three_public.reception.batches' THEN value END) AS reception_batches, max(CASE metric WHEN 'three_public.reception.people' THEN value END) AS reception_people
    FROM core.fact_disclosure WHERE metric LIKE 'three_public.%' GROUP BY report_key
)
SELECT r.report_id, r.unit_id, r.unit_key, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, f.item, f.stage, f.statement, f.printed_scope, f.budget_basis,
    CAST(f.amount_yuan * 0.0001 AS DECIMAL(20,6)) AS amount_wanyuan,
    CAST(coalesce(p.repaired_yuan, f.amount_yuan) * 0.0001 AS DECIMAL(20,6)) AS repaired_wanyuan, f.is_total_measure,
    CAST(CASE f.item WHEN 'abroad' THEN c.abroad_groups WHEN 'reception' THEN c.reception_batches END AS INTEGER) AS stated_groups,
    CAST(CASE f.item WHEN 'abroad' THEN c.abroad_people WHEN 'reception' THEN c.reception_people END AS INTEGER) AS stated_people,
    CAST(CASE f.item WHEN 'vehicle_purchase' THEN c.vehicles_bought WHEN 'vehicle_operation' THEN c.vehicles_kept END AS INTEGER) AS stated_vehicles, f.cell_id
FROM core.fact_three_public AS f
JOIN core.dim_report AS r ON r.report_key = f.report_key
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN counts AS c ON c.report_key = f.report_key
LEFT JOIN quality.repair AS p ON p.cell_id = f.cell_id
WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings') AND coalesce(f.fund, 'general_public') = 'general_public'
QUALIFY row_number() OVER (PARTITION BY f.report_key, f.item, f.stage ORDER BY CASE WHEN f.statement IN ('t07', 'b09') THEN 0 ELSE 1 END, f.statement, f.instance, f.row_no) = 1
ORDER BY r.unit_id, r.fiscal_year, r.kind, r.scope, f.item, f.stage
