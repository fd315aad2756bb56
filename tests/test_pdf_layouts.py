"""One small set page per layout trap of text PDFs: what is printed must come out, and nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
import typst
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Document, Grid, Paragraph, ReadingNote
from pipelines.documents.pdf.page import read_page
from pipelines.documents.pdf.read import open_pdf, read_arrays, read_pdf
from pipelines.documents.verify import verify_document

SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))
WIDTH, HEIGHT = A4
ROWS = [
    ["科目编码", "科目名称", "合计", "基本支出"],
    ["201", "一般公共服务支出", "2,106.66", "1,503.52"],
    ["20106", "财政事务", "2,106.66", "1,503.52"],
    ["2010601", "行政运行", "1,511.89", ""],
    ["", "合计", "2,940.05", "2,336.91"],
]
XS = [60, 130, 300, 400, 500]


def made(draw: Callable[[Canvas], None], pagesize: tuple[float, float] = A4) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesize)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def read(draw: Callable[[Canvas], None], pagesize: tuple[float, float] = A4) -> Document:
    return read_pdf(made(draw, pagesize), "sample.pdf", "0" * 64)


def text_at(c: Canvas, x: float, y: float, text: str, size: float = 10, *, right: bool = False) -> None:
    c.setFont(SONG, size)
    (c.drawRightString if right else c.drawString)(x, y, text)


def table_text(c: Canvas, rows: list[list[str]] = ROWS, xs: list[float] = XS, top: float = 700, pitch: float = 20) -> None:
    for r, row in enumerate(rows):
        for k, text in enumerate(row):
            y = top - (r + 1) * pitch + 6
            if text[:1].isdigit() and k > 1:
                text_at(c, xs[k + 1] - 4, y, text, right=True)
            else:
                text_at(c, xs[k] + 4, y, text)


def rules(c: Canvas, xs: list[float] = XS, rows: int = len(ROWS), top: float = 700, pitch: float = 20, *, vertical: bool = True) -> None:
    for r in range(rows + 1):
        c.line(xs[0], top - r * pitch, xs[-1], top - r * pitch)
    for x in xs if vertical else []:
        c.line(x, top, x, top - rows * pitch)


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text if cell else "∅" for cell in row] for row in grid.matrix()]


def only_grid(document: Document) -> Grid:
    grids = list(document.grids())
    assert len(grids) == 1, [texts(g) for g in grids]
    return grids[0]


def test_ruled_grid_with_caption_before_it() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)
        text_at(c, 240, 750, "支出决算表", 16)
        text_at(c, 60, 706, "部门：某局", 9)
        text_at(c, 450, 706, "单位：万元", 9)

    document = read(draw)
    assert texts(only_grid(document)) == ROWS
    assert [b.text if isinstance(b, Paragraph) else "grid" for b in document.blocks] == ["支出决算表", "部门：某局", "单位：万元", "grid"]
    cell = only_grid(document).matrix()[1][2]
    assert cell is not None and cell.locator.box is not None
    assert cell.locator.box == pytest.approx((300, HEIGHT - 680, 400, HEIGHT - 660), abs=1)


@pytest.mark.parametrize("kind", ["grey", "thin_rectangles", "doubled", "dashed", "pieces", "boxes", "one_path", "form"])
def test_rules_of_every_kind(kind: str) -> None:
    def draw(c: Canvas) -> None:
        table_text(c)
        c.setLineWidth(0.5)
        if kind == "grey":
            c.setStrokeGray(0.93)
            rules(c)
        elif kind == "thin_rectangles":
            for r in range(len(ROWS) + 1):
                c.rect(60, 700 - 20 * r, 440, 0.48, stroke=0, fill=1)
            for x in XS:
                c.rect(x, 600, 0.48, 100, stroke=0, fill=1)
        elif kind == "doubled":
            rules(c)
            rules(c, [x + 1.8 for x in XS], top=701.8)
        elif kind == "dashed":
            for r in range(len(ROWS) + 1):
                for x in range(60, 500, 6):
                    c.line(x, 700 - 20 * r, x + 3, 700 - 20 * r)
            for x in XS:
                for y in range(600, 700, 6):
                    c.line(x, y, x, min(y + 3, 700))
        elif kind == "pieces":  # every cell draws its own four sides
            for r in range(len(ROWS)):
                for a, b in pairwise(XS):
                    y = 700 - 20 * r
                    c.line(a, y, b, y)
                    c.line(a, y - 20, b, y - 20)
                    c.line(a, y, a, y - 20)
                    c.line(b, y, b, y - 20)
        elif kind == "boxes":
            for r in range(len(ROWS)):
                for a, b in pairwise(XS):
                    c.rect(a, 680 - 20 * r, b - a, 20)
        elif kind == "one_path":
            path = c.beginPath()
            for r in range(len(ROWS) + 1):
                path.moveTo(60, 700 - 20 * r)
                path.lineTo(500, 700 - 20 * r)
            for x in XS:
                path.moveTo(x, 700)
                path.lineTo(x, 600)
            c.drawPath(path)
        else:
            c.beginForm("rules")
            rules(c, [x - 100 for x in XS], top=300)
            c.endForm()
            c.saveState()
            c.translate(100, 400)
            c.doForm("rules")
            c.restoreState()

    assert texts(only_grid(read(draw))) == ROWS


def test_white_rules_between_filled_cells() -> None:
    def draw(c: Canvas) -> None:
        for r in range(len(ROWS)):
            for a, b in pairwise(XS):
                c.setFillGray(0.85 if r % 2 else 0.95)
                c.rect(a + 0.7, 680.7 - 20 * r, b - a - 1.4, 18.6, stroke=0, fill=1)
        c.setFillGray(0)
        table_text(c)

    assert texts(only_grid(read(draw))) == ROWS


def test_merged_cells_and_two_levels_of_heads() -> None:
    def draw(c: Canvas) -> None:
        xs = [60, 200, 300, 400, 500]
        for y in (700, 660, 640):
            c.line(60, y, 500, y)
        c.line(200, 680, 500, 680)
        for x in (60, 200, 500):
            c.line(x, 700, x, 640)
        for x in (300, 400):
            c.line(x, 680, x, 640)
        text_at(c, 110, 676, "科目名称")
        text_at(c, 320, 686, "本年支出")
        for x, t in zip(xs[1:4], ("小计", "基本支出", "项目支出"), strict=True):
            text_at(c, x + 20, 666, t)
        for x, t in zip(xs[:4], ("合计", "3.00", "1.00", "2.00"), strict=True):
            text_at(c, x + 20, 646, t)

    grid = only_grid(read(draw))
    spans = {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells}
    assert spans["科目名称"] == (0, 0, 2, 1)
    assert spans["本年支出"] == (0, 1, 1, 3)
    assert spans["项目支出"] == (1, 3, 1, 1)
    assert texts(grid)[2] == ["合计", "3.00", "1.00", "2.00"]


def test_two_grids_on_one_page_stand_apart() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)
        text_at(c, 240, 560, "支出预算总表", 16)
        rules(c, rows=2, top=540)
        table_text(c, [["甲", "乙", "1.00", "2.00"], ["丙", "丁", "3.00", "4.00"]], top=540)

    blocks = [b.text if isinstance(b, Paragraph) else b.n_rows for b in read(draw).blocks]
    assert blocks == [5, "支出预算总表", 2]


def test_columns_by_alignment_without_any_rule() -> None:
    def draw(c: Canvas) -> None:
        text_at(c, 240, 750, "支出决算表", 16)
        text_at(c, 450, 720, "单位：万元", 9)
        table_text(c)

    document = read(draw)
    grid = only_grid(document)
    assert not grid.ruled
    assert texts(grid) == ROWS
    assert [p.text for p in document.paragraphs()] == ["支出决算表", "单位：万元"]


@pytest.mark.parametrize("inner", [True, False])
def test_horizontal_rules_only(inner: bool) -> None:
    def draw(c: Canvas) -> None:
        if inner:
            rules(c, vertical=False)
        else:
            for y in (700, 680, 600):
                c.line(60, y, 500, y)
        table_text(c)

    assert texts(only_grid(read(draw))) == ROWS


def test_vertical_rules_only_rows_follow_the_amounts() -> None:
    def draw(c: Canvas) -> None:
        for y in (700, 680, 600):
            c.line(60, y, 500, y)
        for x in XS:
            c.line(x, 700, x, 600)
        table_text(c)

    assert texts(only_grid(read(draw))) == ROWS


def test_open_sides() -> None:
    def draw(c: Canvas) -> None:
        rules(c)
        table_text(c)

    def open_draw(c: Canvas) -> None:
        rules(c, vertical=False)
        for x in XS[1:-1]:
            c.line(x, 700, x, 600)
        table_text(c)

    assert texts(only_grid(read(open_draw))) == texts(only_grid(read(draw)))


def test_contents_page_is_no_table() -> None:
    def draw(c: Canvas) -> None:
        for i, (title, page) in enumerate(
            (("一、收入决算表", "3"), ("二、支出决算表", "5"), ("三、财政拨款总表", "7"), ("四、名词解释", "12"))
        ):
            text_at(c, 80, 700 - 20 * i, title, 12)
            text_at(c, 500, 700 - 20 * i, page, 12, right=True)

    assert not list(read(draw).grids())


def test_sentences_with_numbers_are_no_table() -> None:
    def draw(c: Canvas) -> None:
        for i in range(6):
            text_at(c, 84, 700 - 20 * i, f"{i}、支出年初预算为15{i}0.05万元，支出决算为14{i}1.89 万元，完成年初预算的 9{i}.2%", 12)

    assert not list(read(draw).grids())


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


def test_wrapped_cells() -> None:
    def draw(c: Canvas) -> None:
        xs = [60, 130, 180, 300]
        for y in (700, 660):
            c.line(60, y, 300, y)
        for x in xs:
            c.line(x, 700, x, 660)
        text_at(c, 62, 686, "机关事业单位")
        text_at(c, 62, 668, "基本养老保险")
        text_at(c, 133, 686, "91,016,77")
        text_at(c, 133, 668, "5.35")
        text_at(c, 184, 686, "12.30")
        text_at(c, 184, 668, "45.60")

    grid = only_grid(read(draw))
    assert [c.text for c in grid.cells] == ["机关事业单位基本养老保险", "91,016,775.35", "12.30 45.60"]
    assert grid.cells[0].lines == ("机关事业单位", "基本养老保险")


def test_text_over_its_rule_stays_one_text() -> None:
    def draw(c: Canvas) -> None:
        rules(c, rows=2)
        table_text(c, [["甲", "乙", "丙", "丁"], ["201", "一般", "", ""]])
        text_at(c, 404, 666, "123,456,789.00", right=True)  # right-aligned in its column, a little too wide for it
        text_at(c, 134 + 30, 666, "公共服务支出和其他各项支出的合计数", 10)

    row = texts(only_grid(read(draw)))[1]
    assert "123,456,789.00" in row[2]


def test_amounts_that_touch_over_their_rule_are_two() -> None:
    """A number wider than its cell reaches over the rule and touches the next: neither takes a digit of the other."""

    def draw(c: Canvas) -> None:
        xs = [60, 120, 180, 240]
        rules(c, xs, 3)
        table_text(c, [["合计", "基本支出", "项目支出"]], xs)
        for y in (666, 646):
            text_at(c, 116, y, "1.00", right=True)
        text_at(c, 123, 666, "50,759,640.11", 9.5)
        width = c.stringWidth("50,759,640.11", SONG, 9.5)
        text_at(c, 123 + width, 666, "50,728,203.80", 8)
        text_at(c, 122, 646, "2.00")

    assert texts(only_grid(read(draw)))[1] == ["1.00", "50,759,640.11", "50,728,203.80"]


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


def test_grid_over_pages_is_marked_as_continued() -> None:
    def draw(c: Canvas) -> None:
        rules(c, top=160)
        table_text(c, top=160)
        c.setFont(SONG, 9)
        c.drawCentredString(WIDTH / 2, 40, "1")
        c.showPage()
        rules(c, top=780)
        table_text(c, top=780)
        c.setFont(SONG, 9)
        c.drawCentredString(WIDTH / 2, 40, "2")
        c.showPage()
        text_at(c, 200, 790, "另一张表", 16)
        rules(c, top=770)
        table_text(c, top=770)

    document = read(draw)
    assert [g.continued for g in document.grids()] == [False, True, False]
    assert [p.text for p in document.paragraphs()] == ["另一张表"]


HEAD = [["栏次", "项目", "合计", "基本支出"], ["", "", "1", "2"]]


def test_one_row_goes_on_in_an_unruled_table_that_repeats_its_head() -> None:
    def draw(c: Canvas) -> None:
        table_text(c, [*HEAD, *ROWS[1:] * 7], top=700)
        c.showPage()
        table_text(c, [HEAD[0], ["合计", "", "", "7.00"]], top=780)  # too little to be a table of its own

    first, second = read(draw).grids()
    assert second.continued and second.n_columns == first.n_columns
    assert texts(second) == [HEAD[0], ["合计", "", "", "7.00"]]


def test_one_row_goes_on_in_an_unruled_table_without_a_head() -> None:
    def draw(c: Canvas) -> None:
        table_text(c, ROWS * 8, top=750)
        c.showPage()
        table_text(c, [["20101", "人大事务", "5.50", "4.00"]], top=780)

    grids = list(read(draw).grids())
    assert [g.continued for g in grids] == [False, True]
    assert texts(grids[1]) == [["20101", "人大事务", "5.50", "4.00"]]


def test_an_amount_at_the_top_of_a_page_after_a_table_is_no_row_of_it_elsewhere() -> None:
    def draw(c: Canvas) -> None:
        table_text(c, ROWS * 8, top=750)
        c.showPage()
        text_at(c, 60, 780, "总额")
        text_at(c, 200, 780, "31.25")

    document = read(draw)
    assert len(list(document.grids())) == 1
    assert [p.text for p in document.paragraphs()] == ["总额", "31.25"]


def test_one_row_of_amounts_under_its_heads_is_a_table() -> None:
    rows = [["科目", "合计", "基本支出", "项目支出"], ["合计", "12.50", "10.00", "2.50"]]

    def draw(c: Canvas) -> None:
        for r, row in enumerate(rows):
            for k, text in enumerate(row):
                text_at(c, 60 + 110 * k, 700 - 20 * r, text)

    assert texts(only_grid(read(draw))) == rows


def torn(second: list[str], first: tuple[str, str] = ("1,234,56", "12.00")) -> list[Grid]:
    """A ruled table whose last row on page 1 prints 政府性基金预算 with two amounts; `second` is the row below the head on page 2."""
    xs = [60.0, 130.0, 202.0, 250.0, 300.0]
    head = ["编码", "科目名称", "合计", "项目支出"]
    wrapped = ["2080501", "行政单位离退休", "8.00", "8.00"]

    def draw(c: Canvas) -> None:
        rows = [head, wrapped, ["229", "政府性基金预算", *first]]
        rules(c, xs, 3, top=110)
        table_text(c, rows, xs, top=110)
        c.showPage()
        rules(c, xs, 3, top=780)
        table_text(c, [head, second, ["230", "转移性支出", "1.00", "1.00"]], xs, top=780)

    return list(read(draw).grids())


def test_a_row_broken_over_the_page_is_one_row() -> None:
    above, below = torn(["", "支出", "7.89", ""])
    assert texts(above)[-1] == ["229", "政府性基金预算支出", "1,234,567.89", "12.00"]
    assert texts(below)[1:] == [["230", "转移性支出", "1.00", "1.00"]]
    cell = next(c for c in above.cells if c.text == "1,234,567.89")
    assert (cell.locator.page, cell.rest and cell.rest.page) == (1, 2)


@pytest.mark.parametrize(
    ("second", "first"),
    [
        (["", "支出", "7.89", ""], ("1,234,567.00", "12.00")),  # nothing is missing there
        (["", "其中：支出", "", ""], ("1,234", "12.00")),
        (["20301", "支出", "", ""], ("1,234", "12.00")),  # has a code of its own
        (["", "支出", "7.89", "3.00"], ("1,234,56", "12.00")),
    ],
)
def test_a_row_of_its_own_is_not_joined(second: list[str], first: tuple[str, str]) -> None:
    above, below = torn(second, first)
    assert texts(above)[-1] == ["229", "政府性基金预算", *first]
    assert texts(below)[1] == second


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
