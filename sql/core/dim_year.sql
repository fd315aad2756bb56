-- every year that has a report, the year before it (reports speak of it), and those with a price index; real terms in prices of the last year with one
WITH years AS (
    SELECT DISTINCT fiscal_year FROM stage.report
    UNION
    SELECT DISTINCT fiscal_year - 1 FROM stage.report
    UNION
    SELECT year FROM stage.seed_deflators
), level AS (
    SELECT y.fiscal_year, d.cpi_previous_100,
        CASE WHEN d.year IS NOT NULL THEN exp(sum(ln(coalesce(d.cpi_previous_100, 100) / 100)) OVER (ORDER BY y.fiscal_year)) END AS index_level
    FROM years AS y LEFT JOIN stage.seed_deflators AS d ON d.year = y.fiscal_year
)
SELECT fiscal_year, cpi_previous_100, round(index_level / max_by(index_level, fiscal_year) OVER () * 100, 4) AS cpi_last_year_100,
    max(CASE WHEN index_level IS NOT NULL THEN fiscal_year END) OVER () AS price_base_year
FROM level
ORDER BY fiscal_year
