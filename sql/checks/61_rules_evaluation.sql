-- Self-evaluation forms (项目支出绩效自评表). In: a_cell0 (statement self_evaluation), a_eline, a_eval, a_said. Out: a_found.
CREATE OR REPLACE TEMP TABLE a_eval_line AS
SELECT c.report_no, c.inst AS form_no, c.row_no, any_value(c.block) AS block, any_value(c.name) AS name, min(c.page) AS page,
    max(c.value) FILTER (c.measure = 'weight') AS weight, max(c.value) FILTER (c.measure = 'score') AS score,
    max(c.value) FILTER (c.measure = 'execution_rate') AS rate, max(c.decimals) FILTER (c.measure = 'execution_rate') AS rate_decimals,
    max(c.value) FILTER (c.measure = 'annual_budget') AS annual, max(c.value) FILTER (c.measure = 'initial_budget') AS initial,
    max(c.value) FILTER (c.measure = 'executed') AS executed, max(c.value) FILTER (c.measure = 'deviation_pct') AS deviation,
    max(c.value) FILTER (c.measure = 'total_weight') AS total_weight, max(c.value) FILTER (c.measure = 'total_score') AS total_score,
    any_value(c.cell_no) FILTER (c.measure = 'weight') AS weight_no, any_value(c.cell_no) FILTER (c.measure = 'score') AS score_no,
    any_value(c.cell_no) FILTER (c.measure = 'execution_rate') AS rate_no, any_value(c.cell_no) FILTER (c.measure = 'executed') AS executed_no,
    any_value(c.cell_no) FILTER (c.measure = 'annual_budget') AS annual_no, any_value(c.cell_no) FILTER (c.measure = 'deviation_pct') AS deviation_no,
    any_value(c.cell_no) FILTER (c.measure = 'total_weight') AS total_weight_no, any_value(c.cell_no) FILTER (c.measure = 'total_score') AS total_score_no
FROM a_cell0 AS c WHERE c.st = 'self_evaluation' GROUP BY c.report_no, c.inst, c.row_no;

CREATE OR REPLACE TEMP TABLE a_form AS
SELECT
    report_no, form_no, min(page) AS page,
    sum(weight) FILTER (block <> 'total') AS weights, count(weight) FILTER (block <> 'total') AS n_weights,
    -- a score that is not printed beside a printed weight and rate follows from them
    sum(coalesce(score, CASE WHEN block = 'fund' THEN round(weight * rate / 100, 2) END)) FILTER (block <> 'total') AS scores,
    count(score) FILTER (block <> 'total') AS n_scores,
    count(*) FILTER (block <> 'total' AND weight IS NOT NULL AND score IS NULL AND NOT coalesce(block = 'fund' AND rate IS NOT NULL, FALSE)) AS n_unscored,
    count(*) FILTER (block = 'indicator') AS n_indicators,
    max(total_weight) AS total_weight, max(total_score) AS total_score,
    any_value(total_weight_no) AS total_weight_no, any_value(total_score_no) AS total_score_no,
    list(weight_no ORDER BY row_no) FILTER (weight IS NOT NULL) AS weight_nos, list(score_no ORDER BY row_no) FILTER (score IS NOT NULL) AS score_nos
FROM a_eval_line GROUP BY report_no, form_no;

INSERT INTO a_found
SELECT report_no, check_no('weight_sum'), 'weight_sum', 'error', 'self_evaluation', page, NULL, NULL, NULL, NULL, coalesce(total_weight, 100), weights, FALSE,
    list_concat(if(total_weight_no IS NULL, [], [total_weight_no]), weight_nos), NULL, NULL, NULL, '自评表' || form_no || '：分值合计 ' || round(weights, 2) || '，总分 ' || coalesce(total_weight, 100), 'eq'
FROM a_form WHERE n_indicators > 0 AND n_weights > 2 AND abs(weights - coalesce(total_weight, 100)) > 0.005 * (n_weights + 1) + 1e-9;

INSERT INTO a_found
SELECT report_no, check_no('score_sum'), 'score_sum', 'error', 'self_evaluation', page, NULL, NULL, NULL, NULL, scores, total_score, FALSE,
    list_concat([total_score_no], score_nos), NULL, NULL, NULL, '自评表' || form_no || '：得分合计 ' || round(scores, 2) || '，总分 ' || total_score, 'eq'
FROM a_form WHERE total_score IS NOT NULL AND n_unscored = 0 AND n_scores > 2 AND abs(scores - total_score) > 0.005 * (n_scores + 1) + 1e-9;

INSERT INTO a_found
SELECT report_no, check_no('total_missing'), 'total_missing', 'warning', 'self_evaluation', page, NULL, NULL, NULL, NULL, scores, NULL, FALSE,
    [total_score_no], total_score_no, NULL, NULL, '自评表' || form_no || '：总分未填，各项得分合计 ' || round(scores, 2), 'eq'
FROM a_form WHERE n_indicators > 0 AND total_score_no IS NOT NULL AND total_score IS NULL AND total_weight IS NULL;

