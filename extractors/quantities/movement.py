"""Which way a number moves and which part of the movement it is: "fell by 640 t to 2,210 t".

Adjacent words first, then a climb along at most six dependency heads to the nearest movement
word, then the nearest movement word of the clause. Lexicon: `lexicons/movements.csv`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Span, Token

from extractors.quantities.comparatives import (
    BASE_OPENERS,
    LESS,
    MORE,
    NEEDS_BASE,
    is_span_of_time,
    over_second,
)
from extractors.quantities.lexemes import Kind, Lexeme, adjacent
from extractors.quantities.movement_words import MovementWord, movement_words
from extractors.quantities.scan import Measure
from extractors.quantities.tables import MONTHS
from models.vocabulary import Direction

Part = Literal["change", "final", "initial", "level"]
MAX_CLIMB = 6
_SKIPPED = frozenset(
    {"year", "month", "quarter", "week", "on", "over", "-", "annual", "monthly", "yearly", "yoy"}
    | {"mom", "sequential", "y", "m", "/", "sharp", "steep", "quarterly", "the", "overall", "real"}
    | {"price", "export", "import", "output", "cumulative", "daily", "weekly", "production", "in"}
    | {"further", "net", "dramatic", "rapid", "sudden", "modest", "slight", "single", "demand"}
)
# "make up half of", "took up a third": no movement.
_PHRASAL = frozenset(
    {"make", "makes", "made", "making", "take", "takes", "took", "taking", "set", "account"}
    | {"dig", "digs", "dug", "digging", "buy", "buys", "bought", "buying", "use", "used", "uses"}
    | {"eat", "eats", "ate", "eaten", "soak", "soaks", "soaked", "snap", "snaps", "snapped"}
    | {"gobble", "gobbled", "hoover", "hoovered", "give", "gave", "given", "end", "ended"}
    | {"mop", "mopped", "swallow", "swallowed", "snatched", "picked", "pick", "picks", "tied"}
)
_STARTS = frozenset({"from"})
_ADJACENT: dict[str, Part] = {"by": "change", "to": "final", "from": "initial"}
_BASES = frozenset({"against", "versus", "vs", "than"})
_SUPPORT = frozenset(
    {"see", "show", "record", "post", "report", "register", "mark", "represent", "be", "suffer"}
    | {"log", "enjoy", "experience", "mean", "imply", "reflect"}
)


@dataclass(frozen=True, slots=True)
class Movement:
    """What moves a number: direction, part, and the word that says so (token index or None)."""

    direction: Direction | None
    part: Part
    cue: int | None = None
    rule_id: str = "movement.none"


STILL = Movement(None, "level")


def _direction(word: str) -> Direction | None:
    entry = movement_words().get(word)
    return entry.direction if entry and entry.group in {"move", "noun"} else None


def _signed(lexemes: Sequence[Lexeme], measure: Measure) -> Movement | None:
    """Read "+8.2%", "−14%": a sign at the number that no word or digit touches."""
    at = measure.first - 1
    if at < 0 or lexemes[at].text not in {"+", "-", "−", "–"}:
        return None
    if not adjacent(lexemes[at], lexemes[measure.first]) or measure.shape == "range":
        return None
    if at and adjacent(lexemes[at - 1], lexemes[at]) and lexemes[at - 1].text not in {"(", "|"}:
        return None
    direction = Direction.UP if lexemes[at].text == "+" else Direction.DOWN
    return Movement(direction, "change", None, "movement.sign")


def _right(lexemes: Sequence[Lexeme], at: int) -> Movement | None:
    """Read "5% less than", "17.4% drop", "4% year-on-year decline", "11% higher"."""
    at = over_second(lexemes, at)
    for index in range(at, min(at + 9, len(lexemes))):
        item = lexemes[index]
        word = item.lower
        more = lexemes[index + 1].lower if index + 1 < len(lexemes) else ""
        compares = word in MORE | LESS
        if compares and word in NEEDS_BASE:
            is_date = more in MONTHS or (len(more) == 4 and more[:2] in {"19", "20"})
            is_span = is_span_of_time(lexemes, index)
            # "Totalled 14 tons, 60% down.": the base goes without saying.
            ends = word in {"up", "down"} and more in {".", ",", ";", ")", ""} and index == at
            compares = ends or ((is_date or more in BASE_OPENERS) and not is_span)
        if compares:
            direction = Direction.UP if word in MORE else Direction.DOWN
            return Movement(direction, "change", None, "movement.comparative")
        direction_of_noun = _direction(word)
        if direction_of_noun is not None:
            is_verb = more in {"by", "to"} and index > at
            return (
                None
                if is_verb
                else Movement(direction_of_noun, "change", None, "movement.noun_after")
            )
        if word not in _SKIPPED or (word == "in" and index == at):
            return None
    return None


def _left(lexemes: Sequence[Lexeme], first: int) -> Movement | None:
    """Read the words right before a number and its bound: "up 5%", "increase of 512 percent"."""
    if first <= 0:
        return None
    word = lexemes[first - 1].lower
    before = lexemes[first - 2].lower if first > 1 else ""
    if word == "up" and before in _PHRASAL:
        return None
    if word in {"up", "higher"} or (word == "by" and before in {"up", "higher"}):
        return Movement(Direction.UP, "change", None, "movement.up_down")
    if word in {"down", "lower", "off"} or (word == "by" and before in {"down", "lower"}):
        return Movement(Direction.DOWN, "change", None, "movement.up_down")
    if word in {"of", "at"} and _direction(before) is not None:
        entry = movement_words()[before]
        if entry.direction is not None and not before.endswith("ed"):
            return Movement(entry.direction, "change", None, "movement.noun_of")
    return None


def _heads(token: Token) -> Iterator[tuple[Token, Token]]:
    """Yield (child, head) pairs on the way up, at most `MAX_CLIMB`."""
    for _ in range(MAX_CLIMB):
        if token.head == token or token.pos == 0:
            return
        yield token, token.head
        token = token.head


def _particle(verb: Token) -> Direction | None:
    for child in verb.children:
        if child.i > verb.i and child.i - verb.i <= 4:
            if child.lower_ in {"up", "higher", "upward", "upwards"}:
                return Direction.UP
            if child.lower_ in {"down", "lower", "downward", "off"}:
                return Direction.DOWN
    return None


def _part_of(prepositions: Sequence[str], entry: MovementWord, *, is_ratio: bool) -> Part:
    for word in prepositions:
        if word == "by":
            return "change"
        if word == "to":
            return "final"
        if word in _STARTS:
            return "initial"
        if word in {"of"} and entry.group in {"move", "noun"}:
            return "change"
        return "level"
    if entry.group == "compare":
        return "level"
    return "change" if is_ratio or entry.group == "move" else "level"


def _climb(span: Span, *, is_ratio: bool) -> Movement | None:
    prepositions: list[str] = []
    for child, head in _heads(span.root):
        if child.pos_ in {"ADP", "SCONJ"} and child.dep_ in {"prep", "agent", "pcomp", "prt"}:
            prepositions.append(child.lower_)
        entry = movement_words().get(head.lower_)
        if entry is not None and not _is_name(head):
            found = _at_word(head, entry, prepositions, child, is_ratio=is_ratio)
            if found is not None:
                return found
        is_clause = head.pos_ in {"VERB", "AUX"} and head.lemma_ not in _SUPPORT
        if is_clause and child.dep_ != "xcomp":
            return None
    return None


def _is_name(token: Token) -> bool:
    return token.pos_ == "PROPN" and token.text[:1].isupper() and not token.is_sent_start


def _at_word(
    head: Token, entry: MovementWord, prepositions: Sequence[str], child: Token, *, is_ratio: bool
) -> Movement | None:
    direction = entry.direction or _particle(head)
    if direction is None:
        return None
    if child.dep_ in {"nsubj", "nsubjpass", "csubj", "advcl", "relcl", "mark"}:
        return None
    if prepositions and prepositions[-1] in {"in", "on", "with", "for", "after", "as", "than"}:
        return None
    part = _part_of(prepositions, entry, is_ratio=is_ratio)
    if entry.group == "compare" and part != "change":
        return None
    return Movement(direction, part, head.i, f"movement.climb_{entry.group}")


def _nearest(
    span: Span, lexemes: Sequence[Lexeme], first: int, *, is_ratio: bool
) -> Movement | None:
    """Fall back on the nearest movement word to the left in the clause, for broken parses."""
    part: Part | None = None
    for index in range(first - 1, max(-1, first - 10), -1):
        item = lexemes[index]
        if item.start < span.sent.start_char or item.text in {";", ":", "(", "."}:
            return None
        word = item.lower
        if part is None and index >= first - 2:
            openers: dict[str, Part] = {"by": "change", "to": "final", "from": "initial"}
            part = openers.get(word)
        direction = _direction(word)
        if direction is not None:
            if part is None and index < first - 2:
                return None
            if part is None and not is_ratio and index != first - 1:
                return None
            return Movement(direction, part or "change", None, "movement.nearest")
        if item.kind is Kind.SIGN and item.text == "," and part is None:
            return None
    return None


_BEFORE_BASE = frozenset(
    {"the", "a", "an", "some", "just", "initial", "only", "s", "’", "'", "about", "around", "year"}
    | {"last"}
)


def _in_parentheses(lexemes: Sequence[Lexeme], measure: Measure) -> bool:
    """Tell whether a number alone stands in parentheses: an aside that the verb does not move."""
    closes = measure.last < len(lexemes) and lexemes[measure.last].text == ")"
    return closes and measure.first > 0 and lexemes[measure.first - 1].text == "("


def _base(lexemes: Sequence[Lexeme], first: int) -> bool:
    """Tell whether a number is what another one is compared with."""
    words = [item.lower for item in lexemes[max(0, first - 6) : first]]
    while words and (words[-1] in _BEFORE_BASE or words[-1] in MONTHS):
        words.pop()
    if not words:
        return False
    return words[-1] in _BASES or words[-2:] in (
        ["compared", "with"], ["compared", "to"], ["compares", "with"], ["compares", "to"],
        ["up", "from"], ["down", "from"],
    )  # fmt: skip


def read_movement(lexemes: Sequence[Lexeme], measure: Measure, span: Span, first: int) -> Movement:
    """Return the movement that a measure takes part in.

    Args:
        lexemes: All lexemes of the text.
        measure: The number.
        span: The tokens of the number.
        first: Lexeme position where the number begins, its bound words included.
    """
    is_ratio = measure.unit.dimension != "mass"
    if measure.rule_id == "percentage.multiple":
        falls = measure.low < 0
        return Movement(Direction.DOWN if falls else Direction.UP, "change", None, measure.rule_id)
    quick = _signed(lexemes, measure) if is_ratio else None
    quick = quick or _right(lexemes, measure.last) or _left(lexemes, first)
    if quick is not None:
        return quick
    if _in_parentheses(lexemes, measure):
        return STILL
    climbed = _climb(span, is_ratio=is_ratio) or _nearest(span, lexemes, first, is_ratio=is_ratio)
    if climbed is not None:
        # The word at the number decides where the parse hangs "to 640" under "from 900".
        word = lexemes[first - 1].lower if first else ""
        return replace(climbed, part=_ADJACENT.get(word, climbed.part))
    if _base(lexemes, first):
        return Movement(None, "initial", None, "movement.base")
    return STILL
