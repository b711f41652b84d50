"""How the words at a number limit it: "more than", "up to", "or so", "may not exceed".

Reads the lexemes on both sides of a measure; the phrases are `lexicons/bounds.csv`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors.quantities.lexemes import Lexeme
from extractors.quantities.lexicon import lexicon_rows
from extractors.quantities.scan import Measure
from models.vocabulary import Bound

_MAX_PHRASE = 4
# Words that may stand between a bound and its number: "about another 75 tons", "some whopping".
_FILLERS = frozenset(
    {"a", "an", "another", "additional", "further", "extra", "mere", "combined", "total", "just"}
    | {
        "only",
        "whopping",
        "full",
        "net",
        "record",
        "slightly",
        "well",
        "still",
        "even",
        "sequential",
    }
    | {"initial", "respective", "aggregate", "annual", "monthly", "staggering", "modest"}
)
_NEGATIONS = frozenset({"not", "never", "cannot", "n’t", "t"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The bound of a measure and the lexemes `[first, last)` that it takes with it."""

    bound: Bound
    first: int
    last: int


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, Bound]]:
    table: dict[str, dict[str, Bound]] = {"before": {}, "after": {}, "inside": {}}
    for row in lexicon_rows("bounds.csv"):
        table[row["position"]][row["phrase"]] = Bound(row["bound"])
    return table


def _match_before(lexemes: Sequence[Lexeme], end: int) -> tuple[Bound | None, int]:
    known = _phrases()["before"]
    for size in range(min(_MAX_PHRASE, end), 0, -1):
        words = [item.lower for item in lexemes[end - size : end]]
        bound = known.get(" ".join(words))
        if bound is None:
            continue
        start = end - size
        # "may never exceed", "must not top": a negated excess is a ceiling.
        if bound is Bound.OVER and start and lexemes[start - 1].lower in _NEGATIONS:
            return Bound.AT_MOST, start - 1
        return bound, start
    return None, end


def _before(lexemes: Sequence[Lexeme], measure: Measure) -> tuple[Bound | None, int]:
    at = measure.first
    if at and lexemes[at - 1].lower == measure.opens and measure.opens:
        at -= 1
    for _ in range(3):
        bound, start = _match_before(lexemes, at)
        if bound is not None:
            return bound, start
        if not at or lexemes[at - 1].lower not in _FILLERS:
            break
        at -= 1
    return None, at


def _after(lexemes: Sequence[Lexeme], measure: Measure) -> tuple[Bound | None, int]:
    known = _phrases()["after"]
    at = measure.last
    if at < len(lexemes) and lexemes[at].text in {",", "("}:
        at += 1
    if at < len(lexemes) and lexemes[at].text == "-":
        at += 1
    for size in (2, 3, 1):
        words = " ".join(item.lower for item in lexemes[at : at + size])
        if words in known and (size > 1 or at in {measure.last, measure.last + 1}):
            return known[words], at + size
    return None, measure.last


def _inside(lexemes: Sequence[Lexeme], measure: Measure) -> bool:
    return any(item.text == "+" for item in lexemes[measure.first : measure.last])


def read_limits(lexemes: Sequence[Lexeme], measure: Measure) -> Limits:
    """Return the bound of a measure; EXACT when no word limits it."""
    before, first = _before(lexemes, measure)
    after, last = _after(lexemes, measure)
    if measure.shape in {"range", "vague", "ambiguous"}:
        return Limits(Bound.RANGE, first, last)
    if measure.shape == "pair":
        return Limits(Bound.EXACT, first, last)
    if _inside(lexemes, measure):
        return Limits(Bound.AT_LEAST, first, last)
    return Limits(before or after or Bound.EXACT, first, last)
