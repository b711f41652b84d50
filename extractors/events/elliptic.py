"""Events told without a verb of deciding: licenses that land, go to a firm or are lacking.

Also lists taken off, waits for an answer and spared parties. Every function takes a sentence and
a token and yields candidates; none needs more than the words of the sentence.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import (
    revoked,
    short_of,
    snapped_back,
    spared,
    unlisted,
    words_after,
)
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, verb_above
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_ANSWERS = frozenset(
    {"answer", "decision", "determination", "reply", "response", "ruling", "verdict", "word"}
)
_STAMPED = frozenset({"approved", "cleared", "granted", "signed", "stamped"})
_UNSTAMPED = frozenset({"empty", "refused", "rejected", "unapproved", "unsigned", "unstamped"})
_ENDED = frozenset({"cancelled", "canceled", "rescinded", "revoked", "withdrawn"})
_SCHEMES = frozenset({"program", "programme", "scheme", "system"})
_STATES = frozenset({"be", "remain", "stay"})


def _went(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "licenses went to three exporters", "the first permits have gone to X"."""
    subject = subject_of(token)
    if subject is None or sentence.class_of(subject) != "license" or is_passive(token):
        return
    after = words_after(sentence, token, 6)
    to = next((word for word in after if word.lower_ == "to"), None)
    if to is None or token.tag_ not in {"VBD", "VBN"}:
        return
    party = next((child for child in to.children if child.dep_ == "pobj"), None)
    near = sentence.reading.companies_in(to.i + 1, to.i + 4)
    named = party is not None and party.pos_ == "PROPN" and party.ent_type_ != "GPE"
    if near or named or (party is not None and is_party(sentence, party)):
        yield make_candidate(
            token, EventKind.LICENSE_GRANTED, "grant.went", noun=subject, voice="passive"
        )


