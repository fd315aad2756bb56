"""Which unit (部门、单位) each printed name means: stable ids over names and years, and a review list for what is not sure.

Sure is only what is equal after folding (`names.fold`) or settled in the seeds; alike is never enough: it goes on the review list
with a score. Nothing here depends on the order of the mentions.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.entities.names import Names, likeness
from pipelines.entities.regions import Place, Regions, clean
from pipelines.entities.seeds import Alias, Event, Kind, Sector, Seeds, Unit

REVIEW_FROM = 75.0
"""Likeness from which two names of one region go on the review list."""

Role = Literal["report", "member", "evaluation"]
Node = tuple[str, str]
"""(region code, or the printed region where it is unknown; folded name)"""


@dataclass(frozen=True)
class Mention:
    """One printed name of a body: as the publisher of a report, in a member list, or in an evaluation form."""

    name: str
    region: str | None
    fiscal_year: int | None
    role: Role
    parent: str | None = None  # the publisher's name, for members and forms


@dataclass(frozen=True)
class Resolved:
    """What a mention means. `unit_id` None: an evaluation form's name that is no known unit for sure."""

    unit_id: str | None
    region_code: str | None
    region_basis: str
    is_head: bool
    core: str


@dataclass
class UnitRow:
    """A unit over all its names: `names` by fiscal year."""

    unit_id: str
    region_code: str | None
    nodes: set[Node] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)
    spellings: Counter[tuple[str, str]] = field(default_factory=Counter)  # (name, role)
    years: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    parent_unit_id: str | None = None
    kind: str | None = None
    sector: str | None = None
    level: str | None = None
    seed: Unit | None = None


@dataclass(frozen=True)
class Review:
    """Two names that may be one body; a person settles it in seeds/unit_alias.csv (`same` or `different`)."""

    region_code: str | None
    name_a: str
    unit_id_a: str | None
    name_b: str
    unit_id_b: str
    score: float
    basis: str


@dataclass
class Units:
    """The result: mention → unit, all units, the review list."""

    of: dict[Mention, Resolved]
    units: list[UnitRow]
    reviews: list[Review]
    aliases: list[tuple[str, str, str | None, str, int | None, int | None]]
    """(unit_id, alias, region_code, kind: name | seed | id, first_year, last_year)"""


def hashed_id(region: str, core: str) -> str:
    """The id of a unit no seed names: u + ten hexadecimal digits of the region and the folded name."""
    return "u" + hashlib.sha256(f"{region}|{core}".encode()).hexdigest()[:10]


class _Union:
    def __init__(self) -> None:
        self.parent: dict[Node, Node] = {}

    def find(self, node: Node) -> Node:
        root = node
        while self.parent.setdefault(root, root) != root:
            root = self.parent[root]
        while self.parent[node] != root:
            self.parent[node], node = root, self.parent[node]
        return root

    def join(self, a: Node, b: Node) -> None:
        a, b = sorted((self.find(a), self.find(b)))
        self.parent[b] = a


