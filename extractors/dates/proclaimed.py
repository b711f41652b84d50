"""Rules for dates written out in words, as proclamations and notices close.

"This twenty-sixth day of May, in the year of our Lord two thousand thirty".
"""

import re

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import Site, month_day
from extractors.dates.values import Reading, day_value, make_day
from extractors.dates.words import MONTH_FULL, NUMBER, S, month_of, number_of

# fmt: off
_DAYS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
)
# fmt: on
_DAY_WORD = "(?i:" + "|".join(sorted(_DAYS, key=len, reverse=True)) + ")"


def _proclaimed(match: re.Match[str], site: Site) -> Reading | None:
    word = match["day"].lower()
    day = _DAYS.index(word) + 1 if word in _DAYS else int(word[:-2])
    month = month_of(match["month"])
    year = _year(match)
    if year is None:
        return month_day(site, month, day)
    exact = make_day(year, month, day)
    return day_value(exact) if exact else None


def _year(match: re.Match[str]) -> int | None:
    if match["year"]:
        return int(match["year"])
    if not match["above"]:
        return None
    above = number_of(match["above"])
    return 2000 + int(above) if above is not None and above < 100 else None


PROCLAIMED: tuple[Rule, ...] = (
    rule(
        "proclaimed",
        rf"\b(?:(?i:this|the|on){S})?(?P<day>{_DAY_WORD}|(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)){S}"
        rf"(?i:day{S}of){S}(?P<month>{MONTH_FULL})\b(?:,?{S}(?:(?:(?i:in{S}the{S}year)"
        rf"(?:{S}(?i:of{S}our{S}lord))?,?{S})?(?:(?P<year>(?:19|20)\d\d)\b"
        rf"|(?i:two{S}thousand)(?:{S}(?i:and))?{S}(?P<above>{NUMBER}))))?",
        _proclaimed,
        "month",
    ),
)
