"""Set phrases of policy news: thumbs down, made available, grind to a standstill, may not leave.

Every function takes a sentence and a token and yields candidates for the special forms; each
needs a noun of the event classes near, so that the phrase alone says nothing.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group, verb_above
from extractors.events.outcomes import left_paper, paper_of
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_PAPERS = frozenset({"application", "license"})
_NOT = frozenset({"cannot", "n't", "never", "no", "not", "longer"})
_TIGHTER = frozenset({"harder", "stricter", "tighter", "tougher"})
_LOOSER = frozenset({"easier", "faster", "looser", "milder", "quicker", "simpler"})
_GETTING = frozenset({"get", "obtain", "receive", "secure"})
_LICENSING = frozenset({"approval", "approvals", "issuance", "licensing", "licencing"})


def _thumbs(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "gave the thumbs down to a request", "got the thumbs up for its application"."""
    after = words_after(sentence, token, 12)
    way = after[0].lower_ if after else ""
    noun = sentence.first_of(after, *_PAPERS)
    verb = verb_above(token)
    if noun is not None and way in {"down", "up"}:
        denies = way == "down"
        yield make_candidate(
            verb,
            EventKind.LICENSE_DENIED if denies else EventKind.LICENSE_GRANTED,
            "deny.thumbs" if denies else "grant.thumbs",
            noun=noun,
            voice="active",
            subject=subject_of(verb),
        )


def _failed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "three of the five applications failed", "its request fell through"."""
    if token.tag_ not in {"VBD", "VBN"} or is_passive(token):
        return
    if any(child.dep_ in {"dobj", "xcomp"} for child in token.children):
        return
    if token.lemma_ == "fall" and "through" not in {
        w.lower_ for w in words_after(sentence, token, 1)
    }:
        return
    noun = paper_of(sentence, subject_of(token)) or left_paper(sentence, token)
    if noun is not None and sentence.class_of(noun) == "application":
        yield make_candidate(
            token, EventKind.LICENSE_DENIED, "deny.failed", noun=noun, voice="passive"
        )


def _available(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "licenses were made available to buyers"."""
    verb = token.head
    noun = paper_of(sentence, subject_of(verb))
    if verb.lemma_ == "make" and noun is not None and sentence.class_of(noun) == "license":
        yield make_candidate(
            verb, EventKind.LICENSE_GRANTED, "grant.available", noun=noun, voice="passive"
        )


def _standstill(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "licensing has come to a near standstill", "the issuing ground to a halt"."""
    verb = verb_above(token)
    low = max(token.i - 3, sentence.sent.start)
    if verb.i > token.i or not any(word.lower_ == "to" for word in token.doc[low : token.i]):
        return
    subject = subject_of(verb)
    if subject is None:
        return
    is_licensing = subject.lower_ in _LICENSING or any(
        word.lower_ in _LICENSING for word in subject.lefts
    )
    if is_licensing or paper_of(sentence, subject) is not None:
        yield make_candidate(
            verb, EventKind.LICENSE_DELAYED, "delay.sitting", noun=subject, voice="passive"
        )


def _dragging_on(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the approval process is dragging on", "licensing drags on"."""
    subject = subject_of(token)
    if subject is None or "on" not in {word.lower_ for word in words_after(sentence, token, 1)}:
        return
    words = {subject.lower_, *(word.lower_ for word in subject.lefts)}
    if words & _LICENSING:
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.sitting", noun=subject, voice="passive"
        )


