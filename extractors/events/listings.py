"""Entity lists, control lists and exemptions."""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.duties import modifiers_say
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, subject_of
from models.vocabulary import EventKind


def find_listing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "added X to the entity list", "removed X from the list", "blacklisted X"."""
    lemma = token.lemma_.lower()
    if lemma == "blacklist":
        yield from _blacklisted(token)
        return
    adds = lemma in {"add", "enter", "include", "inscribe", "place", "put"}
    drops = lemma in {"delete", "drop", "pull", "remove", "strike", "take", "withdraw"}
    if lemma == "include" and not is_passive(token):
        adds = False
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
            yield from _added_entities(sentence, token)
        return
    preposition = {"to", "on", "onto", "in"} if adds else {"from", "off"}
    between = {word.lower_ for word in token.doc[token.i + 1 : found.i]}
    if not preposition & between:
        return
    if _is_of_validated(found):
        yield from _validated(token, found, drops=drops)
        return
    if drops and modifiers_say(found, {"free", "exempt"}):
        # What leaves a list of free exports comes under control.
        yield make_candidate(token, EventKind.CONTROL_IMPOSED, "list.unfree", noun=found)
        return
    if drops and lemma in {"pull", "take", "withdraw"} and not modifiers_say(found, _LISTS):
        return
    is_goods = _lists_goods(sentence, token, found)
    kind = EventKind.ENTITY_LISTED if adds else EventKind.ENTITY_DELISTED
    goods_kind = EventKind.CONTROL_EXPANDED if adds else EventKind.CONTROL_EASED
    yield make_candidate(
        token,
        goods_kind if is_goods else kind,
        "list.goods" if is_goods else "list.entity",
        noun=found,
        voice="passive" if is_passive(token) else "active",
        subject=agent_of(token) if is_passive(token) else subject_of(token),
    )


def _blacklisted(token: Token) -> Iterator[Candidate]:
    """Match "blacklisted X", not "blacklisted companies" or "treated as blacklisted"."""
    is_state = token.dep_ == "amod" or (token.i > 0 and token.nbor(-1).lower_ == "as")
    if not is_state:
        yield make_candidate(
            token,
            EventKind.ENTITY_LISTED,
            "list.blacklist",
            voice="passive" if is_passive(token) else "active",
            subject=subject_of(token),
        )


def _joined(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X joined the unreliable entity list", "found themselves on the list"."""
    after = token.doc[token.i + 1 : min(token.i + 12, sentence.sent.end)]
    found = sentence.first_of(after, "list")
    subject = subject_of(token)
    if found is None or subject is None or token.tag_ not in {"VBD", "VBN", "VBZ", "VBP"}:
        return
    between = {word.lower_ for word in after if word.i < found.i}
    if token.lemma_ != "join" and not between & {"on", "onto"}:
        return
    if not sentence.reading.materials_in(subject.i, subject.i + 1):
        yield make_candidate(
            token,
            EventKind.ENTITY_LISTED,
            "list.joined",
            noun=found,
            voice="passive",
            party=subject,
        )


def _is_of_validated(found: Token) -> bool:
    """Tell whether a list holds validated end users: to be on it is to be licensed."""
    near = {word.lower_ for word in found.doc[max(found.i - 5, 0) : found.i + 5]}
    return bool({"validated", "veu"} & near)


def _validated(token: Token, found: Token, *, drops: bool) -> Iterator[Candidate]:
    """Match "took X off its register of validated end users"."""
    passive = is_passive(token)
    party = next((child for child in token.children if child.dep_ == "dobj"), None)
    yield make_candidate(
        token,
        EventKind.LICENSE_REVOKED if drops else EventKind.LICENSE_GRANTED,
        "list.validated",
        noun=found,
        voice="passive" if passive else "active",
        party=subject_of(token) if passive else party,
        subject=agent_of(token) if passive else subject_of(token),
    )


def find_listed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X went onto a watch list", "has been on the list since", "Y was added as well"."""
    topic = sentence.reading.topic
    if not topic.has_list:
        return
    doc = token.doc
    lemma = token.lemma_.lower()
    if lemma in {"appear", "find", "join", "land"}:
        yield from _joined(sentence, token)
        return
    low = sentence.sent.start
    if sentence.class_of(token) == "list" and not is_passive(token):
        # Plain indexes: a slice of the text for every token of it is what costs most.
        before = {doc[index].lower_ for index in range(max(token.i - 5, low), token.i)}
        if not before & {"on", "onto"}:
            return
        back = (doc[index] for index in range(token.i - 1, max(token.i - 9, low) - 1, -1))
        states = (w for w in back if w.lemma_ in {"be", "go"} and w.tag_[:2] == "VB")
        verb = next((w for w in states if w.dep_ not in {"aux", "auxpass"}), None)
        dated = sentence.reading.dates_in(token.i + 1, token.i + 4)
        if verb is not None and (verb.lemma_ == "go" or dated):
            yield make_candidate(
                verb, EventKind.ENTITY_LISTED, "list.standing", noun=token, voice="passive"
            )
    elif lemma in {"add", "list", "name", "remove"} and token.tag_ in {"VBN", "VBD"}:
        yield from _added_too(sentence, token)


