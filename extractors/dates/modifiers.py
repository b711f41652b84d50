"""Effective intervals: what a preposition before a date makes of it.

Conventions of `date_cases.md`: by X ends with X, until X ends where X starts, since X runs from
the start of X to the end of publication day, before and after exclude X.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

from extractors.dates.values import Reading
from models.vocabulary import DateKind, Granularity

_LOOK_BACK = 32
_PREFIXES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?:^|[\s(\"“‘—–,;-])(?i:{words})[ \t\u00a0\u202f]+$"))
    for name, words in (
        ("since", r"since(?: about| around| at least)?|dating back to|ever since"),
        ("by", r"(?:by )?no later than|not later than|by|on or before|by around|by about"),
        ("until", r"until|till|up until|up to|up to and including|pending"),
        ("through", r"through|thru|through to"),
        ("from", r"(?:no|not) earlier than|not before|no sooner than"),
        ("before", r"before|prior to|ahead of|earlier than|pre-dating"),
        ("after", r"after|later than|following|beyond|subsequent to"),
        (
            "from",
            r"(?:beginning|starting|commencing)"
            r"(?: in| on| from| with| as of| the)?|on (?:and|or) after",
        ),
    )
)
_APPROX = re.compile(
    r"(?:^|[\s(])(?P<word>(?i:around|about|circa|approximately|roughly|c\.))[ \t]+$"
)
_ONWARD = re.compile(
    r"[ \t\u00a0](?i:onwards?|on(?=[,.;])|and beyond|and later|and after|or later)\b"
)
_NO_APPROX_AFTER = re.compile(r"[ \t-]+(?i:exports?|imports?|quotas?|levels?)\b")


def prefix_before(text: str, start: int) -> str | None:
    """Return the modifier that the words right before a span name, None when there is none."""
    before = text[max(0, start - _LOOK_BACK) : start]
    return next((name for name, pattern in _PREFIXES if pattern.search(before)), None)


def approx_start(text: str, start: int) -> int | None:
    """Return where "around" before a date begins, None when there is none."""
    low = max(0, start - _LOOK_BACK)
    match = _APPROX.search(text[low:start])
    return match.start("word") + low if match else None


def apply_prefix(reading: Reading, prefix: str | None, published: date | None) -> Reading:
    """Return the reading with the modifier of the words before it, and what it makes of it."""
    if prefix is None or reading.kind is not DateKind.DATE or not reading.takes_prefix:
        return reading
    start, end = reading.effective or (reading.start, reading.end)
    if start is None or end is None:
        return replace(reading, modifier=_joined(prefix, reading.modifier))
    effective = _effective(prefix, start, end, reading, published)
    marked = replace(reading, modifier=_joined(prefix, reading.modifier))
    return replace(marked, effective=effective) if effective else marked


def _joined(prefix: str, inner: str | None) -> str:
    return f"{prefix}+{inner}" if inner else prefix


def _effective(
    prefix: str, start: date, end: date, reading: Reading, published: date | None
) -> tuple[date | None, date | None] | None:
    if prefix == "since":
        until = published + timedelta(days=1) if published else None
        return (start, until) if until is None or until > start else (start, None)
    if prefix in {"after", "from"}:
        return (end if prefix == "after" else start, None)
    if prefix == "by":
        return (None, end)
    if prefix in {"before", "until"} and reading.modifier == "end":
        return (None, end)
    if prefix == "before":
        return (None, start)
    # An expiry ("until December 31, 2026") is the day itself (gold 001, 007); "through 2025" of a
    # time gone by covers it.
    if reading.granularity in {Granularity.DAY, Granularity.TIME}:
        is_open = prefix == "through" and published is not None and start > published
        return (None, end) if is_open else None
    if prefix == "until":
        return (None, start)
    over = published is None or end <= published or start <= published
    return None if over else (None, end)


def is_onward(text: str, end: int) -> bool:
    """Tell whether "onward" or "and beyond" follows a date."""
    return _ONWARD.match(text, end) is not None


def may_be_approximate(text: str, end: int) -> bool:
    """Tell whether "around 2025" may be a time, not "around 2025 quotas"."""
    return _NO_APPROX_AFTER.match(text, end) is None
