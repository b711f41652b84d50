"""Applications and waits told without the word license: "filed again", "keep waiting".

Only in texts that speak of licenses; every form has a party as subject.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group, verb_above
from extractors.events.lexicon import party_nouns
from extractors.events.outcomes import left_paper, paper_of
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from models.vocabulary import EventKind

_AGAIN = ("again", "a second time", "a third time", "once more", "anew", "afresh")
_REVIEWS = frozenset({"approval", "examination", "handling", "processing", "review", "vetting"})
_STOPPING = frozenset({"cease", "freeze", "halt", "pause", "slow", "stall", "stop", "suspend"})
_MEANING = frozenset({"bother", "choose", "decide", "intend", "mean", "plan", "prepare", "refuse"})
_ANSWERS = frozenset({"answer", "reply", "response"})
_APPROVED = frozenset({"approved", "authorised", "authorized", "cleared", "licensed"})


def find_filing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Yield what a word of the sentence tells about applications."""
    if not sentence.reading.topic.has_license:
        return
    lemma = token.lemma_.lower()
    if lemma == "apply" and (token.tag_ in {"VBD", "VBN"} or _is_meant(token)):
        yield from _applied(sentence, token)
        return
    rule = _RULES.get(lemma) or _RULES.get(token.lower_)
    if rule is not None:
        yield from rule(sentence, token)


def _party(
    token: Token, kind: EventKind, rule: str, party: Token, *, role: str = "government"
) -> Candidate:
    return make_candidate(
        token,
        kind,
        rule,
        voice="active",
        party=party,
        subject=party if role == "applicant" else None,
        role=role,
    )


