"""Which fact of one reading is which of another: the pure half of `pipeline/diff.py`."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from pipeline.store_diff import FactRow

Pair = tuple[FactRow | None, FactRow | None]


def match_facts(
    before: Iterable[FactRow], after: Iterable[FactRow], *, is_same_text: bool
) -> list[Pair]:
    """Return the facts of two readings in pairs; what one of them lacks stands beside None. Pure.

    First what both say alike, then what stands on the same words, then (in the same text) what
    overlaps. In another text places mean nothing, and the words decide.
    """
    old, new = list(before), list(after)
    pairs: list[Pair] = []

    def place(fact: FactRow) -> tuple[object, ...]:
        return (fact.char_start, fact.char_end) if is_same_text else (fact.text,)

    pairs += _match(old, new, lambda fact: (fact.kind, place(fact), fact.fields))
    pairs += _match(old, new, lambda fact: (fact.kind, place(fact)))
    if is_same_text:
        pairs += _match_overlaps(old, new)
    pairs += [(fact, None) for fact in old]
    pairs += [(None, fact) for fact in new]
    return sorted(pairs, key=_order)


def _match(
    old: list[FactRow], new: list[FactRow], key_of: Callable[[FactRow], Hashable]
) -> list[Pair]:
    """Return pairs of the same key, and take them out of both lists."""
    by_key: dict[Hashable, list[FactRow]] = defaultdict(list)
    for fact in reversed(new):
        by_key[key_of(fact)].append(fact)
    rest: list[FactRow] = []
    taken: set[int] = set()
    pairs: list[Pair] = []
    for fact in old:
        found = by_key.get(key_of(fact))
        if found:
            other = found.pop()
            taken.add(id(other))
            pairs.append((fact, other))
        else:
            rest.append(fact)
    old[:] = rest
    new[:] = [fact for fact in new if id(fact) not in taken]
    return pairs


def _match_overlaps(old: list[FactRow], new: list[FactRow]) -> list[Pair]:
    """Return pairs of one kind that overlap, and take them out of both lists."""
    rest: list[FactRow] = []
    pairs: list[Pair] = []
    for fact in old:
        other = next((one for one in new if one.kind == fact.kind and _overlap(fact, one)), None)
        if other is None:
            rest.append(fact)
        else:
            new.remove(other)
            pairs.append((fact, other))
    old[:] = rest
    return pairs


def _overlap(one: FactRow, other: FactRow) -> bool:
    return one.char_start < other.char_end and other.char_start < one.char_end


def _order(pair: Pair) -> tuple[int, str]:
    fact = pair[1] or pair[0]
    return (fact.char_start, fact.kind) if fact else (0, "")
