-- quality.verdict: reading 40: a reading error takes all, a warning 5, low confidence its share; identities 35: by the share that holds, an error 5;
-- completeness 15: core statements that are there; wording 10: 2 for each warning of wording, names, codes, presence.
INSERT INTO quality.verdict
WITH reading AS (
    SELECT report_no,
        count(*) FILTER (severity = 'error') AS errors,
        count(*) FILTER (severity = 'error' AND (statement IN (SELECT st FROM a_core) OR statement IS NULL)) AS core_errors,
        count(*) FILTER (severity = 'warning') AS warnings,
        string_agg(DISTINCT message, '; ') FILTER (severity = 'error' AND (statement IN (SELECT st FROM a_core) OR statement IS NULL)) AS why
    FROM (
        -- a table of unknown role is a finding where all core statements are there, and may be the missing one where not
        SELECT f.* FROM a_reading AS f JOIN a_report AS r USING (report_no)
        WHERE f.statement IS NOT NULL OR f.severity <> 'error' OR (
            SELECT count(DISTINCT s.st) FROM a_statement AS s WHERE s.report_no = f.report_no
                AND s.st IN ('t01', 't02', 't03', 't04', 't05', 'b01', 'b02', 'b03', 'b04')) < CASE r.kind WHEN 'final' THEN 5 ELSE 4 END
    ) GROUP BY report_no
), identities AS (
    SELECT report_no, count(*) AS checked, count(*) FILTER (outcome = 'broken') AS broken
    FROM a_result WHERE outcome <> 'blank' AND kind IN ('parent_child', 'row_sum', 'table_sum', 'table_vs_table') GROUP BY report_no
), cells AS (
    SELECT report_key AS report_no, avg(confidence) AS confidence, count(DISTINCT statement) FILTER (statement IN (SELECT st FROM a_core)) AS core_statements
    FROM core.cell SEMI JOIN a_looked_at AS a ON a.report_no = core.cell.report_key GROUP BY report_key
), findings AS (
    SELECT report_id, count(*) FILTER (severity = 'error') AS errors, count(*) FILTER (severity = 'warning') AS warnings,
        count(*) FILTER (severity = 'info') AS infos,
        count(*) FILTER (severity IN ('error', 'warning') AND kind IN ('wording', 'name_variant', 'code', 'presence')) AS wording,
        count(*) FILTER (severity = 'error' AND kind <> 'reading') AS publisher_errors
    FROM quality.finding GROUP BY report_id
), joined AS (
    SELECT
        r.report_id, coalesce(f.errors, 0) AS errors, coalesce(f.warnings, 0) AS warnings, coalesce(f.infos, 0) AS infos,
        coalesce(d.core_errors, 0) AS core_errors, d.why, coalesce(i.checked, 0) AS checked, coalesce(i.broken, 0) AS broken,
        40.0 * CASE WHEN coalesce(d.errors, 0) > 0 THEN 0 ELSE greatest(0, 1 - 0.125 * coalesce(d.warnings, 0)) * coalesce(c.confidence, 1) END AS reading,
        greatest(0, 35.0 * (1 - coalesce(i.broken / nullif(i.checked, 0), 0)) - 5 * least(coalesce(f.publisher_errors, 0), 5)) AS identities,
        15.0 * least(1, coalesce(c.core_statements, 0) / CASE r.kind WHEN 'final' THEN 6 ELSE 5 END) AS completeness,
        greatest(0, 10.0 - 2 * coalesce(f.wording, 0)) AS wording
    FROM a_report AS r
    LEFT JOIN reading AS d USING (report_no) LEFT JOIN identities AS i USING (report_no) LEFT JOIN cells AS c USING (report_no)
    LEFT JOIN findings AS f ON f.report_id = r.report_id
    WHERE r.is_due
), judged AS (
    SELECT *, broken >= broken_least() AND broken > broken_share() * checked AS unbelievable FROM joined
)
SELECT
    report_id,
    CASE WHEN core_errors > 0 OR unbelievable THEN 'quarantined' WHEN errors + warnings > 0 THEN 'admitted_with_findings' ELSE 'admitted' END,
    round(reading + identities + completeness + wording, 1), round(reading, 1), round(identities, 1), round(completeness, 1), round(wording, 1),
    errors, warnings, infos,
    list_filter([
        CASE WHEN core_errors > 0 THEN '核心报表未能可靠识读：' || why END,
        CASE WHEN unbelievable THEN format('{} of {} identities of the statements are broken: the reading cannot be trusted', broken, checked) END,
        CASE WHEN errors > 0 THEN format('{} error(s)', errors) END,
        CASE WHEN warnings > 0 THEN format('{} warning(s)', warnings) END
    ], lambda x: x IS NOT NULL)
FROM judged ORDER BY report_id;
