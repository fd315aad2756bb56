"""Names of columns: from the labels over a column to the measure it prints, by the role's form (forms/roles.toml)."""

from __future__ import annotations

import re

from pipelines.reports.forms import Concept, Form, economic_items, government_items, roles
from pipelines.reports.forms.wording import fold, strip_numbering
from pipelines.reports.model import ReadingFinding
from pipelines.reports.statements.headers_model import Leaf

THREE_PUBLIC_ITEMS = (
    "abroad",
    "vehicle_total",
    "vehicle_purchase",
    "vehicle_operation",
    "reception",
    "meeting",
    "training",
    "agency_operating",
)
COUNTS = ("abroad_groups", "abroad_people", "vehicle_purchase_count", "vehicle_count", "reception_batches", "reception_people")
STAGES = (
    "budget",
    "final",
    "initial_budget",
    "annual_budget",
    "previous_budget",
    "previous_final",
    "previous_execution",
    "change",
    "change_pct",
    "completion_pct",
)
_YEAR = re.compile(r"((?:19|20)\d\d)年")


def name_measures(leaves: list[Leaf], form: Form, kind: str, year: int | None, title: str) -> list[ReadingFinding]:
    """Sets `leaf.measure` on every value column of one table; what the vocabulary does not know becomes `column_<n>` and a finding."""
    findings: list[ReadingFinding] = []
    by_block: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        if leaf.kind == "value":
            by_block.setdefault(leaf.block, []).append(leaf)
    government = "政府" in title and "经济" in title
    for values in by_block.values():
        taken: set[str] = set()
        for leaf in values:
            name = _name(leaf, values, form, kind, year, len(by_block), government)
            if name in taken:  # 本年收入 > 小计 beside 合计: the concepts that the form drops tell them apart
                name = "_".join(n for n in path_names(leaf, government) if n) or name
            number = sum(1 for x in leaves if x.start < leaf.start) + 1
            if name is None:
                findings.append(
                    ReadingFinding(
                        "reading.unknown_header",
                        "warning",
                        f"{title}: the column head “{leaf.label}” is not in the vocabulary; its cells are kept as column_{number}",
                        locator=leaf.cell.locator if leaf.cell else None,
                    )
                )
                name = f"column_{number}"
            elif name in taken:
                findings.append(
                    ReadingFinding(
                        "reading.duplicate_header",
                        "warning",
                        f"{title}: two columns read as “{name}”; “{leaf.label}” is kept as column_{number}",
                        locator=leaf.cell.locator if leaf.cell else None,
                    )
                )
                name = f"column_{number}"
            taken.add(name)
            leaf.measure = name
    return findings


def _name(leaf: Leaf, values: list[Leaf], form: Form, kind: str, year: int | None, n_blocks: int, government: bool) -> str | None:
    if form.family == "three_public":
        return three_public_measure(leaf, values, kind, year)
    if form.family == "summary":
        return _summary_measure(leaf, values, form, kind, n_blocks)
    return _table_measure(leaf, values, form, kind, year, government)


def path_names(leaf: Leaf, government: bool = False) -> list[str | None]:
    """The concept names over a column, outermost first; None for a label the vocabulary does not know."""
    out: list[str | None] = []
    for label, meaning in zip(leaf.path, leaf.concepts, strict=True):
        if meaning is None:
            word = strip_numbering(fold(label))
            code = (government_items().get(word) if government else None) or economic_items().get(word) or government_items().get(word)
            out.append(f"economic_{code}" if code else None)
        elif meaning.sort not in ("structure", "ignore", "side", "key"):
            out.append(meaning.name)
    return out


def _labels(leaf: Leaf) -> list[str]:
    """The labels that `path_names` names, in its order."""
    return [
        label
        for label, meaning in zip(leaf.path, leaf.concepts, strict=True)
        if meaning is None or meaning.sort not in ("structure", "ignore", "side", "key")
    ]


def _of_year(name: str | None, label: str, year: int | None) -> str | None:
    """A stage of an earlier year than the report's: 2023年执行数 in the budget of 2024 is previous_execution."""
    printed = next((int(m.group(1)) for m in [_YEAR.search(fold(label))] if m), None)
    if name is None or printed is None or year is None or printed >= year:
        return name
    if name in ("final", "budget", "amount", "total"):
        return (
            "previous_execution"
            if "执行" in label
            else "previous_final"
            if "决算" in label
            else "previous_budget"
            if "预算" in label
            else f"previous_{name}"
        )
    return name


def _single(form: Form, kind: str) -> str | None:
    return form.single_final if kind == "final" else form.single_budget


def _table_measure(leaf: Leaf, values: list[Leaf], form: Form, kind: str, year: int | None, government: bool) -> str | None:
    names = [_of_year(n, label, year) for n, label in zip(path_names(leaf, government), _labels(leaf), strict=True)]
    if _stage_under_all(values, kind, government):
        names = names[:-1]
    if not names:
        return _single(form, kind) if len(values) == 1 else None
    if names[-1] is None:
        return None
    known = [n for n in names if n is not None]
    single = _single(form, kind)
    if len(values) == 1 and single and known[-1] in ("total", "amount", "final", "budget", "expenditure", "expenditure_total", *form.drop):
        return single
    return rename([n for n in known[:-1] if n not in form.drop] + known[-1:], form, kind)


