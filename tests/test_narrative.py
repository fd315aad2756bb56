"""The narrative reader on real reports and on the phrase atlas, its number tokens and vocabulary."""

from __future__ import annotations

import csv
import json
import re
import string
from collections import Counter
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from narrative_builder import HEADINGS, read, stated

from pipelines import documents
from pipelines.reports import narrative, statements
from pipelines.reports.model import Identity, NarrativeFact
from pipelines.reports.narrative.sentences import fold, numbers, split
from pipelines.reports.narrative.vocabulary import VocabularyError, needed_literals, parse_subjects, vocabulary
from pipelines.reports.outline import outline

SHARED = Path(__file__).parents[1].parent / "shared"
GOLDS = ("jiyuan-2023", "putuo-czj-2024", "putuo-fuban-2025", "jiangsu-jianchayuan-2019")

# ── real reports ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4)
def understood(gold: str) -> tuple[dict[str, Any], list[NarrativeFact], int]:
    """The gold, the facts read from the same file, and how many numbers were not recognised."""
    path = SHARED / "gold" / f"{gold}.json"
    if not path.exists():
        pytest.skip("the real reports are not here")
    truth = json.loads(path.read_text(encoding="utf-8"))
    head = truth["report"]
    files = [truth["source_file"], *(truth.get("source_files") or [])]
    names = {Path(f).name for f in files if isinstance(f, str)}
    found = [p for p in (SHARED / "reports").rglob("*") if p.name in names or p.stem in names]
    if not found:
        pytest.skip(f"no file of {gold}: {names}")
    identity = Identity(head["region"], head["department"], head["fiscal_year"], head["report_kind"], head.get("scope"))
    sections = outline(documents.read_path(found[0])[0])
    tables, _, _ = statements.read(sections, identity)
    facts, _, left = narrative.read(sections, identity, tables)
    return truth, facts, len(left)


def key(metric: str, budget: bool) -> str:
    """Names that the scorer takes as one."""
    if metric.startswith("reason."):
        return "reason"
    return re.sub(r"\.initial_budget$", ".budget", metric) if budget else metric


@pytest.mark.parametrize("gold", GOLDS)
def test_every_gold_fact_is_read_and_nothing_else(gold: str) -> None:
    truth, facts, left = understood(gold)
    budget = truth["report"]["report_kind"] == "budget"
    want = Counter((key(f["metric"], budget), round(Decimal(str(f["value"])), 2)) for f in truth["narrative_facts"])
    got = Counter((key(f.metric, budget), round(f.value, 2)) for f in facts)
    assert sum((want - got).values()) <= 0.01 * sum(want.values()), want - got
    assert sum((got - want).values()) <= 0.01 * sum(want.values()), got - want
    assert left == 0


@pytest.mark.parametrize("gold", GOLDS)
def test_items_have_the_codes_of_the_statements(gold: str) -> None:
    truth, facts, _ = understood(gold)
    want = Counter((round(Decimal(str(f["value"])), 2), f["item_code"]) for f in truth["narrative_facts"] if f.get("item_code"))
    got = Counter((round(f.value, 2), f.item_code) for f in facts if f.item_code)
    assert not want - got


def test_a_fact_leads_to_the_line_it_is_printed_in() -> None:
    _, facts, _ = understood("jiyuan-2023")
    lines = next((SHARED / "reports" / "henan-jiyuan").glob("*.txt")).read_text(encoding="utf-8").splitlines()
    assert facts
    for fact in facts:
        assert fact.locator is not None and fact.locator.line is not None
        assert fact.printed in lines[fact.locator.line - 1]


# ── the phrase atlas ────────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = {"y": "2023", "y-1": "2022", "reason": "人员变动", "use": "办公", "name": "某某局", "unit": "某某局", "class": "教育支出"}
WORDS |= {"section": "普通教育", "item": "小学教育", "items": "办公费、水电费", "date": "2022年12月31日"}


