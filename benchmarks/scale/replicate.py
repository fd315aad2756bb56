"""Makes a large staged corpus out of a few staged parts: other regions, bodies, hashes and amounts, the same shape.

    python benchmarks/scale/replicate.py OUT PART.parquet… --reports 10000

Each copy belongs to a district of the reference data; amounts and their last digits are multiplied by one whole number, so that what
added up still adds up and what was rounded is rounded as much; percentages and counts stay. The audit finds in a copy what it finds in
the original, so the corpus has as many findings as real and typeset reports have.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import duckdb

from pipelines.entities.seeds import Region, load_rows

PER_FILE = 500


def replicate(out: Path, parts: list[Path], reports: int) -> tuple[int, int]:
    """Writes staged Parquet files to `out`; returns (parts, cells)."""
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false")
    listed = ", ".join(f"'{p}'" for p in parts)
    con.execute(f"CREATE TABLE base AS SELECT *, row_number() OVER (ORDER BY file_sha256, part_no) AS n FROM read_parquet([{listed}])")
    bases = con.execute("SELECT count(DISTINCT (department, fiscal_year, report_kind, scope)), count(*) FROM base").fetchone()
    assert bases is not None
    copies = -(-reports // bases[0])
    places = [(r.region_code, r.full_name) for r in load_rows(Region) if r.level == "district" and r.last_year is None]
    con.execute("CREATE TABLE place (k INTEGER, full_name VARCHAR, round INTEGER)")
    rows = [(k, places[k % len(places)][1], k // len(places)) for k in range(copies)]
    con.executemany("INSERT INTO place VALUES (?, ?, ?)", rows)
    out.mkdir(parents=True, exist_ok=True)
    step = max(PER_FILE // bases[1], 1)
    for start in range(0, copies, step):
        con.execute(
            f"""
            COPY (SELECT b.* EXCLUDE (n) REPLACE (
                sha256(b.file_sha256 || '|' || p.k) AS file_sha256,
                p.full_name AS region,
                p.full_name || replace(b.department, b.region, '')
                    || CASE p.round WHEN 0 THEN '' ELSE '第' || p.round || '分局' END AS department,
                list_transform(b.members, lambda m: struct_update(m, name := p.full_name || replace(m.name, b.region, ''))) AS members,
                list_transform(b.evaluations, lambda e: struct_update(e,
                    implementing_unit := p.full_name || replace(e.implementing_unit, b.region, ''))) AS evaluations,
                list_transform(b.cells, lambda c: CASE WHEN c.amount_yuan IS NULL THEN c ELSE struct_update(c,
                    value := CAST(c.value * (p.k % 97 + 1) AS DECIMAL(28,6)),
                    amount_yuan := CAST(c.amount_yuan * (p.k % 97 + 1) AS DECIMAL(20,2)),
                    resolution_yuan := CAST(c.resolution_yuan * (p.k % 97 + 1) AS DECIMAL(28,6)),
                    printed := CAST(c.value * (p.k % 97 + 1) AS VARCHAR)) END) AS cells)
            FROM base AS b CROSS JOIN place AS p WHERE p.k >= {start} AND p.k < {start + step})
            TO '{out / f"pack{start:06}.parquet"}' (FORMAT parquet, COMPRESSION zstd)
            """
        )
    total = con.execute(f"SELECT count(*), sum(len(cells)) FROM read_parquet('{out}/*.parquet')").fetchone()
    assert total is not None
    return total[0], total[1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("parts", type=Path, nargs="+")
    parser.add_argument("--reports", type=int, default=10_000)
    given = parser.parse_args()
    begun = time.perf_counter()
    made = replicate(given.out, given.parts, given.reports)
    print(f"{made[0]} parts, {made[1]} cells in {time.perf_counter() - begun:.1f} s")
