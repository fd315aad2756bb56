-- every column of every statement that is printed; labels by statement, else by role, else for all statements
WITH printed AS (
    SELECT DISTINCT c.statement, coalesce(s.role, split_part(c.statement, '#', 1)) AS role, c.measure
    FROM (SELECT DISTINCT statement, measure FROM core.cell) AS c
    LEFT JOIN (SELECT statement, min(role) AS role FROM core.statement GROUP BY ALL) AS s ON s.statement = c.statement
), labelled AS (
    SELECT p.statement, p.role, p.measure, m.label_zh, m.label_en, m.component, m.parent_measure, m.stage, m.item, m.unit_class,
        row_number() OVER (PARTITION BY p.statement, p.measure
            ORDER BY CASE m.statement WHEN p.statement THEN 0 WHEN p.role THEN 1 ELSE 2 END) AS choice
    FROM printed AS p
    LEFT JOIN stage.seed_measures AS m ON m.measure = p.measure AND m.statement IN (p.statement, p.role, '*')
)
SELECT l.statement, l.measure, l.role, coalesce(l.label_zh, n.label_zh) AS label_zh, coalesce(l.label_en, n.label_en) AS label_en, l.component,
    l.parent_measure, EXISTS (SELECT 1 FROM labelled AS k WHERE k.statement = l.statement AND k.parent_measure = l.measure AND k.choice = 1) AS is_total_measure,
    l.stage, l.item, coalesce(l.unit_class, n.unit_class) AS unit_class, coalesce(s.label_zh, r.label_zh) AS statement_zh,
    coalesce(s.label_en, r.label_en) AS statement_en, coalesce(s.fact, r.fact) AS fact, coalesce(s.fund, r.fund) AS fund,
    coalesce(s.is_core, FALSE) AS is_core
FROM labelled AS l
LEFT JOIN stage.seed_statements AS s ON s.statement = l.statement
LEFT JOIN stage.seed_statements AS r ON r.statement = split_part(l.statement, '#', 1) OR (r.statement = l.role AND s.statement IS NULL AND split_part(l.statement, '#', 1) <> l.role)
LEFT JOIN stage.seed_metrics AS n ON l.statement = 'narrative' AND n.metric = l.measure
WHERE l.choice = 1
ORDER BY l.statement, l.measure
