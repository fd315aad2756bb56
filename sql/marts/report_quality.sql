-- one row per report revision, the quarantined and superseded too: what was read, what the audit found
WITH cells AS (
    SELECT report_id, CAST(count_if(value IS NOT NULL AND statement NOT IN ('narrative', 'self_evaluation', 'performance_target')) AS INTEGER) AS statement_numbers,
        CAST(count_if(statement = 'narrative') AS INTEGER) AS narrative_numbers,
        CAST(count_if(value IS NOT NULL AND statement IN ('self_evaluation', 'performance_target')) AS INTEGER) AS form_numbers, min(confidence) AS least_confidence
    FROM core.cell GROUP BY report_id
), statements AS (
    SELECT report_id, CAST(count(DISTINCT statement) AS INTEGER) AS statements FROM core.statement GROUP BY report_id
), findings AS (
    SELECT report_id, CAST(count_if(severity = 'error' AND NOT coalesce(is_rounding, FALSE)) AS INTEGER) AS errors,
        CAST(count_if(severity = 'warning' AND NOT coalesce(is_rounding, FALSE)) AS INTEGER) AS warnings,
        CAST(count_if(coalesce(is_rounding, FALSE)) AS INTEGER) AS roundings, CAST(count(suspect_cell_id) AS INTEGER) AS suspects
    FROM quality.finding GROUP BY report_id
), unread AS (
    SELECT report_id, CAST(count(*) AS INTEGER) AS unrecognised FROM core.unrecognised GROUP BY report_id
), files AS (
    SELECT report_id, CAST(count(DISTINCT file_sha256) AS INTEGER) AS files FROM core.report_file GROUP BY report_id
)
SELECT r.report_id, r.unit_id, u.name AS unit_name, r.region_code, r.fiscal_year, r.kind, r.scope, r.revision, r.is_current, r.verdict, r.score, f.files,
    s.statements, c.statement_numbers, c.narrative_numbers, c.form_numbers, c.least_confidence, coalesce(x.unrecognised, 0) AS unrecognised,
    coalesce(q.errors, 0) AS errors, coalesce(q.warnings, 0) AS warnings, coalesce(q.roundings, 0) AS roundings, coalesce(q.suspects, 0) AS suspects,
    r.known_from, r.superseded_at
FROM core.dim_report AS r
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN files AS f ON f.report_id = r.report_id
LEFT JOIN statements AS s ON s.report_id = r.report_id
LEFT JOIN cells AS c ON c.report_id = r.report_id
LEFT JOIN unread AS x ON x.report_id = r.report_id
LEFT JOIN findings AS q ON q.report_id = r.report_id
ORDER BY r.report_id
