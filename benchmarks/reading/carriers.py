"""Real reports on other carriers: each change of `carriers_make` must give the report JSON of the unchanged file, locators aside.

usage: python -m benchmarks.reading.carriers --install DIR [--only WORD] [--files WORD] [--keep DIR] [--verbose] [--out FILE]

`--install` puts pikepdf into DIR (once); nothing of the project needs it otherwise. Reports are read where they lie (../shared/reports).
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines import documents, reports
from pipelines.documents.model import Refused
from pipelines.reports.serialize import to_json

REPOSITORY = Path(__file__).resolve().parents[2]
PLACES = {"locator", "pages", "rest", "cover_text", "evidence", "sha256", "name", "report_id"}
PARTS = ("report", "tables", "narrative_facts", "self_evaluations", "member_units", "glossary")
Json = dict[str, Any]


def without_places(value: Any, at: str = "") -> Any:
    """The JSON without what tells where something is printed; `name` is left out of `files` only."""
    if isinstance(value, dict):
        return {k: without_places(v, k) for k, v in value.items() if k not in PLACES or (k == "name" and at != "files")}
    if isinstance(value, list):
        return [without_places(v, at) for v in value]
    if isinstance(value, str):
        return re.sub(r"\s+", "", value)
    return value


def read(data: bytes, name: str) -> list[Json] | str:
    """What the file says, one JSON a report in it; the reason where it is refused."""
    try:
        found = [r for d in documents.read(data, name) for r in reports.understand(d)]
    except Refused as error:
        return f"refused: {error.reason}"
    return [without_places({k: v for k, v in to_json(r).items() if k in PARTS}) for r in found]


def numbers(value: Any) -> Counter[str]:
    """Every printed number of the tables, by table and measure."""
    out: Counter[str] = Counter()
    for key, table in (value.get("tables") or {}).items():
        for row in table["rows"]:
            for measure, amount in row["values"].items():
                if amount is not None:
                    out[f"{key}/{row.get('code')}/{row['name']}/{measure}={amount}"] += 1
    return out


def differences(want: Any, got: Any, at: str = "") -> Iterator[str]:
    """Paths at which two JSON values differ, with both."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in [*want, *(k for k in got if k not in want)]:
            if key not in want or key not in got:
                yield f"{at}/{key}: {'more' if key not in want else 'missing'}"
            else:
                yield from differences(want[key], got[key], f"{at}/{key}")
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            yield f"{at}: {len(want)} became {len(got)}"
        for i, (a, b) in enumerate(zip(want, got, strict=False)):
            yield from differences(a, b, f"{at}[{i}]")
    elif want != got:
        yield f"{at}: {str(want)[:80]} became {str(got)[:80]}"


@dataclass
class Result:
    """Files of one change: how many read the same, cells lost and gained, and what differs."""

    files: int = 0
    same: int = 0
    cells: int = 0
    lost: int = 0
    gained: int = 0
    facts_off: int = 0
    details: list[str] = field(default_factory=list)


def compare(name: str, want: list[Json] | str, got: list[Json] | str, result: Result) -> None:
    result.files += 1
    if want == got:
        result.same += 1
        result.cells += sum(numbers(r).total() for r in want) if not isinstance(want, str) else 0
        return
    if isinstance(want, str) or isinstance(got, str):
        result.details.append(f"{name}: {want if isinstance(want, str) else 'read'} became {got if isinstance(got, str) else 'read'}")
        if not isinstance(want, str):
            result.cells += (n := sum(numbers(r).total() for r in want))
            result.lost += n
        return
    before, after = (sum((numbers(r) for r in x), Counter[str]()) for x in (want, got))
    result.cells += before.total()
    result.lost += (before - after).total()
    result.gained += (after - before).total()
    facts = [Counter(f"{f['metric']}={f['value']}" for r in x for f in r["narrative_facts"]) for x in (want, got)]
    result.facts_off += (facts[0] - facts[1]).total() + (facts[1] - facts[0]).total()
    result.details += [f"{name}: {d}" for d in list(differences(want, got))[:12]]


def install(folder: Path) -> None:
    """pikepdf in `folder`, importable from now on."""
    if not (folder / "pikepdf").exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), "pikepdf"], check=True)
    sys.path.append(str(folder))


def changed(data: bytes, change: Any) -> bytes:
    """The bytes of the file after a change."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.original_bytes = data
        change(pdf)
        pdf.remove_unreferenced_resources()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--files", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    install(given.install)
    from benchmarks.reading import carriers_text
    from benchmarks.reading.carriers_make import CHANGES

    assert carriers_text
    paths = [p for p in sorted((REPOSITORY.parent / "shared" / "reports").rglob("*.pdf")) if given.files in p.name]
    want = {p: read(p.read_bytes(), p.name) for p in paths}
    lines = ["| carrier | files the same | cells | lost | gained | stated numbers off |", "|---" * 6 + "|"]
    for name, change in CHANGES.items():
        if given.only and not re.search(given.only, name):
            continue
        result = Result()
        start = time.perf_counter()
        for path in paths:
            try:
                data = changed(path.read_bytes(), change)
            except Exception as error:
                result.files += 1
                result.details.append(f"{path.name}: not made: {type(error).__name__} {error}"[:200])
                continue
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{path.stem}.{re.sub(r'[^0-9A-Za-z]+', '-', name)}.pdf").write_bytes(data)
            compare(path.name, want[path], read(data, path.name), result)
        line = f"| {name} | {result.same} of {result.files} | {result.cells} | {result.lost} | {result.gained} | {result.facts_off} |"
        print(line, f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
        if given.verbose:
            print(*("   " + d for d in result.details), sep="\n", file=sys.stderr)
        lines.append(line)
    text = "\n".join(lines) + "\n"
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