def _turned_to(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "turned to Beijing for permission", "approached the ministry for a permit"."""
    after = words_after(sentence, token, 10)
    words = [word.lower_ for word in after]
    subject = subject_of(token)
    if subject is None or not is_party(sentence, subject) or "for" not in words:
        return
    if token.lemma_ == "turn" and words[:1] != ["to"]:
        return
    noun = sentence.first_of(after, "license")
    if noun is not None and noun.i > after[words.index("for")].i:
        yield make_candidate(
            token,
            EventKind.LICENSE_APPLIED,
            "apply.turn_to",
            noun=noun,
            voice="active",
            subject=subject,
            role="applicant",
        )


def _came_in(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "900 requests have reached the ministry", "applications are pouring in"."""
    noun = paper_of(sentence, subject_of(token))
    if noun is None or sentence.class_of(noun) != "application" or is_passive(token):
        return
    after = words_after(sentence, token, 4)
    officials = sentence.reading.actors_in(token.i + 1, min(token.i + 5, sentence.sent.end))
    is_office = officials or any(word.lemma_.lower() in _OFFICES for word in after)
    comes = any(word.lower_ == "in" for word in after[:1])
    if (token.lemma_ == "reach" and is_office) or (token.lemma_ != "reach" and comes):
        yield make_candidate(
            token, EventKind.LICENSE_APPLIED, "apply.came_in", noun=noun, voice="passive"
        )


def _not_for(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the licenses do not apply to arms makers"."""
    group = {word.lower_ for word in left_group(token)} | {
        child.lower_ for child in token.children if child.dep_ == "neg"
    }
    subject = subject_of(token)
    if not group & _NOT or subject is None or sentence.class_of(subject) != "license":
        return
    to = [child for child in token.children if child.lower_ == "to"][:1]
    party = next((c for word in to for c in word.children if c.dep_ == "pobj"), None)
    if party is not None and is_party(sentence, party):
        yield make_candidate(
            token, EventKind.LICENSE_EXCLUDED, "exclude.missing", voice="passive", party=party
        )


def _dependent(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "made exports dependent on a license", "conditional on approval"."""
    after = words_after(sentence, token, 5)
    before = reversed(token.doc[max(token.i - 12, sentence.sent.start) : token.i])
    verb = next((word for word in before if word.lemma_ in {"become", "make"}), None)
    if verb is None or not after or after[0].lower_ not in {"on", "upon"}:
        return
    noun = sentence.first_of(after, "control", "license")
    if noun is not None:
        yield make_candidate(
            verb,
            EventKind.CONTROL_IMPOSED,
            "control.under",
            noun=noun,
            voice="passive" if is_passive(verb) else "active",
            subject=subject_of(verb),
        )


def _made_tighter(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "drew its export rules tighter", "made it easier to obtain licenses"."""
    low = max(token.i - 9, sentence.sent.start)
    before = token.doc[low : token.i]
    verb = next((word for word in before if word.lemma_ in {"draw", "make"}), None)
    if verb is None:
        return
    noun = next(
        (w for w in before if sentence.class_of(w) in {"ban", "control"} and w.i > verb.i), None
    )
    after = words_after(sentence, token, 10)
    eases = token.lower_ in _LOOSER
    if noun is None and eases and any(word.lemma_ in _GETTING for word in after):
        noun = sentence.first_of(after, "license")
    if noun is not None:
        yield make_candidate(
            verb,
            EventKind.CONTROL_EASED if eases else EventKind.CONTROL_EXPANDED,
            "control.looser" if eases else "control.tighter",
            noun=noun,
            voice="active",
            subject=subject_of(verb),
        )


def _may_not_leave(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "raw ore may not leave Malaysia", "shall not leave the customs territory"."""
    subject = subject_of(token)
    group = {word.lower_ for word in left_group(token)}
    if subject is None or not (group & _NOT and group & {"can", "may", "must", "shall"}):
        return
    goods = sentence.reading.materials_in(subject.left_edge.i, token.i)
    after = words_after(sentence, token, 4)
    where = sentence.reading.places_in(token.i + 1, min(token.i + 4, sentence.sent.end))
    if (goods or sentence.class_of(subject) == "exports") and (
        where or any(word.lemma_.lower() in {"country", "territory"} for word in after)
    ):
        yield make_candidate(token, EventKind.BAN_IMPOSED, "ban.may_not", voice="passive")


def _permitted_again(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "exports to the United States are permitted again"."""
    after = {word.lower_ for word in words_after(sentence, token, 2)}
    before = {word.lower_ for word in left_group(token)}
    subject = subject_of(token)
    if "again" not in after | before or subject is None or not is_passive(token):
        return
    if sentence.class_of(subject) == "exports":
        yield make_candidate(
            token, EventKind.BAN_LIFTED, "ban.let_flow", noun=subject, voice="passive"
        )


def _not_subject(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "relief goods are not subject to the rules"."""
    after = words_after(sentence, token, 7)
    verb = token.head
    between = {word.lower_ for word in token.doc[verb.i : token.i]}
    if verb.lemma_ != "be" or not between & {"no", "not", "n't"} or not after:
        return
    wanted = {"ban", "control", "license"}
    noun = sentence.first_of(after, *wanted)
    if after[0].lower_ == "to" and noun is not None:
        yield make_candidate(
            verb,
            EventKind.EXEMPTION_GRANTED,
            "exempt.not_subject",
            noun=noun,
            voice="passive",
            party=subject_of(verb),
        )


def _said_no(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "said no to the requests", "gave its yes to the application"."""
    verb = token.head
    after = words_after(sentence, token, 8)
    if verb.lemma_ not in {"give", "say"} or not after or after[0].lower_ != "to":
        return
    noun = sentence.first_of(after, *_PAPERS)
    if noun is not None:
        says_no = token.lower_ == "no"
        yield make_candidate(
            verb,
            EventKind.LICENSE_DENIED if says_no else EventKind.LICENSE_GRANTED,
            "deny.said_no" if says_no else "grant.said_yes",
            noun=noun,
            voice="active",
            subject=subject_of(verb),
        )


_OFFICES = frozenset({"authority", "bureau", "department", "ministry", "office", "regulator"})
RULES: dict[str, Rule] = {
    **dict.fromkeys(("thumbs", "thumb"), _thumbs),
    **dict.fromkeys(("fail", "fall"), _failed),
    "available": _available,
    **dict.fromkeys(("crawl", "halt", "standstill"), _standstill),
    "drag": _dragging_on,
    **dict.fromkeys(("approach", "turn"), _turned_to),
    **dict.fromkeys(("flood", "pour", "reach", "stream"), _came_in),
    **dict.fromkeys(("apply", "extend"), _not_for),
    **dict.fromkeys(("conditional", "contingent", "dependent"), _dependent),
    **dict.fromkeys(sorted(_TIGHTER | _LOOSER), _made_tighter),
    "leave": _may_not_leave,
    **dict.fromkeys(("allow", "permit"), _permitted_again),
    "subject": _not_subject,
    **dict.fromkeys(("no", "yes"), _said_no),
}
