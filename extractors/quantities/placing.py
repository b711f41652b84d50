"""The dates of a text as the periods of figures: which are bases, which run up to now.

A date that names what a figure is compared with is not its period. Reads the dates of
`extractors.dates`; resolves none itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Doc, Span

from extractors.quantities.clauses import clause_chain
from extractors.quantities.periods import YEAR_PAIR, Period, shift_years
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity

_STATISTIC = frozenset(
    {Granularity.MONTH, Granularity.QUARTER, Granularity.HALF, Granularity.YEAR, Granularity.MULTI}
)
_BASE_BEFORE = re.compile(
    r"(?:\b(?:from|on|than(?: in| for)?|versus|vs\.?|against|compared (?:with|to)|relative to"
    r"|above|below|under|over|ahead of|short of|shy of|behind"
    r"|(?:was|were) (?:set|issued|allotted|granted|approved) (?:for|in)"
    r"|double|triple|treble|quadruple|twice|times"
    r"|as (?:much|many|large|big|high)(?: [a-z]+)? as(?: in| for)?"
    r"|exceed(?:s|ed|ing)?|topp(?:ed|ing)|tops|beat(?:s|ing)?|surpass(?:ed|es|ing)?|outstripped"
    r"|overtook|outpaced|trailed|matched|equal(?:s|ed|led)|bettered|and (?:that|those) of"
    r"|(?:same|corresponding|equivalent|comparable|like) (?:[a-z]+ )?"
    r"(?:months?|period|quarters?|half|time|stretch|weeks)(?: (?:of|in))?)"
    r"(?: (?:the|those of|that of|levels? (?:of|in)"
    r"|(?:[a-z]+ )?(?:batch(?:es)?|quotas?|rounds?|tranches?|allotments?) (?:of|for)"
    r"|(?:whole|all) of|figures? (?:of|for)"
    r"|same month in))*)\s*$",
    re.IGNORECASE,
)
_BASE_TEXT = re.compile(
    r"\b(?:earlier|before|ago|previous|prior|preceding|corresponding"
    r"|same (?:[a-z]+ )?(?:months?|period|quarter|half|stretch|time|weeks))\b",
    re.IGNORECASE,
)
# "In the previous financial year the country sold 5 t": the year of the figure, not its base.
_OPENS_CLAUSE = re.compile(r"(?:^|[.;:(\n] ?|, )(?:in|during|over|for) $", re.IGNORECASE)
_WAY = re.compile(r"(?:\bfrom|\bbetween) [a-z0-9]{0,8}$")
_REST = re.compile(r"\b(?:rest|remainder|remaining (?:part|months|weeks)|balance) of (?:the )?$")
_UP_TO = re.compile(
    r"(?<!\d)(?<!january)(?<!february)(?<!march)(?<!april)(?<!may)(?<!june)(?<!july)(?<!august)"
    r"(?<!september)(?<!october) (?:through|up to the end of) (?:the end of )?$"
)
_FISCAL_TO = re.compile(
    r"\b(?:fiscal|financial|business) year\b[a-z ,]{0,16} (?:to|through|in|until)(?: late)? $"
)
_YEARLY_FROM = re.compile(
    r"(?:\b(?:a|per|each|every) (?:year|month)|\bannually|\bper annum),?"
    r" (?:from|starting|beginning)(?: in| from)? $"
)
_RANGE_AFTER = re.compile(
    r"\s*(?:to|through|until|-|–)\s*(?:the end of )?(?:[A-Z][a-z]{2,8}\b|\d{4}\b)"
)
# "the level of May 2030, when 300 tons were shipped": a base of its sentence, not of its clause.
_WHEN = re.compile(r",? (?:when|in which)\b", re.IGNORECASE)
_STAT_WORDS = re.compile(
    r"\b(?:data|statistics|figures|exports?|shipments?|imports?|output|production|sales|trade"
    r"|quotas?|results|activities|operations|earnings"
    r"|consumption|consumed|mined|produced|imported|exported|shipped|sold|smelted"
    r"|arrivals|arrived|inflows|outflows)\b(?!\W(?:permit|licen|control|ban\b|curb|restrict|dut|tax|tariff|rule|regime))",
    re.IGNORECASE,
)


_ALLOTTED = re.compile(
    r" (?:of [a-z ]{2,30} )?(?:permitted|allotted|allowed|approved|granted|authori[sz]ed|assigned"
    r"|licensed|set|issued|allocated|awarded) (?:in|for|during) (?:all of )?$"
)
_SINCE_BEFORE = re.compile(r"since (?:early |late |mid-?)?$")
# "Sold 300 tons since it opened the plant in 2030": counted from then up to now.
_SINCE_CLAUSE = re.compile(
    r"\bsince (?:it|they|the [a-z-]+|its [a-z-]+|operations|production) [^,;:.()]{3,50} (?:in )?$"
)


@dataclass(frozen=True, slots=True)
class PlacedDate:
    """A date of the text with its tokens; `is_base`: what something is compared with."""

    mention: DateMention
    span: Span
    period: Period
    is_base: bool
    is_since: bool
    is_way: bool = False
    counts_up: bool = False


def _is_base(text: str, mention: DateMention) -> bool:
    before = text[max(0, mention.char_start - 40) : mention.char_start]
    after = text[mention.char_end : mention.char_end + 12]
    if _WHEN.match(after) or _YEARLY_FROM.search(before.lower()):
        return False
    if _BASE_TEXT.search(mention.text):
        return _OPENS_CLAUSE.search(before) is None
    if mention.granularity in {Granularity.MULTI, Granularity.DAY}:
        is_start = re.search(r"\bfrom (?:the )?$", before) and not _RANGE_AFTER.match(after)
        is_start = is_start and mention.text.lower().endswith("months")
        return bool(is_start or re.search(r"(?:than|with|against|versus)(?: in| the)? $", before))
    lowered = mention.text.lower()
    if lowered.startswith(("since", "through", "until", "by", "from")):
        return lowered.startswith("from ") and not re.search(r"to|through|-|–", lowered)
    return bool(_BASE_BEFORE.search(before)) and not _RANGE_AFTER.match(after)


def place_dates(doc: Doc, text: str, dates: Sequence[DateMention]) -> list[PlacedDate]:
    """Return the dates that can be a period, with their tokens, in order."""
    placed: list[PlacedDate] = []
    for mention in dates:
        usable = mention.kind is DateKind.DATE
        usable = usable and (mention.period_start or mention.period_end) is not None
        # "In each of the two following years" repeats what was said for the year before them.
        usable = usable and mention.rule_id != "date.years_following"
        span = doc.char_span(mention.char_start, mention.char_end, alignment_mode="expand")
        if not usable or span is None or not len(span):
            continue
        before = text[max(0, mention.char_start - 80) : mention.char_start].lower()
        placed.append(
            PlacedDate(
                mention,
                span,
                _counted(mention, before, published_of(doc)),
                _is_base(text, mention),
                is_since=_is_since(mention, before),
                counts_up=_SINCE_CLAUSE.search(before) is not None,
                is_way=_WAY.search(before + mention.text.lower()[:8]) is not None,
            )
        )
    return placed


def _is_since(mention: DateMention, before: str) -> bool:
    since = _SINCE_BEFORE.search(before) is not None
    return since or mention.text.lower().startswith("since")


def _counted(mention: DateMention, before: str, published: date | None) -> Period:
    """Return the period that a figure with this date is about.

    Counted since a date is up to publication, "the rest of 2031" begins there, "the fiscal year
    that runs to March" is the twelve months that end there, "a year from 2031" stays open.
    """
    start, end, length = mention.period_start, mention.period_end, mention.granularity
    since = _is_since(mention, before) or _SINCE_CLAUSE.search(before) is not None
    if published is not None and since:
        # Publication itself is included: intervals are half-open.
        return Period(start, max(end or start or published, published + timedelta(days=1)), length)
    if end is not None and length is Granularity.MONTH and _UP_TO.search(before):
        # "14,000 tonnes left the country through November".
        return Period(date((end - timedelta(days=1)).year, 1, 1), end)
    if published is not None and end is not None and _REST.search(before) and published < end:
        return Period(max(published, start or published), end, Granularity.VAGUE)
    if end is not None and length is Granularity.MONTH and _FISCAL_TO.search(before):
        return Period(shift_years(end, -1), end, Granularity.YEAR)
    if length is Granularity.YEAR and _YEARLY_FROM.search(before):
        return Period(start, None, length)
    return Period(start, end, length)


def is_statistic(placed: PlacedDate) -> bool:
    """Tell whether a date is as long as the periods that figures are given for."""
    return placed.mention.granularity in _STATISTIC


def last_of_pair(placed: PlacedDate) -> Period:
    """Return the year that a change "from 2030 to 2031" happened in, else the whole period.

    "In each of 2030 and 2031", "over 2030 and 2031" are both years.
    """
    pair = YEAR_PAIR.search(placed.mention.text) if placed.is_way else None
    if pair is None or int(pair[2]) != int(pair[1]) + 1:
        return placed.period
    return Period(date(int(pair[2]), 1, 1), date(int(pair[2]) + 1, 1, 1))


def stat_context(text: str, placed: PlacedDate) -> bool:
    """Tell whether a date stands beside a word for figures: "November customs data"."""
    start = max(0, placed.mention.char_start - 70)
    before = re.split(r"[.;\n] ?(?=[A-Z]|$)", text[start : placed.mention.char_start])[-1]
    after = re.split(r"[.;\n]", text[placed.mention.char_end : placed.mention.char_end + 30])[0]
    return _STAT_WORDS.search(f"{before}|{after}") is not None


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
        verbs = [t for t in between or () if t.pos_ in {"VERB", "AUX"}]
        # "The 3,000 tonnes permitted in 2031": a lone participle qualifies the number.
        has_verb = bool(verbs) and not _ALLOTTED.match(gap)
        if has_verb and not _FISCAL_TO.search(gap.lower()):
            return None
        return placed
    return None


def clause_rank(number: Span, placed: PlacedDate) -> int:
    """Return how near the clause of a date is: 0 same, 1.. above, 9 elsewhere."""
    chain = clause_chain(number.root)
    head = clause_chain(placed.span.root)[0]
    return chain.index(head) if head in chain else 9
