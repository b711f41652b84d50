"""Clauses of a parsed sentence: which words stand in the clause of a number, and above it.

A clause is the nearest verb above a word; without syntax the whole sentence is one clause.
"""

from spacy.tokens import Token

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
