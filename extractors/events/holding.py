"""Licenses without a verb of deciding: bare headlines, named holders, renewals, longer waits.

Every function takes a sentence and a token and yields candidates.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.trading import is_government
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_HOLDING = frozenset({"be", "comprise", "include", "number"})
_TIMES = frozenset({"queue", "review", "time", "timeline", "turnaround", "wait"})
_HANDLED = frozenset({"approval", "licence", "license", "licensing", "permit", "processing"})
_BEARERS = frozenset({"beneficiary", "holder", "recipient"})
_RENEWING = {
    **dict.fromkeys(
        ("get", "give", "grant", "obtain", "receive", "secure", "win"), EventKind.LICENSE_RENEWED
    ),
    **dict.fromkeys(("request", "seek"), EventKind.LICENSE_APPLIED),
    **dict.fromkeys(("deny", "refuse", "reject"), EventKind.LICENSE_DENIED),
}


def _bare_party(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "EU exporters denied licenses", "Toyota vendor granted permit": "were" is left out."""
    if token.tag_ not in {"VBD", "VBN"} or is_passive(token):
        return
    refuses = token.lemma_ in {"deny", "refuse"}
    if not refuses and not sentence.is_headline:
        return
    subject = next((child for child in token.children if child.dep_ == "nsubj"), None)
    noun = next((child for child in token.children if child.dep_ == "dobj"), None)
    if subject is None or noun is None or sentence.class_of(noun) != "license":
        return
    if left_group(token) or subject.pos_ == "PRON" or is_government(sentence, subject):
        return
    if is_party(sentence, subject) and noun.left_edge.lower_ not in {"its", "our", "their"}:
        yield make_candidate(
            token,
            EventKind.LICENSE_DENIED if refuses else EventKind.LICENSE_GRANTED,
            "deny.bare" if refuses else "grant.bare",
            noun=noun,
            voice="passive",
            party=subject,
        )


def _bearers(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "holders of general licenses include X", "among the license holders is X"."""
    yield from _recipients(sentence, token)
    near = token.doc[max(token.i - 2, sentence.sent.start) : min(token.i + 6, sentence.sent.end)]
    words = [word for word in near if word.i != token.i]
    if not any(
        word.lemma_.lower() in {"licence", "license", "permit"}
        or sentence.class_of(word) == "license"
        for word in words
    ):
        return
    after = words_after(sentence, token, 10)
    verb = next((word for word in after if word.lemma_ in _HOLDING), None)
    if verb is None or verb.lemma_ == "number":
        return
    firm = next(iter(sentence.reading.companies_in(verb.i + 1, verb.i + 6)), None)
    if firm is not None and not any(word.lower_ in {"not", "n't"} for word in after):
        yield make_candidate(
            verb,
            EventKind.LICENSE_GRANTED,
            "grant.in_hand_named",
            voice="passive",
            party=sentence.reading.doc[firm.end - 1],
        )


def _recipients(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "Hitachi and Continental are the first recipients" in a text about licenses."""
    verb = token.head
    if verb.lemma_ != "be" or token.dep_ != "attr" or not sentence.reading.topic.has_license:
        return
    firms = sentence.reading.companies_in(sentence.sent.start, verb.i)
    words = {word.lower_ for word in token.doc[verb.i : token.i]}
    if firms and words & {"first", "latest", "only", "sole"} and not words & {"not", "n't"}:
        yield make_candidate(
            verb,
            EventKind.LICENSE_GRANTED,
            "grant.in_hand_named",
            voice="passive",
            party=subject_of(verb),
        )


def _longer(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "license processing times have lengthened", "the wait for permits has doubled"."""
    if token.lemma_ == "face":
        yield from _faced(sentence, token)
    if not token.tag_.startswith("VB") or any(c.dep_ == "dobj" for c in token.children):
        return
    subject = subject_of(token)
    if subject is None or subject.lemma_.lower() not in _TIMES:
        return
    words = {word.lemma_.lower() for word in subject.subtree}
    if words & _HANDLED and sentence.reading.topic.has_license:
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.longer", noun=subject, voice="passive"
        )


def _faced(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "new applicants face a longer queue" in a text about licenses."""
    wait = next((child for child in token.children if child.dep_ == "dobj"), None)
    party = subject_of(token)
    if wait is None or wait.lemma_ not in _TIMES or not sentence.reading.topic.has_license:
        return
    is_long = any(word.lower_ in {"long", "longer"} for word in wait.children)
    if is_long and party is not None and is_party(sentence, party):
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.faced", voice="active", party=party
        )


def _renewal(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "a renewal has been sought", "won an extension" where the text speaks of licenses."""
    verb = token.head
    following = token.doc[min(token.i + 1, len(token.doc) - 1)].lower_
    if token.pos_ != "NOUN" or not sentence.reading.topic.has_license or following == "of":
        return
    kind = _RENEWING.get(verb.lemma_.lower())
    passive = token.dep_ == "nsubjpass" and is_passive(verb)
    if kind is None or not (passive or token.dep_ == "dobj"):
        return
    low = max(token.i - 30, 0)
    classes = sentence.reading.noun_class
    licensed = [i for i in range(low, token.i) if classes.get(i) in {"application", "license"}]
    subject = subject_of(verb)
    if not licensed or (not passive and (subject is None or not is_party(sentence, subject))):
        return
    applies = kind is EventKind.LICENSE_APPLIED
    is_here = licensed[-1] >= sentence.sent.start
    yield make_candidate(
        verb,
        kind,
        "apply.renewal" if applies else "renew.noun",
        noun=sentence.reading.doc[licensed[-1]] if is_here else None,
        voice="passive" if passive else "active",
        subject=None if passive else subject,
        role="applicant" if applies else "government",
    )


RULES: dict[str, Rule] = {
    **dict.fromkeys(("award", "deny", "give", "grant", "issue", "refuse"), _bare_party),
    **dict.fromkeys(sorted(_BEARERS), _bearers),
    **dict.fromkeys(("double", "extend", "face", "grow", "lengthen", "stretch"), _longer),
    **dict.fromkeys(("extension", "renewal"), _renewal),
}
