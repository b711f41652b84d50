"""The country whose figures a text gives: of its customs data, its exports, its agency.

Reads the places of the whole text; the words around one place are `homes`.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from spacy.tokens import Doc

from extractors.gazetteer import PlaceMention
from extractors.quantities.flow_words import lead_flow
from extractors.quantities.homes import AWAY, is_office, owns, word_before
from models.vocabulary import Flow

_CUSTOMS = frozenset({"customs", "exports", "export", "shipments"})
_OWNED = frozenset(
    {"imports", "purchases", "arrivals", "sales", "output", "production", "quota", "quotas"}
    | {"demand", "consumption", "mines", "stockpile", "stockpiles", "reserves", "buying"}
)
# "China prohibited exports", "Peru's ban on exports", "export licenses": no count of goods.
_LIMITS = (
    "ban", "curb", "limit", "restrict", "control", "halt", "licen", "permit", "prohibit", "stop",
    "suspen", "embargo", "tax", "dut", "tariff", "authori", "approv", "rule", "cap",
)  # fmt: skip
# An agency of a release stands in its first lines; the rest of a long text is not searched.
_LEAD_CHARS = 6_000
# What only the government of the United States writes in its own texts.
_US_ACTS = re.compile(
    r"\b(?:[Ss]ection 232|Federal Register|Secretary of Commerce|Presidential Proclamation"
    r"|vested in me as President|Trade Expansion Act)\b"
)


def find_home(doc: Doc, places: Sequence[PlaceMention]) -> str | None:
    """Return the country whose figures a text gives, None when nothing says so.

    Its customs or exports come first, then an agency that speaks, then the most named country
    that is more than a destination or a place where something stands.
    """
    countries = [item for item in places if item.place.iso2]
    for item in countries:
        if _counts_trade(doc, item) and word_before(doc, item) not in AWAY | {"of"}:
            return item.place.name
    agency = _agency_country(doc.text[:_LEAD_CHARS])
    if agency is None and _US_ACTS.search(doc.text[:_LEAD_CHARS]):
        agency = "United States"
    if agency is not None:
        return agency
    trader = _trader(doc, countries)
    if trader is not None:
        return trader
    source = next((item for item in countries if _sends_goods(doc, item)), None)
    if source is None and lead_flow(doc) is Flow.EXPORT:
        source = next((item for item in countries if _owns_goods(doc, item)), None)
    if source is not None:
        return source.place.name
    counts = Counter(
        item.place.name
        for item in countries
        if word_before(doc, item) not in AWAY | {"in", "of"} or is_office(doc, item)
    )
    if counts:
        return counts.most_common(1)[0][0]
    return "China" if _PROVINCES.search(doc.text[: 5 * _LEAD_CHARS]) else None


_BUYS = frozenset({"bought", "imported", "purchased", "buys", "imports"})
_SELLS = frozenset({"shipped", "exported", "ships", "exports"})


def _trader(doc: Doc, countries: Sequence[PlaceMention]) -> str | None:
    """Return the country that "bought 900 t": its trade is counted, not that of its suppliers.

    In a text that opens with imports only buying counts; exports are its suppliers'.
    """
    lead = lead_flow(doc)
    verbs = {Flow.IMPORT: _BUYS, Flow.EXPORT: _SELLS}.get(lead or Flow.OTHER, frozenset())
    for item in countries:
        after = [token.lower_ for token in doc[item.end : item.end + 2]]
        if verbs & set(after) and word_before(doc, item) not in AWAY | {"of", "in"}:
            return item.place.name
    return None


_GOODS_FROM = re.compile(
    r"\b(?:exports?|shipments?|deliveries|cargoes)(?: (?!from\b|to\b)[a-z-]+){0,4}"
    r" (?:from|out of) (?:the )?$",
    re.IGNORECASE,
)
_GOODS = frozenset(
    {"magnet", "magnets", "rare", "exporters", "exporter", "shippers", "suppliers", "supplier"}
    | {"ports", "miners", "makers", "producers", "gallium", "germanium", "antimony", "graphite"}
    | {"tungsten", "cobalt", "nickel", "dysprosium", "terbium", "ore", "ores", "concentrate"}
    | {"neodymium", "goods", "material", "materials", "minerals", "metals"}
)
_USERS = frozenset(
    {"plant", "plants", "buyers", "customers", "users", "importers", "factories", "industry"}
    | {"firms", "companies", "refiners", "carmakers"}
)


def _owns_goods(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether exports come from a place: "at Peru's ports", "for Peruvian magnets"."""
    after = {token.lower_ for token in doc[item.end : item.end + 3]}
    return owns(doc, item) and bool(after & _GOODS) and not after & _USERS


def _sends_goods(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a text counts "shipments of ore out of Peru"."""
    before = doc[max(0, item.start - 9) : item.start].text_with_ws
    return _GOODS_FROM.search(before) is not None


# Provinces and cities of the trade, for texts that name no country.
_PROVINCES = re.compile(
    r"\b(?:Zhejiang|Jiangxi|Jiangsu|Sichuan|Guangdong|Guangxi|Fujian|Shandong|Yunnan|Hunan|Hebei"
    r"|Inner Mongolia|Baotou|Ganzhou|Ningbo|Shanghai|Shenzhen|Tianjin)\b"
)


def find_exporter(doc: Doc, places: Sequence[PlaceMention]) -> str | None:
    """Return the country whose limits on exports a text reports, None when it reports none."""
    for item in places:
        after = [token.lower_ for token in doc[item.end : item.end + 8]]
        limits = [at for at, word in enumerate(after) if word.startswith(_LIMITS)]
        is_trade = any(word.startswith("export") for word in after)
        if item.place.iso2 and limits and is_trade and word_before(doc, item) not in AWAY:
            return item.place.name
    return None


def has_figures(doc: Doc, places: Sequence[PlaceMention]) -> bool:
    """Tell whether a text names a country as the source of its figures, or an agency."""
    named = any(_counts_trade(doc, item) for item in places if item.place.iso2)
    return named or _agency_country(doc.text[:_LEAD_CHARS]) is not None


def _counts_trade(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place has figures: "Peru's exports", "Peru customs", not its export ban."""
    after = [token.lower_ for token in doc[item.end : item.end + 5]]
    wanted = _CUSTOMS | _OWNED if owns(doc, item) else _CUSTOMS
    for index, word in enumerate(after):
        if word.startswith(_LIMITS) or word in {".", ";"}:
            return False
        if word in wanted:
            follower = doc[item.end + index + 1] if item.end + index + 1 < len(doc) else None
            return follower is None or not follower.lower_.startswith(_LIMITS)
    return False


@lru_cache(maxsize=1)
def _agency_countries() -> dict[str, str]:
    text = files("models").joinpath("data", "agencies.csv").read_text(encoding="utf-8")
    return {
        alias.strip(): row["country"]
        for row in csv.DictReader(text.splitlines())
        for alias in (row["name"], *row["aliases"].split("|"))
        if alias.strip() and row["country"]
    }


@lru_cache(maxsize=1)
def _agencies() -> re.Pattern[str]:
    names = sorted(_agency_countries(), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(name) for name in names) + r")\b")


@lru_cache(maxsize=4)
def _agency_country(lead: str) -> str | None:
    match = _agencies().search(lead)
    return _agency_countries()[match.group()] if match else None
