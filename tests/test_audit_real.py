"""The faults that real reports print are found and named, and their clean neighbours raise nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines import documents, reports
from pipelines.audit import checks

PUTUO = Path(__file__).parents[1].parent / "shared" / "reports" / "shanghai-putuo"
JIYUAN = Path(__file__).parents[1].parent / "shared" / "reports" / "henan-jiyuan"
pytestmark = pytest.mark.skipif(not PUTUO.exists(), reason="the real reports are not here")

FILES = {
    "finance-2025": PUTUO / "上海市普陀区财政局部门25年预算.pdf",
    "wanli-2023": PUTUO / "1770007475548-818404804.pdf",
    "wanli-2024": PUTUO / "上海市普陀区人民政府万里街道办事处24年预算.pdf",
    "office-2025": PUTUO / "上海市普陀区人民政府办公室25年预算.pdf",
    "commerce-2025": PUTUO / "上海市普陀区商务委员会25年预算.pdf",
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, Any]]]:
    read = []
    files = {**FILES, "jiyuan-2023": next(JIYUAN.glob("*.txt"))}
    for name, path in files.items():
        [report] = [r for d in documents.read_path(path) for r in reports.understand(d)]
        report.report_id = name
        read.append(report)
    con = checks.audit_reports(read)
    cursor = con.execute("SELECT * FROM quality.finding")
    names = [d[0] for d in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {name: [r for r in rows if r["report_id"] == name] for name in files}


def test_the_misprinted_annuity_is_named_with_its_value(found: dict[str, list[dict[str, Any]]]) -> None:
    [f] = [f for f in found["finance-2025"] if f["severity"] == "error"]
    assert (f["actual_yuan"], f["expected_yuan"]) == (Decimal("8873600.00"), Decimal("873617.00"))
    assert f["suspect_cell_id"].endswith(":function_item.budget")
    assert f["suggested_yuan"] == Decimal("873600.00")


def test_an_increase_of_a_fund_that_is_zero(found: dict[str, list[dict[str, Any]]]) -> None:
    [f] = [f for f in found["wanli-2023"] if f["check_id"] == "prior_negative"]
    assert f["suspect_cell_id"].endswith(":government_fund.yoy_change")
    assert f["actual_yuan"] == Decimal("14212500.00")


def test_a_filled_table_called_empty(found: dict[str, list[dict[str, Any]]]) -> None:
    [f] = [f for f in found["wanli-2024"] if f["check_id"] == "empty_note"]
    assert (f["severity"], f["statement"]) == ("error", "b09")


def test_clean_reports_raise_nothing(found: dict[str, list[dict[str, Any]]]) -> None:
    for name in ("office-2025", "commerce-2025"):
        assert [f["message"] for f in found[name] if f["severity"] != "info"] == []


def test_projects_named_otherwise_in_the_narrative(found: dict[str, list[dict[str, Any]]]) -> None:
    variants = [f["message"] for f in found["jiyuan-2023"] if f["check_id"] == "project_name_variant"]
    assert len(variants) == 2
    assert any("体检费" in m and "休养费" in m for m in variants)
