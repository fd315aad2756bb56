"""The SQL models: one SELECT a file, its path is its key (sql/core/dim_unit.sql is core.dim_unit), run in the order of their dependencies.

Dependencies are read from the SQL by sqlglot, never declared. `run` makes one table after another on one open connection
(CREATE TABLE AS, then the bilingual comments of `sql/columns.yml`); macros (`sql/macros`) come last, since they name tables.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from pipelines.settings import code_data
from pipelines.warehouse import columns

FOLDERS = {"stage": "stage", "core": "core", "quality": "quality", "marts": "mart"}
"""Folder under sql/ → schema. Models of `stage` are steps on the way, built with whatever reads them; the release drops them."""

# What the audit writes (CONTRACT §5). Marts read these, so they exist, empty, even where no audit has run.
AUDIT_TABLES = {
    "quality.file_status": "file_sha256 VARCHAR, state VARCHAR, reason VARCHAR, message VARCHAR",
    "quality.finding": (
        "finding_id VARCHAR, report_id VARCHAR, check_id VARCHAR, kind VARCHAR, severity VARCHAR, statement VARCHAR, page INTEGER,"
        " expected_yuan DECIMAL(20,2), actual_yuan DECIMAL(20,2), difference_yuan DECIMAL(20,2), tolerance_yuan DECIMAL(20,2),"
        " is_rounding BOOLEAN, cell_ids VARCHAR[], suspect_cell_id VARCHAR, suggested_yuan DECIMAL(20,2), message VARCHAR"
    ),
    "quality.verdict": "report_id VARCHAR, verdict VARCHAR, score DOUBLE, reasons VARCHAR[]",
    "quality.audited": "report_id VARCHAR, audit_key VARCHAR, cells BIGINT, cells_checked BIGINT, cells_checked_twice BIGINT",
    "quality.repair": "cell_id VARCHAR, repaired_yuan DECIMAL(20,2), reason VARCHAR, evidence VARCHAR",
}


class ModelError(Exception):
    """A SQL model is wrong (a name that does not exist, a cycle, a column without a comment). One clear line."""


@dataclass(frozen=True)
class Model:
    """One SQL file. `reads` are all tables it names; `dependencies` those of them that are models too."""

    key: str
    sql: str
    path: Path
    reads: tuple[str, ...]
    dependencies: tuple[str, ...]

    @property
    def schema(self) -> str:
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        return self.key.partition(".")[2]

    @property
    def query(self) -> exp.Query:
        """The parsed SELECT, a fresh tree on each call."""
        tree = sqlglot.parse_one(self.sql, dialect="duckdb")
        assert isinstance(tree, exp.Query)
        return tree


@dataclass(frozen=True)
class Built:
    """One table as built: number of rows, seconds."""

    key: str
    rows: int
    seconds: float


def _tables(tree: exp.Query) -> tuple[str, ...]:
    return tuple(sorted({f"{t.db}.{t.name}" for t in tree.find_all(exp.Table) if t.db}))


def load(root: Path | None = None) -> list[Model]:
    """All models, dependencies first; among equals by folder and name, so that the order never changes.

    Raises ModelError for SQL that does not parse, is not one SELECT, or for a cycle.
    """
    root = root or code_data("sql")
    stamp = tuple((p, p.stat().st_mtime_ns) for folder in FOLDERS for p in sorted((root / folder).glob("*.sql")))
    return list(_load(root, stamp))


@lru_cache(maxsize=4)
def _load(root: Path, stamp: tuple[tuple[Path, int], ...]) -> tuple[Model, ...]:
    """Parsing all of it takes a second or two: once for a state of the files."""
    found: dict[str, tuple[Path, str, exp.Query]] = {}
    for folder, schema in FOLDERS.items():
        for path in sorted((root / folder).glob("*.sql")):
            text = path.read_text("utf-8").strip().rstrip(";")
            try:
                trees = sqlglot.parse(text, dialect="duckdb")
            except sqlglot.ParseError as error:
                raise ModelError(f"{path.name}: the SQL does not parse: {str(error).splitlines()[0]}") from error
            tree = trees[0]
            if len(trees) != 1 or not isinstance(tree, exp.Query):
                raise ModelError(f"{path.name}: a model is exactly one SELECT")
            found[f"{schema}.{path.stem}"] = (path, text, tree)
    graph = {key: [t for t in _tables(tree) if t in found] for key, (_, _, tree) in found.items()}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        raise ModelError(f"models depend on each other in a circle: {' → '.join(error.args[1])}") from error
    rank = {key: i for i, key in enumerate(found)}
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank.__getitem__)
        order += ready
        sorter.done(*ready)
    return tuple(Model(key, found[key][1], found[key][0], _tables(found[key][2]), tuple(graph[key])) for key in order)


def layer(name: str, models: Sequence[Model] | None = None) -> list[str]:
    """The keys of one layer (`core`, `quality` or `mart`) in build order."""
    return [m.key for m in models or load() if m.schema == name]


def run(
    con: duckdb.DuckDBPyConnection,
    keys: Iterable[str] | None = None,
    on_model: Callable[[Built], None] | None = None,
    models: Sequence[Model] | None = None,
) -> list[Built]:
    """Builds the models (all, or `keys`) on one connection and returns what was built.

    Before the first mart the verdicts of the audit are stamped on core.dim_report; after the last model the macros are made.
    Raises ModelError naming the model where its SQL fails.
    """
    models = list(models or load())
    wanted = {m.key for m in models} if keys is None else set(keys)
    if unknown := wanted - {m.key for m in models}:
        raise ModelError(f"no such model: {', '.join(sorted(unknown))}")
    by_key = {m.key: m for m in models}
    for model in reversed(models):  # readers before what they read
        if model.key in wanted:
            wanted |= {d for d in model.dependencies if by_key[d].schema == "stage"}
    ensure_audit_tables(con)
    comments = columns.load()
    built: list[Built] = []
    stamped = False
    for model in models:
        if model.key not in wanted:
            continue
        if model.schema == "mart" and not stamped:
            stamp_verdicts(con)
            stamped = True
        started = time.perf_counter()
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {model.schema}")
        try:
            if model.schema == "stage":  # read once or twice, then dropped: compressing it would cost more than writing it
                con.execute("SET force_compression = 'uncompressed'")
            con.execute(f"CREATE OR REPLACE TABLE {model.key} AS {model.sql}")
        except duckdb.Error as error:
            raise ModelError(f"{model.key}: {error}") from error
        finally:
            con.execute("SET force_compression = 'auto'")
        if model.schema != "stage":
            columns.comment(con, model.key, comments)
        rows = con.execute(f"SELECT count(*) FROM {model.key}").fetchone()
        done = Built(model.key, rows[0] if rows else 0, time.perf_counter() - started)
        built.append(done)
        if on_model:
            on_model(done)
    macros(con)
    return built


def ensure_audit_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables in place of those the audit has not written (yet)."""
    con.execute("CREATE SCHEMA IF NOT EXISTS quality")
    for key, fields in AUDIT_TABLES.items():
        con.execute(f"CREATE TABLE IF NOT EXISTS {key} ({fields})")


def stamp_verdicts(con: duckdb.DuckDBPyConnection) -> None:
    """Puts the audit's verdict and score on core.dim_report. A report the audit has not judged stays NULL and out of the marts."""
    con.execute(
        """
        UPDATE core.dim_report AS r SET verdict = v.verdict, score = v.score
        FROM (SELECT report_id, any_value(verdict) AS verdict, any_value(score) AS score FROM quality.verdict GROUP BY ALL) AS v
        WHERE v.report_id = r.report_id
        """
    )


def macros(con: duckdb.DuckDBPyConnection, root: Path | None = None) -> list[str]:
    """Creates the macros of sql/macros whose tables exist; returns their names."""
    made = []
    present = {row[0] for row in con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()}
    for path in sorted(((root or code_data("sql")) / "macros").glob("*.sql")):
        text = path.read_text("utf-8")
        needed = {line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("-- needs:")}
        if needed <= present:
            con.execute(text)
            made.append(path.stem)
    return made
