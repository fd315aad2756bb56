"""Parts of files become reports (组装): unit, key, revisions and which file speaks for which statement. Writes the tables of `stage`.

A report is (unit_id, fiscal_year, kind, scope) + revision (CONTRACT §4). `stage.report_slot` says for each revision from which part
each statement, the narrative and the forms are taken; `sql/core` builds on that. Deterministic: the order in which files arrive or
are listed never matters, only what they hold and when they were first seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.entities.report_ids import slug
from pipelines.entities.seeds import ALL, Seeds
from pipelines.entities.units import Mention, Resolver, Units
from pipelines.settings import Home
from pipelines.warehouse import frames, pairing, revisions
from pipelines.warehouse.revisions import Part, Revision

Columns = dict[str, Any]
"""Column → polars type."""


@dataclass(frozen=True)
class FileRecord:
    """What the archive knows of a file. `first_seen` in UTC; `published_on` where the source says so."""

    sha256: str
    name: str
    first_seen: datetime
    origin: str | None = None
    published_on: date | None = None
    size: int | None = None
    media_type: str | None = None


@dataclass
class Assembly:
    """What was assembled: counts, for the summary of a build."""

    parts: int = 0
    reports: int = 0
    revisions: int = 0
    units: int = 0
    unassigned: int = 0
    reviews: int = 0


@dataclass
class _Findings:
    """Findings of the assembly; `report_id` is filled in where the part got one."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, check_id: str, severity: str, message: str, part: Part | None = None, report_id: str | None = None) -> None:
        place = {"file_sha256": part.file_sha256, "part_no": part.part_no} if part else {"file_sha256": None, "part_no": None}
        self.rows.append({"report_id": report_id, **place, "check_id": check_id, "severity": severity, "message": message})


def load_parts(con: duckdb.DuckDBPyConnection, paths: Sequence[Path | str]) -> None:
    """Makes stage.part a view of staged Parquet files (paths or glob patterns)."""
    con.execute("CREATE SCHEMA IF NOT EXISTS stage")
    listed = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
    con.execute(f"CREATE OR REPLACE VIEW stage.part AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")


