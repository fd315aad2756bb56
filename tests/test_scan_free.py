"""Scans of tables whose columns no rule parts: amounts beside names, dashes, single digits."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pytest

cv2 = pytest.importorskip("cv2", reason="the ocr extra is not installed")
pytest.importorskip("rapidocr", reason="the ocr extra is not installed")

import typst  # noqa: E402

from pipelines.documents.pdf.library import font_folders  # noqa: E402
from pipelines.documents.scan.free import overlooked, parted  # noqa: E402
from pipelines.documents.scan.page import _MARKS, DISPUTED, Piece, _broken, _confidence, _is_speck, _joined, _specked  # noqa: E402
from tests.test_scan import packed, read, render, texts, worn  # noqa: E402

SCALE = 200 / 72

OPEN = """
#set page(width: 560pt, height: 300pt, margin: 40pt)
#set text(font: "Noto Sans CJK SC", size: 9pt, lang: "zh", region: "cn")
#align(center, text(16pt)[收入支出决算总表])
#table(columns: (2.2fr, 0.5fr, 1fr, 2.2fr, 0.5fr, 1fr), inset: (x: 3pt, y: 3.4pt),
  stroke: (x, y) => (top: 0.5pt, bottom: 0.5pt), align: (left, center, right, left, center, right),
  [项目], [行次], [决算数], [项目], [行次], [决算数],
  [一、财政拨款收入], [1], [6,455.00], [一、一般公共服务支出], [8], [—],
  [二、上级补助收入], [2], [—], [二、因公出国（境）费], [9], [—],
  [三、事业收入], [3], [7.16], [三、社会保障和就业支出], [10], [314.94],
  [四、经营收入], [4], [—], [四、城乡社区支出], [11], [12,746.97],
  [本年收入合计], [5], [12,245.26], [本年支出合计], [12], [13,061.91],
)
"""

EXPECTED = [
    ["项目", "行次", "决算数", "项目", "行次", "决算数"],
    ["一、财政拨款收入", "1", "6,455.00", "一、一般公共服务支出", "8", "—"],
    ["二、上级补助收入", "2", "—", "二、因公出国（境）费", "9", "—"],
    ["三、事业收入", "3", "7.16", "三、社会保障和就业支出", "10", "314.94"],
    ["四、经营收入", "4", "—", "四、城乡社区支出", "11", "12,746.97"],
    ["本年收入合计", "5", "12,245.26", "本年支出合计", "12", "13,061.91"],
]


def test_a_table_with_level_rules_only() -> None:
    """An amount ends a few points before the name of the next column begins: they are two texts, dashes are read."""
    pdf = bytes(typst.compile(OPEN.encode(), font_paths=[str(p) for p in font_folders()]))
    document = read(packed([worn(render(pdf, 200), 0.4, 80)], "JPEG", 200))
    (grid,) = document.grids()
    assert [[re.sub(r"\((.)\)", r"（\1）", t) for t in row] for row in texts(grid)] == EXPECTED
    assert not [n for n in document.notes if n.code == "unsure_number"]


def drawn(*boxes: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    ink = np.zeros((60, 300), np.uint8)
    for x0, top, x1, bottom in boxes:
        ink[top:bottom, x0:x1] = 255
    return ink


def test_a_line_is_parted_where_it_is_blank() -> None:
    line = (0, 10, 300, 40)
    ink = drawn((5, 12, 25, 36), (30, 12, 50, 36), (66, 12, 90, 36))
    assert parted(ink, line) == [(5, 12, 50, 36), (66, 12, 90, 36)]
    # a comma, a colon have blank behind them
    assert parted(drawn((5, 12, 25, 36), (30, 30, 35, 36), (50, 12, 90, 36)), line) == [(5, 12, 90, 36)]
    assert parted(drawn((5, 12, 25, 36), (30, 16, 35, 20), (30, 30, 35, 35), (50, 12, 90, 36)), line) == [(5, 12, 90, 36)]
    # a dash has not
    dash = parted(drawn((5, 12, 25, 36), (40, 23, 49, 25), (66, 12, 90, 36)), line)
    assert dash == [(5, 12, 25, 36), (40, 23, 49, 25), (66, 12, 90, 36)]


def test_ink_that_no_line_took() -> None:
    """A dash and a digit level with a line are texts; a dash between lines, a large drawing and dust are not."""
    ink = drawn((100, 23, 118, 26), (150, 14, 158, 33), (200, 45, 218, 48), (230, 0, 290, 58), (130, 20, 131, 21))
    assert sorted(overlooked(ink, [(5, 12, 60, 36)], SCALE)) == [(100, 23, 118, 26), (150, 14, 158, 33)]


def test_a_short_bar_alone_is_dust() -> None:
    """What is left of a seal beside the amounts; two alike are dashes, and so is a long one."""
    lines = [(5, 12, 60, 36)]
    one, two, long = (100, 23, 106, 25), (150, 23, 156, 25), (200, 23, 212, 26)
    assert overlooked(drawn(one), lines, SCALE) == []
    assert sorted(overlooked(drawn(one, two), lines, SCALE)) == [one, two]
    assert overlooked(drawn(long), lines, SCALE) == [long]


def test_heads_parted_at_a_bracket_are_one() -> None:
    """因公出国（境） is one head; an amount and a name in brackets beside it are two texts, and so is print beside a large mark."""
    nothing = np.zeros((1, 1), np.uint8)

    def read_as(left: str, right: str, tall: int = 24) -> list[str]:
        pieces = [Piece((10, 10, 90, 34), None, nothing, left), Piece((108, 22 - tall // 2, 150, 22 + tall // 2), None, nothing, right)]
        return [p.text for p in _joined(pieces)]

    assert read_as("因公出国", "（境）") == ["因公出国（境）"]
    assert read_as("6,455.00", "（一）教育") == ["6,455.00", "（一）教育"]
    assert read_as("项目0个。", "S", 200) == ["项目0个。", "S"]


def test_a_table_without_rules_goes_on_over_the_page() -> None:
    """The head is repeated over one last row: alone it is no table, after the page before it is."""
    head = "[科目编码], [科目名称], [决算数], [科目编码], [科目名称], [决算数],"
    rows = "".join(f"[3010{i}], [基本工资], [1,{i}15.57], [3020{i}], [办公费], [{i}6.74]," for i in range(1, 7))
    source = f"""
