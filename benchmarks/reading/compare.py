"""Readers of text PDFs side by side in one run: time, memory, grids, and whether each numeric cell comes out.

    python benchmarks/reading/compare.py [PDF…] [--install DIR] [--rounds 3] [--json FILE]

Without PDFs: all under ../shared/reports. `--install` makes environments for pdfplumber-rs and camelot in DIR (once) and
compares them too; without it, or where one cannot be installed, that reader is left out with the reason. The measure of
accuracy is pdfplumber's own ruled tables: `right` is the share of its numeric cells a reader has on the same page, `more` what the
reader has beyond them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
OTHERS = {"pdfplumber-rs": ("pdfplumber-rs", ["plumber"]), "camelot": ("camelot-py", ["camelot-lattice", "camelot-network"])}


def run(python: str, reader: str, rounds: int, files: list[Path]) -> dict[str, Any]:
    """The worker's answer; raises RuntimeError with its last line where it fails."""
    done = subprocess.run(
        [python, str(HERE / "workers.py"), reader, str(rounds), *map(str, files)], capture_output=True, text=True, cwd=REPOSITORY
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def environment(folder: Path, package: str) -> str:
    """The interpreter of an environment with `package`, made where it is not there; raises RuntimeError where it cannot be had."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "-q", package], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    return str(python)


def score(result: dict[str, Any], truth: dict[str, Any]) -> tuple[int, int, int]:
    """(numeric cells of the truth that the reader has on the same page, all of the truth, cells beyond the truth)."""
    right = total = more = 0
    for mine, other in zip(result["files"], truth["files"], strict=True):
        for page, expected in enumerate(other["numbers"]):
            have = Counter(mine["numbers"][page]) if page < len(mine["numbers"]) else Counter[str]()
            want = Counter(expected)
            right += sum((have & want).values())
            total += len(expected)
            more += sum((have - want).values())
    return right, total, more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--install", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    files = given.files or sorted((REPOSITORY.parent / "shared" / "reports").rglob("*.pdf"))
    if not files:
        sys.exit("no PDF given and none under ../shared/reports")
    jobs = [
        ("pypdfium2, bare pass", sys.executable, "bare"),
        ("juesuan", sys.executable, "ours"),
        ("pdfplumber", sys.executable, "plumber"),
    ]
    skipped: list[str] = []
    for name, (package, readers) in OTHERS.items():
        if given.install is None:
            skipped.append(f"{name}: not asked for (--install DIR)")
            continue
        try:
            python = environment(given.install / name, package)
            jobs += [(name if len(readers) == 1 else r.replace("-", ", "), python, r) for r in readers]
        except (RuntimeError, OSError) as error:
            skipped.append(f"{name}: {error}")
    results: dict[str, dict[str, Any]] = {}
    for name, python, reader in jobs:
        try:
            results[name] = run(python, reader, 1 if "camelot" in reader else given.rounds, files)
        except RuntimeError as error:
            skipped.append(f"{name}: {error}")
    report(results, skipped, len(files))
    if given.json:
        given.json.write_text(json.dumps(results, ensure_ascii=False))


def report(results: dict[str, dict[str, Any]], skipped: list[str], count: int) -> None:
    truth = results["pdfplumber"]
    pages = sum(len(file["grids"]) for file in truth["files"])
    base = sum(file["cpu"] for file in results["pypdfium2, bare pass"]["files"])
    print(f"{count} files, {pages} pages\n")
    print("| reader | CPU ms/page | × bare pass | wall ms/page | peak MB | grids | numeric cells right | more | failed files |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, result in results.items():
        cpu = sum(file["cpu"] or 0 for file in result["files"])
        wall = sum(file["wall"] or 0 for file in result["files"])
        grids = sum(sum(file["grids"]) for file in result["files"])
        failed = sum(file["error"] is not None for file in result["files"])
        right, total, more = score(result, truth)
        cells = "–" if name.startswith("pypdfium2") else f"{right} of {total} ({100 * right / max(total, 1):.2f} %)"
        print(
            f"| {name} | {1000 * cpu / pages:.2f} | {cpu / base:.2f} | {1000 * wall / pages:.2f} | {result['peak_mb']:.0f} "
            f"| {grids or '–'} | {cells} | {more} | {failed} |"
        )
    for line in skipped:
        print(f"\nleft out: {line}")


if __name__ == "__main__":
    main()
