"""`juesuan audit`: the findings of the published release with evidence, page and suspect cell."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.commands.errors import Fault, one_line
from pipelines.settings import Home

FILES = (".xlsx", ".html", ".json")
MOST_PICTURES = 200  # of a page of findings: about 30 KB each
PICTURE_MARGIN = 60.0  # points around the cell

_FINDINGS = """
SELECT f.report_id, f.severity, f.check_id, f.kind, f.statement, f.page, f.expected_yuan, f.actual_yuan, f.difference_yuan,
       f.tolerance_yuan, f.is_rounding, f.message, f.cell_ids, f.suspect_cell_id, f.suggested_yuan, f.finding_id
FROM quality.finding f LEFT JOIN core.dim_report r USING (report_id)
WHERE CASE WHEN $report IS NULL THEN coalesce(r.is_current, true) ELSE f.report_id = $report END
ORDER BY f.report_id, CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, f.statement, f.page, f.check_id, f.finding_id
"""
_VERDICTS = """
SELECT v.report_id, v.verdict, v.score, r.unit_name, r.fiscal_year, r.kind, r.scope
FROM quality.verdict v JOIN (
    SELECT d.*, u.name AS unit_name FROM core.dim_report d LEFT JOIN core.dim_unit u USING (unit_key)) r USING (report_id)
WHERE CASE WHEN $report IS NULL THEN r.is_current ELSE v.report_id = $report END ORDER BY v.report_id
"""


def run(home: Home, report_id: str | None, as_json: bool, out: Path | None = None) -> int:
    """0; 3 when findings of severity error are among them. With `out` the findings go into a file, the counts to stdout."""
    from pipelines.commands.query import json_bytes, print_json
    from pipelines.warehouse import reader

    if out is not None and out.suffix.lower() not in FILES:
        raise Fault(f"--out {out}: a name that ends in {', '.join(FILES)} is wanted", 2)
    if out is not None and not out.resolve().parent.is_dir():
        raise Fault(f"--out {out}: no such folder", 2)
    con = reader.connect(reader.database(home), home.limits.query_memory_mb)
    try:
        reports = _rows(con, _VERDICTS, report_id)
        findings = _rows(con, _FINDINGS, report_id)
        if report_id is not None and not reports:
            raise Fault(f"{report_id}: no such report in the release (juesuan status lists them)")
        told = {"reports": reports, "findings": findings}
        if out is not None:
            _write(con, home, out, report_id, told, json_bytes)
    finally:
        con.close()
    if out is not None:
        print(f"{out}: {_lines(reports, findings)[-1]}")
    elif as_json:
        print_json(told)
    else:
        print("\n".join(_lines(reports, findings)))
    errors = sum(f["severity"] == "error" for f in findings)
    sys.stdout.flush()
    return 3 if errors else 0


def _write(con: Any, home: Home, out: Path, report_id: str | None, told: dict[str, Any], encode: Callable[[Any], bytes]) -> None:
    """One of FILES, written beside and renamed: a half-written file never stands under the name."""
    from pipelines.audit import report

    beside = out.with_name(f".{out.name}.part")
    try:
        if out.suffix.lower() == ".json":
            beside.write_bytes(encode(told))
        elif out.suffix.lower() == ".xlsx":
            report.to_xlsx(con, beside, report_id)
        else:
            report.to_html(con, beside, report_id, _pictures(con, home))
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _pictures(con: Any, home: Home) -> Callable[[str], bytes | None]:
    """cell_id → the place on its page with the cell boxed, PNG; None where it has no page, and beyond the first MOST_PICTURES."""
    from pipelines.commands.trace import draw, find
    from pipelines.sources.archive import Archive

    archive, known = Archive(home), dict[str, bytes | None]()

    def picture(cell_id: str) -> bytes | None:
        if cell_id in known:
            return known[cell_id]
        if len(known) >= MOST_PICTURES:
            return None
        known[cell_id] = None
        cell = find(con, cell_id)
        record = archive.get(cell["file_sha256"]) if cell else None
        if cell is None or record is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            png = Path(folder) / "cell.png"
            try:
                draw(record.path.read_bytes(), cell, png, dpi=100, margin=PICTURE_MARGIN)
            except Fault:  # no page to draw (text, Word, Excel): the page says the place in words
                return None
            known[cell_id] = png.read_bytes()
        return known[cell_id]

    return picture


def _rows(con: Any, sql: str, report_id: str | None) -> list[dict[str, Any]]:
    cursor = con.execute(sql, {"report": report_id})
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _lines(reports: list[dict[str, Any]], findings: list[dict[str, Any]]) -> list[str]:
    out = []
    by_report: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        by_report.setdefault(finding["report_id"], []).append(finding)
    known = {r["report_id"]: r for r in reports}
    for report_id in [*known, *(r for r in by_report if r not in known)]:
        if (r := known.get(report_id)) is not None:
            score = f", score {r['score']:.0f}" if r["score"] is not None else ""
            out.append(f"{report_id}  {r['unit_name'] or ''} {r['fiscal_year']} {r['kind']} {r['scope']}: {r['verdict']}{score}")
        else:
            out.append(f"{report_id or 'no report'}")
        for f in by_report.get(report_id, []):
            where = " ".join(x for x in (f["statement"] or "", f"page {f['page']}" if f["page"] is not None else "") if x)
            line = f"{f['severity']:7} {f['check_id']}" + (f" [{where}]" if where else "") + f": {f['message']}"
            out.append("  " + one_line(line))
            if f["suspect_cell_id"]:
                mend = f", would hold with {f['suggested_yuan']:,} 元" if f["suggested_yuan"] is not None else ""
                out.append(f"          suspect {f['suspect_cell_id']}{mend}")
            elif f["cell_ids"] and f["severity"] != "info":
                more = f" and {len(f['cell_ids']) - 3} more" if len(f["cell_ids"]) > 3 else ""
                out.append(f"          cells {' '.join(f['cell_ids'][:3])}{more}")
    counts = {s: sum(f["severity"] == s for f in findings) for s in ("error", "warning", "info")}
    out.append(f"{len(reports)} reports: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
    return out
