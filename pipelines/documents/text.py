"""Reader of text files: .txt, .tsv and .md exports with tab-separated or pipe tables, paragraphs between them."""

from __future__ import annotations

import re

from pipelines.documents.charset import decode
from pipelines.documents.flow import Line, drop_page_marks, paragraphs
from pipelines.documents.model import Block, Document, Locator, PageInfo, Refused
from pipelines.documents.pipes import is_pipe_line, pipe_rows
from pipelines.documents.tabular import RawCell, cell_text, make_grid, mark_continued, peel

READER = "text/1"
MAX_LINES = 2_000_000


def read_text(data: bytes, name: str, sha256: str) -> Document:
    """Paragraphs and grids of a text file, locators by line. Raises Refused (corrupt, empty, too_large)."""
    text, notes = decode(data)
    blocks = read_lines(text)
    if not blocks:
        raise Refused("empty", "the text file holds no text: fetch it again")
    return Document(sha256, name, "text", blocks, [PageInfo(1, 0.0, 0.0)], notes, READER)


def read_lines(text: str) -> list[Block]:
    """Blocks of plain text. A run of lines with tabs is a table, a blank line ends it; a line's tabs give the columns.

    A line without a tab inside such a run is a row of one cell, so that no line is lost and rows keep their order.
    """
    raw = re.split(r"\r\n|\r|\n|\x0b|\x0c|\x85|\u2028|\u2029", text)
    if len(raw) > MAX_LINES:
        raise Refused("too_large", f"{len(raw)} lines (limit {MAX_LINES}): split the file")
    blocks: list[Block] = []
    pending: list[Line] = []
    gap = 1
    table = 0
    index = 0
    while index < len(raw):
        line = raw[index]
        if not line.strip(" \u3000\u00a0\u200b\ufeff\t"):
            gap += 1
            index += 1
            continue
        end = _table_end(raw, index)
        if end > index:
            blocks += _flush(pending)
            pending = []
            table += 1
            blocks += _table(raw, index, end, table)
            index = end
            gap = 1
            continue
        pending.append(Line(line.replace("\t", " "), Locator("text", line=index + 1), gap))
        gap = 0
        index += 1
    blocks += _flush(pending)
    mark_continued(blocks)
    return blocks


def _flush(lines: list[Line]) -> list[Block]:
    return list(paragraphs(drop_page_marks(lines)))


def _table_end(raw: list[str], start: int) -> int:
    """Index after the run of table lines that starts at `start`; `start` itself where no table starts."""
    if is_pipe_line(raw[start]):
        end = start
        while end < len(raw) and is_pipe_line(raw[end]):
            end += 1
        return end if end - start >= 2 else start
    if "\t" not in raw[start]:
        return start
    end = start
    while end < len(raw) and raw[end].strip(" \u3000\u00a0\u200b\ufeff"):
        if "\t" not in raw[end] and not (end + 1 < len(raw) and "\t" in raw[end + 1]):
            break
        end += 1
    # Tabs also indent paragraphs and part a heading from its page number: a table has a row of two texts, or several rows.
    filled = [sum(bool(cell.strip()) for cell in raw[i].split("\t")) for i in range(start, end)]
    inner = [raw[i].strip().count("\t") for i in range(start, end)]
    if max(filled) >= 3 or (end - start >= 2 and sum(f >= 2 for f in filled) * 2 >= len(filled) and not _contents(raw[start:end])):
        return end
    return end if end - start >= 2 and max(inner) >= 2 else start


def _contents(lines: list[str]) -> bool:
    """Lines of a table of contents: a heading, a tab, a page number."""
    return all(re.fullmatch(r"\s*\S[^\t]*\t+\s*\d{1,3}\s*", line) is not None for line in lines if line.strip())


def _table(raw: list[str], start: int, end: int, table: int) -> list[Block]:
    rows: list[list[RawCell]] = []
    split = pipe_rows(raw[start:end]) if is_pipe_line(raw[start]) else [(i, raw[start + i].split("\t")) for i in range(end - start)]
    for offset, texts in split:
        line = start + offset + 1
        row = []
        for column, value in enumerate(texts):
            clean, lines = cell_text(value)
            row.append(RawCell(clean, Locator("text", table=table, row=len(rows) + 1, column=column + 1, line=line), lines=lines))
        rows.append(row)
    grid = make_grid(rows, Locator("text", table=table, line=start + 1), ruled=False)
    if grid is None:
        return []
    # Exports of whole sheets carry title and unit line as rows; a first row with one text may as well be the rest of a split form.
    return peel(grid, lone_rows=False, trim=False)
