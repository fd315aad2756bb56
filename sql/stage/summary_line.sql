-- each distinct line of the summary statements, named by the patterns of the reference data
WITH printed AS (
    SELECT DISTINCT side, name,
        regexp_replace(regexp_replace(translate(name, '()', '（）'), '\s|[:：，,]', '', 'g'),
            '^[一二三四五六七八九十]+[、.．]|^（[一二三四五六七八九十0-9]+）|^[0-9]+[、.．]*|^其中', '', 'g') AS folded,
        name LIKE '%其中%' AS of_which
    FROM core.cell
    WHERE statement IN ('t01', 't04', 'b01', 'b04') AND name IS NOT NULL
), matched AS (
    SELECT p.side, p.name, p.folded, p.of_which, s.line, s.line_kind, s.place
    FROM printed AS p
    LEFT JOIN (SELECT side, pattern, line, line_kind, row_number() OVER () AS place FROM stage.seed_summary_lines) AS s
        ON s.side = p.side AND regexp_matches(p.folded, s.pattern)
)
SELECT side, name, folded, of_which, line, line_kind
FROM matched
QUALIFY row_number() OVER (PARTITION BY side, name ORDER BY place) = 1