#set page(width: 560pt, height: 300pt, margin: 40pt)
#set text(font: "Noto Sans CJK SC", size: 9pt, lang: "zh", region: "cn")
#let t(body) = table(columns: (1fr, 2fr, 1fr, 1fr, 2fr, 1fr), stroke: none, align: (left, left, right, left, left, right), ..body)
#t(({head} {rows}))
#pagebreak()
#t(({head} [], [人员经费合计], [1,758.34], [], [公用经费合计], [234.67]))
"""
    pdf = bytes(typst.compile(source.encode(), font_paths=[str(p) for p in font_folders()]))
    document = read(packed([render(pdf, 200, 1), render(pdf, 200, 2)], "TIFF", 200))
    grids = list(document.grids())
    assert [g.locator.page for g in grids] == [1, 2]
    assert texts(grids[1])[-1] == ["", "人员经费合计", "1,758.34", "", "公用经费合计", "234.67"]


def test_dust_read_as_a_mark_is_no_text() -> None:
    nothing = np.zeros((1, 1), np.uint8)
    specks = [_is_speck(Piece((0, 0, 4, 4), None, nothing, t), _MARKS) for t in (":", "。", "j", "-", "1", "一")]
    assert specks == [True, True, True, False, False, False]
    assert not _is_speck(Piece((0, 0, 4, 4), (0, 0), nothing, ":"), _MARKS)  # in a cell it is printed


def test_an_amount_of_two_texts_is_unsure() -> None:
    """Dust read as a digit beside an amount: 16.37 and 7 in one cell are no certain 16.377."""
    nothing = np.zeros((1, 1), np.uint8)
    pieces = [Piece((10, 10, 50, 30), None, nothing, "16.37", 0.99), Piece((54, 10, 60, 30), None, nothing, "7", 0.99)]
    sure = _confidence(pieces, 1.0)
    assert sure((0, 0, 100, 40), "16.377") == DISPUTED
    assert sure((0, 0, 100, 40), "16.37 7") == 0.99
    assert sure((0, 0, 52, 40), "16.37") == 0.99
    assert sure((0, 50, 52, 60), "") is None


def test_a_speck_beside_an_amount_is_no_part_of_it() -> None:
    """An amount is kept without the mark that a speck or what is left of a rule was read as; its own brackets stay."""
    assert [_specked(t) for t in ("4,603.80）", "|0.00", "12.50/", "(12.50)", "12.50", "-3.00", "4,60380)", "1)")] == [
        "4,603.80", "0.00", "12.50", None, None, None, None, None,
    ]  # fmt: skip
    assert [_broken(t) for t in ("(12.50)", "(12.50", "2,097,51", "-3.00", "98.5%")] == [False, True, True, False, False]
