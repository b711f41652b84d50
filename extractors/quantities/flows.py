"""What a mass counts, by syntax, clause, sentence and what earlier masses counted.

Nearest word along at most six dependency heads first; modal permissions to ship are quotas,
sales of a country and what "went to Japan" are exports.
"""

import re

from spacy.tokens import Span

from extractors.quantities.clauses import clause_head
from extractors.quantities.context import TextContext
from extractors.quantities.flow_words import FACILITIES, flow_of
from extractors.quantities.homes import is_destination, word_before
from extractors.quantities.mass_times import read_rate
from extractors.quantities.movement import MAX_CLIMB
from extractors.quantities.quantity import Quantity
from extractors.quantities.stockpiling import is_for_reserve
from extractors.quantities.suppliers import find_supplier
from models.vocabulary import Bound, Flow

_ABROAD = frozenset({"abroad", "overseas"})
_ALLOWED = frozenset({"allowed", "permitted", "entitled", "authorized", "authorised", "free"})
_SHIP = frozenset({"ship", "export", "send", "sell", "deliver"})
_LEAVING = frozenset(
    {"went", "goes", "go", "gone", "headed", "sailed", "flowed", "moved", "bound", "destined"}
    | {"sent", "shipped", "left", "dispatched"}
)
_BOUGHT = frozenset({None, Flow.IMPORT, Flow.DEMAND, Flow.OTHER, Flow.RESERVES})
# "The 3,000 tonnes permitted in 2031", "of the 400 tons allotted to Ostra".
_ALLOTTED = re.compile(
    r" (?:of [a-z ]{2,30} )?(?:(?:permitted|allotted|allowed|allocated)"
    r" (?:in|for|to|under|by|during)"
    r"|(?:are|is|were|was|will be|have been) (?:allowed|permitted|reserved|set aside|allotted"
    r"|allocated|earmarked))\b"
)
# "Some 300 kilograms of germanium left Peru in June".
_LEFT = re.compile(
    r"(?: of [a-z ]{2,40})? (?:left|leaves|will leave|have left|had left)"
    r" (?:the country|for abroad|[A-Z][a-z]+)"
)
# What a batch of a quota lets miners dig and smelters make is the quota, no output.
_BATCH = re.compile(
    r"\b(?:first|second|third|new|latest|initial|last|next) (?:batch|tranche|round)\b"
)
_OF_BATCH = frozenset({None, Flow.PRODUCTION, Flow.EXPORT, Flow.OTHER})
_TAKE = frozenset({"receive", "take", "get", "absorb", "obtain"})
_LICENSE = re.compile(
    r"\b(?:licen[cs]es?|permits?|permission|clearances?|applications?|applied|entitled"
    r"|asked for)\b",
    re.IGNORECASE,
)
_NO_EXPORT = re.compile(
    r"\b(?:quotas?|import\w*|mining (?:licen|permit)\w*|capacity)\b", re.IGNORECASE
)
_EXPORTS = re.compile(r"\bexport", re.IGNORECASE)
_MAX_CHARS = 500
_ALLOWS = re.compile(
    r"\b(?:allow|permit|admit|let)(?:s|ted|ed|ting|ing)?(?: in)? (?:[a-z]+ ){0,2}$"
)
_ENTERS = re.compile(
    r"[^.;,]{0,50}\b(?:to (?:enter|leave|come in|go out|be (?:shipped|exported|imported|sold))"
    r"|duty[- ]free)\b"
)
_PLANS = frozenset(
    {"plan", "plans", "planned", "planning", "target", "targets", "targeting", "aims", "intends"}
)


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
    ruled = _ruled_flow(context, quantity)
    if ruled is not None:
        return ruled
    flow = _worded_flow(quantity, left, right)
    flow = _sent_flow(context, quantity, flow)
    flow = _taken_flow(context, quantity, flow)
    if flow in {None, Flow.QUOTA} and _is_licensed(context, quantity):
        flow = Flow.EXPORT
    after = quantity.span.doc[
        quantity.span.end : min(quantity.span.end + 8, quantity.span.sent.end)
    ]
    if flow is None and any(token.lower_ in {"deficit", "shortage"} for token in after):
        flow = Flow.DEMAND
    return flow or context.flow or context.lead_flow or Flow.OTHER


