"""Builds small Documents by hand for layout tests: paragraphs, and grids drawn as rows of text with merges marked."""

from __future__ import annotations

from pipelines.documents.model import Block, Document, Grid, GridCell, Locator, PageInfo, Paragraph, Run
from pipelines.reports import statements
from pipelines.reports.model import Identity, ReadingFinding, Statement, Unrecognised
from pipelines.reports.outline import outline

Read = tuple[list[Statement], list[ReadingFinding], list[Unrecognised]]
LEFT, UP = "<", "^"
"""In a drawn grid: this place belongs to the cell on its left / above it."""


def paragraph(text: str, page: int = 1) -> Paragraph:
    """A paragraph; lines are parted by a newline."""
    runs, joined = [], ""
    for i, line in enumerate(text.split("\n")):
        runs.append(Run(len(joined), len(joined) + len(line), Locator("html", page=page, line=i + 1)))
        joined += line
    return Paragraph(joined, runs)


def grid(drawing: str, page: int = 1, continued: bool = False) -> Grid:
    """A grid from lines of ` | `-separated cells; LEFT and UP draw merged cells. Rows may have fewer cells than the widest."""
    rows = [[c.strip() for c in line.split("|")] for line in drawing.strip("\n").split("\n")]
    width = max(map(len, rows))
    rows = [r + [""] * (width - len(r)) for r in rows]
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in (LEFT, UP):
                continue
            columns = 1
            while c + columns < width and row[c + columns] == LEFT:
                columns += 1
            height = 1
            while r + height < len(rows) and rows[r + height][c] == UP:
                height += 1
            place = Locator("html", page=page, table=1, row=r + 1, column=c + 1)
            cells.append(GridCell(r, c, text, place, height, columns))
    return Grid(cells, len(rows), width, Locator("html", page=page, table=1), continued=continued)


def document(*blocks: str | Block, name: str = "sample") -> Document:
    """A document of paragraphs (plain strings), drawn grids (strings with a bar) and ready blocks."""
    made: list[Block] = []
    for block in blocks:
        if isinstance(block, str):
            made.append(grid(block) if "|" in block else paragraph(block.strip("\n")))
        else:
            made.append(block)
    return Document("0" * 64, name, "html", made, [PageInfo(1, 595.0, 842.0)])


def table(statement: Statement) -> list[tuple[str | None, str, dict[str, float | None]]]:
    """(code, name, numbers) of every row, for short assertions."""
    return [(r.code, r.name, {m: None if v.number is None else float(v.number) for m, v in r.values.items()}) for r in statement.rows]


def read(kind: str, year: int, *blocks: str | Grid) -> Read:
    identity = Identity(None, "某局", year, kind, "department")  # type: ignore[arg-type]
    return statements.read(outline(document(*blocks)), identity)


def one(kind: str, year: int, *blocks: str | Grid) -> Statement:
    """The only statement, read without any fault."""
    found, findings, left = read(kind, year, *blocks)
    assert [f.check_id for f in findings if f.severity != "info"] == []
    assert left == []
    (statement,) = found
    return statement


def numbers(statement: Statement) -> dict[tuple[str | None, str], dict[str, float | None]]:
    """{(code or side, name): {measure: number}}"""
    return {
        (r.code or r.side, r.name): {m: None if v.number is None else float(v.number) for m, v in r.values.items()} for r in statement.rows
    }
