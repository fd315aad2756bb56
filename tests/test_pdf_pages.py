"""One drawn page a trap of pages: turned, hidden, doubled and white text, running heads, page numbers, paragraphs."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import typst
from pdf_builder import HEIGHT, ROWS, SONG, WIDTH, XS, made, only_grid, read, rules, table_text, text_at, texts
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import ReadingNote
from pipelines.documents.pdf.page import read_page
from pipelines.documents.pdf.read import open_pdf, read_arrays, read_pdf
from pipelines.documents.verify import verify_document


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotated_page_reads_as_displayed(degrees: int) -> None:
    def draw(c: Canvas) -> None:
        c.setPageRotation(degrees)
        if degrees == 90:  # the canvas turns its media box with the page
            c.translate(HEIGHT, 0)
        elif degrees == 180:
            c.translate(WIDTH, HEIGHT)
        else:
            c.translate(0, WIDTH)
        c.rotate(degrees if degrees < 270 else -90)
        rules(c, top=550)
        table_text(c, top=550)

    document = read(draw)
    grid = only_grid(document)
    assert texts(grid) == ROWS
    page = document.pages[0]
    assert page.rotation == degrees
    assert (page.width, page.height) == pytest.approx((WIDTH, HEIGHT))
    box = grid.locator.box
    assert box is not None and box == pytest.approx((60, page.height - 550, 500, page.height - 450), abs=1)


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_text_drawn_turned_on_an_upright_page(degrees: int) -> None:
    def draw(c: Canvas) -> None:
        if degrees == 90:
            c.translate(WIDTH, 0)
        elif degrees == -90:
            c.translate(0, HEIGHT)
        else:
            c.translate(WIDTH, HEIGHT)
        c.rotate(degrees)
        rules(c, top=550)
        table_text(c, top=550)

    document = read(draw)
    grid = only_grid(document)
    assert texts(grid) == ROWS
    assert grid.locator.box is not None
    x0, top, x1, bottom = grid.locator.box  # on the page as displayed the table lies on its side
    if degrees == 90:
        assert (x0, top, x1, bottom) == pytest.approx((WIDTH - 550, HEIGHT - 500, WIDTH - 450, HEIGHT - 60), abs=1)
    elif degrees == -90:
        assert (x0, top, x1, bottom) == pytest.approx((450, 60, 550, 500), abs=1)
    assert not verify_document(made(draw), document)


def test_hidden_clipped_white_and_doubled_text() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)
        table_text(c, xs=[x + 0.2 for x in XS])  # painted twice: imitated bold
        hidden = c.beginText(310, 646)
        hidden.setFont(SONG, 10)
        hidden.setTextRenderMode(3)
        hidden.textOut("999.99")
        c.drawText(hidden)
        c.saveState()
        path = c.beginPath()
        path.rect(60, 600, 100, 100)
        c.clipPath(path, stroke=0, fill=0)
        text_at(c, 404, 646, "888.88")
        c.restoreState()
        text_at(c, -200, 646, "777.77")

    assert texts(only_grid(read(draw))) == ROWS


def test_text_layer_out_of_order() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        for r in reversed(range(len(ROWS))):
            for k in (3, 2, 0, 1):
                text_at(c, XS[k] + 4, 686 - 20 * r, ROWS[r][k])
        for x, piece in ((168, "99.79%，"), (84, "其中财政拨款"), (156, "占"), (216, "其他收入占"), (276, "0.21%。")):
            text_at(c, x, 500, piece, 12)

    document = read(draw)
    assert texts(only_grid(document)) == ROWS
    assert [p.text.replace(" ", "") for p in document.paragraphs()] == ["其中财政拨款占99.79%，其他收入占0.21%。"]


def test_full_width_digits_stay_as_printed() -> None:
    def draw(c: Canvas) -> None:
        rules(c, rows=2)
        table_text(c, [["科目编码", "科目名称", "合计", "基本支出"], ["２０１", "公共安全", "１２．５０", "－３．００"]])

    assert texts(only_grid(read(draw)))[1] == ["２０１", "公共安全", "１２．５０", "－３．００"]


@pytest.mark.parametrize("style", ["{}", "- {} -", "—{}—", "第 {} 页，共 4 页", "{}/4"])
def test_page_numbers_do_not_glue_to_sentences(style: str) -> None:
    lines = ["一般公共预算财政拨款支出决算数与上年度相比有所增长主要原因", "是人员经费增加一般公共预算财政拨款支出决算数与上年度相比增长"]

    def draw(c: Canvas) -> None:
        for page in (3, 4, 5):
            text_at(c, 114, 740, "（一）支出决算情况", 12)
            text_at(c, 114, 720, lines[0], 12)
            text_at(c, 90, 700, lines[1] + "增长", 12)
            c.setFont(SONG, 9)
            c.drawCentredString(WIDTH / 2, 40, style.format(page))
            text_at(c, 240, 805, "某局2024年度部门决算", 9)
            c.showPage()
            text_at(c, 90, 740, f"{page}7.31%。", 12)
            c.setFont(SONG, 9)
            c.drawCentredString(WIDTH / 2, 40, style.format(page + 1))
            text_at(c, 240, 805, "某局2024年度部门决算", 9)
            c.showPage()

    found = [p.text for p in read(draw).paragraphs()]
    assert found == [t for page in (3, 4, 5) for t in ("（一）支出决算情况", f"{''.join(lines)}增长{page}7.31%。")]


def test_lines_of_latin_and_chinese_type_are_one_paragraph() -> None:
    def draw(c: Canvas) -> None:
        text_at(c, 80, 700, "财政拨款支出决算数为一百二十三万元，比上年决算数减少了三十一万元，" + "其中人员经费支出" * 2, 9)
        text_at(c, 60, 684, "12,345.67", 7.5)
        text_at(c, 60 + c.stringWidth("12,345.67", SONG, 7.5), 684, "万元。", 9)
        text_at(c, 80, 668, "住房保障支出决算数为一百二十三万元，比上年决算数减少了三十一万元，" + "其中人员经费支出" * 2, 9)
        text_at(c, 60, 652, "另有结转。", 9)

    assert [p.text[-10:] for p in read(draw).paragraphs()] == [",345.67万元。", "员经费支出另有结转。"]


def test_a_caption_at_the_right_edge_is_not_joined_with_the_next_line() -> None:
    def draw(c: Canvas) -> None:
        for k in range(5):
            text_at(c, 60, 780 - 16 * k, "本部门按照国家统一规定的会计制度编制决算并对外公开。" * 2, 8)
        text_at(c, 455, 680, "公开01表", 9)
        text_at(c, 60, 666, "部门：示例省财政厅", 9)

    assert [p.text for p in read(draw).paragraphs()][-2:] == ["公开01表", "部门：示例省财政厅"]


def test_a_mark_on_every_page_is_no_caption() -> None:
    def draw(c: Canvas) -> None:
        for page in range(8):
            text_at(c, 420, 805, "内部资料，注意保存", 8)
            if page % 2:
                rules(c, top=790)
                table_text(c, top=790)
            else:
                text_at(c, 60, 700, f"第{'一二三四五六七八'[page]}段话到此为止。")
            c.showPage()

    assert len(list(read(draw).paragraphs())) == 4


def test_scan_and_empty_pages_are_told_apart() -> None:
    def draw(c: Canvas) -> None:
        c.drawImage(ImageReader(Image.new("L", (600, 800), 200)), 0, 0, WIDTH, HEIGHT)
        hidden = c.beginText(100, 600)
        hidden.setFont(SONG, 10)
        hidden.setTextRenderMode(3)
        hidden.textOut("识别的文字")
        c.drawText(hidden)
        c.showPage()
        c.showPage()
        text_at(c, 100, 700, "文字页", 12)

    pdf = open_pdf(made(draw), "sample.pdf")
    assert [read_arrays(read_page(pdf.raw, i), [])[1].source for i in range(3)] == ["scan", "empty", "text"]
    pdf.close()


def test_white_text_is_read_only_on_a_coloured_ground() -> None:
    def draw(c: Canvas) -> None:
        c.setFillColorRGB(0.1, 0.2, 0.5)
        c.rect(60, 680, 440, 20, stroke=0, fill=1)
        c.setFillGray(1)
        table_text(c, ROWS[:1])
        text_at(c, 404, 646, "0.00")  # white on white
        c.setFillGray(0)
        rules(c)
        table_text(c, [["", "", "", ""], *ROWS[1:]])

    document = read(draw)
    assert texts(only_grid(document)) == ROWS
    assert [n.code for n in document.notes] == ["hidden_text"]


def test_watermark_across_the_table_is_left_out() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)
        c.saveState()
        c.translate(150, 560)
        c.rotate(35)
        text_at(c, 0, 0, "2024 仅供内部参考 2024", 40)
        c.restoreState()

    assert texts(only_grid(read(draw))) == ROWS


@pytest.mark.parametrize("degrees", [90, -90])
def test_turned_word_in_a_cell_reads_along_its_line(degrees: int) -> None:
    def tall(c: Canvas) -> None:
        for x in (30, *XS):
            c.line(x, 700, x, 600)
        for r in range(len(ROWS) + 1):
            c.line(60 if 0 < r < len(ROWS) else 30, 700 - 20 * r, 500, 700 - 20 * r)
        table_text(c)
        c.saveState()
        c.translate(48 if degrees == 90 else 42, 620 if degrees == 90 else 680)
        c.rotate(degrees)
        text_at(c, 0, 0, "一般公共预算")
        c.restoreState()

    grid = only_grid(read(tall))
    assert grid.cells[0].text == "一般公共预算"
    assert [row[1:] for row in texts(grid)] == ROWS


def test_glyphs_without_unicode_are_told() -> None:
    """The font's table from glyphs to characters is taken away: numbers would come out as others, so nothing is read."""
    spec = find_spec("manimgx_fonts_cjk")
    assert spec is not None and spec.origin is not None
    source = '#set text(font: "Noto Sans CJK SC")\n收入支出决算总表 2,106.66'
    data = typst.compile(source.encode(), font_paths=[str(Path(spec.origin).parent)])
    assert [p.text for p in read_pdf(data, "ok.pdf", "0" * 64).paragraphs()] == ["收入支出决算总表2,106.66"]
    pdf = open_pdf(re.sub(rb"/ToUnicode", b"/XoUnicode", data), "broken.pdf")
    notes: list[ReadingNote] = []
    assert read_arrays(read_page(pdf.raw, 0), notes)[1].source == "scan"
    assert [n.code for n in notes] == ["glyph_without_unicode"]
    pdf.close()
