"""The document: a published file as read. Paragraphs and grids in reading order, each with a locator; geometry only.

Every reader (pdf, scan, docx, xlsx, html, text) returns a `Document`; nothing downstream knows which one wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

LocatorKind = Literal["pdf", "scan", "docx", "xlsx", "html", "text"]
Box = tuple[float, float, float, float]
UNSURE = 0.85
"""A number of a scan read with less confidence than this is noted and reported: it must not pass as a fact."""


@dataclass(slots=True, frozen=True)
class Locator:
    """Where something is printed. `box` is (x0, top, x1, bottom) in points from the top left of the page as displayed."""

    kind: LocatorKind
    page: int | None = None  # 1-based
    box: Box | None = None
    sheet: str | None = None
    cell: str | None = None  # "B7" (xlsx)
    table: int | None = None  # 1-based, in document order (docx, html)
    row: int | None = None  # 1-based
    column: int | None = None  # 1-based
    line: int | None = None  # 1-based (text)
    turn: int = 0  # quarter turns clockwise that set the page upright to be read; not in JSON

    @property
    def upright(self) -> Box | None:
        """The box as it lies on the page set upright, from some fixed corner: to compare places of one page format."""
        if self.box is None or self.turn == 0:
            return self.box
        x0, top, x1, bottom = self.box
        return {1: (-bottom, x0, -top, x1), 2: (-x1, -bottom, -x0, -top), 3: (top, -x1, bottom, -x0)}[self.turn]

    def to_json(self) -> dict[str, Any]:
        """The locator without its empty fields; box rounded to 0.01 pt."""
        out: dict[str, Any] = {"kind": self.kind}
        for name in ("page", "sheet", "cell", "table", "row", "column", "line"):
            if (value := getattr(self, name)) is not None:
                out[name] = value
        if self.box is not None:
            out["box"] = [round(float(v), 2) for v in self.box]
        return out

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Locator:
        box = data.get("box")
        return cls(**{**data, "box": tuple(box) if box else None})


@dataclass(slots=True)
class Run:
    """Characters [start, end) of a paragraph and the place they are printed at (one printed line)."""

    start: int
    end: int
    locator: Locator


@dataclass(slots=True)
class Paragraph:
    """Running text in reading order, printed lines joined, also over a page break; page numbers and running heads are not in it.

    `printed_lines` keeps the text of each printed line as a run, so any character range leads to its place.
    """

    text: str
    runs: list[Run]
    size: float | None = None  # type size in points where known
    centred: bool = False
    bold: bool = False
    confidence: float | None = None  # scans only: the worst of its characters, 0..1

    @property
    def locator(self) -> Locator:
        """Where the paragraph begins."""
        return self.runs[0].locator

    def locate(self, start: int, end: int) -> Locator:
        """The place of the characters [start, end): that of the printed line in which the range begins."""
        for run in self.runs:
            if run.start <= start < run.end:
                return run.locator
        return self.runs[-1].locator


@dataclass(slots=True)
class GridCell:
    """One printed cell. Wrapped lines are joined without spaces between CJK characters; `lines` keeps them apart."""

    row: int  # 0-based, of its top left corner
    column: int
    text: str
    locator: Locator
    row_span: int = 1
    column_span: int = 1
    lines: tuple[str, ...] = ()  # the printed lines when there is more than one
    number: str | None = None  # a typed number (xlsx) as canonical decimal text; `text` is what is displayed
    confidence: float | None = None  # scans only, 0..1
    rest: Locator | None = None  # where the text ends when its row is broken over the page


@dataclass(slots=True)
class Grid:
    """A table as printed: one page (or sheet, or text block) of it. Blank cells are cells with empty text."""

    cells: list[GridCell]
    n_rows: int
    n_columns: int
    locator: Locator
    ruled: bool = True
    continued: bool = False  # geometry says: goes on from the grid before it (last on its page, first on the next, same columns)

    def matrix(self) -> list[list[GridCell | None]]:
        """n_rows × n_columns; a spanning cell stands in every place it covers (the same object)."""
        out: list[list[GridCell | None]] = [[None] * self.n_columns for _ in range(self.n_rows)]
        for cell in self.cells:
            for r in range(cell.row, min(cell.row + cell.row_span, self.n_rows)):
                for c in range(cell.column, min(cell.column + cell.column_span, self.n_columns)):
                    out[r][c] = cell
        return out


Block = Paragraph | Grid


@dataclass(slots=True)
class PageInfo:
    number: int  # 1-based
    width: float  # points, as displayed
    height: float
    rotation: int = 0
    source: Literal["text", "scan", "empty"] = "text"


@dataclass(slots=True)
class ReadingNote:
    """Something the reader could not read with certainty; it becomes a finding (e.g. `glyph_without_unicode`)."""

    code: str
    message: str
    locator: Locator | None = None


@dataclass(slots=True)
class Document:
    """A file as read."""

    sha256: str
    name: str  # the original file name: for messages only, never evidence of what the file is
    kind: LocatorKind
    blocks: list[Block]
    pages: list[PageInfo] = field(default_factory=list)
    notes: list[ReadingNote] = field(default_factory=list)
    reader: str = ""  # reader name and version, part of the staging key

    def paragraphs(self) -> Iterator[Paragraph]:
        return (b for b in self.blocks if isinstance(b, Paragraph))

    def grids(self) -> Iterator[Grid]:
        return (b for b in self.blocks if isinstance(b, Grid))


class Refused(Exception):
    """A file that cannot be read. `reason` is a stable code, the message one clear line: what, where, what to do.

    Codes: empty, truncated, encrypted, corrupt, unsupported, too_large, too_slow, template, not_a_report, no_text, hostile.
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason
