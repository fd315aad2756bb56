"""The accounting identities (勾稽关系) as data: reads and validates identities.yml and rules.yml, and loads them into temp tables.

A bad row stops the load with one clear error that names it. `load()` is cached; `register(con)` writes the a_… tables the check SQL joins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipelines.settings import code_data

Severity = Literal["error", "warning", "info"]


class BadIdentities(ValueError):
    """The identities file does not hold; the message names the row and the fault."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Slot(Strict):
    """A place in a statement: `t01/income/current_total/final`; `-` in front subtracts, `?` at the end: may be missing."""

    statement: str
    side: str | None
    line: str
    measure: str
    sign: int = 1
    optional: bool = False

    @classmethod
    def parse(cls, text: str) -> Slot:
        match = re.fullmatch(r"(-?)([a-z0-9_#]+)/([a-z_]*)/([a-z0-9_{}]+)/([a-z_]+)(\??)", text)
        if not match:
            raise ValueError(f"{text!r} is no slot (statement/side/line/measure)")
        sign, statement, side, line, measure, optional = match.groups()
        return cls(statement=statement, side=side or None, line=line, measure=measure, sign=-1 if sign else 1, optional=bool(optional))


def _slots(value: list[str]) -> list[str]:
    for text in value:
        Slot.parse(text)
    return value


class LinePattern(Strict):
    line: str
    pattern: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        re.compile(value)
        return value


class Across(Strict):
    id: str
    statements: list[str]
    total: str
    parts: list[str]
    ignore: list[str] = []
    need: list[str] = []
    kind: str = "row_sum"
    severity: Severity = "error"
    law: str
    title: str = "横向合计 = Σ 各栏"


class Equality(Strict):
    id: str
    title: str
    left: list[str]
    right: list[str]
    relation: Literal["eq", "ge"] = "eq"
    need: int = 0
    kind: str = "table_vs_table"
    severity: Severity = "error"
    law: str

    _check = field_validator("left", "right")(_slots)


class ByCode(Strict):
    id: str
    title: str
    by: Literal["code", "class"] = "code"
    relation: Literal["eq", "ge"] = "eq"
    left: str
    right: list[str]
    when_equal: list[str] = []
    kind: str = "table_vs_table"
    severity: Severity = "error"
    law: str

    _check = field_validator("when_equal")(_slots)


class Stated(Strict):
    metric: str
    slots: list[str]
    also: list[str] = []
    severity: Severity = "error"

    _check = field_validator("slots", "also")(_slots)


class NarrativeSum(Strict):
    """A stated total and its stated parts. `instead`: parts that stand for one that is not stated; `unless`: numbers that may belong to the
    sum or not: where one is stated, nothing is judged. `complete`: sums whose holding shows that the list is complete."""

    id: str
    title: str
    total: list[str] = []
    constant: float | None = None
    parts: list[str]
    min: int = Field(2, ge=1)
    items: bool = False
    complete: list[str] = []
    instead: dict[str, list[str]] = {}
    unless: list[str] = []
    severity: Severity = "error"


class Share(Strict):
    metric: str
    part: list[str]
    whole: list[str]
    slots: list[str] = []
    other_slots: list[str] = []
    items: bool = False
    any_whole: bool = False

    _check = field_validator("slots", "other_slots")(_slots)


class Rule(Strict):
    """A check that is no equation: its SQL file returns the offending rows."""

    id: str
    title: str
    kind: str
    severity: Severity
    law: str
    sql: str | None = None


class Identities(Strict):
    version: int
    laws: dict[str, str]
    lines: list[LinePattern]
    across: list[Across]
    equalities: list[Equality]
    by_code: list[ByCode]
    stated: list[Stated]
    narrative_sums: list[NarrativeSum]
    shares: list[Share]
    rules: list[Rule] = []

    def checks(self) -> Iterator[tuple[str, str, str, str, str, str]]:
        """(check_id, kind, severity, title, relation, law) of every check, in a fixed order: the number of a check is its place here."""
        yield from BUILT_IN
        for a in self.across:
            yield a.id, a.kind, a.severity, a.title, "eq", a.law
        for e in self.equalities:
            yield e.id, e.kind, e.severity, e.title, e.relation, e.law
        for b in self.by_code:
            yield b.id, b.kind, b.severity, b.title, b.relation, b.law
        for s in self.stated:
            yield f"stated:{s.metric}", "table_vs_narrative", s.severity, "情况说明 = 公开表", "eq", "disclosure"
        for n in self.narrative_sums:
            yield n.id, "narrative_sum", n.severity, n.title, "eq", "arithmetic"
        for r in self.rules:
            yield r.id, r.kind, r.severity, r.title, "eq", r.law


