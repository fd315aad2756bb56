-- quality.audited: the key of what was audited, and how many amounts of statements are in an identity.
INSERT INTO quality.audited
WITH touched AS (
    SELECT cell_no, count(*) AS n FROM a_term GROUP BY cell_no
), amounts AS (
    SELECT c.report_no, count(*) AS cells, count(t.cell_no) AS checked, count(t.cell_no) FILTER (t.n > 1) AS checked_twice
    FROM a_cell AS c LEFT JOIN touched AS t ON t.cell_no = c.cell_no
    WHERE c.fen IS NOT NULL AND c.is_statement GROUP BY c.report_no
)
SELECT u.report_id, u.audit_key, coalesce(a.cells, 0), coalesce(a.checked, 0), coalesce(a.checked_twice, 0)
FROM a_audited AS u LEFT JOIN amounts AS a ON a.report_no = u.report_no
WHERE u.is_due ORDER BY u.report_id;
