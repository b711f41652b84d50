"""What a percentage measures: a change, a share, the level of a rate, a tariff, or else.

Reads the movement of the number and the words of its clause (`lexicons/measures.csv`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from spacy.tokens import Span, Token

from extractors.quantities.clauses import clause_head
from extractors.quantities.lexicon import lexicon_rows
from extractors.quantities.periods import Base
from extractors.quantities.quantity import Quantity, change_direction
from models.vocabulary import PercentageKind

_CHANGES: dict[Base | None, PercentageKind] = {
    "mom": PercentageKind.CHANGE_MOM,
    "yoy": PercentageKind.CHANGE_YOY,
    "other": PercentageKind.CHANGE_OTHER,
    None: PercentageKind.CHANGE_OTHER,
}
_SHARE_WORDS = frozenset(
    {"share", "portion", "proportion", "majority", "stake", "part", "bulk", "ownership", "owns"}
    | {"own", "account", "accounts", "accounted", "accounting", "represent", "represents"}
    | {"reliant", "reliance", "dependence", "dependent", "dependency", "domestic", "owned"}
    | {"controls", "control", "controlled", "hold", "holds", "held", "comprise", "dominance"}
)
_GROWTH = frozenset({"growth", "inflation"})
# "From 31 percent of world output to 12 percent": the whole stands between the ends of a pair.
# "Ran at 58% of capacity": how far a plant is used, no part of a whole.
_OF_CAPACITY = re.compile(
    r"\W*of (?:its |their |the |installed |nameplate |rated |total |full ){0,3}capacity\b",
    re.IGNORECASE,
)
_RUN = frozenset({"run", "operate", "work", "produce", "use", "utilize", "utilise", "hum"})
# What a grade is given in: "below 50% TiO2", "above 30% TREO", "0.5% dysprosium".
_GRADED = re.compile(r"\s(?:T?REO|TREO\+Y|[A-Z][a-z]?\d?(?:[A-Z][a-z]?\d{0,2})+\d?)\b")
_DUTIES = frozenset({"duty", "duties", "tariff", "tariffs", "levy", "duty-free"})
_BY_WEIGHT = re.compile(r"\W*(?:[a-z]+ )?by (?:weight|value|volume|mass)\b")
_PART_INSIDE = re.compile(r"(?:percent|per cent|%) of ", re.IGNORECASE)
_WINDOW = 6
_FAR = 14


@lru_cache(maxsize=1)
def _measures() -> dict[str, PercentageKind]:
    return {row["form"]: PercentageKind(row["kind"]) for row in lexicon_rows("measures.csv")}


def _kind_at(token: Token) -> PercentageKind | None:
    known = _measures()
    before = token.nbor(-1).lower_ if token.i else ""
    return known.get(f"{before} {token.lower_}") or known.get(token.lower_)


def _named_kind(tokens: Sequence[Token]) -> PercentageKind | None:
    """Return the kind that words name; a tariff rate is a tariff."""
    kinds = [kind for kind in map(_kind_at, tokens) if kind is not None]
    for preferred in (PercentageKind.TARIFF, PercentageKind.OTHER):
        if preferred in kinds:
            return preferred
    return kinds[0] if kinds else None


def _stretch(span: Span, left: int, right: int) -> tuple[list[Token], list[Token]]:
    """Return the words before and behind a number, up to its neighbours and semicolons."""
    sent = span.sent
    before: list[Token] = []
    for token in reversed(span.doc[max(left, sent.start, span.start - _FAR) : span.start]):
        if token.text in {";", ":"}:
            break
        before.append(token)
    after: list[Token] = []
    for token in span.doc[span.end : min(right, sent.end, span.end + _WINDOW)]:
        if token.text in {";", ",", ".", ":", "(", ")"}:
            break
        after.append(token)
    return before[::-1], after


def share_follows(span: Span) -> bool:
    """Tell whether "of X" follows a number: a part of a whole."""
    if _PART_INSIDE.search(span.text):
        return True
    if span.end >= span.sent.end:
        return False
    words = [token.lower_ for token in span.doc[span.end : min(span.end + 2, span.sent.end)]]
    if words == ["or", "more"] and span.end + 2 < span.sent.end:
        words = [span.doc[span.end + 2].lower_]
    return words[0] == "of" or words in (["or", "of"], ["share", "of"], ["stake", "in"])


def read_kind(
    quantity: Quantity, *, base: Base | None, left: int, right: int, is_tariff_text: bool
) -> PercentageKind:
    """Return the kind of a percentage.

    Args:
        quantity: The number.
        base: What a change is measured against, if the sentence says.
        left: Token where the number before ends.
        right: Token where the number behind begins.
        is_tariff_text: Whether the number before in the same sentence is a tariff.
    """
    span = quantity.span
    before, after = _stretch(span, left, right)
    named_after = _named_kind(after[:4])
    named = named_after or _named_kind(before)
    direction = change_direction(quantity)
    if PercentageKind.TARIFF in {named, named_after} and not share_follows(span):
        adjacent = named_after is PercentageKind.TARIFF or _is_tariff_phrase(before)
        if adjacent or direction is None:
            return PercentageKind.TARIFF
    if direction is not None:
        return _CHANGES[base]
    return _level_kind(quantity, before, after, named, is_tariff_text=is_tariff_text)


def _is_tariff_phrase(before: Sequence[Token]) -> bool:
    """Tell whether the subject of the number is a tariff, not goods under it."""
    words = [token.lower_ for token in before]
    return bool({"tariff", "tariffs", "duty", "duties", "levy", "surcharge"} & set(words))


_PART_VERBS = frozenset(
    {"be", "make", "cover", "reach", "total", "slide", "stand", "fall", "provide", "supply"}
    | {"come", "source", "produce", "import", "export", "buy", "consume", "absorb", "refine"}
    | {"mine", "process", "recycle", "recover", "satisfy", "serve", "own", "contain"}
    | {"take", "dominate", "contribute", "meet", "originate", "go", "hold"}
)


def _subject_kind(span: Span) -> PercentageKind | None:
    """Return what the subject of the number's verb names: "the share fell by 4 points, to 9%"."""
    head = clause_head(span.root)
    subject = next((c for c in head.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None or subject.i >= span.start:
        return None
    words = list(span.doc[subject.left_edge.i : min(subject.right_edge.i + 1, span.start)][:_FAR])
    if {token.lower_ for token in words} & _SHARE_WORDS:
        return PercentageKind.SHARE
    return _named_kind(words)


def _level_kind(
    quantity: Quantity,
    before: Sequence[Token],
    after: Sequence[Token],
    named: PercentageKind | None,
    *,
    is_tariff_text: bool,
) -> PercentageKind:
    near = {token.lower_ for token in (*before, *after)}
    graded = _graded_kind(quantity, before, named)
    if graded is not None:
        return graded
    if share_follows(quantity.span):
        return PercentageKind.SHARE
    if near & _SHARE_WORDS and named is None:
        return PercentageKind.SHARE
    if near & _GROWTH and quantity.movement.part in {"final", "initial", "level"}:
        return PercentageKind.RATE
    if named is not None:
        return named
    if is_tariff_text:
        return PercentageKind.TARIFF
    if quantity.measure.rule_id.startswith("percentage.") and quantity.measure.shape == "single":
        return PercentageKind.SHARE
    if near & {"pay", "pays", "paid"} and _DUTIES & {t.lower_ for t in quantity.span.sent}:
        return PercentageKind.TARIFF
    named = _subject_kind(quantity.span)
    if named is not None:
        return named
    return PercentageKind.SHARE if _counts_part(quantity.span) else PercentageKind.OTHER


def _graded_kind(
    quantity: Quantity, before: Sequence[Token], named: PercentageKind | None
) -> PercentageKind | None:
    """Return the kind of a grade ("50% TiO2") or of how far a plant is used, None otherwise."""
    behind = quantity.text[quantity.measure.end : quantity.measure.end + 60]
    if _OF_CAPACITY.match(behind) and _runs(before):
        return PercentageKind.RATE
    if (named is None and _GRADED.match(behind)) or _BY_WEIGHT.match(behind):
        return PercentageKind.SHARE
    if share_follows(quantity.span):
        return None
    if _runs(before) and before[-1].lower_ in {"at", "about", "around", "near"}:
        return PercentageKind.RATE
    return None


def _runs(before: Sequence[Token]) -> bool:
    """Tell whether a verb of running stands before "58% of capacity"."""
    return any(token.lemma_ in _RUN for token in before[-6:])


def _counts_part(span: Span) -> bool:
    """Tell whether the number is the subject or object of a verb, as a part of something is."""
    root = span.root
    if root.dep_ in {"nsubj", "nsubjpass", "conj", "appos"}:
        return True
    if root.dep_ in {"dobj", "attr", "pobj"}:
        verb = clause_head(root)
        return verb.lemma_ in _PART_VERBS
    modifies = root.dep_ in {"amod", "nummod", "advmod", "npadvmod", "compound", "nmod"}
    return modifies and root.head.pos_ in {"ADJ", "NOUN"}
