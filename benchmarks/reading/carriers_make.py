"""The same pages on another carrier: what a PDF is changed into without changing what it prints. Needs pikepdf.

Each change takes an open PDF and alters it in place. What it prints stays the same to the eye; how it is stored does not.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Stream

Matrix = tuple[float, float, float, float, float, float]
Change = Callable[[pikepdf.Pdf], None]
Instruction = tuple[list[Any], str]
CHANGES: dict[str, Change] = {}


def change(name: str) -> Callable[[Change], Change]:
    """Registers a change under the name it has in the table of results."""

    def keep(function: Change) -> Change:
        CHANGES[name] = function
        return function

    return keep


def number(value: float) -> Decimal:
    """An operand."""
    return Decimal(f"{value:.4f}")


# ---------------------------------------------------------------- page boxes and turns


def _wrap(pdf: pikepdf.Pdf, page: pikepdf.Page, before: str, after: str = "Q") -> None:
    """Content between two pieces of its own."""
    page.contents_add(Stream(pdf, f"q {before}\n".encode()), prepend=True)
    page.contents_add(Stream(pdf, f"\n{after}".encode()), prepend=False)


def _box(page: pikepdf.Page) -> list[float]:
    return [float(x) for x in page.cropbox]


def _boxes(page: pikepdf.Page, box: list[float]) -> None:
    for name in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        if name in page.obj:
            del page.obj[name]
    page.mediabox = Array([Decimal(f"{v:.4f}") for v in box])


def _scaled(factor: float) -> Change:
    def scale(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            box = _box(page)
            _wrap(pdf, page, f"{factor} 0 0 {factor} 0 0 cm")
            _boxes(page, [v * factor for v in box])

    return scale


for _factor in (0.5, 0.7, 1.4, 2.0, 4.0):
    CHANGES[f"scaled ×{_factor}"] = _scaled(_factor)


@change("user unit 2")
def _user_unit(pdf: pikepdf.Pdf) -> None:
    _scaled(0.5)(pdf)
    for page in pdf.pages:
        page.obj[Name.UserUnit] = 2


def _stored_turned(quarter: int) -> Change:
    """The page turned, its content turned back: displayed as before."""

    def turn(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            x0, y0, x1, y1 = _box(page)
            # /Rotate turns clockwise; the content is turned counterclockwise by as much
            matrix, box = {
                90: (f"0 1 -1 0 {y1:.4f} {-x0:.4f}", [0, 0, y1 - y0, x1 - x0]),
                180: (f"-1 0 0 -1 {x1:.4f} {y1:.4f}", [0, 0, x1 - x0, y1 - y0]),
                270: (f"0 -1 1 0 {-y0:.4f} {x1:.4f}", [0, 0, y1 - y0, x1 - x0]),
            }[quarter]
            _wrap(pdf, page, f"{matrix} cm")
            _boxes(page, [float(v) for v in box])
            page.rotate(quarter, relative=True)

    return turn


def _displayed_turned(quarter: int) -> Change:
    """The page displayed on its side: the reader has to turn its head."""

    def turn(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            page.rotate(quarter, relative=True)

    return turn


for _quarter in (90, 180, 270):
    CHANGES[f"stored turned {_quarter}°"] = _stored_turned(_quarter)
    CHANGES[f"displayed turned {_quarter}°"] = _displayed_turned(_quarter)


@change("crop box within a larger page")
def _cropped(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        _boxes(page, [x0 - 120, y0 - 75, x1 + 60, y1 + 200])
        page.cropbox = Array([Decimal(f"{v:.4f}") for v in (x0, y0, x1, y1)])


@change("origin moved")
def _moved(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        _wrap(pdf, page, "1 0 0 1 -311.5 1200.25 cm")
        _boxes(page, [x0 - 311.5, y0 + 1200.25, x1 - 311.5, y1 + 1200.25])


@change("margins of 150 pt more")
def _margins(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        x0, y0, x1, y1 = _box(page)
        _boxes(page, [x0 - 150, y0 - 150, x1 + 150, y1 + 150])


# ---------------------------------------------------------------- pages as forms


def _as_form(pdf: pikepdf.Pdf, page: pikepdf.Page) -> tuple[Any, float, float]:
    """(the page as a form object upright at the origin, its width, its height as displayed)."""
    x0, y0, x1, y1 = _box(page)
    wide, high = x1 - x0, y1 - y0
    matrix, size = {
        0: ([1, 0, 0, 1, -x0, -y0], (wide, high)),
        90: ([0, -1, 1, 0, -y0, x1], (high, wide)),
        180: ([-1, 0, 0, -1, x1, y1], (wide, high)),
        270: ([0, 1, -1, 0, y1, -x0], (high, wide)),
    }[int(page.obj.get(Name.Rotate, 0)) % 360]
    page.contents_coalesce()
    form = Stream(pdf, page.obj.Contents.read_bytes())
    form[Name.Type], form[Name.Subtype] = Name.XObject, Name.Form
    form[Name.BBox] = Array([number(v) for v in (x0, y0, x1, y1)])
    form[Name.Matrix] = Array([number(v) for v in matrix])
    form[Name.Resources] = page.resources
    return pdf.make_indirect(form), *size


def _replace_by(pdf: pikepdf.Pdf, page: pikepdf.Page, placed: list[tuple[Any, float, float]], width: float, height: float) -> None:
    """The page shows forms at places and nothing else."""
    page.obj[Name.Resources] = Dictionary(XObject=Dictionary({f"/F{i}": form for i, (form, _, _) in enumerate(placed)}))
    content = "".join(f"q 1 0 0 1 {x:.3f} {y:.3f} cm /F{i} Do Q\n" for i, (_, x, y) in enumerate(placed))
    page.obj[Name.Contents] = pdf.make_stream(content.encode())
    page.obj[Name.Rotate] = 0
    _boxes(page, [0, 0, width, height])


@change("page in three nested forms")
def _nested(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for _ in range(3):
            form, width, height = _as_form(pdf, page)
            _replace_by(pdf, page, [(form, 0, 0)], width, height)


def _imposed(count: int, beside: bool = False) -> Change:
    """`count` pages one below another on a long page, or beside each other on a wide one."""

    def impose(pdf: pikepdf.Pdf) -> None:
        pages = list(pdf.pages)
        for start in range(0, len(pages), count):
            forms = [_as_form(pdf, page) for page in pages[start : start + count]]
            height, width = sum(h for _, _, h in forms), max(w for _, w, _ in forms)
            placed, at = [], height
            if beside:
                height, width, at = max(h for _, _, h in forms), sum(w for _, w, _ in forms), 0.0
            for form, wide, high in forms:
                at -= 0 if beside else high
                placed.append((form, at, height - high) if beside else (form, 0.0, at))
                at += wide if beside else 0
            _replace_by(pdf, pages[start], placed, width, height)
        for i in range(len(pages) - 1, -1, -1):
            if i % count:
                del pdf.pages[i]

    return impose


CHANGES["2 pages on a long page"] = _imposed(2)
CHANGES["3 pages on a long page"] = _imposed(3)
CHANGES["2 pages on a wide page"] = _imposed(2, beside=True)


# ---------------------------------------------------------------- added marks


def _overlay(text: str, size: float, grey: float, angle: float, where: str) -> bytes:
    """A one page PDF (A4) with a pale text, typeset with an embedded font."""
    import importlib.util
    from pathlib import Path

    import typst

    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    assert spec is not None and spec.submodule_search_locations
    fonts = [str(Path(p)) for p in spec.submodule_search_locations]
    source = f"""#set page(width: 595pt, height: 842pt, margin: 18pt, fill: none)
