"""The role of a table whose title is missing or unknown: from its head, its codes and its row names; ambiguous means None."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Literal

from pydantic import ValidationError, field_validator

from pipelines.reports.forms import FOLDER, FormError, Strict, title_role
from pipelines.reports.forms.wording import fold
from pipelines.reports.statements.headers_model import Segment


class Evidence(Strict):
    """One row of evidence.toml."""

    role: str
    heads: tuple[str, ...] = ()
    heads_any: tuple[str, ...] = ()
    heads_none: tuple[str, ...] = ()
    codes: Literal["function", "economic", "none"] | None = None
    blocks: int | None = None
    rows: re.Pattern[str] | None = None
    rows_none: re.Pattern[str] | None = None

    @field_validator("rows", "rows_none", mode="before")
    @classmethod
    def _compile(cls, value: object) -> object:
        return re.compile(value) if isinstance(value, str) else value


class EvidenceFile(Strict):
    evidence: tuple[Evidence, ...]


@lru_cache(maxsize=1)
def evidence() -> tuple[Evidence, ...]:
    try:
        return EvidenceFile.model_validate(tomllib.loads((FOLDER / "evidence.toml").read_text(encoding="utf-8"))).evidence
    except (ValidationError, tomllib.TOMLDecodeError, re.error) as error:
        raise FormError(f"evidence.toml: {error}") from error


_OF_NOTE = re.compile(r"(?:本表|该表)?反映(?:部门|单位|我\S{0,3})?(?:\(单位\))?(?:本年度?|\d{4}年度?)?(.{2,40}?)(?:情况|的总收支|总收支)")


def code_scheme(segment: Segment) -> str:
    """function | economic | none: what the codes printed in a table are."""
    function = economic = 0
    for number in segment.rows[:40]:
        for leaf in segment.leaves:
            if not leaf.kind.startswith("code"):
                continue
            cell = segment.matrix[number][leaf.start]
            code = fold(cell.text) if cell else ""
            if re.fullmatch(r"(?:30|31|39|50|51|59)\d(?:\d\d)?", code):
                economic += 1
            elif re.fullmatch(r"2\d\d(?:\d\d){0,2}", code):
                function += 1
    return "economic" if economic > function else "function" if function else "none"


def role_by_evidence(segment: Segment, kind: str, captions: list[str], seen: set[str]) -> str | None:
    """The one role that head and rows allow, or None. `seen`: roles this report already has; a second of a kind is no evidence."""
    for text in captions:
        match = _OF_NOTE.search(fold(text))
        if match and (role := title_role(match.group(1) + "表", kind)):
            return role
    heads = {c.name for x in segment.leaves for c in x.concepts if c is not None}
    blocks = max((x.block for x in segment.leaves), default=0) + 1
    scheme = code_scheme(segment)
    names: list[str] = []
    for number in segment.rows:
        names += [c.text for c in segment.matrix[number] if c is not None and c.row == number and c.text.strip()]
    joined = [fold(n) for n in names]
    found = {
        e.role
        for e in evidence()
        if all(h in heads for h in e.heads)
        and (not e.heads_any or any(h in heads for h in e.heads_any))
        and not any(h in heads for h in e.heads_none)
        and (e.codes is None or e.codes == scheme)
        and (e.blocks is None or e.blocks == blocks)
        and (e.rows is None or any(e.rows.search(n) for n in joined))
        and not (e.rows_none is not None and any(e.rows_none.search(n) for n in joined))
    }
    return found.pop() if len(found) == 1 and not (found & seen) else None
