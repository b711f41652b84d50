"""The period of a number: its own date, then clause and sentence, then the running month.

Also tells what a change is measured against (month before, year before), because a date that
names a base is not the period. Reads the dates of `extractors.dates`; resolves none itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from spacy.tokens import Doc, Span

from extractors.quantities.clauses import clause_chain
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import Basis, DateKind, Granularity

Base = Literal["mom", "yoy", "other"]
_STATISTIC = frozenset(
    {Granularity.MONTH, Granularity.QUARTER, Granularity.HALF, Granularity.YEAR, Granularity.MULTI}
)
_LENGTHS = {Granularity.QUARTER: Basis.QUARTER, Granularity.HALF: Basis.HALF}
_BASE_BEFORE = re.compile(
    r"(?:\b(?:from|on|than(?: in| for)?|versus|vs\.?|against|compared (?:with|to)|relative to"
    r"|above|below|under|over|ahead of"
    r"|(?:was|were) (?:set|issued|allotted|granted|approved) (?:for|in)"
    r"|double|triple|treble|quadruple|twice|times"
    r"|(?:same|corresponding|equivalent) (?:month|period|quarter|time|stretch)(?: (?:of|in))?)"
    r"(?: (?:the|those of|that of|levels? (?:of|in)|whole of|figures? (?:of|for)"
    r"|same month in))*)\s*$",
    re.IGNORECASE,
)
_BASE_TEXT = re.compile(
    r"\b(?:earlier|before|ago|previous|prior|preceding|corresponding"
    r"|same (?:month|period|quarter))\b",
    re.IGNORECASE,
)
_RANGE_AFTER = re.compile(
    r"\s*(?:to|through|until|-|–)\s*(?:the end of )?(?:[A-Z][a-z]{2,8}\b|\d{4}\b)"
)
_YTD = re.compile(
    r"year[- ]to[- ]date|\bytd\b|so far this year|in the year (?:to|through)|cumulative"
    r"|the year so far|so far in 20\d\d",
    re.IGNORECASE,
)
# "the level of May 2030, when 300 tons were shipped": a base of its sentence, not of its clause.
_WHEN = re.compile(r",? (?:when|in which)\b", re.IGNORECASE)
_YEAR_PAIR = re.compile(r"\b(\d{4}) (?:to|and|through) (\d{4})\b")
_STAT_WORDS = re.compile(
    r"\b(?:data|statistics|figures|exports?|shipments?|imports?|output|production|sales|trade|quotas?)\b",
    re.IGNORECASE,
)

_YOY = re.compile(
    r"year[- ](?:on|over)[- ]year|\by[-/]?o[-/]?y\b|\by/y\b|\ban? (?:year|twelve months) "
    r"(?:earlier|ago|before|prior)|\bone year (?:earlier|ago|before)|\b(?:on|from|over|than|versus"
    r"|against|of|to|with|in|for) (?:the )?(?:last|prior|previous|preceding) year\b"
    r"|\b(?:on|over) the year\b|\bannual(?:ly|i[sz]ed)?\b|\bthe year (?:before|earlier)\b"
    r"|\bsame (?:period|month|quarter|half|time|[a-z]+ months)\b.{0,12}"
    r"\b(?:last|previous|a year|20\d\d|year)"
    r"|\bcorresponding (?:period|month|quarter)\b|\byearly\b|\byear[- ](?:ago|earlier)\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|q[1-4]|quarter) (?:of )?last year\b",
    re.IGNORECASE,
)
_MOM = re.compile(
    r"month[- ](?:on|over|to)[- ]month|\bm[-/]?o[-/]?m\b|\bm/m\b"
    r"|\b(?:a|one|the) month (?:earlier|ago|before|prior)|\b(?:previous|prior|preceding) month\b"
    r"|\b(?:on|over) the month\b|\b(?:from|than|on|over|with|to|against) (?:in )?last month\b"
    r"|\bmonthly (?:rise|increase|drop|decline|gain|fall|decrease|jump|basis|growth|change)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"quarter[- ](?:on|over|to)[- ]quarter|\bq[-/]?o[-/]?q\b|\bq/q\b|\bsequential(?:ly)?\b"
    r"|\bweek[- ]on[- ]week\b|\b(?:previous|prior|preceding|last) quarter\b|\bquarterly\b",
    re.IGNORECASE,
)
_BASE_MONTH = re.compile(
    r"\b(?:from|on|than(?: in)?|versus|vs\.?|against|over|compared (?:with|to)|above|below|under)"
    r" (?:the )?(?:level of |figure for )?(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)(?!(?: \d{4})? (?:to|through|until)\b)"
    r"(?P<year>(?:,? | of )(?:last year|\d{4}))?(?! \d)",
    re.IGNORECASE,
)
_BASE_YEAR = re.compile(
    r"\b(?:from|on|than(?: in)?|versus|vs\.?|against|over|compared (?:with|to)|above|below|under"
    r"|of) (?:the )?(?:level of |figure for |same period (?:of|in) |whole of |level in )?"
    r"(?:20\d\d|19\d\d)(?:'s|’s)?(?: (?:figure|level|total))?(?! to\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open interval; either side may be open."""

    start: date | None
    end: date | None
    granularity: Granularity | None = field(default=None, compare=False)

    @property
    def days(self) -> int | None:
        """Length in days, None when a side is open."""
        return (self.end - self.start).days if self.start and self.end else None


