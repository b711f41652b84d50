"""Events that no single verb frame gives: nominal forms, duties, lists, exemptions, delays.

Every function takes a sentence and yields candidates for `extractors.events.find`.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events import (
    elliptic,
    holding,
    idioms,
    openings,
    outcomes,
    sequels,
    standing,
    terse,
    trading,
)
from extractors.events.actors import is_official_noun
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.duties import find_condition, find_duty
from extractors.events.filings import find_filing
from extractors.events.listings import find_exemption, find_listed, find_listing
from extractors.events.measures import find_measure
from extractors.events.nominals import find_absent_license, find_counted, find_nominal
from extractors.events.numbered import find_numbered
from extractors.events.outcomes import leftover, paper_of
from extractors.events.phrases import find_phrase
from extractors.events.quotas import find_instead, find_quota
from extractors.events.reading import SentenceReading
from extractors.events.regimes import (
    find_entry,
    find_placing,
    find_regime,
    find_requirement,
)
from extractors.events.subjects import is_party, of_what, subject_of
from extractors.events.verbs import is_verbal, particle_of
from extractors.events.word_rules import find_by_word, words_of
from models.vocabulary import EventKind

# Before set phrases, for these know the parties too.
_FIRST = (elliptic.RULES,)
_TABLES = (
    outcomes.RULES,
    standing.RULES,
    idioms.RULES,
    terse.RULES,
    trading.RULES,
    holding.RULES,
    openings.RULES,
    sequels.RULES,
)
_SET_WORDS = words_of(_TABLES)
_PENDING = frozenset(
    {"backlogged", "deadlocked", "held", "jammed", "outstanding", "pending", "stranded", "stuck"}
    | {"unanswered", "undecided", "unprocessed", "unresolved", "overdue"}
)
_SHIPPING = frozenset(
    {"deliver", "export", "import", "re-export", "reexport", "resume", "sell", "send", "ship"}
    | {"supply"}
)
_LETTING = frozenset({"allow", "authorise", "authorize", "clear", "let", "license", "permit"})
_LONG = frozenset({"long", "longer", "months", "weeks", "ages", "forever"})


def find_special_candidates(sentence: SentenceReading) -> Iterator[Candidate]:
    """Yield the candidates of every special form in the sentence."""
    for token in sentence.sent:
        if token.lower_ in _PENDING:
            yield from _pending(sentence, token)
        if token.pos_ in {"NOUN", "PROPN"} or token.tag_ == "VBG":
            yield from find_nominal(sentence, token)
            yield from find_absent_license(sentence, token)
            yield from find_counted(sentence, token)
        yield from find_measure(sentence, token)
        yield from find_listed(sentence, token)
        yield from find_filing(sentence, token)
        yield from find_by_word(_FIRST, sentence, token)
        yield from find_phrase(sentence, token)
        if token.lemma_.lower() in _SET_WORDS or token.lower_ in _SET_WORDS:
            yield from find_by_word(_TABLES, sentence, token)
        yield from find_numbered(sentence, token)
        if is_verbal(token):
            yield from find_quota(sentence, token)
            yield from find_instead(sentence, token)
            yield from _filing(sentence, token)
            yield from find_requirement(sentence, token)
            yield from find_duty(sentence, token)
            yield from find_condition(sentence, token)
            yield from find_regime(sentence, token)
            yield from find_listing(sentence, token)
            yield from find_exemption(sentence, token)
            yield from _taking_long(sentence, token)
            yield from _allowed(sentence, token)
            yield from find_placing(sentence, token)
            yield from find_entry(sentence, token)


def _filing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X filed in November" where the text speaks of licenses."""
    if token.lemma_ != "file" or not sentence.reading.topic.has_license or is_passive(token):
        return
    if any(child.dep_ in {"dobj", "prt"} for child in token.children):
        return
    after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    subject = subject_of(token)
    if subject is None or not is_party(sentence, subject) or token.tag_ not in {"VBD", "VBN"}:
        return
    if after is not None and after.lower_ not in {"against", "for", "suit", "a", "to", "with"}:
        yield make_candidate(
            token,
            EventKind.LICENSE_APPLIED,
            "apply.filed",
            voice="active",
            subject=subject,
            role="applicant",
        )


