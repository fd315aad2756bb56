"""Parts that name no body or year (unassigned parts): joined to the one report whose totals they repeat, or by a settled pair.

At least three equal distinct totals with exactly one report (CONTRACT §4); less, or two reports, and the part stays unassigned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb
import polars as pl

from pipelines.warehouse.frames import Arrow
from pipelines.warehouse.revisions import Key, Part

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
    if not loose:
        return
    kept = {p.fiscal_year for p in loose}
    candidates = [p for p in parts if p.key is not None and (None in kept or p.fiscal_year in kept)]
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


def _may(part: Part, key: Key) -> bool:
    """Nothing the part says of itself speaks against the report."""
    unit, year, kind, scope = key
    known = ((part.unit_id, unit), (part.fiscal_year, year), (part.kind, kind), (part.scope, scope))
    return all(mine is None or mine == theirs for mine, theirs in known[:3]) and (part.department is None or known[3][0] in (None, scope))


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
