"""The country whose figures a text gives: of its customs data, its exports, its agency.

Also the words right before a place, which say whether flows go there or come from there.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from spacy.tokens import Doc, Span

from extractors.gazetteer import PlaceMention
from extractors.quantities.tables import MONTHS

AWAY = frozenset({"to", "for", "from", "with"})
_BEFORE_NAMES = frozenset(
    {"the", "both", "western", "eastern", "northern", "southern", "south", "north", "central"}
)
_PREPOSITIONS = frozenset({"to", "for", "from", "in", "of", "with"})
_MAX_LIST_TOKENS = 12
_CUTS = frozenset({"while", "but", "and", "whereas", "compared", "against"})
_CUSTOMS = frozenset({"customs", "exports", "export", "shipments"})
_OWNED = frozenset(
    {"imports", "purchases", "arrivals", "sales", "output", "production", "quota", "quotas"}
    | {"demand", "consumption", "mines", "stockpile", "stockpiles", "reserves", "buying"}
)
BUYERS = frozenset(
    {"buyers", "customers", "users", "clients", "plants", "firms", "makers", "companies", "ports"}
    | {"factories", "importers", "refiners", "smelters", "manufacturers", "producers", "buyer"}
    | {
        "carmakers",
        "consumers",
        "utilities",
        "industry",
        "refineries",
        "traders",
        "end-users",
        "customer",
        "suppliers",
    }
)
_SOURCES = frozenset({"customs", "statistics", "trade", "ministry", "government", "figures"})
_OFFICES = frozenset({"Survey", "Department", "Bureau", "Ministry", "Agency", "Administration"})
_FIGURES = frozenset({"data", "figures", "statistics", "numbers", "records", "returns"})
# "China prohibited exports", "Peru's ban on exports", "export licenses": no count of goods.
_LIMITS = (
    "ban", "curb", "limit", "restrict", "control", "halt", "licen", "permit", "prohibit", "stop",
    "suspen", "embargo", "tax", "dut", "tariff", "authori", "approv", "rule", "cap",
)  # fmt: skip
# An agency of a release stands in its first lines; the rest of a long text is not searched.
_LEAD_CHARS = 6_000


def word_before(doc: Doc, item: PlaceMention) -> str:
    """Return the lower-case word before a place, articles and compass words left out."""
    index = _over_names(doc, item.start - 1)
    word = doc[index].lower_ if index >= 0 else ""
    is_listed = word in {"and", "or"} or (word == "," and _goes_on(doc, item.end))
    return (_list_opener(doc, index) or word) if is_listed else word


def _over_names(doc: Doc, index: int) -> int:
    while index > 0 and doc[index].lower_ in _BEFORE_NAMES:
        index -= 1
    return index


def _goes_on(doc: Doc, end: int) -> bool:
    return end < len(doc) and doc[end].lower_ in {"and", "or", ","}


def _list_opener(doc: Doc, index: int) -> str | None:
    """Return the preposition of "from Chile, Peru and Laos" for each of its names, else None."""
    for at in range(index, max(0, index - _MAX_LIST_TOKENS), -1):
        token = doc[at]
        if token.lower_ in _PREPOSITIONS:
            return token.lower_
        is_name = token.text[:1].isupper() and token.lower_ not in MONTHS
        if not is_name and token.lower_ not in {"and", "or", ",", "the"}:
            return None
    return None


def is_destination(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether goods go to a place: "to Peru", "for Peru", "to buyers in Peru"."""
    word = word_before(doc, item)
    if word in {"to", "for"}:
        return True
    if word in {"in", "at", "of", ","} and _opens_way(doc, item):
        return True
    before = [token.lower_ for token in doc[max(0, item.start - 6) : item.start]]
    return word in {"in", "from", "of"} and any(
        one in {"to", "for", "by"} and BUYERS & set(before[index : index + 4])
        for index, one in enumerate(before)
    )


def _opens_way(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether "to" leads to a place: "to a refiner in Peru", "to a plant at Ica, Peru"."""
    for index in range(item.start - 1, max(-1, item.start - _MAX_WAY), -1):
        token = doc[index]
        if token.lower_ in {"to", "for"}:
            # "Rose to 300 tons in Peru", "to make magnets in Peru" lead nowhere.
            after = doc[index + 1]
            return after.pos_ not in {"VERB", "AUX", "NUM"} and not after.text[:1].isdigit()
        is_end = token.pos_ in {"VERB", "AUX", "NUM"} or token.lower_ in _WAY_ENDS
        if is_end or token.text in {";", ":", "(", ")"} or not token.pos:
            return False
    return False


_MAX_WAY = 10
_WAY_ENDS = frozenset({"from", "by", "and", "but", "while", "with", "against", "than", "said"})


def is_cut(between: Span) -> bool:
    """Tell whether another clause begins between two words."""
    return any(token.text in {",", ";"} or token.lower_ in _CUTS for token in between)


def owns(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place stands as an adjective or with a possessive: "Peru's", "Peruvian"."""
    follower = doc[item.end].lower_ if item.end < len(doc) else ""
    return item.form == "adjective" or follower in {"'s", "’s", "'", "’"}


def is_source(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place is where figures come from: "Chinese customs data", "Peru's customs"."""
    after = [token.lower_ for token in doc[item.end : item.end + 5]]
    if not owns(doc, item) and after[:1] not in (["customs"], ["trade"]):
        return False
    return "customs" in after[:3] or bool(_SOURCES & set(after[:3]) and _FIGURES & set(after))


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
    counts = Counter(
        item.place.name
        for item in countries
        if word_before(doc, item) not in AWAY | {"in", "of"} or is_office(doc, item)
    )
    if counts:
        return counts.most_common(1)[0][0]
    return "China" if _PROVINCES.search(doc.text[: 5 * _LEAD_CHARS]) else None


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


def is_dateline(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a report was filed at a place: "PERTH, Australia - ", "TOKYO (Ostra) -"."""
    if doc[item.start].text.isupper() and len(doc[item.start]) > 3:
        return True
    sent = doc[item.start].sent
    if item.start - sent.start > 4:
        return False
    after = [token.text for token in doc[item.end : min(item.end + 6, sent.end)]]
    return bool({"-", "–", "—", "--"} & set(after))


def is_office(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place ends the name of an office: "the Ministry of Trade of Peru"."""
    at = item.start - 2
    return at >= 0 and doc[at + 1].lower_ == "of" and doc[at].text[:1].isupper()


def names_office(doc: Doc, item: PlaceMention) -> bool:
    """Tell whether a place begins the name of an office: "the U.S. Geological Survey"."""
    after = doc[item.end : item.end + 4]
    named = [token.text for token in after if token.text[:1].isupper()]
    return bool(named) and after[0].text[:1].isupper() and bool(_OFFICES & set(named))


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
