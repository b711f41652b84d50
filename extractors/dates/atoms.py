"""Rules for single calendar dates: days, months, quarters, halves, years and their written forms.

Each also stands inside ranges and phrases ("from October 25 to November 2", "late May").
"""

import re
from dataclasses import replace

from extractors.dates.fiscal import fiscal_value
from extractors.dates.grammar import Rule, rule
from extractors.dates.lookalikes import is_month_name, is_person, is_year_place
from extractors.dates.resolve import (
    Site,
    bare_month,
    bare_quarter,
    bare_weekday,
    current_year,
    month_day,
    unresolved,
)
from extractors.dates.values import (
    Reading,
    day_value,
    half_value,
    make_day,
    month_value,
    quarter_value,
    year_value,
)
from extractors.dates.words import (
    DAY,
    MONTH,
    MONTH_FULL,
    MONTH_SHORT,
    WEEKDAY,
    WEEKDAY_SHORT,
    YEAR,
    H,
    S,
    full_year,
    month_of,
    ordinal_of,
    weekday_of,
)
from extractors.texts import site_of
from models.vocabulary import Granularity

_DEIXIS = r"(?P<deixis>(?i:last|this|next|that|the same)) (?i:year)"
_OF_YEAR = (
    rf"(?:{S}?,{S}?|{S}(?:(?i:of|in){S})?)"
    rf"(?:(?:(?i:calendar|calendar year){S})?(?P<year>{YEAR})|{_DEIXIS})"
)
_WEEKDAY_OPT = rf"(?:(?:{WEEKDAY}|{WEEKDAY_SHORT}),?{S}(?:(?i:the){S})?)?"
# Sites whose readers write the day first: country domains and names that say so.
_DAY_FIRST = re.compile(r"\.(?:uk|au|in|eu|de|fr|jp|nz|ie|sg|my)\b|europe|brit", re.IGNORECASE)


def _year_in(match: re.Match[str], site: Site) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    deixis = (groups.get("deixis") or "").lower()
    if deixis in {"that", "the same"}:
        return next((r.start.year for r in reversed(site.earlier) if r.start), None)
    if deixis and site.anchor:
        return site.anchor.year + {"last": -1, "this": 0, "next": 1}[deixis]
    return None


def _month_day(match: re.Match[str], site: Site) -> Reading | None:
    month = month_of(match["month"])
    day = int(re.sub(r"\D", "", match["day"]))
    year = _year_in(match, site)
    if year is not None:
        exact = make_day(year, month, day)
        return day_value(exact) if exact else None
    return month_day(site, month, day)


def _month_year(match: re.Match[str], site: Site) -> Reading | None:
    year = _year_in(match, site)
    month = month_of(match["month"])
    if year is None:
        return unresolved(f"XXXX-{month:02d}", Granularity.MONTH)
    return month_value(year, month)


# Given names, and the verb.
_NAMES = frozenset({"april", "may", "june", "august", "jan"})
# "Jan-Feb" without dots.
_SHORT_RANGE = re.compile(rf".{{0,5}}\b{MONTH_SHORT}[-–/]{MONTH_SHORT}", re.DOTALL)
_SHORT_NEEDS_DOT = frozenset({"jan", "mar", "dec", "sep", "jun", "jul", "apr", "oct"})


def _bare_month(match: re.Match[str], site: Site) -> Reading | None:
    surface = match["month"]
    key = surface.casefold()
    text = site.text
    if key in _SHORT_NEEDS_DOT and not _SHORT_RANGE.match(text, max(0, site.start - 5)):
        return None
    if key in {"may", "march", "mar."} and not is_month_name(text, site, surface):
        return None
    if key in _NAMES and is_person(text, site):
        return None
    return bare_month(site, month_of(surface))


def _weekday(match: re.Match[str], site: Site) -> Reading | None:
    return bare_weekday(site, weekday_of(match["weekday"]))


def _iso_day(match: re.Match[str], _site: Site) -> Reading | None:
    day = make_day(int(match["year"]), int(match["month"]), int(match["day"]))
    if day is None:
        return None
    reading = day_value(day)
    clock = match["clock"]
    if not clock:
        return reading
    return replace(reading, timex=f"{reading.timex}T{clock}", granularity=Granularity.TIME)


def _numeric_day(match: re.Match[str], site: Site) -> Reading | None:
    first, second, year = (int(part) for part in re.split(r"[/.]", match["digits"]))
    # Month first is the American order; day first where the numbers, dots or the outlet say so.
    outlet = site_of(site.doc) or ""
    day_first = first > 12 or "." in match["digits"] or bool(_DAY_FIRST.search(outlet))
    if day_first and second <= 12:
        first, second = second, first
    day = make_day(year, first, second)
    return day_value(day) if day else None


def _quarter(match: re.Match[str], site: Site) -> Reading | None:
    groups = match.groupdict()
    number = groups.get("q") or groups.get("q2")
    quarter = int(number) if number else ordinal_of(match["ordinal"])
    if quarter > 4:
        return None
    short = groups.get("short")
    year = full_year(short) if short else _year_in(match, site)
    return quarter_value(year, quarter) if year else bare_quarter(site, quarter)


def _half_code(match: re.Match[str], site: Site) -> Reading | None:
    half = int(match["h"] or match["h2"])
    short = match["short"]
    year = full_year(short) if short else _year_in(match, site)
    return half_value(year, half) if year else None


