"""What became of licenses and requests, told by verbs without an official as subject.

Licenses arrive, trickle through or lie in hand; requests pile up, gather dust or go unanswered.
Every function takes a sentence and a token and yields candidates for the special forms.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group, verb_above
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_PAPERS = frozenset({"application", "license"})
_COMING = frozenset({"back", "forth", "forthcoming", "in", "out", "through"})
_HANDLING = frozenset(
    {"approval", "decision", "examination", "handling", "issuance", "issue", "issuing", "licensing"}
    | {"processing", "queue", "release", "review", "vetting", "wait", "work"}
)
_LEFTOVERS = frozenset(
    {"another", "balance", "majority", "most", "others", "remainder", "rest", "some", "third"}
)
_NOT_YET = frozenset({"n't", "never", "not", "still", "yet"})
_HOLDING_UP = frozenset({"approve", "clear", "grant", "issue", "release", "rule", "sign"})


def paper_of(sentence: SentenceReading, head: Token | None) -> Token | None:
    """Return the license or request that a noun phrase is about: "a third of the requests"."""
    if head is None:
        return None
    if sentence.class_of(head) in _PAPERS:
        return head
    for word in head.doc[head.i + 1 : min(head.i + 8, sentence.sent.end)]:
        if sentence.class_of(word) in _PAPERS:
            between = head.doc[head.i + 1 : word.i]
            return word if between and between[0].lower_ in {"for", "in", "of", "on"} else None
    return None


def left_paper(sentence: SentenceReading, verb: Token) -> Token | None:
    """Return the license or request right before a verb, where the parse gives no subject."""
    group = {word.i for word in left_group(verb)}
    for index in range(verb.i - 1, max(verb.i - 11, sentence.sent.start - 1), -1):
        word = verb.doc[index]
        if not sentence.clauses.same_segment(word, verb) or word.text == ",":
            return None
        if sentence.class_of(word) in _PAPERS:
            return _of_requests(sentence, word)
        if index not in group and word.tag_ in {"VBD", "VBZ", "VBP", "MD"}:
            return None
    return None


def _of_requests(sentence: SentenceReading, noun: Token) -> Token:
    """Return the requests of "24 requests for permits": they, not the permits, are the subject."""
    low = max(noun.i - 8, sentence.sent.start)
    before = [w for w in noun.doc[low : noun.i] if sentence.class_of(w) == "application"]
    return before[-1] if before and before[-1].nbor(1).lower_ == "for" else noun


def leftover(sentence: SentenceReading, head: Token | None) -> Token | None:
    """Return the request that "the rest", "two" or "a third" counts, named shortly before."""
    if head is None or not (head.lower_ in _LEFTOVERS or head.tag_ == "CD" or head.lower_ == "it"):
        return None
    classes = sentence.reading.noun_class
    for index in range(head.i - 1, max(head.i - 50, -1), -1):
        if classes.get(index) in _PAPERS:
            return sentence.reading.doc[index]
    return None


def _is_told(token: Token) -> bool:
    """Tell whether a verb reports: a past, a perfect, "are piling up", "began to arrive"."""
    if token.tag_ in {"VBD", "VBN"}:
        return True
    if token.tag_ == "VBG":
        helped = any(word.lemma_ == "be" for word in left_group(token))
        return helped or token.head.lemma_ in {"begin", "keep", "start"}
    return token.tag_ == "VB" and token.head.lemma_ in {"begin", "start"}


def _arrived(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "clearance came through", "permits began arriving", "licenses trickled in"."""
    subject = paper_of(sentence, subject_of(token)) or left_paper(sentence, token)
    if subject is None or sentence.class_of(subject) != "license" or is_passive(token):
        return
    is_present = sentence.is_headline and token.tag_ in {"VBP", "VBZ", "VB"}
    if not (_is_told(token) or is_present):
        return
    after = {word.lower_ for word in words_after(sentence, token, 3)}
    if token.lemma_ in {"come", "flow", "trickle"} and not after & _COMING:
        return
    if after & {"due", "force"}:
        return
    yield make_candidate(
        token, EventKind.LICENSE_GRANTED, "grant.arrive", noun=subject, voice="passive"
    )


