"""All measures of a Doc with the sentence, bound and movement of each: input of both finders.

Merges the sources of measures (number and unit, words, elided units, table cells), turns
"from A% to B%" of a ratio into one pair and splits a mass that moves from A to B.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span

from extractors.quantities.bounds import Limits, read_limits
from extractors.quantities.elided import find_elided
from extractors.quantities.fractions import scan_fractions
from extractors.quantities.lexemes import Lexeme, read_lexemes
from extractors.quantities.movement import Movement, movement_words, read_movement
from extractors.quantities.scan import Measure, scan_measures
from extractors.quantities.tables import Cell, scan_tables
from models.vocabulary import Bound, Direction

_RATIO_SUBJECTS = frozenset(
    {"tariff", "tariffs", "duty", "duties", "levy", "levies", "raised", "rate", "share"}
)
_RANGING = frozenset(
    {"range", "ranged", "ranges", "ranging", "varied", "vary", "varies", "between"}
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure in its sentence. `column` is the cell of a table row, None in running text.

    `text` is that of the whole Doc: `Doc.text` joins all tokens on every access.
    """

    text: str
    measure: Measure
    span: Span
    limits: Limits
    movement: Movement
    column: int | None = None

    @property
    def is_mass(self) -> bool:
        """Whether this is a mass, not a ratio."""
        return self.measure.unit.dimension == "mass"


def _merge(groups: Sequence[Sequence[Measure]]) -> list[Measure]:
    """Return measures in order; of two that overlap the one of the earlier group stays."""
    taken: set[int] = set()
    kept: list[Measure] = []
    for group in groups:
        for measure in group:
            lexemes = range(measure.first, measure.last)
            if taken.isdisjoint(lexemes):
                kept.append(measure)
                taken.update(lexemes)
    return sorted(kept, key=lambda measure: measure.start)


def _span(doc: Doc, measure: Measure) -> Span | None:
    span = doc.char_span(measure.start, measure.end, alignment_mode="expand")
    return span if span is not None and len(span) else None


def _with_elided(doc: Doc, lexemes: Sequence[Lexeme], measures: list[Measure]) -> list[Measure]:
    by_sentence: dict[int, list[Measure]] = defaultdict(list)
    ends: dict[int, Span] = {}
    for measure in measures:
        span = _span(doc, measure)
        if span is not None and measure.rule_id != "quantity.table_cell":
            sent = span.sent
            ends[sent.start] = sent
            by_sentence[sent.start].append(measure)
    found: list[Measure] = []
    for start, group in by_sentence.items():
        sent = ends[start]
        stop = group[-1].last
        while stop < len(lexemes) and lexemes[stop].start < sent.end_char:
            stop += 1
        verbs = frozenset(token.idx for token in sent if token.pos_ == "VERB")
        found += find_elided(lexemes, group, stop=stop, verbs=verbs)
    return _merge([measures, found])


def read_quantities(doc: Doc) -> list[Quantity]:
    """Return the quantities of a Doc in order of offset."""
    text = doc.text
    lexemes = read_lexemes(text)
    cells = scan_tables(lexemes)
    measures = _merge(
        [[cell.measure for cell in cells], scan_measures(text), scan_fractions(lexemes)]
    )
    measures = _with_elided(doc, lexemes, measures)
    measures = _resolve_ambiguous(lexemes, measures)
    measures = _split_moves(doc, lexemes, measures)
    found = _placed(doc, text, lexemes, measures, cells)
    return _join_pairs(doc, lexemes, found)


def _placed(
    doc: Doc,
    text: str,
    lexemes: Sequence[Lexeme],
    measures: Sequence[Measure],
    cells: Sequence[Cell],
) -> list[Quantity]:
    columns = {cell.measure.start: cell.column for cell in cells}
    found: list[Quantity] = []
    for measure in measures:
        span = _span(doc, measure)
        if span is None:
            continue
        limits = read_limits(lexemes, measure)
        movement = read_movement(lexemes, measure, span, limits.first)
        found.append(Quantity(text, measure, span, limits, movement, columns.get(measure.start)))
    return found


def _resolve_ambiguous(lexemes: Sequence[Lexeme], measures: list[Measure]) -> list[Measure]:
    """Read "1.250 t" as a decimal when another number of the text groups by commas."""
    has_commas = any("," in item.text and item.value is not None for item in lexemes)
    if not has_commas:
        return measures
    return [
        replace(m, high=m.low, shape="single") if m.shape == "ambiguous" else m for m in measures
    ]