def _ruled_flow(context: TextContext, quantity: Quantity) -> Flow | None:
    """Return what a mass counts where rules allow it, or it leaves a country."""
    if _is_permitted(context, quantity):
        return Flow.EXPORT if _is_licensed(context, quantity) else Flow.QUOTA
    if _ALLOTTED.match(quantity.text, quantity.measure.end) or _enters_freely(quantity):
        return Flow.QUOTA
    leaves = _leaves(context, quantity) or _LEFT.match(quantity.text, quantity.measure.end)
    return Flow.EXPORT if leaves else None


def _worded_flow(quantity: Quantity, left: int, right: int) -> Flow | None:
    """Return the flow of the nearest word that counts; a bare yearly rate is a capacity."""
    span, sent = quantity.span, quantity.span.sent
    flow = _climb_flow(span)
    flow = flow or _nearest_flow(span, max(left, sent.start), min(right, sent.end))
    flow = flow or _nearest_flow(span, sent.start, sent.end)
    is_yearly = read_rate(span.doc, quantity, span.start, right) is not None
    if flow is Flow.CAPACITY and not is_yearly and _is_seller(span):
        # "A smelter offered another 40 t": what a plant does, not what it can make.
        flow = _nearest_flow(span, sent.start, sent.end, but=FACILITIES) or flow
    if is_yearly:
        flow = flow or (Flow.PRODUCTION if _is_planned(span) else Flow.CAPACITY)
    return flow


def _sent_flow(context: TextContext, quantity: Quantity, flow: Flow | None) -> Flow | None:
    """Return the flow of what is sold or sent, by who sells and where the goods are counted."""
    span, sent = quantity.span, quantity.span.sent
    if flow is Flow.SALE:
        # "Of the 3,000 tonnes permitted, 2,800 were sold": what a quota allows leaves the country.
        is_trade = context.flow in {Flow.QUOTA, Flow.EXPORT} and not context.firms
        if is_trade or _seller_is_country(context, span) or _goes_abroad(context, sent):
            flow = Flow.EXPORT
    if (
        context.has_quota
        and flow in _OF_BATCH
        and _BATCH.search(
            quantity.text[sent.start_char : min(sent.end_char, sent.start_char + _MAX_CHARS)]
        )
    ):
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
    return flow


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


def _enters_freely(quantity: Quantity) -> bool:
    """Tell whether rules "allow 9,000 tonnes a year to enter duty-free": a quota."""
    start, end = quantity.measure.start, quantity.measure.end
    before, behind = quantity.text[max(0, start - 40) : start], quantity.text[end : end + 90]
    return _ALLOWS.search(before) is not None and _ENTERS.match(behind) is not None


def _is_licensed(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether a mass is what a firm may ship under a license: "a permit for 300 tonnes"."""
    sent = quantity.span.sent
    start = max(sent.start_char, quantity.measure.start - _MAX_CHARS)
    words = quantity.text[start : min(sent.end_char, quantity.measure.end + _MAX_CHARS)]
    if not _LICENSE.search(words) or _NO_EXPORT.search(words):
        return False
    is_trade = context.lead_flow is Flow.EXPORT or context.flow is Flow.EXPORT
    return (
        is_trade
        or _EXPORTS.search(quantity.text, max(0, start - 2 * _MAX_CHARS), start + 1000) is not None
    )


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


def _buyer_is_foreign(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether the buyer is a customer of the country whose exports the text counts."""
    sent = quantity.span.sent
    named = {item.place.name for item in context.places_in(sent.start, sent.end)}
    return context.home is not None and bool(named) and context.home not in named
