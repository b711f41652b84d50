"""Rules for ranges whose ends are parts of periods: "from late 2023 to the middle of 2025"."""

import re
from dataclasses import replace

from extractors.dates.grammar import Rule, any_of, rule
from extractors.dates.phrases import PHRASES, read_inner
from extractors.dates.resolve import Site
from extractors.dates.spans import ENDS
from extractors.dates.values import Reading, days_value
from extractors.dates.words import S
from models.vocabulary import DateKind

_PARTS = tuple(entry for entry in PHRASES if entry.rule_id == "date.part_of")
_END = any_of((*_PARTS, *ENDS))


def _bounds(reading: Reading | None) -> Reading | None:
    return reading if reading is not None and reading.kind is DateKind.DATE else None


def _stretch(match: re.Match[str], site: Site) -> Reading | None:
    """Read both ends by their effective intervals; a first end without a year precedes the last."""
    last = _bounds(read_inner(match, site, "two", rules=(*_PARTS, *ENDS)))
    if last is None or last.end is None:
        return None
    place = site.hinted(tense=site.tense, not_after=(last.effective or (last.start, last.end))[0])
    first = _bounds(read_inner(match, place, "one", rules=(*_PARTS, *ENDS)))
    if first is None or first.start is None:
        return None
    start = (first.effective or (first.start, first.end))[0]
    end = (last.effective or (last.start, last.end))[1]
    if start is None or end is None or start >= end:
        return None
    found = days_value(start, end, grain=last.grain)
    return replace(found, timex=f"{first.timex}/{last.timex}")


STRETCHES: tuple[Rule, ...] = (
    rule(
        "stretch",
        rf"\b(?:(?i:from){S}(?P<one>{_END}){S}(?i:to|until|till|through){S}(?P<two>{_END}))",
        _stretch,
        "month",
        "year",
        "unit",
    ),
    rule(
        "stretch_between",
        rf"\b(?i:between){S}(?P<one>{_END}){S}(?i:and){S}(?P<two>{_END})",
        _stretch,
        "month",
        "year",
        "unit",
    ),
)
