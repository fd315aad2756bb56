-- current reports by year, kind and scope: how many are due, how many came, how they were judged, and how many of their amounts are in an identity
WITH judged AS (
    SELECT r.fiscal_year, r.kind, r.scope, count(*) AS reports, count(*) FILTER (v.verdict = 'admitted') AS admitted,
        count(*) FILTER (v.verdict = 'admitted_with_findings') AS with_findings, count(*) FILTER (v.verdict = 'quarantined') AS quarantined,
        coalesce(sum(a.cells), 0) AS cells, coalesce(sum(a.cells_checked), 0) AS cells_checked, coalesce(sum(a.cells_checked_twice), 0) AS cells_checked_twice
    FROM core.dim_report AS r
    LEFT JOIN (SELECT report_id, any_value(verdict) AS verdict FROM quality.verdict GROUP BY ALL) AS v ON v.report_id = r.report_id
    LEFT JOIN quality.audited AS a ON a.report_id = r.report_id
    WHERE r.is_current
    GROUP BY ALL
), due AS (
    SELECT fiscal_year, kind, scope, count(*) AS expected, count(*) FILTER (is_missing) AS missing FROM quality.expected GROUP BY ALL
)
SELECT fiscal_year, kind, scope, CAST(coalesce(d.expected, 0) AS INTEGER) AS expected, CAST(coalesce(d.missing, 0) AS INTEGER) AS missing,
    CAST(coalesce(j.reports, 0) AS INTEGER) AS reports, CAST(coalesce(j.admitted, 0) AS INTEGER) AS admitted,
    CAST(coalesce(j.with_findings, 0) AS INTEGER) AS with_findings, CAST(coalesce(j.quarantined, 0) AS INTEGER) AS quarantined,
    CAST(coalesce(j.cells, 0) AS BIGINT) AS cells, CAST(coalesce(j.cells_checked, 0) AS BIGINT) AS cells_checked,
    CAST(coalesce(j.cells_checked_twice, 0) AS BIGINT) AS cells_checked_twice
FROM due AS d FULL JOIN judged AS j USING (fiscal_year, kind, scope)
ORDER BY fiscal_year, kind, scope
