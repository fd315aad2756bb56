"""Column lineage of the models, remembered between builds: sqlglot needs seconds for what changes only with the SQL or its inputs."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from pipelines.sources.archive import write_atomic
from pipelines.warehouse import columns

if TYPE_CHECKING:
    from pipelines.warehouse.models import Model

Schema = dict[str, dict[str, dict[str, str]]]
"""{schema: {table: {column: type}}}"""


def edges(models: list[Model], schema: Schema, cache: Path) -> list[columns.Edge]:
    """`columns.lineage_edges` of each model; what `cache` knows for the same SQL, inputs and code is not worked out again."""
    known: dict[str, list[list[str]]] = {}
    with contextlib.suppress(OSError, orjson.JSONDecodeError):  # no cache, or a broken one: worked out anew
        known = orjson.loads(cache.read_bytes())
    keys = {m.key: _key(m, schema) for m in models}
    missing = [m for m in models if keys[m.key] not in known]
    for model in missing:
        known[keys[model.key]] = [list(e) for e in columns.lineage_edges([model], schema)]
    if missing:
        write_atomic(cache, orjson.dumps(known))
    found = [(e[0], e[1], e[2], e[3]) for m in models for e in known[keys[m.key]]]
    return sorted(found)


def _key(model: Model, schema: Schema) -> str:
    inputs = {t: schema.get(t.partition(".")[0], {}).get(t.partition(".")[2]) for t in model.reads}
    code = Path(columns.__file__).read_bytes()
    return hashlib.sha256(orjson.dumps([model.key, model.sql, inputs, code.hex()], option=orjson.OPT_SORT_KEYS)).hexdigest()
