"""The country whose figures a text gives: of its customs data, its exports, its agency.

Also the words right before a place, which say whether flows go there or come from there.
"""

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
    after = {token.lower_ for token in doc[item.end : item.end + 3]}
    if word in {"in", "from", "of"} and after & _TAKES and (BUYERS | {"those"}) & set(before[-3:]):
        # "Buyers in Peru took 300 tons".
        return True
    return word in {"in", "from", "of"} and any(
        one in {"to", "for", "by"} and BUYERS & set(before[index : index + 4])
        for index, one in enumerate(before)
    )


_TAKES = frozenset(
    {"took", "take", "takes", "received", "receive", "bought", "buy", "got", "ordered", "order"}
    | {"absorbed", "purchased", "imported"}
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
