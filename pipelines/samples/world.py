"""Invented regions: departments with member bodies over years, and what happens to them (rename, merge, split)."""

from __future__ import annotations

import csv
import random
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.samples.accounts import Body, Book

HERE = Path(__file__).parent
PROVINCE = "示例省"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(Strict):
    """A kind of department (departments.toml)."""

    name: str
    run: str
    size: int
    project: float  # 万元
    projects: list[tuple[str, str, float, str]]
    members: list[tuple[str, str, int]]
    former: tuple[str, int] | None = None  # the name it bore before a year
    first_year: int | None = None
    business: float = 0.0
    vehicles: list[str] = []


class Places(Strict):
    first: list[str]
    second: list[str]
    ending: list[str]


class Indicators(Strict):
    rows: list[list[str]]


class Catalogue(Strict):
    kinds: list[Kind]
    places: Places
    indicators: Indicators


@lru_cache
def catalogue() -> Catalogue:
    """Kinds, places and indicators; ValueError with one clear line for a bad file."""
    try:
        return Catalogue.model_validate(tomllib.loads((HERE / "departments.toml").read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        first = f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}" if isinstance(error, ValidationError) else error
        raise ValueError(f"departments.toml: {first}") from error


@lru_cache
def _subjects() -> dict[str, list[tuple[str, int, int]]]:
    out: dict[str, list[tuple[str, int, int]]] = {}
    with (HERE / "subjects.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            span = (line["name"], int(line["first_year"] or 0), int(line["last_year"] or 9999))
            out.setdefault(line["code"], []).append(span)
    return out


def subject_name(code: str, year: int) -> str:
    """The name a subject bore in a year; ValueError for a code that is not in subjects.csv."""
    for name, first, last in _subjects().get(code, []):
        if first <= year <= last:
            return name
    raise ValueError(f"subjects.csv: no name for {code} in {year}")


def function_classes(year: int) -> list[str]:
    """The function classes a summary of that year prints, by code."""
    return sorted(c for c, names in _subjects().items() if len(c) == 3 and c[0] == "2" and any(a <= year <= b for _, a, b in names))


def economic_codes() -> list[str]:
    """All departmental economic codes of the printed form, classes and items."""
    return sorted(c for c in _subjects() if c[0] == "3")


@dataclass
class Department:
    """A department: names by first year, its bodies (the head first), the years it existed."""

    region: str
    kind: Kind
    names: list[tuple[int, str]]
    bodies: list[tuple[int, Body]]  # (first year in this department, body)
    first_year: int
    last_year: int = 9999
    left: dict[str, int] = field(default_factory=dict)  # body name → first year it is no longer here
    events: list[dict[str, Any]] = field(default_factory=list)
    books_from: int = 0

    def name(self, year: int) -> str:
        """The printed name of a year, with the region."""
        current = [n for first, n in sorted(self.names) if first <= year]
        return self.region + (current[-1] if current else sorted(self.names)[0][1])

    def members(self, year: int) -> list[Body]:
        return [b for first, b in self.bodies if first <= year < self.left.get(b.name, 9999)]

    def exists(self, year: int) -> bool:
        return self.first_year <= year <= self.last_year

    def budget(self, year: int, scope: str) -> Book:
        """The department's initial budget, or its head's alone for unit scope."""
        bodies = self.members(year)
        return Book.total(b.budget(year) for b in (bodies if scope == "department" else bodies[:1]))

    def final(self, year: int, scope: str) -> Book:
        """The department's outturn, or its head's alone."""
        bodies = self.members(year)
        return Book.total(b.final(year, self.books_from) for b in (bodies if scope == "department" else bodies[:1]))

    def body_name(self, body: Body, year: int) -> str:
        """A member's printed name; the head is the department's own (本级)."""
        return f"{self.name(year)}（本级）" if body is self.members(year)[0] else f"{self.region}{body.name}"


def place(number: int) -> str:
    """An invented place: 示例省云川市, 示例省澄湖县 …; all different for the first 480."""
    p = catalogue().places
    first, rest = number % len(p.first), number // len(p.first)
    second, rest = (rest + first) % len(p.second), rest // len(p.second)
    ending = p.ending[rest % len(p.ending)]
    again = rest // len(p.ending)
    return f"{PROVINCE}{p.first[first]}{p.second[second]}{f'第{again}' if again else ''}{ending}"


def found(region: str, kind: Kind, seed: int, first_year: int, reserve: bool = False) -> Department:
    """A department of a kind with its bodies."""
    stem = f"{seed}/{region}/{kind.name}"
    dice = random.Random(stem)
    scale = dice.uniform(0.6, 1.5)
    tidy = dice.random() < 0.3
    business = kind.business

    def body(name: str, run: str, staff: int, agency: bool) -> Body:
        size = max(6, round(staff * scale))
        projects = [(c, f, n, kind.project * 10000 * scale * share) for c, f, share, n in kind.projects] if agency else []
        cars = {v: max(1, round(size / 20)) for v in kind.vehicles} if agency else {}
        own = 0.0 if agency else business
        return Body(name, f"{stem}/{name}", run, size, agency, projects, own, cars, tidy, reserve)

    names = [(0, kind.name)]
    if kind.former:
        names = [(0, kind.former[0]), (kind.former[1], kind.name)]
    bodies = [(0, body(kind.name, kind.run, kind.size, True))]
    bodies += [(0, body(name, run, staff, False)) for name, run, staff in kind.members]
    start = max(first_year, kind.first_year or 0)
    return Department(region, kind, names, bodies, start, books_from=first_year - 1)


def rename(department: Department, year: int, name: str) -> None:
    """From `year` the department bears another name."""
    old = department.name(year - 1)
    department.names.append((year, name))
    department.events.append({"event": "rename", "year": year, "from": old, "to": department.name(year)})


def merge(into: Department, gone: Department, year: int, name: str) -> None:
    """From `year` the bodies of `gone` belong to `into`, which bears a new name."""
    before = [into.name(year - 1), gone.name(year - 1)]
    into.names.append((year, name))
    into.bodies += [(year, b) for b in gone.members(year - 1)]
    gone.last_year = year - 1
    event = {"event": "merge", "year": year, "from": before, "to": into.name(year)}
    into.events.append(event)
    gone.events.append(event)


def split(department: Department, body_name: str, year: int, name: str) -> Department:
    """From `year` one member body becomes the head of a department of its own."""
    body = next(b for _, b in department.bodies if b.name == body_name)
    department.left[body_name] = year
    new = Department(department.region, department.kind, [(0, name)], [(0, body)], year, books_from=department.books_from)
    event = {"event": "split", "year": year, "from": department.name(year), "to": new.name(year)}
    department.events.append(event)
    new.events.append(event)
    return new
