"""Names of bodies compared as two parts of one report print them: brackets and 本级 folded, a region in front or not."""

from __future__ import annotations

import re

from pipelines.reports.forms.wording import fold


def normal_name(name: str) -> str:
    """A body's name for comparison: brackets, spaces and 本级 marks folded."""
    return re.sub(r"\((?:本级|本部|汇总|部门|单位)\)$", "", fold(name))


def same_body(a: str, b: str) -> bool:
    """The same name, or the same with a region in front (省人大办公厅, 江苏省人大办公厅)."""
    x, y = normal_name(a), normal_name(b)
    return bool(x) and (x == y or (min(len(x), len(y)) >= 5 and (x.endswith(y) or y.endswith(x))))
