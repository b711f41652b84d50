"""Another country as the subject of a verb of sending, in a text that counts imports.

"Imports fell: Peru supplied 300 t" is an import of the country of the text, and Peru its partner.
"""

import re

from spacy.tokens import Span, Token

from extractors.gazetteer import PlaceMention
from extractors.quantities.clauses import clause_head
from extractors.quantities.context import TextContext
from extractors.quantities.homes import is_destination, is_source
from models.vocabulary import Flow

_SENDING = frozenset(
    {"sell", "ship", "supply", "send", "deliver", "provide", "contribute", "export", "furnish"}
)
_IMPORTS = re.compile(r"\b(?:imports?|purchases|arrivals|inflows)\b", re.IGNORECASE)
_NEIGHBOR = re.compile(r"\bits? neighbou?rs?\b", re.IGNORECASE)


def find_supplier(context: TextContext, span: Span, flow: Flow | None) -> PlaceMention | None:
    """Return the foreign country that supplies a mass, when the mass is counted as an import.

    Args:
        context: What the text is about.
        span: The tokens of the mass.
        flow: What the mass counts by its own words.
    """
    head = clause_head(span.root)
    subject = _subject(head)
    if head.lemma_ not in _SENDING or head.i >= span.start:
        return None
    # A parse that loses the subject leaves its name right before the verb.
    start = subject.left_edge.i if subject is not None else head.i - 1
    places = context.places_in(max(0, start), head.i)
    supplier = next((item for item in reversed(places) if item.place.iso2), None)
    if supplier is None or supplier.form == "metonym" or is_source(context.doc, supplier):
        return None
    sent = span.sent
    if _is_counted_elsewhere(context, sent, supplier):
        return supplier
    if supplier.place.name == context.home:
        return None
    lead = context.doc[max(sent.start, head.i - 25) : head.i]
    is_import = _IMPORTS.search(lead.text) is not None or context.flow is Flow.IMPORT
    goes_out = any(
        item.place.name not in {context.home, supplier.place.name}
        and is_destination(context.doc, item)
        for item in context.places_in(head.i, sent.end)
    )
    return supplier if is_import and not goes_out and flow is not Flow.QUOTA else None


def _subject(head: Token) -> Token | None:
    return next((c for c in head.lefts if c.dep_ == "nsubj"), None)


def _is_counted_elsewhere(context: TextContext, sent: Span, supplier: PlaceMention) -> bool:
    """Tell whether the buyer's customs count: "Peru sold it 5 t, Chilean customs data show"."""
    return any(
        item.place.name != supplier.place.name and is_source(context.doc, item)
        for item in context.places_in(sent.start, sent.end)
    )
