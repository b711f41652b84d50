"""Which nouns are export licenses or applications for them.

"clearance", "nod" or "papers" count where goods, trade or licensing stand near; patents, mines and
mergers never do. Not here: controls, bans and lists (`extractors/events/nouns.py`).
"""

from spacy.tokens import Token

from extractors.events.phrase import EXPORT_WORDS, complement
from extractors.events.topics import Topic

_SHIPPING = frozenset(
    {"be", "continue", "deliver", "export", "import", "re-export", "reexport", "resume", "sell"}
    | {"send", "ship", "supply"}
)
_TRADE = frozenset(
    {"cargo", "cargoes", "consignment", "consignments", "deliveries", "delivery", "imports"}
    | {"purchases", "sales", "supplies"}
)
# What else is approved: no license for goods.
_PROJECTS = frozenset(
    {"acquisition", "build", "construction", "drilling", "expansion", "facility", "loan", "merger"}
    | {"mine", "mines", "operate", "plant", "project", "refinery", "stake", "takeover"}
)
# "the license granted to our plant" is not for a plant.
_RECEIVED = frozenset({"awarded", "given", "granted", "held", "issued"})
_WORKS = frozenset(
    {"build", "burn", "construct", "develop", "dig", "discharge", "dispose", "drill", "dump"}
    | {"emit", "excavate", "expand", "explore", "extract", "mine", "operate", "process", "prospect"}
    | {"quarry", "run", "store"}
)
_FILING = frozenset({"file", "hand", "lodge", "prepare", "put", "resubmit", "send", "submit"})


def is_license(token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun of the license class is an export license."""
    after = [word.lower_ for word in complement(token)]
    what = set() if after[:1] and after[0] in _RECEIVED else set(after[:5])
    if strong and after[:1] == ["of"] and {"'s", "’s"} & what:
        # "the permits of Nidec's plant" are not for a plant.
        what -= _PROJECTS
    if after[:1] == ["agreement"] or _is_other(token, words, what) or _is_for_work(token):
        return False
    if token.lemma_.lower() == "status":
        return bool({"end-user", "user", "veu"} & set(words)) and topic.is_ours
    if strong:
        return topic.is_ours
    if token.lemma_.lower() in {"leave", "right"} and after[:1] != ["to"]:
        return False
    if after[:1] == ["to"] and token.i + 2 < len(token.doc):
        is_prefixed = token.doc[token.i + 2].lower_ == "re" and token.i + 4 < len(token.doc)
        verb = token.doc[token.i + (4 if is_prefixed else 2)]
        if verb.tag_ == "VB":
            is_shipping = verb.lemma_.lower() in _SHIPPING
            return is_shipping and (topic.is_ours or _near_goods(token, topic))
    if EXPORT_WORDS.intersection([*words, *after]) or (topic.has_license and topic.is_ours):
        return True
    is_traded = bool(_TRADE & set(after)) and (topic.has_material or topic.has_registered_firm)
    return is_traded or _near_goods(token, topic)


def _is_for_work(token: Token) -> bool:
    """Tell whether a paper lets one dig or build: "a permit to dump tailings"."""
    after = token.doc[token.i + 1 : min(token.i + 3, token.sent.end)]
    return len(after) > 1 and after[0].lower_ == "to" and after[1].lemma_.lower() in _WORKS


def _is_other(token: Token, words: list[str], after: set[str]) -> bool:
    """Tell whether a patent, a project or a single sheet of paper is meant."""
    lemma = token.lemma_.lower()
    after = after | {word.rstrip("s") for word in after}
    if lemma == "paper":
        is_one = not token.lower_.endswith("s")
        return is_one or token.head.lemma_.lower() in _FILING
    if after & {"patent", "patented", "process", "trademark"} or "royalty" in words:
        return True
    return bool(after & _PROJECTS)


def _near_goods(token: Token, topic: Topic) -> bool:
    """Tell whether a weak license noun is for regulated goods: "clearance for the magnets"."""
    if token.lemma_.lower() in {"paper", "pass", "status", "ticket"}:
        return False
    after = {word.lower_ for word in complement(token)}
    after |= {word.rstrip("s") for word in after}
    goods = topic.material_at.intersection(range(token.i - 4, token.i + 9))
    return bool(goods) and not after & _PROJECTS


def is_application(token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun of the application class asks for an export license."""
    after = complement(token)
    licensed = any(word.startswith(("licen", "permit", "export")) for word in words)
    if strong or licensed:
        return licensed or topic.is_ours
    if topic.material_at.intersection(range(max(token.i - 3, 0), token.i)):
        # "rare earth requests", "the magnet filings"
        return True
    wants = {word.lemma_.lower() for word in after[:6]}
    named = any(word.lower_.startswith(("licen", "permit")) for word in after)
    if token.lemma_.lower() in {"bid", "plea"}:
        return topic.is_ours and (named or bool(wants & _SHIPPING - {"be"}))
    if named and topic.is_ours and after[0].lower_ in {"for", "with", "to"}:
        return True
    if (
        token.head.lemma_.lower() in _FILING
        and token.dep_ == "dobj"
        and (_near_goods(token, topic))
    ):
        return True
    if topic.is_short and (topic.has_material or topic.has_issuer or topic.has_registered_firm):
        # A lone sentence: "its June filing", "requests from Indian makers".
        owned = any(word.endswith(("'s", "’s")) for word in words) or bool(_OWNERS & set(words))
        if owned or wants & (_SHIPPING - {"be"}):
            return True
    counted = any(word.isdigit() or word in _COUNTS for word in words)
    return (topic.is_ours and topic.has_license and not topic.is_short) or (
        topic.is_short and counted
    )


_OWNERS = frozenset({"'s", "’s", "her", "his", "its", "my", "our", "their", "your", "'", "’"})
_COUNTS = frozenset(
    {"dozen", "eight", "eleven", "five", "four", "hundred", "nine", "one", "seven", "six", "ten"}
    | {"thirty", "three", "twelve", "twenty", "two"}
)
