"""The register of expected reports (应公开清单), HOME/seeds/register.csv: which unit owes which reports for which years.

Columns: unit (a name or unit_id), kind (final | budget), scope (department | unit; blank = department), first_year, last_year (blank =
as far as any report of that kind goes), note. Without a register only gaps are expected: years between two years that were received.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator


class RegisterFault(ValueError):
    """A row of register.csv is wrong: file, line, what."""


class Expected(BaseModel):
    """One row of the register."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    unit: str = Field(min_length=1)
    kind: Literal["final", "budget"]
    scope: Literal["department", "unit"] = "department"
    first_year: int = Field(ge=1990, le=2100)
    last_year: int | None = Field(None, ge=1990, le=2100)
    note: str = ""

    @field_validator("scope", mode="before")
    @classmethod
    def _department(cls, value: str) -> str:
        return value or "department"

    @field_validator("last_year", mode="before")
    @classmethod
    def _open(cls, value: str) -> str | None:
        return value or None


@dataclass(frozen=True, order=True)
class Key:
    """What is expected or received: one report, whatever its revision."""

    unit: str
    fiscal_year: int
    kind: str
    scope: str


@dataclass(frozen=True)
class Missing:
    """A report that is expected and not there. `why`: register, or gap (years before and after are there)."""

    key: Key
    why: Literal["register", "gap"]


def load(seeds: Path) -> list[Expected]:
    """The rows of seeds/register.csv; none where there is no such file. Raises `RegisterFault` for the first bad row."""
    path = seeds / "register.csv"
    if not path.exists():
        return []
    out = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            try:
                out.append(Expected.model_validate({k: (v or "").strip() for k, v in row.items() if k is not None}))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(x) for x in first["loc"])
                raise RegisterFault(f"{path}, line {line}: {where}: {first['msg']}") from None
    return out


def missing(register: Iterable[Expected], received: Iterable[Key], names: dict[str, str]) -> list[Missing]:
    """What is expected and not received. `names`: every known name and alias of a unit → its unit_id (as in `received`)."""
    have = set(received)
    out: dict[Key, Missing] = {}
    last: dict[str, int] = {}
    for key in have:
        last[key.kind] = max(last.get(key.kind, 0), key.fiscal_year)
    for row in register:
        unit = names.get(row.unit, row.unit)
        for year in range(row.first_year, (row.last_year or last.get(row.kind, row.first_year)) + 1):
            key = Key(unit, year, row.kind, row.scope)
            if key not in have:
                out[key] = Missing(key, "register")
    years: dict[tuple[str, str, str], set[int]] = {}
    for key in have:
        years.setdefault((key.unit, key.kind, key.scope), set()).add(key.fiscal_year)
    for (unit, kind, scope), got in years.items():
        for year in range(min(got), max(got)):
            key = Key(unit, year, kind, scope)
            if year not in got:
                out.setdefault(key, Missing(key, "gap"))
    return [out[key] for key in sorted(out)]
