"""Wording faults of headings and paragraphs that no number accompanies: what a template left behind, part headings of another year.

Patterns are data (forms/wording.toml). The narrative's own sentences reach the audit as they are; here is what no reader of numbers takes.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.documents.model import Document, Paragraph
from pipelines.reports.model import Identity, ReadingFinding

SHOWN = 40
"""So many characters of a wrong text are shown."""


class Patterns(BaseModel):
    """forms/wording.toml: regular expressions on text without spaces."""

    model_config = ConfigDict(extra="forbid")
    template_rest: list[str]
    dated_heading: str
    longest_heading: int


@lru_cache(maxsize=1)
def patterns() -> Patterns:
    """The patterns; ValueError with the faulty entry where the file is wrong."""
    path = Path(__file__).parent / "forms" / "wording.toml"
    try:
        found = Patterns.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        re.compile(found.dated_heading)
        re.compile("|".join(found.template_rest))
    except (ValidationError, tomllib.TOMLDecodeError, re.error) as error:
        raise ValueError(f"{path.name}: {error}") from error
    return found


def read(document: Document, identity: Identity) -> list[ReadingFinding]:
    """Findings `wording.template_rest` and `wording.year_wording`, each text once, at its place."""
    known = patterns()
    rest, dated = re.compile("|".join(known.template_rest)), re.compile(known.dated_heading)
    found: dict[tuple[str, str], ReadingFinding] = {}
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            continue
        text = re.sub(r"\s", "", block.text)
        if hit := rest.search(text):
            found.setdefault(
                ("template_rest", hit[0]),
                ReadingFinding("wording.template_rest", "warning", f"模板文字未替换：{hit[0][:SHOWN]}", locator=block.locator),
            )
        if identity.fiscal_year and len(text) <= known.longest_heading and (hit := dated.fullmatch(text)):
            years = set(re.findall(r"20\d\d", text))
            if len(years) == 1 and years != {str(identity.fiscal_year)}:
                message = f"标题 {text} 的年份不是 {identity.fiscal_year}"
                found.setdefault(("year_wording", text), ReadingFinding("wording.year_wording", "warning", message, locator=block.locator))
    return list(found.values())