def _taking_long(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "licenses were taking months", "securing a permit took so long"."""
    if token.lemma_ != "take" or not {"", "up"} & particle_of(token):
        return
    if token.tag_ not in {"VBD", "VBG", "VBN"}:
        return
    after = {word.lower_ for word in token.doc[token.i + 1 : min(token.i + 5, sentence.sent.end)]}
    if not after & _LONG:
        return
    for index in range(token.i - 1, max(token.i - 10, sentence.sent.start - 1), -1):
        word = token.doc[index]
        if sentence.class_of(word) in {"license", "application"}:
            yield make_candidate(token, EventKind.LICENSE_DELAYED, "delay.long", noun=word)
            return


def _pending(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "most applications are still pending", "license requests remain unanswered"."""
    verb = token.head
    is_linked = verb.lemma_ in {"be", "get", "lie", "remain", "sit", "stay"} and verb.i < token.i
    if not is_linked:
        verb = token
    if verb.i == token.i and not token.tag_.startswith("VB"):
        return
    subject = subject_of(verb)
    if subject is None:
        return
    noun = (
        subject if sentence.class_of(subject) else of_what(subject) or paper_of(sentence, subject)
    )
    noun = noun or leftover(sentence, subject)
    if noun is not None and sentence.class_of(noun) in {"application", "license"}:
        yield make_candidate(
            verb, EventKind.LICENSE_DELAYED, "delay.pending", noun=noun, voice="passive"
        )


def _allowed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "X was allowed to ship", "X is now able to export" in a text about licenses."""
    if token.lemma_ not in _SHIPPING or token.tag_ != "VB":
        return
    topic = sentence.reading.topic
    if token.dep_ not in {"advcl", "ccomp", "xcomp"} or not (topic.has_license or topic.is_ours):
        return
    above = token.head
    if token.lemma_ == "resume" and not _resumes_trade(sentence, token):
        return
    is_let = above.lemma_ in _LETTING
    if is_let and not is_passive(above):
        yield from _let(sentence, token)
        return
    subject = subject_of(token)
    if subject is None or not is_party(sentence, subject):
        return
    before = {word.lower_ for word in token.doc[max(above.i - 7, token.sent.start) : above.i]}
    is_able = above.lower_ in {"able", "free"} and bool(before & {"now", "said", "reported"})
    is_able = is_able and topic.has_license
    if is_let or is_able:
        yield make_candidate(
            above,
            EventKind.LICENSE_GRANTED,
            "grant.allowed",
            voice="passive",
            party=subject,
        )


def _resumes_trade(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether shipments, not production, are taken up again."""
    after = token.doc[token.i + 1 : min(token.i + 6, sentence.sent.end)]
    return any(sentence.class_of(word) == "exports" for word in after)


def _let(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the ministry has cleared its unit to ship": a government lets a party export."""
    above = token.head
    giver = subject_of(above)
    if giver is None or (is_party(sentence, giver) and giver.lower_ not in {"it", "they"}):
        return
    is_official = giver.i in sentence.reading.actor_at or is_official_noun(giver)
    # "it had licensed a trader to ship": what else could license?
    if not is_official and above.lemma_ not in {"authorise", "authorize", "license"}:
        return
    objects = (*token.children, *above.children)
    party = next(
        (c for c in objects if c.dep_ in {"dobj", "nsubj"} and above.i < c.i < token.i), None
    )
    if party is not None and is_party(sentence, party):
        yield make_candidate(
            above,
            EventKind.LICENSE_GRANTED,
            "grant.allowed",
            voice="passive",
            party=party,
            subject=giver,
        )
