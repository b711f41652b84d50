"""Rules for intervals with two ends: ranges, and lists of neighboring years or months."""

import re
from dataclasses import replace

from extractors.dates.atoms import (
    BARE_MONTH,
    BARE_YEAR,
    DAY_MONTH,
    MONTH_DAY,
    MONTH_YEAR,
    QUARTER_WORDS,
    QUARTER_YEAR,
    WEEKDAY_RULE,
    is_year_place,
)
from extractors.dates.fiscal import find_calendar
from extractors.dates.grammar import Rule, any_of, read_part, rule
from extractors.dates.resolve import Site
from extractors.dates.values import (
    Reading,
    day_value,
    make_day,
    month_start,
    shift,
    span_value,
    year_value,
)
from extractors.dates.words import (
    DAY,
    MONTH,
    WEEKDAY,
    YEAR,
    H,
    S,
    full_year,
)
from models.vocabulary import Granularity

ENDS = (MONTH_DAY, DAY_MONTH, MONTH_YEAR, BARE_MONTH, QUARTER_YEAR, QUARTER_WORDS, BARE_YEAR)
_END = any_of(ENDS)
# Ends that say a day or month themselves.
DATED = (MONTH_DAY, DAY_MONTH, MONTH_YEAR, BARE_MONTH)
HAS_YEAR = re.compile(r"(?:19|20)\d\d|\b(?i:last|this|next) year")
_CLASS = re.compile(
    r"(?P<quarter>Q[1-4]|[1-4]Q|(?i:quarter))|(?P<month>[A-Z][A-Za-z]{2})|(?P<year>\d{4})"
)


def sub_site(site: Site, match: re.Match[str], group: str) -> Site:
    """Return the site of one group of a larger match."""
    start = site.start + match.start(group) - match.start()
    return replace(site, start=start, end=start + len(match[group]))


def _range(match: re.Match[str], site: Site) -> Reading | None:
    """Read two ends; the one with a year, else the second, fixes the year of the other."""
    one, two = match["one"], match["two"]
    if match["lead"] is None and match["link"].strip().lower() in {"until", "till"}:
        # "the measures of 9 October until 10 November 2026" are two dates.
        return None
    first_class, second_class = _CLASS.search(one), _CLASS.search(two)
    if not first_class or not second_class or first_class.lastgroup != second_class.lastgroup:
        return None
    first_site, second_site = sub_site(site, match, "one"), sub_site(site, match, "two")
    if HAS_YEAR.search(one) and not HAS_YEAR.search(two):
        first = read_part(ENDS, one, first_site)
        if first is None or first.start is None:
            return None
        second = read_part(ENDS, two, second_site.hinted(not_before=first.start))
    else:
        # Both months may be verbs or names: "bare" checks are made on the surroundings.
        second = _read_end(two, second_site, site)
        if second is None:
            return None
        hint = second.start
        first = read_part(ENDS, one, first_site.hinted(not_after=hint) if hint else first_site)
    if first is None or second is None or first.granularity is not second.granularity:
        return None
    return span_value(first, second)


def _read_end(surface: str, site: Site, whole: Site) -> Reading | None:
    # The verb governs the whole range, and syntax often cuts "October-November" badly.
    return read_part(ENDS, surface, site.hinted(tense=whole.get_tense()))


def _days_of_month(match: re.Match[str], site: Site) -> Reading | None:
    """Read "October 25-30, 2025" and "25 to 30 October"."""
    surface = f"{match['month']} {match['d2']}" + (f", {match['year']}" if match["year"] else "")
    last = read_part((MONTH_DAY,), surface, site)
    if last is None:
        return None
    if last.start is None:
        return last
    first_day = make_day(last.start.year, last.start.month, int(re.sub(r"\D", "", match["d1"])))
    return span_value(day_value(first_day), last) if first_day else None


def _weekdays(match: re.Match[str], site: Site) -> Reading | None:
    last = read_part((WEEKDAY_RULE,), match["two"], sub_site(site, match, "two"))
    if last is None or last.start is None:
        return last
    first = read_part((WEEKDAY_RULE,), match["one"], site.hinted(not_after=last.start))
    return span_value(first, last) if first else None


