"""Scans: pages printed to images and read back; every number right or flagged, wherever the page lies."""

from __future__ import annotations

import gc
import io
import re
import weakref
from pathlib import Path

import pytest

cv2 = pytest.importorskip("cv2", reason="the ocr extra is not installed")
pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

import docx  # noqa: E402
import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import pypdfium2 as pdfium  # noqa: E402
import typst  # noqa: E402
from PIL import Image  # noqa: E402

from pipelines import documents  # noqa: E402
from pipelines.documents.model import (  # noqa: E402
    UNSURE,
    Document,
    Grid,
    Refused,
)
from pipelines.documents.pdf.library import font_folders  # noqa: E402
from pipelines.documents.scan import read as scan  # noqa: E402
from pipelines.documents.scan.digits import disagreeing  # noqa: E402
from pipelines.documents.scan.image import bands, prepare, skew  # noqa: E402
from pipelines.documents.scan.ocr import Reading  # noqa: E402
from pipelines.documents.scan.page import read_page  # noqa: E402

Grey = npt.NDArray[np.uint8]
REPORTS = Path(__file__).parents[1].parent / "shared" / "reports"
NUMBER = re.compile(r"[-+(]?[\d,.]*\d[\d,.]*[%)]?")

PAGE = """
#set page(width: 420pt, height: 300pt, margin: 40pt)
#set text(font: "Noto Sans CJK SC", size: 10pt, lang: "zh", region: "cn")
#align(center, text(18pt)[支出决算总表])
单位：万元
#table(columns: (1fr, 1.4fr, 1fr, 1fr, 1fr), align: (left, left, right, right, right),
  table.cell(colspan: 2)[项目], table.cell(rowspan: 2)[合计], table.cell(rowspan: 2)[基本支出], table.cell(rowspan: 2)[项目支出],
  [科目编码], [科目名称],
  [213], [农林水支出], [11,804.15], [6,000.00], [5,804.15],
  [2130306], [水利工程运行与维护], [1,179.36], [], [1,179.36],
  [221], [住房保障支出], [-23.25], [0.00], [—],
)
2023年度收入总计11,780.90万元，比上年增长1.46%。
"""


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return bytes(typst.compile(PAGE.encode(), font_paths=[str(p) for p in font_folders()]))


def render(pdf: bytes, dpi: int, page: int = 1) -> Grey:
    document = pdfium.PdfDocument(pdf)
    image = document[page - 1].render(scale=dpi / 72, grayscale=True).to_numpy()
    out: Grey = np.array(image if image.ndim == 2 else image[:, :, 0])
    document.close()
    return out


def worn(image: Grey, angle: float = 0.0, quality: int = 0) -> Grey:
    """Turned on the glass, with the noise of a scanner and of JPEG."""
    height, width = image.shape
    if angle:
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
        image = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    if quality:
        noise = np.random.default_rng(1).normal(0, 6, image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
        image = cv2.imdecode(cv2.imencode(".jpg", image, [1, quality])[1], 0)
    return image


def packed(images: list[Grey], form: str, dpi: int) -> bytes:
    pages = [Image.fromarray(image) for image in images]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if len(pages) > 1 else {}
    pages[0].save(out, form, dpi=(dpi, dpi), **more)
    return out.getvalue()


def read(data: bytes) -> Document:
    (document,) = documents.read(data, "x")
    return document


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text if cell else "?" for cell in row] for row in grid.matrix()]


EXPECTED = [
    ["项目", "项目", "合计", "基本支出", "项目支出"],
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["213", "农林水支出", "11,804.15", "6,000.00", "5,804.15"],
    ["2130306", "水利工程运行与维护", "1,179.36", "", "1,179.36"],
    ["221", "住房保障支出", "-23.25", "0.00", "—"],
]


@pytest.mark.parametrize(
    ("dpi", "angle", "quality", "form"),
    [(200, 0.0, 0, "PNG"), (200, 1.0, 0, "TIFF"), (150, -0.8, 50, "JPEG"), (300, 0.3, 80, "JPEG")],
)
def test_a_printed_page_is_read_back(pdf: bytes, dpi: int, angle: float, quality: int, form: str) -> None:
    document = read(packed([worn(render(pdf, dpi), angle, quality)], form, dpi))
    (grid,) = document.grids()
    assert texts(grid) == EXPECTED
    assert all(c.confidence is not None for c in grid.cells if c.text)
    assert not [n for n in document.notes if n.code == "unsure_number"]
    paragraphs = [p.text for p in document.paragraphs()]
    assert paragraphs[0] == "支出决算总表"
    assert any("11,780.90" in p and "1.46%" in p for p in paragraphs)
    assert all(p.confidence for p in document.paragraphs())


def test_places_are_those_of_the_page_as_displayed(pdf: bytes) -> None:
    truth = {c.text: c.locator.box for c in next(iter(read(pdf).grids())).cells}
    for turn in (1, 2):
        image = np.ascontiguousarray(np.rot90(worn(render(pdf, 200), 0.7), -turn))
        document = read(packed([image], "PNG", 200))
        (grid,) = document.grids()
        assert texts(grid)[2][2] == "11,804.15"
        cell = next(c for c in grid.cells if c.text == "11,804.15")
        box, page = truth["11,804.15"], document.pages[0]
        assert box is not None and cell.locator.box is not None and cell.locator.kind == "scan"
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        expected = [(x, y), (300 - y, x), (420 - x, 300 - y), (y, 420 - x)][turn]
        found = ((cell.locator.box[0] + cell.locator.box[2]) / 2, (cell.locator.box[1] + cell.locator.box[3]) / 2)
        assert np.hypot(found[0] - expected[0], found[1] - expected[1]) < 4, (turn, found, expected)
        assert (round(page.width), round(page.height)) == ((420, 300) if turn % 2 == 0 else (300, 420))


