"""Questions of press conferences in Chinese texts: what they ask, take for known, and wish.

A question tells nothing by itself; its answer may deny what it reports.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from extractors.chinese.acts import denies
from models.facts import LicenseEvent
from models.vocabulary import Modality

_LINE_CHARS = 600
# 问：我们注意到，... 请介绍有关情况。: the whole line asks.
_QUESTION = re.compile(
    r"[ \t　]*(?:有?记者)?(?:提?问)[：:]|[ \t　]*[^\s，。：:]{0,12}记者[^\s，。：:]{0,6}[：:]"
)
_COMMENT = re.compile(
    r"(?:有何|有什么|作何)(?:评论|回应|看法|评价|反应)|(?:如何|怎么)(?:评价|看待|回应)"
)


def asked_until(text: str, start: int, end: int) -> int | None:
    """Return where the question ends that a sentence belongs to, None when it asks nothing."""
    line = text.rfind("\n", max(0, start - _LINE_CHARS), start) + 1
    if line or start < _LINE_CHARS:
        question = _QUESTION.match(text, line)
        if question:
            last = text.find("\n", question.end())
            return last if last >= 0 else len(text)
    return end if _is_question(text, start, end) else None


def takes_for_known(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence of a question states what it asks a comment on."""
    return not _is_question(text, start, end) or _COMMENT.search(text, start, end) is not None


def what_is_asked(
    events: Iterable[LicenseEvent], answer: str
) -> tuple[list[LicenseEvent], list[LicenseEvent]]:
    """Return what a question takes for known, and what it tells as somebody's claim or wish.

    What its answer denies is a report that is denied.
    """
    found = list(events)
    if denies(answer):
        return [], [replace(event, modality=Modality.DENIED) for event in found]
    wished = [event for event in found if event.modality is Modality.REQUESTED]
    return [event for event in found if event.modality is not Modality.REQUESTED], wished


def _is_question(text: str, start: int, end: int) -> bool:
    return text[start:end].endswith(("？", "?")) or text.startswith("记者问", start)