def _came_back(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "its papers came back stamped", "two requests were returned unsigned"."""
    subject = subject_of(token)
    if subject is None or sentence.class_of(subject) not in {"application", "license"}:
        return
    words = {word.lower_ for word in words_after(sentence, token, 4)}
    if token.lemma_ == "come" and "back" not in words:
        return
    kind = None
    if words & _STAMPED and not words & {"not", "without"}:
        kind = EventKind.LICENSE_GRANTED
    elif words & _UNSTAMPED:
        kind = EventKind.LICENSE_DENIED
    if kind is not None:
        yield make_candidate(token, kind, "elliptic.back", noun=subject, voice="passive")


def _cleared(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "a permit that cleared on 18 August", "the papers for X landed"."""
    if token.tag_ not in {"VBD", "VBN"} or is_passive(token):
        return
    if any(child.dep_ in {"dobj", "ccomp", "xcomp"} for child in token.children):
        return
    subject = subject_of(token)
    if subject is not None and subject.dep_ == "pobj" and token.dep_ == "relcl":
        # "the permit for holmium that cleared": the parser hangs the clause on the goods.
        subject = subject.head.head
    if subject is not None and sentence.class_of(subject) == "license":
        yield make_candidate(
            token, EventKind.LICENSE_GRANTED, "grant.arrive", noun=subject, voice="passive"
        )


def _assured(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "has been assured of a permit", "was promised a license": planned, not yet given."""
    if not is_passive(token):
        return
    after = words_after(sentence, token, 6)
    noun = sentence.first_of(after, "license")
    subject = subject_of(token)
    if noun is None or subject is None or not is_party(sentence, subject):
        return
    if token.lemma_ == "assure" and after[0].lower_ != "of":
        return
    yield make_candidate(
        token, EventKind.LICENSE_GRANTED, "grant.assured", noun=noun, voice="passive", party=subject
    )


def _lacking(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "is still empty-handed", "remain without permits": not granted so far."""
    verb = verb_above(token.head)
    if verb.lemma_ not in _STATES or verb.i > token.i:
        return
    if token.lower_ == "empty":
        doc = token.doc
        tail = doc[token.i + 1 : token.i + 3].text.lower()
        if not tail.endswith("handed") or not sentence.reading.topic.is_ours:
            return
    else:
        after = words_after(sentence, token, 5)
        if not any(sentence.class_of(word) == "license" for word in after):
            return
    subject = subject_of(verb)
    if subject is not None and is_party(sentence, subject):
        yield make_candidate(
            verb, EventKind.LICENSE_GRANTED, "grant.lacking", voice="passive", party=subject
        )


def _got_nothing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X got nothing", "two of them received none" where licenses are shared out."""
    verb = token.head
    if token.dep_ != "dobj" or verb.lemma_ not in {"get", "obtain", "receive", "secure"}:
        return
    subject = subject_of(verb)
    low = max(verb.i - 60, 0)
    licensed = any(
        sentence.reading.noun_class.get(index) == "license" for index in range(low, verb.i)
    )
    if licensed and subject is not None and is_party(sentence, subject):
        yield make_candidate(
            verb, EventKind.LICENSE_GRANTED, "grant.lacking", voice="passive", party=subject
        )


def _outside(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "remains outside the scheme" in a text about licenses."""
    verb = token.head
    if verb.lemma_ not in _STATES or not sentence.reading.topic.has_license:
        return
    after = {word.lemma_.lower() for word in words_after(sentence, token, 5)}
    subject = subject_of(verb)
    if after & _SCHEMES and subject is not None and is_party(sentence, subject):
        yield make_candidate(
            verb, EventKind.LICENSE_EXCLUDED, "exclude.missing", voice="passive", party=subject
        )


def _awaiting(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "waited a twelfth week for an answer from Seoul", "is awaiting a determination"."""
    subject = subject_of(token)
    if subject is None or not is_party(sentence, subject) or is_passive(token):
        return
    after = words_after(sentence, token, 9)
    answer = next((word for word in after if word.lemma_.lower() in _ANSWERS), None)
    if answer is None:
        return
    between = [word.lower_ for word in after if word.i < answer.i]
    if token.lemma_ == "wait" and "for" not in between:
        return
    reading = sentence.reading
    about = any(
        sentence.class_of(word) in {"application", "license"}
        for word in token.doc[answer.i : min(answer.i + 7, sentence.sent.end)]
    )
    officials = reading.actors_in(answer.i + 1, min(answer.i + 5, sentence.sent.end))
    if about or officials:
        yield make_candidate(
            token,
            EventKind.LICENSE_DELAYED,
            "delay.answer",
            voice="active",
            party=subject,
        )


def _languishing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the request is gathering dust", "dozens of requests languish"."""
    subject = subject_of(token)
    if subject is None:
        return
    dust = any(child.lower_ == "dust" for child in token.children)
    if token.lemma_ == "gather" and not dust:
        return
    of = next((child for child in subject.children if child.lower_ == "of"), None)
    heads = [subject, *(of.children if of is not None else ())]
    noun = sentence.first_of(heads, "application", "license")
    if noun is not None:
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.pending", noun=noun, voice="passive"
        )


def _delay(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "delays in issuing permits", "the backlog of applications"."""
    following = words_after(sentence, token, 1)
    if token.pos_ != "NOUN" or not following:
        return
    if following[0].lower_ not in {"at", "in", "of", "over", "to", "with"}:
        return
    for word in words_after(sentence, token, 7):
        name = sentence.class_of(word)
        cleared = name == "exports" and word.head.lemma_ in {"approve", "clear", "release"}
        if name in {"application", "license"} or cleared:
            yield make_candidate(token, EventKind.LICENSE_DELAYED, "nominal.delay", noun=word)
            return
        if word.tag_ in {"VBD", "VBZ", "MD"}:
            return


RULES: dict[str, Rule] = {
    **dict.fromkeys(("addition", "inclusion", "designation", "removal", "deletion"), unlisted),
    **dict.fromkeys(("delisting", "delistings", "de-listing"), unlisted),
    **dict.fromkeys(("assure", "promise"), _assured),
    **dict.fromkeys(("await", "wait"), _awaiting),
    **dict.fromkeys(("backlog", "bottleneck", "delay", "hold-up", "holdup", "slowdown"), _delay),
    **dict.fromkeys(("clear", "land"), _cleared),
    **dict.fromkeys(("come", "return"), _came_back),
    **dict.fromkeys(("empty", "without"), _lacking),
    **dict.fromkeys(("gather", "languish"), _languishing),
    **dict.fromkeys(("none", "nothing"), _got_nothing),
    **dict.fromkeys(("snap", "spring"), snapped_back),
    # The lemmatizer takes "spared" for a form of "to spar".
    **dict.fromkeys(("spar", "spare", "whitelist", "whitelisted"), spared),
    **dict.fromkeys(sorted(_ENDED), revoked),
    "go": _went,
    "outside": _outside,
    "short": short_of,
}