def test_pages_of_a_tiff_and_of_a_pdf_without_text(pdf: bytes) -> None:
    image = render(pdf, 150)
    document = read(packed([image, image], "TIFF", 150))
    assert [g.locator.page for g in document.grids()] == [1, 2]
    as_pdf = read(packed([image], "PDF", 150))
    assert as_pdf.kind == "pdf"
    assert [p.source for p in as_pdf.pages] == ["scan"]
    (first,) = as_pdf.grids()
    assert texts(first) == EXPECTED
    assert first.cells[0].locator.kind == "scan"


def test_page_images_pasted_into_word(pdf: bytes) -> None:
    document = docx.Document()
    document.add_paragraph("附件")
    document.add_picture(io.BytesIO(packed([worn(render(pdf, 150), 0.0, 80)], "PNG", 150)))
    out = io.BytesIO()
    document.save(out)
    found = read(out.getvalue())
    (grid,) = found.grids()
    assert texts(grid) == EXPECTED
    assert (found.kind, found.pages[0].source, grid.cells[0].locator.kind) == ("docx", "scan", "scan")


def test_a_number_that_cannot_be_told_is_flagged(pdf: bytes) -> None:
    image = render(pdf, 200)
    blurred = cv2.resize(cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA), image.shape[::-1])
    document = scan.read_images(packed([worn(blurred, 0.4, 40)], "PNG", 200), "x", "0" * 64)
    right = {t for row in EXPECTED for t in row}
    noted = {n.locator for n in document.notes}
    for cell in (c for g in document.grids() for c in g.cells):
        if re.search(r"\d", cell.text) and cell.text not in right:
            assert cell.confidence is not None and cell.confidence < UNSURE, cell.text
            assert cell.locator in noted


def test_a_page_that_was_read_lets_go_of_its_image(pdf: bytes) -> None:
    """Twelve megabytes a page: a hundred pages kept would be more than a worker may take."""
    image = prepare(render(pdf, 200), 200 / 72)
    alive = weakref.ref(image.clean)
    page = read_page(image, 1)
    del image
    gc.collect()
    assert page.text.grids
    assert alive() is None


def test_skew_and_lines_of_a_cell(pdf: bytes) -> None:
    image = render(pdf, 200)
    for angle in (-1.0, -0.3, 0.5, 1.0):
        assert abs(skew(worn(image, angle)) + angle) < 0.05
    assert prepare(image, 200 / 72).angle == 0.0
    ink = np.zeros((60, 40), np.uint8)
    ink[5:7, 5:30] = ink[12:14, 5:30] = 255  # 二
    ink[35:50, 5:30] = 255
    assert bands(ink, 12) == [(5, 14), (35, 50)]


def test_a_digit_of_the_wrong_shape_is_disputed() -> None:
    def line(text: str) -> Grey:
        image = np.full((40, 24 * len(text)), 255, np.uint8)
        for i, character in enumerate(text):
            cv2.putText(image, character, (24 * i + 2, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        return image

    lines = [(line(t), Reading(t)) for t in ("1234567890", "2468013579", "9753108642", "5566778899", "8899001122", "3344556677")]
    assert disagreeing(lines) == [False] * 6
    lines.append((line("128"), Reading("123")))
    assert disagreeing(lines) == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("data", "reason"), [(b"\x89PNG\r\n\x1a\n" + b"junk" * 20, "corrupt"), (b"\xff\xd8\xff\xe0" + b"x" * 90, "corrupt")]
)
def test_damaged_images(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.read(data, "x")
    assert refused.value.reason == "corrupt"


def test_an_image_without_text_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        documents.read(packed([np.full((400, 300), 255, np.uint8)], "PNG", 72), "x")
    assert refused.value.reason == "no_text"


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")
def test_a_real_page_at_150_dpi() -> None:
    path = next(REPORTS.glob("shanghai-putuo/*办公室25年预算.pdf"))
    truth = {(c.row, c.column): c.text for g in documents.read_path(path)[0].grids() if g.locator.page == 9 for c in g.cells}
    document = read(packed([worn(render(path.read_bytes(), 150, 9), 0.6, 50)], "JPEG", 150))
    (grid,) = document.grids()
    got = {(c.row, c.column): c.text for c in grid.cells}
    numbers = {k: v for k, v in truth.items() if NUMBER.fullmatch(v)}
    assert len(numbers) > 40
    assert {k: got.get(k) for k in numbers} == numbers


def test_a_short_rule_crossed_by_another_is_a_rule() -> None:
    """Two low rows at the foot of a head (预算数, 决算数): their upright rules are short, and a level rule crosses them midway."""
    scale = 200 / 72
    page = np.full((800, 1600), 255, np.uint8)
    levels, uprights = (100, 140, 180), (100, 400, 700, 1000)
    for y in levels:
        page[y : y + 3, 100:1003] = 0
    for x in uprights:
        page[100:183, x : x + 3] = 0
    prepared = prepare(page, scale)
    assert [v[0] * scale for v in sorted(prepared.vertical.tolist())] == pytest.approx([x + 1 for x in uprights], abs=2)
