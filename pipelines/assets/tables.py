"""The tables of a release as Dagster sees them: one asset spec each from the SQL models, check specs, materialisation metadata."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import dagster as dg

from pipelines.audit import suites
from pipelines.audit.tables import COLUMNS as QUALITY
from pipelines.warehouse import columns, models
from pipelines.warehouse.build import Build, Table

RELEASE = dg.AssetKey(["release", "current"])
STAGE = ("stage.report", "stage.report_part", "stage.file")
META = ("meta.release", "meta.data_dictionary", "meta.column_lineage")
SUITE = "suite"
EXPECTED = "quality.expected"
MISSING = "missing_reports"


def key(table: str) -> dg.AssetKey:
    """`core.dim_unit` → core/dim_unit."""
    return dg.AssetKey(table.split("."))


@lru_cache
def dependencies() -> dict[str, set[str]]:
    """Table → tables it is made from, of every table of a release."""
    loaded = models.load()
    keys = {m.key for m in loaded}
    out: dict[str, set[str]] = {name: {"stage.part"} for name in STAGE}
    out["stage.file"] = {"raw.archive"}
    for table in QUALITY:
        out.setdefault(f"quality.{table}", {m.key for m in loaded if m.key in ("core.cell", "core.dim_report")})
    out["quality.file_status"] = {"stage.file"}
    for m in loaded:
        known = {t for t in m.reads if t in keys or t in out}
        unknown_stage = any(t.startswith("stage.") and t not in out for t in m.reads)
        out[m.key] = known | ({"stage.report"} if unknown_stage or not known else set())
    for name in META:
        out[name] = {m.key for m in loaded if m.schema == "mart"}
    return out


def specs() -> list[dg.AssetSpec]:
    """One spec a table, and the release itself. Skippable: a table that a build does not make is no fault."""
    comments = columns.load().tables
    out = []
    for table, reads in dependencies().items():
        text = comments.get(table)
        out.append(
            dg.AssetSpec(
                key(table),
                deps=[key(r) for r in sorted(reads)],
                skippable=True,
                group_name=table.partition(".")[0],
                kinds={"duckdb", "sql"} if table.startswith(("core.", "mart.")) else {"duckdb"},
                description=text.both if text else None,
            )
        )
    ends = [key(t) for t in dependencies() if t.startswith(("mart.", "meta."))]
    what = "Published release 发布 (warehouse/current.duckdb)"
    return [*out, dg.AssetSpec(RELEASE, deps=ends, skippable=True, group_name="release", kinds={"duckdb"}, description=what)]


@lru_cache
def checked() -> dict[str, int]:
    """Table → number of expectations, of every table that has a suite."""
    known = dependencies()
    return {
        table: len(suite["expectations"])
        for layer in ("core", "quality", "mart")
        for table, suite in suites.load(layer).items()
        if table in known
    }


def check_specs() -> list[dg.AssetCheckSpec]:
    """One blocking check a table with a suite; and one that warns of reports that are due and have not come."""
    what = "Great Expectations suite of the table, run on the built database before it is published"
    missing = "Reports that are due (seeds/register.csv, gaps between years, last year's publishers) and have not come"
    specs = [dg.AssetCheckSpec(SUITE, asset=key(t), blocking=True, description=what) for t in checked()]
    return [*specs, dg.AssetCheckSpec(MISSING, asset=key(EXPECTED), blocking=False, description=missing)]


def missing_result(missing: Sequence[str]) -> dg.AssetCheckResult:
    """Of the check `missing_reports`: a warning that lists them; it never stops a release."""
    return dg.AssetCheckResult(
        passed=not missing,
        asset_key=key(EXPECTED),
        check_name=MISSING,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"missing": len(missing), "reports": list(missing[:50])},
    )


def check_results(found: Sequence[suites.SuiteResult], layers: Sequence[str]) -> Iterator[dg.AssetCheckResult]:
    """Suite results → one check result a table of the layers."""
    by_table: dict[str, list[suites.SuiteResult]] = defaultdict(list)
    for r in found:
        by_table[r.table_name].append(r)
    for table in checked():
        if table.partition(".")[0] not in layers:
            continue
        failed = [r for r in by_table[table] if not r.success]
        errors = [r for r in failed if r.severity == "error"]
        yield dg.AssetCheckResult(
            passed=not failed,
            asset_key=key(table),
            check_name=SUITE,
            severity=dg.AssetCheckSeverity.ERROR if errors else dg.AssetCheckSeverity.WARN,
            metadata={"expectations": len(by_table[table]), "failed": [f"{r.expectation}: {r.message}" for r in failed][:50]},
        )


def results(build: Build, made: Sequence[Table]) -> Iterator[dg.MaterializeResult[None]]:
    """Materialisations of tables just built, with row count, column schema and column lineage. Scratch tables are not assets."""
    known = dependencies()
    wanted = [t for t in made if t.key in known]
    described = build.describe([t.key for t in wanted])
    for table in wanted:
        metadata: dict[str, Any] = {"dagster/row_count": table.rows, "seconds": round(table.seconds, 3)}
        metadata["dagster/column_schema"] = dg.TableSchema(
            [dg.TableColumn(name, kind, description=comment or None) for name, kind, comment in described[table.key].columns]
        )
        lineage: dict[str, list[dg.TableColumnDep]] = defaultdict(list)
        for column, source_table, source_column in described[table.key].edges:
            lineage[column].append(dg.TableColumnDep(asset_key=key(source_table), column_name=source_column))
        if lineage:
            metadata["dagster/column_lineage"] = dg.TableColumnLineage(dict(lineage))
        yield dg.MaterializeResult(asset_key=key(table.key), metadata=metadata)
