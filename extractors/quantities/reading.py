"""All measures of a Doc with the sentence, bound and movement of each: input of both finders.

Merges the sources of measures (number and unit, words, elided units, table cells), turns
"from A% to B%" of a ratio into one pair and splits a mass that moves from A to B.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Span

from extractors.quantities.bounds import read_limits
from extractors.quantities.clauses import clause_head
from extractors.quantities.columns import scan_columns
from extractors.quantities.elided import find_elided, find_zeros
from extractors.quantities.fractions import scan_fractions
from extractors.quantities.lexemes import Lexeme, read_lexemes
from extractors.quantities.movement import read_movement
from extractors.quantities.movement_words import movement_words
from extractors.quantities.pairs import join_pairs, join_ranges, mark_bases
from extractors.quantities.quantity import Quantity
from extractors.quantities.scan import Measure, scan_measures
from extractors.quantities.tables import Cell, scan_tables
from models.vocabulary import Bound

_RATIO_SUBJECTS = frozenset(
    {"tariff", "tariffs", "duty", "duties", "levy", "levies", "raised", "rate", "share"}
)
_RANGING = frozenset(
    {"range", "ranged", "ranges", "ranging", "varied", "vary", "varies", "between"}
)


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
    cells = [*scan_tables(lexemes), *scan_columns(text, lexemes)]
    measures = _merge(
        [[cell.measure for cell in cells], scan_measures(text), scan_fractions(lexemes)]
    )
    measures = _with_elided(doc, lexemes, measures)
    measures = _merge([measures, find_zeros(lexemes, measures)])
    measures = _resolve_ambiguous(lexemes, measures)
    measures = _split_moves(doc, lexemes, measures)
    measures = join_ranges(lexemes, measures)
    found = _placed(doc, text, lexemes, measures, cells)
    return mark_bases(join_pairs(doc, lexemes, found))


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
        if limits.bound is Bound.OVER and _has_no_subject(span):
            limits = replace(limits, bound=Bound.AT_MOST)
        movement = read_movement(lexemes, measure, span, limits.first)
        found.append(Quantity(text, measure, span, limits, movement, columns.get(measure.start)))
    return found


def _has_no_subject(span: Span) -> bool:
    """Tell whether "no buyer may take more than ...": a denied excess is a ceiling."""
    head = clause_head(span.root)
    for child in head.lefts:
        if child.dep_ in {"nsubj", "nsubjpass"} and child.i < span.start:
            first = span.doc[child.left_edge.i].lower_
            return first in {"no", "none", "neither", "nobody"}
    return False


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
