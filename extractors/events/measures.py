"""Measures told without a verb of imposing: in force since, exempt, cut off, told to stop.

Every function takes a sentence and a token and yields candidates for `extractors.events.find`.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, is_party, subject_of
from models.vocabulary import DateKind, EventKind

_STANDING = frozenset({"effect", "force", "place"})
_STRICTER = frozenset(
    {"closer", "heavier", "stricter", "stiffer", "tighter", "tougher", "stringent"}
)
_CHECKS = frozenset({"check", "examination", "inspection", "review", "scrutiny", "vetting"})
_TALK = frozenset(
    {"claim", "fear", "report", "rumor", "rumour", "speculation", "suggestion", "talk"}
)
_DENYING = frozenset({"deny", "dismiss", "rebut", "refute", "reject"})
_WEIGHING = frozenset({"consider", "mull", "plan", "threaten", "weigh"})
_FACING = _WEIGHING | frozenset(
    {
        "announce",
        "apply",
        "face",
        "order",
        "introduce",
        "impose",
        "put",
        "receive",
        "subject",
        "undergo",
    }
)
_ORDERS = frozenset({"direct", "instruct", "oblige", "order", "tell"})
_ASKS = frozenset({"ask", "press", "request", "urge"})
_STOPS = frozenset({"cease", "end", "freeze", "halt", "pause", "stop", "suspend"})
_SENT = frozenset(
    {"deliveries", "delivering", "exporting", "sales", "selling", "sending", "shipping"}
    | {"supplying"}
)
_COMPULSORY = frozenset({"compulsory", "mandatory", "necessary", "obligatory"})


def find_measure(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Yield the measures that a word of the sentence tells."""
    if token.lower_ in _STANDING:
        yield from _in_force(sentence, token)
    if token.lower_ == "exempt" and not token.tag_.startswith("VB"):
        yield from _exempt(sentence, token)
    if token.lemma_ in {"cease", "halt", "stop"}:
        yield from _ceased(sentence, token)
    if token.lemma_.lower() in _CHECKS:
        yield from _checks(sentence, token)
    if token.lemma_ in _STOPS and token.tag_ == "VB":
        yield from _told(sentence, token)
    if token.lower_ in _COMPULSORY:
        yield from _compulsory(sentence, token)
    if token.lower_ == "back":
        yield from _back_in_force(sentence, token)
    if sentence.class_of(token) == "ban":
        yield from _no_ban(token)