BUILT_IN: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("parent_children", "parent_child", "error", "上级科目 = Σ 下级科目", "eq", "subjects"),
    ("total_classes", "parent_child", "error", "合计 = Σ 各类", "eq", "subjects"),
    ("side_total", "table_sum", "error", "合计 = Σ 各项", "eq", "form"),
    ("purpose_total", "table_sum", "error", "支出合计 = Σ 各支出用途", "eq", "budget_form"),
    ("sub_items", "parent_child", "error", "项目 = Σ 其中各项", "eq", "form"),
    ("group_subtotal", "parent_child", "error", "小计 = Σ 组内各项", "eq", "budget_form"),
    ("group_total", "table_sum", "error", "总计 = Σ 小计", "eq", "budget_form"),
    ("level_sums", "parent_child", "error", "上级 = Σ 下级 (采购)", "eq", "budget_form"),
    ("share_pct", "percent_vs_amount", "error", "占比 = 部分 / 整体", "pct", "arithmetic"),
    ("yoy_pct", "percent_vs_amount", "error", "增减百分比 = 增减额 / 上年数", "pct", "arithmetic"),
    ("completion_pct", "percent_vs_amount", "error", "完成率 = 决算数 / 预算数", "pct", "arithmetic"),
    ("execution_change_pct", "percent_vs_amount", "error", "比上年执行数增减 = (预算数 − 执行数) / 执行数", "pct", "arithmetic"),
)


@cache
def load(path: Path | None = None) -> Identities:
    """The identities of `path` (default: the shipped file, with the rules beside it)."""
    path = path or code_data("expectations") / "identities.yml"
    try:
        data: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if (rules := path.with_name("rules.yml")).exists():
            data["rules"] = yaml.safe_load(rules.read_text(encoding="utf-8"))
        identities = Identities.model_validate(data)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error).splitlines()[0]
        raise BadIdentities(f"{path.name}: {why}") from error
    seen: set[str] = set()
    for check_id, _, _, _, _, law in identities.checks():
        if check_id in seen:
            raise BadIdentities(f"{path.name}: check {check_id} is there twice")
        if law not in identities.laws:
            raise BadIdentities(f"{path.name}: check {check_id} rests on an unknown law {law!r}")
        seen.add(check_id)
    return identities


ALSO = 100
"""Ordinals of slots from here on confirm a stated amount and accuse nothing (`also`)."""


