"""One drawn page a trap of tables: rules of every kind, none, merged cells, wrapped names, tables over pages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pdf_builder import HEAD, HEIGHT, ROWS, SONG, WIDTH, XS, only_grid, read, rules, table_text, text_at, texts
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Grid, Paragraph


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
