"""The staged form of a report part: one Parquet file a source file, one row a report part, lists of structs inside.

Why nested: a file is one unit of work and of replacement; 10,000 parts then are 10,000 rows, not 90,000 small files. DuckDB
unnests the lists (`sql/core`), and several staged files can be packed into one by plain concatenation.
"""

from __future__ import annotations

from typing import Any

import polars as pl

AMOUNT = pl.Decimal(20, 2)
NUMBER = pl.Decimal(28, 6)

Fields = dict[str, Any]

PLACE: Fields = {
    "page": pl.Int32,
    "x0": pl.Float32,
    "top": pl.Float32,
    "x1": pl.Float32,
    "bottom": pl.Float32,
    "locator": pl.String,  # the locator as JSON
}

STATEMENT: Fields = {
    "statement": pl.String,  # key: t01 … b13 or a role
    "instance": pl.Int32,  # 1, 2 … where a part holds a key twice
    "role": pl.String,
    "title": pl.String,
    "unit": pl.String,
    "form_no": pl.String,
    "note": pl.String,
    "printed_scope": pl.String,
    "n_rows": pl.Int32,
    "pages": pl.List(pl.Int32),
}

CELL: Fields = {  # every printed number, and every blank of a statement (value NULL, printed as it stands)
    "statement": pl.String,  # key | narrative | self_evaluation | performance_target
    "instance": pl.Int32,  # statement instance; form_no of a self-evaluation; 1 for narrative
    "row_no": pl.Int32,  # 1-based in the statement; ordinal of the fact; ordinal of the line in a form
    "side": pl.String,
    "block": pl.String,  # personnel | public; fund | management | indicator | total in a form
    "line_no": pl.Int32,
    "code": pl.String,  # as printed (joined); item_code of a fact
    "name": pl.String,  # row name; item_name of a fact; line of a form
    "keys": pl.String,  # further row keys as JSON
    "measure": pl.String,  # column; metric of a fact
    "printed": pl.String,
    "value": NUMBER,  # in the printed unit
    "unit": pl.String,  # 元 万元 % 个 辆 …
    "amount_yuan": AMOUNT,  # NULL for what is not money
    "resolution_yuan": NUMBER,  # one last printed digit in 元; NULL for what is not money
    "confidence": pl.Float32,
    **PLACE,
}

FACT: Fields = {  # what a narrative cell says beyond its number; joins cell on row_no (statement = narrative)
    "row_no": pl.Int32,
    "section": pl.String,
    "direction": pl.String,
    "item_no": pl.Int32,
    "item_class": pl.String,
    "item_section": pl.String,
    "item_name": pl.String,
    "item_code": pl.String,
    "sentence": pl.String,
}

CLAIM: Fields = {
    "ordinal": pl.Int32,
    "section": pl.String,
    "kind": pl.String,
    "metric": pl.String,
    "direction": pl.String,
    "item_name": pl.String,
    "item_code": pl.String,
    "text": pl.String,
    **PLACE,
}

EVALUATION: Fields = {
    "form_no": pl.Int32,
    "kind": pl.String,  # self_evaluation | performance_target
    "project_name": pl.String,
    "department": pl.String,
    "implementing_unit": pl.String,
    "attributes": pl.String,  # JSON
    "goal_expected": pl.String,
    "goal_actual": pl.String,
    "notes": pl.List(pl.String),
    **PLACE,
}

EVALUATION_LINE: Fields = {  # texts of a form's lines; joins cell on (kind = statement, form_no = instance, row_no)
    "form_no": pl.Int32,
    "kind": pl.String,
    "row_no": pl.Int32,
    "block": pl.String,  # fund | management | indicator | total
    "line": pl.String,
    "level1": pl.String,
    "level2": pl.String,
    "level3": pl.String,
    "target": pl.String,
    "actual": pl.String,
    "explanation": pl.String,
    "problem": pl.String,  # management: problem; indicator: reason of the deviation
}

MEMBER: Fields = {"ordinal": pl.Int32, "name": pl.String, "note": pl.String, **PLACE}
GLOSSARY: Fields = {"ordinal": pl.Int32, "term": pl.String, "definition": pl.String, **PLACE}
FINDING: Fields = {
    "ordinal": pl.Int32,
    "check_id": pl.String,
    "severity": pl.String,
    "statement": pl.String,
    "message": pl.String,
    **PLACE,
}
UNRECOGNISED: Fields = {"ordinal": pl.Int32, "text": pl.String, "why": pl.String, **PLACE}


def _list(fields: Fields) -> pl.List:
    return pl.List(pl.Struct(fields))


_PART_FIELDS: Fields = {
    "file_sha256": pl.String,
    "file_name": pl.String,
    "part_no": pl.Int32,  # 1, 2 … where a file holds several reports
    "part": pl.String,  # tables | narrative | all
    "reader": pl.String,  # reader version that staged it
    "document_kind": pl.String,  # pdf scan docx xlsx html text
    "n_pages": pl.Int32,
    "region": pl.String,
    "department": pl.String,
    "fiscal_year": pl.Int32,
    "report_kind": pl.String,
    "scope": pl.String,
    "printed_scope_word": pl.String,
    "printed_date": pl.String,
    "cover_text": pl.String,
    "unit_of_amount": pl.String,
    "evidence": pl.String,  # JSON
    "statements": _list(STATEMENT),
    "cells": _list(CELL),
    "facts": _list(FACT),
    "claims": _list(CLAIM),
    "evaluations": _list(EVALUATION),
    "evaluation_lines": _list(EVALUATION_LINE),
    "members": _list(MEMBER),
    "glossary": _list(GLOSSARY),
    "findings": _list(FINDING),
    "unrecognised": _list(UNRECOGNISED),
}

PART = pl.Schema(_PART_FIELDS)
