-- the reference data, and the codes that only reports know (source = report); a code reused after a reform is two subjects
WITH seed AS (
    SELECT scheme, code, name, first_year, last_year, harmonized_code, other_names, source, definition FROM stage.seed_subjects
), learned AS (
    SELECT n.scheme, n.code, max_by(n.name, n.reports * 10000 + n.fiscal_year) AS name, CAST(NULL AS INTEGER) AS first_year, CAST(NULL AS INTEGER) AS last_year,
        n.code AS harmonized_code, CAST(NULL AS VARCHAR) AS other_names, 'report' AS source, CAST(NULL AS VARCHAR) AS definition
    FROM (SELECT scheme, code, name, sum(reports) AS reports, max(fiscal_year) AS fiscal_year FROM core.subject_name GROUP BY ALL) AS n
    WHERE NOT EXISTS (SELECT 1 FROM seed AS s WHERE s.scheme = n.scheme AND s.code = n.code)
    GROUP BY ALL
), attested AS (
    SELECT scheme, code, min(fiscal_year) AS attested_first_year, max(fiscal_year) AS attested_last_year FROM core.subject_name GROUP BY ALL
), defined AS (
    SELECT regexp_replace(term, '（.*）|[：:]$', '', 'g') AS term, mode(definition ORDER BY definition) AS definition FROM core.glossary GROUP BY ALL
)
SELECT CAST(row_number() OVER (ORDER BY s.scheme, s.code, coalesce(s.first_year, 0)) AS INTEGER) AS subject_key, s.scheme, s.code,
    CAST(CASE length(s.code) WHEN 3 THEN 1 WHEN 5 THEN 2 ELSE 3 END AS INTEGER) AS level, s.name,
    CASE WHEN length(s.code) > 3 THEN left(s.code, length(s.code) - 2) END AS parent_code, s.first_year, s.last_year, s.harmonized_code,
    coalesce(s.definition, d.definition) AS definition, s.other_names, s.source, a.attested_first_year, a.attested_last_year
FROM (SELECT * FROM seed UNION ALL SELECT * FROM learned) AS s
LEFT JOIN attested AS a ON a.scheme = s.scheme AND a.code = s.code
LEFT JOIN defined AS d ON d.term = s.name
ORDER BY subject_key
