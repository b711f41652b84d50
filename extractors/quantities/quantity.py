"""A number with its sentence, bound and movement, and whether its subject or verb moves it."""

from dataclasses import dataclass

from spacy.tokens import Span

from extractors.quantities.bounds import Limits
from extractors.quantities.lexemes import read_lexemes
from extractors.quantities.movement import Movement
from extractors.quantities.movement_words import movement_words
from extractors.quantities.scan import Measure
from models.vocabulary import Direction


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measure in its sentence. `column` is the cell of a table row, None in running text.

    `text` is that of the whole Doc: `Doc.text` joins all tokens on every access.
    """

    text: str
    measure: Measure
    span: Span
    limits: Limits
    movement: Movement
    column: int | None = None

    @property
    def is_mass(self) -> bool:
        """Whether this is a mass, not a ratio."""
        return self.measure.unit.dimension == "mass"


def words_at(quantity: Quantity) -> tuple[list[str], list[str]]:
    """Return the two lower-case tokens on each side of a number and its bound words."""
    doc, sent = quantity.span.doc, quantity.span.sent
    start = quantity.span.start
    lexemes = read_lexemes(quantity.text)
    offset = lexemes[quantity.limits.first].start
    while start > sent.start and doc[start].idx > offset:
        start -= 1
    before = [token.lower_ for token in doc[max(sent.start, start - 2) : start]]
    after = [token.lower_ for token in doc[quantity.span.end : quantity.span.end + 2]]
    return before, after


def subject_movement(span: Span) -> str | None:
    """Return the lower-case movement noun that is the subject of a number's verb, if any.

    "The decline narrowed to 5%": the 5% is a decline, whatever the verb does.
    """
    token = span.root
    for _ in range(6):
        if token.pos_ in {"VERB", "AUX"} or token.head == token:
            break
        token = token.head
    if token.pos_ not in {"VERB", "AUX"}:
        return None
    for child in token.children:
        if child.dep_ in {"nsubj", "nsubjpass"} and child.i < span.start:
            entry = movement_words().get(child.lower_)
            if entry is not None and entry.group in {"move", "noun"}:
                return child.lower_
    return None


def change_direction(quantity: Quantity) -> Direction | None:
    """Return the direction of a change, None when the number is no change.

    "The decline narrowed to 5%": the subject moves, so the number is a fall of 5%.
    """
    if quantity.measure.shape == "pair":
        return None
    moving = subject_movement(quantity.span)
    movement = quantity.movement
    if movement.part == "change":
        return movement.direction
    if moving is not None:
        return movement_words()[moving].direction
    return None