def _added_too(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "two of its units were added as well" where a list was named shortly before."""
    reading = sentence.reading
    near = range(max(token.i - 70, 0), token.i)
    if not any(reading.noun_class.get(index) == "list" for index in near):
        return
    if any(sentence.class_of(word) == "list" for word in sentence.sent):
        return
    after = {word.lower_ for word in token.doc[token.i + 1 : min(token.i + 4, sentence.sent.end)]}
    if "to" in after or not is_passive(token):
        return
    subject = subject_of(token)
    nouns = {word.lemma_.lower() for word in subject.subtree} if subject is not None else set()
    firms = reading.companies_in(sentence.sent.start, token.i)
    is_name = subject is not None and subject.pos_ == "PROPN"
    counted = subject is not None and subject.lower_ in {"three", "two", "both", "they", "four"}
    if (
        firms
        or is_name
        or (counted and bool(reading.dates_in(token.i + 1, token.i + 4)))
        or nouns & {"company", "entity", "firm", "organisation", "organization", "unit"}
    ):
        yield make_candidate(
            token,
            EventKind.ENTITY_DELISTED if token.lemma_ == "remove" else EventKind.ENTITY_LISTED,
            "list.added",
            voice="passive",
            party=subject,
        )


_LISTS = {"control", "end-user", "entity", "export", "screening", "unverified", "user", "watch"}
_ENTITIES = frozenset({"company", "entity", "firm", "organisation", "organization", "unit"})


def _lists_goods(sentence: SentenceReading, token: Token, found: Token) -> bool:
    """Tell whether materials, not firms, go onto a list."""
    if modifiers_say(found, {"entity", "unreliable", "watch"}):
        return False
    low = token.i if not is_passive(token) else max(token.i - 20, sentence.sent.start)
    goods = bool(sentence.reading.materials_in(low, found.i)) or any(
        word.lemma_.lower() in {"element", "good", "item", "material", "mineral", "product"}
        for word in sentence.reading.doc[low : found.i]
    )
    return goods and not sentence.reading.companies_in(sentence.sent.start, found.i)


def _added_to_controls(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "five elements have been added to the seven controlled since April"."""
    after = sentence.reading.doc[token.i + 1 : min(token.i + 16, sentence.sent.end)]
    if token.lemma_ != "add" or not any(word.lower_ == "to" for word in after):
        return
    near = {word.lower_ for word in after[:8]}
    goods = sentence.reading.materials_in(max(token.i - 12, sentence.sent.start), token.i + 8)
    listed = any(
        word.lemma_.lower() in _SCHEDULES and word.nbor(-1).lower_ != "a" for word in after
    )
    if near & {"controlled", "controls", "restricted"} or (goods and listed):
        yield make_candidate(
            token,
            EventKind.CONTROL_EXPANDED,
            "list.controlled",
            voice="passive" if is_passive(token) else "active",
        )


def _added_entities(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "is also adding 12 entities under China" in a text on an entity list."""
    if token.lemma_ != "add" or is_passive(token) or not sentence.reading.topic.has_list:
        return
    named = next((child for child in token.children if child.dep_ == "dobj"), None)
    counted = named is not None and any(word.tag_ == "CD" for word in named.children)
    if named is not None and counted and named.lemma_.lower() in _ENTITIES:
        yield make_candidate(
            token,
            EventKind.ENTITY_LISTED,
            "list.added",
            voice="active",
            subject=subject_of(token),
        )


_SPARING = frozenset({"absolve", "carve", "excuse", "exempt", "relieve"})
_LETTING_OFF = frozenset({"except", "free", "release"})
_SCHEDULES = frozenset({"annex", "catalogue", "schedule"})
_CHARGES = frozenset({"duty", "fee", "levy", "royalty", "tariff", "tax"})
_PERMITS = ("licenc", "licens", "notif", "permit")
_PROVISIONS = frozenset(
    {"condition", "duty", "prohibition", "provision", "requirement", "restriction", "rule"}
)


def _exempted(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "exempted cargoes already at sea" beside the control or ban that it spares."""
    if token.lemma_.lower() != "exempt" or not token.tag_.startswith("VB"):
        return
    reading = sentence.reading
    charges = [word for word in sentence.sent if word.lemma_.lower() in _CHARGES]
    if any(not word.nbor(-1).lower_.startswith(_PERMITS) for word in charges if word.i):
        return
    low = max(sentence.sent.start - 40, 0)
    measures = {"ban", "control", "exports", "license"}
    near = any(reading.noun_class.get(index) in measures for index in range(low, sentence.sent.end))
    after = token.doc[token.i + 1 : min(token.i + 11, sentence.sent.end)]
    pointed = any(word.lemma_.lower() in _PROVISIONS for word in after)
    near = near or (pointed and (reading.topic.has_export or bool(charges)))
    if near:
        passive = is_passive(token)
        yield make_candidate(
            token,
            EventKind.EXEMPTION_GRANTED,
            "exempt.bare",
            voice="passive" if passive else "active",
            party=subject_of(token) if passive else None,
            subject=None if passive else subject_of(token),
        )


def find_exemption(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "exempt medical magnets from the controls"."""
    lemma = token.lemma_.lower()
    if lemma not in _SPARING | _LETTING_OFF:
        return
    is_from = lemma in _SPARING
    for index in range(token.i + 1, min(token.i + 16, sentence.sent.end)):
        word = token.doc[index]
        is_from = is_from or word.lower_ == "from"
        if is_from and sentence.class_of(word) in {"control", "ban", "license"}:
            yield make_candidate(
                token,
                EventKind.EXEMPTION_GRANTED,
                "exempt.verb",
                noun=word,
                voice="passive" if is_passive(token) else "active",
                subject=subject_of(token),
            )
            return
        if lemma in _LETTING_OFF and word.tag_ in {"VBD", "VBZ", "MD"}:
            return
    yield from _exempted(sentence, token)
