"""The words around a percentage: what is measured, whether it goes on with a list, a market.

Reads the syntax of its sentence only; kinds and periods are `kinds` and `percentages`.
"""

from spacy.tokens import Span

from extractors.quantities.clauses import clause_head
from extractors.quantities.quantity import Quantity, words_at
from models.vocabulary import PercentageKind

CHANGE_KINDS = frozenset(
    {PercentageKind.CHANGE_MOM, PercentageKind.CHANGE_YOY, PercentageKind.CHANGE_OTHER}
)
_MAX_MEASURE_TOKENS = 8
_MARKET = frozenset({"shares", "stock", "index", "futures"})
_MONEY = frozenset({"$", "€", "£", "¥", "US$", "A$", "C$"})
_LIST_PREPOSITIONS = frozenset({"from", "to", "in", "for", "by", "went", "came"})


def measure_text(quantity: Quantity, kind: PercentageKind) -> str | None:
    """Return the words that name what is measured: the whole of a share, the subject else."""
    span = quantity.span
    if kind is PercentageKind.SHARE:
        after = span.doc[span.end : min(span.end + _MAX_MEASURE_TOKENS + 1, span.sent.end)]
        if len(after) > 1 and after[0].lower_ == "of":
            return _trim(after[1:])
    head = clause_head(span.root)
    if kind in CHANGE_KINDS:
        moved = next((c for c in head.rights if c.dep_ == "dobj" and c.i < span.start), None)
        if moved is not None and moved.pos_ in {"NOUN", "PROPN"}:
            return _trim(span.doc[moved.left_edge.i : span.start])
    subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None or span.start <= subject.i < span.end:
        return None
    stop = min(subject.right_edge.i + 1, subject.left_edge.i + _MAX_MEASURE_TOKENS)
    return _trim(span.doc[subject.left_edge.i : stop])


def _trim(span: Span) -> str | None:
    for token in span:
        is_stop = token.text in {",", ";", ".", "(", ":", "-", "–"} or token.pos_ in {"VERB", "AUX"}
        if is_stop and token.i > span.start:
            span = span.doc[span.start : token.i]
            break
    text = span.text.strip()
    return text or None


def is_market(quantity: Quantity) -> bool:
    """Tell whether the subject of a change is a price on a market: "shares of Ostra rose 3%"."""
    end, doc = quantity.span.end, quantity.span.doc
    if end + 1 < len(doc) and doc[end].lower_ in {"at", "to"} and doc[end + 1].text in _MONEY:
        # "Cobalt was up 3% at $15 a pound".
        return True
    head = clause_head(quantity.span.root)
    subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    return subject is not None and subject.lower_ in _MARKET


def continued_kind(quantity: Quantity, last: PercentageKind) -> PercentageKind | None:
    """Return the kind of the number before when this one goes on with it, else None."""
    goes_on = (_goes_on(quantity) or _is_gapped(quantity)) and last not in CHANGE_KINDS
    return last if _is_aside(quantity) or goes_on else None


def _goes_on(quantity: Quantity) -> bool:
    """Tell whether a level continues the one before: "21% from Peru", "down from 30%"."""
    if quantity.movement.part == "change":
        return False
    span = quantity.span
    before, after = words_at(quantity)
    is_listed = bool(after) and after[0] in _LIST_PREPOSITIONS and before[-1:] in ([","], ["and"])
    is_base = before[-1:] == ["from"] and bool({"down", "up", ","} & set(before[-2:-1]))
    is_base = is_base or before[-1:] in (["against"], ["versus"])
    is_base = is_base or before[-2:] in (["compared", "with"], ["compared", "to"])
    return span.start > span.sent.start and (is_listed or is_base)


def _is_gapped(quantity: Quantity) -> bool:
    """Tell whether the verb is left out: "Japan recycles 9%, and Peru less than 2%"."""
    if quantity.movement.part == "change":
        return False
    span, doc = quantity.span, quantity.span.doc
    stretch = doc[max(span.sent.start, span.start - _MAX_MEASURE_TOKENS) : span.start]
    words: list[str] = []
    is_named = False
    for token in reversed(stretch):
        if token.pos_ in {"VERB", "AUX"} or not token.pos:
            return False
        if token.lower_ in {"%", "percent", "cent", ";"}:
            break
        words.append(token.lower_)
        is_named = is_named or token.pos_ == "PROPN"
    else:
        return False
    return is_named and words[-1:] in ([","], ["and"])


def _is_aside(quantity: Quantity) -> bool:
    """Tell whether a bare number in parentheses goes on with a list: "Chile (7%), Peru (9%)"."""
    span, doc = quantity.span, quantity.span.doc
    if not span.start or span.end >= len(doc) or quantity.movement.part == "change":
        return False
    return doc[span.start - 1].text == "(" and doc[span.end].text == ")"
