"""Scores what the reader makes of the gold reports: `python benchmarks/accuracy/score_gold.py [--verbose] [GOLD …]`.

Needs the folder of real reports and golds beside the checkout (`../shared`); prints the score lines of each gold.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipelines.documents import read_path
from pipelines.reports import assemble, understand
from pipelines.reports.serialize import to_json

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def main(arguments: list[str]) -> int:
    names = [a for a in arguments if not a.startswith("--")]
    options = [a for a in arguments if a.startswith("--")]
    if not SHARED.exists():
        print(f"no real reports at {SHARED}")
        return 1
    for gold in sorted((SHARED / "gold").glob("*.json")):
        if names and gold.stem not in names:
            continue
        source = SHARED / "reports" / json.loads(gold.read_text(encoding="utf-8"))["source_file"]
        start = time.perf_counter()
        documents = read_path(source)
        middle = time.perf_counter()
        reports = assemble([r for d in documents for r in understand(d)])
        end = time.perf_counter()
        print(f"== {gold.stem}: {len(reports)} report(s), read {middle - start:.2f} s, understood {end - middle:.2f} s")
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(to_json(reports[0]), file, ensure_ascii=False)
            file.flush()
            subprocess.run([sys.executable, str(SHARED / "gold" / "score.py"), str(gold), file.name, *options], check=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
