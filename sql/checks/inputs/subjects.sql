-- Known subjects, where the reference data is there.
CREATE OR REPLACE TEMP TABLE a_subject AS
SELECT scheme, code, translate(regexp_replace(name, '\s', '', 'g'), '()', '（）') AS norm FROM core.dim_subject WHERE source <> 'report'
