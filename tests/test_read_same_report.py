"""One small report in every format gives the same report JSON, locators, pages and files aside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from pipelines import documents, reports
from pipelines.reports.serialize import to_json
from tests.small_report import REPORT, SmallReport, as_docx, as_html, as_pdf, as_text, as_xlsx

FORMATS: dict[str, Callable[[SmallReport], bytes]] = {
    "docx": as_docx,
    "xlsx": as_xlsx,
    "html": as_html,
    "html-gb18030": lambda r: as_html(r, "gb18030"),
    "text": as_text,
    "pdf": as_pdf,
}


def placeless(value: Any) -> Any:
    """JSON without what says where it stood."""
    if isinstance(value, dict):
        return {k: placeless(v) for k, v in value.items() if k not in ("locator", "pages", "files", "evidence")}
    if isinstance(value, list):
        return [placeless(v) for v in value]
    if isinstance(value, str):  # a page shows no half-width space between Chinese characters, the other formats keep it
        return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", value)
    return value


def understood(data: bytes) -> Any:
    (document,) = documents.read(data, "x")
    (report,) = reports.understand(document)
    return placeless(to_json(report))


@pytest.fixture(scope="module")
def expected() -> Any:
    return understood(as_docx(REPORT))


@pytest.mark.parametrize("form", FORMATS)
def test_same_json(form: str, expected: Any) -> None:
    found = understood(FORMATS[form](REPORT))
    assert found["tables"].keys() == {"t01", "t03"}
    assert found["tables"]["t03"]["rows"][2]["values"] == {"total": 1180.15, "basic": 600, "project": 580.15}
    assert found == expected
