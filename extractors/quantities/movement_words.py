"""Verbs and nouns of movement with their direction (`lexicons/movements.csv`)."""

from dataclasses import dataclass
from functools import lru_cache

from extractors.quantities.lexicon import lexicon_rows
from models.vocabulary import Direction


@dataclass(frozen=True, slots=True)
class MovementWord:
    """A form of the lexicon. `group`: move, compare, noun, particle."""

    lemma: str
    direction: Direction | None
    group: str


@lru_cache(maxsize=1)
def movement_words() -> dict[str, MovementWord]:
    """Return the movement lexicon by lower-case form."""
    return {
        row["form"]: MovementWord(
            row["lemma"], Direction(row["direction"]) if row["direction"] else None, row["class"]
        )
        for row in lexicon_rows("movements.csv")
    }
