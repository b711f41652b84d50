"""The two countries of a mass: whose flow it is, and the other end of it.

Prepositions and possessives first, the source of the statistics next, then what the mass before
was about, then the country of the text. Null where nothing says it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from spacy.tokens import Doc, Span

from extractors.gazetteer import PlaceMention
from extractors.quantities.context import Parties, TextContext
from extractors.quantities.firms import carried_firm, other_firm, read_firm
from extractors.quantities.flow_words import flow_of
from extractors.quantities.homes import (
    AWAY,
    BUYERS,
    is_cut,
    is_dateline,
    is_destination,
    is_office,
    is_source,
    names_office,
    owns,
    word_before,
)
from extractors.quantities.quantity import Quantity
from extractors.quantities.stockpiling import reserve_country
from extractors.quantities.suppliers import find_supplier
from models.vocabulary import Flow

_SEND = frozenset({"sell", "export", "ship", "supply", "send", "deliver", "provide"})
_KINDS = frozenset({"country", "bloc", "region", "territory"})
_OWN_GOODS = frozenset({"exports", "export", "shipments", "sales", "magnet", "customs", "cargoes"})
_NO_PARTNER = frozenset({"in", "with", "by", "from"})
_TOTALS = frozenset({"total", "overall", "all", "altogether", "worldwide", "global", "combined"})
_WORLD = re.compile(
    r"\b(?:world(?:wide)?|global|international)(?:['’]s)?(?: (?!with |by |in |for |at )[a-z]+)?"
    r" (?:output|production|demand|supply"
    r"|consumption|reserves|capacity|stocks|inventories|stockpiles)\b|\brest of the world\b",
    re.IGNORECASE,
)
_DOMESTIC = re.compile(r"\bdomestic(?:ally)?\b", re.IGNORECASE)
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
    reserve = reserve_country(quantity.text, span) if flow is Flow.STOCKPILE else None
    supplier = find_supplier(context, span, flow) if flow is Flow.IMPORT else None
    if supplier is not None:
        places = (*whole, *after)
        source = next((i.place.name for i in places if is_source(context.doc, i)), context.home)
        parties = Parties(source, supplier.place.name)
    elif reserve is not None:
        parties = Parties(reserve, None)
    elif flow is Flow.IMPORT:
        parties = _import_parties(context, whole, after, is_carried=is_carried)
    elif flow in {Flow.EXPORT, Flow.SALE}:
        parties = _export_parties(context, span, before, whole, after)
    else:
        parties = Parties(_holder(context, flow, span, [before, whole, after]), None)
    firm = None if reserve or flow in _TRADE else read_firm(context, span, left)
    located = any(word_before(context.doc, item) == "in" for item in after)
    # "Ostra North America" names a firm; the place in its name is not where its goods are.
    free = [i for i in whole if i.start not in context.firms and not is_dateline(context.doc, i)]
    if reserve is None and firm is None and not free and not located and not after:
        firm = carried_firm(
            context,
            flow,
            quantity.text[context.parties_end : quantity.measure.start],
            span.start,
        )
    if firm is not None and not free and not located:
        parties = Parties(firm, other_firm(context, flow, span, firm) or parties.partner)
    elif reserve is None and not context.places_in(sent.start, sent.end):
        parties = _taken_over(context, quantity, flow, parties, is_carried=is_carried)
    context.parties, context.parties_flow = parties, flow
    context.parties_end = quantity.measure.end
    return parties


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
    lead = doc[start : span.start].text
    if _WORLD.search(lead):
        return None
    if _DOMESTIC.search(lead) and not (before or whole):
        return context.home
    # "In Peru holds 48 tons, said the developer, listed in London": another clause's place.
    after = [i for i in after if not is_cut(doc[span.end : i.start]) or not (whole or before)]
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
    named = buyer or next((i for i in before if word_before(doc, i) not in AWAY | {"of"}), None)
    reporter = source or (named.place.name if named else None) or context.home
    suppliers = {i.place.name for i in places if word_before(doc, i) == "from"}
    if source is None and buyer is None and reporter in suppliers:
        # "Inflows from Peru, which covered half of Chile's need": nobody imports from itself.
        owner = next((i for i in places if owns(doc, i) and i.place.name not in suppliers), None)
        fallback = context.home if context.home not in suppliers else None
        reporter = owner.place.name if owner else fallback
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
