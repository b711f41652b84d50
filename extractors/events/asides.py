"""Measures and lists told by a noun or a participle: delistings, parties spared, revoked permits.

Every function takes a sentence and a token and yields candidates for `find_elliptic`.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.nouns import complement, modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from models.vocabulary import EventKind


def words_after(sentence: SentenceReading, token: Token, reach: int) -> list[Token]:
    """Return the words behind a token in its clause segment, up to a reach."""
    high = min(token.i + 1 + reach, sentence.sent.end)
    return [
        word for word in token.doc[token.i + 1 : high] if sentence.clauses.same_segment(word, token)
    ]


def revoked(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the revoked permits of X", "the firm's cancelled license"."""
    noun = token.head
    if token.dep_ != "amod" or noun.i < token.i or sentence.class_of(noun) != "license":
        return
    owned = any(word.tag_ == "POS" or word.tag_ == "PRP$" for word in modifiers(noun))
    held = {"of", "held"} & {word.lower_ for word in complement(noun)[:2]}
    if owned or held:
        yield make_candidate(token, EventKind.LICENSE_REVOKED, "revoke.participle", noun=noun)


def short_of(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "stopped short of an outright embargo": a measure said not to be taken."""
    if token.i + 1 >= len(token.doc) or token.doc[token.i + 1].lower_ != "of":
        return
    for word in words_after(sentence, token, 7):
        name = sentence.class_of(word)
        if name in {"ban", "control"}:
            kind = EventKind.BAN_IMPOSED if name == "ban" else EventKind.CONTROL_IMPOSED
            yield make_candidate(
                word, kind, f"{name}.short_of", noun=word, subject=subject_of(token.head)
            )
            return
        if word.tag_ in {"VBG", "VBD", "VBZ"}:
            return


def unlisted(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the delisting of X", "its addition to the Entity List"."""
    if token.pos_ not in {"NOUN", "PROPN"} and token.tag_ != "VBG":
        return
    following = words_after(sentence, token, 14)
    lemma = token.lemma_.lower().rstrip("s")
    if lemma in {"delisting", "de-listing"}:
        if following and following[0].lower_ == "of":
            yield make_candidate(token, EventKind.ENTITY_DELISTED, "list.nominal")
        return
    found = sentence.first_of(following, "list")
    if found is None or any(w.tag_ in {"VBD", "VBZ", "MD"} for w in following if w.i < found.i):
        return
    between = {word.lower_ for word in following if word.i < found.i}
    drops = lemma in {"deletion", "removal"}
    if not between & ({"from", "off"} if drops else {"in", "on", "onto", "to"}):
        return
    goods = sentence.reading.materials_in(token.i, found.i)
    firms = sentence.reading.companies_in(token.i, found.i)
    of = next((child for child in token.children if child.lower_ == "of"), None)
    added = next((c for c in of.children if c.dep_ == "pobj"), None) if of is not None else None
    named = added is not None and added.pos_ == "NOUN" and is_party(sentence, added)
    if goods and not firms and not named:
        kind = EventKind.CONTROL_EASED if drops else EventKind.CONTROL_EXPANDED
    else:
        kind = EventKind.ENTITY_DELISTED if drops else EventKind.ENTITY_LISTED
    yield make_candidate(token, kind, "list.nominal", noun=found)


def spared(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X has been spared the checks", "whitelisted five makers"."""
    after = words_after(sentence, token, 12)
    if token.lower_.startswith("spar"):
        wanted = {"ban", "control", "license", "list"}
        if not token.tag_.startswith("VB") or token.pos_ == "ADJ":
            return
        noun = sentence.first_of(after, *wanted)
        party = next((child for child in token.children if child.dep_ == "dobj"), None)
        named = party is not None and party.left_edge.lower_ in {"the", "these", "its", "their"}
        firms = party is not None and named and is_party(sentence, party)
        if noun is None and not (firms and sentence.reading.topic.has_license):
            return
    elif not token.tag_.startswith("VB") or not sentence.reading.topic.is_ours:
        return
    else:
        noun = None
    passive = is_passive(token)
    yield make_candidate(
        token,
        EventKind.EXEMPTION_GRANTED,
        "exempt.spared",
        noun=noun,
        voice="passive" if passive else "active",
        party=subject_of(token) if passive else None,
        subject=None if passive else subject_of(token),
    )


def snapped_back(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "if the controls snap back", "the ban sprang back to life"."""
    if "back" not in {word.lower_ for word in words_after(sentence, token, 2)}:
        return
    subject = subject_of(token)
    if subject is not None and sentence.class_of(subject) in {"ban", "control"}:
        yield make_candidate(
            token, EventKind.CONTROL_REINSTATED, "control.back", noun=subject, voice="passive"
        )
