"""Keys of the statements of one report (t01…, b01…, role, role#what), and the checks that say a statement was not understood."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipelines.documents.model import UNSURE
from pipelines.reports.amounts import parse_number
from pipelines.reports.forms import Form, forms
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Identity, ReadingFinding, Severity, Statement, Unrecognised
from pipelines.reports.statements.rows import Table

if TYPE_CHECKING:
    from pipelines.reports.statements.read import _Reader

_UNIT_MISSING = "the table prints no unit of amount"
_GOVERNMENT = re.compile(r"政府预算(?:支出)?经济分类|政府经济分类|按政府预算")
_PARTS = (
    ("wages", re.compile(r"工资福利")),
    ("households", re.compile(r"个人和家庭")),
    ("current", re.compile(r"本年预算")),
    ("carried", re.compile(r"(?<!不含)上年结转\)|\(上年结转")),
    ("specific", re.compile(r"特定目标类")),
    ("other_operating", re.compile(r"其他运转类")),
    ("income", re.compile(r"预算收入表")),
    ("own_level", re.compile(r"本级下达")),
    ("separate", re.compile(r"另文下达")),
)


def settle_keys(
    read: list[tuple[Statement, Form, Table]], reader: _Reader, identity: Identity
) -> tuple[list[Statement], list[ReadingFinding], list[Unrecognised]]:
    """Gives every statement its key; adds findings about what is missing, doubled or not understood."""
    kind = identity.report_kind or "final"
    findings, unrecognised = list(reader.findings), list(reader.unrecognised)
    _second_state_capital(read)
    taken: dict[str, Statement] = {}
    units: Counter[str | None] = Counter(s.unit_of_amount for s, _, _ in read if s.unit_of_amount and s.role != "three_public")
    for statement, form, table in read:
        key = _key(statement, form, kind, table)
        if key in taken:
            if _same(taken[key], statement):
                findings.append(
                    ReadingFinding(
                        "reading.printed_twice", "info", f"{statement.title}: the same table is printed twice", key, statement.locator
                    )
                )
                statement.rows = []
                continue
            number = 2
            while f"{key}#{number}" in taken:
                number += 1
            findings.append(
                ReadingFinding(
                    "reading.second_of_role",
                    "warning",
                    f"{statement.title}: a second table of the role {statement.role}",
                    key,
                    statement.locator,
                )
            )
            key = f"{key}#{number}"
        statement.key = key
        taken[key] = statement
        if form.family == "three_public" or "three_public" in statement.role:
            statement.printed_scope = printed_scope(statement.title)
        for finding in table.findings:
            finding.statement = finding.statement or key
        findings += table.findings
        unrecognised += table.unrecognised
        findings += _checks(statement, form, table, units)
    return list(taken.values()), findings, unrecognised


def printed_scope(title: str) -> str:
    """general_public | fiscal | unknown: which money a 三公 title says it covers (the national form changed it in 2022)."""
    folded = fold(title)
    if "公共预算" in folded and "基金" not in folded and "国有资本" not in folded:
        return "general_public"
    return "fiscal" if "财政拨款" in folded else "unknown"


def _key(statement: Statement, form: Form, kind: str, table: Table) -> str:
    base = (form.final if kind == "final" else form.budget) or form.role
    title = fold(statement.title)
    if table.by_unit and form.role in ("income", "expenditure"):
        statement.role = f"{form.role}_by_unit"
        return f"{form.role}#by_unit"
    role, _, by = form.role.partition("_by_unit")
    if form.role.endswith("_by_unit"):
        return f"{role}#by_unit{by}"
    government = bool(_GOVERNMENT.search(title)) or _government_codes(statement)
    marks = ["government"] if government else []
    marks += [name for name, pattern in _PARTS if pattern.search(title)]
    if marks:
        return "#".join([form.role, *marks])
    return base


def _government_codes(statement: Statement) -> bool:
    codes = [r.code for r in statement.rows if r.code]
    return len(codes) > 2 and sum(1 for c in codes if re.match(r"5[019]\d", c)) * 2 > len(codes)


def _second_state_capital(read: list[tuple[Statement, Form, Table]]) -> None:
    """Sichuan prints 国有资本 twice, 收入支出 and 支出: the one without income is its own role."""
    both = [i for i, (s, _, _) in enumerate(read) if s.role == "state_capital"]
    if len(both) < 2 or not any("收入" in read[i][0].title or "收支" in read[i][0].title for i in both):
        return
    for i in both:
        statement, _, table = read[i]
        if "收入" not in statement.title and "收支" not in statement.title:
            statement.role = "state_capital_expenditure"
            form = forms()["state_capital_expenditure"]
            read[i] = (statement, form, table)


def _same(a: Statement, b: Statement) -> bool:
    return [(r.code, r.name, {m: v.number for m, v in r.values.items()}) for r in a.rows] == [
        (r.code, r.name, {m: v.number for m, v in r.values.items()}) for r in b.rows
    ]


def _checks(statement: Statement, form: Form, table: Table, units: Counter[str | None]) -> list[ReadingFinding]:
    out: list[ReadingFinding] = []
    key = statement.key
    severity: Severity = "error" if form.core else "warning"
    measures = {m for r in statement.rows for m in r.values}
    if statement.unit_of_amount is None and not table.no_money:
        if len(units) == 1 and any(v.number is not None for r in statement.rows for v in r.values.values()):
            (unit,) = units
            statement.unit_of_amount = unit
            out.append(
                ReadingFinding(
                    "reading.unit_missing",
                    "warning",
                    f"{statement.title}: {_UNIT_MISSING}; {unit} as in every other table",
                    key,
                    statement.locator,
                )
            )
        elif any(v.number is not None for r in statement.rows for v in r.values.values()):
            out.append(ReadingFinding("reading.unit_missing", severity, f"{statement.title}: {_UNIT_MISSING}", key, statement.locator))
    if statement.rows and form.need and not measures & set(form.need):
        out.append(
            ReadingFinding(
                "reading.statement_not_understood",
                severity,
                f"{statement.title}: none of the columns {', '.join(form.need)} was found (read: {', '.join(sorted(measures)) or 'none'})",
                key,
                statement.locator,
            )
        )
    lost = [r for r in statement.rows if not r.name and not r.code and any(v.number is not None for v in r.values.values())]
    for row in lost:
        out.append(
            ReadingFinding(
                "reading.row_without_name", "warning", f"{statement.title}: a row of amounts prints no name or code", key, row.locator
            )
        )
    unsure = [v for r in statement.rows for v in r.values.values() if v.confidence is not None and v.confidence < UNSURE and v.printed]
    if unsure:
        numbers = sum(1 for r in statement.rows for v in r.values.values() if v.number is not None)
        many = len(unsure) * 5 > numbers  # a core statement of which more than a fifth is unsure is not trusted
        out.append(
            ReadingFinding(
                "reading.low_confidence",
                severity if many else "warning",
                f"{statement.title}: {len(unsure)} of {numbers} cells read with confidence below {UNSURE}, first “{unsure[0].printed}”",
                key,
                unsure[0].locator,
            )
        )
    if moved := next((r for r in statement.rows if r.name and not r.code and parse_number(r.name) is not None), None):
        out.append(
            ReadingFinding(
                "reading.misaligned", severity, f"{statement.title}: a number ({moved.name}) stands where a name should", key, moved.locator
            )
        )
    if form.family == "table" and table.has_code:
        bad = [r for r in statement.rows if r.code and not re.fullmatch(r"\d{3}(?:\d\d){0,3}", r.code)]
        for row in bad:
            out.append(
                ReadingFinding(
                    "reading.code_malformed",
                    "warning",
                    f"{statement.title}: code {row.code} ({row.name}) has no known length",
                    key,
                    row.locator,
                )
            )
    return out
