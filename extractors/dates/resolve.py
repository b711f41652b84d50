"""Anchoring: which year, week or month an incomplete expression means at its place in the text.

Policy measured in `date_cases.md`: tense for bare months and weekdays, the nearest occurrence
within 92 days for month and day, tense beyond. Without an anchor nothing is guessed: the value
keeps X for what is unknown and has no interval.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from spacy.tokens import Doc

from extractors.dates.fiscal import fiscal_moved
from extractors.dates.modifiers import prefix_before
from extractors.dates.tense import Tense, tense_at
from extractors.dates.values import (
    Reading,
    day_value,
    days_value,
    half_value,
    make_day,
    month_value,
    quarter_value,
    season_value,
    shift,
    unit_value,
    year_value,
)
from models.vocabulary import DateKind, Granularity

# Sweep on four corpora: tense errs more than nearness up to about three months.
NEAREST_DAYS = 92
# A deadline lies near: "told buyers to order before December".
_DEADLINES = frozenset({"by", "before", "until", "through"})
_FINENESS = {"time": 0, "day": 0, "week": 1, "fortnight": 1, "month": 2, "quarter": 3, "half": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The place of one expression and what its resolution may look at.

    Attributes:
        text: The text of `doc`, which spaCy would join anew at every access.
        published: Publication day; None when unknown.
        anchor: The day from which incomplete dates count: publication, or a date of the text.
        year: A year that the clause names before the expression; it beats the anchor.
        not_after: The value must not start after this day (first end of a range).
        not_before: The value must not start before this day (second end of a range).
        outer: Where the phrase begins that this expression is a part of.
        earlier: Readings before this one in the sentence and the one before, nearest last.
        told: The last readings of the text before this one, however far back, nearest last.
        follows: Start of a date with a year that "and" joins to this one.
    """

    doc: Doc
    text: str
    start: int
    end: int
    published: date | None
    anchor: date | None
    year: int | None = None
    tense: Tense | None = None
    not_after: date | None = None
    not_before: date | None = None
    outer: int | None = None
    earlier: tuple[Reading, ...] = field(default=())
    told: tuple[Reading, ...] = field(default=())
    follows: date | None = None

    def get_tense(self) -> Tense:
        """Return the tense in force here, from the caller's hint or the syntax."""
        return self.tense or tense_at(self.doc, self.text, self.start, self.end)

    def hinted(
        self,
        *,
        tense: Tense | None = None,
        not_after: date | None = None,
        not_before: date | None = None,
    ) -> "Site":
        """Return the site with a direction for the year."""
        return replace(self, tense=tense or self.tense, not_after=not_after, not_before=not_before)


def unresolved(timex: str, granularity: Granularity) -> Reading:
    """Return a date whose place on the calendar the text leaves open."""
    return Reading(kind=DateKind.DATE, timex=timex, start=None, end=None, granularity=granularity)


def _is_deadline(site: Site, *, only: frozenset[str] = _DEADLINES) -> bool:
    start = site.start if site.outer is None else site.outer
    return prefix_before(site.text, start) in only


def _pick(site: Site, options: list[Reading]) -> Reading | None:
    """Choose among candidates of neighboring years, in calendar order, by bounds, year or tense."""
    if site.not_after is not None:
        limit = site.not_after
        return next((o for o in reversed(options) if o.start and o.start <= limit), None)
    if site.not_before is not None:
        floor = site.not_before
        return next((o for o in options if o.start and o.start >= floor), None)
    anchor = site.anchor
    if anchor is None:
        return None
    if site.follows is not None and site.follows < anchor:
        floor = site.follows
        joined = next((o for o in options if o.start and o.start > floor), None)
        if joined and joined.end and joined.end <= anchor:
            return joined
    tense = site.get_tense()
    if tense is Tense.FUTURE:
        return next((o for o in options if o.end and o.end > anchor), None)
    if site.tense is None and _is_deadline(site):
        near = [o for o in options if o.start and abs((o.start - anchor).days) <= NEAREST_DAYS]
        if near:
            return near[0]
        if tense is Tense.UNKNOWN and not _is_deadline(site, only=frozenset({"before"})):
            return next((o for o in options if o.end and o.end > anchor), None)
    return next((o for o in reversed(options) if o.start and o.start <= anchor), None)


def _base_year(site: Site) -> int | None:
    day = site.not_after or site.not_before or site.anchor
    return day.year if day else None


def _years(base: int) -> range:
    return range(max(base - 1, 1), min(base + 2, 9999))


def _years_of(site: Site) -> range:
    """Return the years among which an incomplete date lies, from the one it follows."""
    base = _base_year(site)
    if base is None:
        return range(0)
    years = _years(base)
    if site.follows is not None and base - 60 < site.follows.year < years.start:
        return range(site.follows.year, years.stop)
    return years


def _fixed_year(site: Site) -> int | None:
    is_over = site.year is not None and site.anchor is not None and site.year < site.anchor.year
    if is_over and site.get_tense() is Tense.FUTURE:
        # "Which bought the site in 2019, must post a bond by Sept. 15": a duty lies ahead.
        return None
    return site.year if site.not_after is None and site.not_before is None else None


def bare_month(site: Site, month: int) -> Reading:
    """Resolve a month without a year."""
    if (year := _fixed_year(site)) is not None:
        return month_value(year, month)
    options = [month_value(year, month) for year in _years_of(site)]
    found = _pick(site, options)
    return found or unresolved(f"XXXX-{month:02d}", Granularity.MONTH)


