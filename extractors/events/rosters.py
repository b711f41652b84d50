"""Nouns of allotting and listing: quotas, entity lists, exemptions.

Not here: controls, bans, exports (`nouns`), licenses and applications (`papers`).
"""

from spacy.tokens import Token

from extractors.events.phrase import EXPORT_WORDS, complement
from extractors.events.topics import Topic

_STAGES = frozenset({"mining", "separation", "smelting"})
_LISTED = frozenset({"controlled", "dual", "entities", "restricted", "unreliable", "validated"})
_LIST_NAMES = frozenset(
    {"control", "dual-use", "end-user", "entity", "export", "goods", "no-sale", "sanctions"}
    | {"screening", "unreliable", "unverified", "user", "watch"}
)


def is_quota(_token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun is a quota of exports or output."""
    stages = _STAGES & {*words, *(word.lower_ for word in complement(_token))}
    if strong:
        return topic.has_material or topic.has_export or bool(stages)
    if _token.lemma_ in {"allocation", "allotment"} and stages and topic.is_ours:
        return True
    if topic.has_quota and _token.lemma_ != "target":
        return topic.has_material
    after = {word.lower_ for word in complement(_token)[:5]}
    if _token.lemma_ in {"cap", "ceiling"} and topic.has_material:
        return bool(EXPORT_WORDS & (after | set(words)))
    return topic.has_material and bool({"control", "output", "production", "quota"} & set(words))


def is_list(_token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun is a list of entities or controlled goods."""
    if strong or _LIST_NAMES & set(words):
        return True
    if _token.lemma_.lower() == "listing" and _is_of_firms(_token):
        return True
    if _LISTED & {word.lower_ for word in complement(_token)[:4]}:
        return True
    # "removed X from the list" in a text that has named an entity list.
    return topic.has_list and bool({"its", "list", "listings", "that", "the", "this"} & set(words))


def _is_of_firms(token: Token) -> bool:
    after = [word.lemma_.lower() for word in complement(token)[:6]]
    return after[:1] == ["of"] and bool({"company", "entity", "firm", "group"} & set(after))


def is_exemption(token: Token, _strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun is an exemption from export rules, not from a tariff."""
    after = {word.lower_ for word in complement(token)}
    if after & {"ban", "control", "controls", "curbs", "export", "licensing"} and topic.is_ours:
        return True
    if {"tariff", "tariffs", "duty", "duties", "tax"} & (after | set(words)):
        return False
    if not topic.is_ours:
        return False
    if topic.is_short:
        return True
    return topic.has_license or topic.control_from is not None
