"""The firm that holds a mass: named, meant by "it" or "the Company", or whose release a text is.

Reads the firms that were found in the text and the syntax of the sentence of the mass.
"""

import re
from collections.abc import Mapping

from spacy.tokens import Doc, Span, Token

from extractors.quantities.clauses import behind_mass, clause_head
from extractors.quantities.context import TextContext
from extractors.quantities.flow_words import flow_of
from models.vocabulary import Flow

_SEND = frozenset({"sell", "export", "ship", "supply", "send", "deliver", "provide"})
_MAX_CLAUSES = 4
# Nouns by which a text goes on to speak of a firm that it has named.
_FIRM_NOUNS = frozenset(
    {"company", "group", "firm", "miner", "producer", "refiner", "maker", "developer", "explorer"}
    | {"manufacturer", "subsidiary", "supplier", "corporation"}
)
_PRONOUNS = frozenset({"it", "they", "we"})
_BACK_TOKENS = 120
# "Ostra Minerals Limited (ASX: OST) ("Ostra" or the "Company")": the text is the firm's own.
_DEFINED = re.compile(
    r"\bthe [“\"]?Company[”\"]?\b|[“\"](?:the )?Company[”\"]"
    r"|\b(?:today|is pleased to) (?:announced?|reported?|provided?)\b"
)
_HEAD_CHARS = 8_000


def find_own_firm(doc: Doc, firms: Mapping[int, str]) -> str | None:
    """Return the firm whose release a text is, as first written; None for other texts."""
    match = _DEFINED.search(doc.text[:_HEAD_CHARS])
    if match is None or not firms:
        return None
    before = [at for at in firms if doc[at].idx < match.start()]
    if not before:
        return None
    # A release opens with its firm's full name; short forms and partners come later.
    return max((firms[at] for at in sorted(before)[:_MAX_NAMES]), key=len)


_MAX_NAMES = 12


def read_firm(context: TextContext, span: Span, left: int) -> str | None:
    """Return the firm that holds a mass: the subject of its verb, or the name right before it."""
    before = span.start - 1
    if before >= left and before in context.firms:
        return context.firms[before]
    actor = behind_mass(span)
    if actor is not None and flow_of(actor.verb) and actor.start in context.firms:
        return context.firms[actor.start]
    head = clause_head(span.root)
    for _ in range(_MAX_CLAUSES):
        subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
        if subject is not None and subject.i < span.start:
            return _named(context, subject) or _meant(context, subject)
        # "Ostra agreed to supply Vale, starting at 5 tons": the subject stands a clause above.
        is_open = head.tag_ in {"VBG", "VB"} or head.dep_ == "conj"
        if not is_open or head.head == head:
            return None
        head = clause_head(head.head)
    return None


def _named(context: TextContext, subject: Token) -> str | None:
    names = (context.firms.get(at) for at in range(subject.left_edge.i, subject.i + 1))
    return next((name for name in names if name is not None), None)


def _meant(context: TextContext, subject: Token) -> str | None:
    """Return the firm that "it" or "the miner" goes on with: the last one before, if no country."""
    word = subject.lower_
    is_noun = word in _FIRM_NOUNS and subject.left_edge.lower_ in {"the", "its"}
    if word == "company" and context.own_firm is not None:
        return context.own_firm
    if word == "we" and context.own_firm is not None:
        return context.own_firm
    if not is_noun and word not in _PRONOUNS:
        return None
    start = max(0, subject.left_edge.i - _BACK_TOKENS)
    last = next((at for at in range(subject.left_edge.i - 1, start, -1) if at in context.firms), -1)
    if last < 0 or "\n\n" in context.doc[last : subject.i].text:
        return None
    others = context.places_in(last + 1, subject.i)
    if word in _PRONOUNS and any(item.place.iso2 and item.form == "name" for item in others):
        return None
    return context.firms[last]


def other_firm(context: TextContext, flow: Flow, span: Span, firm: str) -> str | None:
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


def find_lead_firm(doc: Doc, firms: Mapping[int, str]) -> str | None:
    """Return the firm that opens a text as a subject: "Ostra posted record sales"; else None."""
    for at in range(min(_OPENING, len(doc))):
        if at not in firms:
            continue
        last = at
        while last + 1 in firms and firms[last + 1] == firms[at]:
            last += 1
        is_subject = doc[last].dep_ == "nsubj" or not doc[last].pos
        return firms[at] if is_subject else None
    return None


_OPENING = 4


def carried_firm(context: TextContext, flow: Flow, between: str, at: int) -> str | None:
    """Return the firm that the text goes on with, for a sentence that names nobody.

    Args:
        context: What the text is about.
        flow: What the mass counts.
        between: The words from the mass before to this one.
        at: Token where the mass begins.
    """
    if flow not in _HELD:
        return None
    known = context.parties.reporter if context.parties else None
    goes_on = known in set(context.firms.values()) and "\n" not in between
    if goes_on or context.own_firm is not None:
        return known if goes_on else context.own_firm
    lead = context.lead_firm
    back = range(at - 1, max(-1, at - _FAR_BACK), -1)
    last = next((context.firms[one] for one in back if one in context.firms), None)
    return lead if lead and last and _first_word(last) == _first_word(lead) else None


_FAR_BACK = 400


def _first_word(name: str) -> str:
    return name.split(maxsplit=1)[0].casefold() if name.strip() else ""


_HELD = frozenset({Flow.PRODUCTION, Flow.SALE, Flow.CAPACITY, Flow.STOCKPILE})
