-- every name under which a code is printed, by year: what subjects are learned and checked from
WITH coded AS (
    SELECT c.code, r.fiscal_year, regexp_replace(c.name, '\s', '', 'g') AS name, r.report_id
    FROM core.cell AS c JOIN core.dim_report AS r ON r.report_key = c.report_key
    WHERE c.code IS NOT NULL AND c.name IS NOT NULL AND c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target')
        AND regexp_full_match(c.code, '[1235][0-9]{2}([0-9]{2}){0,2}')
)
SELECT CASE left(code, 1) WHEN '1' THEN 'revenue' WHEN '2' THEN 'function' WHEN '3' THEN 'economic_department' ELSE 'economic_government' END AS scheme,
    code, fiscal_year, name, CAST(count(DISTINCT report_id) AS INTEGER) AS reports
FROM coded
GROUP BY ALL
ORDER BY scheme, code, fiscal_year, name
