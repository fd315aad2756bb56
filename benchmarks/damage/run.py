"""Reads some thousand damaged and hostile files in the pool: no crash of the run, no hang, memory within limits, a reason for each.

    python -m benchmarks.damage.run [--files 2000] [--workers 2] [--seed 1] [--reports FOLDER] [--out results.json]

The files are derived at run time from the real reports in FOLDER (default: `../shared/reports`) and from small samples set here;
nothing is kept. The task is the whole reading: documents and understanding.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2 as pdfium

from benchmarks.damage.hostile import hostile_files
from pipelines.extraction.worker import Job, Pool
from pipelines.settings import REPOSITORY, Limits
from tests.small_report import REPORT, as_docx, as_html, as_text, as_xlsx

Damage = Callable[[bytes, random.Random], bytes]


def flip(data: bytes, rng: random.Random) -> bytes:
    """1 to 200 bytes changed anywhere."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 5, 20, 200])):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def truncate(data: bytes, rng: random.Random) -> bytes:
    """The download broke off."""
    return data[: rng.randrange(len(data))]


def hole(data: bytes, rng: random.Random) -> bytes:
    """A block of zeros, as a bad disk leaves it."""
    start = rng.randrange(len(data))
    size = rng.choice([16, 512, 4096, 65536])
    return data[:start] + b"\0" * min(size, len(data) - start) + data[start + size :]


def cut(data: bytes, rng: random.Random) -> bytes:
    """A block missing."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice([1, 64, 4096, 65536]) :]


def shuffle(data: bytes, rng: random.Random) -> bytes:
    """Two blocks changed places."""
    a, b = sorted(rng.randrange(len(data)) for _ in range(2))
    size = rng.choice([64, 4096])
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def streams(data: bytes, rng: random.Random) -> bytes:
    """Bytes changed inside compressed streams of a PDF (or anywhere, elsewhere)."""
    spans = [m.span(1) for m in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.S)]
    if not spans:
        return flip(data, rng)
    out = bytearray(data)
    for start, end in rng.sample(spans, min(len(spans), rng.choice([1, 3, 10]))):
        for _ in range(rng.choice([1, 10])):
            if end > start:
                out[rng.randrange(start, end)] = rng.randrange(256)
    return bytes(out)


def pages(data: bytes, rng: random.Random) -> bytes:
    """Pages taken out of a PDF, whose text then starts or ends in mid table."""
    if not data.startswith(b"%PDF"):
        return cut(data, rng)
    document = pdfium.PdfDocument(data)
    try:
        for _ in range(rng.randrange(1, max(len(document), 2))):
            if len(document) > 1:
                document.del_page(rng.randrange(len(document)))
        with tempfile.TemporaryFile() as file:
            document.save(file)
            file.seek(0)
            return file.read()
    finally:
        document.close()


DAMAGES: dict[str, Damage] = {f.__name__: f for f in (flip, truncate, hole, cut, shuffle, streams, pages)}


def sources(reports: Path) -> list[tuple[str, bytes]]:
    """(name, bytes) of sound files: the real reports and a small one in every format."""
    found = [(p.name, p.read_bytes()) for p in sorted(reports.glob("*/*")) if p.suffix in (".pdf", ".txt", ".xls", ".xlsx")]
    made = [
        ("small.docx", as_docx(REPORT)),
        ("small.xlsx", as_xlsx(REPORT)),
        ("small.html", as_html(REPORT)),
        ("small.txt", as_text(REPORT)),
    ]
    return found + made * max(1, len(found) // 8)


def damaged(count: int, seed: int, reports: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """(kind, file) of each damaged or hostile file, written below `folder`."""
    rng = random.Random(seed)
    kinds = list(DAMAGES)
    sound = sources(reports)
    for number, (kind, data) in enumerate(hostile_files()):
        path = folder / f"hostile{number:04d}"
        path.write_bytes(data)
        yield kind, path
        count -= 1
    for number in range(count):
        kind = kinds[number % len(kinds)]
        name, data = rng.choice(sound)
        path = folder / f"{number:05d}-{kind}{Path(name).suffix}"
        path.write_bytes(DAMAGES[kind](data, rng))
        yield kind, path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--memory", type=int, default=1500)
    parser.add_argument("--task", default="pipelines.extraction.one:read_parts")
    parser.add_argument("--reports", type=Path, default=REPOSITORY.parent / "shared" / "reports")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--ocr", action="store_true", help="recognise pages without text, too (slow: damage makes many of them)")
    args = parser.parse_args()
    if not args.ocr:
        os.environ["JUESUAN_OCR"] = "off"
    limits = Limits(read_seconds=args.seconds, read_memory_mb=args.memory)  # type: ignore[call-arg]
    states: dict[str, Counter[str]] = defaultdict(Counter)
    broken: list[str] = []
    silent: list[str] = []
    peak = slowest = 0.0
    done = 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary, Pool(args.workers, limits, args.task) as pool:
        kinds = {path: kind for kind, path in damaged(args.files, args.seed, args.reports, Path(temporary))}
        for job, result in pool.map([Job(path, path.name) for path in kinds]):
            done += 1
            peak, slowest = max(peak, result.peak_mb), max(slowest, result.seconds)
            reason = result.refused[0] if result.refused else "read"
            states[kinds[job.path]][reason if result.state != "failed" else "failed"] += 1
            if result.state == "failed":
                last = (result.traceback or "").strip().splitlines()
                where = next((line.strip() for line in reversed(last) if line.strip().startswith("File ")), "")
                broken.append(f"{job.name}: {result.refused[1] if result.refused else ''} {where}")
            if result.state != "ok" and (result.refused is None or not result.refused[1].strip() or "\n" in result.refused[1]):
                silent.append(job.name)
            if done % 100 == 0 or result.seconds > 10:
                passed = time.monotonic() - start
                print(f"{done}/{len(kinds)} {passed:.0f} s; {job.name} {reason} {result.seconds:.1f} s", file=sys.stderr, flush=True)
        total = len(kinds)
    seconds = time.monotonic() - start
    reasons = sorted({r for c in states.values() for r in c})
    print(f"\n{total} files, {done} answered, {seconds:.0f} s, slowest {slowest:.1f} s, peak {peak:.0f} MB (limit {args.memory} MB)\n")
    print("| damage | " + " | ".join(reasons) + " |\n|---|" + "--:|" * len(reasons))
    for kind, counts in states.items():
        print(f"| {kind} | " + " | ".join(str(counts[r]) for r in reasons) + " |")
    for line in sorted(broken):
        print("failed:", line)
    if args.out:
        args.out.write_text(
            json.dumps({"states": states, "failed": broken, "seconds": seconds, "peak_mb": peak}, ensure_ascii=False, indent=1)
        )
    return 0 if done == total and not silent and peak <= args.memory * 1.1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
