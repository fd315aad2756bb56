"""`juesuan trace` and `verify`: from a number back to its printed place; a file read again by the second reader."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pipelines.commands.errors import Fault, one_line
from pipelines.settings import Home

_CELL = """
SELECT c.cell_id, c.report_id, c.statement, s.title, c.code, c.name, c.side, c.block, c.row_no, c.measure, c.printed, c.printed_unit,
       c.amount_yuan, c.file_sha256, c.page, c.x0, c.top, c.x1, c.bottom, c.locator, c.reading, c.confidence, f.file_name
FROM core.cell c
LEFT JOIN (SELECT report_id, statement, any_value(title) AS title FROM core.statement GROUP BY ALL) s USING (report_id, statement)
LEFT JOIN (SELECT file_sha256, any_value(file_name) AS file_name FROM quality.file_status GROUP BY ALL) f USING (file_sha256)
WHERE c.cell_id = ? ORDER BY c.report_id DESC LIMIT 1
"""


def trace(home: Home, cell_id: str, out: Path | None, as_json: bool) -> int:
    """The place of a cell in words; with `out`, a PNG of its page with the cell boxed."""
    from pipelines.commands.query import print_json
    from pipelines.sources.archive import Archive
    from pipelines.warehouse import reader

    con = reader.connect(reader.database(home), home.limits.query_memory_mb)
    try:
        cell = find(con, cell_id)
    finally:
        con.close()
    if cell is None:
        raise Fault(f"{cell_id}: no such cell in the release (a cell_id is <12 hex>:<statement>#<n>:<row>:<measure>)")
    record = Archive(home).get(cell["file_sha256"])
    cell["origin"] = record.origins[0].origin if record else None
    if as_json:
        cell["locator"] = json.loads(cell["locator"]) if cell["locator"] else None
        print_json(cell)
    else:
        print("\n".join(_words(cell)))
    if out is not None:
        if record is None:
            raise Fault(f"{cell['file_name']}: its bytes are no longer in {home.archive}")
        draw(record.path.read_bytes(), cell, out)
        print(f"{out}: page {cell['page']} with the cell boxed", file=sys.stderr)
    return 0


def find(con: Any, cell_id: str) -> dict[str, Any] | None:
    """The cell with the title of its table and the name of its file, or None."""
    cursor = con.execute(_CELL, [cell_id])
    row = cursor.fetchone()
    return dict(zip([d[0] for d in cursor.description], row, strict=True)) if row else None


def _words(cell: dict[str, Any]) -> list[str]:
    title = cell["title"] or {"narrative": "情况说明", "self_evaluation": "项目支出绩效自评表", "performance_target": "绩效目标表"}.get(
        cell["statement"], ""
    )
    row = " ".join(str(v) for v in (cell["code"], cell["name"]) if v)
    place = place_in_words(json.loads(cell["locator"]) if cell["locator"] else {})
    amount = f" = {cell['amount_yuan']:,} 元" if cell["amount_yuan"] is not None else ""
    out = [
        f"printed    {cell['printed'] or '(blank)'} {cell['printed_unit'] or ''}{amount}",
        f"statement  {cell['statement']} {title}",
        f"row        {cell['row_no']}: {row}" + (f" ({cell['side']})" if cell["side"] else ""),
        f"measure    {cell['measure']}",
        f"report     {cell['report_id']}",
        f"file       {cell['file_name'] or ''} sha256 {cell['file_sha256']}",
        f"origin     {cell['origin'] or 'not in the archive any more'}",
        f"place      {place}",
    ]
    if cell["confidence"] is not None:
        out.append(f"reading    {cell['reading'] or ''} confidence {cell['confidence']:.3f}")
    return [one_line(line) for line in out]


def place_in_words(locator: dict[str, Any]) -> str:
    """A locator as one phrase: page 12, box 301.2 440.0 352.8 452.1 pt from the top left."""
    parts = [
        f"{name} {locator[name]}" for name in ("page", "sheet", "cell", "table", "row", "column", "line") if locator.get(name) is not None
    ]
    if box := locator.get("box"):
        parts.append("box " + " ".join(f"{v:.1f}" for v in box) + " pt from the top left")
    return ", ".join(parts) or "unknown"


def draw(data: bytes, cell: dict[str, Any], out: Path, dpi: int = 150, margin: float | None = None) -> None:
    """The page (or `margin` points around the cell) with the cell boxed, as PNG. Raises `Fault` where the format has no pages."""
    from pipelines.documents.model import Locator, Refused
    from pipelines.documents.trace import render

    try:
        if not cell["locator"]:
            raise ValueError("its place is not known")
        render(data, Locator.from_json(json.loads(cell["locator"])), out, dpi=dpi, margin=margin)
    except (ValueError, OSError, Refused) as error:  # OSError: the bytes are no image
        raise Fault(f"{cell['file_name']}: no picture ({error}); the place is told in words") from error


def verify(files: list[Path], as_json: bool) -> int:
    """Each PDF against the second reader, cell by cell: 0 all agree, 3 differ, 1 a file could not be read."""
    from pipelines import documents
    from pipelines.commands.query import print_json
    from pipelines.documents.model import Refused
    from pipelines.sources.archive import walk

    missing = [f for f in files if not f.exists()]
    if missing:
        raise Fault(f"{missing[0]}: no such file or folder", 2)
    failed = differing = 0
    found: list[dict[str, Any]] = []
    for path in walk(files):
        try:
            for document in documents.read_path(path):
                if document.kind != "pdf":
                    print(one_line(f"{document.name}: {document.kind} has no second reader"), file=sys.stderr)
                    continue
                from pipelines.documents.verify import verify_document

                differences = verify_document(path.read_bytes(), document)
                differing += bool(differences)
                found += [{"file": str(path), "page": d.page, "box": d.box, "first": d.first, "second": d.second} for d in differences]
                if not as_json:
                    print(one_line(f"{path}: {len(differences)} cells differ" if differences else f"{path}: both readers agree"))
                    for d in differences:
                        place = place_in_words({"page": d.page, "box": d.box})
                        print(one_line(f"  {place}: first {d.first!r}, second {d.second!r}"))
        except Refused as error:
            failed += 1
            print(one_line(f"juesuan: {path}: refused ({error.reason}): {error}"), file=sys.stderr)
    if as_json:
        print_json(found)
    return 1 if failed else 3 if differing else 0
