"""Draws small PDF pages for layout tests: a table of amounts with rules of one's choice, texts at a place, read at once."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipelines.documents.model import Document, Grid
from pipelines.documents.pdf.read import read_pdf

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
HEAD = [["栏次", "项目", "合计", "基本支出"], ["", "", "1", "2"]]


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
