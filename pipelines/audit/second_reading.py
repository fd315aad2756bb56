"""What follows from the second reading (复读) of the suspect cells: a misread cell is our fault, not the publisher's.

The extraction layer reads the cells of quality.suspect again and writes `second_reading` (printed_so, misread); `settle` draws the
conclusions, once the answers are in.
"""

from __future__ import annotations

import duckdb

MISREAD_LEAST = 5
"""So many misread suspects and a report's reading is not trusted."""

_SETTLE = """
UPDATE quality.finding SET
    kind = 'misread', severity = 'warning',
    message = quality.finding.message || '；复读与初读不同：识读有误，非报告之误'
FROM quality.suspect AS s
WHERE s.report_id = quality.finding.report_id AND s.cell_id = quality.finding.suspect_cell_id AND s.second_reading = 'misread'
    AND quality.finding.kind <> 'misread';

CREATE OR REPLACE TEMP TABLE a_settled AS
SELECT f.report_id, count(*) FILTER (f.severity = 'error') AS errors, count(*) FILTER (f.severity = 'warning') AS warnings,
    any_value(m.misread) AS misread, format('{{}} suspect cells were misread', any_value(m.misread)) AS reason
FROM quality.finding AS f
JOIN (SELECT report_id, count(*) AS misread FROM quality.suspect WHERE second_reading = 'misread' GROUP BY report_id) AS m USING (report_id)
GROUP BY f.report_id;

UPDATE quality.verdict SET
    errors = t.errors, warnings = t.warnings,
    verdict = CASE WHEN t.misread >= {least} THEN 'quarantined' ELSE quality.verdict.verdict END,
    reasons = CASE WHEN t.misread >= {least} AND NOT list_contains(quality.verdict.reasons, t.reason)
        THEN list_append(quality.verdict.reasons, t.reason)
        ELSE quality.verdict.reasons END
FROM a_settled AS t WHERE t.report_id = quality.verdict.report_id;

DROP TABLE a_settled;
"""


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Findings about a misread cell become warnings of kind `misread`; a report with MISREAD_LEAST of them is quarantined. Repeatable."""
    con.execute(_SETTLE.format(least=MISREAD_LEAST))
