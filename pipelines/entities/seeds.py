"""The reference data (种子): CSV files of sql/seeds, added to and overridden by HOME/seeds, validated row by row on load.

A row of HOME/seeds replaces the shipped row with the same key; a new key is added. A bad row is one clear `SeedError`: file, line, what.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from pipelines.settings import code_data


class SeedError(ValueError):
    """A row of reference data is wrong."""


def _blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value.strip() if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_blank)]
Year = Annotated[int | None, BeforeValidator(_blank)]
Number = Annotated[float | None, BeforeValidator(_blank)]
Name = Annotated[str, BeforeValidator(_blank)]
Day = Annotated[date | None, BeforeValidator(_blank)]


class Seed(BaseModel):
    """A row of a seed file. `KEY` are the columns that identify it; `FILE` the file's name without .csv."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]


class Region(Seed):
    """行政区划 (GB/T 2260): a code with one name over a stretch of years. The first year of the list is open to the past."""

    FILE = "regions"
    KEY = ("region_code", "first_year")
    region_code: Annotated[str, BeforeValidator(_blank)]
    name: Name
    level: Literal["country", "province", "city", "district"]
    parent_code: Text = None
    first_year: Year = None
    last_year: Year = None
    full_name: Name


class RegionAlias(Seed):
    """A name of a region that GB/T 2260 does not list (development zones, short names)."""

    FILE = "region_alias"
    KEY = ("alias",)
    alias: Name
    region_code: Name
    first_year: Year = None
    last_year: Year = None
    note: Text = None


class Term(Seed):
    """Two ways to write one part of a body's name: `term` is folded to `canonical` before names are compared."""

    FILE = "unit_terms"
    KEY = ("term",)
    term: Name
    canonical: Annotated[str, BeforeValidator(lambda v: v or "")] = ""
    note: Text = None


class Sector(Seed):
    """The function a body serves (领域), told from its name by a pattern; the first row that matches counts."""

    FILE = "unit_sectors"
    KEY = ("sector", "pattern")
    sector: Name
    pattern: Name
    label_zh: Name
    label_en: Name

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value


class Kind(Sector):
    """What sort of body it is (department, institution, township …), told from its name; the first row that matches counts."""

    FILE = "unit_kinds"


class Unit(Seed):
    """A unit (部门、单位) whose id or facts a person has settled."""

    FILE = "units"
    KEY = ("unit_id",)
    unit_id: Name
    name: Name
    region_code: Name
    level: Text = None
    kind: Text = None
    sector: Text = None
    parent_unit_id: Text = None
    first_year: Year = None
    last_year: Year = None


class Alias(Seed):
    """A settled name: `alias` is (`same`) or is not (`different`) the unit called `unit` (its id or one of its names) in that region."""

    FILE = "unit_alias"
    KEY = ("region_code", "alias", "unit")
    alias: Name
    region_code: Name
    unit: Name
    decision: Literal["same", "different"] = "same"
    first_year: Year = None
    last_year: Year = None
    note: Text = None


class Event(Seed):
    """What happened to a unit: rename, merge (into `related_unit`), split, created, abolished; `share` carries over (0..1)."""

    FILE = "unit_event"
    KEY = ("region_code", "unit", "event", "year", "related_unit")
    region_code: Name
    unit: Name
    event: Literal["rename", "merge", "split", "created", "abolished", "transfer"]
    year: Annotated[int, BeforeValidator(_blank)]
    related_unit: Text = None
    share: Number = None
    note: Text = None


class Base(Seed):
    """What a unit is measured against: staff or people served in a year."""

    FILE = "unit_base"
    KEY = ("region_code", "unit", "year")
    region_code: Name
    unit: Name
    year: Annotated[int, BeforeValidator(_blank)]
    staff: Number = None
    population: Number = None
    source: Text = None


class Expected(Seed):
    """应公开清单: which unit (a name, an alias or a unit_id) owes which reports for which years.

    `last_year` blank: as far as any report of that kind goes. `approved_on`: the day the accounts were approved (批复), twenty days before
    they are due; or `due_on` itself. `exempt`: why nothing is owed in these years (并入本级).
    """

    FILE = "register"
    KEY = ("unit", "kind", "scope", "first_year")
    unit: Name
    kind: Literal["final", "budget"]
    scope: Annotated[Literal["department", "unit"], BeforeValidator(lambda value: _blank(value) or "department")] = "department"
    first_year: Annotated[int, Field(ge=1990, le=2100), BeforeValidator(_blank)]
    last_year: Annotated[int | None, Field(ge=1990, le=2100), BeforeValidator(_blank)] = None
    approved_on: Day = None
    due_on: Day = None
    exempt: Text = None
    note: Text = None