def month_day(site: Site, month: int, day: int) -> Reading | None:
    """Resolve a month and day without a year; None when no year has such a day."""
    if make_day(2024, month, day) is None:
        return None
    if (year := _fixed_year(site)) is not None and (exact := make_day(year, month, day)):
        return day_value(exact)
    base = _base_year(site)
    # 29 February may lie up to eight years away; four cover every case but a century year.
    years = range(base - 4, base + 5) if base and (month, day) == (2, 29) else None
    span = years or _years_of(site)
    days = [found for year in span if (found := make_day(year, month, day))]
    return _choose_day(site, days) or unresolved(f"XXXX-{month:02d}-{day:02d}", Granularity.DAY)


def _choose_day(site: Site, days: list[date]) -> Reading | None:
    anchor = site.anchor
    # An anchor read from the text may be the end of a year: nearness to it means nothing.
    bound = site.not_after or site.not_before or site.follows
    free = bound is None and site.published is not None
    if free and anchor is not None and days:
        nearest = min(days, key=lambda day: abs((day - anchor).days))
        if abs((nearest - anchor).days) <= NEAREST_DAYS:
            return day_value(nearest)
    return _pick(site, [day_value(day) for day in days])


def bare_weekday(site: Site, weekday: int) -> Reading:
    """Resolve a weekday: past is the last one up to publication day, future the next one."""
    anchor = site.not_after or site.not_before or site.published
    if anchor is None:
        return unresolved(f"XXXX-WXX-{weekday + 1}", Granularity.DAY)
    back = (anchor.weekday() - weekday) % 7
    ahead = (weekday - anchor.weekday()) % 7
    if site.not_after is None and (site.not_before is not None or site.get_tense() is Tense.FUTURE):
        return day_value(anchor + timedelta(days=ahead))
    return day_value(anchor - timedelta(days=back))


def bare_quarter(site: Site, quarter: int) -> Reading:
    """Resolve a quarter without a year."""
    if (year := _fixed_year(site)) is not None:
        return quarter_value(year, quarter)
    found = _pick(site, [quarter_value(year, quarter) for year in _years_of(site)])
    return found or unresolved(f"XXXX-Q{quarter}", Granularity.QUARTER)


def bare_half(site: Site, half: int) -> Reading:
    """Resolve a half-year without a year."""
    if (year := _fixed_year(site)) is not None:
        return half_value(year, half)
    found = _pick(site, [half_value(year, half) for year in _years_of(site)])
    return found or unresolved(f"XXXX-H{half}", Granularity.HALF)


def bare_season(site: Site, season: str) -> Reading:
    """Resolve a season without a year."""
    if (year := _fixed_year(site)) is not None:
        return season_value(year, season)
    found = _pick(site, [season_value(year, season) for year in _years_of(site)])
    code = season_value(2000, season).timex[5:]
    return found or unresolved(f"XXXX-{code}", Granularity.MULTI)


def current_year(site: Site) -> int | None:
    """Return the year that "the year" or "the first nine months" speaks of."""
    if site.year is not None:
        return site.year
    return site.anchor.year if site.anchor else None


def offset_from_text(site: Site, count: int, unit: str) -> Reading:
    """Resolve "a year earlier", "the following day": from the last fitting date of the text.

    Offsets take the unit's grain, but a year keeps a finer one (November, a year earlier).
    """
    wanted = _FINENESS.get(unit, 5)
    for reading in _told_first(site, count):
        if reading.start is None or reading.end is None or reading.kind is not DateKind.DATE:
            continue
        fineness = _FINENESS.get(reading.grain, 5)
        if fineness > wanted:
            continue
        if unit == "year" and reading.timex.startswith("FY"):
            return fiscal_moved(reading, count)
        if unit != "year" or (fineness == wanted and "/" not in reading.timex):
            return unit_value(shift(reading.start, count, unit), unit).with_anchor(reading.start)
        return moved(reading, count, unit)
    if site.published is None:
        return unresolved("PAST_REF" if count < 0 else "FUTURE_REF", Granularity.VAGUE)
    return unit_value(shift(site.published, count, unit), unit).with_anchor(site.published)


def _told_first(site: Site, count: int) -> list[Reading]:
    """Return the earlier readings, nearest first; "one month earlier" prefers those of the past."""
    near, today = list(reversed(site.earlier)), site.published
    # "120 in April, from 160 the month before and 210 a year earlier": both count from April.
    stated = [reading for reading in near if reading.anchor is None or reading.anchor == today]
    near = [*stated, *(reading for reading in near if reading not in stated)]
    if count >= 0 or today is None or site.get_tense() is Tense.FUTURE:
        return near
    told = [reading for reading in near if reading.start is None or reading.start <= today]
    return [*told, *(reading for reading in near if reading not in told)]


def moved(reading: Reading, count: int, unit: str) -> Reading:
    """Return a period moved by whole units that keeps its own grain."""
    start, end = reading.start, reading.end
    if start is None or end is None:
        return reading
    if reading.granularity is Granularity.HALF and start.month in {1, 7}:
        return half_value(shift(start, count, unit).year, 1 + start.month // 7)
    if reading.granularity is Granularity.QUARTER:
        first_day = shift(start, count, unit)
        return quarter_value(first_day.year, (first_day.month - 1) // 3 + 1).with_anchor(start)
    if reading.granularity in {Granularity.DAY, Granularity.MONTH, Granularity.YEAR}:
        moved = unit_value(shift(start, count, unit), reading.granularity.value)
        return moved.with_anchor(start)
    first, last = shift(start, count, unit), shift(end, count, unit)
    found = days_value(first, last, grain=reading.grain, takes_prefix=True)
    return found.with_anchor(start)


def year_reading(site: Site) -> Reading | None:
    """Return the year that "the year" means here."""
    year = current_year(site)
    return year_value(year) if year else None
