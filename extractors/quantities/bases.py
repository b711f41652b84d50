"""What a change is measured against: words beside it, the mass it left, dates of the sentence."""

import re
from collections.abc import Sequence

from extractors.quantities.periods import Base, Period, base_of, month_before, year_before
from extractors.quantities.placing import PlacedDate
from extractors.quantities.quantity import Quantity

WINDOW_CHARS = 120
# "up 92% since March": what was before that date is the base, no usual one.
SINCE = re.compile(r"\W{1,2}(?:[a-z]+ ){0,2}since\b")
_NAMED_YEAR = re.compile(
    r"\b(?:than|from|on|versus|vs\.?|against|over|with|above|below|under|of|in)"
    r"(?P<whole> (?:the )?(?:whole|all|entirety) of)?(?: (?:the|in|level|figure))*"
    r" (?P<year>(?:19|20)\d\d)\b"
)
_YEAR_DAYS = 365
_CONTRAST = re.compile(r";| but | while | whereas |, and ")
# "Beat May's volume by 12% and that of June 2030 by 28%": each has its own base.
_OTHER_PAIR = re.compile(r";| and (?:that|those) of ")
_IN_MONTH = re.compile(
    r"\b(?:in|of|for) (?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)(?P<year> (?:of )?(?:last year|\d{4}))?",
    re.IGNORECASE,
)


def own_limits(quantity: Quantity, group: Sequence[Quantity]) -> tuple[int, int]:
    """Return the offsets between which words belong to a quantity alone."""
    sent = quantity.span.sent
    left, right = sent.start_char, sent.end_char
    for other in group:
        if other.measure.end <= quantity.measure.start:
            left = max(left, other.measure.end)
        elif other.measure.start >= quantity.measure.end:
            right = min(right, other.measure.start)
    return left, right


def find_base(quantity: Quantity, group: Sequence[Quantity]) -> Base | None:
    """Return the base of a change: words to its right first, then to its left."""
    sent = quantity.span.sent
    left, right = own_limits(quantity, group)
    start, end = quantity.measure.start, quantity.measure.end
    near = quantity.text[end : min(right, end + WINDOW_CHARS)]
    if SINCE.match(near):
        return "other"
    found = base_of(_OTHER_PAIR.split(near)[0]) or _base_of_start(quantity, group)
    if found is not None:
        return found
    before = quantity.text[max(left, start - WINDOW_CHARS) : start]
    found = base_of(before)
    if found is not None:
        return found
    wide = quantity.text[max(sent.start_char, start - 2 * WINDOW_CHARS) : start]
    found = base_of(wide.rsplit(";", 1)[-1])
    if found is not None:
        return found
    behind = quantity.text[end : min(sent.end_char, end + 2 * WINDOW_CHARS)]
    return base_of(_CONTRAST.split(behind)[0])


def _base_of_start(quantity: Quantity, group: Sequence[Quantity]) -> Base | None:
    """Return the base of "surged 90% from 1,200 tons in May": the date of the mass it left."""
    behind = [item for item in group if item.measure.start >= quantity.measure.end]
    if not behind or not behind[0].is_mass or behind[0].movement.part != "initial":
        return None
    end = behind[0].measure.end
    text = _CONTRAST.split(quantity.text[end : end + 60])[0]
    month = _IN_MONTH.search(text)
    if month is not None:
        return "yoy" if month["year"] else "mom"
    return base_of(text)


def is_uneven(quantity: Quantity, period: Period | None) -> bool:
    """Tell whether a named base is not the year before: "less than in 2029", "on all of 2030"."""
    end = quantity.measure.end
    match = _NAMED_YEAR.search(quantity.text[end : end + WINDOW_CHARS])
    if match is None or period is None or period.start is None:
        return False
    if match["whole"] and (period.days or 0) < _YEAR_DAYS:
        return True
    return period.start.year - int(match["year"]) > 1


def base_by_dates(
    quantity: Quantity, period: Period | None, dates: Sequence[PlacedDate]
) -> Base | None:
    """Return the base when a date of the clause is the month or the year before the period."""
    if period is None:
        return None
    before, earlier = month_before(period), year_before(period)
    end = quantity.measure.end
    for placed in dates:
        if _CONTRAST.search(quantity.text[end : max(end, placed.mention.char_start)]):
            break
        if before is not None and placed.period == before:
            return "mom"
        if placed.period == earlier:
            return "yoy"
    return None


_BASE_BEHIND = re.compile(
    r" (?:more|less|fewer|higher|lower|above|below|up|down|over)?(?: than| on| from)?"
    r"(?: in| for| during| the| all of)* ?(?:(?:19|20)\d\d|(?:January|February|March|April|May|June"
    r"|July|August|September|October|November|December))\b"
)


def names_base(quantity: Quantity) -> bool:
    """Tell whether the base follows at once: "a quarter more than in 2030, when ..."."""
    return _BASE_BEHIND.match(quantity.text, quantity.measure.end) is not None
