"""The second reading finds what the first got wrong, and nothing else."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Locator
from pipelines.documents.pdf.read import read_pdf
from pipelines.documents.trace import render
from pipelines.documents.verify import second_reading, verify_document

ROWS = [["code", "total", "basic"], ["201", "2,106.66", "1,503.52"], ["208", "326.72", "(3.00)"]]


def sample() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    xs = [60, 160, 260, 360]
    for r in range(4):
        canvas.line(60, 700 - 20 * r, 360, 700 - 20 * r)
    for x in xs:
        canvas.line(x, 700, x, 640)
    for r, row in enumerate(ROWS):
        for x, text in zip(xs, row, strict=False):
            canvas.drawString(x + 4, 686 - 20 * r, text)
    canvas.save()
    return buffer.getvalue()


def test_agreement() -> None:
    data = sample()
    assert verify_document(data, read_pdf(data, "a.pdf", "0" * 64)) == []


def test_a_misread_cell_is_found_with_its_place() -> None:
    data = sample()
    document = read_pdf(data, "a.pdf", "0" * 64)
    (grid,) = document.grids()
    wrong = next(cell for cell in grid.cells if cell.text == "326.72")
    wrong.text = "326.12"
    (difference,) = verify_document(data, document)
    assert (difference.page, difference.first, difference.second) == (1, "326.12", "326.72")
    assert difference.box == wrong.locator.box


def test_a_lost_cell_is_found() -> None:
    data = sample()
    document = read_pdf(data, "a.pdf", "0" * 64)
    (grid,) = document.grids()
    next(cell for cell in grid.cells if cell.text == "2,106.66").text = ""
    (difference,) = verify_document(data, document)
    assert (difference.first, difference.second) == ("", "2,106.66")


def test_single_cell() -> None:
    data = sample()
    (grid,) = read_pdf(data, "a.pdf", "0" * 64).grids()
    for cell in grid.cells:
        assert cell.locator.box is not None
        assert second_reading(data, 1, cell.locator.box) == cell.text
    with pytest.raises(IndexError):
        second_reading(data, 2, (0, 0, 10, 10))


def test_trace_frames_the_cell(tmp_path: Path) -> None:
    data = sample()
    (grid,) = read_pdf(data, "a.pdf", "0" * 64).grids()
    cell = next(cell for cell in grid.cells if cell.text == "326.72")
    whole = Image.open(render(data, cell.locator, tmp_path / "whole.png", dpi=72))
    assert whole.size == pytest.approx((595, 842), abs=1)
    red = [(x, y) for x in range(whole.width) for y in range(whole.height) if whole.getpixel((x, y)) == (214, 40, 40)]
    assert cell.locator.box is not None
    assert min(x for x, _ in red) == pytest.approx(cell.locator.box[0], abs=4)
    assert max(y for _, y in red) == pytest.approx(cell.locator.box[3], abs=4)
    cut = Image.open(render(data, cell.locator, tmp_path / "deep" / "cut.png", dpi=144, margin=20))
    assert cut.width == pytest.approx(2 * (100 + 40), abs=3)


@pytest.mark.parametrize("locator", [Locator("xlsx", sheet="表1", cell="B7"), Locator("pdf", page=9)])
def test_trace_of_no_page(locator: Locator, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="page"):
        render(sample(), replace(locator), tmp_path / "x.png")
