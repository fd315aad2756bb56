"""More carriers: how text, grounds and clips are stored. Registers its changes in `carriers_make.CHANGES`."""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from benchmarks.reading.carriers_make import CHANGES, Change, Instruction, _box, _rewrite, _wrap, change, number

SHOW = ("Tj", "TJ")
COLOURS = ("rg", "g", "k", "sc", "scn", "cs")
_PAINT = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"}


@change("no ToUnicode where the encoding tells it")
def _no_unicode(pdf: pikepdf.Pdf) -> None:
    """Fonts whose encoding names its characters (WinAnsi) lose the map."""
    for thing in pdf.objects:
        font = isinstance(thing, Dictionary) and thing.get("/Type") == "/Font" and thing.get("/Subtype") == "/TrueType"
        if font and "/ToUnicode" in thing:
            del thing[Name.ToUnicode]


def _bytes(text: Any) -> bytes:
    return bytes(text)


@change("one text object a glyph run")
def _split_shows(pdf: pikepdf.Pdf) -> None:
    """[(ab) -20 (c)] TJ as (a) Tj … with the moves kept in a TJ of numbers alone."""

    def each(code: list[Instruction]) -> list[Instruction]:
        out: list[Instruction] = []
        for operands, operator in code:
            if operator == "TJ":
                for item in operands[0]:
                    if isinstance(item, String):
                        out.append(([item], "Tj"))
                    else:
                        out.append(([Array([item])], "TJ"))
            else:
                out.append((operands, operator))
        return out

    _rewrite(pdf, each)


def _chunks(code: list[Instruction]) -> list[list[Instruction]]:
    """Top level pieces: balanced q … Q, BT … ET with what stands before them."""
    out: list[list[Instruction]] = []
    piece: list[Instruction] = []
    depth = 0
    for instruction in code:
        piece.append(instruction)
        depth += {"q": 1, "Q": -1, "BT": 1, "ET": -1, "BDC": 1, "BMC": 1, "EMC": -1}.get(instruction[1], 0)
        if depth == 0 and instruction[1] in ("Q", "ET", "EMC"):
            out.append(piece)
            piece = []
    if piece:
        out.append(piece)
    return out


def _own_state(piece: list[Instruction]) -> bool:
    """True for a piece that sets all it needs and changes nothing for the next."""
    names = [operator for _, operator in piece]
    first = next((n for n in names if n not in ("BDC", "BMC")), "")
    last = next((n for n in reversed(names) if n != "EMC"), "")
    return (first, last) == ("q", "Q") or ((first, last) == ("BT", "ET") and "Tf" in names and "Tm" in names)


@change("text objects in reverse order")
def _reversed(pdf: pikepdf.Pdf) -> None:
    """Where every piece at the top level is balanced (sets its own state), the last comes first."""

    def each(code: list[Instruction]) -> list[Instruction]:
        pieces = _chunks(code)
        if len(pieces) < 3 or not all(_own_state(p) for p in pieces):
            return code
        return [i for piece in reversed(pieces) for i in piece]

    _rewrite(pdf, each)


@change("bold by painting twice")
def _twice(pdf: pikepdf.Pdf) -> None:
    """Every text object drawn again 0.25 pt to the right."""

    def each(code: list[Instruction]) -> list[Instruction]:
        out: list[Instruction] = []
        block: list[Instruction] = []
        for instruction in code:
            if instruction[1] == "BT":
                block = []
            block.append(instruction)
            out.append(instruction)
            if instruction[1] == "ET":
                out += [([], "q"), ([1, 0, 0, 1, number(0.25), 0], "cm"), *block, ([], "Q")]
        return out

    _rewrite(pdf, each)


@change("text filled and stroked")
def _outlined(pdf: pikepdf.Pdf) -> None:
    _rewrite(pdf, lambda code: [x for i in code for x in ([i, ([2], "Tr")] if i[1] == "BT" else [i]) if i[1] != "Tr"])


