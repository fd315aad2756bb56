"""Names of one unit or project that vary within a report (名称不一): found by likeness, said, never merged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import duckdb
from rapidfuzz import fuzz, process

UNIT_LIKENESS = 80.0
"""Two unit names are spellings of one above this (rapidfuzz ratio of what is left without their common beginning)."""
PROJECT_LIKENESS = 90.0
"""A stretch of running text is a project's name misspelt above this (rapidfuzz partial ratio)."""
PROJECT_LENGTH = 10
"""Shorter project names are too common to be compared with running text."""

_MARKS = re.compile(r"[\s（）()“”\"'《》〔〕【】\[\]、，,。;；:：\-—－_·]")
_HEAD = re.compile(r"(本级|本部|机关)$")

Form = tuple[int, int, str, str | None, int | None]
"""report_no, form_no, project_name, implementing_unit, page"""


def plain(name: str) -> str:
    """Without brackets, marks and spaces, and without 本级 or 本部 at the end."""
    return _HEAD.sub("", _MARKS.sub("", name))


def likeness(a: str, b: str) -> float:
    """0..100; a beginning both share (the region's name) does not count, unless it is all that one of them is."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    start = min(start, 4)  # a place name at most: the subject of the name still counts
    return fuzz.ratio(a[start:], b[start:])


def unit_variants(members: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """{printed name: member it is like}: names that are no member but like exactly one."""
    known = {plain(m): m for m in members}
    out: dict[str, str] = {}
    for name in dict.fromkeys(others):
        bare = plain(name)
        if not bare or bare in known:
            continue
        scored = sorted(((likeness(bare, k), k) for k in known), reverse=True)
        if scored and scored[0][0] >= UNIT_LIKENESS and (len(scored) == 1 or scored[1][0] < scored[0][0] - 3):
            out[name] = known[scored[0][1]]
    return out


def project_variants(projects: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """{project as the form names it: as the narrative writes it}: a text means this project before all others and never names it so."""
    names = {plain(p): p for p in projects}
    names = {bare: p for bare, p in names.items() if len(bare) >= PROJECT_LENGTH}
    said = [t for t in dict.fromkeys(plain(t) for t in texts) if len(t) >= PROJECT_LENGTH]
    if not names or not said:
        return {}
    keys = list(names)
    scores = process.cdist(keys, said, scorer=fuzz.partial_ratio, score_cutoff=PROJECT_LIKENESS)
    out: dict[str, str] = {}
    for j, text in enumerate(said):
        i = int(scores[:, j].argmax())
        bare = keys[i]
        # partial ratio also likes a short text inside a long name: only a whole name in a text is a mention
        if scores[i, j] < PROJECT_LIKENESS or len(text) < len(bare) or any(bare in t for t in said):
            continue
        if place := fuzz.partial_ratio_alignment(bare, text):
            out.setdefault(names[bare], text[place.dest_start : place.dest_end])
    return out


_FORMS = """
SELECT report_no, form_no, project_name, implementing_unit, page FROM a_eval WHERE project_name IS NOT NULL ORDER BY report_no, form_no
"""
_MEMBERS = "SELECT report_no, name FROM a_member UNION ALL SELECT report_no, department FROM a_report ORDER BY ALL"
_TEXTS = """
SELECT report_no, text FROM a_claim WHERE report_no IN (SELECT report_no FROM a_eval)
UNION SELECT report_no, sentence FROM a_said WHERE report_no IN (SELECT report_no FROM a_eval)
ORDER BY ALL
"""
_INSERT = """
INSERT INTO a_found
SELECT ?, c.check_no, c.kind, c.severity, 'self_evaluation', ?, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, [], NULL, NULL, NULL, ?, 'eq'
FROM a_check AS c WHERE c.check_id = ?
"""


def run(con: duckdb.DuckDBPyConnection) -> None:
    """Adds findings unit_name_variant and project_name_variant to a_found: one for each member, one for each project."""
    forms: dict[int, list[Form]] = defaultdict(list)
    for form in con.execute(_FORMS).fetchall():
        forms[form[0]].append(form)
    if not forms:
        return
    members: dict[int, list[str]] = defaultdict(list)
    for report_no, name in con.execute(_MEMBERS).fetchall():
        if name:
            members[report_no].append(name)
    texts: dict[int, list[str]] = defaultdict(list)
    for report_no, text in con.execute(_TEXTS).fetchall():
        texts[report_no].append(text)
    rows = [row for number, mine in sorted(forms.items()) for row in _report(number, mine, members[number], texts[number])]
    if rows:
        con.executemany(_INSERT, [(number, page, note, check) for number, check, page, note in rows])


def _report(number: int, forms: list[Form], members: list[str], texts: list[str]) -> list[tuple[int, str, int | None, str]]:
    rows: list[tuple[int, str, int | None, str]] = []
    if len(members) > 1:
        spellings: dict[str, list[str]] = defaultdict(list)
        for name, member in unit_variants(members, [f[3] for f in forms if f[3]]).items():
            spellings[member].append(name)
        for member, names in spellings.items():
            where = {n: [str(f[1]) for f in forms if f[3] == n] for n in names}
            said = "；".join(f"自评表{'、'.join(where[n])} 作 {n}" for n in names)
            page = next((f[4] for f in forms if f[3] in names), None)
            rows.append((number, "unit_name_variant", page, f"机构设置作 {member}；{said}"))
    for project, quoted in project_variants([f[2] for f in forms], texts).items():
        form = next(f for f in forms if f[2] == project)
        rows.append((number, "project_name_variant", form[4], f"自评表{form[1]} 作 {project}；情况说明作 {quoted}"))
    return rows