@dataclass(frozen=True, slots=True)
class PlacedDate:
    """A date of the text with its tokens; `is_base`: what something is compared with."""

    mention: DateMention
    span: Span
    period: Period
    is_base: bool
    is_since: bool


def shift_years(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def year_before(period: Period) -> Period:
    """Return the same period one year earlier."""
    return Period(
        shift_years(period.start, -1) if period.start else None,
        shift_years(period.end, -1) if period.end else None,
    )


def month_before(period: Period) -> Period | None:
    """Return the month before a month, None for other periods."""
    if period.start is None or not is_month(period):
        return None
    last = period.start - timedelta(days=1)
    return Period(last.replace(day=1), period.start)


def is_month(period: Period) -> bool:
    """Tell whether a period is one calendar month."""
    return (
        period.days is not None
        and 28 <= period.days <= 31
        and period.start is not None
        and (period.start.day == 1)
    )


def basis_of(period: Period | None, *, rate: str | None) -> Basis:
    """Return what length of time a mass adds up."""
    rates = {"year": Basis.YEAR, "month": Basis.MONTH, "quarter": Basis.QUARTER}
    if rate is not None:
        return rates.get(rate, Basis.OTHER)
    if period is None or period.start is None or period.end is None:
        return Basis.OTHER
    days = period.days or 0
    if period.granularity in _LENGTHS:
        return _LENGTHS[period.granularity]
    starts_year = (period.start.month, period.start.day) == (1, 1)
    if is_month(period):
        return Basis.MONTH
    if 365 <= days <= 366:
        return Basis.YEAR
    if days > 366:
        return Basis.CUMULATIVE
    quarter_start = period.start.day == 1 and period.start.month in {1, 4, 7, 10}
    if 89 <= days <= 92 and quarter_start and not starts_year:
        return Basis.QUARTER
    if 181 <= days <= 184 and period.start.month == 7 and period.start.day == 1:
        return Basis.HALF
    if starts_year and days > 31:
        return Basis.YTD
    return Basis.OTHER


def base_of(text: str) -> Base | None:
    """Return what a change is measured against, as far as a piece of text says."""
    hits: list[tuple[int, Base]] = []
    for pattern, base in ((_YOY, "yoy"), (_MOM, "mom"), (_OTHER, "other")):
        match = pattern.search(text)
        if match is not None:
            hits.append((match.start(), base))  # type: ignore[arg-type]
    match = _BASE_MONTH.search(text)
    if match is not None:
        hits.append((match.start(), "yoy" if match["year"] else "mom"))
    pair = _YEAR_PAIR.search(text)
    if pair is not None:
        is_next = int(pair[2]) == int(pair[1]) + 1
        hits.append((pair.start(), "yoy" if is_next else "other"))
    match = None if pair is not None else _BASE_YEAR.search(text)
    if match is not None:
        hits.append((match.start(), "yoy"))
    return min(hits)[1] if hits else None


def _is_base(text: str, mention: DateMention) -> bool:
    before = text[max(0, mention.char_start - 40) : mention.char_start]
    after = text[mention.char_end : mention.char_end + 12]
    if _WHEN.match(after):
        return False
    if _BASE_TEXT.search(mention.text):
        return True
    if mention.granularity in {Granularity.MULTI, Granularity.DAY}:
        return bool(re.search(r"(?:than|with|against|versus) $", before))
    lowered = mention.text.lower()
    if lowered.startswith(("since", "through", "until", "by", "from")):
        return lowered.startswith("from ") and not re.search(r"to|through|-|–", lowered)
    return bool(_BASE_BEFORE.search(before)) and not _RANGE_AFTER.match(after)


def place_dates(doc: Doc, text: str, dates: Sequence[DateMention]) -> list[PlacedDate]:
    """Return the dates that can be a period, with their tokens, in order."""
    placed: list[PlacedDate] = []
    for mention in dates:
        usable = mention.kind is DateKind.DATE and (mention.period_start or mention.period_end)
        span = doc.char_span(mention.char_start, mention.char_end, alignment_mode="expand")
        if not usable or span is None or not len(span):
            continue
        before = text[max(0, mention.char_start - 8) : mention.char_start].lower()
        published = published_of(doc)
        is_since = mention.text.lower().startswith("since") or before.endswith("since ")
        # What is counted since a date is counted up to publication.
        end = published if is_since and published is not None else mention.period_end
        placed.append(
            PlacedDate(
                mention,
                span,
                Period(mention.period_start, end, mention.granularity),
                _is_base(text, mention),
                is_since,
            )
        )
    return placed


def is_statistic(placed: PlacedDate) -> bool:
    """Tell whether a date is as long as the periods that figures are given for."""
    return placed.mention.granularity in _STATISTIC


def last_of_pair(placed: PlacedDate) -> Period:
    """Return the year that a change "from 2030 to 2031" happened in, else the whole period."""
    pair = _YEAR_PAIR.search(placed.mention.text)
    if pair is None or int(pair[2]) != int(pair[1]) + 1:
        return placed.period
    return Period(date(int(pair[2]), 1, 1), date(int(pair[2]) + 1, 1, 1))


def is_ytd(text: str) -> bool:
    """Tell whether words name the year up to now."""
    return _YTD.search(text) is not None


def stat_context(text: str, placed: PlacedDate) -> bool:
    """Tell whether a date stands beside a word for figures: "November customs data"."""
    start = max(0, placed.mention.char_start - 40)
    window = text[start : placed.mention.char_end + 30]
    return _STAT_WORDS.search(window) is not None


def own_date(
    doc: Doc, text: str, begin: int, end: int, dates: Sequence[PlacedDate], *, limit: int
) -> PlacedDate | None:
    """Return the date in the phrase of a number at `[begin, end)`: "May's 5 t", "5 t in May"."""
    for placed in dates:
        gap = text[placed.mention.char_end : begin]
        if placed.mention.char_end <= begin and gap.strip() in {"’s", "'s"}:
            return placed
    for placed in dates:
        start = placed.mention.char_start
        if start < end or start > limit or placed.is_base or placed.is_since:
            continue
        gap = text[end:start]
        if len(gap) > 70 or re.search(r"[;:()\d]|, | and | while | but ", gap):
            return None
        between = doc.char_span(end, start, alignment_mode="contract")
        if between is not None and any(token.pos_ in {"VERB", "AUX"} for token in between):
            return None
        return placed
    return None


def clause_rank(number: Span, placed: PlacedDate) -> int:
    """Return how near the clause of a date is: 0 same, 1.. above, 9 elsewhere."""
    chain = clause_chain(number.root)
    head = clause_chain(placed.span.root)[0]
    return chain.index(head) if head in chain else 9
