"""Writes docs/accuracy.md: what is read rightly and what is missed, gold report by gold report and over all real reports. `make accuracy`.

Needs the folder of real reports and golds beside the checkout (`../shared`). No figure is typed by hand.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.documents import read_path
from pipelines.documents.model import Refused
from pipelines.reports import assemble, understand
from pipelines.reports.model import Report
from pipelines.reports.serialize import to_json

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "accuracy.md"
KEPT = 12  # lines of misses shown for a gold

HEAD = """# Accuracy, report by report

Written by `make accuracy` (`benchmarks/accuracy/page.py`), which reads the real reports and scores them against their gold;
not edited by hand. How typeset reports of many layouts and formats are read stands in [accuracy-typeset.md](accuracy-typeset.md),
how exactly and fast cells are read in [reading.md](reading.md).

## Gold reports

Recall and precision in percent. Cells: every number of every statement, by role, row and column.
Facts: every stated number, by metric, value and item. Forms: the numbers and texts of self-evaluations.

| gold report | cells | recall | precision | facts | recall | precision | forms: recall | precision | texts |
|---|---|---|---|---|---|---|---|---|---|
"""

MIDDLE = """
## What is missed

{misses}

## All real reports

Every published file at hand, read as `juesuan extract` does. Unrecognised: numbers of the narrative that no pattern takes;
they are listed in the report JSON and in `core.unrecognised`, never dropped. Findings: of reading and understanding, before the audit.

| report | kind | scope | files | statements | amounts | facts | unrecognised | forms | findings |
|---|---|---|---|---|---|---|---|---|---|
"""


def read_all(paths: list[Path]) -> Iterator[Report]:
    """All reports of the files, parts assembled; refused files are passed over (the templates)."""
    parts: list[Report] = []
    for path in paths:
        try:
            parts += [r for d in read_path(path) for r in understand(d)]
        except Refused:
            continue
    yield from assemble(parts)


def score(gold: Path) -> tuple[dict[str, str], int, int, list[str]]:
    """(the figures of the score line, cells and facts in the gold, lines of misses)."""
    source = SHARED / "reports" / json.loads(gold.read_text("utf-8"))["source_file"]
    report = next(read_all([source]))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(to_json(report), file, ensure_ascii=False)
        file.flush()
        command = [sys.executable, str(SHARED / "gold" / "score.py"), str(gold), file.name, "--verbose"]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    figures = dict(re.findall(r"(\w+)=([\d.]+)", lines[-1]))
    count = {what: int(n) for line in lines for what, n in re.findall(r"^(cells|facts): gold (\d+)", line)}
    return figures, count["cells"], count["facts"], [x.strip() for x in lines if re.match(r"\s+[A-Z]", x)]


def main() -> int:
    if not SHARED.exists():
        print(f"no real reports at {SHARED}: nothing to measure")
        return 1
    text, misses = HEAD, []
    for gold in sorted((SHARED / "gold").glob("*.json")):
        f, cells, facts, missed = score(gold)
        forms = [f.get(k, "–") for k in ("form_recall", "form_precision", "form_text_recall")]
        row = [gold.stem, cells, f["cell_recall"], f["cell_precision"], facts, f["fact_recall"], f["fact_precision"], *forms]
        text += f"| {' | '.join(map(str, row))} |\n"
        shown = "".join(f"- `{line}`\n" for line in missed[:KEPT])
        misses.append(f"**{gold.stem}**: " + (f"{len(missed)}\n\n{shown}" if missed else "nothing.\n"))
    text += MIDDLE.format(misses="\n".join(misses))
    files = sorted(p for p in (SHARED / "reports").rglob("*") if p.suffix in (".pdf", ".txt") and "templates" not in p.parts)
    stated = unread = 0
    for r in sorted(read_all(files), key=lambda r: (r.identity.department or "", r.identity.fiscal_year or 0, r.identity.scope or "")):
        i, amounts = r.identity, sum(v.number is not None for s in r.statements for row in s.rows for v in row.values.values())
        stated, unread = stated + len(r.facts) + len(r.unrecognised), unread + len(r.unrecognised)
        row = [f"{i.department} {i.fiscal_year}", i.report_kind, i.scope, len(r.files), len(r.statements), amounts, len(r.facts)]
        text += f"| {' | '.join(map(str, [*row, len(r.unrecognised), len(r.evaluations), len(r.findings)]))} |\n"
    text += f"\nUnrecognised in all: {unread} of {stated} ({100 * unread / max(stated, 1):.2f} %).\n"
    PAGE.write_text(text, "utf-8")
    print(f"{PAGE.relative_to(ROOT)}: written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
