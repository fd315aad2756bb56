-- every column of every statement that is printed; labels by statement, else by role, else for all statements.
-- columns that no reference row knows are placed by their name: x_y under x, economic_30101 under economic_301, else under total
WITH printed AS (
    SELECT c.statement, coalesce(s.role, split_part(c.statement, '#', 1)) AS role, c.measure
    FROM (SELECT DISTINCT statement, measure FROM core.cell) AS c
    LEFT JOIN (SELECT statement, min(role) AS role FROM core.statement GROUP BY ALL) AS s ON s.statement = c.statement
), labelled AS (
    SELECT p.statement, p.role, p.measure, m.measure IS NOT NULL AS known, m.label_zh, m.label_en, m.component, m.parent_measure, m.stage, m.item, m.unit_class
    FROM printed AS p
    LEFT JOIN stage.seed_measures AS m ON m.measure = p.measure AND m.statement IN (p.statement, p.role, '*')
    QUALIFY row_number() OVER (PARTITION BY p.statement, p.measure ORDER BY CASE m.statement WHEN p.statement THEN 0 WHEN p.role THEN 1 ELSE 2 END) = 1
), parts AS (
    -- 政府性基金_基本支出: the labels of both halves
    SELECT l.statement, l.measure, a.label_zh || '：' || b.label_zh AS label_zh, a.label_en || ': ' || b.label_en AS label_en, b.unit_class,
        coalesce(a.stage, b.stage) AS stage
    FROM labelled AS l
    JOIN stage.seed_measures AS a ON a.statement = '*' AND starts_with(l.measure, a.measure || '_')
    JOIN stage.seed_measures AS b ON b.statement = '*' AND l.measure = a.measure || '_' || b.measure
    WHERE NOT l.known AND l.statement <> 'narrative'
    QUALIFY row_number() OVER (PARTITION BY l.statement, l.measure ORDER BY length(a.measure) DESC) = 1
), above AS (
    SELECT y.statement, y.measure, x.measure AS parent_measure
    FROM labelled AS y
    JOIN printed AS x ON x.statement = y.statement AND x.measure <> y.measure AND (starts_with(y.measure, x.measure || '_')
        OR (x.measure LIKE '%\_total' ESCAPE '\' AND starts_with(y.measure, left(x.measure, length(x.measure) - 5)))
        OR (regexp_matches(x.measure, '^economic_[0-9]+$') AND starts_with(y.measure, x.measure)) OR x.measure = 'total')
    WHERE NOT y.known AND y.statement NOT IN ('narrative', 'self_evaluation', 'performance_target')
        AND NOT regexp_matches(y.measure, '^(previous|change|completion|initial_budget|annual_budget)|(_pct|_count|_people|_groups|_batches)$')
    QUALIFY row_number() OVER (PARTITION BY y.statement, y.measure ORDER BY CASE WHEN x.measure = 'total' THEN 1 ELSE 0 END, length(x.measure) DESC) = 1
), named AS (
    SELECT l.statement, l.role, l.measure, coalesce(l.label_zh, p.label_zh, e.name, n.label_zh) AS label_zh, coalesce(l.label_en, p.label_en, n.label_en) AS label_en,
        l.component, coalesce(l.parent_measure, a.parent_measure) AS parent_measure,
        coalesce(l.stage, p.stage, CASE WHEN l.role LIKE 'three_public%' THEN nullif(regexp_extract(l.measure, '^(budget|final)_', 1), '') END) AS stage,
        coalesce(l.item, CASE WHEN l.role LIKE 'three_public%' AND NOT regexp_matches(l.measure, '(_pct|_count|_people|_groups|_batches)$|^(previous|change|completion)')
            THEN nullif(regexp_extract(l.measure, '^(?:budget|final)_(.+)$', 1), '') END) AS item,
        coalesce(l.unit_class, p.unit_class, n.unit_class, CASE WHEN l.measure LIKE '%\_pct' ESCAPE '\' THEN 'percent' END) AS unit_class
    FROM labelled AS l
    LEFT JOIN parts AS p ON p.statement = l.statement AND p.measure = l.measure
    LEFT JOIN above AS a ON a.statement = l.statement AND a.measure = l.measure
    LEFT JOIN (SELECT code, min(name) AS name FROM stage.seed_subjects WHERE last_year IS NULL GROUP BY ALL) AS e ON 'economic_' || e.code = l.measure
    LEFT JOIN stage.seed_metrics AS n ON l.statement = 'narrative' AND n.metric = l.measure
)
SELECT l.statement, l.measure, l.role, l.label_zh, l.label_en, l.component, l.parent_measure,
    EXISTS (SELECT 1 FROM named AS k WHERE k.statement = l.statement AND k.parent_measure = l.measure) AS is_total_measure,
    -- another year or another stage beside the statement's own: never added to it
    NOT (coalesce(l.stage, '') IN ('previous', 'change') OR regexp_matches(l.measure, '^(previous|change|completion|initial_budget|annual_budget)')
        OR (l.role NOT LIKE 'three_public%' AND regexp_matches(l.measure, '^budget(_|$)')
            AND EXISTS (SELECT 1 FROM printed AS k WHERE k.statement = l.statement AND regexp_matches(k.measure, '^final(_|$)')))) AS is_additive,
    l.stage, l.item, l.unit_class, coalesce(s.label_zh, b.label_zh, r.label_zh) AS statement_zh,
    coalesce(s.label_en, b.label_en, r.label_en) AS statement_en, coalesce(s.fact, b.fact, r.fact) AS fact, coalesce(s.fund, b.fund, r.fund) AS fund, coalesce(s.is_core, FALSE) AS is_core
FROM named AS l
LEFT JOIN stage.seed_statements AS s ON s.statement = l.statement
LEFT JOIN stage.seed_statements AS b ON b.statement = split_part(l.statement, '#', 1) AND s.statement IS NULL
LEFT JOIN (SELECT role, min_by(label_zh, place) AS label_zh, min_by(label_en, place) AS label_en, min_by(fact, place) AS fact, min_by(fund, place) AS fund
    FROM (SELECT *, row_number() OVER () AS place FROM stage.seed_statements) GROUP BY role) AS r
    ON r.role = l.role AND s.statement IS NULL AND b.statement IS NULL
ORDER BY l.statement, l.measure
