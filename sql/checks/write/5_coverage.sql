-- quality.coverage: reports by verdict, and how many amounts are in an identity, by year, kind and scope.
INSERT INTO quality.coverage
WITH touched AS (
    SELECT cell_no, count(*) AS n FROM a_term GROUP BY cell_no
), amounts AS (
    SELECT c.report_no, count(*) AS cells, count(t.cell_no) AS checked, count(t.cell_no) FILTER (t.n > 1) AS checked_twice
    FROM a_cell AS c LEFT JOIN touched AS t ON t.cell_no = c.cell_no
    WHERE c.fen IS NOT NULL AND c.is_statement GROUP BY c.report_no
)
SELECT r.fiscal_year, r.kind, r.scope, count(*), count(*) FILTER (v.verdict = 'admitted'), count(*) FILTER (v.verdict = 'admitted_with_findings'),
    count(*) FILTER (v.verdict = 'quarantined'), coalesce(sum(a.cells), 0), coalesce(sum(a.checked), 0), coalesce(sum(a.checked_twice), 0)
FROM a_report AS r
LEFT JOIN quality.verdict AS v ON v.report_id = r.report_id
LEFT JOIN amounts AS a ON a.report_no = r.report_no
GROUP BY ALL ORDER BY ALL;