def _bare_year(match: re.Match[str], site: Site) -> Reading | None:
    surface = match["year"]
    end = site.start + match.start("year") - match.start() + len(surface)
    if (
        site.not_after is None
        and site.not_before is None
        and not is_year_place(site.text, end - 4, end)
    ):
        return None
    return year_value(int(surface))


def _short_year(match: re.Match[str], _site: Site) -> Reading | None:
    return year_value(full_year(match["short"]))


def _fiscal(match: re.Match[str], site: Site) -> Reading | None:
    short = match["short"]
    year = full_year(short) if short else int(match["year"])
    return fiscal_value(site.text, site.start, year, spans_two=bool(match.groupdict().get("tail")))


_M = rf"(?P<month>{MONTH})"
_D = rf"(?P<day>{DAY})"
ISO = rule(
    "iso",
    r"(?<![\d/-])(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?:[T ](?P<cloc"
    r"k>[0-2]\d:[0-5]\d))?(?![\d-])",
    _iso_day,
    "year",
)
NUMERIC = rule(
    "numeric",
    r"(?<![\d/.,-])(?P<digits>[0-3]?\d(?:/[0-3]?\d/|\.[0-3]?\d\.)(?:19|20)\d\d)(?![\d/-]|[.,]\d)",
    _numeric_day,
    "year",
)
MONTH_DAY = rule(
    "month_day",
    rf"\b{_WEEKDAY_OPT}{_M}{S}(?:(?i:the){S})?{_D}(?![:/]|{S}?(?i:%"
    rf"|percent|tons?|tonnes|kg))(?:{_OF_YEAR}(?![-–]\d\d\b))?",
    _month_day,
    "month",
)
DAY_MONTH = rule(
    "day_month",
    rf"(?<![\d.,$€£/-])\b(?:{WEEKDAY},?{S})?(?:(?i:the){S})?{_D}{S}(?:(?i:of){S})?{_M}(?:"
    rf"{_OF_YEAR})?",
    _month_day,
    "month",
)
MONTH_YEAR = rule(
    "month_year",
    rf"\b{_M}(?:{_OF_YEAR}|{S}?[’'‘](?P<short>\d\d)\b)",
    lambda match, site: (
        month_value(full_year(match["short"]), month_of(match["month"]))
        if match["short"]
        else _month_year(match, site)
    ),
    "month",
)
BARE_MONTH = rule("month", rf"\b(?P<month>{MONTH_FULL}\b|{MONTH_SHORT})", _bare_month, "month")
QUARTER_YEAR = rule(
    "quarter",
    rf"\b(?:Q(?P<q>[1-4])|(?P<q2>[1-4])Q)(?:{S}?(?:(?i:of){S})?(?:(?P<year>{YEAR})"
    rf"|[’'‘]?(?P<short>\d\d)\b(?![.,]\d|%))|{S}(?:(?i:of){S})?{_DEIXIS})?(?![\w%])",
    _quarter,
    "year",
    "digit",
)
QUARTER_WORDS = rule(
    "quarter_words",
    rf"\b(?:(?i:the){S})?(?P<ordinal>(?i:first|second|third"
    rf"|fourth|1st|2nd|3rd|4th))[ \u00a0-](?i:quarters?)(?!{S}(?i:century"
    rf"|horse|final|of{S}(?:its|their){S}(?:financial|fiscal|business){S}year))(?:{_OF_YEAR})?",
    _quarter,
    "unit",
)
HALF_CODE = rule(
    "half_code",
    rf"\b(?:H(?P<h>[12])|(?P<h2>[12])H){S}?(?:(?i:of){S})?(?:(?P<year>{YEAR})"
    rf"|[’'‘]?(?P<short>\d\d)\b)",
    _half_code,
    "year",
    "digit",
)
FISCAL = rule(
    "fiscal",
    rf"\b(?:(?i:the){S})?(?:(?i:(?:fiscal|financial)(?:{S}year)?){S}(?:of{S})?"
    rf"|FY{S}?[’'‘]?)(?:(?P<year>{YEAR}|(?:19|20)\d\d)(?P<tail>[-–/]\d{{2,4}})?"
    rf"|(?P<short>\d\d)\b)",
    _fiscal,
    "year",
    "digit",
)
FISCAL_AFTER = rule(
    "fiscal_after",
    rf"\b(?P<year>(?:19|20)\d\d)(?P<short>(?!))?{S}(?i:(?:fiscal|financial){S}year)\b",
    _fiscal,
    "year",
)
SHORT_YEAR = rule(
    "short_year",
    r"(?<=\b(?i:in|by|of|to) )[’'‘](?P<short>\d\d)\b(?!s\b)",
    _short_year,
    "year",
)
BARE_YEAR = rule("year", rf"(?<![\d,.])(?P<year>{YEAR})(?!s\b)", _bare_year, "year")
WEEKDAY_RULE = rule("weekday", rf"\b(?P<weekday>{WEEKDAY})", _weekday, "weekday")

ATOMS: tuple[Rule, ...] = (
    ISO,
    NUMERIC,
    MONTH_DAY,
    DAY_MONTH,
    MONTH_YEAR,
    BARE_MONTH,
    QUARTER_YEAR,
    QUARTER_WORDS,
    HALF_CODE,
    FISCAL,
    FISCAL_AFTER,
    SHORT_YEAR,
    BARE_YEAR,
    WEEKDAY_RULE,
)
__all__ = ["ATOMS", "H", "current_year", "is_year_place"]
