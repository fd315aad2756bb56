-- one row per unit, year, kind, scope, metric and peer group: rank, median and share among bodies of the same function and level
WITH units AS (
    SELECT r.report_key, r.report_id, r.unit_id, r.fiscal_year, r.kind, r.scope, u.name AS unit_name, u.sector, u.level, u.kind AS unit_kind, left(r.region_code, 2) AS province
    FROM core.dim_report AS r JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
    WHERE r.is_current AND r.verdict IN ('admitted', 'admitted_with_findings') AND u.sector IS NOT NULL
), figures AS (
    SELECT report_key, metric, CAST(amount_yuan * 0.0001 AS DOUBLE) AS value, cell_id FROM core.fact_key_figure
    WHERE metric IN ('income_total', 'expenditure_total', 'basic', 'project', 'general_public_expenditure', 'basic_personnel', 'basic_public', 'agency_operating',
        'procurement_total', 'three_public_budget_total', 'three_public_final_total')
    UNION ALL
    SELECT a.report_key, 'project_share_pct', round(100 * a.amount_yuan / nullif(b.amount_yuan, 0), 2), a.cell_id
    FROM core.fact_key_figure AS a JOIN core.fact_key_figure AS b ON b.report_key = a.report_key AND b.metric = 'expenditure_total' WHERE a.metric = 'project'
    UNION ALL
    SELECT a.report_key, 'personnel_share_of_basic_pct', round(100 * a.amount_yuan / nullif(b.amount_yuan, 0), 2), a.cell_id
    FROM core.fact_key_figure AS a JOIN core.fact_key_figure AS b ON b.report_key = a.report_key AND b.metric = 'general_public_basic' WHERE a.metric = 'basic_personnel'
    UNION ALL
    SELECT k.report_key, k.metric || '_per_staff', round(CAST(k.amount_yuan * 0.0001 AS DOUBLE) / s.staff, 4), k.cell_id
    FROM core.fact_key_figure AS k JOIN core.dim_report AS r ON r.report_key = k.report_key
    JOIN core.unit_base AS s ON s.unit_id = r.unit_id AND s.fiscal_year = k.fiscal_year AND s.staff > 0
    WHERE k.metric IN ('expenditure_total', 'basic_personnel', 'basic_public', 'three_public_final_total')
), grouped AS (
    SELECT u.report_id, u.unit_id, u.unit_name, u.fiscal_year, u.kind, u.scope, f.metric, f.value, f.cell_id, g.peer_group
    FROM units AS u JOIN figures AS f ON f.report_key = u.report_key
    JOIN (SELECT report_key, sector || '|' || coalesce(level, '?') AS peer_group FROM units
        UNION ALL SELECT report_key, sector || '|' || coalesce(level, '?') || '|' || province FROM units WHERE province IS NOT NULL) AS g ON g.report_key = u.report_key
)
SELECT report_id, unit_id, unit_name, fiscal_year, kind, scope, metric, peer_group, value,
    CAST(count(*) OVER w AS INTEGER) AS peers, CAST(rank() OVER (w ORDER BY value DESC) AS INTEGER) AS rank_from_top,
    median(value) OVER w AS peer_median, round(100 * value / nullif(sum(value) OVER w, 0), 4) AS share_of_group_pct,
    round(value / nullif(median(value) OVER w, 0), 4) AS ratio_to_median, cell_id
FROM grouped
WINDOW w AS (PARTITION BY fiscal_year, kind, scope, metric, peer_group)
ORDER BY unit_id, fiscal_year, kind, scope, metric, peer_group
