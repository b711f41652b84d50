"""The two countries of a mass: whose flow it is, and the other end of it.

Prepositions and possessives first, the source of the statistics next, then what the mass before
was about, then the country of the text. Null where nothing says it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from extractors.gazetteer import PlaceMention
from extractors.quantities.clauses import clause_head
from extractors.quantities.context import Parties, TextContext
from extractors.quantities.flow_words import flow_of
from extractors.quantities.homes import (
    AWAY,
    BUYERS,
    is_cut,
    is_destination,
    is_office,
    is_source,
    names_office,
    owns,
    word_before,
)
from extractors.quantities.quantity import Quantity
from models.vocabulary import Flow

_SEND = frozenset({"sell", "export", "ship", "supply", "send", "deliver", "provide"})
_MAX_CLAUSES = 4
_KINDS = frozenset({"country", "bloc", "region", "territory"})
_OWN_GOODS = frozenset({"exports", "export", "shipments", "sales", "magnet", "customs", "cargoes"})
_NO_PARTNER = frozenset({"in", "with", "by", "from"})
_TOTALS = frozenset({"total", "overall", "all", "altogether", "worldwide", "global", "combined"})
_WORLD = re.compile(
    r"\b(?:world(?:wide)?|global|international)(?:['’]s)?(?: (?!with |by |in |for |at )[a-z]+)?"
    r" (?:output|production|demand|supply"
    r"|consumption|reserves|capacity|stocks|inventories|stockpiles)\b",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset({"abroad", "overseas", "worldwide", "global", "globally", "world"})
_TRADE = frozenset({Flow.EXPORT, Flow.IMPORT, Flow.DEMAND, Flow.RESERVES, Flow.OTHER})
_STANDING = frozenset({Flow.STOCKPILE, Flow.DEMAND, Flow.RESERVES})


def read_parties(
    context: TextContext, quantity: Quantity, flow: Flow, left: int, right: int
) -> Parties:
    """Return reporter and partner of a mass, and keep them for the next one."""
    span, sent = quantity.span, quantity.span.sent
    before = _countries(context.places_in(max(left, sent.start), span.start))
    whole = _countries(context.places_in(sent.start, span.start))
    after = _countries(context.places_in(span.end, min(right, sent.end)))
    is_carried = not any(flow_of(token) is not None for token in sent)
    if flow is Flow.IMPORT:
        parties = _import_parties(context, whole, after, is_carried=is_carried)
    elif flow in {Flow.EXPORT, Flow.SALE}:
        parties = _export_parties(context, span, before, whole, after)
    else:
        parties = Parties(_holder(context, flow, span, [before, whole, after]), None)
    firm = _firm(context, span, left) if flow not in _TRADE else None
    located = any(word_before(context.doc, item) == "in" for item in after)
    # "Ostra North America" names a firm; the place in its name is not where its goods are.
    free = [item for item in whole if item.start not in context.firms]
    if firm is not None and not free and not located:
        parties = Parties(firm, _other_firm(context, flow, span, firm) or parties.partner)
    elif not context.places_in(sent.start, sent.end):
        parties = _taken_over(context, quantity, flow, parties, is_carried=is_carried)
    context.parties, context.parties_flow = parties, flow
    context.parties_end = quantity.measure.end
    return parties


def _firm(context: TextContext, span: Span, left: int) -> str | None:
    """Return the firm that holds a mass: the subject of its verb, or the name right before it."""
    before = span.start - 1
    if before >= left and before in context.firms:
        return context.firms[before]
    head = clause_head(span.root)
    for _ in range(_MAX_CLAUSES):
        subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
        if subject is not None and subject.i < span.start:
            names = (context.firms.get(at) for at in range(subject.left_edge.i, subject.i + 1))
            return next((name for name in names if name is not None), None)
        # "Ostra agreed to supply Vale, starting at 5 tons": the subject stands a clause above.
        if head.tag_ not in {"VBG", "VB"} or head.head is head:
            return None
        head = clause_head(head.head)
    return None


def _other_firm(context: TextContext, flow: Flow, span: Span, firm: str) -> str | None:
    """Return the buyer of a sale between firms: "Ostra sold 5 tons to Vale", "A and B agreed"."""
    if flow is not Flow.SALE:
        return None
    sent = span.sent
    places = range(sent.start, min(sent.end, span.end + 16))
    # Behind "to" or a verb of sending stands the buyer; a parent firm stands beside the seller.
    sold = [at for at in places if at > sent.start and _takes_buyer(context.doc[at - 1])]
    named = (context.firms.get(at) for at in (*sold, *places))
    return next((name for name in named if name is not None and name != firm), None)


def _takes_buyer(token: Token) -> bool:
    return token.lower_ == "to" or token.lemma_ in _SEND


def _taken_over(
    context: TextContext, quantity: Quantity, flow: Flow, parties: Parties, *, is_carried: bool
) -> Parties:
    """Return the countries of the mass before, when a sentence of its paragraph names none."""
    known = context.parties
    between = quantity.text[context.parties_end : quantity.measure.start]
    if known is None or flow is not context.parties_flow or "\n" in between:
        return parties
    words = {token.lower_ for token in quantity.span.sent}
    goes_on = is_carried and not words & _TOTALS
    return Parties(
        known.reporter or parties.reporter,
        known.partner if goes_on and parties.partner is None else parties.partner,
    )


def _countries(items: Sequence[PlaceMention]) -> list[PlaceMention]:
    return [item for item in items if item.place.kind in _KINDS]


def _holder(
    context: TextContext, flow: Flow, span: Span, stretches: Sequence[Sequence[PlaceMention]]
) -> str | None:
    """Return the country that produces, holds, needs or allots a mass."""
    doc = context.doc
    before, whole, after = ([i for i in items if not names_office(doc, i)] for items in stretches)
    start = max(span.sent.start, span.start - 12)
    if _WORLD.search(doc[start : span.start].text):
        return None
    located = [i for i in (*after[:1], *reversed(whole)) if word_before(doc, i) == "in"]
    home = [i for i in (*before, *whole, *after) if word_before(doc, i) not in AWAY]
    nearest = [i for i in (before or whole or after) if i in home]
    if located or nearest or home:
        item = located[0] if located else nearest[-1] if nearest else home[-1]
        return item.place.name
    # The plant of a firm, or stocks of the world, are not those of the text's country.
    words = [token.lower_ for token in span.sent]
    # "The country ranks third in the world" still speaks of the country.
    is_own = any(pair == ("the", "country") for pair in pairwise(words))
    is_elsewhere = flow in _STANDING and not is_own and bool(_ELSEWHERE & set(words))
    return None if flow is Flow.CAPACITY or is_elsewhere else context.home


def _import_parties(
    context: TextContext,
    before: Sequence[PlaceMention],
    after: Sequence[PlaceMention],
    *,
    is_carried: bool,
) -> Parties:
    doc = context.doc
    places = (*before, *after)
    source = next((i.place.name for i in places if is_source(doc, i)), None)
    if is_carried and source is None and context.home is not None:
        # "Peru filled the gap: 300 tons": a country among imports that are counted elsewhere.
        other = [i.place.name for i in places if i.place.name != context.home]
        return Parties(context.home, other[0] if other else None)
    buyer = next((i for i in places if _buys(doc, i)), None)
    named = buyer or next((i for i in before if word_before(doc, i) not in {"from", "of"}), None)
    reporter = source or (named.place.name if named else None) or context.home
    others = [i for i in (*after, *before) if i.place.name != reporter]
    origins = [i for i in others if word_before(doc, i) == "from"]
    origins += [i for i in others if word_before(doc, i) == "of"]
    origins += [i for i in others if i.form == "adjective" and not is_source(doc, i)]
    if buyer is not None:
        # "Peru covered a third of what was bought by Chilean smelters".
        origins += [i for i in before if i.place.name != reporter]
    if not origins and others == [] and places:
        return Parties(reporter, _neighbor(context, places[0], reporter))
    return Parties(reporter, origins[0].place.name if origins else None)


def _neighbor(context: TextContext, item: PlaceMention, reporter: str | None) -> str | None:
    """Return who "its neighbour" is: the other country that the text speaks of most."""
    words = {token.lower_ for token in context.doc[item.start].sent}
    if not words & {"neighbour", "neighbor"}:
        return None
    counts = Counter(i.place.name for i in context.places if i.place.iso2)
    counts.pop(reporter or "", None)
    first, second = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] > max(second[1], 1) else None


def _buys(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place is that of the buyers: "bought by Chilean smelters"."""
    after = {token.lower_ for token in doc[item.end : item.end + 3]}
    return word_before(doc, item) == "by" and bool(BUYERS & after)


