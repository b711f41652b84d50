"""The day from which dates count in a text that came without a publication date.

Only a date that the text gives in full anchors, the title's first; nothing is guessed.
"""

import re
from datetime import date, timedelta

from spacy.tokens import Doc

from extractors.dates.values import make_day, month_start
from extractors.dates.words import MONTH, S, month_of
from extractors.texts import title_of

_FULL = re.compile(
    rf"\b(?P<month>{MONTH}){S}(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?{S})?(?P<year>(?:19|20)\d\d)\b"
)
_DAY_FIRST = re.compile(rf"\b(?P<day>[0-3]?\d){S}(?P<month>{MONTH}){S}(?P<year>(?:19|20)\d\d)\b")
_ISO = re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<m>[01]\d)-(?P<day>[0-3]\d)(?![\d-])")
_YEAR = re.compile(
    r"\b(?:(?i:in|of|through|during|for|since|the|year) )(?P<year>(?:19|20)\d\d)\b(?![.,/-]?\d)"
)
_AHEAD = re.compile(
    r"\b(?i:by|until|till|before|to|from|starting|beginning"
    r"|through the end of)(?: (?:in|on|the|of|end"
    r"|early|late|mid))*[ -]$|\b(?i:will|expected|expires?"
    r"|targets?|targeted|plans?|planned|aims?)\b[^.;]{0,40}$"
)
_MAX_SCAN = 20_000


def find_anchor(doc: Doc) -> date | None:
    """Return the last day that the title's or the text's fullest date covers, None without one."""
    for text in (title_of(doc) or "", doc.text[:_MAX_SCAN]):
        if (anchor := _latest(text)) is not None:
            return anchor
    return None


def _latest(text: str) -> date | None:
    days: list[date] = []
    months: list[date] = []
    for pattern in (_FULL, _DAY_FIRST, _ISO):
        for match in pattern.finditer(text):
            if _AHEAD.search(text[max(0, match.start() - 50) : match.start()]):
                continue
            _collect(match, days, months)
    if days:
        return max(days)
    if months:
        return max(months)
    years = [
        date(int(match["year"]), 12, 31)
        for match in _YEAR.finditer(text)
        if not _AHEAD.search(text[max(0, match.start() - 50) : match.start()])
    ]
    return max(years, default=None)


def _collect(match: re.Match[str], days: list[date], months: list[date]) -> None:
    groups = match.groupdict()
    year = int(match["year"])
    month = int(groups["m"]) if groups.get("m") else month_of(match["month"])
    if not 1 <= month <= 12:
        return
    if match["day"]:
        day = make_day(year, month, int(match["day"]))
        if day is not None:
            days.append(day)
        return
    months.append(month_start(year, month) - timedelta(days=1))
