"""One reader over a list of PDF files, as a process of its own: `python workers.py READER ROUNDS FILE…` prints one JSON line.

Stands on the standard library and the reader alone, so that it runs under the interpreter of another environment as well.
CPU time is the least of ROUNDS runs of each file, pages summed; the import of the reader is not counted, its memory is.
"""

from __future__ import annotations

import ctypes
import json
import re
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

Pages = list[tuple[int, list[str]]]  # (grids, texts of their cells) of each page
NUMBER = re.compile(r"[-+(]?[\d,]*\.?\d+[)%]?")


def bare() -> Callable[[bytes], Pages]:
    """pdfium alone: every character with its box, every path with its bounds. Nothing is made of them: the floor of the others."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    def read(data: bytes) -> Pages:
        pdf = pypdfium2.PdfDocument(data)
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        x0, y0, x1, y1 = (ctypes.c_float() for _ in range(4))
        for index in range(len(pdf)):
            page = pdfium.FPDF_LoadPage(pdf.raw, index)
            text = pdfium.FPDFText_LoadPage(page)
            for i in range(pdfium.FPDFText_CountChars(text)):
                pdfium.FPDFText_GetUnicode(text, i)
                pdfium.FPDFText_GetCharBox(text, i, left, right, bottom, top)
            for i in range(pdfium.FPDFPage_CountObjects(page)):
                item = pdfium.FPDFPage_GetObject(page, i)
                if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_PATH:
                    pdfium.FPDFPageObj_GetBounds(item, x0, y0, x1, y1)
            pdfium.FPDFText_ClosePage(text)
            pdfium.FPDF_ClosePage(page)
        pages: Pages = [(0, [])] * len(pdf)
        pdf.close()
        return pages

    return read


def ours() -> Callable[[bytes], Pages]:
    """juesuan: grids with locators, paragraphs over pages, notes."""
    from pipelines.documents.pdf.read import read_pdf

    def read(data: bytes) -> Pages:
        document = read_pdf(data, "file.pdf", "0" * 64)
        grids: Counter[int] = Counter()
        cells: dict[int, list[str]] = {page.number: [] for page in document.pages}
        for grid in document.grids():
            number = grid.locator.page or 0
            grids[number] += 1
            cells[number].extend(cell.text for cell in grid.cells)
        return [(grids[page.number], cells[page.number]) for page in document.pages]

    return read


def plumber() -> Callable[[bytes], Pages]:
    """pdfplumber, or what stands in for it under its name (pdfplumber-rs): `extract_tables` of each page."""
    import io

    import pdfplumber

    def read(data: bytes) -> Pages:
        out: Pages = []
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages:
                tables = page.extract_tables()
                out.append((len(tables), [cell or "" for table in tables for row in table for cell in row]))
                if hasattr(page, "close"):
                    page.close()
        return out

    return read


def camelot(flavor: str) -> Callable[[bytes], Pages]:
    """camelot, ruled (`lattice`) or aligned (`network`) tables."""
    import tempfile

    import camelot as library

    def read(data: bytes) -> Pages:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(data)
            file.flush()
            tables = library.read_pdf(file.name, pages="all", flavor=flavor, suppress_stdout=True)
        pages: dict[int, tuple[int, list[str]]] = {}
        for table in tables:
            count, cells = pages.get(table.page, (0, []))
            pages[table.page] = (count + 1, cells + [cell for row in table.data for cell in row])
        return [pages.get(n, (0, [])) for n in range(1, max(pages, default=0) + 1)]

    return read


READERS: dict[str, Callable[[], Callable[[bytes], Pages]]] = {
    "bare": bare,
    "ours": ours,
    "plumber": plumber,
    "camelot-lattice": lambda: camelot("lattice"),
    "camelot-network": lambda: camelot("network"),
}


def numbers(texts: list[str]) -> list[str]:
    """The numeric cells among texts, written alike."""
    plain = ("".join(unicodedata.normalize("NFKC", text).split()) for text in texts)
    return [text for text in plain if NUMBER.fullmatch(text)]


def main() -> None:
    reader, rounds, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    read = READERS[reader]()
    files: list[dict[str, Any]] = []
    for name in names:
        data = Path(name).read_bytes()
        cpu, wall, pages = float("inf"), float("inf"), []
        error = None
        for _ in range(rounds):
            begun, started = time.process_time(), time.perf_counter()
            try:
                pages = read(data)
            except Exception as problem:  # a reader that fails on a file is a result of the comparison
                error = f"{type(problem).__name__}: {problem}"[:200]
                break
            cpu, wall = min(cpu, time.process_time() - begun), min(wall, time.perf_counter() - started)
        files.append(
            {
                "name": Path(name).name,
                "cpu": None if error else cpu,
                "wall": None if error else wall,
                "error": error,
                "grids": [count for count, _ in pages],
                "numbers": [numbers(texts) for _, texts in pages],
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"reader": reader, "peak_mb": round(peak, 1), "files": files}, ensure_ascii=False))


if __name__ == "__main__":
    main()
