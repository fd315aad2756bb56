"""Reader of text files: .txt, .tsv and .md exports with tab-separated or pipe tables, paragraphs between them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace

from pipelines.documents.charset import decode
from pipelines.documents.flow import Line, drop_page_marks, paragraphs
from pipelines.documents.model import Block, Document, Locator, Refused
from pipelines.documents.pipes import is_pipe_line, pipe_rows
from pipelines.documents.tabular import MAX_CELLS, MAX_COLUMNS, RawCell, cell_text, make_grid, mark_continued, peel

READER = "text/1"
MAX_LINES = 2_000_000
_BLANKS = " \u3000\u00a0\u200b\ufeff"


def read_text(data: bytes, name: str, sha256: str) -> Document:
    """Paragraphs and grids of a text file, locators by line. Raises Refused (corrupt, empty, too_large)."""
    text, notes = decode(data)
    blocks = read_lines(text)
    if not blocks:
        raise Refused("empty", "the text file holds no text: fetch it again")
    return Document(sha256, name, "text", blocks, [], notes, READER)


def read_lines(text: str) -> list[Block]:
    """Blocks of plain text; a form feed parts paragraphs like a blank line."""
    if (rows := _comma_rows(text)) is not None:
        return blocks_from_lines([Line("\t".join(cells), Locator("text", line=line), gap) for line, gap, cells in rows])
    raw = re.split(r"\r\n|\r|\n|\x0b|\x85|\u2028|\u2029", text)
    if len(raw) > MAX_LINES:
        raise Refused("too_large", f"{len(raw)} lines (limit {MAX_LINES}): split the file")
    lines: list[Line] = []
    gap = 1
    tabs = 0
    for number, line in enumerate(raw, 1):
        gap += line.startswith("\x0c")
        line = line.replace("\x0c", "")
        tabs += line.count("\t")
        if tabs > MAX_CELLS:
            raise Refused("too_large", f"more than {MAX_CELLS} cells: split the file")
        if line.strip(_BLANKS):
            lines.append(Line(line, Locator("text", line=number), gap))
            gap = 0
        else:
            gap += 1
    return blocks_from_lines(lines)


def _comma_rows(text: str) -> list[tuple[int, int, list[str]]] | None:
    """(line, blank lines before, cells) of a file of comma-separated values; None for any other text.

    Chinese running text has no ASCII commas to speak of: nearly all lines must have several, and most the same number of cells.
    """
    if "\t" in text[:20_000] or text.count(",") < 6:
        return None
    filled = [line for line in text[:20_000].splitlines() if line.strip()]
    if sum(line.count(",") >= 2 for line in filled) < 0.8 * len(filled) or sum("。" in line for line in filled) > 0.1 * len(filled):
        return None
    reader = csv.reader(io.StringIO(text))
    rows: list[tuple[int, int, list[str]]] = []
    gap = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, gap, [re.sub(r"[\t\r\n]+", " ", cell) for cell in cells]))
                gap = 0
            else:
                gap += 1
    except csv.Error:
        return None
    counts = Counter(len(cells) for _, _, cells in rows)
    width, often = counts.most_common(1)[0] if counts else (0, 0)
    return rows if width >= 3 and often >= 0.6 * len(rows) else None


def blocks_from_lines(lines: list[Line]) -> list[Block]:
    """Blocks of lines that may hold tab or pipe tables; also of web pages saved with one row or cell a line.

    A run of lines with tabs is a table, a blank line ends it; a line's tabs give the columns. A line without a tab inside such a
    run is a row of one cell, so that no line is lost and rows keep their order.
    """
    blocks: list[Block] = []
    pending: list[Line] = []
    table = 0
    index = 0
    while index < len(lines):
        end = _table_end(lines, index)
        if end == index:
            line = lines[index]
            pending.append(Line(line.text.replace("\t", " "), line.locator, line.gap))
            index += 1
            continue
        blocks += paragraphs(drop_page_marks(pending))
        pending = []
        table += 1
        blocks += _table(lines[index:end], table)
        index = end
    blocks += paragraphs(drop_page_marks(pending))
    mark_continued(blocks)
    return blocks


def _table_end(lines: list[Line], start: int) -> int:
    """Index after the run of table lines that starts at `start`; `start` itself where no table starts."""
    end = start
    if is_pipe_line(lines[start].text):
        while end < len(lines) and is_pipe_line(lines[end].text):
            end += 1
        return end if end - start >= 2 else start
    if "\t" not in lines[start].text:
        return start
    while end < len(lines) and (end == start or not lines[end].gap):
        if "\t" not in lines[end].text and not (end + 1 < len(lines) and not lines[end + 1].gap and "\t" in lines[end + 1].text):
            break
        end += 1
    # Tabs also indent paragraphs and part a heading from its page number: a table has a row of three texts, or several of two.
    texts = [line.text for line in lines[start:end]]
    filled = [sum(bool(cell.strip()) for cell in text.split("\t")) for text in texts]
    if max(filled) >= 3 or (end - start >= 2 and sum(f >= 2 for f in filled) * 2 >= len(filled) and not _contents(texts)):
        return end
    # a list of items whose amounts are mostly blank: as many tabs on every line, and a head of two texts
    if len({text.count("\t") for text in texts}) == 1 and filled[0] >= 2 and sum(f >= 2 for f in filled) > 2 and not _contents(texts):
        return end
    return end if end - start >= 2 and max(text.strip().count("\t") for text in texts) >= 2 else start


def _contents(lines: list[str]) -> bool:
    """Lines of a table of contents: a heading, a tab, a page number."""
    return all(re.fullmatch(r"\s*\S[^\t]*\t+\s*\d{1,3}\s*", line) is not None for line in lines if line.strip())


def _table(lines: list[Line], table: int) -> list[Block]:
    if max(line.text.count("\t") + line.text.count("|") for line in lines) > 2 * MAX_COLUMNS:
        raise Refused("hostile", f"a table of more than {MAX_COLUMNS} columns: no report prints that")
    rows: list[list[RawCell]] = []
    kept = table if lines[0].locator.kind == "text" else lines[0].locator.table  # elsewhere numbers count the real tables
    texts = [line.text for line in lines]
    split = pipe_rows(texts) if is_pipe_line(texts[0]) else [(i, text.split("\t")) for i, text in enumerate(texts)]
    for offset, values in split:
        row = []
        for column, value in enumerate(values, 1):
            clean, printed = cell_text(value)
            place = replace(lines[offset].locator, table=kept, row=len(rows) + 1, column=column)
            row.append(RawCell(clean, place, lines=printed))
        rows.append(row)
    grid = make_grid(rows, replace(lines[0].locator, table=kept), ruled=False)
    if grid is None:
        return []
    # Exports of whole sheets carry title and unit line as rows; a first row with one text may as well be the rest of a split form.
    return peel(grid, lone_rows=False, trim=False)
