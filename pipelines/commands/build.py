"""`juesuan build`: archive, read, assemble, build, audit, publish; and the summary it prints."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from pipelines.assets.workspace import Workspace, problem_line
from pipelines.commands.errors import Fault, fail, one_line
from pipelines.settings import Home


def run(
    home: Home,
    paths: list[Path],
    workers: int | None,
    years: list[int],
    everything: bool,
    publish: bool,
    as_json: bool = False,
    verbose: bool = False,
) -> int:
    """Exit code of CONTRACT §2: 0 published, nothing new or audited without publishing; 1 not published."""
    from pipelines.assets import work
    from pipelines.commands.progress import progress

    missing = [p for p in paths if not p.exists()]
    if missing:
        raise Fault(f"{missing[0]}: no such file or folder", 2)
    started = time.monotonic()
    with progress() as shown:
        workspace = Workspace(home, tuple(paths), workers, frozenset(years), everything, publish, fetch=False, notify=False, progress=shown)
        # Signals are noted from here on: what an import or Dagster swallows is seen between the steps.
        with workspace.interrupts.watching(), workspace.lock():
            work.archive_new(workspace)
            if not workspace.summary.archived:
                raise Fault(f"no report files: put some into {home.inbox} or name them: juesuan build PATH")
            if work.nothing_new(workspace):
                workspace.summary.nothing_new = True
                succeeded = True
            else:
                from pipelines.assets.run import materialise

                succeeded = materialise(workspace, verbose)
    summary = workspace.summary
    summary.seconds = round(time.monotonic() - started, 2)
    if isinstance(workspace.fault, KeyboardInterrupt):
        raise workspace.fault
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(asdict(summary), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        print("\n".join(lines(home, summary, publish)))
    sys.stdout.flush()
    if succeeded:
        return 0
    fault = workspace.fault or RuntimeError("the run failed")
    for failure in summary.failures[1:]:
        print(one_line(f"juesuan: {failure}"), file=sys.stderr)
    return fail(fault, verbose)


def lines(home: Home, summary: Any, publish: bool) -> list[str]:
    """The summary as lines: files, reports, verdicts, findings, refusals, quarantines, release, time."""
    out = []
    if summary.nothing_new and not summary.read:
        from pipelines.warehouse import release

        now = release.current(home)
        out.append(f"nothing new: {summary.archived} files, release {now.release_id if now else '-'} stays ({summary.seconds:.1f} s)")
        return out
    out.append(f"files      {summary.archived} archived ({summary.added} new), {summary.read} read now, {len(summary.problems)} refused")
    if summary.reports:
        old = f" ({summary.superseded} superseded)" if summary.superseded else ""
        out.append(f"reports    {summary.reports}{old} with {summary.cells:,} printed cells")
        out.append("verdicts   " + (", ".join(f"{n} {v}" for v, n in sorted(summary.verdicts.items())) or "none"))
        order = {"error": 0, "warning": 1, "info": 2}
        found = sorted(summary.findings.items(), key=lambda item: order.get(item[0], 9))
        out.append("findings   " + (", ".join(f"{n} {s}" for s, n in found) or "none"))
    if summary.second:
        told = {"printed_so": "printed so", "misread": "misread by us"}
        out.append("suspects   read again by the second reader: " + ", ".join(f"{n} {told[v]}" for v, n in sorted(summary.second.items())))
    out += [one_line(f"refused    {problem_line(p)}") for p in summary.problems]
    out += [one_line(f"quarantine {q['report_id']}: {q['reasons']}") for q in summary.quarantined]
    if summary.published:
        out.append(f"release    {summary.release_id} published: {home.current}")
    elif summary.release_id and not publish:
        out.append(f"release    {summary.release_id} audited, not published: {summary.database} (the next build removes it)")
    out.append(f"time       {summary.seconds:.1f} s" + "".join(f" · {name} {s:.1f}" for name, s in summary.stages.items()))
    return out