def _in_force(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "a ban, in place since May,", "has been in force since", "in effect from"."""
    doc = sentence.reading.doc
    if doc[token.i - 1].lower_ != "in" or token.i + 1 >= sentence.sent.end:
        return
    since = doc[token.i + 1]
    if since.lower_ not in {"as", "from", "since"} and not _dated(sentence, token.i + 1, 1):
        return
    if not _dated(sentence, token.i + 1, 4):
        return
    for index in range(token.i - 2, max(token.i - 22, sentence.sent.start) - 1, -1):
        name = sentence.class_of(doc[index])
        if name not in {"ban", "control"}:
            continue
        if not sentence.clauses.same_segment(doc[index], token):
            return
        kind = EventKind.BAN_IMPOSED if name == "ban" else EventKind.CONTROL_IMPOSED
        yield make_candidate(token, kind, f"{name}.standing.in_force", noun=doc[index])
        return


def _dated(sentence: SentenceReading, start: int, reach: int) -> bool:
    return any(
        item.fact.kind is DateKind.DATE
        for item in sentence.reading.dates_in(start, min(start + reach, sentence.sent.end))
    )


def _exempt(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "relief goods are exempt from this requirement", "X is exempt"."""
    verb = token.head
    if verb.lemma_ not in {"be", "become", "remain", "stay"} or not sentence.reading.topic.is_ours:
        return
    after = {word.lower_ for word in token.doc[token.i + 1 : token.i + 7]}
    if after & {"tariff", "tariffs", "duty", "duties", "tax", "taxes", "fee", "levy"}:
        return
    topic = sentence.reading.topic
    if topic.control_from is None and not topic.has_license and not _has_ban(sentence):
        return
    yield make_candidate(
        verb,
        EventKind.EXEMPTION_GRANTED,
        "exempt.state",
        voice="passive",
        party=subject_of(verb),
    )


def _has_ban(sentence: SentenceReading) -> bool:
    return "ban" in sentence.reading.noun_class.values()


def _ceased(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "shipments to Japan stopped for two months": a halt without a named order."""
    if token.tag_ not in {"VBD", "VBN"} or (token.tag_ == "VBD" and is_passive(token)):
        return
    if token.tag_ == "VBN" and (left_group(token) or token.head.lemma_ not in {"cargo", "sale"}):
        return
    if any(child.dep_ in {"dobj", "xcomp", "ccomp"} for child in token.children):
        return
    subject = subject_of(token)
    if subject is None or sentence.class_of(subject) != "exports":
        return
    words = {word.lower_ for word in sentence.sent}
    if not words & {"to", "china", "chinese", "beijing"}:
        return
    yield make_candidate(token, EventKind.BAN_IMPOSED, "ban.ceased", noun=subject, voice="passive")


def _checks(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "will undergo stricter checks": a control made tighter."""
    before = {word.lower_ for word in token.doc[max(token.i - 5, token.sent.start) : token.i]}
    if not before & _STRICTER or not sentence.reading.topic.is_ours:
        return
    words = {word.lower_ for word in sentence.sent}
    if not words & {"export", "exports", "shipments", "shipment"} and not (
        sentence.reading.materials_in(sentence.sent.start, sentence.sent.end)
        and sentence.reading.topic.has_export
    ):
        return
    for index in range(token.i - 1, max(token.i - 9, sentence.sent.start) - 1, -1):
        verb = token.doc[index]
        if verb.lemma_.lower() in _FACING and verb.tag_.startswith("VB"):
            yield make_candidate(
                verb,
                EventKind.CONTROL_EXPANDED,
                "propose.checks" if verb.lemma_.lower() in _WEIGHING else "control.checks",
                noun=token,
                voice="active",
                subject=subject_of(verb),
            )
            return


def _told(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "Hanoi has told the miner to suspend its deliveries to Japan"."""
    above = token.head
    lemma = above.lemma_.lower()
    if token.dep_ not in {"xcomp", "ccomp", "advcl"} or lemma not in _ORDERS | _ASKS:
        return
    told = next((c for c in above.children if c.dep_ in {"dobj", "nsubj"} and c.i > above.i), None)
    told = told or next((c for c in token.children if c.dep_ == "nsubj"), None)
    passive = is_passive(above)
    told = told or (subject_of(above) if passive else None)
    if told is None or not is_party(sentence, told) or told.i in sentence.reading.actor_at:
        return
    for index in range(token.i + 1, min(token.i + 13, sentence.sent.end)):
        word = token.doc[index]
        is_goods = sentence.class_of(word) == "exports" or word.lower_ in _SENT
        if is_goods:
            yield make_candidate(
                above if lemma in _ORDERS else token,
                EventKind.BAN_IMPOSED,
                "ban.told",
                noun=word,
                voice="active",
                subject=agent_of(above) if passive else subject_of(above),
            )
            return


def _compulsory(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "made licenses compulsory", "permits became mandatory"."""
    for index in range(token.i - 1, max(token.i - 9, sentence.sent.start) - 1, -1):
        verb = token.doc[index]
        if verb.lemma_ not in {"become", "make"} or not verb.tag_.startswith("VB"):
            continue
        for word in token.doc[max(verb.i - 8, sentence.sent.start) : token.i]:
            if sentence.class_of(word) in {"license", "control"} and "no" not in {
                item.lower_ for item in left_group(verb)
            }:
                yield make_candidate(
                    verb,
                    EventKind.LICENSE_REGIME_CHANGED,
                    "regime.compulsory",
                    noun=word,
                    voice="active",
                    subject=subject_of(verb),
                )
                return
        return


def _back_in_force(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the listings will come back into force"."""
    after = [word.lower_ for word in token.doc[token.i + 1 : min(token.i + 3, sentence.sent.end)]]
    verb = token.doc[token.i - 1]
    if after not in (["into", "force"], ["into", "effect"], ["in", "force"]):
        return
    subject = subject_of(verb)
    if subject is not None and sentence.class_of(subject) in {"ban", "control", "list"}:
        yield make_candidate(
            verb, EventKind.CONTROL_REINSTATED, "control.back", noun=subject, voice="passive"
        )


def _no_ban(token: Token) -> Iterator[Candidate]:
    """Match "this is not a ban", "the country has no export ban": said not to exist."""
    verb = token.head.head if token.dep_ == "pobj" else token.head
    if token.dep_ == "dobj" and verb.lemma_ == "deny":
        # "denied an embargo"
        yield make_candidate(token, EventKind.BAN_IMPOSED, "ban.not_one", noun=token)
        return
    if token.dep_ == "pobj" and verb.lemma_ in _TALK and verb.head.lemma_ in _DENYING:
        # "dismissed talk of an embargo"
        yield make_candidate(token, EventKind.BAN_IMPOSED, "ban.talk_denied", noun=token)
        return
    wanted = {"amount"} if token.dep_ == "pobj" else {"be", "have"}
    if token.dep_ not in {"attr", "dobj", "pobj"} or verb.lemma_ not in wanted:
        return
    words = {w.lower_ for w in token.doc[max(token.i - 8, token.sent.start) : token.i]}
    if verb.lemma_ == "have" and "no" not in words:
        return
    denied = verb.dep_ == "ccomp" and verb.head.lemma_ == "deny"
    if denied or words & {"no", "not", "n't", "never"}:
        yield make_candidate(
            token, EventKind.BAN_IMPOSED, "ban.not_one", noun=token, subject=subject_of(verb)
        )
