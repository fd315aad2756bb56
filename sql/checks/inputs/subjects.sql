-- Known subjects, where the reference data is there: every name a code is known under.
CREATE OR REPLACE TEMP TABLE a_subject AS
SELECT DISTINCT scheme, code, translate(regexp_replace(one, '\s', '', 'g'), '()', '（）') AS norm FROM (
    SELECT scheme, code, unnest(list_prepend(name, coalesce(string_split_regex(other_names, '[|;；]'), []))) AS one FROM core.dim_subject WHERE source <> 'report'
);