def _year_span(match: re.Match[str], site: Site) -> Reading | None:
    """Read "2024-25": a fiscal year where the text names a country with one, else both years."""
    first = int(match["first"])
    tail = match["tail"]
    last = full_year(tail) if len(tail) == 2 else int(tail)
    start = site.start + match.start("first") - match.start()
    slash_span = "/" not in match[0] or last == first + 1
    placed = is_year_place(site.text, start, start + 4, counted=False)
    if not first < last <= first + 60 or not slash_span or not placed:
        return None
    whole = span_value(year_value(first), year_value(last))
    calendar = find_calendar(site.text, site.start)
    if whole is None or len(tail) == 4 or last != first + 1 or calendar is None:
        return whole
    begin = month_start(first, calendar.start_month - 1)
    return replace(whole, start=begin, end=shift(begin, 1, "year"), granularity=Granularity.YEAR)


def _list(match: re.Match[str], site: Site) -> Reading | None:
    """Read "April and May" or "2026, 2027, and 2028": neighbors in the calendar are one span."""
    rules: tuple[Rule, ...] = (MONTH_YEAR, BARE_MONTH, BARE_YEAR)
    sentence_end = min(len(site.text), site.end + 200)
    if "respectively" in site.text[site.start : sentence_end].split("\n")[0]:
        return None
    parts = [
        part for part in re.split(r"\(prorated\)|,? and |[,&/]", match[0]) if part and part.strip()
    ]
    readings: list[Reading] = []
    position = 0
    last: Reading | None = None
    for part in reversed(parts):
        word = part.strip()
        position = match[0].rfind(word)
        place = replace(site, start=site.start + position, end=site.start + position + len(word))
        hint = last.start if last else None
        reading = read_part(rules, word, place.hinted(not_after=hint) if hint else place)
        if reading is None or reading.start is None:
            return None
        if last is not None and reading.end != last.start:
            return None
        readings.append(reading)
        last = reading
    if len(readings) < 2:
        return None
    whole = span_value(readings[-1], readings[0])
    if whole and "prorated" in match[0] and whole.start and site.published:
        # A prorated first year counts from the day of the promise.
        return replace(whole, start=max(whole.start, site.published))
    return whole


_MONTHLY = any_of([MONTH_YEAR, BARE_MONTH])
_TO = rf"(?:{S}(?i:to|through|thru|until|till|up to|-){S}|{S}?[-‐‑–—]{S}?|{H}(?i:to|through){H})"
SPANS: tuple[Rule, ...] = (
    rule(
        "range",
        rf"\b(?:(?P<lead>(?i:from|between)){S})?(?P<one>{_END})(?P<link>{_TO})(?P<two>{_END})",
        _range,
        "month",
        "year",
        "unit",
    ),
    rule(
        "between",
        rf"\b(?P<lead>(?i:between)){S}(?P<one>{_END}){S}(?P<link>(?i:and)){S}(?P<two>{_END})",
        _range,
        "month",
        "year",
        "unit",
    ),
    rule(
        "days_of_month",
        rf"\b(?:(?i:from|between){S})?(?P<month>{MONTH}){S}(?P<d1>{DAY})(?:{S}?[-–—]{S}?"
        rf"|{S}(?i:to|through|until|and){S})(?P<d2>{DAY})(?:,?{S}(?P<year>{YEAR}))?",
        _days_of_month,
        "month",
    ),
    rule(
        "days_before_month",
        rf"(?<![\d.,-])\b(?:(?i:from|between){S})?(?P<d1>{DAY})(?:{S}?[-–—]{S}?"
        rf"|{S}(?i:to|through|until|and){S})(?P<d2>{DAY}){S}(?P<month>{MONTH})(?:,?{S}(?P<y"
        rf"ear>{YEAR}))?",
        _days_of_month,
        "month",
    ),
    rule(
        "weekdays",
        rf"\b(?:(?i:from|between){S})?(?P<one>{WEEKDAY})(?:{S}(?i:to"
        rf"|through|until|and){S}|{H})(?P<two>{WEEKDAY})",
        _weekdays,
        "weekday",
    ),
    rule(
        "year_span",
        r"(?<![\d/.,-])\b(?P<first>(?:19|20)\d\d)[-–/](?P<tail>(?:19|20)\d\d|\d\d)\b(?![-/.]\d)",
        _year_span,
        "year",
    ),
    rule(
        "list",
        rf"\b{_MONTHLY}(?:,{S}{_MONTHLY}){{0,4}},?{S}(?i:and){S}{_MONTHLY}"
        rf"|(?<![\d,.$-])\b{YEAR}(?:{S}\(prorated\))?(?:,{S}{YEAR}){{0,6}},?{S}(?i:and){S}"
        rf"{YEAR}",
        _list,
        "month",
        "year",
    ),
)
