"""The date of a sentence that a number belongs to, by syntax and punctuation.

Nothing is carried from other sentences here: that is `running`.
"""

import re
from collections.abc import Sequence

from spacy.tokens import Doc

from extractors.quantities.bases import own_limits
from extractors.quantities.periods import Period
from extractors.quantities.placing import (
    PlacedDate,
    clause_rank,
    is_statistic,
    last_of_pair,
    own_date,
)
from extractors.quantities.quantity import Quantity
from models.vocabulary import Granularity

_MAX_OPENING = 12
_LIST_GAP = re.compile(r"\s*(?:,|and|or|,\s*and)?\s*")


def joined_list(text: str, placed: PlacedDate, dates: Sequence[PlacedDate]) -> Period:
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
