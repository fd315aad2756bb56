"""Glossary (名词解释): the terms a report defines, with their definitions; definitions of subjects feed `dim_subject`."""

from __future__ import annotations

import re

from pipelines.documents.model import Paragraph
from pipelines.reports.model import GlossaryEntry, Outline

_NUMBER = r"(?:[(（]?[一二三四五六七八九十百]{1,4}[)）、．.]|[(（]?\d{1,3}[)）、．.]|[①-⑳])+"
_ENTRY = re.compile(
    rf"^\s*(?:{_NUMBER}\s*[、.．:：]?\s*)?(?P<term>[^：:。；]{{2,80}}?)\s*(?:[:：]|(?=是指|，是指|指(?=[\u4e00-\u9fff“])))\s*(?P<text>.+)$",
    re.S,
)
_NUMBERED = re.compile(rf"^\s*{_NUMBER}")


def read(outline: Outline) -> list[GlossaryEntry]:
    """The entries in printed order. A paragraph that begins no entry continues the one before it."""
    entries: list[GlossaryEntry] = []
    for section in outline.of("glossary"):
        for block in section.blocks:
            if not isinstance(block, Paragraph):
                continue
            text = block.text.strip()
            match = _ENTRY.match(text)
            if match and (_NUMBERED.match(text) or not entries or _closed(entries[-1])):
                term = re.sub(r"\s+", "", match["term"]).strip("，,")
                entries.append(GlossaryEntry(term, match["text"].strip(), block.locator))
            elif entries:
                entries[-1].definition += text
    return entries


def _closed(entry: GlossaryEntry) -> bool:
    return entry.definition.endswith(("。", "；", ";", "！"))
