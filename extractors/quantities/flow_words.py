"""Words that say what a mass counts: "exports", "turned out", "export quota", "arrivals".

One token in its surroundings to a flow; lexicon `lexicons/flows.csv`. Which word belongs to
which mass is `flows`.
"""

from functools import lru_cache

from spacy.tokens import Doc, Token

from extractors.quantities.lexicon import lexicon_rows
from models.vocabulary import Flow

# What follows "export" or "import" and is no count of goods.
_NOT_GOODS = (
    "licen", "permit", "control", "curb", "restrict", "ban", "dut", "tax", "lev", "tarif",
    "rule", "regime", "authori", "approv", "halt", "suspens", "embargo", "relian", "depend",
    "declarat", "rebate", "polic",
)  # fmt: skip
# "Exempt from the requirement": a duty to hold a license, no need of goods.
_LICENSES = frozenset(
    {"license", "licence", "licenses", "licences", "permit", "permits", "exempt", "exempts"}
    | {"exempted", "exemption", "documentation", "reporting"}
)
_WORLD = frozenset({"world", "global", "worldwide", "planet"})


@lru_cache(maxsize=1)
def flow_words() -> tuple[dict[str, Flow], dict[str, Flow]]:
    """Return single words and phrases of the flow lexicon."""
    rows = [(row["form"], Flow(row["flow"])) for row in lexicon_rows("flows.csv")]
    words = {form: flow for form, flow in rows if " " not in form}
    return words, {form: flow for form, flow in rows if " " in form}


@lru_cache(maxsize=1)
def _phrase_words() -> frozenset[str]:
    return frozenset(word for phrase in flow_words()[1] for word in phrase.split())


def lead_flow(doc: Doc) -> Flow | None:
    """Return the flow that the first sentences of a text name, None when they name none."""
    _, phrases = flow_words()
    lead = doc[: min(len(doc), 120)]
    text = lead.text.lower()
    for phrase, flow in phrases.items():
        # "Since Beijing brought in its curbs" counts nothing.
        if phrase in text and not phrase.endswith(" in"):
            return flow
    for token in lead:
        named = flow_of(token)
        if named in {Flow.EXPORT, Flow.IMPORT, Flow.QUOTA, Flow.PRODUCTION}:
            return named
    return None


def flow_of(token: Token) -> Flow | None:
    """Return what a word counts in its surroundings, None when it counts nothing."""
    words, phrases = flow_words()
    if token.lower_ in _phrase_words():
        start = max(0, token.i - 2)
        window = " ".join(item.lower_ for item in token.doc[start : token.i + 3])
        for phrase, flow in phrases.items():
            if token.lower_ in phrase.split() and phrase in window:
                return flow
    if token.lower_ not in words:
        return None
    return _word_flow(token, words)


_VERBS_ONLY = frozenset(
    {
        "mine",
        "dig",
        "supply",
        "supplies",
        "extract",
        "yields",
        "yield",
        "offered",
        "offers",
        "guides",
    }
    | {"take", "takes", "took", "separates", "refines", "smelts"}
)
_NO_NAMES = frozenset({"need", "make", "mines", "resource", "resources", "plant"})
FACILITIES = frozenset(
    {"plant", "plants", "facility", "facilities", "smelter", "refinery", "refineries"}
)
_OFFICES = frozenset(
    {"ministry", "ministries", "minister", "department", "departments", "bureau", "secretary"}
    | {"committee", "company", "limited", "ltd", "ltd."}
)


def _names_ministry(token: Token) -> bool:
    """Tell whether "resources" ends the name of an office: "the natural resources ministry"."""
    after = {item.lower_ for item in token.doc[token.i + 1 : token.i + 3]}
    before = {item.lower_ for item in token.doc[max(0, token.i - 6) : token.i]}
    is_after = bool({"ministry", "minister", "department"} & before) and "of" in before
    return bool(after & _OFFICES) or is_after


_MAKES = frozenset({"make", "makes", "made", "making"})
_RECIPIENTS = frozenset({"purchasers", "buyers"})


def _is_recipient(token: Token) -> bool:
    before = [item.lower_ for item in token.doc[max(token.sent.start, token.i - 4) : token.i]]
    return bool({"to", "for"} & set(before))


def _near(token: Token) -> frozenset[str]:
    sent = token.sent
    low, high = max(sent.start, token.i - 25), min(sent.end, token.i + 25)
    return frozenset(item.lower_ for item in token.doc[low:high])


def _ahead(token: Token) -> frozenset[str]:
    return frozenset(item.lower_ for item in token.doc[token.i + 1 : token.i + 9])


def _counts_nothing(token: Token) -> bool:
    """Tell whether a word of the lexicon means something else in its surroundings."""
    word = token.lower_
    if word in _MAKES:
        # "Light ores make up nine tenths of it" makes nothing.
        return token.i + 1 < len(token.doc) and token.nbor(1).lower_ == "up"
    if word in {"resource", "resources"}:
        return _names_ministry(token)
    return word in {"requirement", "requirements"} and bool(_LICENSES & _near(token))


def _word_flow(token: Token, words: dict[str, Flow]) -> Flow | None:
    flow = words.get(token.lower_)
    if _counts_nothing(token):
        return None
    if token.lower_ in _VERBS_ONLY | _NO_NAMES:
        # "Agreed to supply 300 tons", not "the supply of magnets".
        wanted = {"VERB"} if token.lower_ in _VERBS_ONLY else {"NOUN", "VERB"}
        return flow if token.pos_ in wanted else None
    if flow is Flow.QUOTA or flow is None:
        return flow
    if token.lower_ in _RECIPIENTS and _is_recipient(token):
        # "Licenses to ship to Japanese purchasers": the flow is that of the sender.
        return Flow.EXPORT
    follower = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
    if token.lower_ in {"used", "uses", "use"}:
        # "The country used 300 tons", not "metal used in magnets" nor "used to ship".
        is_main = token.pos_ == "VERB" and token.dep_ in {"ROOT", "conj", "ccomp", "relcl"}
        is_passive = any(child.dep_ in {"auxpass", "nsubjpass"} for child in token.children)
        return flow if is_main and not is_passive and follower != "to" else None
    if token.lower_ == "supplied" and _WORLD & _ahead(token):
        return Flow.PRODUCTION
    # "export licenses", "export quota": the noun behind it says what is counted.
    if follower in {"quota", "quotas"}:
        return Flow.QUOTA
    if follower in {"capacity", "demand", "stocks"}:
        return words[follower]
    if follower.startswith(_NOT_GOODS) or follower in {"-", "‑"}:
        return None
    return flow