class Resolver:
    """Resolves all mentions of a build at once."""

    def __init__(self, seeds: Seeds):
        self.seeds = seeds
        self.regions = Regions(seeds)
        self.names = Names(seeds, self.regions)
        self._sectors = [(re.compile(s.pattern), s.sector) for s in seeds.rows(Sector)]
        self._kinds = [(re.compile(k.pattern), k.sector) for k in seeds.rows(Kind)]

    # -- where and who

    def place(self, mention: Mention) -> Place:
        """The region of a body: the deeper one of what the report says and what the name begins with."""
        said = self.regions.resolve(mention.region, mention.fiscal_year)
        if said.region_code is None and mention.region:
            prefix, length = self.regions.of_prefix(mention.region, mention.fiscal_year)
            said = prefix if length else said
        begun, _ = self.regions.of_prefix(mention.name, mention.fiscal_year)
        if begun.region_code and (said.region_code is None or self.regions.within(begun.region_code, said.region_code)):
            return begun if said.region_code is None else Place(begun.region_code, said.basis)
        return said

    def node(self, mention: Mention) -> tuple[Node, Place, bool]:
        place = self.place(mention)
        name = mention.name
        if place.region_code is None and mention.region:  # a place no list knows still stands in front of the name
            name = clean(name).removeprefix(clean(mention.region)) or name
        folded = self.names.fold(name, mention.fiscal_year)
        return (place.region_code or clean(mention.region or "?"), folded.core), place, folded.is_head

    def resolve(self, mentions: Iterable[Mention]) -> Units:
        mentions = sorted(set(mentions), key=lambda m: (m.role, m.region or "", m.name, m.fiscal_year or 0, m.parent or ""))
        union, settled, seeded = _Union(), set[tuple[Node, Node]](), dict[Node, Unit]()
        self._seed(union, settled, seeded)
        at = {m: self.node(m) for m in mentions}
        parents = self._parents(mentions, at)
        known = {union.find(at[m][0]) for m in mentions if m.role != "evaluation"} | {union.find(n) for n in seeded}
        groups: dict[Node, list[Mention]] = defaultdict(list)
        for m in mentions:
            root = union.find(parents.get(m, at[m][0]))
            if m.role != "evaluation" or root in known:
                groups[root].append(m)
        rows: dict[Node, UnitRow] = {}
        for root, members in groups.items():
            rows[root] = self._unit(root, members, at, parents, {union.find(n): u for n, u in seeded.items()}.get(root))
        ids = {root: row.unit_id for root, row in rows.items()}
        of = {}
        for m in mentions:
            node, place, head = at[m]
            of[m] = Resolved(ids.get(union.find(parents.get(m, node))), place.region_code, place.basis, head, node[1])
        for root, row in rows.items():
            row.parent_unit_id = row.parent_unit_id or self._parent_of(row.unit_id, groups[root], of)
        reviews = self._reviews(rows, [m for m in mentions if of[m].unit_id is None], at, of, settled, union)
        units = sorted(rows.values(), key=lambda u: u.unit_id)
        return Units(of, units, reviews, self._aliases(rows, union))

    # -- seeds

    def _seed_node(self, region_code: str, unit: str) -> Node:
        for row in self.seeds.rows(Unit):
            if row.unit_id == unit:
                return row.region_code, self.names.fold(row.name).core
        return region_code, self.names.fold(unit).core

    def _seed(self, union: _Union, settled: set[tuple[Node, Node]], seeded: dict[Node, Unit]) -> None:
        for row in self.seeds.rows(Unit):
            seeded[(row.region_code, self.names.fold(row.name).core)] = row
        for alias in self.seeds.rows(Alias):
            a, b = (alias.region_code, self.names.fold(alias.alias).core), self._seed_node(alias.region_code, alias.unit)
            if alias.decision == "same":
                union.join(a, b)
            else:
                settled.add((min(a, b), max(a, b)))
        for event in self.seeds.rows(Event):
            if event.event == "rename" and event.related_unit:
                a = self._seed_node(event.region_code, event.unit)
                union.join(a, self._seed_node(event.region_code, event.related_unit))

    # -- units

    @staticmethod
    def _parents(mentions: Sequence[Mention], at: dict[Mention, tuple[Node, Place, bool]]) -> dict[Mention, Node]:
        """本级 of a member list is the publisher itself, whatever region its name begins with."""
        publishers = {(m.name, m.region, m.fiscal_year): at[m][0] for m in mentions if m.role == "report"}
        out = {}
        for m in mentions:
            if m.role == "report" or m.parent is None:
                continue
            publisher = publishers.get((m.parent, m.region, m.fiscal_year))
            if publisher is not None and at[m][0][1] == publisher[1] and (at[m][2] or at[m][0][0] == publisher[0]):
                out[m] = publisher
        return out

    def _unit(
        self,
        root: Node,
        members: list[Mention],
        at: dict[Mention, tuple[Node, Place, bool]],
        parents: dict[Mention, Node],
        seed: Unit | None,
    ) -> UnitRow:
        named = [m for m in members if m.role != "evaluation"] or members
        first = min(named, key=lambda m: (m.fiscal_year or 9999, at[m][0]))
        region, core = parents.get(first, at[first][0])
        row = UnitRow(seed.unit_id if seed else hashed_id(region, core), at[first][1].region_code, seed=seed)
        by_year: dict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
        for m in members:
            row.nodes.add(at[m][0])
            text = _display(m.name)
            row.spellings[(text, m.role)] += 1
            row.years.setdefault((text, m.role), []).append(m.fiscal_year or 0)
            if m.fiscal_year is not None and m.role != "evaluation":
                by_year[m.fiscal_year][(0 if m.role == "report" else 1, text)] += 1
        for year, names in by_year.items():
            row.names[year] = min(names, key=lambda n: (n[0], -names[n], n[1]))[1]
        if not row.names:
            row.names[0] = seed.name if seed else _display(first.name)
        row.kind = (seed.kind if seed else None) or _first(self._kinds, core)
        row.sector = (seed.sector if seed else None) or _first(self._sectors, core)
        level = "township" if row.kind == "township" else self.regions.level(row.region_code)
        row.level = (seed.level if seed else None) or level
        row.parent_unit_id = seed.parent_unit_id if seed else None
        return row

    @staticmethod
    def _parent_of(unit_id: str, members: list[Mention], of: dict[Mention, Resolved]) -> str | None:
        """The department whose member list of the latest year names the unit."""
        listed = [m for m in members if m.role == "member" and m.parent]
        found = []
        for m in listed:
            parent = of.get(Mention(m.parent or "", m.region, m.fiscal_year, "report"))
            if parent and parent.unit_id and parent.unit_id != unit_id:
                found.append((m.fiscal_year or 0, parent.unit_id))
        return max(found, default=(0, None))[1]

    # -- what is not sure

    def _reviews(
        self,
        rows: dict[Node, UnitRow],
        loose: list[Mention],
        at: dict[Mention, tuple[Node, Place, bool]],
        of: dict[Mention, Resolved],
        settled: set[tuple[Node, Node]],
        union: _Union,
    ) -> list[Review]:
        from rapidfuzz import fuzz, process

        by_region: dict[str, list[tuple[str, str | None, Node]]] = defaultdict(list)
        shown: dict[Node, str] = {}
        for row in rows.values():
            for (text, _), _count in sorted(row.spellings.items()):
                region = next(iter(sorted(row.nodes)))[0]
                shown.setdefault((region, self.names.fold(text.removeprefix(region)).core), text)
            for node in sorted(row.nodes):
                by_region[node[0]].append((node[1], row.unit_id, node))
        for node in sorted({at[m][0] for m in loose}):
            by_region[node[0]].append((node[1], None, node))
            shown.setdefault(node, min(_display(m.name) for m in loose if at[m][0] == node))
        different = {tuple(sorted((union.find(a), union.find(b)))) for a, b in settled}
        lists: dict[str, set[tuple[str | None, str | None, int | None]]] = defaultdict(set)  # unit → the member lists that name it
        for m, resolved in of.items():
            if m.role == "member" and resolved.unit_id:
                lists[resolved.unit_id].add((m.parent, m.region, m.fiscal_year))
        found: set[Review] = set()
        for region, entries in sorted(by_region.items()):
            cores = [core for core, _, _ in entries]
            matrix = process.cdist(cores, cores, scorer=fuzz.ratio, score_cutoff=REVIEW_FROM, workers=1)
            for i, j in zip(*matrix.nonzero(), strict=True):
                (core_a, id_a, node_a), (core_b, id_b, node_b) = entries[i], entries[j]
                if i == j or id_b is None or id_a == id_b or (id_a is not None and i > j):
                    continue
                if tuple(sorted((union.find(node_a), union.find(node_b)))) in different:
                    continue
                if id_a is not None and lists[id_a] & lists[id_b]:
                    continue  # one list names both: two bodies
                if (score := likeness(core_a, core_b)) >= REVIEW_FROM:
                    name_a, name_b = shown.get(node_a, core_a), shown.get(node_b, core_b)
                    found.add(Review(region, name_a, id_a, name_b, id_b, score, "evaluation form" if id_a is None else "same region"))
        return sorted(found, key=lambda r: (-r.score, r.name_a, r.name_b))

    def _aliases(self, rows: dict[Node, UnitRow], union: _Union) -> list[tuple[str, str, str | None, str, int | None, int | None]]:
        out = set()
        for row in rows.values():
            seen: dict[tuple[str, str], list[int]] = defaultdict(list)
            for (text, role), years in row.years.items():
                seen[(text, "evaluation" if role == "evaluation" else "name")] += [y for y in years if y]
            for (text, kind), years in seen.items():
                out.add((row.unit_id, text, row.region_code, kind, min(years, default=None), max(years, default=None)))
            for region, core in row.nodes:
                if (other := hashed_id(region, core)) != row.unit_id:
                    out.add((row.unit_id, other, row.region_code, "id", None, None))
        for alias in self.seeds.rows(Alias):
            unit = rows.get(union.find((alias.region_code, self.names.fold(alias.alias).core)))
            if unit and alias.decision == "same":
                out.add((unit.unit_id, alias.alias, alias.region_code, "seed", alias.first_year, alias.last_year))
        return sorted(out, key=lambda a: tuple("" if v is None else str(v) for v in a))


def _display(name: str) -> str:
    """A name as shown: clean, without 本级 in brackets."""
    return re.sub(r"（(?:[局厅部委院]?本级|本部|机关本级|机关|本单位)）$|(?:机关)?(?:本级|本部)$", "", clean(name)) or clean(name)


def _first(patterns: list[tuple[re.Pattern[str], str]], core: str) -> str | None:
    return next((label for pattern, label in patterns if pattern.search(core)), None)
