"""Text PDFs of real reports, read in place: every numeric cell equal to the second reading, gold cells found, damaged copies refused."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from pipelines.documents.model import Document, Grid, Paragraph, Refused
from pipelines.documents.pdf.read import read_pdf
from pipelines.documents.verify import verify_document

SHARED = Path(__file__).parents[1].parent / "shared"
FILES = sorted((SHARED / "reports").rglob("*.pdf"))
needs_reports = pytest.mark.skipif(not FILES, reason="the real reports are not here")


@cache
def document(path: Path) -> Document:
    return read_pdf(path.read_bytes(), path.name, "0" * 64)


def named(part: str) -> Path:
    found = [path for path in FILES if part in path.name]
    if not found:
        pytest.skip(f"no report named {part} here")
    return found[0]


@needs_reports
@pytest.mark.parametrize("path", FILES[::7], ids=lambda p: p.stem[-12:])
def test_every_numeric_cell_equals_the_second_reading(path: Path) -> None:
    assert verify_document(path.read_bytes(), document(path)) == []


GOLD = {
    "putuo-czj-2024": "财政局2024年度部门决算",
    "jiangsu-jianchayuan-2019": "2019年度部门预算公开.pdf",
    "putuo-fuban-2025": "办公室25年预算",
}


@needs_reports
@pytest.mark.parametrize("gold", GOLD)
def test_every_amount_of_the_gold_tables_is_a_cell_of_its_page(gold: str) -> None:
    truth = json.loads((SHARED / "gold" / f"{gold}.json").read_text())
    cells: dict[int, Counter[str]] = {}
    for grid in document(named(GOLD[gold])).grids():
        cells.setdefault(grid.locator.page or 0, Counter()).update(cell.text.replace(",", "") for cell in grid.cells)
    missing = []
    for table in truth["tables"].values():
        pages = [n for page in table["pages"] for n in (page, page + 1)]
        for row in table["rows"]:
            for measure, value in row["values"].items():
                if value is None:
                    continue
                wanted = {f"{value:.2f}", f"{value:g}", f"{value:.1f}", str(int(value)) if value == int(value) else ""}
                if not any(text in cells.get(page, ()) for page in pages for text in wanted):
                    missing.append((table["title"], row["name"], measure, value))
    assert missing == []


@needs_reports
def test_no_page_number_and_no_empty_grid_is_left() -> None:
    for path in FILES:
        for block in document(path).blocks:
            if isinstance(block, Paragraph):
                assert not re.fullmatch(r"[-—\s]*\d{1,3}[-—\s]*", block.text), (path.name, block.text)
            else:
                assert any(cell.text for cell in block.cells)


@needs_reports
def test_each_run_of_a_paragraph_leads_to_its_line() -> None:
    for path in FILES:
        pages = {page.number: page for page in document(path).pages}
        for paragraph in document(path).paragraphs():
            assert paragraph.runs[0].start == 0 and paragraph.runs[-1].end == len(paragraph.text)
            for run in paragraph.runs:
                assert run.start < run.end and run.locator.box is not None
                x0, top, x1, bottom = run.locator.box
                page = pages[run.locator.page or 0]
                assert -5 < x0 < x1 < page.width + 5 and -5 < top < bottom < page.height + 5


@needs_reports
def test_grids_over_pages_go_on_and_captions_stand_before_their_grid() -> None:
    blocks = document(named("2019年度部门预算公开.pdf")).blocks
    grids = [block for block in blocks if isinstance(block, Grid)]
    assert [g.locator.page for g in grids if g.continued] == [19, 23, 24]
    before = {}
    titles: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            titles.append(block.text)
        else:
            before[id(block)] = titles
            titles = []
    on_page_16 = [g for g in grids if g.locator.page == 16]
    assert before[id(on_page_16[0])][0] == "公开04表"  # stands at the foot of the page before
    assert before[id(on_page_16[1])][-4:-2] == ["公开05表", "财政拨款支出预算表（功能科目）"]


@needs_reports
def test_turned_pages_and_text_nobody_sees() -> None:
    turned = document(named("常委会办公厅2019年部门预算公开表"))
    assert {page.rotation for page in turned.pages} == {90} and all(page.width > page.height for page in turned.pages)
    text = "".join(p.text for p in document(named("商务委员会25年预算")).paragraphs())
    assert text.count("完成区委、区政府交办的其他任务") == 1  # the clipped rest of a page is printed once, on the next


@needs_reports
def test_damaged_copies_are_read_or_refused() -> None:
    data = named("财政局2024年度部门决算").read_bytes()
    chance = random.Random(7)
    reasons: Counter[str] = Counter()
    for round_ in range(24):
        broken = bytearray(data)
        if round_ % 2:
            broken = broken[: chance.randrange(len(broken))]
        for _ in range(chance.choice([1, 50, 2000])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read_pdf(bytes(broken), "damaged.pdf", "0" * 64, recognise=False)
            reasons["read"] += 1
        except Refused as refusal:
            assert str(refusal).startswith("damaged.pdf: ")
            reasons[refusal.reason] += 1
    assert set(reasons) <= {"read", "truncated", "corrupt", "encrypted", "empty"}
    assert reasons["truncated"] + reasons["corrupt"] > 0
