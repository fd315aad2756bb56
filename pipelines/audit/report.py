"""The findings report (审核报告): rows for the command line and Excel, and an offline HTML page of suites, findings and coverage.

The page is one file: styles inside, no script, no address of anything. With page images it shows each finding boxed on its page.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb

PageImage = Callable[[str], bytes | None]
"""cell_id → a PNG of the page with the cell boxed, or None where there is no page image."""

SEVERITY = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}
VERDICT = {"admitted": "采用", "admitted_with_findings": "采用（有发现）", "quarantined": "隔离"}

_FINDINGS = """
SELECT f.report_id, f.severity, f.check_id, f.kind, f.statement, f.page, f.message, f.expected_yuan, f.actual_yuan, f.difference_yuan,
    f.tolerance_yuan, f.expected, f.actual, f.is_rounding, f.suspect_cell_id, f.suggested_yuan, f.confidence, f.cell_ids, f.finding_id,
    s.printed AS suspect_printed, s.edit, s.second_reading
FROM quality.finding AS f
LEFT JOIN quality.suspect AS s ON s.report_id = f.report_id AND s.cell_id = f.suspect_cell_id
WHERE $report IS NULL OR f.report_id = $report
ORDER BY f.report_id, CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.statement, f.page, f.check_id, f.finding_id
"""

_REPORTS = """
SELECT r.report_id, u.name AS unit_name, r.fiscal_year, r.kind, r.scope, r.revision, r.is_current, v.verdict, v.score, v.score_reading,
    v.score_identities, v.score_completeness, v.score_wording, v.errors, v.warnings, v.infos, array_to_string(v.reasons, '; ') AS reasons
FROM core.dim_report AS r
LEFT JOIN core.dim_unit AS u ON u.unit_key = r.unit_key
LEFT JOIN quality.verdict AS v ON v.report_id = r.report_id
WHERE $report IS NULL OR r.report_id = $report ORDER BY r.report_id
"""


def _rows(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    cursor = con.execute(sql, parameters) if parameters else con.execute(sql)
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def findings(con: duckdb.DuckDBPyConnection, report_id: str | None = None) -> list[dict[str, Any]]:
    """The findings of a report (all without `report_id`), errors first: amounts in 元, with suspect cell, its printed text and the mend."""
    return _rows(con, _FINDINGS, {"report": report_id})


def reports(con: duckdb.DuckDBPyConnection, report_id: str | None = None) -> list[dict[str, Any]]:
    """Verdict and score of the reports, with the parts of the score."""
    return _rows(con, _REPORTS, {"report": report_id})


def to_xlsx(con: duckdb.DuckDBPyConnection, path: Path, report_id: str | None = None) -> None:
    """Writes an Excel workbook: sheets reports, findings."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in (("reports", reports(con, report_id)), ("findings", findings(con, report_id))):
        sheet = book.create_sheet(title)
        names = list(rows[0]) if rows else ["report_id"]
        sheet.append(names)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in rows:
            sheet.append([", ".join(v) if isinstance(v, list) else v for v in row.values()])
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
    book.save(path)


def to_html(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    report_id: str | None = None,
    image: PageImage | None = None,
    severities: Iterable[str] = ("error", "warning"),
) -> None:
    """Writes the quality page: reports with their findings of `severities`, coverage, identities, suites. Opens without a network."""
    from jinja2 import Environment, PackageLoader

    shown = set(severities)
    by_report: dict[str, list[dict[str, Any]]] = {}
    for finding in findings(con, report_id):
        if finding["severity"] in shown:
            finding["image"] = _picture(finding, image)
            by_report.setdefault(finding["report_id"], []).append(finding)
    suites = _rows(
        con,
        "SELECT layer, table_name, count(*) AS expectations, count(*) FILTER (NOT success AND NOT broken_check) AS failed,"
        " count(*) FILTER (broken_check) AS broken, string_agg(message, '; ') FILTER (NOT success) AS messages"
        " FROM quality.suite_result GROUP BY ALL ORDER BY layer, table_name",
    )
    checks = _rows(
        con,
        "SELECT check_id, sum(checked) AS checked, sum(held) AS held, sum(rounding) AS rounding, sum(broken) AS broken"
        " FROM quality.identity_result WHERE $report IS NULL OR report_id = $report GROUP BY ALL ORDER BY broken DESC, check_id",
        {"report": report_id},
    )
    environment = Environment(loader=PackageLoader("pipelines.audit", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.get_template("quality.html.j2").render(
        reports=reports(con, report_id),
        findings=by_report,
        suites=suites,
        checks=checks,
        coverage=_rows(con, "SELECT * FROM quality.coverage ORDER BY fiscal_year, kind, scope"),
        files=_rows(con, "SELECT * FROM quality.file_status WHERE state <> 'ok' ORDER BY ALL"),
        severity=SEVERITY,
        verdict=VERDICT,
    )
    path.write_text(page, encoding="utf-8")


def _picture(finding: dict[str, Any], image: PageImage | None) -> str | None:
    cell = finding["suspect_cell_id"] or next(iter(finding["cell_ids"]), None)
    png = image(cell) if image and cell else None
    return base64.b64encode(png).decode() if png else None
