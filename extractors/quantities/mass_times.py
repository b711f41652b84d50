"""When a mass was counted and over what length of time, by its flow and role.

A base has a period of its own; a quota keeps the period it was set for; a yearly rate is a year.
Dates of plain levels are read by `running`.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from spacy.tokens import Doc

from extractors.quantities.bases import find_base
from extractors.quantities.clauses import clause_head
from extractors.quantities.lexemes import read_lexemes
from extractors.quantities.periods import (
    Period,
    base_of,
    basis_of,
    month_before,
    stretch_before,
    year_before,
)
from extractors.quantities.quantity import Quantity
from extractors.quantities.running import PeriodReader, read_period
from extractors.quantities.tables import MONTHS, header_months
from extractors.texts import published_of
from models.vocabulary import Basis, Flow, Granularity

# Flows that statistics give by month: the running month of a text is theirs.
COUNTED_BY_MONTH = frozenset({Flow.EXPORT, Flow.IMPORT, Flow.PRODUCTION, Flow.SALE})
_STANDING = frozenset({Flow.CAPACITY, Flow.RESERVES})
_YEARLY = re.compile(
    r"\b(?:(?:per|a|each|every) year|per annum|annually|(?:in|for) each of)\b"
    r"(?! (?:earlier|ago|before|later|prior))",
    re.IGNORECASE,
)
_YEARLY_BEFORE = re.compile(
    r"\b(?:annual|yearly)(?: [a-z]+)? (?:volumes?|quotas?|output|production|capacity|allotments?"
    r"|allowances?|demand|consumption|needs|exports?|imports?|shipments?|sales|requirements?)\b",
    re.IGNORECASE,
)
_YEARLY_NOUN = re.compile(
    r"(?: of)? (?:annual|yearly) (?:[a-z-]+ ){0,2}(?:capacity|output|production)\b"
)
# The first batch of a year's quota is not the quota of the year.
_BATCH = re.compile(
    r"(?<!with the first )(?<!with the second )(?<!including the first )"
    r"\b(?:batch(?:es)?|tranches?|rounds?|instal?lments?)\b",
    re.IGNORECASE,
)
# "Which takes the allowance for 2031 to 30,000 tonnes": what the batches add up to.
_TOTAL = re.compile(
    r"\b(?:total|whole|altogether|overall|in all|(?:allowance|quota|volume|figure|sum)s? for)\b"
)
# "Will sell 300 tons over five years": what the years add up to.
_OVER_YEARS = re.compile(
    r"(?<!each of )\b(?:over|across|during|within|in)(?: the)?(?: next| coming| following)?"
    r" (?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) years\b",
    re.IGNORECASE,
)
_TRADED = frozenset(
    {Flow.SALE, Flow.EXPORT, Flow.IMPORT, Flow.PRODUCTION, Flow.STOCKPILE, Flow.DEMAND}
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
# "300 tons in the second quarter, against 200 in the first": the noun is left out.
_BARE_ORDINAL = re.compile(
    r"\W*(?:in|of|for|during) the (first|second|third|fourth)"
    r"(?= ?[,.;:)]| and\b| but\b| as\b| when\b|$)"
)
_EARLIER = re.compile(
    r" (?:(?:of|in|from|for|seen|recorded|shipped|sold|imported|exported|mined|made|set)(?: in)? )?"
    r"(?:a|one|the) (year|month) (?:earlier|ago|before|previously)\b"
)
# "A year ago exporters had managed 300 tons".
_OPENS_EARLIER = re.compile(
    r"\s*(?:A|One) (year|month) (?:ago|earlier|before|previously),? (?!of\b|to\b)"
)
_MAX_OPENING = 90
# "From 300 tons in the eight months before": as long a time, right before that of the level.
_SAME_BEFORE = re.compile(
    r" (?:in|over|during|for) the (?:(?:same|previous|preceding|prior) )?(?:[a-z]+[ -])?"
    r"(?:months?|quarter|half|weeks|period) (?:before|earlier|prior|previously|preceding)\b"
)
# "Compared with 250 tons approved for 2031", "of May", "recorded in May".
_BASE_GAP = re.compile(r"(?:(?:[a-z]+ed|set|sold|mined|seen) )?(?:in|of|for|during)|")
_LENGTH_MONTHS = {Granularity.QUARTER: 3, Granularity.HALF: 6}


def read_rate(doc: Doc, quantity: Quantity, left: int, right: int) -> str | None:
    """Return "year" for "90 tons of ore per year", "an annual output of 90 tons", else the unit's.

    Args:
        doc: The Doc.
        quantity: The mass.
        left: Token where the mass before ends.
        right: Token where the mass behind begins.
    """
    if quantity.measure.rate is not None:
        return quantity.measure.rate
    end, text = quantity.measure.end, quantity.text
    stop = min(end + 70, doc[right - 1].idx + len(doc[right - 1]))
    behind = re.split("[;,]", text[end:stop])[0]
    start = max(doc[left].idx if left < len(doc) else 0, quantity.measure.start - 60)
    before = text[start : quantity.measure.start]
    is_change = quantity.movement.part == "change"
    if (
        _YEARLY.search(behind)
        or _YEARLY_NOUN.match(behind)
        or (_YEARLY_BEFORE.search(before) and not is_change)
    ):
        return "year"
    return None


def read_basis(quantity: Quantity, flow: Flow, period: Period | None, rate: str | None) -> Basis:
    """Return the length of time that a mass adds up; that of one batch of a quota is OTHER."""
    if flow is Flow.QUOTA and rate is None:
        sent = quantity.span.sent
        start = max(0, sent.start_char - 160)
        lead = quantity.text[max(start, quantity.measure.start - 60) : quantity.measure.start]
        is_total = basis_of(period, rate=None) is Basis.YEAR and _TOTAL.search(lead) is not None
        is_total = is_total and _BATCH.search(lead.rsplit(",", 1)[-1]) is None
        if _BATCH.search(quantity.text[start : sent.end_char]) and not is_total:
            return Basis.OTHER
        if basis_of(period, rate=None) is Basis.CUMULATIVE:
            # "96,000 tonnes in 2031 and 2032": a quota is given by the year.
            return Basis.YEAR
    if rate is None and flow in _TRADED:
        behind = quantity.text[quantity.measure.end : quantity.measure.end + 110]
        # "57,000 tons, the first decline in five years": the years are those of a record.
        if _OVER_YEARS.search(re.split(r"[.;](?: |$)|, (?!over|across)", behind)[0]):
            return Basis.CUMULATIVE
    return basis_of(period, rate=rate)


def _ordinal_base(quantity: Quantity, reference: Period) -> Period | None:
    """Return the quarter or half that a bare ordinal names, in the year of the level."""
    months = _LENGTH_MONTHS.get(reference.granularity or Granularity.VAGUE)
    end = quantity.measure.end
    match = _BARE_ORDINAL.match(quantity.text[end : end + 40])
    if match is None or months is None or reference.start is None:
        return None
    number = _ORDINALS[match[1]]
    if number * months > 12:
        return None
    year, last = reference.start.year, number * months
    following = date(year + last // 12, last % 12 + 1, 1)
    return Period(date(year, last - months + 1, 1), following, reference.granularity)


def _earlier(reader: PeriodReader, quantity: Quantity, reference: Period | None) -> Period | None:
    """Return the period of "4,300 tons a year earlier", "300 tons a month before"."""
    end = quantity.measure.end
    behind = quantity.text[end : end + 50]
    match = _EARLIER.match(behind)
    current = reference or reader.state.month
    if reference is not None and _SAME_BEFORE.match(behind):
        return stretch_before(reference)
    opening = _OPENS_EARLIER.match(quantity.text, quantity.span.sent.start_char)
    if opening is not None and reader.state.month is not None and match is None:
        gap = quantity.text[opening.end() : quantity.measure.start]
        is_first = len(gap) < _MAX_OPENING and not re.search(r"[;:]|\d{3}", gap)
        is_year = opening[1] == "year"
        month = reader.state.month
        return (year_before(month) if is_year else month_before(month)) if is_first else None
    if match is None or current is None:
        return None
    before = quantity.text[max(0, quantity.measure.start - 4) : quantity.measure.start]
    if quantity.movement.part == "change" and before != "the ":
        return None
    return year_before(current) if match[1] == "year" else month_before(current)


def _since_new_year(quantity: Quantity, period: Period | None) -> Period | None:
    """Return [1 January, end) of what "had been sold by the end of May", other periods as given."""
    if period is None or period.start is not None or period.end is None:
        return period
    head = clause_head(quantity.span.root)
    aux = {child.lower_ for child in head.lefts if child.dep_ in {"aux", "auxpass"}}
    is_past = head.tag_ in {"VBD", "VBN"} and not aux & {"will", "would", "to", "should", "could"}
    if not is_past or period.granularity is Granularity.YEAR:
        return period
    last = period.end - timedelta(days=1)
    return Period(date(last.year, 1, 1), period.end)


def read_mass_period(
    doc: Doc,
    reader: PeriodReader,
    quantity: Quantity,
    group: Sequence[Quantity],
    flow: Flow,
    reference: Period | None,
) -> Period | None:
    """Return the period of a mass.

    Args:
        doc: The Doc.
        reader: The dates of the text, read up to this sentence.
        quantity: The mass.
        group: All quantities of its sentence.
        flow: What it counts.
        reference: The period of the level before it in the sentence.
    """
    if quantity.column is not None:
        return _column_period(doc, quantity)
    earlier = _earlier(reader, quantity, reference)
    if earlier is not None:
        return earlier
    is_rate = quantity.measure.rate is not None
    carries = (flow in COUNTED_BY_MONTH and not is_rate) or flow is Flow.QUOTA
    if quantity.movement.part == "initial":
        return _base_period(reader, quantity, group, reference)
    if flow in _STANDING:
        # "1,000 t a year, growing to 3,000 by 2031": the date is that of the later number.
        return read_period(reader, quantity, group, carries=False, own_stretch=True)
    if flow is Flow.QUOTA and reader.state.stretch and not reader.in_sentence(quantity):
        # The shares of firms are of the half-year's quota that the text is about.
        return reader.state.stretch
    period = read_period(reader, quantity, group, carries=carries)
    return _since_new_year(quantity, period) if flow in COUNTED_BY_MONTH else period


def _base_period(
    reader: PeriodReader,
    quantity: Quantity,
    group: Sequence[Quantity],
    reference: Period | None,
) -> Period | None:
    """Return the period of "against 34,000 a year earlier", "compared with 5,000 t in May"."""
    dates = reader.in_sentence(quantity)
    for placed in dates:
        possessive = quantity.text[placed.mention.char_end : quantity.measure.start].strip()
        if possessive in {"’s", "'s"}:
            return placed.period
        gap = quantity.text[quantity.measure.end : placed.mention.char_start]
        if placed.mention.char_start < quantity.measure.end or len(gap) > 40:
            continue
        if base_of(placed.mention.text) is not None:
            continue
        if _BASE_GAP.fullmatch(gap.strip().lower()) and placed.period.start:
            return placed.period
    current = reference or read_period(reader, quantity, group, carries=True)
    base = find_base(quantity, group)
    if current is None:
        return None
    ordinal = _ordinal_base(quantity, current)
    if ordinal is not None:
        return ordinal
    if base == "yoy" or (base is None and basis_of(current, rate=None) is Basis.YTD):
        return year_before(current)
    month = reader.state.month
    before = month_before(month) if month is not None else None
    named = [item.period for item in dates if item.is_base and item.period.start is not None]
    if named and base != "mom":
        return named[0]
    return named[0] if named and named[0] == before else before if base == "mom" else None


def _column_period(doc: Doc, quantity: Quantity) -> Period | None:
    """Return the month of a table cell from its header; the year that published makes it past."""
    published = published_of(doc)
    months = header_months(read_lexemes(quantity.text), quantity.measure.first)
    if published is None or quantity.column is None or quantity.column >= len(months):
        return None
    month = MONTHS[months[quantity.column].lower]
    year = published.year if month <= published.month else published.year - 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return Period(date(year, month, 1), following)
