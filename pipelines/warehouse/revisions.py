"""Revisions of a report (修订): which parts make it up, and when a file is a correction, a completion or only a copy.

Files of one key in the order of publication. A part that says the same of its statements is a copy: it adds a file. One that says
something else is a new revision. One that brings statements the report did not have completes it: on the same day it belongs to the
revision, on a later day it makes a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from pipelines.warehouse.frames import Arrow

Key = tuple[str, int, str, str]
"""(unit_id, fiscal_year, kind, scope)"""

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(eq=False)
class Part:
    """The head of one staged part and what the assembly finds out about it."""

    file_sha256: str
    part_no: int
    part: str
    region: str | None
    department: str | None
    fiscal_year: int | None
    kind: str | None
    scope: str | None
    printed_date: str | None
    first_seen: datetime
    published_on: date | None
    file_name: str
    slots: list[str]  # statement keys, narrative, self_evaluation, performance_target
    document_kind: str | None = None
    members: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    unit_id: str | None = None
    region_code: str | None = None
    key: Key | None = None
    provisional: Key | None = None  # the key it gets if no report of a known region takes it
    joined_by: str = "key"  # key | pair | totals

    @property
    def order(self) -> tuple[str, str, datetime, str, int]:
        """Published date, printed date, first seen, hash (CONTRACT §4); an unknown date stands where the file was first seen."""
        day = (self.published_on or self.first_seen.date()).isoformat()
        return day, self.printed_date or "", self.first_seen, self.file_sha256, self.part_no

    @property
    def day(self) -> date:
        """The day in Shanghai on which the file was first seen."""
        return self.first_seen.replace(tzinfo=ZoneInfo("UTC")).astimezone(_ZONE).date()


@dataclass
class Revision:
    """One revision: the part that speaks for each slot, and all files that belong to it."""

    key: Key
    number: int
    known_from: datetime
    slots: dict[str, Part]
    files: list[Part]
    region_code: str | None
    department: str | None
    published_on: date | None = None
    printed_date: str | None = None
    days: set[date] = field(default_factory=set)

    @property
    def contributing(self) -> set[Part]:
        return set(self.slots.values()) or set(self.files)


def chain(con: duckdb.DuckDBPyConnection, parts: Iterable[Part]) -> dict[Key, list[Revision]]:
    """The revisions of every report, by key."""
    groups: dict[Key, list[Part]] = defaultdict(list)
    for part in parts:
        assert part.key is not None
        groups[part.key].append(part)
    several = [p for group in groups.values() if len(group) > 1 for p in group]
    content = signatures(con, several)
    return {key: _chain(key, sorted(groups[key], key=lambda p: p.order), content) for key in sorted(groups)}


def signatures(con: duckdb.DuckDBPyConnection, parts: list[Part]) -> dict[tuple[str, int, str], int]:
    """A hash of what each slot of the parts says: names, codes and numbers, not where or in which order they are printed."""
    if not parts:
        return {}
    wanted = pl.DataFrame([(p.file_sha256, p.part_no) for p in parts], orient="row", schema={"file_sha256": pl.String, "part_no": pl.Int32})
    con.register("_wanted", Arrow(wanted))
    rows = con.execute(
        """
        SELECT p.file_sha256, p.part_no, c.statement,
            CAST(sum(hash(c.code, regexp_replace(nfc_normalize(coalesce(c.name, '')), '[\\s（）()]', '', 'g'), c.measure, c.value,
                c.side, c.block)) % 9007199254740993 AS BIGINT)
        FROM stage.part AS p JOIN _wanted AS w ON w.file_sha256 = p.file_sha256 AND w.part_no = p.part_no, unnest(p.cells) AS u(c)
        WHERE c.value IS NOT NULL
        GROUP BY ALL
        """
    ).fetchall()
    con.unregister("_wanted")
    return {(sha, no, slot): value for sha, no, slot, value in rows}


def _chain(key: Key, parts: list[Part], content: dict[tuple[str, int, str], int]) -> list[Revision]:
    out: list[Revision] = []
    for part in parts:
        if not out:
            out.append(_start(key, 1, part))
            continue
        last = out[-1]
        says = {slot: content.get((part.file_sha256, part.part_no, slot)) for slot in part.slots}
        has = {slot: content.get((p.file_sha256, p.part_no, slot)) for slot, p in last.slots.items()}
        conflict = _differs(part, last, says, has)
        new = [slot for slot in says if slot not in has]
        if conflict:
            base = {} if part.part == "all" else last.slots
            revision = _start(key, last.number + 1, part, base | dict.fromkeys(part.slots, part))
            if base:
                revision.files = [*[p for p in last.files if p in revision.contributing], part]
            out.append(revision)
        elif not new or part.day in last.days:
            last.slots.update(dict.fromkeys(new, part))
            last.files.append(part)
            last.days.add(part.day)
        else:
            revision = _start(key, last.number + 1, part, last.slots | dict.fromkeys(new, part))
            revision.files = [*last.files, part]
            out.append(revision)
    return out


TEXTS = {"narrative", "self_evaluation", "performance_target"}


def _differs(part: Part, last: Revision, says: dict[str, int | None], has: dict[str, int | None]) -> bool:
    """Whether a part contradicts the revision.

    The same report in another format (PDF and Word) has the same statements; its text may be read a little otherwise, so the text
    counts only between files of one format, or where no statement is common to both.
    """
    common = [slot for slot in says if slot in has]
    statements = [slot for slot in common if slot not in TEXTS]
    if statements and part.document_kind not in {p.document_kind for p in last.contributing}:
        common = statements
    return any(says[slot] != has[slot] for slot in common)


def _start(key: Key, number: int, part: Part, slots: dict[str, Part] | None = None) -> Revision:
    return Revision(
        key=key,
        number=number,
        known_from=part.first_seen,
        slots=dict(slots) if slots is not None else dict.fromkeys(part.slots, part),
        files=[part],
        region_code=part.region_code,
        department=part.department,
        published_on=part.published_on,
        printed_date=part.printed_date,
        days={part.day},
    )