class _Selectors:
    """Numbers the distinct slots."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str | None, str, str], int] = {}

    def __call__(self, text: str) -> tuple[int, int, bool]:
        slot = Slot.parse(text)
        number = self.numbers.setdefault((slot.statement, slot.side, slot.line, slot.measure), len(self.numbers))
        return number, slot.sign, slot.optional

    def rows(self) -> list[tuple[int, str, str | None, str, str]]:
        return [(number, *key) for key, number in self.numbers.items()]


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:  # literals in one statement: rows or parameters one by one are slow
        values = ", ".join("(" + ", ".join(_literal(v) for v in row) + ")" for row in rows)
        con.execute(f"INSERT INTO {name} VALUES {values}")


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def register(con: duckdb.DuckDBPyConnection, identities: Identities | None = None) -> None:
    """Writes the temp tables a_check, a_pattern, a_selector, a_across, a_equality, a_by_code, a_stated, a_nsum, a_share."""
    ids = identities or load()
    number = {check[0]: n for n, check in enumerate(ids.checks())}
    select = _Selectors()
    _table(
        con,
        "a_check",
        "check_no INTEGER, check_id VARCHAR, kind VARCHAR, severity VARCHAR, title VARCHAR, relation VARCHAR, law VARCHAR",
        [(n, *check) for n, check in enumerate(ids.checks())],
    )
    _table(con, "a_pattern", "ordinal INTEGER, line VARCHAR, pattern VARCHAR", [(n, p.line, p.pattern) for n, p in enumerate(ids.lines)])
    across = []
    for a in ids.across:
        for statement in a.statements:
            across.append((number[a.id], statement, a.total, 1, "total"))
            across += [(number[a.id], statement, p.lstrip("-"), 1 if p.startswith("-") else -1, "part") for p in a.parts]
            across += [(number[a.id], statement, p, 0, "ignore") for p in a.ignore]
            across += [(number[a.id], statement, p, 0, "need") for p in a.need]
    _table(con, "a_across", "check_no INTEGER, st VARCHAR, measure VARCHAR, coef INTEGER, role VARCHAR", across)
    equality = []
    for e in ids.equalities:
        for side, coef in ((e.left, 1), (e.right, -1)):
            for position, text in enumerate(side):
                sel, sign, optional = select(text)
                equality.append((number[e.id], sel, coef * sign, optional, coef == 1 and position == 0, e.need))
    _table(con, "a_equality", "check_no INTEGER, sel_no INTEGER, coef INTEGER, optional BOOLEAN, is_main BOOLEAN, need INTEGER", equality)
    by_code = []
    for b in ids.by_code:
        statement, measure = b.left.split("/")
        first, second = ([select(t)[0] for t in b.when_equal] + [None, None])[:2]
        for right in b.right:
            by_code.append((number[b.id], b.by, statement, measure, *right.split("/"), first, second))
    _table(
        con,
        "a_by_code",
        "check_no INTEGER, by_what VARCHAR, st VARCHAR, measure VARCHAR, r_st VARCHAR, r_measure VARCHAR, equal_1 INTEGER, equal_2 INTEGER",
        by_code,
    )
    stated = [(number[f"stated:{s.metric}"], s.metric, n, select(t)[0]) for s in ids.stated for n, t in enumerate(s.slots)]
    stated += [(number[f"stated:{s.metric}"], s.metric, ALSO + n, select(t)[0]) for s in ids.stated for n, t in enumerate(s.also)]
    _table(con, "a_stated", "check_no INTEGER, metric VARCHAR, ordinal INTEGER, sel_no INTEGER", stated)
    nsum: list[tuple[Any, ...]] = []
    for s in ids.narrative_sums:
        for role, metrics in (("total", s.total), ("part", s.parts), ("complete", s.complete)):
            nsum += [(number[s.id], m, role, n, s.min, s.items, s.constant, None) for n, m in enumerate(metrics)]
        nsum += [(number[s.id], m, "part", 0, s.min, s.items, s.constant, whole) for whole, parts in s.instead.items() for m in parts]
        nsum += [(number[s.id], m, "unless", 0, s.min, s.items, s.constant, None) for m in s.unless]
    _table(
        con,
        "a_nsum",
        "check_no INTEGER, metric VARCHAR, role VARCHAR, ordinal INTEGER, minimum INTEGER, items BOOLEAN, constant DOUBLE,"
        " instead_of VARCHAR",
        nsum,
    )
    share: list[tuple[Any, ...]] = []
    for h in ids.shares:
        for role, values in (("part", h.part), ("whole", h.whole)):
            share += [(h.metric, role, n, m, None, h.items, h.any_whole) for n, m in enumerate(values)]
        share += [(h.metric, "slot", n, None, select(t)[0], h.items, h.any_whole) for n, t in enumerate(h.slots)]
        share += [(h.metric, "other_slot", n, None, select(t)[0], h.items, h.any_whole) for n, t in enumerate(h.other_slots)]
    _table(
        con,
        "a_share",
        "metric VARCHAR, role VARCHAR, ordinal INTEGER, operand VARCHAR, sel_no INTEGER, items BOOLEAN, any_whole BOOLEAN",
        share,
    )
    _table(con, "a_selector", "sel_no INTEGER, st VARCHAR, side VARCHAR, line VARCHAR, measure VARCHAR", select.rows())