def _applied(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "applied a second time on May 3", "has never applied"."""
    subject = subject_of(token)
    if subject is None or is_passive(token) or not is_party(sentence, subject):
        return
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    after = token.doc[token.i + 1 : min(token.i + 6, sentence.sent.end)].text.lower()
    if following is None or following.lower_ in {"for", "to"}:
        return
    never = {word.lower_ for word in left_group(token)} & {"never", "not"}
    dated = sentence.reading.dates_in(token.i + 1, token.i + 7)
    if never or dated or after.startswith(_AGAIN) or _is_meant(token):
        yield _party(token, EventKind.LICENSE_APPLIED, "apply.bare", subject, role="applicant")


def _is_meant(token: Token) -> bool:
    """Match "plans to apply in May", "does not even bother to apply"."""
    return token.tag_ == "VB" and token.dep_ == "xcomp" and token.head.lemma_ in _MEANING


def _waiting(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "others keep waiting", "a third applicant is still waiting"."""
    after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if token.tag_ != "VBG" or (after is not None and after.lower_ == "for"):
        return
    subject = subject_of(token)
    words = {word.lower_ for word in token.doc[max(token.i - 3, 0) : token.i]}
    is_waiting = bool(words & {"keep", "kept", "still", "are", "is", "left"})
    if subject is not None and is_waiting and is_party(sentence, subject):
        yield _party(token, EventKind.LICENSE_DELAYED, "delay.waiting", subject)


def _through(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "a quarter of the requests got through"."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if following is None or following.lower_ != "through":
        return
    noun = paper_of(sentence, subject_of(token)) or left_paper(sentence, token)
    if noun is not None:
        yield make_candidate(
            token, EventKind.LICENSE_GRANTED, "grant.through", noun=noun, voice="passive"
        )


def _stopped(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "halted its reviews of applications", "stopped receiving answers on requests"."""
    low = token.i - 12 if is_passive(token) else token.i + 1
    high = token.i if is_passive(token) else token.i + 6
    doc = token.doc
    for index in range(max(low, sentence.sent.start), min(high, sentence.sent.end)):
        word = doc[index]
        if word.lemma_.lower() not in _REVIEWS | _ANSWERS or word.pos_ != "NOUN":
            continue
        for noun in doc[index + 1 : min(index + 7, sentence.sent.end)]:
            if sentence.class_of(noun) in {"application", "license"}:
                yield make_candidate(
                    token, EventKind.LICENSE_DELAYED, "delay.halted", noun=noun, voice="active"
                )
                return
        if sentence.class_of(doc[index - 1]) or doc[index - 1].lower_ in {"license", "permit"}:
            yield make_candidate(token, EventKind.LICENSE_DELAYED, "delay.halted", voice="active")
        return


def _left_out(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "was not included this time", "missed out", "came away empty-handed"."""
    doc = token.doc
    if token.lower_ == "out" and token.head.lemma_ not in {"miss", "lose"}:
        return
    if token.lower_ == "empty" and (token.i + 2 >= len(doc) or doc[token.i + 2].lower_ != "handed"):
        return
    verb = token if token.lemma_ == "include" else token.head
    if verb.lemma_ == "include":
        negated = {word.lower_ for word in left_group(verb)} & {"not", "n't", "never"}
        if not negated or not is_passive(verb):
            return
    verb = verb_above(verb)
    subject = subject_of(verb)
    if subject is not None and is_party(sentence, subject):
        yield _party(verb, EventKind.LICENSE_EXCLUDED, "exclude.missing", subject)


def _among(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "its suppliers were among those approved", "X was not among the recipients"."""
    verb = token.head
    if verb.lemma_ != "be":
        return
    subject = subject_of(verb)
    if subject is None or not is_party(sentence, subject):
        return
    after = [word.lower_ for word in token.doc[token.i + 1 : min(token.i + 7, sentence.sent.end)]]
    is_list = bool({"recipients", "licensees", "holders"} & set(after[:4])) or _receives(
        sentence, token
    )
    if not is_list and not _APPROVED & set(after):
        return
    negated = {w.lower_ for w in sentence.sent if verb.i < w.i < token.i} & {"not", "n't"}
    kind = EventKind.LICENSE_EXCLUDED if negated else EventKind.LICENSE_GRANTED
    yield _party(verb, kind, "grant.among" if not negated else "exclude.missing", subject)


def _receives(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether those among whom a firm is get licenses: "among the firms to receive"."""
    after = token.doc[token.i + 1 : min(token.i + 12, sentence.sent.end)]
    gets = any(word.lemma_ in {"get", "obtain", "receive", "win"} for word in after)
    return gets and any(sentence.class_of(word) == "license" for word in after)


def _under_review(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the rest are still under review"."""
    following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    verb = token.head
    if following is None or following.lower_ not in _REVIEWS or verb.lemma_ not in {"be", "remain"}:
        return
    subject = subject_of(verb)
    if subject is None:
        return
    named = sentence.class_of(subject) in {"application", "license"}
    counted = subject.lower_ in {"rest", "others", "remainder", "most", "some"}
    earlier = any(
        sentence.reading.noun_class.get(index) == "application"
        for index in range(max(subject.i - 40, 0), subject.i)
    )
    if named or (counted and earlier):
        yield make_candidate(
            verb, EventKind.LICENSE_DELAYED, "delay.pending", noun=subject, voice="passive"
        )


def _purchases(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "cleared magnet purchases by three carmakers": licensed for the buyers."""
    goods = next((child for child in token.children if child.dep_ == "dobj"), None)
    if goods is None or goods.lemma_ not in {"delivery", "import", "order", "purchase"}:
        return
    by = token.doc[min(goods.i + 1, len(token.doc) - 1)]
    if by.lower_ not in {"by", "for"}:
        return
    buyer = next((word for word in by.children if word.dep_ == "pobj"), None)
    if buyer is not None and is_party(sentence, buyer):
        yield make_candidate(
            token,
            EventKind.LICENSE_GRANTED,
            "grant.purchase",
            noun=goods,
            voice="active",
            party=buyer,
            subject=subject_of(token),
        )


def _without(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "had been left without a license": left out, not refused."""
    verb = token.head
    after = token.doc[token.i + 1 : min(token.i + 5, sentence.sent.end)]
    if verb.lemma_ not in {"leave"} or not is_passive(verb):
        return
    subject = subject_of(verb)
    named = any(sentence.class_of(word) in {"license", "quota"} for word in after)
    if named and subject is not None and is_party(sentence, subject):
        yield _party(verb, EventKind.LICENSE_EXCLUDED, "exclude.missing", subject)


def _asked_for(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the ministry in Seoul has asked for quick approvals": who asks is no applicant."""
    subject = subject_of(token)
    if subject is None or subject.i in sentence.reading.company_at or is_passive(token):
        return
    after = token.doc[token.i + 1 : min(token.i + 10, sentence.sent.end)]
    wish = next((word for word in after[:4] if word.lower_ == "for"), None)
    if wish is None or subject.lemma_.lower() in party_nouns().holders | party_nouns().customers:
        return
    noun = next((w for w in after if w.i > wish.i and sentence.class_of(w) == "license"), None)
    if noun is not None and noun.head.i == wish.i:
        yield make_candidate(noun, EventKind.LICENSE_GRANTED, "grant.asked", noun=noun)


_RULES = {
    "among": _among,
    **dict.fromkeys(("ask", "call", "press", "push"), _asked_for),
    "approve": _purchases,
    "authorize": _purchases,
    "clear": _purchases,
    "come": _through,
    "empty": _left_out,
    "get": _through,
    "go": _through,
    "include": _left_out,
    "out": _left_out,
    "sail": _through,
    "under": _under_review,
    "wait": _waiting,
    "without": _without,
    **dict.fromkeys(_STOPPING, _stopped),
}
