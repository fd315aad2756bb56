"""The audit against the known inconsistencies of the gold reports: found, rounding told from error, and nothing else."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.audit import checks
from pipelines.reports.serialize import from_json

GOLD = Path(__file__).parents[1].parent / "shared" / "gold"
pytestmark = pytest.mark.skipif(not GOLD.exists(), reason="the gold reports are not here")

REQUIRED = {"weight_sum", "score_sum", "total_missing", "reason_missing", "form_vs_narrative"}
PERCENT = {"percent_vs_amount", "pct_vs_amount"}


@pytest.fixture(scope="module")
def audited() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    data = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(GOLD.glob("*.json"))}
    reports = []
    for name, one in data.items():
        report = from_json(one)
        report.report_id = name
        reports.append(report)
    con = checks.audit_reports(reports)
    cursor = con.execute(
        """
        SELECT f.*, c.statement AS first_statement, c.code AS first_code, c.name AS first_name, c.measure AS first_measure
        FROM quality.finding AS f LEFT JOIN core.cell AS c ON c.report_id = f.report_id AND c.cell_id = f.cell_ids[1]
        """
    )
    names = [d[0] for d in cursor.description]
    return data, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _matches(entry: dict[str, Any], f: dict[str, Any]) -> bool:
    """Is the finding about this entry: the same kind, the same place, the same difference?"""
    kind, said = entry["kind"], entry["description"]
    if kind in PERCENT:
        return (
            f["kind"] == "percent_vs_amount"
            and f["actual"] == pytest.approx(entry["left"])
            and f["expected"] == pytest.approx(entry["right"], abs=1e-3)
        )
    if "form_no" in entry:
        same_form = re.match(rf"自评表{entry['form_no']}(?!\d)", f["message"]) is not None
        if kind == "reason_missing":
            same_form = same_form and said.split(":")[0] in f["message"]
        return f["kind"] == kind and same_form
    if f["kind"] != kind or entry["difference"] is None:
        return False
    if f["difference_yuan"] is None:
        return (
            abs((f["actual"] - f["expected"]) + entry["difference"]) < 1e-6
            or abs((f["actual"] - f["expected"]) - entry["difference"]) < 1e-6
        )
    if abs(f["difference_yuan"]) != abs(Decimal(str(entry["difference"])) * 10000):
        return False
    if match := re.match(r"(t\d\d) (.*)", said):
        statement, rest = match.groups()
        code, measure = re.match(r"\d{3,7}", rest), re.search(r"\.([a-z_]+)|: (total)", rest)
        if f["first_statement"] not in (statement, "narrative") or (measure and (measure[1] or measure[2]) != f["first_measure"]):
            return False
        name = re.sub(r"^[一二三四五六七八九十]+、", "", f["first_name"] or "")
        return f["first_code"] == code.group() if code else name in rest
    return True


def _required(entry: dict[str, Any]) -> bool:
    return entry["source"] == "computed" or entry["kind"] in REQUIRED


def test_every_known_inconsistency_is_found(audited: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    data, found = audited
    missing, wrong = [], []
    for report_id, one in data.items():
        mine = [f for f in found if f["report_id"] == report_id]
        for entry in filter(_required, one["known_inconsistencies"]):
            hits = [f for f in mine if _matches(entry, f)]
            if not hits:
                missing.append((entry["id"], entry["description"]))
            elif not any((f["severity"] == "info") == entry["explained_by_rounding"] for f in hits):
                wrong.append((entry["id"], entry["description"], [f["severity"] for f in hits]))
    assert missing == []
    assert wrong == []


def test_units_that_vary_are_one_finding(audited: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    _, found = audited
    variants = [f for f in found if f["check_id"] == "unit_name_variant"]
    assert len(variants) == 1
    assert all(name in variants[0]["message"] for name in ("社会劳动保险管理局", "社会劳动保障管理局", "济源市社会保险管理局"))


def test_nothing_else_is_raised(audited: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    """Every error and warning is one of the known inconsistencies: no false alarm."""
    data, found = audited
    alarms = []
    for f in found:
        if f["severity"] == "info" or f["check_id"] == "unit_name_variant":
            continue
        known = [e for e in data[f["report_id"]]["known_inconsistencies"] if e["kind"] not in ("not_an_error", "layout")]
        if not any(_matches(e, f) for e in known):
            alarms.append((f["report_id"], f["check_id"], f["message"]))
    assert alarms == []


def test_the_copied_total_is_located_and_mended(audited: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    _, found = audited
    [finding] = [f for f in found if f["check_id"] == "stated:fiscal_appropriation.total" and f["severity"] == "error"]
    assert finding["suspect_cell_id"].endswith(":fiscal_appropriation.total")
    assert finding["suggested_yuan"] == Decimal("29616800.00")
