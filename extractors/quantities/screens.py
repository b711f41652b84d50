"""What looks like a mass and is not: prices per ton, ore grades, ship and vehicle classes.

Reads the lexemes beside a number and its unit. The word lists are `lexicons/mass_screens.csv`.
"""

from collections.abc import Sequence
from functools import lru_cache

from extractors.quantities.lexemes import Kind, Lexeme
from extractors.quantities.lexicon import lexicon_rows
from extractors.quantities.units import UnitMatch, mass_units

_CURRENCY = frozenset({"$", "€", "£", "¥", "￥", "₩"})
_PER = frozenset({"per", "/", "each", "every"})
_ONE = frozenset({"1", "one", "a", "an"})
_EQUALS = frozenset(
    {("=",), ("equals",), ("is",), ("are",), ("equal", "to"), ("equivalent", "to"), ("equalling",)}
    | {("is", "equal", "to"), ("is", "equivalent", "to"), ("being",), ("weighs",)}
)
_OF_SHIPS = frozenset({"deadweight", "dwt", "gross", "register", "displacement"})


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    rows = lexicon_rows("mass_screens.csv")
    return {
        position: frozenset(row["word"] for row in rows if row["position"] == position)
        for position in ("after", "after_hyphen")
    }


def _is_mass_name(lexeme: Lexeme) -> bool:
    known = mass_units()
    return "=" + lexeme.text in known or "~" + lexeme.lower in known


def is_screened(lexemes: Sequence[Lexeme], first: int, unit: UnitMatch) -> bool:
    """Tell whether a number and unit are no quantity of a good."""
    if unit.unit.dimension != "mass":
        return False
    before = lexemes[first - 1] if first > 0 else None
    after = list(lexemes[unit.end : unit.end + 5])
    if before is not None and (before.text in _CURRENCY or before.lower in _PER):
        return True
    return (
        _is_definition(lexemes, first, unit)
        or _is_name(lexemes, unit, after)
        or _is_class(lexemes, unit, after)
        or _is_grade(after)
        or _is_currency(lexemes, unit, after)
    )


def _is_definition(lexemes: Sequence[Lexeme], first: int, unit: UnitMatch) -> bool:
    """Tell whether a unit is explained: "1 metric ton = 1,000 kg", "a tonne is 1,000 kilograms"."""
    ahead = lexemes[unit.end : unit.end + 7]
    if lexemes[first].lower in _ONE:
        link = _link(ahead)
        rest = ahead[link : link + 4]
        return bool(link) and any(_is_mass_name(item) for item in rest)
    back = list(lexemes[max(0, first - 6) : first])
    for size in range(1, 4):
        if len(back) > size and _link(back[-size:]) == size:
            names = back[: len(back) - size]
            one = {item.lower for item in names[-3:]} & _ONE
            return bool(one) and any(_is_mass_name(item) for item in names[-2:])
    return False


def _link(lexemes: Sequence[Lexeme]) -> int:
    """Return how many lexemes say "equals" at the front of some, 0 when none do."""
    words = tuple(item.lower for item in lexemes[:3])
    sizes = range(min(3, len(words)), 0, -1)
    return next((size for size in sizes if words[:size] in _EQUALS), 0)


def _is_name(lexemes: Sequence[Lexeme], unit: UnitMatch, after: Sequence[Lexeme]) -> bool:
    """Tell whether the unit is the first word of a name: "61 Mt Weld"."""
    if unit.unit.name not in {"Mt", "MT"} or not after:
        return False
    following = after[0]
    touching = following.start - lexemes[unit.end - 1].end == 1
    return touching and following.kind is Kind.WORD and following.text.istitle()


def _is_class(lexemes: Sequence[Lexeme], unit: UnitMatch, after: Sequence[Lexeme]) -> bool:
    words = [item.lower for item in after]
    last = lexemes[unit.end - 1]
    hyphenated = lexemes[unit.end - 2].text in {"-", "‑"} if unit.end >= 2 else False
    singular = not last.lower.endswith("s")
    if (hyphenated or singular) and set(words[:2]) & _words()["after_hyphen"]:
        return True
    if words and words[0] in _OF_SHIPS:
        return True
    return bool(set(words[:3]) & _words()["after"])


def _is_grade(after: Sequence[Lexeme]) -> bool:
    """Tell whether a mass is one in another mass: "12 grams per tonne", "3 kg/t"."""
    for index, item in enumerate(after[:-1]):
        if item.lower in {"per", "/"} and _is_mass_name(after[index + 1]):
            return True
        if item.kind is Kind.SIGN and item.text != "/":
            return False
    return False


def _is_currency(lexemes: Sequence[Lexeme], unit: UnitMatch, after: Sequence[Lexeme]) -> bool:
    if lexemes[unit.end - 1].lower not in {"pound", "pounds"}:
        return False
    words = [item.lower for item in after]
    scaled = unit.end >= 2 and lexemes[unit.end - 2].lower in {"million", "billion", "mln", "bn"}
    return words[:1] == ["sterling"] or (scaled and words[:1] != ["of"])
