"""Mutation benchmark: one number of a clean report is changed at a time; how often is it detected, located to the cell, mended exactly?

usage: python benchmarks/audit/mutation.py REPORT.json… [--each N] [--seed S]
REPORT.json: report JSON (CONTRACT §3) or gold files. What a report already prints wrongly is not counted: only what the mutation adds is.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.audit import checks
from pipelines.reports.model import Report, Row, Statement, Value
from pipelines.reports.serialize import from_json

KINDS = ("digit", "digits_swapped", "shift", "sign", "blank", "cells_swapped", "row_dropped", "column_shifted")


@dataclass(frozen=True)
class Place:
    statement: int
    row: int
    measure: str


@dataclass
class Mutant:
    kind: str
    report: Report
    cells: list[str]  # ids of the changed cells, in the unchanged report's numbering
    truth: dict[str, Decimal]  # amounts before, in 元
    size: Decimal  # the largest change, in 元
    base: str


def _text(number: Decimal) -> str:
    return f"{number:,f}"


def _set(value: Value, number: Decimal | None) -> None:
    value.number = number
    value.printed = "" if number is None else _text(number)


def _digits(number: Decimal) -> str:
    return format(abs(number), "f")


def change_digit(number: Decimal, rng: random.Random) -> Decimal | None:
    text = _digits(number)
    place = rng.choice([i for i, c in enumerate(text) if c.isdigit()])
    new = rng.choice([d for d in "0123456789" if d != text[place] and not (place == 0 and d == "0" and len(text.split(".")[0]) > 1)])
    return Decimal(text[:place] + new + text[place + 1 :]).copy_sign(number)


def swap_digits(number: Decimal, rng: random.Random) -> Decimal | None:
    text = _digits(number)
    places = [i for i in range(len(text) - 1) if text[i] != text[i + 1] and text[i].isdigit() and text[i + 1].isdigit()]
    if not places:
        return None
    i = rng.choice(places)
    return Decimal(text[:i] + text[i + 1] + text[i] + text[i + 2 :]).copy_sign(number)


def shift_point(number: Decimal, rng: random.Random) -> Decimal | None:
    if rng.random() < 0.5:
        return number * 10
    down = number / 10
    return down.quantize(number) if down.quantize(number) == down else number * 10


def lose_sign(number: Decimal, rng: random.Random) -> Decimal | None:
    return -number


SIMPLE: dict[str, Callable[[Decimal, random.Random], Decimal | None]] = {
    "digit": change_digit,
    "digits_swapped": swap_digits,
    "shift": shift_point,
    "sign": lose_sign,
    "blank": lambda number, rng: None,
}
FACTOR = {"元": 1, "万元": 10000, "千元": 1000}


def places(report: Report) -> list[Place]:
    """Every printed amount of the statements that is not zero."""
    return [
        Place(s, r, m)
        for s, statement in enumerate(report.statements)
        for r, row in enumerate(statement.rows)
        for m, value in row.values.items()
        if value.number
    ]


def cell_id(report: Report, place: Place) -> str:
    return f"{report.files[0].sha256[:12]}:{report.statements[place.statement].key}#1:{place.row + 1}:{place.measure}"


def mutate(base: Report, kind: str, rng: random.Random) -> Mutant | None:
    """A copy of `base` with one fault of `kind`, or None where the drawn place does not take it."""
    report = copy.deepcopy(base)
    place = rng.choice(places(report))
    statement: Statement = report.statements[place.statement]
    row: Row = statement.rows[place.row]
    factor = FACTOR[statement.unit_of_amount or report.unit_of_amount or "元"]
    old = row.values[place.measure].number
    assert old is not None
    cells, truth = [cell_id(base, place)], {}
    truth[cells[0]] = old * factor
    if kind in SIMPLE:
        new = SIMPLE[kind](old, rng)
        if new == old or (new is None and kind != "blank"):
            return None
        _set(row.values[place.measure], new)
        size = abs((new or 0) - old) * factor
    elif kind == "cells_swapped":
        others = [
            p
            for p in places(report)
            if p.statement == place.statement and p != place and (p.row == place.row or p.measure == place.measure)
        ]
        others = [p for p in others if statement.rows[p.row].values[p.measure].number != old]
        if not others:
            return None
        other = rng.choice(others)
        theirs = statement.rows[other.row].values[other.measure].number
        assert theirs is not None
        _set(statement.rows[other.row].values[other.measure], old)
        _set(row.values[place.measure], theirs)
        cells.append(cell_id(base, other))
        truth[cells[1]] = theirs * factor
        size = abs(theirs - old) * factor
    elif kind == "row_dropped":
        del statement.rows[place.row]
        size = max(abs(v.number or Decimal(0)) for v in row.values.values()) * factor
    else:  # column_shifted: the row's numbers move one column to the right
        measures = list(row.values)
        if len(measures) < 2:
            return None
        numbers = [row.values[m].number for m in measures]
        for m, number in zip(measures, [None, *numbers[:-1]], strict=True):
            _set(row.values[m], number)
        cells = [cell_id(base, Place(place.statement, place.row, m)) for m in measures]
        truth = {c: (n or Decimal(0)) * factor for c, n in zip(cells, numbers, strict=True)}
        size = max(abs((row.values[m].number or 0) - (n or 0)) for m, n in zip(measures, numbers, strict=True)) * factor
    return Mutant(kind, report, cells, truth, size, base.report_id or "")


@dataclass
class Touch:
    identities: int  # equalities that hold a cell
    tolerance: Decimal  # the smallest of their tolerances, in 元


def touches(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Touch]:
    """Per report and cell: how many equalities hold it, and the tightest tolerance (the cell's own half digit included)."""
    rows = con.execute(
        """
        WITH tolerance AS (
            SELECT check_no, key, coalesce(sum(res) FILTER (fen <> 0), 0) + coalesce(max(res) FILTER (fen = 0), 0) AS tol2
            FROM a_term GROUP BY ALL
        )
        SELECT c.report_id, c.cell_id, count(*), min(w.tol2) / 200
        FROM a_term AS t JOIN a_result AS r ON r.check_no = t.check_no AND r.key = t.key JOIN core.cell AS c ON c.rowid = t.cell_no
        JOIN tolerance AS w ON w.check_no = t.check_no AND w.key = t.key
        WHERE r.relation = 'eq' AND r.outcome <> 'blank' GROUP BY ALL
        """
    ).fetchall()
    return {(report, cell): Touch(n, Decimal(str(tolerance))) for report, cell, n, tolerance in rows}


def _findings(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, tuple[str, ...], str | None, Decimal | None, float]]]:
    found = defaultdict(list)
    for report_id, check, cells, suspect, suggested, confidence in con.execute(
        "SELECT report_id, check_id, cell_ids, suspect_cell_id, suggested_yuan, coalesce(confidence, 0) FROM quality.finding"
        " WHERE severity <> 'info' ORDER BY confidence DESC NULLS LAST, finding_id"
    ).fetchall():
        found[report_id].append((check, tuple(cells), suspect, suggested, confidence))
    return found


