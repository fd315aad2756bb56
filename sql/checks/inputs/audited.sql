-- What the findings of a report depend on, as one key: its files, its place, what assembling said of it, the same of the reports it is compared with,
-- and the basis (code, rules, seeds, reader). A report whose key the last release knows need not be audited again. Out: a_audited.
CREATE OR REPLACE TEMP TABLE a_audited AS
WITH slots AS (
    SELECT report_id, string_agg(concat_ws(':', slot, file_sha256, part_no), ';' ORDER BY slot, file_sha256, part_no) AS said FROM stage.report_slot GROUP BY ALL
), parts AS (
    SELECT report_id, string_agg(concat_ws(':', file_sha256, part_no, part, contributes), ';' ORDER BY file_sha256, part_no, part) AS said
    FROM stage.report_part GROUP BY ALL
), reading AS (
    SELECT report_id, string_agg(concat_ws(':', check_id, severity, statement, page, message), ';' ORDER BY check_id, statement, page, message) AS said
    FROM core.reading_finding GROUP BY ALL
), own AS (
    SELECT r.report_key, r.report_id, r.unit_id, r.fiscal_year, r.kind, r.scope, r.is_current,
        md5(concat_ws('|', getvariable('basis'), r.report_id, r.unit_id, r.fiscal_year, r.kind, r.scope, r.is_current, r.department,
            s.said, p.said, f.said)) AS own_key
    FROM core.dim_report AS r LEFT JOIN slots AS s USING (report_id) LEFT JOIN parts AS p USING (report_id) LEFT JOIN reading AS f USING (report_id)
)
SELECT o.report_key AS report_no, o.report_id, o.fiscal_year, md5(concat_ws('|', o.own_key, coalesce(l.own_key, '-'), coalesce(b.own_key, '-'))) AS audit_key,
    TRUE AS is_due, l.report_key AS last_no, b.report_key AS budget_no
FROM own AS o
-- the reports it is compared with (63_rules_years): last year's, and the budget of the year
LEFT JOIN own AS l ON o.is_current AND l.is_current AND l.unit_id = o.unit_id AND l.kind = o.kind AND l.scope = o.scope AND l.fiscal_year = o.fiscal_year - 1
LEFT JOIN own AS b ON o.is_current AND b.is_current AND o.kind = 'final' AND b.kind = 'budget' AND b.unit_id = o.unit_id AND b.scope = o.scope
    AND b.fiscal_year = o.fiscal_year;
