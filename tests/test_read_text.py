"""Text exports: tab and pipe tables, page breaks, encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import documents
from pipelines.documents.model import Document, Grid, Paragraph, Refused

REPORTS = Path(__file__).parents[1].parent / "shared" / "reports"

TABLE = (
    "收入决算表\n\n公开02表\n\n单位：万元\n\n项目\t\t合计\t财政拨款\n编码\t名称\t\t\n201\t公共服务\t4.17\t\n\n"
    "项目\t\t合计\t财政拨款\n编码\t名称\t\t\n205\t教育\t1,477.26\t0.00\n\n注：本表反映收入。\n"
)


def read(text: str, encoding: str = "utf-8") -> Document:
    (document,) = documents.read(text.encode(encoding), "x")
    return document


def texts(document: Document) -> list[str]:
    return [p.text for p in document.paragraphs()]


def rows(grid: Grid) -> list[list[str]]:
    return [[c.text if c else "?" for c in row] for row in grid.matrix()]


def test_tab_table_over_two_blocks() -> None:
    document = read(TABLE)
    first, second = document.grids()
    assert rows(first) == [["项目", "", "合计", "财政拨款"], ["编码", "名称", "", ""], ["201", "公共服务", "4.17", ""]]
    assert (first.continued, second.continued) == (False, True)
    assert second.cells[-1].locator.to_json() == {"kind": "text", "table": 2, "row": 3, "column": 4, "line": 13}
    assert texts(document) == ["收入决算表", "公开02表", "单位：万元", "注：本表反映收入。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, ends: str) -> None:
    document = read(TABLE.replace("\n", ends), encoding)
    expected = read(TABLE)
    assert [c.text for g in document.grids() for c in g.cells] == [c.text for g in expected.grids() for c in g.cells]
    assert texts(document) == texts(expected)


def test_one_bad_byte_is_a_note_not_another_encoding() -> None:
    data = bytearray(("一般公共预算财政拨款支出决算情况说明，本年支出合计。\n\n" * 30).encode())
    data[40] = 0xFF
    (document,) = documents.read(bytes(data), "x")
    assert [n.code for n in document.notes] == ["undecodable_characters"]
    assert texts(document)[-1].startswith("一般公共预算")


def test_sentence_broken_by_a_page_is_one_paragraph_with_two_runs() -> None:
    start = "（六）统筹拟订全市有关人员的各项管理制度和办法，协调处理本系统有关单位的工作人"
    document = read(f"一、部门职责\n\n{start}\n\n— 12 —\n\n员工资。\n\n（七）其他。\n")
    assert texts(document) == ["一、部门职责", start + "员工资。", "（七）其他。"]
    broken = list(document.paragraphs())[1]
    assert [(r.start, r.end, r.locator.line) for r in broken.runs] == [(0, len(start), 3), (len(start), len(start) + 4, 7)]
    assert broken.locate(len(start) + 1, len(start) + 2).line == 7


def test_headings_and_list_items_stay_apart() -> None:
    lines = ["六、一般公共预算财政拨款基本支出决算情况说明", "2023年度支出3.20万元。", "1. 某某局本级", "2. 某某中心", "二〇二四年九月"]
    assert texts(read("\n\n".join(lines))) == lines
    assert texts(read("\n".join(lines[2:4]))) == lines[2:4]


def test_hard_wrapped_lines_join_without_spaces() -> None:
    document = read(
        "2023年度收入合计12,705.06万元，其中：财政拨款收入\n12,705.06万元，占100.00%；事业收入0.00万元，占比为\n零。与上年相比增加3.98万\n元。\n"
    )
    assert len(texts(document)) == 1
    assert "财政拨款收入12,705.06万元" in texts(document)[0]


def test_markdown_and_pipe_tables() -> None:
    document = read("收入表\n\n| 项目 | 金额 |\n|---|---:|\n| 合计 | 1.00 |\n| 其他 |  |\n")
    (grid,) = document.grids()
    assert rows(grid) == [["项目", "金额"], ["合计", "1.00"], ["其他", ""]]
    (uneven,) = read("收入 | 支出 | ||||\n项目 | 行次 | 金额 | 项目 | 行次 | 金额 |\n栏次 | 1 | 栏次 | 2 | ||\n").grids()
    assert (uneven.n_rows, uneven.n_columns) == (3, 6)


def test_one_cell_a_line_is_regrouped_only_when_sure() -> None:
    cells = ["项 目", "预 算 数", "决 算 数", "合 计", "30.8", "20.1", "公务接待费", "10.8", "0.1", "公务用车", "20", "20"]
    (grid,) = read("\n".join(f"{c} |" for c in cells)).grids()
    assert (grid.n_rows, grid.n_columns) == (4, 3)
    assert rows(grid)[2] == ["公务接待费", "10.8", "0.1"]
    (unsure,) = read("\n".join(f"{c} |" for c in cells[:-1])).grids()  # one blank cell vanished: no width fits
    assert unsure.n_columns == 1


def test_comma_separated_values() -> None:
    document = read('2023年度收入预算总表,,\n部门：某局,,单位：元\n科目,名称,金额\n201,服务,"1,234.50"\n205,教育,\n')
    assert texts(document) == ["2023年度收入预算总表", "部门：某局", "单位：元"]
    (grid,) = document.grids()
    assert rows(grid) == [["科目", "名称", "金额"], ["201", "服务", "1,234.50"], ["205", "教育", ""]]
    assert grid.cells[5].locator.line == 4
    prose = "收入合计12,705.06万元,其中:拨款12,705.06万元。\n"
    assert not list(read(prose * 3).grids())


def test_a_list_whose_amounts_are_mostly_blank_is_one_table() -> None:
    printed = ["项目\t预算数", "合计\t0.15", "1.因公出国费\t", "2.公务用车费\t", "其中：购置费\t", "运行费\t", "3.公务接待费\t0.15"]
    (grid,) = read("三公经费表\n\n" + "\n".join(printed) + "\n").grids()
    assert rows(grid) == [line.split("\t") for line in printed]


def test_contents_lines_with_tabs_are_no_table() -> None:
    document = read("目录\n\n一、部门职责\t3\n二、机构设置\t5\n三、名词解释\t9\n")
    assert not list(document.grids())
    assert texts(document)[1:] == ["一、部门职责 3", "二、机构设置 5", "三、名词解释 9"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b" \n\n", "empty"), (b"\x00" * 500, "empty"), (bytes(range(256)) * 8, "unsupported"), (b"\x81\xff" * 900, "corrupt")],
)
def test_refusals(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        documents.read(data, "x")
    assert refused.value.reason == reason
    assert "\n" not in str(refused.value)


@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(
                    codec="utf-8",
                    exclude_characters="\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029|",
                    exclude_categories=["Cc", "Cs", "Zs", "Cf"],
                ),
                max_size=8,
            ),
            min_size=3,
            max_size=6,
        ),
        min_size=2,
        max_size=6,
    )
)
def test_every_cell_of_a_tab_table_comes_out_at_its_place(table: list[list[str]]) -> None:
    table[0][:3] = ["项", "目", "数"]
    document = read("\n".join("\t".join(row) for row in table) + "\n甲\t乙\t丙")
    (grid,) = document.grids()
    matrix = grid.matrix()
    offset = next(i for i, row in enumerate(matrix) if row[0] and row[0].text == "项")
    for r, row in enumerate(table):
        for c, text in enumerate(row):
            cell = matrix[r + offset][c]
            assert cell is not None
            assert cell.text == text


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")
def test_real_export() -> None:
    (path,) = REPORTS.glob("henan-jiyuan/*.txt")
    (document,) = documents.read_path(path)
    source = path.read_text(encoding="utf-8").splitlines()
    grids = list(document.grids())
    for cell in (c for g in grids for c in g.cells if c.text):  # every cell leads back to its characters
        line, column = cell.locator.line, cell.locator.column
        assert line is not None and column is not None
        assert source[line - 1].split("\t")[column - 1].strip() == cell.text
    assert sum(g.n_rows for g in grids) == sum("\t" in line for line in source)
    statements = [g for g in grids if (g.locator.line or 0) < 600]
    assert [(g.n_columns, g.continued) for g in statements] == [
        (6, False), (6, True), (9, False), (9, True), (8, False), (8, True), (9, False), (9, True), (5, False), (5, True),
        (9, False), (9, True), (8, False), (5, False), (12, False),
    ]  # fmt: skip
    joined = [p for p in document.paragraphs() if len(p.runs) > 1]
    assert {p.locator.line for p in joined} == {5, 86, 98, 577, 611, 681, 689, 739, 771, 789}
    assert all(isinstance(b, Paragraph | Grid) for b in document.blocks)
