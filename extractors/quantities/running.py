"""The period of each quantity of a text, read in order with the month that figures are about.

State moves forward sentence by sentence: "July shipments were ..." carries to "Germany took
300 tons". Interpretation of single dates is `periods`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from spacy.tokens import Doc

from extractors.quantities.bases import SINCE, WINDOW_CHARS, own_limits
from extractors.quantities.choosing import choose_date, joined_list
from extractors.quantities.periods import (
    Period,
    basis_of,
    is_month,
    is_ytd,
    named_length,
)
from extractors.quantities.placing import (
    PlacedDate,
    clause_rank,
    is_statistic,
    place_dates,
    stat_context,
)
from extractors.quantities.quantity import Quantity, change_direction
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import Basis, Granularity

# A sentence further back than this is not the one before.
_MAX_GAP = 160
_MONTH_DAYS = 31
_YEAR_DAYS = 365
_MAX_PARAGRAPH = 2_000


@dataclass(slots=True)
class _State:
    """What earlier sentences say figures are about."""

    month: Period | None = None
    year: Period | None = None
    ytd: Period | None = None
    stretch: Period | None = None
    stretch_end: int = -1
    latest: Period | None = None
    latest_end: int = -1
    months: Period | None = None
    months_end: int = -1


@dataclass(slots=True)
class PeriodReader:
    """Resolves the quantities of one Doc in order."""

    doc: Doc
    text: str
    dates: list[PlacedDate]
    starts: list[int] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    seen: int = 0
    seen_end: int = -1

    def in_sentence(self, quantity: Quantity) -> list[PlacedDate]:
        """Return the dates of the sentence of a quantity."""
        sent = quantity.span.sent
        low = bisect_left(self.starts, sent.start_char)
        return self.dates[low : bisect_right(self.starts, sent.end_char)]

    def advance(self, end: int) -> None:
        """Let the dates before an offset, beside words for figures, set the running period."""
        while self.seen < len(self.dates) and self.dates[self.seen].mention.char_start < end:
            placed = self.dates[self.seen]
            self.seen += 1
            self.seen_end = placed.mention.char_end
            usable = is_statistic(placed) and not placed.is_base and not placed.is_since
            if usable and stat_context(self.text, placed):
                self.remember(placed.period)

    def note(self, period: Period | None, end: int) -> None:
        """Keep the period of the mass that ends at an offset, for the sentence after it."""
        self.state.latest, self.state.latest_end = period, end

    def quarter_before(self, quantity: Quantity) -> Period | None:
        """Return the quarter or half of the last mass, in this sentence or the one before."""
        latest, sent = self.state.latest, quantity.span.sent
        if latest is None or basis_of(latest, rate=None) not in {Basis.QUARTER, Basis.HALF}:
            return None
        between = self.text[self.state.latest_end : sent.start_char]
        return latest if len(between) < _MAX_GAP and "\n" not in between else None

    def stretch_before(self, quantity: Quantity) -> Period | None:
        """Return the quarter or half that the paragraph of a quantity is about."""
        start, end = self.state.stretch_end, quantity.measure.start
        is_near = 0 <= start <= end < start + _MAX_PARAGRAPH
        return self.state.stretch if is_near and "\n" not in self.text[start:end] else None

    def months_before(self, quantity: Quantity) -> Period | None:
        """Return the "first two months" that the paragraph of a quantity is about."""
        start, end = self.state.months_end, quantity.measure.start
        is_near = 0 <= start <= end < start + _MAX_PARAGRAPH
        return self.state.months if is_near and "\n" not in self.text[start:end] else None

    def carried(self, quantity: Quantity) -> Period | None:
        """Return what the figures of the text are about where a quantity stands."""
        quarter, stretch = self.quarter_before(quantity), self.stretch_before(quantity)
        within = quarter or self.state.month or stretch
        return within or self.months_before(quantity) or self.state.year

    def remember(self, period: Period, *, end: int = -1) -> None:
        """Take a period over as the running one; figures of an earlier year do not.

        Args:
            period: What the figures of the text are about.
            end: Where the number that said so ends; -1 where the last date did.
        """
        if period.start is None or period.end is None:
            return
        if basis_of(period, rate=None) in {Basis.QUARTER, Basis.HALF}:
            known = self.state.stretch
            if known is None or known.start is None or period.start >= known.start:
                self.state.stretch, self.state.stretch_end = period, max(end, self.seen_end)
            return
        if (
            _MONTH_DAYS < (period.days or 0) < _YEAR_DAYS
            and period.start.day == period.end.day == 1
        ):
            self.state.months, self.state.months_end = period, max(end, self.seen_end)
            return
        current = self.state.month
        if is_month(period):
            if current is None or current.start is None or period.start >= current.start:
                self.state.month = period
            return
        year = self.state.year
        is_later = year is None or (year.start or period.start) <= period.start
        if (period.days or 0) >= 365 and is_later:
            self.state.year = period


def make_reader(doc: Doc, dates: Sequence[DateMention]) -> PeriodReader:
    """Return a reader of the periods of a Doc."""
    text = doc.text
    placed = place_dates(doc, text, dates)
    return PeriodReader(doc, text, placed, [item.mention.char_start for item in placed])


def since_period(reader: PeriodReader, quantity: Quantity) -> Period | None:
    """Return the period of a change "since March", None when no such date follows at once."""
    end = quantity.measure.end
    if not SINCE.match(quantity.text[end : end + WINDOW_CHARS]):
        return None
    after = [item for item in reader.in_sentence(quantity) if item.mention.char_end > end]
    return after[0].period if after and after[0].is_since else None


def ytd_period(
    doc: Doc, quantity: Quantity, chosen: PlacedDate | None, reader: PeriodReader, left: int
) -> Period | None:
    """Return [1 January, end of the named month) when the words before name the year so far."""
    start, end_char = quantity.measure.start, quantity.measure.end
    stop = min(end_char + 60, quantity.span.sent.end_char)
    behind = re.split(r"[,;]| and ", quantity.text[end_char:stop])[0]
    window = quantity.text[left:start] + behind
    if not is_ytd(window):
        return None
    month = reader.state.month
    if chosen is not None and chosen.period.end is not None:
        end = chosen.period.end
        if chosen.mention.rule_id == "date.ytd" and month and month.end and month.end <= end:
            # "The year to date" of monthly figures ends with the month that they are about.
            end = month.end
        elif chosen.mention.granularity is Granularity.YEAR:
            return chosen.period
    elif month is not None and month.end is not None:
        end = month.end
    else:
        published = published_of(doc)
        if published is None:
            return None
        end = published
    last_year = end.year if (end.month, end.day) != (1, 1) else end.year - 1
    return Period(date(last_year, 1, 1), end)


_NEW_YEAR = re.compile(r"\b(?:start|beginning|outset|turn) of\b|\bJanuary 1\b|\b1 January\b")


def _since_new_year(placed: PlacedDate | None, month: Period | None) -> Period | None:
    """Return what "since the start of the year" counts, as "since January" need not.

    It ends with the month that the figures of the text are about.
    """
    start = placed.period.start if placed is not None else None
    if placed is None or start is None or (start.month, start.day) != (1, 1):
        return None
    if not placed.is_since or _NEW_YEAR.search(placed.mention.text) is None:
        return None
    is_later = month is not None and month.start is not None and month.start >= start
    return Period(start, month.end if is_later and month else placed.period.end)


def read_period(
    reader: PeriodReader,
    quantity: Quantity,
    group: Sequence[Quantity],
    *,
    carries: bool,
    nearby_only: bool = False,
    own_stretch: bool = False,
) -> Period | None:
    """Return the period of a quantity that is no comparison base.

    Args:
        reader: The state of the text up to here.
        quantity: The number.
        group: All quantities of its sentence.
        carries: Whether the running month stands in when the sentence has no date.
        nearby_only: Take dates of the number's own clause and those above it only.
        own_stretch: Take no date beyond the next number.
    """
    doc, dates = reader.doc, reader.in_sentence(quantity)
    left, right = own_limits(quantity, group)
    if own_stretch:
        dates = [item for item in dates if left <= item.mention.char_start <= right]
    chosen = choose_date(doc, quantity, dates, group)
    near = chosen is not None and clause_rank(quantity.span, chosen) < 9
    ytd = ytd_period(doc, quantity, chosen, reader, left)
    if ytd is not None:
        return ytd
    if chosen is None or not near:
        length = named_length(quantity.text[left : quantity.measure.start], reader.state.month)
        length = length or next((item.period for item in dates if item.counts_up), None)
        if length is not None:
            return length
    counted = _since_new_year(chosen, reader.state.month) if carries else None
    if counted is not None:
        return counted
    if chosen is not None and near and not (chosen.is_since and carries):
        return joined_list(quantity.text, chosen, dates)
    if nearby_only:
        return None
    carried = reader.carried(quantity) if carries else None
    if carried is not None:
        return carried
    if chosen is not None and not (chosen.is_since and carries):
        return joined_list(quantity.text, chosen, dates)
    return None


def observe(reader: PeriodReader, quantity: Quantity, group: Sequence[Quantity]) -> None:
    """Let the month of a change become the running one: "sales climbed by half in July"."""
    if change_direction(quantity) is None:
        return
    period = read_period(reader, quantity, group, carries=True, nearby_only=True)
    if period is not None:
        reader.remember(period)
