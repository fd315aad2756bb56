"""Parts that name no body or year (unassigned parts): joined to the one report whose totals they repeat, or by a settled pair.

At least three equal distinct totals with exactly one report (CONTRACT §4); less, or two reports, and the part stays unassigned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb
import polars as pl

from pipelines.warehouse.frames import Arrow
from pipelines.warehouse.revisions import TEXTS, Key, Part

LEAST = 3
"""Equal distinct totals that make two files parts of one report."""

Total = int
"""An amount in hundreds of 元 (0.01 万元), the coarser of the two printed resolutions."""


def pair(con: duckdb.DuckDBPyConnection, parts: list[Part], pairs: Sequence[tuple[str, str]]) -> None:
    """Gives the parts without a key the key of the report they belong to, where that is certain."""
    by_file: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_file[part.file_sha256].append(part)
    for one, other in [*pairs, *((b, a) for a, b in pairs)]:
        known = {p.key for p in by_file.get(other, []) if p.key is not None}
        if len(known) == 1:
            for part in by_file.get(one, []):
                if part.key is None:
                    _join(part, next(iter(known)), by_file[other][0], "pair")
    loose = [p for p in parts if p.key is None]
    if loose:
        _by_totals(con, loose, parts)
    for part in loose:
        if part.key is None:
            part.key = part.provisional
    _halves(con, parts)


def _by_totals(con: duckdb.DuckDBPyConnection, loose: list[Part], parts: list[Part]) -> None:
    years = {p.fiscal_year for p in loose}
    candidates = [p for p in parts if p.key is not None and (None in years or p.fiscal_year in years)]
    amounts = totals(con, [*loose, *candidates])
    by_key: dict[Key, set[Total]] = defaultdict(set)
    one_of: dict[Key, Part] = {}
    for part in candidates:
        assert part.key is not None
        by_key[part.key] |= amounts.get((part.file_sha256, part.part_no), set())
        one_of.setdefault(part.key, part)
    for part in loose:
        mine = amounts.get((part.file_sha256, part.part_no), set())
        found = [key for key in sorted(by_key) if _may(part, key) and len(mine & by_key[key]) >= LEAST]
        if len(found) == 1:
            _join(part, found[0], one_of[found[0]], "totals")


def _halves(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> None:
    """Text and tables of one body and year under two scopes, each without the other half, with the same totals: one report.

    The words for the scope cannot be trusted (部门 and 单位 mix in one report); the tables' scope counts.
    """
    groups: dict[tuple[str, int, str], dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        if part.key is not None:
            groups[part.key[:3]][part.key[3]].append(part)
    for scopes in groups.values():
        text = [ps for ps in scopes.values() if not any(_has_tables(p) for p in ps)]
        tables = [ps for ps in scopes.values() if ps not in text and not any("narrative" in p.slots for p in ps)]
        if len(text) == 1 and len(tables) == 1:
            amounts = totals(con, [*text[0], *tables[0]])
            sides = [set().union(*(amounts.get((p.file_sha256, p.part_no), set()) for p in half)) for half in (text[0], tables[0])]
            if len(sides[0] & sides[1]) >= LEAST:
                for part in text[0]:
                    _join(part, tables[0][0].key or ("", 0, "", ""), tables[0][0], "totals")


def _has_tables(part: Part) -> bool:
    return any(slot not in TEXTS for slot in part.slots)


def _may(part: Part, key: Key) -> bool:
    """Nothing the part says of itself speaks against the report."""
    unit, year, kind, scope = key
    known: list[tuple[object, object]] = [(part.fiscal_year, year), (part.kind, kind)]
    if not part.provisional and part.department is not None:  # else its unit is a guess, and so is a scope read without a body
        known += [(part.unit_id, unit), (part.scope, scope)]
    return all(mine is None or mine == theirs for mine, theirs in known)


def _join(part: Part, key: Key, to: Part, why: str) -> None:
    part.key, part.unit_id, part.region_code, part.joined_by = key, key[0], to.region_code, why
    part.department = part.department or to.department


def totals(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> dict[tuple[str, int], set[Total]]:
    """The distinct totals each part prints, from 1 万元: rows without a code in statements, stated totals in the narrative."""
    frame = pl.DataFrame([(p.file_sha256, p.part_no) for p in parts], orient="row", schema={"file_sha256": pl.String, "part_no": pl.Int32})
    con.register("_wanted", Arrow(frame))
    rows = con.execute(
        """
        SELECT p.file_sha256, p.part_no, list(DISTINCT CAST(round(c.amount_yuan / 100) AS BIGINT))
        FROM stage.part AS p JOIN _wanted AS w ON w.file_sha256 = p.file_sha256 AND w.part_no = p.part_no, unnest(p.cells) AS u(c)
        WHERE c.amount_yuan >= 10000 AND c.statement NOT IN ('self_evaluation', 'performance_target')
            AND (CASE WHEN c.statement = 'narrative'
                THEN c.measure NOT LIKE '%yoy%' AND c.measure NOT LIKE 'reason%' AND c.measure NOT LIKE 'function_item%'
                ELSE c.code IS NULL END)
        GROUP BY ALL
        """
    ).fetchall()
    con.unregister("_wanted")
    return {(sha, no): set(values) for sha, no, values in rows}
