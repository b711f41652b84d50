"""What a mass counts, by syntax, clause, sentence and what earlier masses counted.

Nearest word along at most six dependency heads first; modal permissions to ship are quotas,
sales of a country and what "went to Japan" are exports.
"""

from spacy.tokens import Span

from extractors.quantities.clauses import clause_head
from extractors.quantities.context import TextContext
from extractors.quantities.flow_words import flow_of
from extractors.quantities.homes import is_destination, word_before
from extractors.quantities.mass_times import read_rate
from extractors.quantities.movement import MAX_CLIMB
from extractors.quantities.quantity import Quantity
from models.vocabulary import Bound, Flow

_ABROAD = frozenset({"abroad", "overseas"})
_ALLOWED = frozenset({"allowed", "permitted", "entitled", "authorized", "authorised", "free"})
_SHIP = frozenset({"ship", "export", "send", "sell", "deliver"})
_LEAVING = frozenset(
    {"went", "goes", "go", "gone", "headed", "sailed", "flowed", "moved", "bound", "destined"}
    | {"sent", "shipped", "left", "dispatched"}
)
_PLANS = frozenset(
    {"plan", "plans", "planned", "planning", "target", "targets", "targeting", "aims", "intends"}
)


def _climb_flow(span: Span) -> Flow | None:
    token = span.root
    for _ in range(MAX_CLIMB):
        head = token.head
        if head is token or head.pos == 0:
            return None
        below = [head, *sorted(head.children, key=lambda child: abs(child.i - span.start))]
        for word in below:
            if span.start <= word.i < span.end or word.dep_ in {"advcl", "conj", "relcl", "ccomp"}:
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


def _nearest_flow(span: Span, start: int, end: int) -> Flow | None:
    best: tuple[int, Flow] | None = None
    for token in span.doc[start:end]:
        if span.start <= token.i < span.end:
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
    span, sent = quantity.span, quantity.span.sent
    if _is_permitted(context, quantity):
        return Flow.QUOTA
    if _leaves(context, quantity):
        return Flow.EXPORT
    flow = _climb_flow(span)
    flow = flow or _nearest_flow(span, max(left, sent.start), min(right, sent.end))
    flow = flow or _nearest_flow(span, sent.start, sent.end)
    if read_rate(span.doc, quantity, span.start, right):
        flow = flow or (Flow.PRODUCTION if _is_planned(span) else Flow.CAPACITY)
    if flow is Flow.SALE and (_seller_is_country(context, span) or _goes_abroad(context, sent)):
        flow = Flow.EXPORT
    if flow is Flow.IMPORT and context.flow is Flow.EXPORT and _buyer_is_foreign(context, quantity):
        flow = Flow.EXPORT
    if flow is Flow.IMPORT and _buys_for_stock(span):
        flow = Flow.STOCKPILE
    after = span.doc[span.end : min(span.end + 8, sent.end)]
    if flow is None and any(token.lower_ in {"deficit", "shortage"} for token in after):
        flow = Flow.DEMAND
    return flow or context.flow or context.lead_flow or Flow.OTHER


def _is_permitted(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether exporters "may ship at most" a mass: an allowance, not a trade."""
    span, sent = quantity.span, quantity.span.sent
    stretch = [token for token in span.doc[sent.start : span.start] if not token.is_punct]
    for index in range(len(stretch)):
        words = [item.lower_ for item in stretch[index : index + 2]]
        is_modal = words[0] == "may" or (words[0] in _ALLOWED and words[1:] == ["to"])
        verbs = stretch[index + 1 : index + 4]
        if not is_modal or not any(item.lower_ in _SHIP for item in verbs):
            continue
        limited = quantity.limits.bound in {Bound.AT_MOST, Bound.UNDER}
        if limited or context.has_quota or words[0] != "may":
            return True
    return False


def _leaves(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether a mass "went to Peru", "was bound for Peru": it left the country."""
    span, sent = quantity.span, quantity.span.sent
    for item in context.places_in(span.end, min(span.end + 12, sent.end)):
        between = [token.lower_ for token in span.doc[span.end : item.start]]
        if item.place.name == context.home or not is_destination(span.doc, item):
            continue
        return bool(_LEAVING & set(between[-5:])) and not {",", ";", "and"} & set(between)
    return False


def _buys_for_stock(span: Span) -> bool:
    """Tell whether a reserve buys: "the state stockpile bought 300 tons"."""
    head = clause_head(span.root)
    subject = next((c for c in head.lefts if c.dep_ == "nsubj"), None)
    return subject is not None and flow_of(subject) in {Flow.STOCKPILE, Flow.RESERVES}


def _is_planned(span: Span) -> bool:
    before = span.doc[max(span.sent.start, span.start - 4) : span.start]
    return any(token.lower_ in _PLANS for token in before)


def _seller_is_country(context: TextContext, span: Span) -> bool:
    """Tell whether a country sells: "the country sold 300 tons" counts exports."""
    head = clause_head(span.root)
    subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None:
        return False
    is_place = any(
        item.place.kind == "country" and item.form == "name"
        for item in context.places_in(subject.i, subject.i + 1)
    )
    return is_place or subject.lower_ in {"country", "nation", "republic", "kingdom"}


def _goes_abroad(context: TextContext, sent: Span) -> bool:
    if any(token.lower_ in _ABROAD for token in sent):
        return True
    for item in context.places_in(sent.start, sent.end):
        word = word_before(sent.doc, item)
        if word in {"to", "in"} and item.place.name != context.home:
            return word == "to"
    return False


def _buyer_is_foreign(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether the buyer is a customer of the country whose exports the text counts."""
    sent = quantity.span.sent
    named = {item.place.name for item in context.places_in(sent.start, sent.end)}
    return context.home is not None and bool(named) and context.home not in named