def _reached(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the first licenses have reached three makers"."""
    subject = subject_of(token)
    party = next((child for child in token.children if child.dep_ == "dobj"), None)
    if subject is None or party is None or sentence.class_of(subject) != "license":
        return
    if is_party(sentence, party) and (_is_told(token) or sentence.is_headline):
        yield make_candidate(
            token,
            EventKind.LICENSE_GRANTED,
            "grant.went",
            noun=subject,
            voice="passive",
            party=party,
        )


def _in_hand(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "with the license in hand, X restarted deliveries", "armed with a permit, X ..."."""
    if token.lower_ == "armed":
        noun = next((w for w in words_after(sentence, token, 6) if w.lower_ != "with"), None)
        near = [w for w in words_after(sentence, token, 6) if sentence.class_of(w) == "license"]
        noun = near[0] if near else None
        verb = token.head
    else:
        before = token.doc[max(token.i - 7, sentence.sent.start) : token.i]
        if not before or before[-1].lower_ != "in":
            return
        near = [word for word in before if sentence.class_of(word) == "license"]
        noun = near[-1] if near else None
        verb = noun.head if noun is not None else token
    verb = verb_above(verb)
    party = subject_of(verb)
    if noun is not None and party is not None and is_party(sentence, party):
        yield make_candidate(
            token, EventKind.LICENSE_GRANTED, "grant.in_hand", noun=noun, party=party
        )


def _fronted(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "Granted a license in May, X ...", "Denied a permit, X ...": a bare participle."""
    verb = token.head
    if token.i > sentence.sent.start + 2 or token.dep_ not in {"advcl", "amod", "acl", "csubj"}:
        return
    if token.tag_ not in {"VBN", "VBD"} or any(c.dep_ == "nsubj" for c in token.children):
        return
    noun = next((w for w in words_after(sentence, token, 6) if sentence.class_of(w)), None)
    party = subject_of(verb)
    if noun is None or sentence.class_of(noun) != "license" or party is None:
        return
    if verb.i > token.i and is_party(sentence, party):
        refused = token.lemma_ in {"deny", "refuse"}
        kind = EventKind.LICENSE_DENIED if refused else EventKind.LICENSE_GRANTED
        yield make_candidate(token, kind, "grant.fronted", noun=noun, voice="passive", party=party)


def _piling(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "requests are piling up", "processing of permits has slowed", "a backlog has built"."""
    if is_passive(token) or not (_is_told(token) or token.tag_ in {"VB", "VBZ", "VBP"}):
        return
    if any(child.dep_ in {"dobj", "ccomp"} for child in token.children):
        return
    head = subject_of(token)
    if head is None:
        return
    noun = paper_of(sentence, head)
    after = {word.lower_ for word in words_after(sentence, token, 4)}
    if noun is not None and noun is not head and head.lemma_.lower() not in _HANDLING:
        return
    if noun is None or (token.lemma_ in _NEEDING_UP and not after & {"on", "up"}):
        return
    yield make_candidate(
        token, EventKind.LICENSE_DELAYED, "delay.pending", noun=noun, voice="passive"
    )


def _forthcoming(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "approvals have not been forthcoming"."""
    verb = token.head
    subject = subject_of(verb)
    if verb.lemma_ == "be" and subject is not None and sentence.class_of(subject) == "license":
        yield make_candidate(
            verb, EventKind.LICENSE_GRANTED, "grant.arrive", noun=subject, voice="passive"
        )


def _lying(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "requests that have been lying there since April", "the file sits with customs"."""
    if token.lemma_ == "sit" and token.i + 1 < len(token.doc) and token.nbor(1).lower_ == "on":
        yield from _dragging(sentence, token)
        return
    yield from _piling(sentence, token)


def _dragging(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "is dragging its feet on export permits", "sits on the requests"."""
    after = words_after(sentence, token, 10)
    words = [word.lower_ for word in after]
    if token.lemma_ == "drag" and "feet" not in words[:3]:
        return
    if token.lemma_ == "sit" and words[:1] != ["on"]:
        return
    noun = sentence.first_of(after, *_PAPERS)
    subject = subject_of(token)
    if noun is not None and subject is not None and subject.i not in sentence.reading.company_at:
        yield make_candidate(
            token,
            EventKind.LICENSE_DELAYED,
            "delay.sitting",
            noun=noun,
            voice="active",
            subject=subject,
        )


def _waiting(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "is waiting for China to issue permits", "waits for its papers to be stamped"."""
    party = subject_of(token)
    if party is None or not is_party(sentence, party) or is_passive(token):
        return
    if token.tag_ not in {"VBG", "VBD", "VBZ", "VBP", "VBN"}:
        return
    after = words_after(sentence, token, 14)
    noun = sentence.first_of(after, *_PAPERS)
    is_for = any(word.lower_ == "for" for word in after[:3]) or token.lemma_ == "await"
    acts = any(word.lemma_ in _HOLDING_UP and word.tag_.startswith("VB") for word in after)
    if noun is not None and is_for and acts:
        yield make_candidate(
            token,
            EventKind.LICENSE_DELAYED,
            "delay.answer",
            noun=noun,
            voice="active",
            party=party,
        )


def _undecided(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the rest is still being examined", "had not yet answered the request"."""
    group = {word.lower_ for word in left_group(token)}
    if is_passive(token):
        head = subject_of(token)
        noun = paper_of(sentence, head) or leftover(sentence, head)
    else:
        near = words_after(sentence, token, 5)
        noun = sentence.first_of(near, "application")
    is_open = "being" in group or bool(group & _NOT_YET)
    if noun is not None and is_open and sentence.class_of(noun) != "ban":
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.undecided", noun=noun, voice="passive"
        )


def _ineligible(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "barred from obtaining permits", "will not be eligible for the licenses"."""
    after = words_after(sentence, token, 9)
    words = [word.lower_ for word in after]
    negated = {word.lower_ for word in token.doc[max(token.i - 4, 0) : token.i]} & {"not", "n't"}
    if token.lower_ == "eligible" and not negated:
        return
    if token.lower_ not in {"eligible", "ineligible"} and (
        not is_passive(token) or words[:1] != ["from"]
    ):
        return
    licensed = any(sentence.class_of(word) in _PAPERS for word in after)
    topic = sentence.reading.topic
    if "eligible" in token.lower_ and (topic.has_license or topic.has_quota):
        # "are not eligible in the first round"
        licensed = licensed or bool(_ROUNDS & set(words))
    verb = token if token.tag_.startswith("VB") else token.head
    party = subject_of(verb)
    if licensed and party is not None and is_party(sentence, party):
        yield make_candidate(
            token, EventKind.LICENSE_EXCLUDED, "exclude.missing", voice="passive", party=party
        )


_ROUNDS = frozenset({"batch", "quota", "quotas", "round", "scheme", "tranche"})
_NEEDING_UP = frozenset({"back", "build", "pile", "stack", "drag"})
RULES: dict[str, Rule] = {
    **dict.fromkeys(("arrive", "come", "emerge", "flow", "trickle"), _arrived),
    **dict.fromkeys(("materialise", "materialize"), _arrived),
    "forthcoming": _forthcoming,
    "reach": _reached,
    **dict.fromkeys(("hand", "armed"), _in_hand),
    **dict.fromkeys(("award", "deny", "give", "grant", "issue", "refuse"), _fronted),
    **dict.fromkeys(("accumulate", "back", "build", "languish", "linger", "mount"), _piling),
    **dict.fromkeys(("pile", "slip", "slow", "stack", "stall"), _piling),
    "drag": _dragging,
    **dict.fromkeys(("lie", "rest", "sit"), _lying),
    **dict.fromkeys(("await", "wait"), _waiting),
    **dict.fromkeys(("answer", "assess", "consider", "examine", "process", "review"), _undecided),
    **dict.fromkeys(("scrutinise", "scrutinize", "vet"), _undecided),
    **dict.fromkeys(("ban", "bar", "block", "debar", "disqualify", "preclude"), _ineligible),
    **dict.fromkeys(("eligible", "ineligible"), _ineligible),
}
