"""Sample reports: real figures typeset, a coherent invented region, layouts as data."""

from __future__ import annotations

from decimal import Decimal

import pypdfium2
import pytest

from pipelines import documents, reports
from pipelines.samples import figures, first_run, layout, typeset_pdf
from pipelines.samples.compose import compose


def page_texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.parametrize("name", figures.names())
def test_real_figures_are_printed_and_marked(name: str) -> None:
    content = figures.load(name)
    form = layout.load(first_run.REAL_LAYOUTS[name]).model_copy(update={"zero": "as_is"})
    composed = compose(content, form)
    data = typeset_pdf.write(composed.sheets[0], form)
    pages = page_texts(data)
    assert all("依公开数据重新排版，非原件" in text for text in pages)
    assert content.source is not None
    assert "数据来源" in pages[0]
    text = "".join(pages)
    for statement in composed.truth.statements:
        for row in statement.rows:
            for value in row.values.values():
                assert value.printed in text
    by_key = {s.key: s for s in composed.truth.statements}
    assert set(by_key) == {f"t0{i}" for i in range(1, 10)}
    kept = {(s.key, r.side, r.code, r.name, m): v.number for s in content.report.statements for r in s.rows for m, v in r.values.items()}
    printed = {(s.key, r.side, r.code, r.name, m): v.number for s in composed.truth.statements for r in s.rows for m, v in r.values.items()}
    assert printed == kept


def test_same_figures_same_bytes() -> None:
    form = layout.load("final-shanghai").model_copy(update={"zero": "as_is"})
    one, two = (typeset_pdf.write(compose(figures.load("putuo-czj-2024"), form).sheets[0], form) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", figures.names())
def test_the_reader_gets_every_cell_of_the_real_figures(name: str) -> None:
    content = figures.load(name)
    form = layout.load(first_run.REAL_LAYOUTS[name]).model_copy(update={"zero": "as_is"})
    one = compose(content, form)
    (document,) = documents.read(typeset_pdf.write(one.sheets[0], form), "sample.pdf")
    (read,) = reports.understand(document)
    assert (read.identity.department, read.identity.region) == (content.department, content.report.identity.region)
    for want in one.truth.statements:
        got = next(s for s in read.statements if s.key == want.key)
        assert [(r.side, r.block, r.code, r.name) for r in got.rows] == [(r.side, r.block, r.code, r.name) for r in want.rows]
        for ours, theirs in zip(want.rows, got.rows, strict=True):
            assert {m: v.number for m, v in ours.values.items()} == {m: v.number for m, v in theirs.values.items()}


def test_known_figures_of_the_real_reports() -> None:
    content = figures.load("jiyuan-2023")
    total = next(r for s in content.report.statements if s.key == "t02" for r in s.rows if r.name == "合计")
    assert total.values["total"].number == Decimal("12705.06")
    assert content.metrics["income_expenditure.yoy_change"] == Decimal("-3189.34")
