"""Clauses of a parsed sentence: which words stand in the clause of a number, and above it.

A clause is the nearest verb above a word; without syntax the whole sentence is one clause.
"""

from dataclasses import dataclass

from spacy.tokens import Span, Token

_CLAUSE_DEPS = frozenset(
    {"ROOT", "ccomp", "advcl", "relcl", "acl", "pcomp", "csubj", "parataxis", "conj", "dep"}
)
# Longer chains come from broken parses of lists; the climb must stay bounded.
_MAX_CLIMB = 40
_MAX_CLAUSES = 5


def clause_head(token: Token) -> Token:
    """Return the verb of the clause of a token, the sentence root when there is none."""
    for _ in range(_MAX_CLIMB):
        is_verb = token.pos_ in {"VERB", "AUX"} and token.dep_ in _CLAUSE_DEPS
        if is_verb or token.head == token:
            return token
        token = token.head
    return token


def clause_chain(token: Token) -> tuple[int, ...]:
    """Return the clause heads of a token from its own clause upwards, as token indexes.

    A coordinated clause is not above its neighbour: the climb goes past it.
    """
    chain: list[int] = []
    head = clause_head(token)
    while len(chain) < _MAX_CLAUSES:
        chain.append(head.i)
        was_coordinated = head.dep_ == "conj"
        if head.head == head:
            break
        above = clause_head(head.head)
        if was_coordinated and above.head != above:
            above = clause_head(above.head)
        elif was_coordinated:
            break
        if above.i in chain:
            break
        head = above
    return tuple(chain)


@dataclass(frozen=True, slots=True)
class ActorBehind:
    """Who did what to a mass, in words right behind it: "the 900 tons Ostra mined"."""

    start: int
    verb: Token


_MAX_GOODS = 5
_MAX_NAME = 5
_HELPERS = frozenset({"had", "has", "have", "itself", "alone"})


def behind_mass(span: Span) -> ActorBehind | None:
    """Return the actor and the verb of "the 900 tons (of ore) (that) Ostra (had) mined"."""
    doc, stop = span.doc, span.sent.end
    at = span.end
    if at < stop and doc[at].lower_ == "of":
        limit = min(stop, at + _MAX_GOODS)
        while at < limit and (doc[at].lower_ == "of" or doc[at].text.islower()):
            if doc[at].lower_ in {"that", "which"} or doc[at].pos_ in {"VERB", "AUX"}:
                break
            at += 1
    if at < stop and doc[at].lower_ in {"that", "which"}:
        at += 1
    if at < stop and doc[at].lower_ == "the" and at + 1 < stop and doc[at + 1].text[:1].isupper():
        at += 1
    start = at
    while at < stop and at - start < _MAX_NAME and doc[at].text[:1].isupper():
        at += 1
    if at == start:
        return None
    while at < stop and doc[at].lower_ in _HELPERS:
        at += 1
    is_verb = at < stop and doc[at].tag_ in {"VBD", "VBN", "VBZ", "VBP"}
    return ActorBehind(start, doc[at]) if is_verb else None