#set text(font: "Noto Sans CJK SC", size: {size}pt, fill: luma({int(grey * 100)}%))
#place({where}, rotate({angle}deg)[{text}])"""
    made = typst.compile(source.encode(), font_paths=fonts, format="pdf", pdf_tags=False)
    assert isinstance(made, bytes)
    return made


def _marked(text: str, size: float, grey: float, angle: float, where: str, under: bool = False, room: float = 0) -> Change:
    """The mark on every page; `room` points are added above and below, so that it prints over nothing."""

    def mark(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(_overlay(text, size, grey, angle, where))) as layer:
            for page in pdf.pages:
                if room and int(page.obj.get(Name.Rotate, 0)) % 360:
                    continue
                x0, y0, x1, y1 = _box(page)
                _boxes(page, [x0, y0 - room, x1, y1 + room])
                place = pikepdf.Rectangle(page.cropbox)
                if room:  # at the edge of the page, whatever its proportions
                    low, high = y0 - room, y1 + room
                    tall = (x1 - x0) * 842 / 595
                    head = where.startswith("top")
                    place = pikepdf.Rectangle(x0, high - tall, x1, high) if head else pikepdf.Rectangle(x0, low, x1, low + tall)
                (page.add_underlay if under else page.add_overlay)(layer.pages[0], place)

    return mark


