"""Great Expectations suites (expectations/<schema>.<table>.json) on a built, closed database; results for quality.suite_result.

GX is imported inside `run`: it costs seconds. An expectation whose metric raises is a broken check, said as such, not bad data.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson

from pipelines.audit import tables
from pipelines.settings import code_data

Layer = Literal["core", "mart", "quality"]
_SEVERITY = {"critical": "error", "warning": "warning", "info": "info"}


class BadSuite(ValueError):
    """A suite file does not hold; the message names the file and the fault."""


@dataclass(frozen=True)
class SuiteResult:
    """One expectation on one table. `severity` error stops the release when `success` is False."""

    layer: str
    table_name: str  # schema.table
    expectation: str
    column_name: str | None
    severity: str
    success: bool
    broken_check: bool
    observed: str | None
    unexpected_count: int | None
    message: str


def load(layer: str, folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """The suites of a layer by table, as JSON: {"name", "expectations": [{"type", "kwargs", "severity", "meta"}]}."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((folder or code_data("expectations")).glob(f"{layer}.*.json")):
        try:
            suite = orjson.loads(path.read_bytes())
            if suite["name"] != path.stem:
                raise BadSuite(f"{path.name}: the suite is named {suite['name']!r}")
            for number, expectation in enumerate(suite["expectations"], 1):
                if expectation.get("severity") not in _SEVERITY or not isinstance(expectation.get("kwargs"), dict):
                    raise BadSuite(f"{path.name}: expectation {number} needs kwargs and a severity (critical, warning, info)")
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise BadSuite(f"{path.name}: {error}") from error
        found[path.stem] = suite
    return found


def run(database_path: Path, layer: Layer, folder: Path | None = None, share: tuple[int, int] = (0, 1)) -> list[SuiteResult]:
    """Runs the suites of `layer` on the closed database at `database_path`, in one GX context. Tables in suite order.

    `share` (k, n): only every n-th table, the longest suites dealt first, for n processes that divide the work.
    """
    suites = load(layer, folder)
    by_length = sorted(suites, key=lambda table: (-len(suites[table]["expectations"]), table))
    suites = {table: suites[table] for table in sorted(by_length[share[0] :: share[1]])}
    with duckdb.connect(str(database_path), read_only=True) as con:
        present = {f"{s}.{t}" for s, t in con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()}
        results = _coverage(con, database_path, layer) if f"{layer}.dim_report" in present and share[0] == 0 else []
    results += [_missing(layer, table) for table in suites if table not in present]
    wanted = {table: suite for table, suite in suites.items() if table in present}
    return results + (_validate(database_path, layer, wanted) if wanted else [])


def _missing(layer: str, table: str) -> SuiteResult:
    return SuiteResult(layer, table, "table_exists", None, "error", False, False, None, None, f"{table} has not been built")