def _moves(doc: Doc, lexemes: Sequence[Lexeme], measure: Measure) -> bool:
    """Tell whether "from A to B" is the way of a movement, not a range."""
    before = [item.lower for item in lexemes[max(0, measure.first - 8) : measure.first]]
    if _RANGING & set(before):
        return False
    span = _span(doc, measure)
    if span is None:
        return False
    limits = read_limits(lexemes, measure)
    movement = read_movement(lexemes, measure, span, limits.first)
    words = movement_words()
    near = any(word in words and words[word].group == "move" for word in before[-4:])
    return movement.direction is not None or near


def _split_moves(doc: Doc, lexemes: Sequence[Lexeme], measures: list[Measure]) -> list[Measure]:
    found: list[Measure] = []
    for measure in measures:
        if measure.shape != "range" or measure.opens != "from":
            found.append(measure)
        elif measure.unit.dimension != "mass":
            is_range = not _moves(doc, lexemes, measure) and not _is_tariff_way(lexemes, measure)
            found.append(measure if is_range else replace(measure, shape="pair"))
        elif not _moves(doc, lexemes, measure):
            found.append(measure)
        else:
            found += _halves(lexemes, measure)
    return found


def _is_tariff_way(lexemes: Sequence[Lexeme], measure: Measure) -> bool:
    before = {item.lower for item in lexemes[max(0, measure.first - 12) : measure.first]}
    return bool(before & _RATIO_SUBJECTS)


def _halves(lexemes: Sequence[Lexeme], measure: Measure) -> list[Measure]:
    """Return the two ends of "from 300 to 420 tons" as measures of their own."""
    to = next(
        at
        for at in range(measure.first, measure.last)
        if lexemes[at].lower in {"to", "-", "–", "—"}
    )
    first = replace(
        measure,
        high=measure.low,
        shape="single",
        start=lexemes[measure.first].start,
        end=lexemes[to - 1].end,
        last=to,
        is_elided=True,
        opens="",
        rule_id="quantity.elided_unit",
    )
    second = replace(
        measure,
        low=measure.high,
        shape="single",
        start=lexemes[to + 1].start,
        first=to + 1,
        opens="",
    )
    return [first, second]


def _join_pairs(doc: Doc, lexemes: Sequence[Lexeme], found: list[Quantity]) -> list[Quantity]:
    """Make one item of "from 25% to 100%" and "to 69% from 91%" of a ratio."""
    joined: list[Quantity] = []
    index = 0
    while index < len(found):
        first = found[index]
        second = found[index + 1] if index + 1 < len(found) else None
        pair = _pair(lexemes, first, second) if second is not None else None
        if pair is None or second is None:
            joined.append(first)
            index += 1
            continue
        span = doc.char_span(pair.start, pair.end, alignment_mode="expand")
        limits = Limits(Bound.EXACT, pair.first, pair.last)
        movement = replace(first.movement, part="final")
        joined.append(Quantity(first.text, pair, span or first.span, limits, movement))
        index += 2
    return joined


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
    if (not forwards and not backwards) or _subject_moves(first):
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


def _subject_moves(quantity: Quantity) -> bool:
    return subject_movement(quantity.span) is not None


def subject_movement(span: Span) -> str | None:
    """Return the lower-case movement noun that is the subject of a number's verb, if any.

    "The decline narrowed to 5%": the 5% is a decline, whatever the verb does.
    """
    token = span.root
    for _ in range(6):
        if token.pos_ in {"VERB", "AUX"} or token.head is token:
            break
        token = token.head
    if token.pos_ not in {"VERB", "AUX"}:
        return None
    for child in token.children:
        if child.dep_ in {"nsubj", "nsubjpass"} and child.i < span.start:
            entry = movement_words().get(child.lower_)
            if entry is not None and entry.group in {"move", "noun"}:
                return child.lower_
    return None


def change_direction(quantity: Quantity) -> Direction | None:
    """Return the direction of a change, None when the number is no change.

    "The decline narrowed to 5%": the subject moves, so the number is a fall of 5%.
    """
    if quantity.measure.shape == "pair":
        return None
    moving = subject_movement(quantity.span)
    movement = quantity.movement
    if movement.part == "change":
        return movement.direction
    if moving is not None:
        return movement_words()[moving].direction
    return None
