"""Who acts: the government or agency behind an event.

From the subject, the owner of the measure, the notice, the sentence, else the text; None when
unnamed. Targets, buyers and those who ask are never the authority.
"""

from spacy.tokens import Token

from extractors.events.actors import (
    Actor,
    acting_weight,
    is_destination,
    is_instrument_noun,
    is_official_noun,
)
from extractors.events.candidates import Candidate
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from models.vocabulary import FIRM_KINDS

# How many tokens back "the ministry" may be named.
_BACK = 400
# Nouns that name a kind of agency: "the ministry" is never a country.
_AGENCY_NOUNS = frozenset(
    {"administration", "agency", "bureau", "commission", "customs", "department", "ministry"}
)
_ISSUING = frozenset({"license_issuer", "customs", "quota_issuer", "entity_lister", "regulator"})


def authority_of(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the government or agency that acts, from the clause, its owner or the text."""
    found = _named_authority(sentence, candidate.subject)
    if found is None and candidate.voice == "active" and candidate.role != "holder":
        found = _named_authority(sentence, subject_of(candidate.trigger))
    if found is None and candidate.noun is not None:
        found = _owner(sentence, candidate.noun) or _owner_of_trigger(sentence, candidate)
    if found is None:
        notice = sentence.reading.notice_at(candidate.trigger.idx)
        found = notice.issuer if notice else None
    return found or _in_sentence(sentence, candidate) or _of_text(sentence, candidate)


def _in_sentence(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the actor that regulates in this sentence, the nearest before the trigger."""
    reading = sentence.reading
    inside = [
        actor
        for actor in reading.actors_in(sentence.sent.start, sentence.sent.end)
        if actor.is_authority
        and actor.role != "speaker"
        and actor.country in reading.acting
        and acting_weight(reading.doc, actor) > 1
    ]
    regulator = _of_text(sentence, candidate)
    best = [actor for actor in inside if actor.country == regulator] or inside
    if candidate.kind in FIRM_KINDS:
        best = [actor for actor in best if actor.country == "China"]
    near = min(best, key=lambda actor: abs(actor.start - candidate.trigger.i), default=None)
    return near.name if near else None


def _named_authority(sentence: SentenceReading, subject: Token | None) -> str | None:
    if subject is None:
        return None
    actor = sentence.reading.actor_at.get(subject.i)
    acts = actor is not None and (actor.is_authority or actor.role in {"buyer", "funder"})
    if actor is not None and acts:
        others = [
            sentence.reading.actor_at[child.i].name
            for child in subject.children
            if child.dep_ == "conj" and child.i in sentence.reading.actor_at
        ]
        return "; ".join(dict.fromkeys([actor.name, *others]))
    start = max(subject.left_edge.i, subject.i - 6)
    inside = sentence.reading.actors_in(start, subject.i + 1)
    is_body = is_official_noun(subject) or is_instrument_noun(subject)
    if inside and (is_body or _is_named_body(sentence, subject, inside[0])):
        return inside[0].name
    if is_official_noun(subject):
        return _seated(sentence, subject) or _earlier(sentence, subject)
    if subject.lower_ in {"it", "they", "which"}:
        return _earlier(sentence, subject)
    return None


def _is_named_body(sentence: SentenceReading, subject: Token, actor: Actor) -> bool:
    """Match "Vietnam's National Assembly": a named body that is no firm."""
    following = sentence.reading.doc[actor.end]
    is_genitive = following.text in {"'s", "’s", "'", "’"}
    is_firm = subject.i in sentence.reading.company_at
    return is_genitive and subject.pos_ == "PROPN" and not is_firm


def _seated(sentence: SentenceReading, subject: Token) -> str | None:
    """Return the country of "the ministry in Beijing", "the government of Vietnam"."""
    after = sentence.reading.doc[subject.i + 1 : subject.i + 3]
    if not len(after) or after[0].lower_ not in {"in", "of"}:
        return None
    actors = sentence.reading.actors_in(subject.i + 2, min(subject.i + 4, sentence.sent.end))
    return actors[0].name if actors else None


def _owner(sentence: SentenceReading, noun: Token) -> str | None:
    """Return the owner of a measure: "China's controls", "Beijing's streamlined permits"."""
    if sentence.class_of(noun) == "application":
        return None
    for word in modifiers(noun):
        actor = sentence.reading.actor_at.get(word.i)
        if actor is None:
            continue
        following = (
            sentence.reading.doc[actor.end] if actor.end < len(sentence.reading.doc) else None
        )
        is_genitive = following is not None and following.text in {"'s", "’s", "'", "’"}
        if is_genitive or actor.role in {"place:adjective"}:
            return actor.name
    return None


def _owner_of_trigger(sentence: SentenceReading, candidate: Candidate) -> str | None:
    return _owner(sentence, candidate.trigger) if candidate.voice == "nominal" else None


def _earlier(sentence: SentenceReading, subject: Token) -> str | None:
    """Return whom "the ministry", "the government" or "it" stands for: never a mere target."""
    reading = sentence.reading
    earlier = [
        actor
        for actor in reversed(reading.actors_in(subject.i - _BACK, subject.i))
        if actor.end <= subject.i and actor.is_authority and not is_destination(reading.doc, actor)
    ]
    noun = subject.lemma_.lower()
    if noun in _AGENCY_NOUNS:
        named = [a for a in earlier if noun in a.name.lower() and a.role in _ISSUING]
        return named[0].name if named else _regulator(sentence)
    inside = [a for a in earlier if a.start >= sentence.sent.start]
    regulator = _regulator(sentence)
    best = [a for a in inside if acting_weight(reading.doc, a)]
    best = best or [a for a in inside or earlier if a.country == regulator]
    return _name_of(best[:1] or earlier[:1])


def _name_of(actors: list[Actor]) -> str | None:
    return actors[0].name if actors else None


def _regulator(sentence: SentenceReading) -> str | None:
    acting = sentence.reading.acting
    return max(acting, key=lambda name: acting[name], default=None)


def _of_text(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the government that the text is about: the one most often named as acting."""
    best = _regulator(sentence)
    if candidate.kind in FIRM_KINDS:
        if "China" in sentence.reading.countries:
            return "China"
        return best if best is not None and sentence.reading.acting[best] > 2 else None
    return best
