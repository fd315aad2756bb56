-- 元 to 万元, exact
CREATE OR REPLACE MACRO core.wanyuan(yuan) AS CAST(yuan * 0.0001 AS DECIMAL(20,6));
