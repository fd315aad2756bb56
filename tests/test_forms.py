"""Form definitions: every attested title finds its role and no other; faulty data is refused with its place."""

from __future__ import annotations

import csv

import pytest
from builders import SHARED
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.reports import forms
from pipelines.reports.forms import TitleRule, concept, heading_key, title_kind, title_role
from pipelines.reports.forms.wording import fold, strip_leader, strip_numbering

LAYOUTS = SHARED / "reference" / "layouts"
needs_layouts = pytest.mark.skipif(not LAYOUTS.is_dir(), reason="the layout atlas (../shared/reference) is not on this machine")

# Sichuan prints 国有资本 twice; the second is told by standing beside the first, not by its wording.
IN_CONTEXT = {("final", "国有资本经营预算财政拨款支出决算表", "state_capital_expenditure")}
# headings that name nothing the narrative reader asks for, or that the atlas itself files under another name
OTHER_HEADINGS = {"other"}


@needs_layouts
def test_every_title_of_the_atlas_finds_its_role() -> None:
    wrong = []
    with (LAYOUTS / "titles.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            got = title_role(row["title"], row["kind"], bare=True)
            if got != row["role"] and (row["kind"], row["title"], row["role"]) not in IN_CONTEXT:
                wrong.append((row["title"], row["role"], got))
    assert wrong == []


@needs_layouts
def test_headings_of_the_atlas_find_their_role() -> None:
    wrong, total = [], 0
    with (LAYOUTS / "headings.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["role"] in OTHER_HEADINGS:
                continue
            total += 1
            got = heading_key(row["title"].replace("{name}", "某某局"), row["kind"])
            if got != row["role"]:
                wrong.append((row["title"], row["role"], got))
    assert total > 300
    assert len(wrong) <= 2, wrong


@needs_layouts
def test_narrative_headings_are_no_table_titles() -> None:
    with (LAYOUTS / "headings.csv").open(encoding="utf-8-sig") as file:
        taken = [r["title"] for r in csv.DictReader(file) if "说明" in r["title"] and title_role(r["title"], r["kind"])]
    assert taken == []


@pytest.mark.parametrize(
    ("title", "kind", "role"),
    [
        ("六、2018年度江苏省某某法院财政拨款基本支出预算表", "budget", "fiscal_appropriation_basic_expenditure"),
        ("表4：财政拨款收入支出决算总表", "final", "fiscal_appropriation_summary"),
        ("公开06表一般公共预算财政拨款基本支出决算明细表", "final", "general_public_basic_expenditure"),
        ("附件2-3 国有资本经营预算支出表", "budget", "state_capital"),
        ("《一般公共预算“三公”经费支出表》", "budget", "three_public"),
        ("財政撥款收入支出決算總表", "final", "fiscal_appropriation_summary"),
        ("財(cái)政撥款收入支出決算總表", "final", "fiscal_appropriation_summary"),
        ("政拨款收入支出决算总表", "final", "fiscal_appropriation_summary"),
        ("般公共预算财政拨款支出决算表", "final", "general_public_expenditure"),
        ("二〇二四年度收入决算表", "final", "income"),
        ("收 入 支 出 决 算 总 表", "final", "income_expenditure_summary"),
        ("收入支出决算总表……………………63", "final", "income_expenditure_summary"),
        ("一十一、政府采购预算表", "budget", "procurement"),
        ("支出决算表（续表）", "final", "expenditure"),
        ("2025年单位“三公”经费和机关运行经费预算表", "budget", "three_public"),
        ("财政拨款“三公”经费、行政参公单位机关运行经费情况表", "final", "three_public_agency_operating"),
    ],
)
def test_titles_in_other_dress(title: str, kind: str, role: str) -> None:
    assert title_role(title, kind) == role


@pytest.mark.parametrize(
    "text",
    [
        "财政拨款收入数、支出安排数应与《收支预算总表》数对应一致。",
        "五、一般公共预算财政拨款支出决算情况说明",
        "2023年度收入合计12,705.06万元",
        "注：本表反映部门本年度的总收支情况",
        "社会保险基金预算收入说明",
        "表",
        "",
        "关于印发某某办法的通知",
        "其他非税收入",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert title_role(text, "final") is None


def test_kind_is_told_outside_the_names_of_funds() -> None:
    assert title_kind("一般公共预算财政拨款支出决算表") == "final"
    assert title_kind("政府性基金预算支出预算表") == "budget"
    assert title_kind("一般公共预算支出表") == "budget"  # a final account's title says 决算
    assert title_kind("一般公共预算财政拨款基本支出情况") is None


def test_numbering_is_stripped_but_names_are_kept() -> None:
    assert strip_numbering(fold("一、一般公共预算支出表")) == "一般公共预算支出表"
    assert strip_numbering(fold("一般公共预算支出表")) == "一般公共预算支出表"
    assert strip_numbering(fold("（三）“三公”经费")) == "三公经费"
    assert strip_numbering(fold("4．2025年部门财政拨款收支预算总表")) == "2025年部门财政拨款收支预算总表"
    assert strip_numbering("2025年收入预算表") == "2025年收入预算表"
    assert strip_leader("一般公共预算财政拨款支出决算表(二)") == "一般公共预算财政拨款支出决算表(二)"
    assert strip_leader("收入决算表14-15") == "收入决算表"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("支出功能分类\n科目编码", "code"),
        ("科目名称", "name"),
        ("行次", "line_no"),
        ("本年收入合计", "income_total"),
        ("财政拨款收入", "fiscal_appropriation"),
        ("附属单位上缴收入", "subsidiary_remittance"),
        ("对附属单位补助支出", "subsidy_to_subsidiary"),
        ("年初结转和结余", "opening_balance"),
        ("年末财政拨款结转和结余", "closing_balance"),
        ("因公出国（境）费", "abroad"),
        ("公务用车购置及运行维护费", "vehicle_total"),
        ("购置费", "vehicle_purchase"),
        ("金额（万元）", "amount"),
        ("一般公共预算财政拨款", "general_public"),
        ("2024年预算数", "budget"),
        ("公务用车运行:维护费", "vehicle_operation"),
        ("某种新的列", None),
    ],
)
def test_head_labels(label: str, name: str | None) -> None:
    found = concept(label)
    assert (found.name if found else None) == name


def test_forms_load_and_keys_are_unique() -> None:
    keys = [k for f in forms.forms().values() for k in (f.final, f.budget) if k]
    assert len(keys) == len(set(keys))
    assert {f"t0{i}" for i in range(1, 10)} | {f"b{i:02d}" for i in range(1, 14)} == set(keys)
    roles = {r.role for r in forms.titles().rule}
    assert set(forms.forms()) - roles <= {"income_by_unit", "expenditure_by_unit", "state_capital_expenditure"}
    assert {c.name for c in forms.headers().concept} >= {"code", "name", "total", "basic", "project"}


def test_a_faulty_row_is_refused_with_its_place(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "titles.toml").write_text('tokens = ""\n[[rule]]\nrole = "Bad Role"\n', encoding="utf-8")
    monkeypatch.setattr(forms, "FOLDER", tmp_path)
    with pytest.raises(forms.FormError, match=r"titles\.toml.*\n?.*rule\.0\.role"):
        forms._load("titles.toml", forms.Titles)
    (tmp_path / "economic_items.csv").write_text("code,name\n30A,办公费\n", encoding="utf-8")
    with pytest.raises(forms.FormError, match="line 2"):
        forms._items("department")
    with pytest.raises(ValidationError):
        TitleRule(role="income", colour="red")  # type: ignore[call-arg]


@given(st.text(alphabet="一二三四收入支出决算预总表公开财政拨款（）()、.0123456789 “”三公经费", max_size=40))
def test_any_text_has_one_answer_and_never_fails(text: str) -> None:
    assert title_role(text, "final") == title_role(text, "final")
    heading_key(text, "budget")
    concept(text)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("某县机关事务中心2025年部门收支总表", "income_expenditure_summary"),
        ("某某园2017年度部门“三公”经费预算情况表", "three_public"),
        ("2016年一般公共预算财政拨款开支的“三公”经费决算情况表", "three_public"),
        ("十三、2017年政府采购预算明细表。", "procurement"),
        ("某市教育局关于公开预算情况", None),
    ],
)
def test_a_body_with_words_of_titles_in_its_name_may_stand_before_a_title(title: str, role: str | None) -> None:
    assert title_role(title) == role
