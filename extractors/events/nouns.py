"""Classes of nouns that policy verbs act on: licenses, controls, bans, exports, quotas ...

A noun counts only where its own modifiers and the topic of the text allow it: "patent license",
"price controls" and "beef exports" are nothing.
"""

from functools import lru_cache

from spacy.tokens import Token

from extractors.events.lexicon import NounClass, noun_classes
from extractors.events.papers import is_application, is_license
from extractors.events.phrase import EXPORT_WORDS, complement, modifiers
from extractors.events.rosters import is_exemption, is_list, is_quota
from extractors.events.topics import Topic

_HEADS = frozenset(
    {"approval", "ban", "control", "curb", "embargo", "licence", "license", "licensing", "limit"}
    | {"permit", "prohibition", "quota", "regime", "requirement", "restriction", "rule"}
)
# The tokenizer splits "go-ahead" and "sign-off".
_TAILS = {"ahead": "go-ahead", "off": "sign-off", "clear": "all-clear"}
_HYPHENATED = frozenset({"all", "go", "sign"})
_TRANSPARENT = frozenset(
    {
        "%",
        "percent",
        "application",
        "array",
        "batch",
        "bulk",
        "bunch",
        "enforcement",
        "flow",
        "handful",
        "host",
    }
    | {"implementation", "introduction", "kind", "lot", "majority", "most", "number", "package"}
    | {"part", "raft", "range", "round", "series", "set", "some", "tranche", "type", "volley"}
    | {"wave", "first", "all", "many", "several", "couple", "dozen", "two", "three", "four"}
    | {"issuance", "half", "third", "quarter", "one", "use", "imposition", "five", "six"}
)


def classify(token: Token, topic: Topic) -> str | None:
    """Return the class of a noun, "other_license" for licenses of another sort, None for none."""
    lemma = _lemma(token)
    if lemma is None:
        return None
    for name, row in noun_classes().items():
        if lemma in row.strong or lemma in row.weak:
            found = _checked(token, lemma, name, row, topic)
            if found is not None or lemma != "paper":
                return found
    return None


@lru_cache(maxsize=1)
def _known_nouns() -> frozenset[str]:
    rows = noun_classes().values()
    return frozenset(word for row in rows for word in (*row.strong, *row.weak))


def _lemma(token: Token) -> str | None:
    lower = token.lower_
    if lower == "light" and token.i and token.nbor(-1).lower_ == "green":
        return "green light"
    if lower in _TAILS and token.i > 1 and token.nbor(-1).text == "-":
        return _TAILS[lower] if token.nbor(-2).lower_ in _HYPHENATED else None
    if lower.startswith("out") and token.i > 1 and token.nbor(-2).lower_ == "carve":
        return "carve-out"
    if lower == "listing" and token.i and token.nbor(-1).lower_ in {"control", "entity"}:
        return "listing"
    is_noun = token.pos_ in {"NOUN", "PROPN"} or (token.dep_ in {"dobj", "pobj", "nsubjpass"})
    if not is_noun and not (token.tag_ in {"VBZ", "NNS"} and lower.endswith("s")):
        return lower if lower in _known_nouns() and _is_phrase_end(token) else None
    lemma = token.lemma_.lower()
    known = _known_nouns()
    if lemma in known:
        return lemma
    stems = (lower[:-1], lower[:-2]) if lower.endswith("s") else ()
    return next((stem for stem in stems if stem in known), None)


def _is_phrase_end(token: Token) -> bool:
    """Tell whether a supposed verb closes a noun phrase: "shelved its affiliates rule for"."""
    if token.tag_ not in {"VB", "VBP"} or any(c.dep_ == "dobj" for c in token.children):
        return False
    for index in range(token.i - 1, max(token.i - 6, token.sent.start - 1), -1):
        before = token.doc[index]
        if before.pos_ == "DET" or before.tag_ in {"PRP$", "POS"}:
            return index < token.i - 1
        if before.pos_ not in {"NOUN", "ADJ", "NUM", "PROPN", "PUNCT"}:
            return False
    return False


