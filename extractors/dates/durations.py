"""Rules for lengths of time, repeated times, comparison bases and windows around publication."""

import re
from dataclasses import replace
from datetime import date

from extractors.dates.grammar import Rule, rule
from extractors.dates.resolve import Site
from extractors.dates.tense import Tense
from extractors.dates.values import (
    Reading,
    duration_timex,
    duration_value,
    grain_of,
    shift,
)
from extractors.dates.words import (
    NUMBER,
    UNIT,
    VAGUE,
    H,
    S,
    number_of,
    unit_of,
)
from models.vocabulary import DateKind, Granularity

# "Three quarters" alone is a fraction.
_QUARTERS_OF_TIME = re.compile(r"(?i:consecutive|straight|full|whole|trading|-long|-period)")


def _duration(match: re.Match[str], site: Site) -> Reading | None:
    unit = unit_of(match["unit"])
    if unit == "quarter" and not _QUARTERS_OF_TIME.search(match[0]):
        return None
    reading = duration_value(number_of(match["count"]), unit)
    limit = match["limit"] or _limit_before(site)
    return replace(reading, modifier=limit) if limit else reading


_LIMITS = (
    (
        re.compile(
            r"\b(?i:up to|at most|no more than|not more than|a maximum of|within)[ \u00a0]$"
        ),
        "max",
    ),
    (
        re.compile(
            r"\b(?i:at least|a minimum of|no less than|no fewer than|not less than)[ \u00a0]$"
        ),
        "min",
    ),
    (re.compile(r"\b(?i:more than|over|longer than)[ \u00a0]$"), "over"),
    (re.compile(r"\b(?i:less than|under|fewer than)[ \u00a0]$"), "under"),
    (
        re.compile(r"\b(?i:about|around|roughly|nearly|almost|some|approximately)[ \u00a0]$"),
        "approx",
    ),
)


def _limit_before(site: Site) -> str | None:
    before = site.text[max(0, site.start - 20) : site.start]
    return next((name for pattern, name in _LIMITS if pattern.search(before)), None)


def _article_duration(match: re.Match[str], _site: Site) -> Reading | None:
    return duration_value(1, unit_of(match["unit"]))


# "within 180 days of enactment" counts from an act whose day is not said here.
_COUNTED_FROM = re.compile(r" (?i:of|after|from|following)\b")


def _within(match: re.Match[str], site: Site) -> Reading | None:
    """Read "within two months": a limit counted from the act it belongs to, else publication."""
    count, unit = number_of(match["count"]), unit_of(match["unit"])
    reading = replace(duration_value(count, unit), modifier="within")
    start = _last_day(site) or site.published
    if _COUNTED_FROM.match(site.text, site.end):
        start = None
    if count is None or count != int(count) or unit == "hour" or start is None:
        return reading
    end = shift(start, int(count), unit)
    # A limit for what is still to come has its place on the calendar; "within a year" in general,
    # or of what was done, is a length.
    is_window = start == site.published and site.get_tense() is Tense.FUTURE
    kind = DateKind.DATE if is_window else reading.kind
    return replace(reading, kind=kind, start=start, end=end, anchor=start, takes_prefix=False)


def _last_day(site: Site) -> date | None:
    for reading in reversed(site.earlier):
        if reading.granularity is Granularity.DAY and reading.start is not None:
            return reading.start
    return None


_WINDOW_AHEAD = frozenset({"next", "coming", "following", "upcoming"})


def _window(match: re.Match[str], site: Site) -> Reading | None:
    """Read "the next six months", "the past decade": a span that begins or ends at publication."""
    count = number_of(match["count"]) if match["count"] else 1
    unit = unit_of(match["unit"])
    day = site.published
    if count is None or count != int(count) or day is None or unit == "hour":
        return duration_value(count, unit)
    ahead = match["way"].lower() in _WINDOW_AHEAD
    other = shift(day, int(count) if ahead else -int(count), unit)
    start, end = (day, other) if ahead else (other, day)
    return Reading(
        # An anchored window is a date of the contract (gold 003, 006); its value is a length.
        kind=DateKind.DATE,
        timex=duration_timex(count, unit),
        start=start,
        end=end,
        granularity=grain_of(unit),
        anchor=day,
        takes_prefix=False,
    )


_COMPARISON_UNITS = {"y": "year", "m": "month", "q": "quarter", "w": "week"}


def _comparison(match: re.Match[str], _site: Site) -> Reading | None:
    letter = (match["unit"] or match["code"])[0].lower()
    return duration_value(1, _COMPARISON_UNITS[letter])


