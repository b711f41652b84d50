"""Measures told through others: antimony followed, further steps ruled out, a stricter look.

Every function takes a sentence and a token and yields candidates.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from extractors.events.topics import is_regulated
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_RULED_OUT = {
    "ban": EventKind.BAN_IMPOSED,
    "control": EventKind.CONTROL_IMPOSED,
    "exemption": EventKind.EXEMPTION_GRANTED,
    "quota": EventKind.QUOTA_ISSUED,
}
_THEM = frozenset({"list", "regime", "them", "these", "those"})
_LOOKING = frozenset(
    {"check", "control", "examine", "inspect", "monitor", "police", "regulate", "review"}
    | {"scrutinise", "scrutinize", "supervise", "vet"}
)
_STRICTLY = frozenset({"closely", "rigorously", "strictly", "stringently", "tightly"})


def _ruled_out(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "has not ruled out further curbs", "ruled out an embargo"."""
    after = words_after(sentence, token, 9)
    if not token.tag_.startswith("VB") or not after or after[0].lower_ != "out":
        return
    noun = sentence.first_of(after, *_RULED_OUT)
    if noun is None or any(word.tag_ == "VBG" for word in after if word.i < noun.i):
        return
    yield make_candidate(
        token,
        _RULED_OUT[sentence.class_of(noun) or ""],
        "measure.ruled_out",
        noun=noun,
        voice="active",
        subject=subject_of(token),
    )


def _goods_before(sentence: SentenceReading, token: Token) -> Token | None:
    """Return the subject of a verb where it is a good under export policy."""
    subject = subject_of(token)
    if subject is None or subject.i > token.i:
        return None
    named = sentence.reading.materials_in(subject.left_edge.i, subject.i + 1)
    fits = any(item.start <= subject.i < item.end and is_regulated(item) for item in named)
    return subject if fits else None


def _followed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "antimony followed in September", "graphite joined them in December"."""
    reading = sentence.reading
    control = reading.topic.control_from
    if token.tag_ not in {"VBD", "VBN"} or control is None or control > token.i:
        return
    if is_passive(token) or _goods_before(sentence, token) is None:
        return
    objects = [child for child in token.children if child.dep_ == "dobj"]
    joins = token.lemma_ == "join" and any(word.lower_ in _THEM for word in objects)
    dated = reading.dates_in(token.i + 1, min(token.i + 5, sentence.sent.end))
    if joins or (token.lemma_ == "follow" and not objects and dated):
        yield make_candidate(token, EventKind.CONTROL_IMPOSED, "control.followed", voice="passive")


def _more_strictly(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "end uses will be examined more strictly", "more closely controlled exports"."""
    if token.i == 0 or token.nbor(-1).lower_ != "more":
        return
    near = [token.head, *sentence.walk(token, step=-1, most=5)]
    verb = next((w for w in near if w.lemma_ in _LOOKING and w.tag_.startswith("VB")), None)
    topic = sentence.reading.topic
    if verb is None or not (topic.has_license or topic.control_from is not None):
        return
    if verb.tag_ in {"VBN", "VBD"} or left_group(verb):
        passive = is_passive(verb)
        yield make_candidate(
            verb,
            EventKind.CONTROL_EXPANDED,
            "control.strictly",
            voice="passive" if passive else "active",
            subject=None if passive else subject_of(verb),
        )


def _among_names(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X and Y are among the names added" where an entity list is spoken of."""
    verb = token.head
    after = words_after(sentence, token, 6)
    adds = any(word.lower_ in {"added", "blacklisted", "listed"} for word in after)
    if verb.lemma_ != "be" or not adds or not sentence.reading.topic.has_list:
        return
    firms = sentence.reading.companies_in(sentence.sent.start, verb.i)
    if firms:
        yield make_candidate(verb, EventKind.ENTITY_LISTED, "list.among", voice="passive")


RULES: dict[str, Rule] = {
    "rule": _ruled_out,
    **dict.fromkeys(("follow", "join"), _followed),
    **dict.fromkeys(sorted(_STRICTLY), _more_strictly),
    "among": _among_names,
}
