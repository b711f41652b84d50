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
    last_of_pair,
    own_date,
    place_dates,
    stat_context,
)
from extractors.quantities.quantity import Quantity, change_direction
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import Basis, Granularity

# A sentence further back than this is not the one before.
_MAX_GAP = 160
_MAX_OPENING = 12
_MAX_PARAGRAPH = 2_000
_LIST_GAP = re.compile(r"\s*(?:,|and|or|,\s*and)?\s*")


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
        if latest is None or latest.granularity not in {Granularity.QUARTER, Granularity.HALF}:
            return None
        between = self.text[self.state.latest_end : sent.start_char]
        return latest if len(between) < _MAX_GAP and "\n" not in between else None

    def stretch_before(self, quantity: Quantity) -> Period | None:
        """Return the quarter or half that the paragraph of a quantity is about."""
        start, end = self.state.stretch_end, quantity.measure.start
        is_near = 0 <= start <= end < start + _MAX_PARAGRAPH
        return self.state.stretch if is_near and "\n" not in self.text[start:end] else None

    def remember(self, period: Period) -> None:
        """Take a period over as the running one; figures of an earlier year do not."""
        if period.start is None or period.end is None:
            return
        if basis_of(period, rate=None) in {Basis.QUARTER, Basis.HALF}:
            self.state.stretch, self.state.stretch_end = period, self.seen_end
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


def _joined_list(text: str, placed: PlacedDate, dates: Sequence[PlacedDate]) -> Period:
    """Return the whole of "2031, 2032 and 2033"."""
    index = dates.index(placed)
    start, end = last_of_pair(placed).start, placed.period.end
    for left, right in zip(dates[index:], dates[index + 1 :], strict=False):
        gap = text[left.mention.char_end : right.mention.char_start]
        same = left.mention.granularity is right.mention.granularity is Granularity.YEAR
        if not same or not _LIST_GAP.fullmatch(gap):
            break
        end = right.period.end
    same_end = end == placed.period.end
    return Period(start, end, placed.mention.granularity if same_end else None)


def choose_date(
    doc: Doc, quantity: Quantity, dates: Sequence[PlacedDate], group: Sequence[Quantity]
) -> PlacedDate | None:
    """Return the date of a quantity by syntax: own phrase, own clause, clauses above."""
    left, right = own_limits(quantity, group)
    aside = _opening_date(quantity, dates)
    if aside is not None:
        return aside
    own = own_date(
        doc, quantity.text, quantity.measure.start, quantity.measure.end, dates, limit=right
    )
    if own is not None and is_statistic(own):
        return own
    usable = [item for item in dates if is_statistic(item) and not item.is_base]
    usable = [item for item in usable if not _is_owned(item, quantity, group)]
    # "3,000 tonnes in all; June had seen 5,000": a date behind a semicolon is not the number's.
    end = quantity.measure.end
    usable = [i for i in usable if ";" not in quantity.text[end : max(end, i.mention.char_start)]]
    if not usable:
        return None

    def distance(item: PlacedDate) -> tuple[int, int, int]:
        rank = clause_rank(quantity.span, item)
        gap = abs(item.mention.char_start - quantity.measure.start)
        outside = 0 if left <= item.mention.char_start <= right else 1
        return (rank, int(item.is_since), outside * 1000 + gap)

    return min(usable, key=distance)


def _opening_date(quantity: Quantity, dates: Sequence[PlacedDate]) -> PlacedDate | None:
    """Return the date of "(H1 FY30: 655 t)", which names the period of an aside."""
    for item in dates:
        end = item.mention.char_end
        if end > quantity.measure.start:
            break
        gap = quantity.text[end : quantity.measure.start][:_MAX_OPENING].strip()
        if _opens(quantity.text, item, gap):
            return item if is_statistic(item) else None
    return None


def _opens(text: str, placed: PlacedDate, gap: str) -> bool:
    """Tell whether a date stands like a label: "; July 2031: 14 t", "(Q2: 5 t)"."""
    before = text[max(0, placed.mention.char_start - 3) : placed.mention.char_start].strip(" ")
    is_label = before[-1:] in {":", ";"} and gap == ":"
    return is_label or (before[-1:] == "(" and gap in {":", "at", ""})


def _is_owned(placed: PlacedDate, quantity: Quantity, group: Sequence[Quantity]) -> bool:
    """Tell whether a date names the period of another number: "the 5,000 tons of July 2030"."""
    for other in group:
        possessive = quantity.text[placed.mention.char_end : other.measure.start].strip()
        if other is not quantity and possessive in {"’s", "'s"}:
            return True
        # "812 t (H1 FY30: 655 t)": the date opens the aside of the second number.
        if other is not quantity and _opens(quantity.text, placed, possessive):
            return True
        if other is quantity or other.measure.end > placed.mention.char_start:
            continue
        gap = quantity.text[other.measure.end : placed.mention.char_start].strip().lower()
        is_base = other.movement.part == "initial"
        if gap == "of" or (is_base and gap in {"in", "for", "during", "at", "recorded in"}):
            return True
    return False


def ytd_period(
    doc: Doc, quantity: Quantity, chosen: PlacedDate | None, reader: PeriodReader, left: int
) -> Period | None:
    """Return [1 January, end of the named month) when the words before name the year so far."""
    start, end_char = quantity.measure.start, quantity.measure.end
    behind = re.split(r"[,;]| and ", quantity.text[end_char : end_char + 60])[0]
    window = quantity.text[left:start] + behind
    if not is_ytd(window):
        return None
    if chosen is not None and chosen.period.end is not None:
        end = chosen.period.end
        if chosen.mention.granularity is Granularity.YEAR:
            return chosen.period
    elif reader.state.month is not None and reader.state.month.end is not None:
        end = reader.state.month.end
    else:
        published = published_of(doc)
        if published is None:
            return None
        end = published
    last_year = end.year if (end.month, end.day) != (1, 1) else end.year - 1
    return Period(date(last_year, 1, 1), end)


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
    if chosen is not None and near and not (chosen.is_since and carries):
        return _joined_list(quantity.text, chosen, dates)
    if nearby_only:
        return None
    if carries:
        state = reader.state
        stretch = reader.stretch_before(quantity)
        carried = reader.quarter_before(quantity) or state.month or stretch or state.year
        if carried is not None:
            return carried
    if chosen is not None and not (chosen.is_since and carries):
        return _joined_list(quantity.text, chosen, dates)
    return None


def observe(reader: PeriodReader, quantity: Quantity, group: Sequence[Quantity]) -> None:
    """Let the month of a change become the running one: "sales climbed by half in July"."""
    if change_direction(quantity) is None:
        return
    period = read_period(reader, quantity, group, carries=True, nearby_only=True)
    if period is not None:
        reader.remember(period)
