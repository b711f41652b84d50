"""Ways opened to exporters: requests handled faster, firms named that may export, pauses told.

Every function takes a sentence and a token and yields candidates.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.lexicon import party_nouns
from extractors.events.nouns import modifiers
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, is_party, subject_of
from extractors.events.trading import is_government
from extractors.events.verbs import is_verbal
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_HANDLING = frozenset({"approval", "clearance", "licensing", "permitting", "vetting"})
_OTHER = frozenset({"arms", "defence", "defense", "investment", "mining", "visa"})
_SHIPPING = frozenset({"deliver", "export", "sell", "send", "ship", "supply"})
_NAMING = frozenset(
    {"announce", "approve", "choose", "confirm", "designate", "disclose", "identify", "list"}
    | {"name", "pick", "publish", "release", "select"}
)
_RENEWING = frozenset({"extend", "renew", "update"})
_AGREED = frozenset(
    {"agree", "announce", "arrange", "declare", "grant", "negotiate", "order", "promise"}
)
_LASTING = frozenset({"apply", "begin", "cover", "last", "run", "start", "take"})


def _faster(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "agreed to speed up approvals", "applications are being fast-tracked"."""
    if not is_verbal(token) and not token.tag_.startswith("VB"):
        return
    if token.lemma_.lower() in {"track", "tracked"} and not _is_fast_track(token):
        return
    passive = is_passive(token)
    near = (
        list(sentence.walk(token, step=-1, most=9)) if passive else words_after(sentence, token, 7)
    )
    noun = sentence.first_of(near, "application", "license")
    if noun is None and sentence.reading.topic.has_license:
        noun = next((word for word in near if word.lemma_.lower() in _HANDLING), None)
    subject = agent_of(token) if passive else subject_of(token)
    if noun is None or (subject is not None and _is_firm(sentence, subject)):
        return
    if {word.lower_ for word in modifiers(noun)} & _OTHER:
        return
    firms = sentence.reading.companies_in(noun.i + 1, min(noun.i + 5, sentence.sent.end))
    is_for = bool(firms) and token.doc[firms[0].start - 1].lower_ == "for"
    yield make_candidate(
        token,
        # A wish for one firm's papers is for its license, not for another procedure.
        EventKind.LICENSE_GRANTED if is_for else EventKind.LICENSE_REGIME_CHANGED,
        "grant.faster" if is_for else "regime.faster",
        noun=noun,
        voice="passive" if passive else "active",
        subject=subject,
    )


def _is_fast_track(token: Token) -> bool:
    return token.i > 1 and token.nbor(-1).text == "-" and token.nbor(-2).lower_ == "fast"


def _is_firm(sentence: SentenceReading, subject: Token) -> bool:
    words = party_nouns()
    lemma = subject.lemma_.lower()
    return subject.i in sentence.reading.company_at or lemma in words.holders | words.customers


def _named_to_ship(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "named 15 companies entitled to export tungsten", "a list of firms cleared to sell"."""
    after = words_after(sentence, token, 2)
    firms = token.head
    if len(after) < 2 or after[0].lower_ != "to" or after[1].lemma_ not in _SHIPPING:
        return
    if token.dep_ not in {"acl", "amod", "relcl"} or not is_party(sentence, firms):
        return
    verb = firms.head
    for _ in range(3):
        if verb.pos_ == "VERB" or verb.head == verb:
            break
        verb = verb.head
    lemma = verb.lemma_.lower()
    kind = EventKind.LICENSE_RENEWED if lemma in _RENEWING else EventKind.LICENSE_GRANTED
    if lemma in _NAMING | _RENEWING:
        passive = is_passive(verb)
        yield make_candidate(
            verb,
            kind,
            "grant.named",
            voice="passive",
            party=firms,
            subject=agent_of(verb) if passive else subject_of(verb),
        )


def _let_ship(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "authorized X to send slag to Y", "licensed a trader to re-export terbium".

    By the words, for the parser stumbles over "re-export" and "to ship sintered magnets".
    """
    if not token.tag_.startswith("VB") or is_passive(token):
        return
    after = [word for word in words_after(sentence, token, 14) if word.text != "-"]
    to = next((i for i, word in enumerate(after) if word.lower_ == "to"), len(after))
    words = [word.lower_ for word in after[to + 1 : to + 3]]
    ships = (words[:1] != ["re"] and words[:1]) or words[1:]
    if not ships or ships[0] not in _SHIPPING | {"reexport"} or not 0 < to < 11:
        return
    party = next((w for w in reversed(after[:to]) if is_party(sentence, w)), None)
    giver = subject_of(token)
    is_office = is_government(sentence, giver) or (giver is not None and giver.lower_ == "it")
    is_office = is_office or (giver is None and token.tag_ == "VBN")
    if party is None or not is_office or party.lower_ in {"it", "they"}:
        return
    if {word.lower_ for word in after[:to]} & {"that", "which", "who"}:
        return
    yield make_candidate(
        token,
        EventKind.LICENSE_GRANTED,
        "grant.allowed",
        voice="passive",
        party=party,
        subject=giver,
    )


def _pause(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the pause agreed in May", "the suspension runs until November", "extend the truce"."""
    topic = sentence.reading.topic
    if token.pos_ != "NOUN" or sentence.class_of(token) is not None or topic.control_from is None:
        return
    following = token.doc[min(token.i + 1, len(token.doc) - 1)].lower_
    if following in {"in", "of", "on", "to"} or token.left_edge.lower_ not in _POINTING:
        return
    verb = token.head
    passive = token.dep_ == "nsubjpass"
    if verb.lemma_ in {"extend", "lengthen", "prolong"} and (passive or token.dep_ == "dobj"):
        trigger, rule = verb, "suspend.prolonged"
    elif _is_told(sentence, token):
        trigger, rule = token, "suspend.noun"
    else:
        return
    yield make_candidate(
        trigger,
        EventKind.CONTROL_SUSPENDED,
        rule,
        noun=token,
        voice="passive" if passive else "active" if trigger is verb else "nominal",
        subject=None if passive or trigger is token else subject_of(verb),
    )


def _is_told(sentence: SentenceReading, pause: Token) -> bool:
    """Tell whether a pause was agreed, or runs for a stated time."""
    if any(child.dep_ == "acl" and child.lemma_ in _AGREED for child in pause.children):
        return True
    verb = pause.head
    return pause.dep_ == "nsubj" and verb.lemma_ in _LASTING and _has_date(sentence, verb)


def _has_date(sentence: SentenceReading, verb: Token) -> bool:
    return bool(sentence.reading.dates_in(verb.i + 1, min(verb.i + 8, sentence.sent.end)))


_POINTING = frozenset({"a", "its", "that", "the", "their", "this"})
RULES: dict[str, Rule] = {
    **dict.fromkeys(("accelerate", "expedite", "facilitate", "hasten", "quicken"), _faster),
    **dict.fromkeys(("simplify", "smooth", "speed", "streamline", "track"), _faster),
    **dict.fromkeys(("allowed", "authorised", "authorized", "cleared"), _named_to_ship),
    **dict.fromkeys(("approved", "eligible", "entitled", "licensed", "permitted"), _named_to_ship),
    **dict.fromkeys(("authorise", "authorize", "clear", "license", "permit"), _let_ship),
    **dict.fromkeys(("freeze", "hiatus", "moratorium", "pause", "reprieve"), _pause),
    "suspension": _pause,
}
