"""Events told by a noun: the suspension of the controls, receipt of its permit, no approval.

The nouns are data (`event_nominals.toml`). Not here: delays and listings, which have forms of
their own (`elliptic`, `listings`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.lexicon import frames_by_verb, party_nouns, read_table
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from extractors.events.verbs import lemma_of
from models.vocabulary import EventKind

# "a pause in the measures", "the freeze on the curbs"
_ON_NOUNS = frozenset({"nominal.ease", "nominal.suspend"})
_REFUSALS = frozenset({"denial", "refusal", "rejection"})
_OWNED = frozenset({"nominal.ban_lift", "nominal.ease", "nominal.lift", "nominal.suspend"})
_WHOSE = frozenset({"its", "their"})
_SLOWNESS = frozenset(
    {"backlog", "backlogs", "bottleneck", "bottlenecks", "delay", "delays", "slowdown"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nominal:
    id: str
    kind: EventKind
    objects: frozenset[str]
    needs_party: bool


@lru_cache(maxsize=1)
def _nominals() -> dict[str, tuple[_Nominal, ...]]:
    found: dict[str, list[_Nominal]] = {}
    for row in read_table("event_nominals")["nominal"]:
        entry = _Nominal(
            id=row["id"],
            kind=EventKind(row["kind"]),
            objects=frozenset(row["objects"]),
            needs_party=row["party"],
        )
        for noun in row["nouns"]:
            found.setdefault(noun, []).append(entry)
    return {noun: tuple(entries) for noun, entries in found.items()}


def find_nominal(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the suspension of the controls", "approval of 14 applications from importers"."""
    for entry in _nominals().get(token.lemma_.lower(), _nominals().get(token.lower_, ())):
        of = _of_after(sentence, token, entry.id)
        if of is None and entry.id in _OWNED:
            yield from _owned(sentence, token, entry)
        if of is None or not _is_definite(token):
            return
        for index in range(of + 1, min(of + 11, sentence.sent.end)):
            word = token.doc[index]
            if sentence.class_of(word) in entry.objects:
                if entry.needs_party and not _has_party(sentence, word):
                    return
                yield _paused(token, word) or make_candidate(token, entry.kind, entry.id, noun=word)
                return
            if word.tag_ in {"VBD", "VBZ", "MD"}:
                return


def _owned(sentence: SentenceReading, token: Token, entry: _Nominal) -> Iterator[Candidate]:
    """Match "condemn the curbs and call for their removal"."""
    if not any(child.tag_ == "PRP$" and child.lower_ in _WHOSE for child in token.children):
        return
    before = range(token.i - 1, max(token.i - 25, sentence.sent.start - 1), -1)
    name = next((n for i in before if (n := sentence.reading.noun_class.get(i))), None)
    if name in entry.objects:
        yield make_candidate(token, entry.kind, entry.id)


def _paused(token: Token, noun: Token) -> Candidate | None:
    """Match "paused the expansion of its controls": what was to come is put off."""
    verb = token.head
    passive = token.dep_ == "nsubjpass"
    if not passive and token.dep_ != "dobj":
        return None
    if not any(frame.id == "control.suspend" for frame in frames_by_verb().get(lemma_of(verb), ())):
        return None
    return make_candidate(
        verb,
        EventKind.CONTROL_SUSPENDED,
        "control.suspend.coming",
        noun=noun,
        voice="passive" if passive else "active",
        subject=None if passive else subject_of(verb),
    )


def _of_after(sentence: SentenceReading, token: Token, rule: str) -> int | None:
    """Return where "of" stands behind a noun, past a date ("the removal in March of")."""
    following = token.doc[min(token.i + 1, len(token.doc) - 1)].lower_
    if rule in _ON_NOUNS and following in {"in", "on", "to"}:
        return token.i + 1
    if following == ",":
        # "the suspension, announced on May 3, of the rule"
        near = token.doc[token.i + 2 : min(token.i + 14, sentence.sent.end - 1)]
        close = [word for word in near if word.text == "," and word.nbor(1).lower_ == "of"]
        return close[0].i + 1 if close else None
    for index in range(token.i + 1, min(token.i + 6, sentence.sent.end)):
        if token.doc[index].lower_ == "of":
            between = sentence.reading.dates_in(token.i + 1, index)
            return index if index == token.i + 1 or between else None
    return None


def _is_definite(token: Token) -> bool:
    """Tell whether a deverbal noun speaks of one act, not "in advance of the introduction"."""
    before = [word.lower_ for word in token.doc[max(token.i - 6, token.sent.start) : token.i]]
    if ({"advance", "prior", "possible", "before"} | _SLOWNESS) & set(before):
        return False
    if token.dep_ == "dobj" and token.head.lemma_ in {"await", "obtain", "receive", "seek", "win"}:
        return True
    if before and before[-1] in {"after", "following", "upon"}:
        return True
    return token.i == token.sent.start or bool(
        {"the", "its", "a", "an", "’s", "'s", "their", "our", "facto"} & set(before[-4:])
    )


def _has_party(sentence: SentenceReading, noun: Token) -> bool:
    words = party_nouns()
    if any(word.tag_ in {"PRP$", "POS"} for word in modifiers(noun)):
        # "receipt of its export authorization"
        return True
    for index in range(noun.i + 1, min(noun.i + 8, sentence.sent.end)):
        token = sentence.reading.doc[index]
        if index in sentence.reading.company_at or token.lemma_.lower() in (
            words.holders | words.customers
        ):
            return sentence.reading.doc[noun.i + 1].lower_ in {"to", "for", "from", "by"}
    return False


def find_counted(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "against 900 refusals" where the text speaks of licenses."""
    counted = any(child.tag_ == "CD" for child in token.children)
    if counted and token.lemma_ in _REFUSALS and sentence.reading.topic.has_license:
        yield make_candidate(token, EventKind.LICENSE_DENIED, "nominal.counted", noun=token)


def find_absent_license(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the absence of an approval for X"."""
    if token.lower_ not in {"absence", "lack"} or sentence.sent.end - token.i < 4:
        return
    for index in range(token.i + 2, min(token.i + 7, sentence.sent.end)):
        word = token.doc[index]
        licensed = sentence.class_of(word) == "license" or word.lower_ in {"approval", "permit"}
        if licensed and _has_party(sentence, word):
            yield make_candidate(word, EventKind.LICENSE_GRANTED, "nominal.absence", noun=word)
            return
