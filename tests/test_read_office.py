"""Word, Excel and web pages: the same small report in every format, and the traps of each."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from pipelines import documents
from pipelines.documents.model import Document, Grid, Refused
from pipelines.documents.office.number_format import displayed
from tests.small_report import REPORT, Table, as_docx, as_html, as_text, as_xlsx, spans

TEMPLATES = Path(__file__).parents[1].parent / "shared" / "reports" / "templates"


def read(data: bytes) -> Document:
    (document,) = documents.read(data, "x")
    return document


def shape(document: Document, with_spans: bool = True) -> list[object]:
    """Texts and grids, locators aside."""
    out: list[object] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            out.append([(c.row, c.column, c.text, *((c.row_span, c.column_span) if with_spans else ())) for c in block.cells])
        else:
            out.append(block.text)
    return out


def expected(with_spans: bool = True) -> list[object]:
    return [b if isinstance(b, str) else [s if with_spans else s[:3] for s in spans(b.rows)] for b in REPORT.blocks]


@pytest.mark.parametrize(
    "build",
    [as_docx, as_xlsx, lambda r: as_xlsx(r, numbers=False), as_html, lambda r: as_html(r, "gb18030")],
    ids=["docx", "xlsx", "xlsx-text", "html", "html-gb"],
)
def test_one_report_in_every_format(build: Callable[[object], bytes]) -> None:
    assert shape(read(build(REPORT))) == expected()


def test_one_report_as_text() -> None:
    document = read(as_text(REPORT))
    assert [b for b in shape(document) if isinstance(b, str)] == [b for b in REPORT.blocks if isinstance(b, str)]
    for grid, table in zip(document.grids(), [b for b in REPORT.blocks if isinstance(b, Table)], strict=True):
        filled = {(c.row, c.column): c.text for c in grid.cells if c.text}
        assert filled == {(r, c): text for r, c, text, *_ in spans(table.rows) if text}


def test_locators_lead_back() -> None:
    word = list(read(as_docx(REPORT)).grids())[1]
    assert word.cells[-1].locator.to_json() == {"kind": "docx", "table": 2, "row": 6, "column": 5}
    excel = next(iter(read(as_xlsx(REPORT)).grids()))
    cell = next(c for c in excel.cells if c.text == "1,180.15")
    assert cell.locator.to_json() == {"kind": "xlsx", "sheet": "Sheet", "cell": "D11"}
    assert cell.number == "1180.15"
    page = next(iter(read(as_html(REPORT)).grids()))
    assert page.cells[-1].locator.to_json() == {"kind": "html", "table": 1, "row": 5, "column": 4}


# --- Excel ---


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12705.0634, "#,##0.00", "12,705.06"),
        (0, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (-1234.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-1,234.50"),
        (0.3103, "0.00%", "31.03%"),
        (0.1 + 0.2, "General", "0.3"),
        (-3.5, "0.00_);(0.00)", "(3.50)"),
        (0, "#,##0.00;;", ""),
        (0, "#", ""),
        (0.5, "#.##", ".5"),
        (12.3, "0.##", "12.3"),
        (7, "000", "007"),
        (2.675, "0.00", "2.68"),
        (1234567, "#,##0,", "1,235"),
        (3, '0"人"', "3人"),
        (4.17, "[$¥-804]#,##0.00", "¥4.17"),
        (-5, "0.00_ ;[Red]\\-0.00\\ ", "-5.00"),
        (201, "@", "201"),
    ],
)
def test_number_formats(value: float, code: str, shown: str) -> None:
    assert displayed(value, code) == shown


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_two_decimals_are_shown_as_stored(value: object) -> None:
    assert displayed(float(value), "#,##0.00") == (f"{value:,.2f}" if value != 0 else "0.00")  # type: ignore[arg-type]


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> Document:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return read(out.getvalue())


def test_sheets_hidden_parts_and_unstored_formulas_are_said() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        first = book.active
        first.append(["项目", "金额", "备用"])
        first.append(["合计", 5, 9])
        first.append(["小计", "=B2*2", 9])
        first.column_dimensions["C"].hidden = True
        second = book.create_sheet("支出")
        second.append(["项目", "金额"])
        second.append(["合计", 0])
        second.sheet_view.showZeros = False
        book.create_sheet("码表").sheet_state = "hidden"

    document = workbook(fill)
    assert {n.code for n in document.notes} == {"hidden_sheet", "hidden_cells", "formula_without_value"}
    first, second = document.grids()
    assert (first.n_columns, [c.text for c in first.cells][:4]) == (2, ["项目", "金额", "合计", "5"])
    assert (second.cells[-1].text, second.cells[-1].number, second.cells[-1].locator.sheet) == ("", "0", "支出")


def test_sheet_without_borders_tells_captions_by_their_wording() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        for row in (
            ["2023年部门收入预算总表"],
            ["编制部门：某局", None, "单位：元"],
            [],
            ["科目", "名称", "金额"],
            ["201", "服务", 3],
            [],
            ["收入总计", None, 3],
            ["注：含上年结转。"],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:C1")

    document = workbook(fill)
    assert [p.text for p in document.paragraphs()] == ["2023年部门收入预算总表", "编制部门：某局", "单位：元", "注：含上年结转。"]
    (grid,) = document.grids()
    assert (grid.n_rows, grid.n_columns, grid.cells[0].text, grid.cells[-1].text) == (4, 3, "科目", "3")


def test_a_head_of_merged_labels_is_one_table_with_its_rows() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        for row in (["项目支出", "经营支出"], [], [3, 4], [1234567.89, None], [], [1234567.89, None]):
            sheet.append(row)
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:B2")

    (grid,) = workbook(fill).grids()
    assert (grid.n_rows, [c.text for c in grid.cells if c.text]) == (6, ["项目支出", "经营支出", "3", "4", "1234567.89", "1234567.89"])


@pytest.mark.skipif(not TEMPLATES.exists(), reason="the real templates are not here")
@pytest.mark.parametrize("name", ["department_budget_template.xlsx", "budget_template.xls"])
def test_real_workbooks(name: str) -> None:
    (document,) = documents.read_path(TEMPLATES / name)
    grids = list(document.grids())
    assert len(grids) == 9
    assert all(g.cells[0].text in ("项目", "本年收入", "财政拨款收入", "“三公”经费预算数") for g in grids)
    units = [p.text for p in document.paragraphs() if p.text.startswith("单位")]
    assert len(units) == 9


@pytest.mark.skipif(not TEMPLATES.exists(), reason="the real templates are not here")
def test_a_damaged_xls_is_refused_whatever_the_library_raises() -> None:
    """calamine panics on some of them, which is no Exception in Python."""
    sound = (TEMPLATES / "budget_template.xls").read_bytes()
    dice = random.Random(3)
    reasons = set()
    for _ in range(60):
        data = bytearray(sound)
        for _ in range(200):
            data[dice.randrange(600, len(data))] = dice.randrange(256)
        try:
            documents.read(bytes(data[: dice.randrange(len(data) // 2, len(data))]), "x")
        except Refused as refused:
            reasons.add(refused.reason)
    assert reasons <= {"corrupt", "empty", "unsupported", "encrypted"}
    assert "corrupt" in reasons


# --- Word ---


def word(fill: Callable[[docx.document.Document], None]) -> Document:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return read(out.getvalue())


def test_automatic_numbers_are_printed() -> None:
    def fill(document: docx.document.Document) -> None:
        numbering = document.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for i, (style, text) in enumerate([("chineseCounting", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")])
        )
        numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
        for level, text in [(0, "概况"), (1, "职责"), (1, "机构"), (2, "本级"), (0, "说明"), (1, "总体"), *[(0, "其他")] * 9]:
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="91"/></w:numPr>'))

    texts = [p.text for p in word(fill).paragraphs()]
    assert texts[:6] == ["一、概况", "（一）职责", "（二）机构", "1.本级", "二、说明", "（一）总体"]
    assert texts[-1] == "十一、其他"


def test_frames_breaks_deletions_and_nested_tables() -> None:
    def fill(document: docx.document.Document) -> None:
        frame = document.add_table(1, 1)
        frame.cell(0, 0).text = "收入决算表"
        inner = frame.cell(0, 0).add_table(2, 2)
        for i, text in enumerate(["项目", "金额", "合计", "1.00"]):
            inner.cell(i // 2, i % 2).text = text
        kept = document.add_paragraph("保留")
        kept._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>删去</w:delText></w:r></w:del>"))
        kept._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"))

    document = word(fill)
    assert [p.text for p in document.paragraphs()] == ["收入决算表", "保留"]
    (grid,) = document.grids()
    assert [c.text for c in grid.cells] == ["项目", "金额", "合计", "1.00"]


# --- web pages ---


def test_layout_tables_and_tables_saved_as_text() -> None:
    page = """<html><body><nav>首页</nav><table><tr><td><table><tr><td>项目</td><td>金额</td></tr><tr><td>合
    计</td><td>1.00</td></tr></table></td></tr></table><p style="display: none">x</p>
    <p>项 目 |</p><p>决 算 数 |</p><p>合 计 |</p><p>30.8 |</p><p>接待 |</p><p>1 |</p></body></html>"""
    first, second = read(page.encode()).grids()
    assert [c.text for c in first.cells] == ["项目", "金额", "合计", "1.00"]
    assert [c.text for c in second.cells] == ["项 目", "决 算 数", "合 计", "30.8", "接待", "1"]
    assert "首页" not in [p.text for p in read(page.encode()).paragraphs()]


@pytest.mark.parametrize(
    ("body", "reason"),
    [("<div>" * 3000 + "x", "hostile"), ("<script>document.write(1)</script>", "empty")],
)
def test_hostile_and_empty_pages(body: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.read(f"<!doctype html><html><body>{body}</body></html>".encode(), "x")
    assert refused.value.reason == reason


def test_spans_beyond_reason_are_bounded() -> None:
    page = "<html><body><table><tr><td rowspan=99999 colspan=99999>a</td></tr><tr><td>b</td></tr>{}</table></body></html>"
    with pytest.raises(Refused, match="columns"):
        read(page.encode())
    (grid,) = read(page.replace("colspan=99999", "colspan=3").encode()).grids()
    assert (grid.n_rows, grid.n_columns) == (2, 4)


# --- containers ---


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_zip_holds_several_documents_and_says_what_it_refused() -> None:
    data = packed(
        **{
            "b/说明.html": as_html(REPORT),
            "a/表.xlsx": as_xlsx(REPORT),
            "c.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
        }
    )
    found = documents.read(data, "包.zip")
    assert [d.kind for d in found] == ["xlsx", "html"]
    assert found[0].name == "包.zip/a/表.xlsx"
    assert [n.code for n in found[0].notes] == ["member_refused"]
    assert len(documents.read(packed(**{"inner.zip": data}), "x")) == 2


def bomb() -> bytes:
    return packed(**{"zeros.txt": b"0" * (60 << 20)})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(**{"../../etc/x.txt": b"a"}), "hostile"),
        (packed(**{"/abs.txt": b"a"}), "hostile"),
        (packed(**{"c:\\x.txt": b"a"}), "hostile"),
        (bomb(), "hostile"),
        (packed(a=packed(b=packed(c=packed(d=b"x")))), "hostile"),
        (packed(**{f"{i}.txt": b"a" for i in range(600)}), "hostile"),
        (packed(), "empty"),
        (packed(**{"OFD.xml": b"<x/>"}), "unsupported"),
        (as_docx(REPORT)[:-400], "corrupt"),
        (packed(**{"word/document.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "hostile"),
        (packed(**{"xl/workbook.xml": b"<a/>"}), "corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "corrupt"),
        (b"Rar!\x1a\x07\x00", "unsupported"),
        (b"{\\rtf1 x}", "unsupported"),
    ],
)
def test_hostile_and_unsupported_containers(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.read(data, "x")
    assert refused.value.reason == reason
    assert "\n" not in str(refused.value)
