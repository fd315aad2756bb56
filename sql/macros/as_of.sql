-- needs: core.dim_report
-- the report revisions that were known at the end of a day in Asia/Shanghai (UTC+8, no summer time since 1991)
CREATE OR REPLACE MACRO core.as_of(day) AS TABLE
SELECT * FROM core.dim_report AS r
WHERE r.known_from < CAST(day AS DATE) + INTERVAL 16 HOUR AND (r.superseded_at IS NULL OR r.superseded_at >= CAST(day AS DATE) + INTERVAL 16 HOUR);