CHANGES["watermark at a slant, over"] = _marked("内部资料 严禁外传", 52, 0.85, -40, "center + horizon")
CHANGES["watermark at a slant, under"] = _marked("内部资料", 80, 0.9, -40, "center + horizon", under=True)
CHANGES["watermark level, under"] = _marked("内部资料", 90, 0.9, 0, "center + horizon", under=True)
CHANGES["watermark small, in tiles"] = _marked(
    "#grid(columns: 3, column-gutter: 60pt, row-gutter: 90pt, ..range(18).map(i => [内部资料 2024]))", 11, 0.7, -25, "center + horizon"
)
CHANGES["running head"] = _marked("某某区财政信息公开专栏", 9, 0.4, 0, "top + center", room=40)
CHANGES["running foot"] = _marked("某某区人民政府门户网站发布", 9, 0.4, 0, "bottom + right", room=40)


# ---------------------------------------------------------------- content streams


def _rewrite(pdf: pikepdf.Pdf, each: Callable[[list[Instruction]], list[Instruction]]) -> None:
    """Content of pages and of their forms, instruction by instruction."""
    done: set[tuple[int, int]] = set()

    def forms(resources: Any) -> Iterator[Any]:
        for thing in (resources.get("/XObject") or {}).values() if resources is not None else ():
            if thing.get("/Subtype") == "/Form" and thing.objgen not in done:
                done.add(thing.objgen)
                yield thing
                yield from forms(thing.get("/Resources"))

    def written(thing: Any) -> bytes:
        read = [(list(i.operands), str(i.operator)) if not _inline(i) else ([i], "INLINE") for i in pikepdf.parse_content_stream(thing)]
        out = [a[0] if o == "INLINE" else (a, Operator(o)) for a, o in each(read)]
        return bytes(pikepdf.unparse_content_stream(out))

    for page in pdf.pages:
        new = written(page)
        for form in forms(page.obj.get("/Resources")):
            form.write(written(form))
        page.obj[Name.Contents] = pdf.make_stream(new)


def _inline(instruction: Any) -> bool:
    return isinstance(instruction, pikepdf.ContentStreamInlineImage)


THIN = 3.0


def _thin_boxes(code: list[Instruction]) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """(index of the `re`, box) of filled boxes thin in one direction that stand alone in their path."""
    for i in range(len(code) - 1):
        operands, operator = code[i]
        if operator == "re" and code[i + 1][1] in ("f", "f*", "F"):
            x, y, w, h = (float(v) for v in operands)
            if min(abs(w), abs(h)) < THIN and max(abs(w), abs(h)) > 1:
                yield i, (min(x, x + w), min(y, y + h), abs(w), abs(h))


def _lines(box: tuple[float, float, float, float]) -> tuple[float, float, float, float, float]:
    """The line a thin box looks like: x0, y0, x1, y1, width."""
    x, y, w, h = box
    return (x, y + h / 2, x + w, y + h / 2, h) if w >= h else (x + w / 2, y, x + w / 2, y + h, w)


