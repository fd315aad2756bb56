"""Which region (行政区划) a text names: by full name, by name where it is the only one, by the settled aliases."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from pipelines.entities.seeds import Region, RegionAlias, Seeds

COUNTRY = "000000"


def clean(text: str) -> str:
    """NFKC and no spaces; full-width brackets stay full-width so that names are written one way."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).replace("(", "（").replace(")", "）")


@dataclass(frozen=True)
class Place:
    """A resolved region. `basis`: full_name | name | alias | prefix | unknown | ambiguous."""

    region_code: str | None
    basis: str


class Regions:
    """Region names by year. Codes that a year no longer lists are still found by their old names."""

    def __init__(self, seeds: Seeds):
        self.rows: dict[str, list[Region]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._aliases: dict[str, RegionAlias] = {clean(a.alias): a for a in seeds.rows(RegionAlias)}
        for row in seeds.rows(Region):
            self.rows[row.region_code].append(row)
        for code, rows in self.rows.items():
            for row in rows:
                for name in self._spellings(row):
                    self._names[name].add(code)
        self.longest = max((len(n) for n in (*self._names, *self._aliases)), default=0)
        self._cache: dict[tuple[str, int | None], Place] = {}

    def _spellings(self, row: Region) -> set[str]:
        """Name, full name, and the ways with a level left out (江苏省苏州市 / 苏州市姑苏区 / 江苏省姑苏区)."""
        names = {clean(row.name), clean(row.full_name)}
        parent = self._parent(row)
        if parent:
            names.add(clean(parent.name + row.name))
            grandparent = self._parent(parent)
            if grandparent:
                names.add(clean(grandparent.name + row.name))
        return names

    def _parent(self, row: Region) -> Region | None:
        if not row.parent_code or row.parent_code == COUNTRY:
            return None
        rows = self.rows.get(row.parent_code, [])
        return rows[-1] if rows else None

    def resolve(self, text: str | None, year: int | None = None) -> Place:
        """The region a text names as a whole. Two regions of one name (普陀区) and no more said: `ambiguous`, no code."""
        if not text:
            return Place(None, "unknown")
        name = clean(text)
        key = (name, year)
        if key not in self._cache:
            self._cache[key] = self._resolve(name, year)
        return self._cache[key]

    def _resolve(self, name: str, year: int | None) -> Place:
        alias = self._aliases.get(name)
        if alias and _valid(alias.first_year, alias.last_year, year):
            return Place(alias.region_code, "alias")
        codes = self._names.get(name, set())
        if len(codes) > 1 and year is not None:  # a code replaced by another one: the one of that year
            codes = {c for c in codes if any(_valid(r.first_year, r.last_year, year) for r in self.rows[c])} or codes
        if len(codes) == 1:
            (code,) = codes
            full = any(clean(r.full_name) == name for r in self.rows[code])
            return Place(code, "full_name" if full else "name")
        return Place(None, "ambiguous" if codes else "unknown")

    def of_prefix(self, text: str | None, year: int | None = None) -> tuple[Place, int]:
        """The region that a body's name begins with, and how many characters it takes (0 where it begins with none)."""
        name = clean(text or "")
        for length in range(min(self.longest, len(name)), 1, -1):
            place = self.resolve(name[:length], year)
            # 城区, 郊区, 矿区 are common words before they are names
            if place.region_code and not (length == 2 and name[1] == "区"):
                return Place(place.region_code, "prefix"), length
        return Place(None, "unknown"), 0

    def within(self, code: str | None, ancestor: str | None) -> bool:
        """True where `code` is `ancestor` or lies in it."""
        while code:
            if code == ancestor:
                return True
            rows = self.rows.get(code, [])
            code = rows[-1].parent_code if rows else None
        return False

    def level(self, code: str | None) -> str | None:
        rows = self.rows.get(code or "", [])
        return rows[-1].level if rows else None


def _valid(first: int | None, last: int | None, year: int | None) -> bool:
    return year is None or ((first is None or first <= 2015 or first <= year) and (last is None or year <= last))