def _checked(token: Token, lemma: str, name: str, row: NounClass, topic: Topic) -> str | None:
    words = [word.lower_ for word in modifiers(token)]
    stems = set(words) | {word.lemma_.lower() for word in modifiers(token)}
    if name == "license" and stems & row.other and "export" not in stems:
        known = topic.has_material or topic.has_registered_firm or topic.is_short
        return "other_license" if known else None
    if stems & row.blocked:
        return None
    if _is_modifier(token) or _in_title(token):
        return None
    checks = {
        "license": is_license,
        "application": is_application,
        "control": _is_control,
        "ban": _is_ban,
        "exports": _is_exports,
        "quota": is_quota,
        "list": is_list,
        "exemption": is_exemption,
    }
    return name if checks[name](token, lemma in row.strong, words, topic) else None


def _is_modifier(token: Token) -> bool:
    """Tell whether a noun only modifies the next one ("license holder", "export control list")."""
    following = token.nbor(1) if token.i + 1 < len(token.doc) else None
    if following is not None and following.lower_.rstrip(".") in {"no", "nos"}:
        # "General License No. 7"
        return False
    if following is not None and following.lower_.rstrip("s") in _HEADS:
        return True
    return (
        token.dep_ in {"compound", "amod", "nmod"}
        and following is not None
        and following.pos_ in {"NOUN", "PROPN"}
        and token.head.i > token.i
    )


def _in_title(token: Token) -> bool:
    """Tell whether a capitalised noun is part of a longer name ("Export Controls Initiative")."""
    if not token.text[:1].isupper() or token.i == token.sent.start:
        return False
    after = token.doc[token.i + 1 : token.i + 4]
    if len(after) and after[0].lower_ in {"no", "no.", "nos", "nos.", "number"}:
        # "General License No. 7" is one license, not a title.
        return False
    return len(after) > 1 and (
        after[0].text[:1].isupper()
        or (after[0].lower_ in {"and", "&"} and after[1].text[:1].isupper())
    )


def _near_export(token: Token, words: list[str]) -> bool:
    after = [word.lower_ for word in complement(token)]
    return bool(EXPORT_WORDS.intersection([*words, *after]))