def _stroke(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
    return [([number(max(width, 0.1))], "w"), ([number(x0), number(y0)], "m"), ([number(x1), number(y1)], "l"), ([], "S")]


def _rules_as(draw: Callable[[float, float, float, float, float], list[Instruction]], filled: bool = False) -> Change:
    """Every rule (thin filled box, stroked line) drawn by `draw` instead."""

    def redo(code: list[Instruction]) -> list[Instruction]:
        thin = dict(_thin_boxes(code))
        out: list[Instruction] = []
        width, i = [1.0], 0
        while i < len(code):
            operands, operator = code[i]
            if operator == "q":
                width.append(width[-1])
            elif operator == "Q" and len(width) > 1:
                width.pop()
            elif operator == "w":
                width[-1] = float(operands[0])
            if i in thin:
                out += [([], "q"), *draw(*_lines(thin[i])), ([], "Q")]
                i += 2
                continue
            if operator == "m" and i + 2 < len(code) and code[i + 1][1] == "l" and code[i + 2][1] in ("S", "s"):
                a, b = operands, code[i + 1][0]
                out += [([], "q"), *draw(float(a[0]), float(a[1]), float(b[0]), float(b[1]), width[-1]), ([], "Q")]
                i += 3
                continue
            out.append(code[i])
            i += 1
        return out

    return lambda pdf: _rewrite(pdf, redo)


def _filled_box(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
    w = max(width, 0.3)
    box = (x0, y0 - w / 2, x1 - x0, w) if abs(x1 - x0) >= abs(y1 - y0) else (x0 - w / 2, y0, w, y1 - y0)
    return [([number(v) for v in box], "re"), ([], "f")]


def _pieces(length: float, gap: float) -> Callable[[float, float, float, float, float], list[Instruction]]:
    """A line in strokes of `length` with `gap` between them."""

    def draw(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
        whole = max(abs(x1 - x0), abs(y1 - y0))
        out: list[Instruction] = []
        at = 0.0
        while at < whole:
            end = min(at + length, whole)
            a, b = at / whole, end / whole
            out += _stroke(x0 + a * (x1 - x0), y0 + a * (y1 - y0), x0 + b * (x1 - x0), y0 + b * (y1 - y0), width)
            at = end + gap
        return out

    return draw


def _dashed(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
    return [([Array([3, 2]), 0], "d"), *_stroke(x0, y0, x1, y1, width)]


def _double(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
    dx, dy = (0.0, 1.0) if abs(x1 - x0) >= abs(y1 - y0) else (1.0, 0.0)
    return _stroke(x0 - dx, y0 - dy, x1 - dx, y1 - dy, 0.3) + _stroke(x0 + dx, y0 + dy, x1 + dx, y1 + dy, 0.3)


def _jagged(x0: float, y0: float, x1: float, y1: float, width: float) -> list[Instruction]:
    """Drawn by hand: ends a little short or long, a little off."""
    dice = random.Random(f"{x0:.1f} {y0:.1f} {x1:.1f} {y1:.1f}")
    s, e, off = dice.uniform(-1, 1), dice.uniform(-1, 1), dice.uniform(-0.4, 0.4)
    if abs(x1 - x0) >= abs(y1 - y0):
        return _stroke(x0 + s, y0 + off, x1 + e, y1 + off, width)
    return _stroke(x0 + off, y0 + s, x1 + off, y1 + e, width)


CHANGES["rules as strokes"] = _rules_as(_stroke)
CHANGES["rules as thin filled boxes"] = _rules_as(_filled_box)
CHANGES["rules in strokes of 11 pt"] = _rules_as(_pieces(11, 0))
CHANGES["rules in strokes of 5 pt, gaps of 2"] = _rules_as(_pieces(5, 2))
CHANGES["rules dashed"] = _rules_as(_dashed)
CHANGES["rules doubled"] = _rules_as(_double)
CHANGES["rules up to 1 pt off"] = _rules_as(_jagged)