def _validate(database_path: Path, layer: str, suites: dict[str, dict[str, Any]]) -> list[SuiteResult]:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import logging

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx

    from pipelines.audit import gx_dialect

    gx_dialect.register()
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    context._save_project_config = lambda: None  # kept nowhere: as YAML once a table it would cost a tenth of the suites
    source = context.data_sources.add_sql(
        "warehouse", connection_string=f"duckdb+gx:///{database_path}", kwargs={"connect_args": {"read_only": True}}
    )
    out: list[SuiteResult] = []
    for table, suite in suites.items():
        schema, _, name = table.partition(".")
        asset = source.add_table_asset(table, table_name=name, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        outcome = batch.validate(gx.ExpectationSuite(name=suite["name"], expectations=suite["expectations"]))
        out += [_result(layer, table, r) for r in outcome.results]
    _release(source)
    return out


def _release(source: Any) -> None:
    """Closes GX's connections: the build opens the same file for writing next."""
    execution = source.get_execution_engine()
    execution.close()
    execution.engine.dispose()
    if engine := getattr(source, "_engine", None):
        engine.dispose()


def _result(layer: str, table: str, result: Any) -> SuiteResult:
    config, found = result.expectation_config, result.result or {}
    kwargs: dict[str, Any] = config.kwargs
    columns = kwargs.get("column") or kwargs.get("column_list")
    broken = not result.success and _raised(result.exception_info)
    count = found.get("unexpected_count", found.get("observed_value") if config.type == "unexpected_rows_expectation" else None)
    observed = found.get("observed_value", found.get("unexpected_percent"))
    meta = config.meta or {}
    what = meta.get("says") or kwargs.get("description") or config.type
    if result.success:
        message = str(what)
    elif broken:
        message = f"the check itself failed: {_raised(result.exception_info)}"
    else:
        examples = found.get("partial_unexpected_list") or (found.get("details") or {}).get("unexpected_rows") or []
        message = f"{what}; found {observed if count is None else count}" + (f", e.g. {str(examples[:3])[:200]}" if examples else "")
    severity = _SEVERITY.get(str(getattr(config, "severity", None) or "critical").split(".")[-1].lower(), "error")
    return SuiteResult(
        layer,
        table,
        str(meta.get("rule_id") or config.type),
        ", ".join(columns) if isinstance(columns, list) else columns,
        severity,
        bool(result.success),
        bool(broken),
        None if observed is None else str(observed),
        int(count) if isinstance(count, int | float) and not isinstance(count, bool) else None,
        message,
    )


def _raised(info: Any) -> str | None:
    """The first exception in GX's exception_info (flat, or keyed by metric), else None."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else [e for e in info.values() if isinstance(e, dict)]
    return next((str(e.get("exception_message") or "unknown").splitlines()[0] for e in entries if e.get("raised_exception")), None)


_GONE = """
WITH last AS (
    SELECT r.report_id, bool_or(f.file_sha256 IN (SELECT file_sha256 FROM core.report_file)) AS is_here
    FROM last_release.core.dim_report AS r JOIN last_release.core.report_file AS f USING (report_id)
    GROUP BY r.report_id
)
SELECT count(*), count(*) FILTER (NOT is_here), (list(report_id ORDER BY report_id) FILTER (NOT is_here))[1:5] FROM last
"""
"""Reports of the last release none of whose files is in a report now: by file, since ids may change with a settled alias."""


def _coverage(con: duckdb.DuckDBPyConnection, database_path: Path, layer: str) -> list[SuiteResult]:
    """Reports of the last release that are gone: a release that lost a tenth of them is not published."""
    current = database_path.parent.parent.parent / "current.duckdb"
    if not current.exists() or current.resolve() == database_path.resolve():
        return []
    try:
        con.execute(f"ATTACH '{current.resolve()}' AS last_release (READ_ONLY)")
        row = con.execute(_GONE).fetchone()
    except duckdb.Error as error:
        text = f"the check itself failed: {str(error).splitlines()[0]}"
        return [SuiteResult(layer, "core.dim_report", "coverage_of_last_release", None, "warning", False, True, None, None, text)]
    before, gone, names = row or (0, 0, [])
    share = gone / before if before else 0.0
    text = f"{gone} of the {before} reports of the last release have no file in this one"
    if names:
        text += (
            f": {', '.join(names)}{' …' if gone > len(names) else ''}; if that is meant, remove warehouse/current.duckdb and build again"
        )
    severity = "error" if share > 0.1 else "warning"
    return [SuiteResult(layer, "core.dim_report", "coverage_of_last_release", None, severity, gone == 0, False, f"{share:.3f}", gone, text)]


def store(con: duckdb.DuckDBPyConnection, results: Iterable[SuiteResult]) -> None:
    """Appends results to quality.suite_result (created when missing); earlier results of the same layer are replaced."""
    con.execute("CREATE SCHEMA IF NOT EXISTS quality")
    body = ", ".join(f"{name} {kind}" for name, kind in tables.COLUMNS["suite_result"].items())
    con.execute(f"CREATE TABLE IF NOT EXISTS quality.suite_result ({body})")
    found = list(results)
    for layer in {r.layer for r in found}:
        con.execute("DELETE FROM quality.suite_result WHERE layer = ?", [layer])
    if found:  # column by column: row by row DuckDB needs a second for some hundred of them
        kinds = tables.COLUMNS["suite_result"]
        values = [[getattr(r, f.name) for r in found] for f in fields(SuiteResult)]
        lists = ", ".join(f"unnest(?::{kinds[f.name]}[])" for f in fields(SuiteResult))
        con.execute(f"INSERT INTO quality.suite_result SELECT {lists}", values)