@change("text a second time, invisible")
def _invisible(pdf: pikepdf.Pdf) -> None:
    """The text layer of a recognition under the real text, 1.5 pt off: mode 3."""

    def each(code: list[Instruction]) -> list[Instruction]:
        layer: list[Instruction] = []
        inside = False
        for operands, operator in code:
            if operator == "BT":
                inside = True
                layer += [([], "q"), ([1, 0, 0, 1, number(1.5), number(-1.5)], "cm"), ([], "BT"), ([3], "Tr")]
            elif operator == "ET":
                inside = False
                layer += [([], "ET"), ([], "Q")]
            elif inside and operator == "Tr":
                continue
            elif inside or operator in ("q", "Q", "cm", "Tf", "Tc", "Tw", "Tz", "TL"):
                layer.append((operands, operator))
        return [([], "q"), *layer, ([], "Q"), *code] if layer.count(([], "q")) == layer.count(([], "Q")) else code

    _rewrite(pdf, each)


@change("white digits beside the text")
def _white(pdf: pikepdf.Pdf) -> None:
    """Every text once more in white, 4 pt lower: nobody sees it."""

    def each(code: list[Instruction]) -> list[Instruction]:
        out: list[Instruction] = []
        block: list[Instruction] = []
        for instruction in code:
            if instruction[1] == "BT":
                block = []
            if instruction[1] not in COLOURS:
                block.append(instruction)
            out.append(instruction)
            if instruction[1] == "ET":
                out += [([], "q"), ([1, 0, 0, 1, 0, number(-4)], "cm"), ([1], "g"), *block, ([], "Q")]
        return out

    _rewrite(pdf, each)


@change("page clipped to itself")
def _clipped(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        _wrap(pdf, page, f"{x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re W n")


@change("page clipped by two paths")
def _clipped_twice(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        a, b, c, d = x0 - 90, y0 - 90, x1 + 90, y1 + 90
        points = [(a, y0), (x0, b), (x1, b), (c, y0), (c, y1), (x1, d), (x0, d), (a, y1)]
        octagon = " l ".join(f"{x:.2f} {y:.2f}" for x, y in points).replace(" l ", " m ", 1) + " l h W* n"
        _wrap(pdf, page, f"{octagon} {x0:.3f} {y0:.3f} {x1 - x0:.3f} {y1 - y0:.3f} re W n")


def _grounds(paint: str, rows: str) -> Change:
    """Filled boxes behind the cells of the tables as found in the unchanged file; `rows`: head, all, stripes."""

    def ground(pdf: pikepdf.Pdf) -> None:
        from pipelines.documents.pdf.read import read_pdf

        data = bytes(pdf.original_bytes)  # type: ignore[attr-defined]
        document = read_pdf(data, "unchanged", "0" * 64, recognise=False)
        for grid in document.grids():
            page = pdf.pages[(grid.locator.page or 1) - 1]
            if int(page.obj.get(Name.Rotate, 0)) % 360:
                continue
            left, _, _, top = _box(page)
            content = f"q {paint} "
            for cell in grid.cells:
                if cell.locator.box is None or (rows == "head" and cell.row > 1) or (rows == "stripes" and cell.row % 2):
                    continue
                x0, y0, x1, y1 = cell.locator.box
                content += f"{left + x0:.2f} {top - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f "
            page.contents_add(pdf.make_stream((content + "Q\n").encode()), prepend=True)

    return ground


CHANGES["head cells shaded"] = _grounds("0.8 0.86 0.95 rg", "head")
CHANGES["every cell on grey"] = _grounds("0.93 g", "all")
CHANGES["striped rows"] = _grounds("0.9 0.95 0.9 rg", "stripes")


@change("white on a dark page")
def _dark(pdf: pikepdf.Pdf) -> None:
    """Everything painted white on a dark ground."""

    def each(code: list[Instruction]) -> list[Instruction]:
        dropped = {*COLOURS, "RG", "G", "K", "SC", "SCN", "CS"}
        return [i for i in code if i[1] not in dropped]

    _rewrite(pdf, each)
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        _wrap(pdf, page, f"0.1 0.15 0.35 rg {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f 1 g 1 G")