def run(bases: list[Report], each: int, seed: int) -> dict[str, Counter[str]]:
    """{kind: counts}; counts: tried, touched, detected, twice, located, mended (of those in two identities or more)."""
    rng = random.Random(seed)
    con = checks.audit_reports(bases, keep=True)
    touched, before = touches(con), _findings(con)
    con.close()
    mutants: list[Mutant] = []
    for kind in KINDS:
        made = 0
        while made < each:
            mutant = mutate(rng.choice(bases), kind, rng)
            if mutant is not None:
                mutant.report.report_id = f"{kind}-{made}-{mutant.base}"
                mutants.append(mutant)
                made += 1
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    missed: list[str] = []
    for start in range(0, len(mutants), 200):
        batch = mutants[start : start + 200]
        con = checks.audit_reports([m.report for m in batch])
        after = _findings(con)
        con.close()
        for m in batch:
            _judge(m, touched, before[m.base], after[m.report.report_id or ""], counts[m.kind], missed)
    for line in missed[:40]:
        print("  missed:", line)
    return counts


def _judge(m: Mutant, touched: dict[tuple[str, str], Touch], before: list, after: list, count: Counter[str], missed: list[str]) -> None:
    count["tried"] += 1
    known = Counter(f[0] for f in before)
    mine = [t for c in m.cells if (t := touched.get((m.base, c)))]
    n = min((t.identities for t in mine), default=0) if len(mine) == len(m.cells) else 0
    count["in_none" if not mine else "in_one" if n <= 1 else "in_two"] += 1
    big = mine and m.size > min(t.tolerance for t in mine) + Decimal("0.01")
    fresh = [f for f in after if set(m.cells) & set(f[1])] if m.kind != "row_dropped" else after
    detected = len(after) > len(before) or bool(Counter(f[0] for f in after) - known)
    if not big:
        count["within_tolerance"] += bool(mine)
        return
    count["touched"] += 1
    count["detected"] += detected
    if not detected:
        missed.append(f"{m.kind} {m.base} {m.cells} {[str(v) for v in m.truth.values()]} size {m.size}")
    if n < 2 or m.kind == "row_dropped":
        return
    count["twice"] += 1
    suspects = {f[2]: f[3] for f in reversed(fresh) if f[2] and f[3] is not None}
    located = [c for c in m.cells if c in suspects]
    if m.kind == "column_shifted":
        count["located"] += bool(located)
        count["mended"] += any(suspects[c] == m.truth[c] for c in located)
        return
    count["located"] += len(located) == len(m.cells)
    count["mended"] += len(located) == len(m.cells) and all(suspects[c] == m.truth[c] for c in m.cells)
    if len(located) < len(m.cells):
        missed.append(
            f"not located: {m.kind} {m.base} {m.cells} {[str(v) for v in m.truth.values()]} size {m.size} blamed {list(suspects)[:3]}"
        )


def load(paths: list[Path]) -> list[Report]:
    reports = []
    for number, path in enumerate(paths, 1):
        data = json.loads(path.read_text(encoding="utf-8"))
        for one in data if isinstance(data, list) else [data]:
            report = from_json(one)
            report.report_id = path.stem
            from pipelines.reports.model import FilePart

            report.files = [FilePart(f"{number:012d}" + "0" * 52, path.name, "all")]
            reports.append(report)
    return reports


def table(counts: dict[str, Counter[str]]) -> str:
    """The results as a Markdown table."""
    lines = ["| mutation | tried | in no / one / two+ identities | above tolerance | detected | in two+ | located | mended |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for kind, c in [*counts.items(), ("all", total)]:
        if kind != "all":
            total.update(c)
        shares = [
            f"{100 * c[a] / c[b]:.1f} %" if c[b] else "–" for a, b in (("detected", "touched"), ("located", "twice"), ("mended", "twice"))
        ]
        where = f"{c['in_none']} / {c['in_one']} / {c['in_two']}"
        lines.append(f"| {kind} | {c['tried']} | {where} | {c['touched']} | {shares[0]} | {c['twice']} | {shares[1]} | {shares[2]} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(table(run(load(options.reports), options.each, options.seed)))
