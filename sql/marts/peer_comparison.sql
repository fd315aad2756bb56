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
), stats AS (
    -- grouped, not windowed: a median over a window costs the square of the group
    SELECT fiscal_year, kind, scope, metric, peer_group, CAST(count(*) AS INTEGER) AS peers, median(value) AS peer_median, sum(value) AS total
    FROM grouped
    GROUP BY ALL
)
SELECT g.report_id, g.unit_id, g.unit_name, g.fiscal_year, g.kind, g.scope, g.metric, g.peer_group, g.value, s.peers,
    CAST(rank() OVER (PARTITION BY g.fiscal_year, g.kind, g.scope, g.metric, g.peer_group ORDER BY g.value DESC) AS INTEGER) AS rank_from_top,
    s.peer_median, round(100 * g.value / nullif(s.total, 0), 4) AS share_of_group_pct, round(g.value / nullif(s.peer_median, 0), 4) AS ratio_to_median,
    g.cell_id
FROM grouped AS g
JOIN stats AS s ON s.fiscal_year = g.fiscal_year AND s.kind = g.kind AND s.scope = g.scope AND s.metric = g.metric AND s.peer_group = g.peer_group
ORDER BY g.unit_id, g.fiscal_year, g.kind, g.scope, g.metric, g.peer_group
