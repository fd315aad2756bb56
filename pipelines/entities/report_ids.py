"""Readable ids of reports (CONTRACT §4): region code, unit id, year, kind, scope, revision; for the warehouse and for `extract` alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.entities.seeds import Seeds
from pipelines.entities.units import Mention, Resolver
from pipelines.reports.model import Report


def slug(region_code: str | None, unit_id: str, fiscal_year: int, kind: str, scope: str, revision: int) -> str:
    """The readable slug of a report revision; `xxxxxx` where the region is not known."""
    return f"{region_code or 'xxxxxx'}-{unit_id}-{fiscal_year}-{kind}-{scope}-r{revision}"


def name_reports(reports: Sequence[Report], home_seeds: Path | None = None) -> None:
    """Sets `report_id` of reports read without a warehouse, as if each were the first revision. One that does not say whose or
    which it is stays without an id.

    The unit of the id is that of these reports alone: in a warehouse that knows the body from earlier years it may be an older id,
    to which this one resolves.
    """
    mentions = {
        id(r): Mention(r.identity.department, r.identity.region, r.identity.fiscal_year, "report") for r in reports if r.identity.department
    }
    units = Resolver(Seeds(home_seeds)).resolve(mentions.values())
    for report in reports:
        i = report.identity
        found = units.of.get(mentions[id(report)]) if id(report) in mentions else None
        if found and found.unit_id and i.fiscal_year and i.report_kind:
            report.report_id = slug(found.region_code, found.unit_id, i.fiscal_year, i.report_kind, i.scope or "department", 1)
