"""Member units and glossary: a table, a numbered list, a sentence, and what looks like one of them and is not."""

from builders import grid, outline, paragraph

from pipelines.reports import glossary, members


def names(*blocks):
    return [(m.name, m.note) for m in members.read(outline("members", *blocks))]


def test_a_numbered_list_after_its_sentence() -> None:
    assert names(
        paragraph("云川市水务局内设机构3个，包括：办公室、财务科、工程科。"),
        paragraph("从决算单位构成看，云川市水务局部门决算包括：本级决算、所属单位决算。"),
        paragraph("纳入本部门2023年度部门决算编制范围的单位共3个，其中二级预算单位包括："),
        paragraph("1. 云川市水务局本级"),
        paragraph("2. 云川市河道管理所"),
        paragraph("3.下属事业单位云川市水文站不单列预算，并入本部。"),
        paragraph("三、年度重点工作"),
    ) == [("云川市水务局本级", None), ("云川市河道管理所", None), ("云川市水文站", "不单列预算，并入本部")]


def test_the_list_opens_in_a_later_sentence() -> None:
    assert names(
        paragraph("云川市水务局部门预算是包括云川市水务局本部以及下属2家预算单位的综合收支计划。"),
        paragraph("本部门中，行政单位1家，事业单位2家，具体包括（列示至基层预算单位）："),
        paragraph("1.云川市水务局本部。"),
        paragraph("2.云川市河道管理所，机关设3个科室，包括：办公室、工程科。"),
        paragraph("3. 云川市水文站，不单列预算。"),
    ) == [("云川市水务局本部", None), ("云川市河道管理所", "机关设3个科室，包括：办公室、工程科"), ("云川市水文站", "不单列预算")]


def test_a_table_with_notes() -> None:
    assert names(
        paragraph("纳入云川市财政局2024年度部门决算编制范围的单位包括："),
        grid([["序号", "单位名称", "备注"], ["1", "云川市财政局（本级）", ""], ["2", "云川市国库中心", "并入本级"], ["3", "", ""]]),
    ) == [("云川市财政局（本级）", None), ("云川市国库中心", "并入本级")]


def test_a_sentence() -> None:
    assert names(
        paragraph("1．根据部门职责分工，本部门内设机构包括办公室、政策研究室等21个内设机构。本部门下属单位包括云川学院、云川杂志社。"),
        paragraph(
            "2．从预算单位构成看，纳入本部门2019年部门汇总预算编制范围的预算单位共计3家，具体包括：云川省检察院本级、南江铁路运输检察院、北江铁路运输检察院。"
        ),
    ) == [("云川省检察院本级", None), ("南江铁路运输检察院", None), ("北江铁路运输检察院", None)]


def test_and_parts_names_only_after_a_whole_one() -> None:
    text = "纳入预算编制范围的预算单位包括：云川市人力资源和社会保障局本级、云川市住房和城乡建设局和云川市河道管理所。"
    assert names(paragraph(text)) == [
        ("云川市人力资源和社会保障局本级", None),
        ("云川市住房和城乡建设局", None),
        ("云川市河道管理所", None),
    ]


def test_a_name_with_a_word_that_ends_like_a_village_is_not_parted() -> None:
    text = "纳入预算编制范围的预算单位包括：云川县农业农村和水利局本级、云川县石桥村和云川县河道管理所。"
    assert [name for name, _ in names(paragraph(text))] == ["云川县农业农村和水利局本级", "云川县石桥村", "云川县河道管理所"]


def test_no_members_named() -> None:
    assert names(paragraph("云川市档案馆为一级预算单位，无下属单位。")) == []


def test_glossary_entries_and_a_continuation() -> None:
    entries = glossary.read(
        outline(
            "glossary",
            paragraph("一、财政拨款收入：单位从同级财政取得的资金。"),
            paragraph("（二）“三公”经费：指因公出国（境）费等，其中，公务接待费反映"),
            paragraph("按规定开支的各类接待支出。"),
            paragraph("3. 基本支出是指保障机构运转的支出。"),
            paragraph("十九、教育支出（类）职业教育（款）技校教育（项）：反映技工学校的支出。"),
        )
    )
    assert [(e.term, e.definition) for e in entries] == [
        ("财政拨款收入", "单位从同级财政取得的资金。"),
        ("“三公”经费", "指因公出国（境）费等，其中，公务接待费反映按规定开支的各类接待支出。"),
        ("基本支出", "是指保障机构运转的支出。"),
        ("教育支出（类）职业教育（款）技校教育（项）", "反映技工学校的支出。"),
    ]
