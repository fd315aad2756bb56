"""Real pages printed, scanned and read again: the numbers of the scan beside those of the text layer, wrong ones with and without a flag.

usage: python -m benchmarks.reading.scans FOLDER [--dpi 200] [--tilt 1.0] [--noise 4] [--stamp] [--pages 3] [--seed 1]
"""

from __future__ import annotations

import argparse
import io
import re
import time
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pypdfium2 as pdfium

from pipelines import documents
from pipelines.documents.model import UNSURE, Document, Refused
from pipelines.samples.scan import Scanner, write

NUMBER = re.compile(r"-?[\d,]*\d(?:\.\d+)?%?")
Numbers = list[tuple[str, float]]


def numbers(document: Document) -> Numbers:
    """The numeric cells of a document in reading order, each with its confidence."""
    cells = [c for g in document.grids() for row in g.matrix() for c in row if c is not None]
    once = list({id(c): c for c in cells}.values())  # a merged cell stands in several places
    texts = [(re.sub(r"\s+", "", c.text), 1.0 if c.confidence is None else c.confidence) for c in once]
    return [(t, sure) for t, sure in texts if NUMBER.fullmatch(t)]


def busiest(path: Path, count: int) -> list[bytes]:
    """The pages of a text PDF with most numbers in tables, each a PDF of its own."""
    (document,) = documents.read_path(path)
    on_page: Counter[int] = Counter()
    for grid in document.grids():
        if grid.locator.page:
            on_page[grid.locator.page] += sum(bool(NUMBER.fullmatch(c.text.strip())) for c in grid.cells)
    out = []
    source = pdfium.PdfDocument(path)
    for page, found in on_page.most_common(count):
        if found:
            single = pdfium.PdfDocument.new()
            single.import_pages(source, [page - 1])
            buffer = io.BytesIO()
            single.save(buffer)
            out.append(buffer.getvalue())
    source.close()
    return out


def differences(want: Numbers, got: Numbers, tally: Counter[str]) -> list[str]:
    """Counts right, wrong, unflagged, missed and extra numbers; a line for each that is not right."""
    out = []
    tally["printed"] += len(want)
    matcher = SequenceMatcher(None, [t for t, _ in want], [t for t, _ in got], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            tally["right"] += b - a
            continue
        for (printed, _), (read, sure) in zip(want[a:b], got[c:d], strict=False):
            tally["wrong"] += 1
            tally["unflagged"] += sure >= UNSURE
            out.append(f"{printed} read as {read} ({sure:.2f})")
        tally["missed"] += max(b - a - (d - c), 0)
        tally["extra"] += max(d - c - (b - a), 0)
        out += [f"{t} missed" for t, _ in want[a + d - c : b]] + [f"{t} read where nothing is printed" for t, _ in got[c + b - a : d]]
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="published PDFs with text")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--tilt", type=float, default=1.0)
    parser.add_argument("--noise", type=float, default=4.0)
    parser.add_argument("--stamp", action="store_true")
    parser.add_argument("--pages", type=int, default=3, help="of each file, those with most numbers")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scanner = Scanner(options.dpi, options.tilt, options.noise, options.stamp)
    tally: Counter[str] = Counter()
    start, pages = time.perf_counter(), 0
    for number, path in enumerate(sorted(options.folder.rglob("*.pdf"))):
        for page in busiest(path, options.pages):
            (printed,) = documents.read(page, path.name)
            scan = write(page, scanner, options.seed + number)
            pages += 1
            try:
                (read,) = documents.read(scan, path.name)
            except Refused as error:
                print(f"{path.name}: {error}")
                read = Document(path.name, "", "scan")
            for line in differences(numbers(printed), numbers(read), tally):
                print(f"{path.name}: {line}", flush=True)
    print(f"{pages} pages, {time.perf_counter() - start:.0f} s: {dict(tally)}")


if __name__ == "__main__":
    main()
