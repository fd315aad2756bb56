"""What an independent second reading says of the suspect cells (复读): printed so, or misread.

The extraction layer reads the cells of quality.suspect again by another reader and hands the texts here. Nothing is read in this room.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipelines.reports.amounts import parse_number

_WANTED = """
SELECT s.cell_id, s.file_sha256, s.page, s.printed, c.locator
FROM quality.suspect AS s JOIN core.cell AS c ON c.report_id = s.report_id AND c.cell_id = s.cell_id
WHERE s.second_reading IS NULL ORDER BY s.file_sha256, s.page, s.cell_id
"""


def wanted(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int | None, str, str | None]]:
    """(cell_id, file_sha256, page, printed, locator as JSON) of the cells to read again, by file and page."""
    return con.execute(_WANTED).fetchall()


def decide(con: duckdb.DuckDBPyConnection, texts: Mapping[str, str]) -> dict[str, str]:
    """Compares the texts of a second reader with the first reading; sets quality.suspect.second_reading and returns it by cell.

    `printed_so`: both readers see the same number, so the report prints it. `misread`: they differ; the finding then is about the
    reading, not about the publisher.
    """
    out: dict[str, str] = {}
    for cell_id, _, _, printed, _ in wanted(con):
        if cell_id in texts:
            same = parse_number(texts[cell_id]) == parse_number(printed)
            out[cell_id] = "printed_so" if same else "misread"
    for cell_id, outcome in out.items():
        con.execute("UPDATE quality.suspect SET second_reading = ? WHERE cell_id = ?", [outcome, cell_id])
    return out
