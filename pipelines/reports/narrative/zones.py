"""Explanations (主要原因是…, 主要用于…): where they begin and end, so that the numbers in them are not read as those of the subject."""

from __future__ import annotations

import re

from pipelines.reports.narrative.items import Mark
from pipelines.reports.narrative.sentences import Number
from pipelines.reports.narrative.state import State
from pipelines.reports.narrative.subjects import Subjects
from pipelines.reports.narrative.vocabulary import Vocabulary

_ORDINAL = re.compile(
    r"^(?:[一二三四五六七八九十]+是|第?[一二三四五六七八九十]+[、，]|（?\d{1,2}[.、）]|[①-⑳]|其[一二三四]|首先|其次|再次|最后|另外?|同时)"
)


_STOP = re.compile(r"[，。；、：（]")
_HELD = re.compile("(?<=资产)主要(?:是|为|包括|有)：?[^，。；]{0,8}(?:房屋|土地|用车|车辆|设备|家具|资产)")
"""固定资产主要为房屋（100平方米，20万元）: what is held, no explanation."""
_COUNTING = ("three_public", "general_cost_items_meeting_training")


class Zones:
    """Follows `state.zone`: reason, usage, detail (a list of particulars), or None."""

    def __init__(self, words: Vocabulary, subjects: Subjects, state: State) -> None:
        self.words = words
        self.subjects = subjects
        self.state = state

    def leave(self, sentence: str, lead: str, marks: list[Mark], number: Number) -> None:
        """After ；: is the explanation over? Yes where a sentence begins that speaks of a known subject in its own right."""
        state = self.state
        if _ORDINAL.match(sentence) and not marks:
            return
        if marks:
            state.zone = None
            return
        if number.kind in ("count", "area", "score"):
            tail = _STOP.split(sentence[len(lead) + number.end - number.start :][:24])[0]
            if state.topic != "performance" and self.subjects.counted(number, lead, tail) is not None:
                state.zone = None
            return
        parent = (state.parent or (None, None))[0]
        if state.zone == "usage" and parent is not None and parent.base.endswith(".project") and len(lead) <= 16:
            state.zone = None  # 其中：执法专项30万元，主要用于…；维护专项20万元
            return
        relation = self.words.relation_end.search(lead)
        head = lead[: relation.start()] if relation else lead
        saved = state.subject, state.item
        found = self.subjects.search(self.words.basis_short.sub("", self.words.basis.sub("", head)), money=True)
        state.subject, state.item = saved
        if found is None or found.subject is None or found.unknown is not None or found.carried:
            return
        if (
            state.zone != "reason"
            or relation is None
            or self.words.basis.search(lead)
            or (state.topic in _COUNTING and self.words.basis_short.search(lead))  # ；公务接待费同比减少3万元
            or self.words.share.search(sentence)
            or self.words.reason.search(sentence)
        ):
            state.zone = None

    def follow(self, lead: str, kind: str = "") -> int:
        """Follows the explanations in a lead; returns where the text after them begins. `kind`: of the number after the lead."""
        state = self.state
        position = 0
        while True:
            marks = [
                (m.start(), m.end(), z)
                for z, p in (("detail", self.words.detail), ("reason", self.words.reason), ("usage", self.words.usage))
                if (m := p.search(lead, position)) and not (state.topic == "asset_occupation" and _HELD.match(lead, m.start()))
            ]
            if state.zone == "reason":
                marks = []  # what a reason says it is for is part of the reason
            if state.zone is not None:
                exits = self.words.exit_reason_amount if kind in ("money", "pct") else self.words.exit_reason
                if kind == "count" and state.topic in _COUNTING:
                    exits = self.words.exit_reason_count
                leave = (exits if state.zone == "reason" else self.words.exit_usage).search(lead, position)
                if leave is not None and not kind and leave.end() == len(lead):
                    leave = None  # words that end an explanation only before a number
                if leave is not None and (not marks or leave.start() < min(marks)[0]):
                    state.zone = None
                    position = max(leave.start(), position)
                    continue
                marks = [m for m in marks if m[2] != state.zone] if state.zone == "usage" else []
            if not marks:
                return position
            _, end, state.zone = min(marks)
            position = end
