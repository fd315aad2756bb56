"""The second reading: what it concludes from two texts, that it remembers, and that it sees planted misreadings on a real page."""

from __future__ import annotations

from pathlib import Path

import pytest
from staged_home import REPORTS

from pipelines.documents import read_path
from pipelines.extraction.second import Suspect, compare, read_again
from pipelines.reports.amounts import parse_number
from pipelines.settings import Home
from pipelines.sources.archive import Archive

REPORT = "jiangsu/江苏省人大常委会办公厅2019年部门预算公开表.pdf"


@pytest.mark.parametrize(
    ("first", "second", "whole", "verdict"),
    [
        ("1,234.50", "1234.50", True, "printed_so"),
        ("1,234.50", "1,284.50", True, "misread"),
        ("1,234.50", "", True, None),
        ("1,234.50", "合计", True, None),
        ("1,234.50", "1,234.50 1,000.00", True, None),  # two cells in one box: no verdict
        ("887.36", "职业年金缴费支出(项)”887.36万", False, "printed_so"),
        ("887.36", "职业年金缴费支出(项)”87.36万", False, None),
        ("7.36", "支出887.36万", False, None),
        ("12", "共 1,012 户，12 辆", False, "printed_so"),
        ("0.3", None, False, None),
    ],
)
def test_what_two_texts_say(first: str, second: str | None, whole: bool, verdict: str | None) -> None:
    assert compare(first, second, whole) == verdict


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports (../shared/reports) are not here")
def test_a_misreading_is_told_from_a_print_and_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    record, _ = Archive(home).add(REPORTS / REPORT)
    (document,) = read_path(REPORTS / REPORT)
    cells = [c for g in document.grids() for c in g.cells if (parse_number(c.text) or 0) > 100 and c.locator.box][:6]
    assert len(cells) == 6
    suspects = [
        Suspect(f"c{n}", record.sha256, c.locator.page or 0, c.locator.box or (0, 0, 0, 0), c.text if n % 2 else "9" + c.text, True)
        for n, c in enumerate(cells)
    ]
    found = read_again(suspects, home, workers=1)
    assert [f.verdict for f in found] == ["misread", "printed_so"] * 3
    record.path.chmod(0o644)
    record.path.unlink()  # were it read again, it would fail
    assert read_again(suspects, home, workers=1) == found
