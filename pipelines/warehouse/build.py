"""One build of a release: staged parts → reports → core → audit → marts → sealed, published. Each step a method, in this order.

The Dagster assets call the steps one after another on one connection (one database file has one writer); `juesuan build`
materialises the same assets. Whatever stops a build leaves the published release as it is.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines import __version__
from pipelines.extraction.store import Store
from pipelines.settings import Home
from pipelines.sources.archive import Archive, ArchivedFile
from pipelines.warehouse import coverage, release
from pipelines.warehouse.files import load_files
from pipelines.warehouse.fingerprint import SCHEMA_VERSION, basis, fingerprint
from pipelines.warehouse.suite_process import SuiteProcess

FILE_FORMAT = "v1.3.0"
"""Oldest DuckDB that opens a release: written with a quarter less work and a fifth smaller than in the format every 1.x opens."""

Note = Callable[[str], None]


class BuildError(Exception):
    """The warehouse itself is at fault (a failing suite, broken SQL): not published, the last release stays. One clear line."""


@dataclass(frozen=True)
class Table:
    """A table just built: what Dagster and the summary show of it."""

    key: str  # schema.name
    rows: int
    seconds: float


@dataclass(frozen=True)
class Description:
    """Columns and lineage of a table, as built."""

    columns: list[tuple[str, str, str | None]]  # name, type, comment
    edges: list[tuple[str, str, str]]  # column, source table, source column


@dataclass
class Build:
    """State of one build. Use `open` … `publish` in order, `abandon` when a step fails. Hold the build lock throughout."""

    home: Home
    version: str  # reader version
    files: list[ArchivedFile]
    fingerprint: str
    note: Note = lambda _: None
    years: frozenset[int] = frozenset()  # audited again in any case
    everything: bool = False  # nothing is carried over
    release_id: str = ""
    path: Path = Path()
    con: duckdb.DuckDBPyConnection | None = None
    started: float = field(default_factory=time.monotonic)
    suites: SuiteProcess | None = None
    edges: list[tuple[str, str, str, str]] = field(default_factory=list)  # column lineage of the tables described so far

    @classmethod
    def prepare(cls, home: Home, version: str, note: Note | None = None) -> Build:
        """A build of everything in the archive that this reader version has read (what arrives meanwhile is for the next build)."""
        outcomes = Store(home, version).outcomes()
        files = [f for f in Archive(home) if f.sha256 in outcomes]
        return cls(home, version, files, fingerprint(home, files, outcomes, version), note or (lambda _: None))

    def is_new(self) -> bool:
        """False when the published release is already of this fingerprint."""
        now = release.current(self.home)
        return now is None or now.info.get("fingerprint") != self.fingerprint

    # -- steps

    def open(self) -> None:
        """A fresh database in a folder of its own; what an interrupted build left behind goes first."""
        release.clean(self.home, keep=max(self.home.limits.keep_releases, 1))
        self.release_id = release.new_id(self.fingerprint)
        self.path = release.begin(self.home, self.release_id)
        self.suites = SuiteProcess()
        self._connect()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        limits = self.home.limits
        config: dict[str, Any] = {
            "memory_limit": f"{limits.build_memory_mb}MB",
            "temp_directory": str(self.path.parent / "spill"),
            "storage_compatibility_version": FILE_FORMAT,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self.con = duckdb.connect(str(self.path), config=config)
        self.con.execute("SET TimeZone = 'UTC'")
        return self.con

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.con or self._connect()

    def close(self) -> None:
        """Close the file so that another connection (the suites') may open it."""
        if self.con is not None:
            self.con.close()
            self.con = None

    def _end(self) -> None:
        self.close()
        if self.suites is not None:
            self.suites.close()
            self.suites = None

    def reports(self) -> list[Table]:
        """Load the archive's records and the staged parts, assemble parts into reports: the tables of `stage`."""
        from pipelines.warehouse import assemble

        con = self.connection
        started = time.perf_counter()
        store = Store(self.home, self.version)
        load_files(con, self.files, store.outcomes(), self.path.parent)
        assemble.load_parts(con, store.parquet_files(f.sha256 for f in self.files) or [self._no_parts()])
        assemble.assemble(con, self.home, self._pairs())
        con.execute(
            "UPDATE quality.file_status SET state = 'unassigned', reason = 'unassigned', message = file_name || ': part of no report: "
            "it names no body and shares its totals with no one report; pair it in sources.yml' WHERE state = 'ok'"
            " AND file_sha256 IN (SELECT file_sha256 FROM stage.unassigned)"
            " AND file_sha256 NOT IN (SELECT file_sha256 FROM stage.report_part)"
        )
        return self._tables("stage", time.perf_counter() - started)

    def _pairs(self) -> list[tuple[str, str]]:
        """Hashes of files that sources.yml says belong together, named there by file name or (the beginning of) their hash."""
        from pipelines.sources.sources_file import load

        out: list[tuple[str, str]] = []
        for pair in load(self.home.sources_file).pairs:
            found = [f.sha256 for name in pair for f in self.files if f.sha256.startswith(name) or name in {o.name for o in f.origins}]
            out += [(found[0], other) for other in found[1:]]
        return out

    def _no_parts(self) -> Path:
        """An empty staged file: a home without any readable report still has all its tables."""
        from pipelines.extraction.stage import frame

        path = self.path.parent / "no_parts.parquet"
        frame([]).write_parquet(path)
        return path

    def models(self, schemas: Sequence[str], on_table: Callable[[Table, int, int], None] | None = None) -> list[Table]:
        """Run the SQL models of these schemas, dependencies first."""
        from pipelines.warehouse import models

        keys = [m.key for m in models.load() if m.schema in schemas]
        built: list[Table] = []

        def heard(done: models.Built) -> None:
            table = Table(done.key, done.rows, done.seconds)
            built.append(table)
            if on_table:
                on_table(table, len(built), len(keys))

        try:
            models.run(self.connection, keys, heard)
        except models.ModelError as error:
            raise BuildError(f"SQL model fails: {error}") from error
        return built

    def audit(self) -> list[Table]:
        """Identities, findings, verdicts: the tables of `quality`. Results of unchanged reports come from the published release."""
        from pipelines.audit import checks

        started = time.perf_counter()
        last = None if self.everything else release.current_path(self.home)
        checks.run(self.connection, basis=basis(self.home, self.version), last=last, years=self.years)
        return self._tables("quality", time.perf_counter() - started)

    def suspects(self) -> list[tuple[str, str, int, tuple[float, float, float, float], str, bool]]:
        """Suspect cells on PDF pages with a place, not read again yet: (cell_id, file, page, box, printed, whole cell of a table)."""
        rows = self.connection.execute(
            "SELECT DISTINCT s.cell_id, c.file_sha256, c.page, c.x0, c.top, c.x1, c.bottom, c.printed,"
            " c.statement NOT IN ('narrative', 'self_evaluation', 'performance_target')"
            " FROM quality.suspect s JOIN core.cell c USING (cell_id)"
            ' WHERE s.second_reading IS NULL AND c.page IS NOT NULL AND c.x0 IS NOT NULL AND c.locator LIKE \'%"kind":"pdf"%\' ORDER BY ALL'
        ).fetchall()
        return [(r[0], r[1], r[2], (r[3], r[4], r[5], r[6]), r[7], r[8]) for r in rows]

    def second_readings(self, found: Sequence[tuple[str, str, str]]) -> None:
        """(cell_id, verdict, text of the second reader) into quality.suspect, and what follows for findings and verdicts."""
        if found:
            from pipelines.audit.second_reading import settle

            rows = [(verdict, cell_id) for cell_id, verdict, _ in found]
            self.connection.executemany("UPDATE quality.suspect SET second_reading = ? WHERE cell_id = ?", rows)
            settle(self.connection)

    def run_suites(self, layers: Sequence[str]) -> list[Any]:
        """The GX suites of these layers on the closed file; their results go into quality.suite_result.

        Returns `audit.suites.SuiteResult`s; the caller decides whether the build goes on.
        """
        from pipelines.audit import suites

        self.close()
        self.suites = self.suites or SuiteProcess()
        results = self.suites.run(self.path, layers)
        suites.store(self.connection, results)
        return results

    def gone(self) -> list[str]:
        """Reports of the published release that this build has none of."""
        return coverage.gone(self.connection, release.current_path(self.home))

    def missing(self) -> list[str]:
        """Reports that are due and have not come, each as one line."""
        rows = self.connection.execute(
            "SELECT concat_ws(' ', unit_name, fiscal_year, kind, scope, '(' || why || ')') FROM quality.expected"
            " WHERE is_missing ORDER BY 1"
        ).fetchall()
        return [row[0] for row in rows]

    def meta(self) -> list[Table]:
        """meta.release, meta.data_dictionary, meta.column_lineage."""
        con = self.connection
        started = time.perf_counter()
        self._release_row(con)
        import polars as pl

        from pipelines.warehouse import columns, frames

        headings = ("table_name", "column_name", "source_table", "source_column")
        lines = pl.DataFrame(sorted(self.edges), schema=dict.fromkeys(headings, pl.String), orient="row")
        frames.write(con, "meta.column_lineage", lines)  # row by row DuckDB would need seconds
        columns.dictionary(con)
        for key in ("meta.release", "meta.column_lineage"):
            columns.comment(con, key)
        return self._tables("meta", time.perf_counter() - started)

    def _release_row(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute("CREATE SCHEMA IF NOT EXISTS meta")
        con.execute(
            "CREATE OR REPLACE TABLE meta.release (release_id VARCHAR, schema_version VARCHAR, built_at TIMESTAMP, code_version VARCHAR,"
            " fingerprint VARCHAR, reader_version VARCHAR, files INTEGER, reports INTEGER, cells BIGINT)"
        )
        count = self.counts(con)
        built_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        row = [self.release_id, SCHEMA_VERSION, built_at, __version__, self.fingerprint, self.version, len(self.files)]
        con.execute("INSERT INTO meta.release VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, count["reports"], count["cells"]])

    def describe(self, keys: Sequence[str]) -> dict[str, Description]:
        """Columns (name, type, comment) and column lineage (column, source table, source column) of tables just built."""
        from pipelines.warehouse import lineage, models

        schema: lineage.Schema = {}
        out: dict[str, Description] = {key: Description([], []) for key in keys}
        for db, table, column, kind, comment in self.connection.execute(
            "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal"
            " AND database_name = current_database() ORDER BY schema_name, table_name, column_index"
        ).fetchall():
            schema.setdefault(db, {}).setdefault(table, {})[column] = kind
            if (described := out.get(f"{db}.{table}")) is not None:
                described.columns.append((column, kind, comment))
        wanted = [m for m in models.load() if m.key in out]
        for table, column, source_table, source_column in lineage.edges(wanted, schema, self.home.warehouse / "cache" / "lineage.json"):
            out[table].edges.append((column, source_table, source_column))
            self.edges.append((table, column, source_table, source_column))
        return out

    def summarise(self, summary: Any) -> None:
        """Counts, verdicts, findings and quarantined reports into the run's summary."""
        con = self.connection
        for name, value in self.counts(con).items():
            setattr(summary, name, value)
        superseded = con.execute("SELECT count(*) FROM core.dim_report WHERE NOT is_current").fetchone()
        summary.superseded = superseded[0] if superseded else 0
        current = "FROM core.dim_report r JOIN quality.verdict v USING (report_id) WHERE r.is_current"
        summary.verdicts.update(dict(con.execute(f"SELECT v.verdict, count(*) {current} GROUP BY ALL").fetchall()))
        summary.findings.update(dict(con.execute("SELECT severity, count(*) FROM quality.finding GROUP BY ALL").fetchall()))
        summary.quarantined = [
            {"report_id": report_id, "reasons": reasons}
            for report_id, reasons in con.execute(
                f"SELECT report_id, v.reasons {current} AND v.verdict = 'quarantined' ORDER BY ALL"
            ).fetchall()
        ]

    def counts(self, con: duckdb.DuckDBPyConnection | None = None) -> dict[str, int]:
        """Reports (current and superseded revisions) and printed cells of this build."""
        con = con or self.connection
        reports = con.execute("SELECT count(*) FROM core.dim_report").fetchone()
        cells = con.execute("SELECT count(*) FROM core.cell").fetchone()
        return {"reports": reports[0] if reports else 0, "cells": cells[0] if cells else 0}

    def seal(self) -> release.Release:
        """Close, flush and rename: the build is a complete release, not yet published."""
        con = self.connection
        info = {
            "schema_version": SCHEMA_VERSION,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "code_version": __version__,
            "reader_version": self.version,
            "fingerprint": self.fingerprint,
            "files": len(self.files),
            **self.counts(con),
        }
        con.execute("DROP SCHEMA IF EXISTS stage CASCADE")
        con.execute("CHECKPOINT")
        self._end()
        shutil.rmtree(self.path.parent / "spill", ignore_errors=True)
        sealed = release.seal(self.home, self.release_id, info)
        self.path = sealed.database
        return sealed

    def publish(self, sealed: release.Release) -> None:
        """Swap; then old releases beyond keep_releases go."""
        release.publish(self.home, sealed)
        release.clean(self.home, keep=self.home.limits.keep_releases)

    def abandon(self) -> None:
        """Remove what this build made; the published release stays."""
        self._end()
        if self.path.parent.name.startswith(release.BUILDING):
            shutil.rmtree(self.path.parent, ignore_errors=True)

    def _tables(self, schema: str, seconds: float) -> list[Table]:
        names = self.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND database_name = current_database() ORDER BY 1", [schema]
        ).fetchall()
        out = []
        for (name,) in names:
            row = self.connection.execute(f'SELECT count(*) FROM {schema}."{name}"').fetchone()
            out.append(Table(f"{schema}.{name}", row[0] if row else 0, seconds))
        return out
