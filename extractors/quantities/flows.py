"""What a mass counts, by syntax, clause, sentence and what earlier masses counted.

Nearest word along at most six dependency heads first; modal permissions to ship are quotas,
sales of a country and what "went to Japan" are exports.
"""

import re

from spacy.tokens import Span

from extractors.quantities.allowances import (
    MAX_CHARS,
    is_licensed,
    is_of_quota,
    is_planned,
    ruled_flow,
)
from extractors.quantities.clauses import behind_mass, clause_head
from extractors.quantities.context import TextContext
from extractors.quantities.flow_words import FACILITIES, flow_of
from extractors.quantities.homes import word_before
from extractors.quantities.mass_times import read_rate
from extractors.quantities.movement import MAX_CLIMB
from extractors.quantities.quantity import Quantity
from extractors.quantities.stockpiling import is_for_reserve
from extractors.quantities.suppliers import find_supplier
from models.vocabulary import Flow

_ABROAD = frozenset({"abroad", "overseas"})
_BOUGHT = frozenset({None, Flow.IMPORT, Flow.DEMAND, Flow.OTHER, Flow.RESERVES})
_TAKE = frozenset({"receive", "take", "get", "absorb", "obtain"})


def _climb_flow(span: Span) -> Flow | None:
    token = span.root
    for _ in range(MAX_CLIMB):
        head = token.head
        if head == token or head.pos == 0:
            return None
        below = [head, *sorted(head.children, key=lambda child: abs(child.i - span.start))]
        for word in below:
            # What governs the mass counts also when it is the second of two: "and an output of".
            is_other = word is not head and word.dep_ in {"advcl", "conj", "relcl", "ccomp"}
            if span.start <= word.i < span.end or is_other:
                continue
            flow = flow_of(word)
            if flow is None and word.dep_ in {"nsubj", "nsubjpass", "prep", "dobj", "attr"}:
                flow = next((f for f in map(flow_of, word.children) if f is not None), None)
            if flow is not None:
                return flow
        is_clause = head.pos_ in {"VERB", "AUX"} and head.dep_ in {"ROOT", "conj", "ccomp"}
        if is_clause:
            return None
        token = head
    return None


def _nearest_flow(
    span: Span, start: int, end: int, *, but: frozenset[str] = frozenset()
) -> Flow | None:
    best: tuple[int, Flow] | None = None
    for token in span.doc[start:end]:
        if span.start <= token.i < span.end or token.lower_ in but:
            continue
        flow = flow_of(token)
        if flow is not None:
            # A word to the left is the subject more often than one to the right.
            gap = span.start - token.i if token.i < span.start else 2 * (token.i - span.end + 1)
            if best is None or gap < best[0]:
                best = (gap, flow)
    return best[1] if best else None


def read_flow(context: TextContext, quantity: Quantity, left: int, right: int) -> Flow:
    """Return what a mass counts; `left` and `right` are the tokens where neighbours begin."""
    ruled = ruled_flow(context, quantity)
    if ruled is not None:
        return ruled
    flow = _worded_flow(context, quantity, left, right)
    flow = _sent_flow(context, quantity, flow)
    flow = _taken_flow(context, quantity, flow)
    if flow in {None, Flow.QUOTA} and is_licensed(context, quantity):
        flow = Flow.EXPORT
    after = quantity.span.doc[
        quantity.span.end : min(quantity.span.end + 8, quantity.span.sent.end)
    ]
    if flow is None and any(token.lower_ in {"deficit", "shortage"} for token in after):
        flow = Flow.DEMAND
    return flow or context.flow or context.lead_flow or Flow.OTHER


def _worded_flow(context: TextContext, quantity: Quantity, left: int, right: int) -> Flow | None:
    """Return the flow of the nearest word that counts; a bare yearly rate is a capacity."""
    span, sent = quantity.span, quantity.span.sent
    named = behind_mass(span)
    flow = flow_of(named.verb) if named is not None else None
    flow = flow or _climb_flow(span)
    flow = flow or _nearest_flow(span, max(left, sent.start), min(right, sent.end))
    flow = flow or _nearest_flow(span, sent.start, sent.end)
    rate = read_rate(span.doc, quantity, span.start, right)
    is_average = context.flow is not None and any(t.lower_ in _AVERAGE for t in sent)
    is_yearly = rate is not None and not (is_average and flow is None)
    if flow is Flow.CAPACITY and not is_yearly and _is_seller(span):
        # "A smelter offered another 40 t": what a plant does, not what it can make.
        flow = _nearest_flow(span, sent.start, sent.end, but=FACILITIES) or flow
    if is_yearly:
        flow = flow or (Flow.PRODUCTION if is_planned(span) else Flow.CAPACITY)
    return flow


_AVERAGE = frozenset({"average", "averaged", "averages", "averaging", "mean"})


