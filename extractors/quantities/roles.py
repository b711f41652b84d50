"""The part of a mass in a movement (level, change, before, after) and the form it is weighed in."""

from collections.abc import Sequence

from spacy.tokens import Doc

from extractors.quantities.movement_words import movement_words
from extractors.quantities.quantity import Quantity
from models.vocabulary import Direction, MassBasis, QuantityRole

_MORE_WORDS = frozenset({"further", "another", "additional", "extra"})
_REVISED = frozenset({"revised", "corrected", "restated", "revise", "amended"})


def read_role(
    doc: Doc, quantity: Quantity, masses: Sequence[Quantity]
) -> tuple[QuantityRole, Direction | None]:
    """Return the role of a mass and the way it moves.

    Args:
        doc: The Doc.
        quantity: The mass.
        masses: All masses of its sentence.
    """
    movement = quantity.movement
    sent = quantity.span.sent
    before = {
        token.lower_
        for token in doc[max(sent.start, quantity.span.start - 3) : quantity.span.start]
    }
    revised = any(token.lower_ in _REVISED for token in doc[sent.start : quantity.span.start])
    if revised and len(masses) == 2:
        return _revision(doc, quantity, masses)
    if before & _MORE_WORDS:
        return QuantityRole.CHANGE, movement.direction
    if _is_beaten(quantity):
        return QuantityRole.INITIAL, None
    if _is_added(quantity):
        return QuantityRole.CHANGE, Direction.UP
    return QuantityRole(movement.part), movement.direction


def _is_added(quantity: Quantity) -> bool:
    """Tell whether a mass comes on top of another: "May added 300 tons to deliveries"."""
    root = quantity.span.root
    return root.dep_ == "dobj" and root.head.lemma_ == "add"


def _is_beaten(quantity: Quantity) -> bool:
    """Tell whether a mass is what another one beat: "topped the 300 tons of May by 5%"."""
    root, span = quantity.span.root, quantity.span
    entry = movement_words().get(root.head.lower_)
    word = span.doc[span.start - 1].lower_ if span.start else ""
    return root.dep_ == "dobj" and entry is not None and entry.group == "compare" and word == "the"


def _revision(
    doc: Doc, quantity: Quantity, masses: Sequence[Quantity]
) -> tuple[QuantityRole, Direction | None]:
    """Read "revised to 7,700 t from 7,600": a correction with a direction of its own."""
    first, second = masses
    word = doc[second.span.start - 1].lower_ if second.span.start else ""
    before = {token.lower_ for token in doc[max(0, second.span.start - 4) : second.span.start]}
    final, initial = (first, second) if "from" in before or word == "from" else (second, first)
    rises = final.measure.low * final.measure.factor > initial.measure.low * initial.measure.factor
    direction = Direction.UP if rises else Direction.DOWN
    role = QuantityRole.FINAL if quantity is final else QuantityRole.INITIAL
    return role, direction


def read_mass_basis(quantity: Quantity) -> MassBasis | None:
    """Return the form that a mass is of: contained, REO, metal, magnets; None when unsaid."""
    given = quantity.measure.unit.mass_basis
    if given is not None:
        return given
    span = quantity.span
    after = span.doc[span.end : min(span.end + 5, span.sent.end)]
    words: list[str] = []
    for token in after:
        if token.text in {",", ";", "(", "."} and words:
            break
        words.append(token.lower_)
    if "contained" in words:
        return MassBasis.CONTAINED
    if {"reo", "treo", "oxide", "oxides"} & set(words) and (
        "equivalent" in words or {"reo", "treo"} & set(words)
    ):
        return MassBasis.REO
    if {"magnet", "magnets"} & set(words):
        return MassBasis.MAGNET
    if {"metal", "metals"} & set(words) and "of" not in words[:1]:
        return MassBasis.METAL
    return None
