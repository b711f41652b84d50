"""Numbers whose unit stands earlier in the sentence: "38,000 tonnes, against 34,000".

Reads the lexemes of one sentence after a measure. A year, a count with its own noun and money
stay what they are.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from extractors.quantities.lexemes import Kind, Lexeme
from extractors.quantities.numbers import read_number
from extractors.quantities.scan import Measure

_TRIGGERS = frozenset({"against", "versus", "vs", "from", "to", "than", "with", "initial", "seek"})
_RATIO_TRIGGERS = frozenset({"against", "versus", "vs", "from", "to", "than"})
_AFTER = frozenset(
    {"in", "a", "an", "the", "last", "this", "previously", "earlier", "respectively", "for", "at"}
    | {
        "on",
        "during",
        "one",
        "year",
        "before",
        "and",
        "but",
        "while",
        "when",
        "over",
        "by",
        "today",
    }
    | {"now", "to", "per", "as", "from"}
)
_STOPS = frozenset({".", ",", ";", ")", "!", "?", ":", "”", '"', "—", "–"})
_ZEROS = frozenset({"nil", "zero"})
_ZERO_TRIGGERS = frozenset(
    {"to", "from", "at", "was", "were", "against", "versus", "than", "with", "stayed", "remained"}
    | {"been", "virtually", "almost", "practically", "nearly"}
)
_TRADE = frozenset({"exports", "imports", "shipments", "deliveries", "output", "arrivals", "sales"})
_ENDS = frozenset({".", "!", "?"})
_ZERO_REACH = 16
_SMALLEST_MASS = 10.0
# A base rarely differs from its level by more than this factor; a year or a count does.
_MAX_RATIO = 50.0


def _is_free(lexemes: Sequence[Lexeme], start: int, end: int) -> bool:
    """Tell whether nothing that could be a noun of its own follows the number."""
    item = lexemes[start]
    if item.kind is Kind.NUMBER and len(item.text) == 4 and 1900 <= (item.value or 0) <= 2100:
        return False
    if start and lexemes[start - 1].text in {"$", "€", "£", "¥", "-", "/"}:
        return False
    following = lexemes[end].lower if end < len(lexemes) else "."
    return following in _AFTER or following in _STOPS


def _trigger(lexemes: Sequence[Lexeme], at: int, verbs: frozenset[int], measure: Measure) -> bool:
    index = at - 1
    while index > measure.last and lexemes[index].lower in {"an", "a", "the", "initial", "just"}:
        if lexemes[index].lower == "initial":
            return True
        index -= 1
    word = lexemes[index].lower
    if measure.unit.dimension != "mass":
        return word in _RATIO_TRIGGERS
    return word in _TRIGGERS or lexemes[index].start in verbs


def find_elided(
    lexemes: Sequence[Lexeme], measures: Sequence[Measure], *, stop: int, verbs: frozenset[int]
) -> list[Measure]:
    """Return the bare numbers of a sentence that take the unit of the measure before them.

    Args:
        lexemes: All lexemes of the text.
        measures: The measures of the sentence, in order.
        stop: Lexeme position where the sentence ends.
        verbs: Character offsets of the verbs of the sentence.
    """
    taken = {index for measure in measures for index in range(measure.first, measure.last)}
    found: list[Measure] = []
    for measure, following in zip(measures, [*measures[1:], None], strict=True):
        if measure.shape != "single" or measure.rule_id.startswith("percentage."):
            continue
        end = following.first if following is not None else stop
        for at in range(measure.last, min(end, measure.last + 16)):
            number = None if at in taken else read_number(lexemes, at)
            if number is None or number.low != number.high or not number.low:
                continue
            size = number.low * number.scale / max(measure.low * measure.factor, 1e-9)
            size *= measure.unit.factor
            if measure.unit.dimension == "mass" and number.low * number.scale < _SMALLEST_MASS:
                continue
            if not 1 / _MAX_RATIO <= size <= _MAX_RATIO:
                continue
            if _is_free(lexemes, at, number.end) and _trigger(lexemes, at, verbs, measure):
                found.append(_elided(lexemes, measure, at, number.end, number.low, number.scale))
                break
    return found


def find_zeros(lexemes: Sequence[Lexeme], measures: Sequence[Measure]) -> list[Measure]:
    """Return "nil", "zero" standing for no mass at all: "exports to Peru fell to nil".

    The unit is that of the nearest mass; without one beside it the zero must belong to a word for
    trade or output.
    """
    masses = [item for item in measures if item.unit.dimension == "mass"]
    firsts = [item.first for item in masses]
    found: list[Measure] = []
    if not masses:
        return found
    for at in range(1, len(lexemes)):
        if lexemes[at].lower not in _ZEROS or not _is_amount(lexemes, at):
            continue
        index = bisect_left(firsts, at)
        near = min(masses[max(0, index - 1) : index + 1], key=lambda item: abs(item.first - at))
        between = lexemes[min(at, near.last) : max(at, near.first)]
        beside = len(between) <= _ZERO_REACH and not any(item.text in _ENDS for item in between)
        before = {item.lower for item in lexemes[max(0, at - _ZERO_REACH) : at]}
        if beside or before & _TRADE:
            found.append(_elided(lexemes, near, at, at + 1, 0.0, 1.0))
    return found


def _is_amount(lexemes: Sequence[Lexeme], at: int) -> bool:
    after = lexemes[at + 1].lower if at + 1 < len(lexemes) else "."
    return lexemes[at - 1].lower in _ZERO_TRIGGERS and (after in _AFTER or after in _STOPS)


def _elided(
    lexemes: Sequence[Lexeme], measure: Measure, at: int, end: int, value: float, scale: float
) -> Measure:
    return replace(
        measure,
        low=value,
        high=value,
        factor=measure.unit.factor * scale,
        start=lexemes[at].start,
        end=lexemes[end - 1].end,
        first=at,
        last=end,
        is_elided=True,
        rate=None,
        list_index=0,
        list_size=1,
        rule_id="quantity.elided_unit",
    )
