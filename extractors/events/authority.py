"""Who acts: the government or agency behind an event.

From the subject, the owner of the measure, the sentence, else the text; None when unnamed.
"""

from spacy.tokens import Token

from extractors.events.actors import is_destination, is_instrument_noun, is_official_noun
from extractors.events.candidates import Candidate
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from models.vocabulary import FIRM_KINDS

# How many tokens back "the ministry" may be named.
_BACK = 400


def authority_of(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the government or agency that acts, from the clause, its owner or the text."""
    found = _named_authority(sentence, candidate.subject)
    if found is None and candidate.voice == "active" and candidate.role != "holder":
        found = _named_authority(sentence, subject_of(candidate.trigger))
    if found is None and candidate.noun is not None:
        found = _owner(sentence, candidate.noun) or _owner_of_trigger(sentence, candidate)
    if found is not None:
        return found
    before = [
        actor
        for actor in sentence.reading.actors_in(sentence.sent.start, sentence.sent.end)
        if actor.is_authority
        and actor.role != "speaker"
        and not is_destination(sentence.reading.doc, actor)
    ]
    pick = next((actor for actor in before if actor.country == "China"), None)
    pick = pick or (before[0] if before and candidate.kind not in FIRM_KINDS else None)
    return pick.name if pick else _of_text(sentence, candidate)


def _named_authority(sentence: SentenceReading, subject: Token | None) -> str | None:
    if subject is None:
        return None
    actor = sentence.reading.actor_at.get(subject.i)
    if actor is not None and (actor.is_authority or actor.role == "government"):
        others = [
            sentence.reading.actor_at[child.i].name
            for child in subject.children
            if child.dep_ == "conj" and child.i in sentence.reading.actor_at
        ]
        return "; ".join(dict.fromkeys([actor.name, *others]))
    start = max(subject.left_edge.i, subject.i - 6)
    inside = sentence.reading.actors_in(start, subject.i + 1)
    if inside and (is_official_noun(subject) or is_instrument_noun(subject)):
        return inside[0].name
    if is_official_noun(subject) or subject.lower_ in {"it", "they", "which"}:
        return _earlier(sentence, subject.i)
    return None


def _owner(sentence: SentenceReading, noun: Token) -> str | None:
    """Return the owner of a measure: "China's controls", "Beijing's streamlined permits"."""
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


def _earlier(sentence: SentenceReading, before: int) -> str | None:
    doc = sentence.reading.doc
    for actor in reversed(sentence.reading.actors_in(before - _BACK, before)):
        if actor.end <= before and actor.is_authority and not is_destination(doc, actor):
            return actor.name
    return None


def _of_text(sentence: SentenceReading, candidate: Candidate) -> str | None:
    """Return the government that the text is about: the one most often named as acting."""
    acting = sentence.reading.acting
    best = max(acting, key=lambda name: acting[name], default=None)
    if candidate.kind in FIRM_KINDS:
        if "China" in sentence.reading.countries:
            return "China"
        return best if best is not None and acting[best] > 1 else None
    return best
