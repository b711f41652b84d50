"""Events told by set phrases: turned off the tap, in limbo, off the hook, a thing of the past.

The phrases are data (`event_phrases.toml`); here is only how they are matched. Each needs what it
is about in its sentence, so that the figure of speech alone says nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, verb_above
from extractors.events.lexicon import party_nouns, read_table
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.trading import is_government
from models.vocabulary import EventKind

# A gap in a phrase is no longer than this, in words.
_GAP = 4
_NEAR = {
    "exports": frozenset({"exports"}),
    "goods": frozenset({"exports"}),
    "license": frozenset({"application", "license"}),
    "list": frozenset({"list"}),
    "trade": frozenset({"application", "exports", "license"}),
    "measure": frozenset({"ban", "control", "exemption", "license", "list"}),
}
_Step = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase: its words in order, an empty set for a gap."""

    id: str
    kind: EventKind
    steps: tuple[_Step, ...]
    near: str
    actor: str
    party: str


def find_phrase(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Yield the events of the phrases that begin at a token, one a kind at most."""
    topic = sentence.reading.topic
    if not topic.is_ours:
        return
    kinds: set[EventKind] = set()
    by_word = _phrases()
    for word in dict.fromkeys((token.lower_, token.lemma_.lower())):
        for phrase in by_word.get(word, ()):
            if phrase.kind in kinds or _end_of(phrase.steps, token) is None:
                continue
            found = _candidate(sentence, token, phrase)
            if found is not None:
                kinds.add(phrase.kind)
                yield found


def phrase_words() -> frozenset[str]:
    """Return the words that a phrase may begin with."""
    return frozenset(_phrases())


@lru_cache(maxsize=1)
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for row in read_table("event_phrases")["phrase"]:
        for pattern in row["patterns"]:
            phrase = _phrase(row, pattern)
            for word in phrase.steps[0]:
                found.setdefault(word, []).append(phrase)
    return {word: tuple(phrases) for word, phrases in found.items()}


def _phrase(row: dict[str, Any], pattern: str) -> Phrase:
    steps = tuple(
        frozenset() if word == "*" else frozenset(word.split("|")) for word in pattern.split()
    )
    return Phrase(
        # What the phrase denies is the event: `modality` knows it by this name.
        id=f"{row['id']}.as_said" if row.get("not") else row["id"],
        kind=EventKind(row["kind"]),
        steps=steps,
        near=row["near"],
        actor=row.get("actor", ""),
        party=row.get("party", ""),
    )


def _end_of(steps: tuple[_Step, ...], token: Token) -> int | None:
    """Return the index behind a phrase that begins at a token, None where it does not stand."""
    doc, end = token.doc, token.sent.end
    index, gap = token.i + 1, 0
    for step in steps[1:]:
        if not step:
            gap = _GAP
            continue
        high = min(index + gap + 1, end)
        at = next((i for i in range(index, high) if _is(doc[i], step)), None)
        if at is None:
            return None
        index, gap = at + 1, 0
    return index


def _is(token: Token, step: _Step) -> bool:
    return token.lower_ in step or token.lemma_.lower() in step


def _candidate(sentence: SentenceReading, token: Token, phrase: Phrase) -> Candidate | None:
    verb = token if token.pos_ in {"VERB", "AUX"} else verb_above(token)
    if verb.pos_ == "AUX" and verb.dep_ in {"aux", "auxpass"}:
        verb = verb.head
    subject = subject_of(verb)
    if not _is_about(sentence, phrase.near, subject):
        return None
    if phrase.actor == "government" and not is_government(sentence, subject):
        return None
    party = subject if phrase.party == "subject" else None
    if phrase.party and (party is None or not is_party(sentence, party)):
        return None
    passive = is_passive(verb)
    return make_candidate(
        verb,
        phrase.kind,
        f"phrase.{phrase.id}",
        voice="passive" if passive or party is not None else "active",
        party=party,
        subject=None if passive or party is not None else subject,
    )


def _is_firm(sentence: SentenceReading, subject: Token | None) -> bool:
    if subject is None:
        return False
    named = subject.i in sentence.reading.company_at
    return named or subject.lemma_.lower() in party_nouns().holders


def _is_about(sentence: SentenceReading, near: str, subject: Token | None) -> bool:
    """Tell whether the sentence names what the phrase must be about."""
    reading, sent = sentence.reading, sentence.sent
    if near == "none":
        return True
    if near in {"firm", "topic"}:
        return reading.topic.has_license and (near == "topic" or _is_firm(sentence, subject))
    if near in {"goods", "material", "trade"} and reading.materials_in(sent.start, sent.end):
        return reading.topic.has_export or near != "goods"
    wanted = _NEAR.get(near, frozenset())
    return any(sentence.class_of(word) in wanted for word in sent)
