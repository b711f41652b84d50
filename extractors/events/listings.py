"""Entity lists, control lists and exemptions."""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.reading import SentenceReading
from extractors.events.regimes import modifiers_say
from extractors.events.subjects import agent_of, subject_of
from models.vocabulary import EventKind


def find_listing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "added X to the entity list", "removed X from the list", "blacklisted X"."""
    lemma = token.lemma_.lower()
    if lemma == "blacklist":
        yield make_candidate(
            token,
            EventKind.ENTITY_LISTED,
            "list.blacklist",
            voice="passive" if is_passive(token) else "active",
            subject=subject_of(token),
        )
        return
    adds = lemma in {"add", "put", "place"}
    drops = lemma in {"remove", "drop", "delete", "strike"}
    if not adds and not drops:
        return
    found = next(
        (
            word
            for word in sentence.sent
            if token.i < word.i <= token.i + 25 and sentence.class_of(word) == "list"
        ),
        None,
    )
    if found is None or not sentence.clauses.same_segment(found, token):
        if adds:
            yield from _added_to_controls(sentence, token)
        return
    preposition = {"to", "on", "onto", "in"} if adds else {"from", "off"}
    between = {word.lower_ for word in token.doc[token.i + 1 : found.i]}
    if not preposition & between:
        return
    is_goods = adds and _lists_goods(sentence, token, found)
    kind = EventKind.ENTITY_LISTED if adds else EventKind.ENTITY_DELISTED
    yield make_candidate(
        token,
        EventKind.CONTROL_EXPANDED if is_goods else kind,
        "list.goods" if is_goods else "list.entity",
        noun=found,
        voice="passive" if is_passive(token) else "active",
        subject=agent_of(token) if is_passive(token) else subject_of(token),
    )


def _lists_goods(sentence: SentenceReading, token: Token, found: Token) -> bool:
    """Tell whether materials, not firms, go onto a list."""
    if modifiers_say(found, {"entity", "unreliable", "watch"}):
        return False
    low = max(token.i - 20, sentence.sent.start)
    goods = sentence.reading.materials_in(low, found.i)
    return bool(goods) and not sentence.reading.companies_in(sentence.sent.start, found.i)


def _added_to_controls(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "five elements have been added to the seven controlled since April"."""
    after = sentence.reading.doc[token.i + 1 : min(token.i + 8, sentence.sent.end)]
    if token.lemma_ != "add" or not any(word.lower_ == "to" for word in after):
        return
    if any(word.lower_ in {"controlled", "controls", "restricted"} for word in after):
        yield make_candidate(
            token,
            EventKind.CONTROL_EXPANDED,
            "list.controlled",
            voice="passive" if is_passive(token) else "active",
        )


def find_exemption(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "exempt medical magnets from the controls"."""
    if token.lemma_.lower() not in {"exempt", "excuse", "carve"}:
        return
    for index in range(token.i + 1, min(token.i + 16, sentence.sent.end)):
        word = token.doc[index]
        if sentence.class_of(word) in {"control", "ban", "license"}:
            yield make_candidate(
                token,
                EventKind.EXEMPTION_GRANTED,
                "exempt.verb",
                noun=word,
                voice="passive" if is_passive(token) else "active",
                subject=subject_of(token),
            )
            return