def _export_parties(
    context: TextContext,
    span: Span,
    before: Sequence[PlaceMention],
    whole: Sequence[PlaceMention],
    after: Sequence[PlaceMention],
) -> Parties:
    doc = context.doc
    source = next((i.place.name for i in (*whole, *after) if is_source(doc, i)), None)
    owners = [i for i in after if owns(doc, i)]
    home = _sender(context, span, [*whole, *owners]) or source or context.exporter
    right = [i for i in after if is_destination(doc, i) and i.place.name != home]
    # "5,000 tons to Germany" binds tighter than a country before the number.
    near = [i for i in right if i.start - span.end <= 8 and not is_cut(doc[span.end : i.start])]
    left = [
        i for i in before
        if i.place.name != home
        and not is_office(doc, i)
        and (
            is_destination(doc, i)
            or word_before(doc, i) not in _NO_PARTNER
            or _is_ranked(doc, i, span)
        )
    ]  # fmt: skip
    partner = near[0] if near else left[-1] if left else right[0] if right else None
    if partner is None and not before:
        head = clause_head(span.root)
        subject = [i for i in whole if i.place.name != home and doc[i.end - 1].head is head]
        partner = subject[-1] if subject else None
    return Parties(home, partner.place.name if partner else None)


def _is_ranked(doc: Doc, item: PlaceMention, span: Span) -> bool:
    """Tell whether a mass stands right at a buyer: "followed by Peru at 30 t", "by Peru (30 t)"."""
    between = [token.lower_ for token in doc[item.end : span.start]]
    return len(between) == 1 and between[0] in {"at", "with", "(", ":", ","}


def _sender(context: TextContext, span: Span, items: Sequence[PlaceMention]) -> str | None:
    """Return the subject of a verb of sending, or whose exports a number counts."""
    doc = context.doc
    for item in reversed(items):
        word = word_before(doc, item)
        if word in {"to", "for", "with"}:
            continue
        token = doc[item.end - 1]
        after = {found.lower_ for found in doc[item.end : item.end + 4]}
        is_subject = token.dep_ in {"nsubj", "nsubjpass"} and token.head.lemma_ in _SEND
        has_goods = owns(doc, item) and bool(after & _OWN_GOODS)
        if is_subject or has_goods or (_is_origin(doc, item, word) and item.end <= span.start):
            return item.place.name
    return None


def _is_origin(doc: Doc, item: PlaceMention, word: str) -> bool:
    """Tell whether goods leave a place: "from Chile", "from Calama in Chile"."""
    if word == "from":
        return True
    before = list(doc[max(0, item.start - 5) : item.start])
    starts = [at for at, token in enumerate(before) if token.lower_ == "from"]
    if word != "in" or not starts:
        return False
    return not any(token.pos_ in {"VERB", "AUX"} for token in before[starts[-1] :])
