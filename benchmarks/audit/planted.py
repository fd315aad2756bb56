"""Clean and faulty sample reports: false alarms on clean ones, planted errors found on the others, by kind.

usage: python benchmarks/audit/planted.py [--units N] [--years A-B] [--errors R] [--seed S]
The truth of the samples is audited, not a reading of them: what is measured here is the audit alone.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from pipelines.audit import checks
from pipelines.samples import corpus


def run(units: int, years: tuple[int, int], rate: float, seed: int) -> None:
    """Prints the findings on clean reports, then found / planted by kind."""
    reports, planted = [], {}
    for number, job in enumerate(corpus.plan(units, years, seed=seed, errors_rate=rate, boxes=False)):
        composed, _ = corpus.compose_job(job)
        report = composed.truth
        report.report_id, report.files = f"{number}-{job.layout}-{job.year}-{job.kind}-{job.scope}", []
        reports.append(report)
        planted[report.report_id] = composed.planted
    found: dict[str, list[tuple[str, str, str]]] = {}
    for start in range(0, len(reports), 400):
        con = checks.audit_reports(reports[start : start + 400])
        query = "SELECT report_id, severity, check_id, message FROM quality.finding WHERE severity <> 'info' ORDER BY ALL"
        for report_id, *finding in con.execute(query).fetchall():
            found.setdefault(report_id, []).append(tuple(finding))
        con.close()
    clean = [r for r, errors in planted.items() if not errors]
    alarms = Counter((severity, check) for r in clean for severity, check, _ in found.get(r, []))
    print(f"{len(clean)} clean reports; errors and warnings raised on them: {dict(alarms) or 'none'}")
    tried: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for report_id, errors in planted.items():
        for error in errors:
            tried[error["kind"]] += 1
            hit[error["kind"]] += report_id in found
            if report_id not in found:
                _missed(report_id, error)
    for kind in sorted(tried):
        print(f"{kind:18} {hit[kind]:4} of {tried[kind]}")


def _missed(report_id: str, error: dict[str, Any]) -> None:
    print("  missed:", report_id, {k: str(v)[:60] for k, v in error.items()})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--years", default="2019-2023")
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    first, last = map(int, options.years.split("-"))
    run(options.units, (first, last), options.errors, options.seed)
