"""Which nation a group of firms or a company is of: "Indian importers" are not "European firms".

Only for telling events apart; members of the European Union count as one. Not here: places in
text (`extractors/gazetteer.py`).
"""

import csv
import re
from functools import lru_cache
from importlib.resources import files

from extractors.gazetteer import places
from extractors.registry import companies

_EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "EU",
    }
)  # fmt: skip
_WORD = re.compile(r"[A-Z][\w.]*")


def nation(place: str) -> str:
    """Return the country of a place; the European Union for its members and for "Europe"."""
    known = places().get(place)
    if place == "Europe" or (known and known.iso2 in _EU):
        return "European Union"
    return place


@lru_cache(maxsize=8192)
def nations_in(group: str) -> frozenset[str]:
    """Return the nations that the name of a group states, e.g. India for "Indian importers"."""
    found = {_words().get(word.strip(".")) for word in _WORD.findall(group)}
    return frozenset(nation(name) for name in found if name)


@lru_cache(maxsize=8192)
def seat_of(company_id: str) -> str | None:
    """Return the nation in which a company of the registry has its seat; None when unknown."""
    iso2 = _seats().get(company_id)
    return _nations_by_code().get(iso2) if iso2 else None


@lru_cache(maxsize=1)
def _seats() -> dict[str, str]:
    return {firm.company_id: firm.country for firm in companies()}


@lru_cache(maxsize=1)
def _nations_by_code() -> dict[str, str]:
    return {place.iso2: nation(name) for name, place in places().items() if place.iso2}


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    text = files("models").joinpath("data", "places.csv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["kind"] in {"country", "bloc"} or row["name"] == "Europe":
            words = (row["name"], *row["adjectives"].split("|"), *row["aliases"].split("|"))
            found.update({word: row["name"] for word in words if word and " " not in word})
    return found
