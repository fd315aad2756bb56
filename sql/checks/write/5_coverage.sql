-- quality.coverage: reports by verdict, and how many amounts are in an identity, by year, kind and scope.
INSERT INTO quality.coverage
WITH touched AS (SELECT cell_no, count(*) AS n FROM a_term GROUP BY cell_no)
SELECT r.fiscal_year, r.kind, r.scope, count(DISTINCT r.report_no), count(DISTINCT r.report_no) FILTER (v.verdict = 'admitted'),
    count(DISTINCT r.report_no) FILTER (v.verdict = 'admitted_with_findings'), count(DISTINCT r.report_no) FILTER (v.verdict = 'quarantined'),
    count(c.cell_no), count(t.cell_no), count(t.cell_no) FILTER (t.n > 1)
FROM a_report AS r
LEFT JOIN quality.verdict AS v ON v.report_id = r.report_id
LEFT JOIN a_cell AS c ON c.report_no = r.report_no AND c.fen IS NOT NULL AND c.is_statement
LEFT JOIN touched AS t ON t.cell_no = c.cell_no
GROUP BY ALL ORDER BY ALL;