def _vague_long(match: re.Match[str], _site: Site) -> Reading | None:
    return duration_value(None, unit_of(match["unit"]))


def _label(match: re.Match[str], _site: Site) -> Reading | None:
    """Read "2025 model year": a label of goods, which is no interval of the calendar."""
    return Reading(
        kind=DateKind.DATE,
        timex=match["year"] or match["after"],
        start=None,
        end=None,
        granularity=Granularity.YEAR,
        takes_prefix=False,
    )


_COUNT = rf"(?P<count>{NUMBER}|{VAGUE})"
DURATIONS: tuple[Rule, ...] = (
    rule(
        "age",
        rf"(?<![\w.,])\d{{1,3}}{H}(?i:year|month|week|day)s?{H}(?i:old)s?\b",
        lambda _match, _site: None,
        "unit",
    ),
    rule(
        "duration",
        rf"(?<![\w$€£.,/-])(?P<limit>(?!))?{_COUNT}(?:{S}|{H})(?:(?i:consecutive"
        rf"|straight|working|business|calendar|full|whole|more"
        rf"|trading|long){S})?(?P<unit>{UNIT})s?\b(?:{H}(?i:long"
        rf"|period)\b)?(?!{H}?{S}?(?i:old)\b)(?!{S}(?i:ago|earlier"
        rf"|later|before)\b)",
        _duration,
        "unit",
    ),
    rule(
        "unit_long",
        rf"\b(?P<unit>{UNIT})s?{H}(?i:long)\b",
        _article_duration,
        "unit",
    ),
    rule(
        "for_a_unit",
        rf"(?:(?<=\bfor )|(?<=\bFor )|(?<=\blasts )|(?<=\blast )"
        rf"|(?<=\btakes )|(?<=\btake )|(?<=\bthan )|(?<=\bafter ))(?i:an?"
        rf"|another|the entire|a full|a whole|half a|almost a"
        rf"|nearly a|about a){S}(?P<unit>{UNIT})\b(?![-/]|{S}(?i:ago"
        rf"|earlier|later|before|after)\b)",
        _article_duration,
        "unit",
    ),
    rule(
        "within",
        rf"\b(?i:within){S}(?:(?i:about|just){S})?(?P<count>{NUMBER}"
        rf"|{VAGUE}|(?i:an?)\b)(?:{S}|{H})(?:(?i:working|business"
        rf"|calendar){S})?(?P<unit>{UNIT})s?\b",
        _within,
        "unit",
    ),
    rule(
        "window",
        rf"(?:\b(?i:the|these|its){S}|(?<=\b(?i:in|of) )|(?<=\b(?i:over) )"
        rf"|(?<=\b(?i:within) )|(?<=\b(?i:during) )|(?<=\b(?i:for) ))(?:(?P<way>(?i:next"
        rf"|coming|following|upcoming|past|last|previous|preceding"
        rf"|prior)){S}(?:(?P<count>{NUMBER}|{VAGUE}){S}(?P<unit>{UNIT})s?\b))(?!{S}(?i:of)"
        rf"\b)",
        _window,
        "unit",
    ),
    rule(
        "window_one",
        r"\b(?i:the) (?P<way>(?i:next|coming|past|last))(?P<count>(?!))? (?P<unit>(?i:deca"
        r"de|year|century|week|month|quarter))\b(?! (?i:of)\b)",
        _window,
        "unit",
    ),
    rule(
        "comparison",
        r"\b(?:(?i:(?P<unit>year|month|quarter|week)[- ](?:on"
        r"|over|to)[- ](?P=unit))|(?P<code>Y[oO]Y|M[oO]M|Q[oO]Q"
        r"|yoy|mom(?=[,.)])|qoq|y/y|m/m|q/q))\b(?![- ]date)",
        _comparison,
        "unit",
        "digit",
    ),
    rule(
        "vague_long",
        r"(?:(?<=\bfor )|(?<=\bFor )|(?<=\bover )|(?<=\bin ))(?P<unit>(?i:decades"
        r"|years|months|weeks|days))\b(?: (?i:to come)\b)?",
        _vague_long,
        "unit",
    ),
    rule(
        "label",
        r"\b(?:(?P<year>(?:19|20)\d\d)[ -](?i:model[- ]years?)"
        r"|(?i:model[- ]year) (?P<after>(?:19|20)\d\d))\b",
        _label,
        "year",
    ),
)
