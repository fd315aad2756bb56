"""One report in every format is read as the same report: the truth, whatever carries it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from pipelines import documents, reports
from pipelines.reports.model import Report
from pipelines.samples import contents, corpus, layout, world
from pipelines.samples.compose import Composed, compose

Figures = dict[tuple[str, int, str | None, str | None, str, str | None, str], Decimal | None]


def printed(name: str) -> Composed:
    form = layout.load(name)
    one = world.found(world.place(2), world.catalogue().kinds[4], 11, 2018, form.reserve)
    content = contents.final(one, 2022) if form.kind == "final" else contents.budget(one, 2022, "department", form.style)
    return compose(content, form)


def figures(report: Report) -> Figures:
    return {
        (s.key, i, r.side, r.block, r.name, r.code, m): v.number
        for s in report.statements
        for i, r in enumerate(s.rows)
        for m, v in r.values.items()
    }


def stated(report: Report) -> Counter[tuple[str, Decimal, str | None, str | None]]:
    return Counter((f.metric, f.value, f.direction, f.item_name) for f in report.facts)


@pytest.mark.parametrize("format_", ["pdf", "docx", "xlsx", "html", "text"])
@pytest.mark.parametrize("name", ["final-national-2022", "budget-county"])
def test_every_format_is_read_as_the_truth(name: str, format_: str) -> None:
    one = printed(name)
    data = corpus.write_sheet(one.sheets[0], one.layout, format_)
    (document,) = documents.read(data, f"sample.{format_}")
    (read,) = reports.understand(document)
    truth = one.truth
    assert (read.identity.department, read.identity.fiscal_year) == (truth.identity.department, truth.identity.fiscal_year)
    assert (read.identity.report_kind, read.identity.scope) == (truth.identity.report_kind, truth.identity.scope)
    assert figures(read) == figures(truth)
    assert stated(read) == stated(truth)
    assert [m.name for m in read.member_units] == [m.name for m in truth.member_units]
