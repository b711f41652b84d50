"""Policy beside licensing: tariffs, public money, WTO cases, frameworks, investigations.

Such events are kept off the timeline; a clause that holds a license or control event yields none.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.actors import is_official_noun
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, subject_of
from models.vocabulary import EventKind

_TARIFFS = frozenset({"countervailing", "duty", "duties", "levy", "surtax", "tariff", "tariffs"})
_TARIFF_VERBS = frozenset(
    {"announce", "cut", "double", "exempt", "extend", "impose", "increase", "introduce", "levy"}
    | {"lift", "lower", "raise", "reduce", "remove", "rise", "scrap", "slap", "suspend", "waive"}
)
_FUNDING_VERBS = frozenset(
    {"allocate", "allot", "award", "commit", "earmark", "finance", "fund", "grant", "guarantee"}
    | {"invest", "lend", "match", "mobilise", "mobilize", "pledge", "provide", "secure"}
    | {"subsidise", "subsidize", "support"}
)
_MONEY = frozenset({"$", "€", "£", "¥", "billion", "dollars", "euros", "loan", "million", "rupees"})
_PACTS = frozenset(
    {"accord", "action", "agreement", "deal", "determination", "framework", "memorandum", "mou"}
    | {"order", "pact", "partnership", "proclamation", "strategy", "understanding"}
)
_PACT_VERBS = frozenset({"conclude", "initial", "reach", "seal", "sign"})
_PROBES = frozenset({"inquiry", "investigation", "probe"})
_PROBE_VERBS = frozenset(
    {"close", "conclude", "initiate", "launch", "open", "order", "start", "terminate"}
)
_CASES = frozenset({"appeal", "case", "complaint", "consultation", "dispute", "ruling"})
_CASE_VERBS = frozenset({"ask", "bring", "file", "find", "launch", "lodge", "request", "rule"})
_PUBLIC_ROLES = frozenset({"adjudicator", "buyer", "funder", "government", "negotiator", "owner"})
_VERBS = _TARIFF_VERBS | _FUNDING_VERBS | _PACT_VERBS | _PROBE_VERBS | _CASE_VERBS


def find_policies(sentence: SentenceReading, taken: list[Candidate]) -> Iterator[Candidate]:
    """Yield the policy events of a sentence in clauses without a license or control event."""
    reading = sentence.reading
    low, high = sentence.sent.start, sentence.sent.end
    if not reading.topic.has_material or sentence.is_headline:
        return
    used = {sentence.clauses.key(item.trigger) for item in taken}
    for token in sentence.sent:
        if not token.tag_.startswith("VB") or token.pos_ != "VERB":
            continue
        if sentence.clauses.key(token) in used:
            continue
        found = _policy(sentence, token)
        is_about = bool(reading.materials_in(low, high)) or (
            found is not None and found.rule_id == "event.policy.pact"
        )
        if found is not None and is_about:
            used.add(sentence.clauses.key(token))
            yield found


def _policy(sentence: SentenceReading, token: Token) -> Candidate | None:
    lemma = token.lemma_.lower()
    if lemma not in _VERBS:
        return None
    passive = is_passive(token)
    near = _near(sentence, token)
    nouns = {word.lemma_.lower() for word in near} | {word.lower_ for word in near}
    actor = agent_of(token) if passive else subject_of(token)
    is_public = actor is not None and _is_public(sentence, actor)
    rule: str | None = None
    if lemma in _TARIFF_VERBS and nouns & _TARIFFS:
        rule = "tariff"
    elif lemma in _FUNDING_VERBS and is_public and nouns & _MONEY:
        rule = "funding"
    elif lemma in _PACT_VERBS and is_public and _object_of(token) in _PACTS:
        rule = "pact"
    elif lemma in _PROBE_VERBS and nouns & _PROBES and (is_public or passive):
        rule = "probe"
    elif (
        lemma in _CASE_VERBS and _is_wto(sentence) and (nouns & _CASES or lemma in {"find", "rule"})
    ):
        rule = "case"
    if rule is None:
        return None
    return make_candidate(
        token,
        EventKind.OTHER_POLICY,
        f"policy.{rule}",
        voice="passive" if passive else "active",
        subject=actor,
    )


def _object_of(token: Token) -> str | None:
    """Return the lemma of what is signed, None for "reached out to discuss deals"."""
    labels = {"dobj", "nsubjpass"}
    return next((c.lemma_.lower() for c in token.children if c.dep_ in labels), None)


def _near(sentence: SentenceReading, token: Token) -> list[Token]:
    """Return the words of the verb's own clause within its object's or subject's reach."""
    low, high = max(token.i - 14, sentence.sent.start), min(token.i + 15, sentence.sent.end)
    doc = sentence.reading.doc
    words = (doc[index] for index in range(low, high))
    return [word for word in words if sentence.clauses.same_segment(word, token)]


def _is_public(sentence: SentenceReading, token: Token) -> bool:
    if token.i in sentence.reading.company_at:
        return False
    if is_official_noun(token) or token.lemma_.lower() in {"country", "nation", "state"}:
        return True
    actor = sentence.reading.actor_at.get(token.i)
    if actor is None:
        inside = sentence.reading.actors_in(max(token.left_edge.i, token.i - 6), token.i + 1)
        actor = inside[-1] if inside and token.pos_ == "PROPN" else None
    return actor is not None and (actor.is_authority or actor.role in _PUBLIC_ROLES)


def _is_wto(sentence: SentenceReading) -> bool:
    text = sentence.sent.text
    return "WTO" in text or "World Trade Organi" in text
