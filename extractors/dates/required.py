"""Words that a rule's pattern cannot match without: a cheap test before the regular expression.

Most rules open with an optional article and try every word of a sentence; asking for "ago" first
costs a fraction. Derived from the pattern itself, so that the two never differ.
"""

from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # the standard library's own reader
from typing import Any

Words = frozenset[str]
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
# Shorter pieces stand in nearly every sentence.
_MIN_CHARS = 3


def required_words(pattern: str) -> Words:
    """Return lower-case pieces of which every match holds at least one; empty when unknown."""
    return _of_sequence(_parser.parse(pattern)) or frozenset()


def _of_sequence(parts: Iterable[tuple[Any, Any]]) -> Words | None:
    """Return the most telling pieces among those that the parts of a sequence require."""
    found: list[Words] = []
    run = ""
    for operator, argument in parts:
        if str(operator) == "LITERAL":
            run += chr(argument).lower()
            continue
        found.append(frozenset({run.strip()}))
        run = ""
        if words := _of_part(str(operator), argument):
            found.append(words)
    found.append(frozenset({run.strip()}))
    telling = [words for words in found if min(map(len, words)) >= _MIN_CHARS]
    return min(telling, key=_rank, default=None)


def _of_part(operator: str, argument: Any) -> Words | None:
    if operator == "SUBPATTERN":
        return _of_sequence(argument[-1])
    if operator == "BRANCH":
        branches = [_of_sequence(branch) for branch in argument[1]]
        known = [words for words in branches if words]
        return frozenset().union(*known) if len(known) == len(branches) else None
    if operator in _REPEATS and argument[0] >= 1:
        return _of_sequence(argument[-1])
    # Look-around may see beyond the sentence; sets and back references tell too little.
    return None


def _rank(words: Words) -> tuple[int, int, list[str]]:
    """Order by how rare the pieces are likely to be: few and long first."""
    return len(words), -min(map(len, words)), sorted(words)