def typeset(pattern: str) -> tuple[str, int]:
    """The pattern with figures in its places, and how many."""
    count = 0

    def place(match: re.Match[str]) -> str:
        nonlocal count
        name = match[1]
        if name in WORDS:
            return WORDS[name]
        if "|" in name:
            return name.split("|")[0]
        if not re.fullmatch(r"[a-z][a-z_]*\d?|\d+%?", name):
            return name.strip("…")
        count += 1
        if name[0].isdigit():
            return name
        return str(count + 2) if name == "n" else f"{count * 13}.{count:02d}"

    pattern = re.sub(r"^\{n\}\.", "3.", pattern).replace("（{n}）", "（3）")
    flat = re.sub(r"\{([^{}]*)\{(\w+)\}([^{}]*)\}", lambda m: m[1].split("|")[0] or m[0], pattern)
    return re.sub(r"\{([^{}]*)\}", place, flat).replace("…", ""), count


@lru_cache(maxsize=1)
def phrases() -> list[dict[str, str]]:
    path = SHARED / "reference" / "layouts" / "phrases.csv"
    return list(csv.DictReader(path.open(encoding="utf-8-sig"))) if path.exists() else []


@pytest.mark.parametrize("row", range(59))
def test_every_phrase_of_the_atlas_is_read(row: int) -> None:
    if not phrases():
        pytest.skip("the phrase atlas is not here")
    phrase = phrases()[row]
    family = re.split(r"[.+]", phrase["metric"])[0]
    text, count = typeset(phrase["pattern"])
    kind = "budget" if "budget" in phrase["attested"] else "final"
    heading = HEADINGS.get(family, HEADINGS["income_expenditure"])
    if phrase["metric"].startswith("budget.procurement") or phrase["metric"].startswith("procurement"):
        heading = HEADINGS["procurement"]
    facts, claims, left = read(heading, kind, text, "overview" if family == "headcount" else "narrative")
    if family == "chart_caption":
        assert not facts and not left
        return
    if family == "no_activity":
        assert [c.kind for c in claims] == ["no_activity_claim"]
        return
    assert not left, [u.why for u in left]
    assert len(facts) == count
    assert not [f for f in facts if f.metric.startswith("reason.")]


# ── folding, numbers, sentences ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年度收入总计12,705.28万元", ["12,705.28万元"]),
        ("２０２３年度收入１，２３４．５０万元", ["1,234.50万元"]),
        ("支出 1 234.5 万 元", ["1万元", "234.5万元"]),
        ("各是4125.49,4143.91万元", ["4125.49万元", "4143.91万元"]),
        ("财预〔2022〕105号、苏财预[2016]53号、第3号令、公开01表、图1", []),
        ("2025.1.1-2025.12.31，2017-2019年，12月31日", []),
        ("1.2024年预算5万元；2、项目3个", ["5万元", "3个"]),
        ("1.5万元", ["1.5万元"]),
        ("2010301行政运行（2010302）", []),
        ("增长-3.5%", ["-3.5%"]),
        ("接待10多批200余人次", []),
        ("2-3次", []),
        ("增加209万用于办公用房", ["209万元"]),
        ("参保25万人", []),
    ],
)
def test_numbers(text: str, found: list[str]) -> None:
    tokens = [n for n in numbers(fold(text).text) if n.unit and not n.about]
    got = [f"{n.printed}{n.unit}" for n in tokens]
    if text.startswith("支出 1"):
        assert [n.printed for n in numbers(fold(text).text)] == ["1", "234.5"]  # two numbers: a space is no thousands separator
    else:
        assert got == found


def test_a_threshold_is_no_stated_number() -> None:
    tokens = numbers(fold("单价100万元（含）以上设备（不含车辆）2台（套），不低于95%").text)
    assert [(n.printed, n.limit) for n in tokens] == [("100", True), ("2", False), ("95", True)]


