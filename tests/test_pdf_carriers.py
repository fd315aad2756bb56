"""The same print on another carrier: watermarks, sheets of several pages, feet, wide margins, turned pages, doubled text layers."""

from __future__ import annotations

import pytest
from pdf_builder import HEAD, ROWS, SONG, WIDTH, XS, only_grid, read, rules, table_text, text_at, texts
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Locator
from pipelines.documents.pdf.paragraphs import is_page_number

SENTENCE = (
    "一般公共预算财政拨款支出决算数与上年度相比有所增长主要原因",
    "是人员经费增加一般公共预算财政拨款支出决算数与上年度相比增长增长",
)


def number(c: Canvas, y: float, text: str) -> None:
    c.setFont(SONG, 9)
    c.drawCentredString(WIDTH / 2, y, text)


def half_sentence(c: Canvas, top: float) -> None:
    text_at(c, 114, top, SENTENCE[0], 12)
    text_at(c, 90, top - 20, SENTENCE[1], 12)


def sentences(count: int) -> list[str]:
    return [f"{''.join(SENTENCE)}{n}7.31%。" for n in range(1, count + 1)]


def test_small_slanted_words_between_few_lines() -> None:
    """Tiles of eleven units each: a sample at even steps may meet nothing but their spaces."""

    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)
        for i in range(18):
            c.saveState()
            c.translate(60 + 160 * (i % 3), 560 + 25 * (i // 3))
            c.rotate(25)
            c.setFillGray(0.7)
            text_at(c, 0, 0, "内部资料 2024", 8)
            c.restoreState()

    assert texts(only_grid(read(draw))) == ROWS


@pytest.mark.parametrize("grey", [0.85, 0.7])
def test_large_pale_words_set_level_across_the_table(grey: float) -> None:
    def draw(c: Canvas) -> None:
        c.setFillGray(grey)
        text_at(c, 120, 640, "内部资料", 80)
        c.setFillGray(0)
        rules(c)
        table_text(c)

    document = read(draw)
    assert texts(only_grid(document)) == ROWS
    assert list(document.paragraphs()) == []


def test_a_large_pale_title_that_lies_across_nothing_is_read() -> None:
    def draw(c: Canvas) -> None:
        c.setFillGray(0.8)
        text_at(c, 100, 760, "部门决算", 40)
        c.setFillGray(0)
        rules(c)
        table_text(c)

    assert [p.text for p in read(draw).paragraphs()] == ["部门决算"]


def test_text_drawn_a_second_time_invisible_in_its_place() -> None:
    """The invisible copy comes first; pdfium takes the visible one for its double."""

    def draw(c: Canvas) -> None:
        for r, row in enumerate(ROWS):
            for k, word in enumerate(row):
                c.saveState()
                layer = c.beginText(XS[k] + 4, 700 - (r + 1) * 20 + 6)
                layer.setFont(SONG, 10)
                layer.setTextRenderMode(3)
                layer.textOut(word)
                c.drawText(layer)
                c.restoreState()
                text_at(c, XS[k] + 4.2, 700 - (r + 1) * 20 + 6, word)
        rules(c)

    document = read(draw)
    assert texts(only_grid(document)) == ROWS
    assert [n.code for n in document.notes] == ["hidden_text"]


@pytest.mark.parametrize("style", ["{}", "- {} -", "─ {} ─"])
def test_page_numbers_above_a_foot_of_every_page(style: str) -> None:
    def draw(c: Canvas) -> None:
        for page in range(1, 9):
            half_sentence(c, 140) if page % 2 else text_at(c, 90, 690, f"{page // 2}7.31%。", 12)
            number(c, 60, style.format(page))
            text_at(c, 300, 30, "某区政府门户网站发布", 9)
            c.showPage()

    assert [p.text for p in read(draw).paragraphs()] == sentences(4)


def test_page_numbers_far_from_the_edge_of_a_larger_page() -> None:
    def draw(c: Canvas) -> None:
        for page in (1, 2, 3, 4):
            c.translate(150, 160)
            half_sentence(c, 90) if page % 2 else text_at(c, 90, 690, f"{page // 2}7.31%。", 12)
            number(c, 40, str(page + 20))
            c.showPage()

    assert [p.text for p in read(draw, (WIDTH + 300, A4[1] + 320)).paragraphs()] == sentences(2)


def test_page_numbers_within_sheets_that_hold_two_pages() -> None:
    high = A4[1]

    def draw(c: Canvas) -> None:
        for sheet in range(3):
            text_at(c, 90, 2 * high - 120 - 20 * sheet, f"（{'一二三'[sheet]}）增减变化情况", 12)
            half_sentence(c, high + 120)
            number(c, high + 40, str(2 * sheet + 1))
            text_at(c, 90, 690, f"{sheet + 1}7.31%。", 12)
            number(c, 40, str(2 * sheet + 2))
            c.showPage()

    found = [p.text for p in read(draw, (WIDTH, 2 * high)).paragraphs()]
    assert not any(is_page_number(text) for text in found)
    assert sum("7.31%" in text for text in found) == 3


def test_numbers_that_do_not_count_pages_stay() -> None:
    def draw(c: Canvas) -> None:
        for year in (2021, 2022, 2023, 2024, 2025):
            text_at(c, 90, 700 - 20 * (year - 2021), str(year), 12)

    assert [p.text for p in read(draw).paragraphs()] == ["2021", "2022", "2023", "2024", "2025"]


def test_a_box_drawing_dash_is_a_dash() -> None:
    assert is_page_number("─ 3 ─")


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_table_goes_on_over_pages_displayed_on_their_side(degrees: int) -> None:
    """Whether columns are the same is asked of the page set upright."""

    def draw(c: Canvas) -> None:
        c.setPageRotation(degrees)
        rules(c, top=160)
        table_text(c, top=160)
        c.showPage()
        c.setPageRotation(degrees)
        rules(c, top=560)
        table_text(c, top=560)
        c.showPage()
        c.setPageRotation(degrees)
        rules(c, [XS[0], 150, *XS[2:]], rows=2, top=560)
        table_text(c, HEAD, [XS[0], 150, *XS[2:]], top=560)

    assert [g.continued for g in read(draw).grids()] == [False, True, False]


def test_upright_boxes_keep_the_order_of_columns_and_rows() -> None:
    boxes = {0: (10, 20, 30, 40), 1: (20, 70, 40, 90), 2: (70, 60, 90, 80), 3: (60, 10, 80, 30)}  # one place of a page of 100 × 100
    for turn, box in boxes.items():
        upright = Locator("pdf", 1, box, turn=turn).upright
        assert upright is not None
        assert tuple(v % 100 for v in upright) == (10, 20, 30, 40)
    assert "turn" not in Locator("pdf", 1, boxes[1], turn=1).to_json()
