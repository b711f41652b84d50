"""Numbers that are one item together: "from 25% to 100%" of a ratio, "15% to 25%" as a range.

Both ends carry their own unit here; ranges that share one unit are `scan`.
"""

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc

from extractors.quantities.bounds import Limits
from extractors.quantities.lexemes import Lexeme
from extractors.quantities.movement import STILL
from extractors.quantities.movement_words import movement_words
from extractors.quantities.quantity import Quantity, subject_movement
from extractors.quantities.scan import Measure
from models.vocabulary import Bound

_NOTHING = (["nil"], ["zero"], ["nothing"])
_DASHES = frozenset({"-", "–", "—", "‑"})
# Between a verb of movement and a range stands a preposition; without it two numbers are meant.
_RANGE_OPENERS = frozenset({"of", "between", "at", "some", "about", "around", "roughly"})


def join_ranges(lexemes: Sequence[Lexeme], measures: Sequence[Measure]) -> list[Measure]:
    """Make one range of two neighbours with a unit each: "between 5% and 9%", "4 t to 6 t"."""
    joined: list[Measure] = []
    for measure in measures:
        before = joined[-1] if joined else None
        if before is not None and _is_range(lexemes, before, measure):
            joined[-1] = _range_of(lexemes, before, measure)
        else:
            joined.append(measure)
    return joined


def _is_range(lexemes: Sequence[Lexeme], one: Measure, two: Measure) -> bool:
    if one.shape != "single" or two.shape != "single" or one.is_elided or two.is_elided:
        return False
    same = one.unit.dimension == two.unit.dimension and one.rule_id == two.rule_id
    rising = 0 <= one.low * one.factor < two.low * two.factor
    between = [item.lower for item in lexemes[one.last : two.first]]
    if not same or not rising or len(between) != 1:
        return False
    word = lexemes[one.first - 1].lower if one.first else ""
    if between[0] == "and":
        return word == "between"
    if between[0] != "to" and between[0] not in _DASHES:
        return False
    # "fell by 600 t to 2,000 t" gives the change and where it ended.
    if word == "by" and between[0] == "to":
        return False
    return word != "from" and (word in _RANGE_OPENERS or word not in movement_words())


def _range_of(lexemes: Sequence[Lexeme], one: Measure, two: Measure) -> Measure:
    opens = lexemes[one.first - 1].lower if one.first else ""
    has_opener = opens == "between"
    return replace(
        two,
        low=one.low * one.factor / two.factor,
        shape="range",
        start=lexemes[one.first - 1].start if has_opener else one.start,
        first=one.first,
        opens=opens if has_opener else "",
        rule_id="quantity.range",
    )


def join_pairs(doc: Doc, lexemes: Sequence[Lexeme], found: list[Quantity]) -> list[Quantity]:
    """Make one item of "from 25% to 100%" and "to 69% from 91%" of a ratio."""
    joined: list[Quantity] = []
    index = 0
    while index < len(found):
        first = found[index]
        second = found[index + 1] if index + 1 < len(found) else None
        pair = _pair(lexemes, first, second) if second is not None else None
        zero = _to_zero(lexemes, first)
        if zero is not None:
            span = doc.char_span(zero.start, zero.end, alignment_mode="expand")
            joined.append(replace(first, measure=zero, span=span or first.span))
            index += 1
            continue
        if pair is None or second is None:
            joined.append(first)
            index += 1
            continue
        span = doc.char_span(pair.start, pair.end, alignment_mode="expand")
        limits = Limits(_pair_bound(first, second), pair.first, pair.last)
        movement = replace(first.movement, part="final")
        joined.append(Quantity(first.text, pair, span or first.span, limits, movement))
        index += 2
    return joined


def _to_zero(lexemes: Sequence[Lexeme], first: Quantity) -> Measure | None:
    """Return the pair of "from 5 percent to nil", whose second end has no unit."""
    one = first.measure
    behind = [item.lower for item in lexemes[one.last : one.last + 2]]
    opener = lexemes[first.limits.first - 1].lower if first.limits.first else ""
    is_rate = one.unit.dimension == "percent" and one.shape == "single"
    if not is_rate or opener != "from" or behind[:1] != ["to"] or behind[1:] not in _NOTHING:
        return None
    return replace(
        one,
        low=0.0,
        high=one.high,
        shape="pair",
        start=lexemes[first.limits.first - 1].start,
        end=lexemes[one.last + 1].end,
        first=first.limits.first - 1,
        last=one.last + 2,
        rule_id="percentage.from_to",
    )


def _pair(lexemes: Sequence[Lexeme], first: Quantity, second: Quantity) -> Measure | None:
    one, two = first.measure, second.measure
    if first.is_mass or second.is_mass or one.shape != "single" or two.shape != "single":
        return None
    if "points" in {one.unit.dimension, two.unit.dimension} or one.low == two.low:
        return None
    if first.span.sent.start != second.span.sent.start:
        return None
    opener = lexemes[first.limits.first - 1].lower if first.limits.first else ""
    between = [item.lower for item in lexemes[one.last : second.limits.first]]
    if between[-1:] == ["just"] or between[-1:] == ["only"]:
        between.pop()
    forwards = opener == "from" and between in (["to"], [",", "to"])
    backwards = opener in {"to", "at"} and between in (["from"], [",", "from"], [",", "up", "from"],
        [",", "down", "from"], ["up", "from"], ["down", "from"])  # fmt: skip
    # "from 37 percent of output to just 12 percent": the whole stands between the ends.
    whole = opener == "from" and 2 < len(between) <= 9 and between[0] == "of"
    forwards = forwards or (whole and between[-1] == "to")
    if (not forwards and not backwards) or subject_movement(first.span) is not None:
        return None
    return replace(
        one,
        low=min(one.low, two.low),
        high=max(one.high, two.high),
        shape="pair",
        start=lexemes[first.limits.first - 1].start,
        end=two.end,
        first=first.limits.first - 1,
        last=two.last,
        rule_id="percentage.from_to",
    )


def _pair_bound(first: Quantity, second: Quantity) -> Bound:
    """Return APPROX when either end of a pair is rounded; other bounds do not carry over."""
    ends = {first.limits.bound, second.limits.bound}
    return Bound.APPROX if Bound.APPROX in ends else Bound.EXACT


def mark_bases(quantities: Sequence[Quantity]) -> list[Quantity]:
    """Read "4,000 tons in June, after 3,100 tons in May": the mass behind "after" is the base."""
    marked: list[Quantity] = []
    for quantity in quantities:
        previous = marked[-1] if marked else None
        if previous is not None and _follows_after(previous, quantity):
            movement = replace(STILL, part="initial", rule_id="movement.after")
            quantity = replace(quantity, movement=movement)
        marked.append(quantity)
    return marked


def _follows_after(previous: Quantity, quantity: Quantity) -> bool:
    span, doc = quantity.span, quantity.span.doc
    same = previous.is_mass and quantity.is_mass and previous.span.sent.start == span.sent.start
    if not same or not span.start or doc[span.start - 1].lower_ != "after":
        return False
    follower = doc[span.end] if span.end < len(doc) else None
    return follower is None or follower.lower_ in {"in", "a", "the", "last", ",", ".", ";", "for"}
