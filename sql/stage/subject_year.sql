-- which subject a code is in each year that has a report (codes of different schemes never meet: 1 revenue, 2 function, 3 and 5 economic)
SELECT s.code, y.fiscal_year, max(s.subject_key) AS subject_key
FROM core.dim_subject AS s
JOIN core.dim_year AS y ON (s.first_year IS NULL OR y.fiscal_year >= s.first_year) AND (s.last_year IS NULL OR y.fiscal_year <= s.last_year)
GROUP BY s.code, y.fiscal_year
