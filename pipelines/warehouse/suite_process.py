"""The suites in a process of their own, started with the build: Great Expectations needs seconds to import, meanwhile SQL runs;
and its connections never share a DuckDB instance with the build's."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import orjson

SHARES = 2
"""Processes the tables of a layer are divided among; each holds GX (forked, so mostly shared memory)."""


class SuiteFault(Exception):
    """The suites could not be run at all. One clear line; the build is not published."""


class SuiteProcess:
    """Start early, `run` as often as wanted, `close`."""

    def __init__(self) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.warehouse.suite_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,  # Ctrl-C reaches the build, which ends this process in order
            cwd=Path(__file__).resolve().parents[2],
        )

    def run(self, database: Path, layers: Sequence[str]) -> list[Any]:
        """Results (`audit.suites.SuiteResult`) of the suites of `layers` on a closed database."""
        from pipelines.audit.suites import SuiteResult

        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(orjson.dumps({"database": str(database), "layers": list(layers)}) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended: the empty answer below says so
        answer = self._process.stdout.readline()
        if not answer:
            raise SuiteFault(f"the suites could not be run: {self._last_error()}")
        data = orjson.loads(answer)
        if "fault" in data:
            raise SuiteFault(f"the suites could not be run: {data['fault']}")
        return [SuiteResult(**r) for r in data["results"]]

    def _last_error(self) -> str:
        code = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit code {code}"

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        self._process.wait()


def main() -> None:
    """The child: imports GX, then serves requests until stdin closes."""
    import os

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to stderr, not into the answers
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    _import_lazily("scipy.stats")  # a quarter of GX's import time, for one expectation nobody here uses
    import great_expectations  # noqa: F401

    for line in sys.stdin.buffer:
        answers.write(_isolated(orjson.loads(line)) + b"\n")
        answers.flush()


def _import_lazily(name: str) -> None:
    """Make `import name` cost nothing until something of it is used. Without the module nothing happens."""
    package, _, child = name.rpartition(".")
    spec = importlib.util.find_spec(name) if importlib.util.find_spec(package) else None
    if spec is None or spec.loader is None or name in sys.modules:
        return
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    setattr(importlib.import_module(package), child, module)


def _isolated(request: dict[str, Any]) -> bytes:
    """The answer from processes that have ended: GX keeps its connections, and with them the file, as long as its process lives.

    One a core, up to SHARES, each with its share of the tables: GX's own Python is most of the time.
    """
    import os

    if not hasattr(os, "fork"):
        return orjson.dumps(_answer(request, (0, 1)), default=str)
    shares = min(SHARES, os.cpu_count() or 1)
    answers: list[dict[str, Any]] = []
    with contextlib.ExitStack() as papers:
        children = []
        for number in range(shares):
            paper = papers.enter_context(tempfile.TemporaryFile())
            child = os.fork()
            if child == 0:
                paper.write(orjson.dumps(_answer(request, (number, shares)), default=str))
                paper.flush()
                os._exit(0)
            children.append((child, paper))
        for child, paper in children:
            _, status = os.waitpid(child, 0)
            paper.seek(0)
            answers.append(orjson.loads(paper.read()) if status == 0 else {"fault": f"the process of the suites ended (status {status})"})
    if fault := next((a for a in answers if "fault" in a), None):
        return orjson.dumps(fault)
    order = {layer: n for n, layer in enumerate(request["layers"])}
    results = [r for a in answers for r in a["results"]]
    return orjson.dumps({"results": sorted(results, key=lambda r: (order[r["layer"]], r["table_name"]))})


def _answer(request: dict[str, Any], share: tuple[int, int]) -> dict[str, Any]:
    from pipelines.audit import suites

    try:
        found = [r for layer in request["layers"] for r in suites.run(Path(request["database"]), layer, share=share)]
        return {"results": [asdict(r) for r in found]}
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"}


if __name__ == "__main__":
    main()
