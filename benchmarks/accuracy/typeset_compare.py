"""A report as read against the truth of the typeset one: cells, facts, forms and identity, each miss named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipelines.documents.model import UNSURE

TOLERANCE = 0.005
Json = dict[str, Any]


@dataclass
class Tally:
    """Counts of one report or of many."""

    reports: int = 0
    cells: int = 0
    cells_right: int = 0
    cells_wrong: int = 0
    cells_unflagged: int = 0  # of the wrong ones: read with full confidence, so that nobody is warned
    cells_missed: int = 0
    cells_extra: int = 0
    facts: int = 0
    facts_right: int = 0
    facts_missed: int = 0
    facts_extra: int = 0
    forms: int = 0
    forms_right: int = 0
    identity_wrong: int = 0
    failed: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)  # one line a miss, for --verbose

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            if name == "notes":
                self.notes.update(value)
            elif name == "details":
                self.details += value
            else:
                setattr(self, name, getattr(self, name) + value)


def fold(text: Any) -> str:
    """Names without spaces and bracket width: how two prints of one name are told to be one."""
    return re.sub(r"\s+", "", str(text or "")).replace("(", "（").replace(")", "）")


def compare(truth: Json, read: Json) -> Tally:
    """Every number of the truth looked for in what was read."""
    tally = Tally(reports=1)
    for name in ("department", "region", "fiscal_year", "report_kind", "scope", "printed_date"):
        want, got = truth["report"].get(name), read["report"].get(name)
        if want is not None and fold(want) != fold(got):
            tally.identity_wrong += 1
            tally.notes[f"identity {name}: {want} read as {got}"] += 1
    for key in sorted(set(truth["tables"]) | set(read["tables"])):
        _table(key, truth["tables"].get(key), read["tables"].get(key), tally)
    charts = {(f["metric"], round(f["value"], 2)) for f in truth.get("chart_facts", [])}
    _facts(truth["narrative_facts"], read["narrative_facts"], tally, charts)
    _forms(truth["self_evaluations"], read["self_evaluations"], tally)
    want_members, got_members = ([fold(m["name"]) for m in x["member_units"]] for x in (truth, read))
    if want_members != got_members:
        tally.notes[f"members: {len(want_members)} printed, {len(got_members)} read"] += 1
    return tally


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _rows(table: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    seen: Counter[tuple[str, ...]] = Counter()
    for row in table["rows"]:
        key = (
            str(row.get("side") or ""),
            str(row.get("block") or ""),
            str(row.get("code") or ""),
            fold(row["name"]),
            str(row.get("group") or ""),
        )
        seen[key] += 1
        yield (*key, str(seen[key])), row


def _table(key: str, want: Json | None, got: Json | None, tally: Tally) -> None:
    if want is None:
        numbers = sum(_number(v) is not None for _, r in _rows(got or {"rows": []}) for v in r["values"].values())
        if numbers:
            tally.cells_extra += numbers
            tally.notes[f"{key}: a table that was not printed"] += 1
        return
    total = sum(_number(v) is not None for _, r in _rows(want) for v in r["values"].values())
    tally.cells += total
    if got is None:
        tally.cells_missed += total
        if total:
            tally.notes[f"{key}: table not found"] += 1
        return
    if want["unit_of_amount"] != got["unit_of_amount"]:
        tally.notes[f"{key}: unit {want['unit_of_amount']} read as {got['unit_of_amount']}"] += 1
    read = dict(_rows(got))
    for row_key, row in _rows(want):
        other = read.pop(row_key, None)
        for measure, value in row["values"].items():
            number = _number(value)
            found = _number(other["values"].get(measure)) if other else None
            if number is None:
                if found is not None:
                    tally.cells_extra += 1
                    tally.notes[f"{key}.{measure}: a number where a blank is printed"] += 1
            elif found is None:
                tally.cells_missed += 1
                tally.notes[f"{key}.{measure}: {'row' if other is None else 'cell'} missed"] += 1
                tally.details.append(f"missed {key} {row_key} {measure} {number}")
            elif abs(found - number) <= TOLERANCE:
                tally.cells_right += 1
            else:
                tally.cells_wrong += 1
                flagged = (other or {}).get("cells", {}).get(measure, {}).get("confidence", 1.0) < UNSURE
                tally.cells_unflagged += not flagged
                tally.notes[f"{key}.{measure}: wrong number{', flagged' if flagged else ''}"] += 1
                tally.details.append(f"wrong {key} {row_key} {measure}: {number} read as {found}")
        if other:
            for measure, value in other["values"].items():
                if measure not in row["values"] and _number(value) is not None:
                    tally.cells_extra += 1
                    tally.notes[f"{key}.{measure}: a column that was not printed"] += 1
    for row_key, row in read.items():
        numbers = sum(_number(v) is not None for v in row["values"].values())
        if numbers:
            tally.cells_extra += numbers
            tally.notes[f"{key}: row that was not printed"] += 1
            tally.details.append(f"extra row {key} {row_key}")


def _fact_key(fact: Json) -> tuple[str, float, str, str]:
    return fact["metric"], round(float(fact["value"]), 2), fact["unit"], str(fact.get("direction") or "")


def _same_item(a: Json, b: Json) -> bool:
    """By code where both say it (a narrative file of its own knows no codes), else by name."""
    if a.get("item_code") and b.get("item_code"):
        return bool(a["item_code"] == b["item_code"])
    return not (a.get("item_name") and b.get("item_name")) or fold(a["item_name"]) == fold(b["item_name"])


def _facts(want: list[Json], got: list[Json], tally: Tally, charts: set[tuple[str, float]]) -> None:
    tally.facts += len(want)
    left: dict[tuple[str, float, str, str], list[Json]] = {}
    for fact in got:
        left.setdefault(_fact_key(fact), []).append(fact)
    missed = []
    for fact in want:
        pool = left.get(_fact_key(fact), [])
        match = next((f for f in pool if _same_item(fact, f)), None)
        if match is None:
            missed.append(fact)
        else:
            pool.remove(match)
            tally.facts_right += 1
    extra = [f for pool in left.values() for f in pool if (f["metric"], round(float(f["value"]), 2)) not in charts]
    tally.facts_missed += len(missed)
    tally.facts_extra += len(extra)
    for fact in missed:
        near = next((e for e in extra if e["metric"] == fact["metric"] and abs(float(e["value"]) - float(fact["value"])) < TOLERANCE), None)
        tally.details.append(
            f"missed {fact['metric']} {fact['printed']} {fact['unit']} {fact.get('direction') or ''}: {fact['sentence'][:160]}"
        )
        tally.notes[f"fact {fact['metric']} missed{' (its unit, direction or item is read otherwise)' if near else ''}"] += 1
    for fact in extra:
        tally.details.append(
            f"extra {fact['metric']} {fact.get('printed')} {fact['unit']} {fact.get('direction') or ''}: {fact['sentence'][:160]}"
        )
        tally.notes[f"fact {fact['metric']} not stated"] += 1


def _forms(want: list[Json], got: list[Json], tally: Tally) -> None:
    tally.forms += len(want)
    for number, form in enumerate(want):
        other = got[number] if number < len(got) else None
        if other is None:
            tally.notes["evaluation form missed"] += 1
        elif _form(form) == _form(other):
            tally.forms_right += 1
        else:
            for (name, value), (_, found) in zip(_form(form), _form(other), strict=False):
                if value != found:
                    tally.notes[f"evaluation {name.split('/')[0]}: {value} read as {found}"[:90]] += 1
                    break
            else:
                tally.notes["evaluation: number of lines differs"] += 1
    if len(got) > len(want):
        tally.notes["evaluation form that was not printed"] += len(got) - len(want)


def _form(form: Json) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = [("project", fold(form["project_name"]))]
    for line in form["funds"]:
        for name in ("initial_budget", "annual_budget", "executed", "weight", "execution_rate", "score"):
            out.append((f"fund {name}/{line['line']}", _number(line.get(name))))
    for line in form["management"]:
        out += [(f"management {n}/{line['item']}", _number(line.get(n))) for n in ("weight", "score")]
    for line in form["indicators"]:
        out.append(("indicator", fold(line["level3"])))
        out += [(f"indicator {n}/{line['level3']}", _number(line.get(n))) for n in ("weight", "score", "deviation_pct")]
        out += [(f"indicator {n}/{line['level3']}", fold(line.get(n))) for n in ("level1", "level2", "target", "actual")]
    out += [(f"total {n}", _number(form.get(n))) for n in ("total_weight", "total_score")]
    return out
