"""Units of mass and of ratio, from a closed table: `kt` is a kilotonne, `ton` is metric.

General unit libraries read `kt` as knot, `ton` as short ton and `MT` as megatesla, so the table
is ours (`lexicons/mass_units.csv`). Not here: which numbers carry a unit (`scan`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from extractors.quantities.lexemes import Lexeme
from extractors.quantities.lexicon import lexicon_rows
from models.vocabulary import MassBasis

Dimension = Literal["mass", "percent", "points"]
_MAX_UNIT_LEXEMES = 3
_HYPHENS = frozenset({"-", "‑", "‐"})
_PERIODS = frozenset({"year", "yr", "annum", "month", "quarter", "week", "day", "y", "a"})
_SPELLED_PERCENT: tuple[tuple[tuple[str, ...], Dimension, float], ...] = (
    (("%", "%"), "percent", 1.0),
    (("%", "-", "points"), "points", 1.0),
    (("%", "points"), "points", 1.0),
    (("%",), "percent", 1.0),
    (("％",), "percent", 1.0),
    (("per", "cent"), "percent", 1.0),
    (("percent",), "percent", 1.0),
    (("pct",), "percent", 1.0),
    (("percentage", "points"), "points", 1.0),
    (("percentage", "point"), "points", 1.0),
    (("percentage", "-", "point"), "points", 1.0),
    (("pct", "points"), "points", 1.0),
    (("pp",), "points", 1.0),
    (("pps",), "points", 1.0),
    (("ppt",), "points", 1.0),
    (("ppts",), "points", 1.0),
    (("basis", "points"), "points", 0.01),
    (("basis", "point"), "points", 0.01),
    (("basis", "-", "point"), "points", 0.01),
    (("bps",), "points", 0.01),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written. `factor`: metric tonnes, or percent, in one unit."""

    name: str
    dimension: Dimension
    factor: float
    is_assumed: bool = False
    rate: str | None = None
    mass_basis: MassBasis | None = None


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """A unit that ends before lexeme position `end`."""

    unit: Unit
    end: int


@lru_cache(maxsize=1)
def mass_units() -> dict[str, Unit]:
    """Return the mass units by name; names that ignore case are also keyed in lower case."""
    table: dict[str, Unit] = {}
    for row in lexicon_rows("mass_units.csv"):
        unit = Unit(
            name=row["unit"],
            dimension="mass",
            factor=float(row["factor"]),
            is_assumed=bool(row["assumed"]),
            rate=row["rate"] or None,
            mass_basis=MassBasis(row["mass_basis"]) if row["mass_basis"] else None,
        )
        table[("=" if row["case"] == "exact" else "~") + row["unit"]] = unit
    return table


def _joined(lexemes: Sequence[Lexeme], at: int, size: int) -> str:
    parts = lexemes[at : at + size]
    glue = "" if all(not part.text.isascii() for part in parts) else " "
    return glue.join(part.text for part in parts)


def _mass(lexemes: Sequence[Lexeme], at: int) -> UnitMatch | None:
    known = mass_units()
    for size in range(_MAX_UNIT_LEXEMES, 0, -1):
        if at + size > len(lexemes):
            continue
        name = _joined(lexemes, at, size)
        hyphenated = size == 3 and lexemes[at + 1].text in _HYPHENS
        if hyphenated:
            name = f"{lexemes[at].text} {lexemes[at + 2].text}"
        unit = known.get("=" + name) or known.get("~" + name.lower())
        if unit is not None:
            return UnitMatch(unit, at + size)
    return None


def _ratio(lexemes: Sequence[Lexeme], at: int) -> UnitMatch | None:
    window = [item.lower for item in lexemes[at : at + 3]]
    for words, dimension, factor in _SPELLED_PERCENT:
        if tuple(window[: len(words)]) == words:
            name = "%" if dimension == "percent" else "percentage points"
            return UnitMatch(Unit(name, dimension, factor), at + len(words))
    return None


def read_unit(lexemes: Sequence[Lexeme], at: int) -> UnitMatch | None:
    """Return the unit at a lexeme position, also behind a hyphen or a plus sign."""
    index = at
    if index < len(lexemes) and lexemes[index].text == "+":
        index += 1
    if index < len(lexemes) and lexemes[index].text in _HYPHENS:
        index += 1
    if index >= len(lexemes):
        return None
    return _ratio(lexemes, index) or _mass(lexemes, index)


def read_rate(lexemes: Sequence[Lexeme], at: int) -> tuple[str | None, int]:
    """Return the period of "per year", "a year", "/yr", "annually" at a position, and its end."""
    words = [item.lower for item in lexemes[at : at + 4]]
    if words[:1] in (["annually"], ["yearly"]):
        return "year", at + 1
    if words[:1] == ["monthly"]:
        return "month", at + 1
    skip = 1 if words[:1] == ["-"] else 0
    words = words[skip:]
    if words[:1] in (["per"], ["/"], ["a"], ["each"], ["every"]):
        hyphen = 1 if words[1:2] == ["-"] else 0
        period = words[1 + hyphen] if words[1 + hyphen :] else ""
        if period in _PERIODS and (period not in {"y", "a"} or words[0] == "/"):
            # "from 5 tons a year earlier" names a base, not a rate.
            after = at + skip + hyphen + 2
            following = lexemes[after].lower if after < len(lexemes) else ""
            if following not in {"earlier", "ago", "before", "later", "prior"}:
                name = "year" if period in {"year", "yr", "annum", "y", "a"} else period
                return name, after
    return None, at
