"""Report ⇄ JSON: the gold files pass through unchanged, and the JSON is its own inverse."""

import json

import pytest
from builders import SHARED

from pipelines.reports.serialize import from_json, to_json

GOLDS = sorted((SHARED / "gold").glob("*.json"))


@pytest.mark.skipif(not GOLDS, reason="../shared/gold is not on this machine")
@pytest.mark.parametrize("path", GOLDS, ids=lambda p: p.stem)
def test_gold_passes_through(path):
    gold = json.loads(path.read_text(encoding="utf8"))
    report = to_json(from_json(gold))
    assert to_json(from_json(report)) == report
    for key, table in gold["tables"].items():
        assert [r["values"] for r in report["tables"][key]["rows"]] == [r["values"] for r in table["rows"]]
    assert [f["value"] for f in report["narrative_facts"]] == [f["value"] for f in gold["narrative_facts"]]
