"""Several reports in one file are parted, and files that are no department's report told by the wording of titles."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.documents.model import Document, Grid
from pipelines.reports.borders import borders
from pipelines.reports.forms.wording import fold
from pipelines.reports.model import Statement
from pipelines.reports.outline import lines_of

_GOVERNMENT = (
    ("一般公共预算收入 of a government", re.compile(r"(?:本级)?(?:一般公共预算|公共财政预算)收入(?:决算|预算|执行情况|完成情况)?表")),
    ("债务限额", re.compile(r"(?:政府)?(?:一般|专项)?债务(?:限额|余额)")),
    ("社会保险基金", re.compile(r"社会保险基金(?:预算|决算)?(?:收入|支出|收支|结余)")),
    ("转移支付", re.compile(r"(?:税收返还|转移支付)(?:决算|预算|分地区|分项目|补助)")),
    ("政府决算", re.compile(r"(?:政府|财政)(?:总)?(?:决算|预算)(?:公开|草案|报告|执行)|预算执行情况和\d{4}年")),
    ("全辖", re.compile(r"(?:全[省市区县]|本级)(?:一般公共预算|政府性基金|国有资本经营)")),
)


_DEPARTMENT = {
    "income_expenditure_summary",
    "general_public_basic_expenditure",
    "three_public",
    "agency_operating",
    "procurement",
    "asset_occupation",
}
"""Narrative sections that a department's report has and a government's has not, three together."""


def split(document: Document) -> list[Document]:
    """One document a report (borders.py says where another begins)."""
    starts = [0, *borders(document)]
    if len(starts) == 1:
        return [document]
    ends = [*starts[1:], len(document.blocks)]
    return [
        replace(document, blocks=document.blocks[a:b], notes=document.notes if a == 0 else []) for a, b in zip(starts, ends, strict=True)
    ]


def government_level(document: Document, read: list[Statement], sections: set[str]) -> str | None:
    """Why a document is an account of a whole government, or None. `sections`: what its narrative headings are about."""
    if len(sections & _DEPARTMENT) >= 3:
        return None
    core = {
        "income_expenditure_summary",
        "general_public_basic_expenditure",
        "income",
        "expenditure",
        "fiscal_appropriation_summary",
        "three_public",
    }
    if len({s.role for s in read} & core) >= 3:
        return None
    hits: dict[str, str] = {}
    for block in document.blocks:
        for line in lines_of(block)[:2] if isinstance(block, Grid) else [block.text] if len(block.text) < 80 else []:
            folded = fold(line)
            for name, pattern in _GOVERNMENT:
                if name not in hits and pattern.search(folded):
                    hits[name] = line.strip()
    if len(hits) >= 2:
        return "titles such as " + ", ".join(f"“{t[:30]}”" for t in list(hits.values())[:3])
    return None
