"""Reading a PDF: what is refused and why, how lines become paragraphs, how rules become cells (properties)."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Locator, Refused
from pipelines.documents.pdf.grids import find_ruled
from pipelines.documents.pdf.lines import Line, build_lines
from pipelines.documents.pdf.paragraphs import PageText, build_blocks, is_page_number
from pipelines.documents.pdf.read import read_pdf

SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))


def small(*, password: str | None = None, pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=StandardEncryption(password, canPrint=0) if password else None)
    for _ in range(pages):
        canvas.setFont(SONG, 12)
        canvas.drawString(100, 700, "收入支出决算总体情况说明")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 500, "empty"),
        (b"%PDF-1.7\nnothing here\n%%EOF\n", "corrupt"),
        (small()[:300], "truncated"),
        (small(password="secret"), "encrypted"),
    ],
    ids=["empty", "zeros", "no objects", "cut off", "password"],
)
def test_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_pdf(data, "file.pdf", "0" * 64)
    assert refusal.value.reason == reason
    assert str(refusal.value).startswith("file.pdf: ") and "\n" not in str(refusal.value)


def test_too_many_pages() -> None:
    with pytest.raises(Refused) as refusal:
        read_pdf(small(pages=4), "file.pdf", "0" * 64, max_pages=3)
    assert refusal.value.reason == "too_large"


@pytest.mark.parametrize("text", ["3", "- 3 -", "—12—", "第 2 页，共 46 页", "第2页", "3/25", "iv", "Page 3 of 9", "·7·"])
def test_page_numbers(text: str) -> None:
    assert is_page_number(text)


@pytest.mark.parametrize("text", ["17.31%", "2024年", "合计", "1,234", "第二部分", "3 万元", "12345"])
def test_no_page_numbers(text: str) -> None:
    assert not is_page_number(text)


LEFT, SIZE, COLUMNS = 90.0, 12.0, 34


def page_of(*texts: str, number: int = 1, top: float = 100.0, lead: float = 20.0) -> PageText:
    """A page with one line a text: two leading ideographic spaces are an indent, `^` centres."""
    lines = []
    for row, text in enumerate(texts):
        bare = text.lstrip("　^")
        width = sum(SIZE if ord(c) > 0x2000 else SIZE / 2 for c in bare)
        x0 = LEFT + (COLUMNS * SIZE - width) / 2 if text.startswith("^") else LEFT + SIZE * (len(text) - len(bare))
        y = top + lead * row
        lines.append(Line(bare, x0, y, x0 + width, y + SIZE, SIZE, row, -1))
    return PageText(number, 595.0, 842.0, lines, [], lambda line: Locator("pdf", number, line.box))


FULL = "一般公共预算财政拨款支出决算为二千九百四十万元完成年初预算的百分之九十八与上年相比"
assert len(FULL) > COLUMNS


def paragraphs(*pages: PageText) -> list[str]:
    return [block.text for block in build_blocks(list(pages)) if hasattr(block, "text")]


BODY = ("　　" + FULL[: COLUMNS - 2], FULL[:COLUMNS], FULL[:COLUMNS], "减少。")
JOINED = FULL[: COLUMNS - 2] + FULL[:COLUMNS] * 2 + "减少。"


def test_lines_join_and_headings_stand_alone() -> None:
    page = page_of("^第三部分", "　　一、收入情况说明", *BODY, "　　二、支出情况说明", *BODY)
    assert paragraphs(page) == ["第三部分", "一、收入情况说明", JOINED, "二、支出情况说明", JOINED]


def test_paragraph_goes_on_over_the_page_end() -> None:
    first, second = page_of(*BODY, *BODY[:2]), page_of(*BODY[2:], *BODY, number=2)
    assert paragraphs(first, second) == [JOINED, JOINED, JOINED]


def test_line_broken_before_a_long_number_goes_on() -> None:
    page = page_of(*BODY, "　　" + FULL[: COLUMNS - 7] + "占", "15160.05万元，增长。", *BODY)
    assert paragraphs(page) == [JOINED, FULL[: COLUMNS - 7] + "占15160.05万元，增长。", JOINED]


def test_numbered_lines_stay_apart_though_they_are_full() -> None:
    items = [f"{n}、{FULL[: COLUMNS - 2]}" for n in "六七八"]
    assert paragraphs(page_of(*BODY, *items)) == [JOINED, *items]


def test_runs_lead_back_to_printed_lines() -> None:
    block = next(b for b in build_blocks([page_of(*BODY)]) if hasattr(b, "runs"))
    assert [(run.start, run.end) for run in block.runs] == [(0, 32), (32, 66), (66, 100), (100, 103)]
    place = block.locate(70, 75)
    assert place.box is not None and place.box[1] == 140.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(12, 120), min_size=1, max_size=7),
    st.lists(st.integers(12, 60), min_size=1, max_size=9),
    st.sampled_from(["whole", "pieces"]),
    st.randoms(use_true_random=False),
)
def test_a_full_lattice_gives_each_cell_once(widths: list[int], heights: list[int], how: str, chance: object) -> None:
    xs = [50.0, *(50.0 + sum(widths[: i + 1]) for i in range(len(widths)))]
    ys = [50.0, *(50.0 + sum(heights[: i + 1]) for i in range(len(heights)))]
    if how == "whole":
        horizontal = [(y, xs[0], xs[-1]) for y in ys]
        vertical = [(x, ys[0], ys[-1]) for x in xs]
    else:
        horizontal = [(y, a, b) for y in ys for a, b in pairwise(xs)]
        vertical = [(x, a, b) for x in xs for a, b in pairwise(ys)]
    chance.shuffle(horizontal)  # type: ignore[attr-defined]
    chance.shuffle(vertical)  # type: ignore[attr-defined]
    grids = find_ruled(np.array(horizontal), np.array(vertical))
    if len(widths) * len(heights) < 2:
        assert grids == []
        return
    (grid,) = grids
    assert grid.xs == pytest.approx(xs) and grid.ys == pytest.approx(ys)
    assert sorted((c.row, c.column) for c in grid.cells) == [(r, c) for r in range(len(heights)) for c in range(len(widths))]
    assert all(c.row_span == c.column_span == 1 for c in grid.cells)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(12)))
def test_lines_do_not_depend_on_the_order_in_the_file(order: list[int]) -> None:
    text = "支出2,940.05万"
    codes = np.frombuffer((text + "元。").encode("utf-16-le"), np.uint16)
    x = np.cumsum([0.0] + [12.0 if c > 0x2000 else 6.0 for c in codes])
    boxes = np.column_stack((x[:-1], np.full(len(codes), 100.0), x[1:], np.full(len(codes), 112.0)))
    shuffled = np.array([*order, *range(12, len(codes))])
    lines = build_lines(codes[shuffled], boxes[shuffled], np.full(len(codes), -1, np.intp))
    assert [line.text for line in lines] == [text + "元。"]