def _is_control(token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    after = [word.lower_ for word in complement(token)]
    joined = " ".join([*words, *after])
    special = _special_control(token, words, joined, topic)
    if special is not None:
        return special
    near = topic.material_at.intersection(range(token.i - 8, token.i + 9))
    if (token.lower_ == "licensing" and near) or _says_control(strong, words, joined, topic):
        return True
    if "import" in joined or "tariff" in joined:
        return False
    if {"affiliates", "entity", "interim"} & set(words) and topic.is_ours:
        return True
    if not topic.is_ours:
        return False
    if strong and near:
        return True
    if strong and token.pos_ != "PROPN":
        # A lone sentence names no goods: "the controls were put on hold", "an embargo on pig iron".
        lone = token.lower_ == "controls" or after[:1] == ["on"]
        return topic.has_material or topic.has_export or (topic.is_short and lone)
    return _is_known_control(token, words, topic)


def _special_control(token: Token, words: list[str], joined: str, topic: Topic) -> bool | None:
    """Judge nouns with tests of their own: duties, grips, checks; None for other nouns."""
    lemma = token.lemma_.lower()
    if lemma == "limit" and after_on_license(token):
        # "a six-month limit on licenses" is no control of goods.
        return False
    if lemma == "duty":
        return any(word.startswith(("licen", "notif", "permit")) for word in words)
    is_export = "export" in joined or "shipment" in joined
    if lemma in _GRIPS:
        return is_export or "licens" in joined
    if lemma in {"demand", "requirement", "rule"} and _PAPERWORK & set(words):
        near = topic.material_at.intersection(range(token.i - 4, token.i + 9))
        return is_export or bool(near)
    if lemma in _CHECKS:
        named = {"end-use", "licensing", "outbound"} & set(words)
        goods = topic.material_at.intersection(range(token.i - 4, token.i + 9))
        return bool(named) or is_export or (bool(goods) and topic.has_export)
    return True if lemma == "rule" and "50" in words and topic.is_ours else None


def after_on_license(token: Token) -> bool:
    """Tell whether "on licenses" follows a noun."""
    after = [word.lower_ for word in complement(token)[:4]]
    return after[:1] == ["on"] and any(word.startswith(("licen", "permit")) for word in after)


def _says_control(strong: bool, words: list[str], joined: str, topic: Topic) -> bool:
    """Tell whether the words around a noun name exports, licenses or raw materials."""
    if any(word in joined for word in _CONTROL_WORDS) or {"end", "use"} <= set(words):
        return True
    return strong and topic.is_ours and bool(_GOODS & set(words))


def _is_known_control(token: Token, words: list[str], topic: Topic) -> bool:
    """Tell whether "the rules", "its measures" point back to controls named before."""
    earlier = topic.control_from is not None and topic.control_from < token.i
    earlier = earlier or (topic.license_from is not None and topic.license_from < token.i)
    return earlier and bool(
        {"the", "these", "those", "its", "their", "new", "similar"} & set(words)
    )


def _is_ban(token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    """Tell whether a noun is a ban; "halt" and "suspension" only of exports."""
    if strong:
        return _is_control(token, strong, words, topic)
    after = [word.lower_ for word in complement(token)]
    if not topic.is_ours:
        return False
    if {"export", "exports", "shipment", "shipments", "shipping"} & set(words):
        return True
    is_of = bool({"of", "on", "to", "in"} & set(after[:1]))
    goods = topic.material_at.intersection(range(token.i + 2, token.i + 5))
    is_halt = token.lemma_.lower() in {"halt", "stop", "stoppage"} and after[:1] == ["to"]
    return is_of and (bool(_HALTED & set(after[1:5])) or (is_halt and bool(goods)))


def _is_exports(token: Token, strong: bool, words: list[str], topic: Topic) -> bool:
    after = [word.lower_ for word in complement(token)]
    named = {"rare", "magnet", "magnets", "gallium", "germanium", "antimony", "graphite"}
    if named & {*words, *after}:
        return True
    if after[:1] == ["of"] and after[1:2] and after[1] in {"all", "both", "these", "those"}:
        return topic.has_material and topic.control_from is not None
    if "of" in after[:2]:
        if any(index in topic.material_at for index in range(token.i + 1, token.i + 12)):
            return True
        return topic.has_material and bool(_KINDS_OF_GOODS & set(after[:5]))
    if any(index in topic.material_at for index in range(token.i - 4, token.i)):
        return True
    return strong or (topic.has_material and token.lemma_ != "flow")


_CONTROL_WORDS = ("export", "licens", "licenc", "outbound", "permit", "rare", "shipment", "ship ")
_GRIPS = frozenset(
    {"barrier", "chokehold", "crackdown", "grip", "scrutiny", "squeeze", "stranglehold"}
)
_PAPERWORK = frozenset({"documentary", "documentation", "paperwork"})
_CHECKS = frozenset({"check", "inspection", "obligation", "threshold"})
_GOODS = frozenset({"concentrate", "magnet", "metal", "mineral", "ore", "scrap"})
_KINDS_OF_GOODS = frozenset(
    {
        "elements",
        "items",
        "material",
        "materials",
        "mineral",
        "metal",
        "metals",
        "minerals",
        "ore",
        "ores",
    }
)
_HALTED = frozenset({"deliveries", "exports", "outflows", "sales", "shipments", "trade"})


def is_transparent(token: Token) -> bool:
    """Tell whether "X of controls" is about the controls ("implementation", "round")."""
    return token.lemma_.lower() in _TRANSPARENT or token.tag_ == "CD"


__all__ = ["classify", "complement", "is_transparent", "modifiers"]
