"""The archive's records as tables: stage.file, one row a file with its origins, and quality.file_status, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import orjson

from pipelines.extraction.store import FileOutcome
from pipelines.sources.archive import ArchivedFile


def load_files(con: duckdb.DuckDBPyConnection, files: Sequence[ArchivedFile], outcomes: dict[str, FileOutcome], scratch: Path) -> None:
    """stage.file (one row a file of the archive) and quality.file_status (what became of it)."""
    con.execute("CREATE SCHEMA IF NOT EXISTS stage")
    con.execute("CREATE SCHEMA IF NOT EXISTS quality")
    lines = []
    for f in files:
        o = outcomes[f.sha256]
        record = {
            "file_sha256": f.sha256,
            "file_name": f.name,
            "size": f.size,
            "media_type": f.media_type,
            "origin": f.origins[0].origin if f.origins else None,
            "origins": [x.origin for x in f.origins],
            "first_seen": f.first_seen,
            "published_on": f.published_on,
            "state": o.state,
            "reason": o.reason,
            "message": o.message,
            "seconds": o.seconds,
        }
        lines.append(orjson.dumps(record))
    # through a file: DuckDB has no fast way to take Python rows, and this is 20 ms for 10,000 files
    records = scratch / "files.jsonl"
    records.write_bytes(b"\n".join(lines) + b"\n")
    columns = (
        "{file_sha256: 'VARCHAR', file_name: 'VARCHAR', size: 'BIGINT', media_type: 'VARCHAR', origin: 'VARCHAR', origins: 'VARCHAR[]',"
        " first_seen: 'TIMESTAMP', published_on: 'DATE', state: 'VARCHAR', reason: 'VARCHAR', message: 'VARCHAR', seconds: 'DOUBLE'}"
    )
    source = str(records).replace("'", "''")
    con.execute(
        f"CREATE OR REPLACE TABLE stage.file AS SELECT * FROM read_json('{source}', format = 'newline_delimited', columns = {columns})"
        " ORDER BY file_sha256"
    )
    con.execute(
        "CREATE OR REPLACE TABLE quality.file_status AS SELECT file_sha256, file_name, state, reason, message FROM stage.file ORDER BY 1"
    )
    records.unlink()
