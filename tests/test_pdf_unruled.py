"""Tables without rules whose cells are mostly blank: heads of blank columns, wrapped names, lists of names, line numbers."""

from __future__ import annotations

from pdf_builder import only_grid, read, text_at, texts
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Grid

NAMES = ["外交支出", "国防支出", "公共安全支出", "教育支出", "科学技术支出", "卫生健康支出", "节能环保支出", "城乡社区支出"]


def row(c: Canvas, y: float, *cells: tuple[float, str]) -> None:
    """Texts at the left edges of a row, numbers at the right edges."""
    for x, text in cells:
        text_at(c, x, y, text, right=text[:1].isdigit() and "." in text)


def body(c: Canvas, top: float = 600) -> None:
    for i, name in enumerate(NAMES[:4]):
        row(c, top - 15 * i, (60, f"20{i}"), (110, name), (320, f"{i}1.50"), (500, f"{i}2.50"))


def column(grid: Grid, text: str) -> int:
    return next(c.column for c in grid.cells if c.text == text)


def test_heads_of_blank_columns_wrapped_and_level_with_the_middle_of_their_neighbours() -> None:
    def draw(c: Canvas) -> None:
        row(c, 640, (328, "政府性基金预算"), (410, "国有资本经营"))
        row(c, 632, (60, "编码"), (110, "名称"), (295, "合计"), (478, "事业收入"), (530, "其他收入"))
        row(c, 624, (343, "拨款收入"), (415, "拨款收入"))
        body(c)

    grid = only_grid(read(draw))
    heads = {c.column: "" for c in grid.cells}
    for cell in grid.cells:
        if cell.row < 3:
            heads[cell.column] += cell.text
    assert [heads[i] for i in range(2, 7)] == ["合计", "政府性基金预算拨款收入", "国有资本经营拨款收入", "事业收入", "其他收入"]


def test_a_name_over_two_lines_with_its_amounts_in_the_middle() -> None:
    def draw(c: Canvas) -> None:
        row(c, 620, (60, "编码"), (110, "名称"), (295, "合计"), (475, "基本支出"))
        body(c)
        row(c, 540, (110, "机关事业单位基本养老保险"))
        row(c, 533, (60, "204"), (320, "8.00"), (500, "9.00"))
        row(c, 526, (110, "缴费"))
        row(c, 511, (60, "205"), (110, "医疗费"), (320, "1.00"), (500, "2.00"))
        row(c, 497, (110, "对民间非营利组织的补"))
        row(c, 490, (60, "206"), (320, "3.00"), (500, "4.00"))
        row(c, 483, (110, "贴"))  # the last of the table

    assert texts(only_grid(read(draw)))[-3:] == [
        ["204", "机关事业单位基本养老保险缴费", "8.00", "9.00"],
        ["205", "医疗费", "1.00", "2.00"],
        ["206", "对民间非营利组织的补贴", "3.00", "4.00"],
    ]


def test_a_long_list_of_names_without_amounts_does_not_end_the_table() -> None:
    def draw(c: Canvas) -> None:
        row(c, 640, (60, "项目"), (180, "预算数"), (300, "项目"), (480, "预算数"))
        for i in range(3):
            row(c, 625 - 15 * i, (60, f"收入{i}"), (220, f"{i}5.00"), (300, f"支出{i}"), (520, f"{i}6.00"))
        for i, name in enumerate(NAMES):
            row(c, 580 - 15 * i, (300, name))
        row(c, 460, (60, "收入总计"), (220, "9.00"), (300, "支出总计"), (520, "9.00"))

    grid = only_grid(read(draw))
    assert [t[2] for t in texts(grid)[4:]] == [*NAMES, "支出总计"]


def test_line_numbers_are_more_than_the_amounts() -> None:
    def draw(c: Canvas) -> None:
        row(c, 640, (60, "项目"), (200, "行次"), (260, "决算数"))
        for i, name in enumerate(NAMES):
            row(c, 625 - 15 * i, (60, name), (205, str(i + 1)), *([(300, f"{i}5.00")] if i in (0, 2, 5) else []))

    assert len(texts(only_grid(read(draw)))) == 1 + len(NAMES)


def test_a_last_row_goes_on_under_a_repeated_head_in_columns_that_were_blank() -> None:
    def draw(c: Canvas) -> None:
        for top in (640, 800):
            row(c, top, (60, "编码"), (110, "名称"), (295, "合计"), (380, "编码"), (420, "名称"), (500, "决算数"))
            if top == 640:
                for i, name in enumerate(NAMES):
                    row(c, 625 - 15 * i, (60, f"20{i}"), (110, name), (320, f"{i}5.00"), (380, f"30{i}"), (420, "费用"))
            else:
                row(c, 785, (110, "人员经费合计"), (320, "7.00"), (420, "公用经费合计"), (530, "8.00"))
            c.showPage()

    first, second = read(draw).grids()
    assert (first.continued, second.continued) == (False, True)
    assert texts(second)[1] == ["", "人员经费合计", "7.00", "", "公用经费合计", "8.00"]


def test_blank_columns_keep_their_heads_from_their_neighbours() -> None:
    """On the way to statements: 上级补助收入 prints nothing and its head stands over nothing."""
    from pipelines.reports import statements
    from pipelines.reports.model import Identity
    from pipelines.reports.outline import outline

    def draw(c: Canvas) -> None:
        text_at(c, 250, 700, "收入决算表", 16)
        text_at(c, 500, 670, "单位：万元")
        row(
            c,
            650,
            (60, "科目编码"),
            (110, "科目名称"),
            (210, "本年收入合计"),
            (290, "财政拨款收入"),
            (370, "上级补助收入"),
            (450, "其他收入"),
        )
        for i, name in enumerate(NAMES[:4]):
            row(c, 635 - 15 * i, (60, f"20{i + 1}"), (110, name), (270, "5.00"), (350, "5.00"))

    document = read(draw)
    found, _, _ = statements.read(outline(document), Identity(None, "某局", 2023, "final", "department"))
    (statement,) = found
    assert set(statement.rows[0].values) == {"total", "fiscal_appropriation", "superior_subsidy", "other"}
    assert [v.printed for v in statement.rows[0].values.values()] == ["5.00", "5.00", "", ""]