INSERT INTO a_found  -- points lost without a reason (indicators) or without a problem and remedy (management)
SELECT l.report_no, check_no('reason_missing'), 'reason_missing', 'warning', 'self_evaluation', l.page, NULL, NULL, NULL, NULL, l.weight, l.score, FALSE,
    [l.score_no, l.weight_no], l.score_no, NULL, NULL,
    '自评表' || l.form_no || ' ' || coalesce(l.name, '') || '：扣 ' || round(l.weight - l.score, 2) || ' 分，未说明' || if(l.block = 'management', '存在问题', '偏差原因'), 'eq'
FROM a_eval_line AS l JOIN a_eline AS t ON t.report_no = l.report_no AND t.form_no = l.form_no AND t.row_no = l.row_no
-- only where the report's forms have that column: one of their lines fills it
SEMI JOIN (SELECT DISTINCT report_no, block FROM a_eline WHERE coalesce(trim(problem), '') NOT IN ('', '-', '—')) AS k
    ON k.report_no = l.report_no AND k.block = l.block
WHERE l.block IN ('management', 'indicator') AND l.score < l.weight - 0.005 AND coalesce(trim(t.problem), '') IN ('', '无', '-', '—');

INSERT INTO a_found
SELECT report_no, check_no('score_over_weight'), 'score_over_weight', 'error', 'self_evaluation', page, NULL, NULL, NULL, NULL, weight, score, FALSE,
    [score_no, weight_no], score_no, NULL, NULL, '自评表' || form_no || ' ' || coalesce(name, '') || '：得分 ' || score || ' 大于分值 ' || weight, 'eq'
FROM a_eval_line WHERE block IN ('fund', 'management', 'indicator') AND score > weight + 0.005;

INSERT INTO a_found  -- 执行率
SELECT report_no, check_no('execution_rate'), 'execution_rate', if(deviation <= 2 * step, 'info', 'warning'), 'self_evaluation', page, NULL, NULL, NULL, NULL,
    round(expected, 4), rate, deviation <= 2 * step, [rate_no, executed_no, annual_no], rate_no, NULL, NULL,
    '自评表' || form_no || ' ' || coalesce(name, '') || '：执行率 ' || rate || '，执行数 / 全年预算数 = ' || round(expected, 2), 'eq'
FROM (
    SELECT *, 100 * executed / nullif(annual, 0) AS expected, abs(rate - 100 * executed / nullif(annual, 0)) AS deviation,
        pow(10.0, -least(rate_decimals, 2)) AS step
    FROM a_eval_line WHERE block = 'fund' AND rate IS NOT NULL AND executed IS NOT NULL
) WHERE expected IS NOT NULL AND deviation > 0.5 * step + 1e-9 + 50 * 0.01 / greatest(annual, 0.01);

INSERT INTO a_found  -- excess over 30 points printed without the 30: a convention of the form, said once
WITH measured AS (
    SELECT l.report_no, l.form_no, l.row_no, l.page, l.deviation, l.deviation_no,
        TRY_CAST(regexp_extract(regexp_replace(t.target, '[0-9.]+\s*[-~—－]\s*', ''), '([0-9]+(\.[0-9]+)?)', 1) AS DOUBLE) AS target,
        TRY_CAST(regexp_extract(t.actual, '([0-9]+(\.[0-9]+)?)', 1) AS DOUBLE) AS actual
    FROM a_eval_line AS l JOIN a_eline AS t ON t.report_no = l.report_no AND t.form_no = l.form_no AND t.row_no = l.row_no
    WHERE l.block = 'indicator' AND l.deviation > 0
)
SELECT report_no, check_no('deviation_convention'), 'systemic', 'info', 'self_evaluation', min(page), NULL, NULL, NULL, NULL, NULL, NULL, FALSE,
    list(deviation_no ORDER BY form_no, row_no), NULL, NULL, NULL, count(*) || ' 项超额指标的偏差按超过 30% 的部分列示', 'eq'
FROM measured WHERE target > 0 AND abs((100 * actual / target - 100) - 30 - deviation) < 0.011
GROUP BY report_no;

INSERT INTO a_found  -- 自评得分全部在…分及以上
SELECT f.report_no, check_no('minimum_score'), 'form_vs_narrative', 'error', 'self_evaluation', o.page, NULL, NULL, NULL, NULL, f.value, o.total_score, FALSE,
    [o.total_score_no, f.cell_no], NULL, NULL, NULL, '自评表' || o.form_no || '：总分 ' || o.total_score || '，情况说明称全部在 ' || f.value || ' 分及以上', 'eq'
FROM a_said AS f JOIN a_form AS o ON o.report_no = f.report_no AND o.total_score < f.value - 1e-9
WHERE f.metric = 'performance.self_evaluation.minimum_score_claim';

INSERT INTO a_found
SELECT f.report_no, check_no('form_count'), 'form_vs_narrative', 'info', 'self_evaluation', f.page, NULL, NULL, NULL, NULL, f.value, o.n, FALSE,
    [f.cell_no], NULL, NULL, NULL, '情况说明称自评 ' || f.value::INTEGER || ' 个项目，附表 ' || o.n || ' 份', 'eq'
FROM a_said AS f JOIN (SELECT report_no, count(*) AS n FROM a_form WHERE n_indicators > 0 GROUP BY report_no) AS o ON o.report_no = f.report_no
WHERE f.metric = 'performance.self_evaluation.projects' AND o.n > 1 AND f.value <> o.n
QUALIFY row_number() OVER (PARTITION BY f.report_no ORDER BY f.row_no) = 1;