def _stage_under_all(values: list[Leaf], kind: str, government: bool) -> bool:
    """决算数 printed under every column (本年收入合计 / 决算数, 事业收入 / 决算数): the row of the head tells no columns apart."""
    paths = [path_names(v, government) for v in values]
    last = {p[-1] for p in paths if p}
    return len(values) > 1 and all(len(p) > 1 for p in paths) and last <= {kind, "amount"} and len(last) == 1


def rename(names: list[str], form: Form, kind: str) -> str:
    """The measure of a path of concepts: as the form or the common list renames it, else the concepts joined."""
    path = ".".join(names)
    target = form.rename.get(path) or roles().rename.get(path)
    if target:
        return target
    if len(names) > 1 and names[-1] in ("total", "amount"):
        return rename(names[:-1], form, kind)  # 工资福利支出 > 小计
    if len(names) > 1 and names[-1].startswith("economic_") and names[-2].startswith("economic_"):
        return rename([*names[:-2], names[-1]], form, kind)  # 工资福利支出 > 基本工资
    if names[-1] == "amount":
        return "final" if kind == "final" else "total"
    return "_".join(n for i, n in enumerate(names) if i == 0 or n != names[i - 1])


def _summary_measure(leaf: Leaf, values: list[Leaf], form: Form, kind: str, n_blocks: int) -> str | None:
    names = path_names(leaf)
    # 收入 / 支出 / 财政拨款收入 over a block only say which side it is
    while len(names) > 1 and names[0] in ("income", "expenditure", "fiscal_appropriation"):
        names = names[1:]
    default = "final" if kind == "final" else "budget"
    fiscal = form.role == "fiscal_appropriation_summary"
    if len(values) == 1:
        if names and names[-1] is None:
            return None
        return "total" if fiscal and kind == "final" and _is_expenditure(leaf, n_blocks) else default
    if not names or names[-1] is None:
        return None
    known = [n for n in names if n is not None]
    if known == ["total"] or known[-1] in ("amount", "income_total", "expenditure_total") or (known[-1] == "total" and known[0] in STAGES):
        return "total" if fiscal else default
    if known[-1] == default and len(known) == 1:
        return default
    tail = [n for n in known if n not in ("budget", "final", "total", "amount") or n == known[-1]]
    return rename(tail, form, kind)


def _is_expenditure(leaf: Leaf, n_blocks: int) -> bool:
    """Is a column on the expenditure side? The first of several blocks is the income."""
    return leaf.block > 0 or (n_blocks == 1 and "支出" in leaf.label and "收入" not in leaf.label)


def three_public_measure(leaf: Leaf, values: list[Leaf], kind: str, year: int | None) -> str | None:
    """budget_abroad, final_total, meeting …: the item and the stage may stand in either order over a column."""
    names = path_names(leaf)
    item = next((n for n in reversed(names) if n in THREE_PUBLIC_ITEMS or n in COUNTS or (n or "").startswith("reception_")), None)
    if item is None and "economic_30215" in names:
        item = "meeting"
    if item is None:
        if any(n in ("three_public", "total", "amount") for n in names):
            has_group = any("three_public" in path_names(v) for v in values)
            more = any(n in ("meeting", "training") for v in values for n in path_names(v))
            item = "total_with_meeting_training" if has_group and more and "three_public" not in names else "total"
        elif names and all(n in STAGES for n in names if n):
            item = ""  # items stand in the rows
        else:
            return None
    stage = stage_of(leaf, names, kind, year, values)
    return stage if item == "" else stage_measure(stage, item, kind)


def stage_measure(stage: str, item: str, kind: str) -> str:
    if stage == "budget" and kind == "budget" and item in ("meeting", "training", "agency_operating", "total_with_meeting_training"):
        return item
    return f"{stage}_{item}"


def stage_of(leaf: Leaf, names: list[str | None], kind: str, year: int | None, values: list[Leaf]) -> str:
    default = "final" if kind == "final" else "budget"
    stage = next((n for n in reversed(names) if n in STAGES), None)
    if stage is None:
        text = fold("".join(leaf.path))
        stage = "final" if "决算数" in text else "budget" if "预算数" in text else default
    if stage in ("initial_budget", "annual_budget"):
        others = {n for v in values for n in path_names(v)}
        if not {"initial_budget", "annual_budget"} <= others and "budget" not in others:
            stage = "budget"
    printed = next((int(m.group(1)) for label in leaf.path if (m := _YEAR.search(fold(label)))), None)
    if printed and year and printed == year - 1 and stage in ("budget", "final"):
        return f"previous_{stage}"
    return stage


def concept_names(path: tuple[Concept | None, ...]) -> list[str]:
    return [c.name for c in path if c is not None]
