"""Every layout of the samples, set as a PDF, reads as its truth: each printed number under its statement, row and measure."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipelines import reports
from pipelines.documents import read_path
from pipelines.reports.serialize import to_json
from pipelines.samples import corpus, layout


def numbers(report: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """(statement, side, code, name, measure, number) of every cell that prints a number."""
    return Counter(
        (key, str(row.get("side")), str(row.get("code")), re.sub(r"\s", "", row["name"]), measure, f"{float(value):.2f}")
        for key, table in report["tables"].items()
        for row in table["rows"]
        for measure, value in row["values"].items()
        if value is not None
    )


@pytest.mark.parametrize("name", layout.names())
def test_every_layout_is_read(name: str, tmp_path: Path) -> None:
    form = layout.load(name)
    first = max(form.years[0], 2017)
    job = next(j for j in corpus.plan(2, (first, min(form.years[1], first + 1)), 3, [name], ["pdf"], 0.0, boxes=False) if j.layout == name)
    paths = corpus.write_job(job, tmp_path)
    truth = json.loads(next((tmp_path / "truth").glob("*.json")).read_text(encoding="utf-8"))
    (report,) = reports.assemble([r for path in paths for d in read_path(path) for r in reports.understand(d)])
    read = to_json(report)
    want, got = numbers(truth), numbers(read)
    assert (want - got, got - want) == (Counter(), Counter())
    assert len(read["self_evaluations"]) == len(truth["self_evaluations"])
    facts = [Counter((f["metric"], round(float(f["value"]), 2)) for f in x["narrative_facts"]) for x in (truth, read)]
    assert not facts[0] - facts[1]