def _sent_flow(context: TextContext, quantity: Quantity, flow: Flow | None) -> Flow | None:
    """Return the flow of what is sold or sent, by who sells and where the goods are counted."""
    span, sent = quantity.span, quantity.span.sent
    if flow is Flow.SALE:
        # "Of the 3,000 tonnes permitted, 2,800 were sold": what a quota allows leaves the country.
        counted = context.flow or context.lead_flow
        is_trade = counted in {Flow.QUOTA, Flow.EXPORT} and not context.firms
        if is_trade or _seller_is_country(context, span) or _goes_abroad(context, sent):
            flow = Flow.EXPORT
    if is_of_quota(context, quantity, flow):
        flow = Flow.QUOTA
    if flow in {Flow.EXPORT, Flow.SALE} and find_supplier(context, span, flow) is not None:
        flow = Flow.IMPORT
    return flow


def _taken_flow(context: TextContext, quantity: Quantity, flow: Flow | None) -> Flow | None:
    """Return the flow of what is bought or received, by who takes it."""
    span = quantity.span
    if flow is None and _taker_is_country(context, span):
        flow = Flow.IMPORT
    is_supplied = flow is Flow.IMPORT and find_supplier(context, span, flow) is not None
    if flow is Flow.IMPORT and context.flow is Flow.EXPORT and not is_supplied:
        flow = Flow.EXPORT if _buyer_is_foreign(context, quantity) else flow
    if flow is Flow.IMPORT and _buys_for_stock(span):
        flow = Flow.STOCKPILE
    if flow in _BOUGHT and is_for_reserve(quantity.text, span):
        flow = Flow.STOCKPILE
    sent = span.sent
    if flow is Flow.IMPORT and context.flow is Flow.STOCKPILE and not _buyers_in(context, sent):
        # "Its last round of purchases had covered 300 tons" goes on with the reserve's.
        flow = Flow.STOCKPILE
    return flow


def _buyers_in(context: TextContext, sent: Span) -> bool:
    """Tell whether a sentence names a country, a firm or imports: no purchase of the reserve."""
    if context.places_in(sent.start, sent.end):
        return True
    words = sent[:100]
    return any(t.i in context.firms or t.lower_.startswith("import") for t in words)


def _buys_for_stock(span: Span) -> bool:
    """Tell whether a reserve buys: "the state stockpile bought 300 tons"."""
    head = clause_head(span.root)
    subject = next((c for c in head.lefts if c.dep_ == "nsubj"), None)
    return subject is not None and flow_of(subject) in {Flow.STOCKPILE, Flow.RESERVES}


def _is_seller(span: Span) -> bool:
    """Tell whether only the name of a plant speaks of capacity, and not right at the mass."""
    sent = span.sent
    words = [token.lower_ for token in sent]
    if _CAPACITY_WORDS & set(words):
        return False
    near = {token.lower_ for token in span.doc[span.end : min(span.end + 4, sent.end)]}
    before = {token.lower_ for token in span.doc[max(sent.start, span.start - 3) : span.start]}
    return not (near | before) & FACILITIES


_CAPACITY_WORDS = frozenset(
    {"capacity", "capacities", "nameplate", "rated", "can", "could", "able", "capable", "designed"}
    | {"build", "building", "built", "builds", "opened", "open", "opening"}
)


def _seller_is_country(context: TextContext, span: Span) -> bool:
    """Tell whether a country sells: "the country sold 300 tons" counts exports."""
    head = clause_head(span.root)
    subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None:
        return False
    is_place = any(
        item.place.kind == "country" and item.form == "name"
        for item in context.places_in(max(subject.left_edge.i, subject.i - 2), subject.i + 1)
    )
    return is_place or subject.lower_ in {"country", "nation", "republic", "kingdom"}


def _taker_is_country(context: TextContext, span: Span) -> bool:
    """Tell whether a country takes goods: "Peru received 300 tons"."""
    return clause_head(span.root).lemma_ in _TAKE and _seller_is_country(context, span)


def _goes_abroad(context: TextContext, sent: Span) -> bool:
    if any(token.lower_ in _ABROAD for token in sent):
        return True
    for item in context.places_in(sent.start, sent.end):
        word = word_before(sent.doc, item)
        if word in {"to", "in"} and item.place.name != context.home:
            return word == "to"
    return False


# "Arrivals from Peru fell": the own customs count, whoever is named.
_ARRIVES = re.compile(r"\b(?:imports|arrivals|inflows)\b", re.IGNORECASE)


def _buyer_is_foreign(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether the buyer is a customer of the country whose exports the text counts."""
    sent = quantity.span.sent
    named = {item.place.name for item in context.places_in(sent.start, sent.end)}
    stop = min(sent.end_char, sent.start_char + MAX_CHARS)
    arrives = _ARRIVES.search(quantity.text, sent.start_char, stop)
    is_other = context.home is not None and bool(named) and context.home not in named
    return is_other and arrives is None
