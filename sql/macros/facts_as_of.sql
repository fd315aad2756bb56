-- needs: core.dim_report
-- any fact (or core.cell) as it was known at the end of a day: FROM core.facts_as_of('core.fact_income', DATE '2024-09-30')
CREATE OR REPLACE MACRO core.facts_as_of(fact, day) AS TABLE
SELECT f.* FROM query_table(fact) AS f
WHERE f.report_key IN (SELECT report_key FROM core.as_of(day));