def test_a_number_whose_unit_is_not_printed_is_read_and_said() -> None:
    facts, claims, left = read(
        "（二）支出决算结构情况", "final", "教育支出（类）312.40万元，占62.48；住房保障支出（类）187.60万元，占37.52%。"
    )
    assert [(f.metric, f.unit) for f in facts if f.metric.endswith("share_pct")] == [
        ("expenditure.function_class.share_pct", ""),
        ("expenditure.function_class.share_pct", "%"),
    ]
    assert [c.kind for c in claims] == ["unit_missing"]
    assert not left


def test_a_broken_number_is_said() -> None:
    _, left = stated(HEADINGS["income_expenditure"], "final", "2023年度收入总计12.705.06万元。")
    assert left == ["a number that is printed wrongly: 12.705.06"]


@given(st.text(alphabet="收入支出总计为 \u3000“”（）()，,。；0123456789.%万元年", max_size=60))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.at)
    assert folded.at == sorted(set(folded.at))
    for number in numbers(folded.text):
        digits = re.sub(r"[^\d]", "", folded.source(number.start, number.number_end))
        assert digits == re.sub(r"[^\d]", "", number.printed)
    sentences = split(folded.text)
    assert "".join(folded.text[s.start : s.end] for s in sentences) == folded.text


amounts = st.decimals(min_value=0, max_value=99999, places=2)


@given(amounts, amounts, st.booleans(), st.sampled_from(["增加", "减少"]))
def test_values_come_out_as_printed(total: Decimal, change: Decimal, separators: bool, word: str) -> None:
    printed = f"{total:,}" if separators else f"{total}"
    facts, _, left = read(
        HEADINGS["income_expenditure"], "final", f"2023年度收、支总计均为{printed}万元。与上年相比，收、支总计各{word}{change}万元。"
    )
    assert not left
    assert [(f.metric, f.value) for f in facts] == [("income_expenditure.total", total), ("income_expenditure.yoy_change", change)]
    assert facts[0].printed == printed
    assert facts[1].direction == ("increase" if word == "增加" else "decrease")


@given(
    st.text(
        alphabet=string.digits + "一般公共预算财政拨款支出为占增长下降比上年的万元%，。；、（）类款项其中：主要原因是用于", max_size=120
    )
)
def test_no_text_breaks_the_reader(text: str) -> None:
    facts, _, _ = read(HEADINGS["general_public"], "final", text or "。")
    for fact in facts:
        assert fact.value >= 0 and fact.metric and "@" not in fact.metric


# ── vocabulary ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('[[subject]]\nbase = "Income"\npatterns = ["收入"]', "lower case"),
        ('[[subject]]\nbase = "income"\npatterns = []', "patterns"),
        ('[[subject]]\nbase = "income"\npatterns = ["收入("]', "not a regular expression"),
        ('[[subject]]\nbase = "income"\npatterns = ["<nothing>收入"]', "no fragment <nothing>"),
        ('[[subject]]\nbase = "income"\npattern = ["收入"]', "pattern"),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(entry: str, said: str) -> None:
    with pytest.raises(VocabularyError, match=r"here\.toml: subject 1") as error:
        parse_subjects(entry, "here.toml")
    assert said in str(error.value)


def test_needed_literals_never_hide_a_fit() -> None:
    """The cheap test before a pattern must let through every text that the pattern fits."""
    assert needed_literals("(?:公务)?接待(?:费|支出)") == ("接待",)
    assert needed_literals("a?b*") == ("",)
    assert set(needed_literals("收入|支出")) == {"收入", "支出"}
    for subject in [*vocabulary().money, *vocabulary().count]:
        for text in ("本年收入合计", "公务用车购置及运行维护费", "一般公共预算财政拨款支出", "机关运行经费", "其中：基本支出"):
            if subject.pattern.search(text):
                assert any(word in text for word in subject.needs)