class Subject(Seed):
    """科目: a code with one meaning over a stretch of years; `harmonized_code` is the present code that continues it."""

    FILE = "subjects"
    KEY = ("scheme", "code", "first_year")
    scheme: Literal["function", "economic_department", "economic_government", "revenue"]
    code: Annotated[str, BeforeValidator(_blank)]
    name: Name
    first_year: Year = None
    last_year: Year = None
    harmonized_code: Text = None
    other_names: Text = None
    source: Literal["attested", "classification"]
    definition: Text = None


class Succession(Seed):
    """What became of a code in a reform year: renamed, moved (to another code), split, merged, abolished."""

    FILE = "subject_succession"
    KEY = ("scheme", "year", "old_code", "new_code")
    scheme: Literal["function", "economic_department", "economic_government", "revenue"]
    year: Annotated[int, BeforeValidator(_blank)]
    change: Literal["renamed", "moved", "split", "merged", "abolished", "created"]
    old_code: Text = None
    old_name: Text = None
    new_code: Text = None
    new_name: Text = None
    note: Text = None


class StatementRole(Seed):
    """A statement by key or role: which fact table it feeds and of which fund it speaks."""

    FILE = "statements"
    KEY = ("statement",)
    statement: Name
    role: Name
    report_kind: Text = None
    label_zh: Name
    label_en: Name
    fact: Text = None
    fund: Text = None
    is_core: Annotated[bool, BeforeValidator(lambda v: str(v).strip().lower() in ("1", "true", "yes"))] = False


class Measure(Seed):
    """A column of a statement. `statement` is a key, a role, or * (all); `parent_measure` the total it is part of."""

    FILE = "measures"
    KEY = ("statement", "measure")
    statement: Name
    measure: Name
    label_zh: Name
    label_en: Name
    parent_measure: Text = None
    component: Text = None
    stage: Text = None
    item: Text = None
    unit_class: Literal["money", "count", "percent", "text", "points"] = "money"


class SummaryLine(Seed):
    """A line of a summary statement by its wording (after folding): `line` is its name in the warehouse; the first match counts."""

    FILE = "summary_lines"
    KEY = ("side", "pattern")
    side: Text = None
    pattern: Name
    line: Name
    line_kind: Literal["source", "class", "purpose", "subtotal", "total", "balance", "of_which"]
    label_zh: Name
    label_en: Name


class Metric(Seed):
    """A narrative metric and the figure of a statement that says the same, with its stage."""

    FILE = "metrics"
    KEY = ("metric",)
    metric: Name
    label_zh: Name
    label_en: Name
    unit_class: Literal["money", "count", "percent", "text", "points"] = "money"


class Deflator(Seed):
    """全国居民消费价格指数, the year before = 100 (国家统计局)."""

    FILE = "deflators"
    KEY = ("year",)
    year: Annotated[int, BeforeValidator(_blank)]
    cpi_previous_100: float
    source: Text = None


ALL: tuple[type[Seed], ...] = (
    Region, RegionAlias, Term, Sector, Kind, Unit, Alias, Event, Base, Expected, Subject, Succession, StatementRole, Measure, SummaryLine,
    Metric, Deflator,
)  # fmt: skip


S = TypeVar("S", bound=Seed)


def _read(path: Path, row_type: type[Seed]) -> list[Seed]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = []
        for row in reader:
            if None in row:
                raise SeedError(f"{path.name} line {reader.line_num}: more fields than the header has")
            try:
                rows.append(row_type.model_validate({k: v for k, v in row.items() if v is not None}))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(p) for p in first["loc"])
                raise SeedError(f"{path.name} line {reader.line_num}: {where}: {first['msg']}") from error
    return rows


def load_rows(row_type: type[S], home_seeds: Path | None = None) -> list[S]:
    """The rows of one seed, home's over the shipped ones, in file order."""
    merged: dict[tuple[Any, ...], S] = {}
    for folder in (code_data("sql") / "seeds", home_seeds):
        path = folder / f"{row_type.FILE}.csv" if folder else None
        if path is None or not path.exists():
            continue
        for row in _read(path, row_type):
            merged[tuple(getattr(row, name) for name in row_type.KEY)] = row  # type: ignore[assignment]
    return list(merged.values())


class Seeds:
    """All reference data of a home, each file read once when asked for."""

    def __init__(self, home_seeds: Path | None = None):
        self.home_seeds = home_seeds
        self._rows: dict[str, Sequence[Seed]] = {}

    def rows(self, row_type: type[S]) -> list[S]:
        if row_type.FILE not in self._rows:
            self._rows[row_type.FILE] = load_rows(row_type, self.home_seeds)
        return list(self._rows[row_type.FILE])  # type: ignore[arg-type]