def load_files(con: duckdb.DuckDBPyConnection, files: Iterable[FileRecord]) -> None:
    """Writes stage.file, for those who have no archive (the build writes it from its archive, with more columns)."""
    con.execute("CREATE SCHEMA IF NOT EXISTS stage")
    rows = [
        (f.sha256, f.name, f.origin, _utc(f.first_seen), f.published_on, f.size, f.media_type)
        for f in sorted(files, key=lambda f: f.sha256)
    ]
    schema: Columns = {
        "file_sha256": pl.String, "file_name": pl.String, "origin": pl.String, "first_seen": pl.Datetime("us"), "published_on": pl.Date,
        "size": pl.Int64, "media_type": pl.String,
    }  # fmt: skip
    _table(con, "file", pl.DataFrame(rows, schema=schema, orient="row"))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _table(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    frames.write(con, f"stage.{name}", frame)


def load_seeds(con: duckdb.DuckDBPyConnection, seeds: Seeds) -> None:
    """Writes every seed as stage.seed_<file>."""
    con.execute("CREATE SCHEMA IF NOT EXISTS stage")
    kinds: dict[str, Any] = {"int": pl.Int32, "float": pl.Float64, "bool": pl.Boolean, "date": pl.Date}
    for row_type in ALL:
        schema = {}
        for name, info in row_type.model_fields.items():
            named = set(re.findall(r"\w+", str(info.annotation)))
            schema[name] = next((kinds[k] for k in kinds if k in named and "Literal" not in named), pl.String)
        rows = [r.model_dump() for r in seeds.rows(row_type)]
        _table(con, f"seed_{row_type.FILE}", pl.DataFrame(rows, schema=schema, orient="row"))


def assemble(con: duckdb.DuckDBPyConnection, home: Home | Path | Seeds | None = None, pairs: Sequence[tuple[str, str]] = ()) -> Assembly:
    """Builds stage.* from stage.part and stage.file (see `load_parts`, `load_files`) and the reference data.

    `home`: whose seeds/ count (or that folder). `pairs`: hashes of files that belong together (sources.yml). Parts of files that are
    not in stage.file do not count; without a stage.file at all, every file counts as first seen in 1970.
    """
    seeds = home if isinstance(home, Seeds) else Seeds(home.seeds if isinstance(home, Home) else home)
    load_seeds(con, seeds)
    _ensure_files(con)
    parts = _parts(con)
    findings = _Findings()
    units = _resolve(con, parts, seeds)
    for part in parts:
        _identify(part, units)
    pairing.pair(con, parts, pairs)
    _notes(parts, units, findings)
    open_parts = [p for p in parts if p.key is None]
    chains = revisions.chain(con, [p for p in parts if p.key is not None])
    made = _write(con, chains, units, open_parts)
    _findings(con, findings, made)
    return Assembly(len(parts), len(chains), sum(len(c) for c in chains.values()), len(units.units), len(open_parts), len(units.reviews))


def _ensure_files(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'stage' AND table_name = 'file'").fetchone()
    if found:
        return
    load_files(con, [])
    con.execute(
        "INSERT INTO stage.file SELECT file_sha256, first(file_name ORDER BY part_no), NULL, TIMESTAMP '1970-01-01', NULL, NULL, NULL"
        " FROM stage.part GROUP BY file_sha256 ORDER BY file_sha256"
    )


def _parts(con: duckdb.DuckDBPyConnection) -> list[Part]:
    """The heads of all parts, by file and part."""
    cursor = con.execute(
        """
        SELECT p.file_sha256, p.part_no, coalesce(p.part, 'all') AS part, p.region, p.department, p.fiscal_year,
            p.report_kind AS kind, p.scope, p.printed_date, f.first_seen, f.published_on, f.file_name, p.document_kind,
            list_concat(
                list_sort(list_distinct(list_transform(p.statements, lambda s: s.statement))),
                CASE WHEN len(p.facts) + len(p.claims) > 0 THEN ['narrative'] ELSE [] END,
                list_sort(list_distinct(list_transform(p.evaluations, lambda e: e.kind)))) AS slots,
            list_transform(p.members, lambda m: m.name) AS members,
            list_sort(list_distinct(list_filter(list_transform(p.evaluations, lambda e: e.implementing_unit),
                lambda n: n IS NOT NULL))) AS forms
        FROM stage.part AS p JOIN stage.file AS f ON f.file_sha256 = p.file_sha256
        ORDER BY p.file_sha256, p.part_no
        """
    )
    names = [d[0] for d in cursor.description or []]
    return [Part(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def mentions_of(part: Part) -> list[Mention]:
    """All names of bodies a part prints."""
    if part.department is None:
        return []
    out = [Mention(part.department, part.region, part.fiscal_year, "report")]
    out += [Mention(n, part.region, part.fiscal_year, "member", part.department) for n in part.members]
    out += [Mention(n, part.region, part.fiscal_year, "evaluation", part.department) for n in part.forms]
    return out


def _resolve(con: duckdb.DuckDBPyConnection, parts: list[Part], seeds: Seeds) -> Units:
    resolver = Resolver(seeds)
    units = resolver.resolve(m for part in parts for m in mentions_of(part))
    return units


def _identify(part: Part, units: Units) -> None:
    """Sets the unit and, where all is known, the key of a part."""
    if part.department is None:
        return
    found = units.of[Mention(part.department, part.region, part.fiscal_year, "report")]
    part.unit_id, part.region_code = found.unit_id, found.region_code
    if part.fiscal_year is not None and part.kind is not None:
        part.key = (part.unit_id or "", part.fiscal_year, part.kind, part.scope or "department")
    if found.region_code is None and not part.region and part.key:  # a table file that says 财政局 and not of which place
        part.key, part.provisional = None, part.key


def _notes(parts: list[Part], units: Units, findings: _Findings) -> None:
    """What stayed uncertain about the reports: said, with the part it concerns."""
    for part in parts:
        if part.key is None:
            missing = [n for n, v in (("body", part.department), ("year", part.fiscal_year), ("kind", part.kind)) if v is None]
            findings.add("unassigned", "warning", f"part of no report: the file names no {', '.join(missing) or 'known report'}", part)
            continue
        if part.region_code is None:
            found = units.of.get(Mention(part.department or "", part.region, part.fiscal_year, "report"))
            ambiguous = found is not None and found.region_basis == "ambiguous"
            why = (
                "more than one region has this name"
                if ambiguous
                else "no region of that name is known (seeds/region_alias.csv can name it)"
            )
            text = f"region {part.region or '(none printed)'} of {part.department}: {why}"
            findings.add("region_unknown", "warning" if ambiguous else "info", text, part)
        if part.scope is None and part.joined_by == "key":
            why = "nothing says whether this is the department's or the unit's own report"
            findings.add("scope_assumed", "info", f"{why}: taken as department", part)


def report_id(revision: Revision) -> str:
    """The readable slug of a report revision."""
    unit, year, kind, scope = revision.key
    return slug(revision.region_code, unit, year, kind, scope, revision.number)


def _write(
    con: duckdb.DuckDBPyConnection, chains: dict[revisions.Key, list[Revision]], units: Units, open_parts: list[Part]
) -> dict[tuple[str, int], str]:
    """Writes report, report_part, report_slot, unit tables, mentions and reviews; returns part → its first report_id."""
    reports: list[tuple[Any, ...]] = []
    used: list[tuple[Any, ...]] = []
    slots: list[tuple[str, str, str, int]] = []
    made: dict[tuple[str, int], str] = {}
    for chain in chains.values():
        for n, revision in enumerate(chain):
            rid = report_id(revision)
            later = chain[n + 1].known_from if n + 1 < len(chain) else None
            unit, year, kind, scope = revision.key
            reports.append(
                (rid, unit, year, kind, scope, revision.number, n + 1 == len(chain), revision.known_from, later, revision.published_on,
                 revision.printed_date, revision.region_code, revision.department)
            )  # fmt: skip
            for part in revision.files:
                used.append((rid, part.file_sha256, part.part_no, part.part, part in revision.contributing, part.joined_by))
                made.setdefault((part.file_sha256, part.part_no), rid)
            slots += [(rid, slot, part.file_sha256, part.part_no) for slot, part in revision.slots.items()]
    text, i32 = pl.String, pl.Int32
    _table(con, "report", pl.DataFrame(sorted(reports), orient="row", schema={
        "report_id": text, "unit_id": text, "fiscal_year": i32, "kind": text, "scope": text, "revision": i32, "is_current": pl.Boolean,
        "known_from": pl.Datetime("us"), "superseded_at": pl.Datetime("us"), "published_on": pl.Date, "printed_date": text,
        "region_code": text, "department": text}))  # fmt: skip
    _table(con, "report_part", pl.DataFrame(sorted(used), orient="row", schema={
        "report_id": text, "file_sha256": text, "part_no": i32, "part": text, "contributes": pl.Boolean, "joined_by": text}))  # fmt: skip
    _table(con, "report_slot", pl.DataFrame(sorted(slots), orient="row", schema={
        "report_id": text, "slot": text, "file_sha256": text, "part_no": i32}))  # fmt: skip
    _table(con, "unassigned", pl.DataFrame([(p.file_sha256, p.part_no) for p in open_parts], orient="row", schema={
        "file_sha256": text, "part_no": i32}))  # fmt: skip
    _write_units(con, units)
    return made


def _write_units(con: duckdb.DuckDBPyConnection, units: Units) -> None:
    text, i32 = pl.String, pl.Int32
    rows, names = [], []
    for u in units.units:
        rows.append((u.unit_id, u.region_code, u.level, u.kind, u.sector, u.parent_unit_id))
        names += [(u.unit_id, year or None, name) for year, name in sorted(u.names.items())]
    _table(con, "unit", pl.DataFrame(rows, orient="row", schema=dict.fromkeys(
        ("unit_id", "region_code", "level", "kind", "sector", "parent_unit_id"), text)))  # fmt: skip
    _table(con, "unit_name", pl.DataFrame(names, orient="row", schema={"unit_id": text, "fiscal_year": i32, "name": text}))
    _table(con, "unit_alias", pl.DataFrame(units.aliases, orient="row", schema={
        "unit_id": text, "alias": text, "region_code": text, "alias_kind": text, "first_year": i32, "last_year": i32}))  # fmt: skip
    mentions = [
        (m.name, m.region, m.fiscal_year, m.role, m.parent, r.unit_id, r.region_code, r.is_head)
        for m, r in sorted(
            units.of.items(), key=lambda i: tuple(str(v) for v in (i[0].role, i[0].region, i[0].name, i[0].fiscal_year, i[0].parent))
        )
    ]
    _table(con, "unit_mention", pl.DataFrame(mentions, orient="row", schema={
        "name": text, "region": text, "fiscal_year": i32, "role": text, "parent": text, "unit_id": text, "region_code": text,
        "is_head": pl.Boolean}))  # fmt: skip
    reviews = [(r.region_code, r.name_a, r.unit_id_a, r.name_b, r.unit_id_b, r.score, r.basis) for r in units.reviews]
    _table(con, "review", pl.DataFrame(reviews, orient="row", schema={
        "region_code": text, "name_a": text, "unit_id_a": text, "name_b": text, "unit_id_b": text,
        "score": pl.Float64, "basis": text}))  # fmt: skip


def _findings(con: duckdb.DuckDBPyConnection, findings: _Findings, made: dict[tuple[str, int], str]) -> None:
    for row in findings.rows:
        row["report_id"] = row["report_id"] or made.get((row["file_sha256"], row["part_no"]))
    text = pl.String
    _table(con, "finding", pl.DataFrame(findings.rows, orient="row", schema={
        "report_id": text, "file_sha256": text, "part_no": pl.Int32, "check_id": text, "severity": text, "message": text}))  # fmt: skip


def summary(result: Assembly) -> str:
    """One line for a log."""
    return json.dumps(result.__dict__)
