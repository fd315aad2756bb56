"""The tables of the schema `quality` (CONTRACT §5): their columns, once, for DDL and for whoever reads them."""

from __future__ import annotations

import duckdb

COLUMNS: dict[str, dict[str, str]] = {
    "file_status": {
        "file_sha256": "VARCHAR",
        "file_name": "VARCHAR",
        "state": "VARCHAR",  # ok | refused | failed | unassigned
        "reason": "VARCHAR",  # stable code (empty, truncated, template, …)
        "message": "VARCHAR",
    },
    "finding": {
        "finding_id": "VARCHAR",
        "report_id": "VARCHAR",
        "check_id": "VARCHAR",
        "kind": "VARCHAR",
        "severity": "VARCHAR",  # error | warning | info
        "statement": "VARCHAR",
        "page": "INTEGER",
        "expected_yuan": "DECIMAL(20,2)",
        "actual_yuan": "DECIMAL(20,2)",
        "difference_yuan": "DECIMAL(20,2)",
        "tolerance_yuan": "DECIMAL(20,2)",
        "expected": "DOUBLE",  # percentages, scores, counts: what is not money
        "actual": "DOUBLE",
        "is_rounding": "BOOLEAN",
        "cell_ids": "VARCHAR[]",
        "suspect_cell_id": "VARCHAR",
        "suggested_yuan": "DECIMAL(20,2)",
        "confidence": "DOUBLE",  # of the suspect, 0..1
        "message": "VARCHAR",
        "locator": "VARCHAR",  # JSON, of the first cell or of the text
    },
    "identity_result": {
        "report_id": "VARCHAR",
        "check_id": "VARCHAR",
        "checked": "INTEGER",
        "held": "INTEGER",  # exactly
        "rounding": "INTEGER",
        "broken": "INTEGER",
        "worst_yuan": "DECIMAL(20,2)",
    },
    "suspect": {  # the cells to read again (second reading), and what would mend them
        "report_id": "VARCHAR",
        "cell_id": "VARCHAR",
        "file_sha256": "VARCHAR",
        "page": "INTEGER",
        "printed": "VARCHAR",
        "amount_yuan": "DECIMAL(20,2)",
        "suggested_yuan": "DECIMAL(20,2)",
        "explains": "INTEGER",  # broken identities it would mend
        "contradicts": "INTEGER",  # holding identities it would break
        "edit": "VARCHAR",  # digit | transposition | shift | sign | blank | swap | other
        "confidence": "DOUBLE",
        "second_reading": "VARCHAR",  # NULL until read again: printed_so | misread
    },
    "suite_result": {
        "layer": "VARCHAR",
        "table_name": "VARCHAR",
        "expectation": "VARCHAR",
        "column_name": "VARCHAR",
        "severity": "VARCHAR",
        "success": "BOOLEAN",
        "broken_check": "BOOLEAN",  # the check itself failed: no verdict on the data
        "observed": "VARCHAR",
        "unexpected_count": "BIGINT",
        "message": "VARCHAR",
    },
    "verdict": {
        "report_id": "VARCHAR",
        "verdict": "VARCHAR",  # admitted | admitted_with_findings | quarantined
        "score": "DOUBLE",
        "score_reading": "DOUBLE",
        "score_identities": "DOUBLE",
        "score_completeness": "DOUBLE",
        "score_wording": "DOUBLE",
        "errors": "INTEGER",
        "warnings": "INTEGER",
        "infos": "INTEGER",
        "reasons": "VARCHAR[]",
    },
    "audited": {
        "report_id": "VARCHAR",
        "audit_key": "VARCHAR",  # of all that the findings depend on; NULL outside a warehouse
        "cells": "BIGINT",  # amounts of statements
        "cells_checked": "BIGINT",  # in at least one identity
        "cells_checked_twice": "BIGINT",  # in two or more
    },
    "repair": {
        "cell_id": "VARCHAR",
        "report_id": "VARCHAR",
        "repaired_yuan": "DECIMAL(20,2)",
        "reason": "VARCHAR",
        "evidence": "VARCHAR",
    },
}


def create(con: duckdb.DuckDBPyConnection, keep: tuple[str, ...] = ("file_status", "repair", "suite_result")) -> None:
    """(Re)creates the tables of `quality`; those in `keep` stay as they are when they are there."""
    con.execute("CREATE SCHEMA IF NOT EXISTS quality")
    for table, columns in COLUMNS.items():
        body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        verb = "CREATE TABLE IF NOT EXISTS" if table in keep else "CREATE OR REPLACE TABLE"
        con.execute(f"{verb} quality.{table} ({body})")
