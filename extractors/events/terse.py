"""Events in the terse language of notices, questions and answers, and lists of results.

"is 'Prohibited'", "only against a license", "a presumption of denial", "X's is for Y", "2% were
refused and the rest await a decision". Every function takes a sentence and a token.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party, subject_of
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_PAPERS = frozenset({"application", "license"})
_QUOTES = frozenset({"'", '"', "‘", "’", "“", "”", "`", "``", "''"})
_POLICIES = {
    "prohibited": (EventKind.BAN_IMPOSED, "ban.may_not_by_policy"),
    "restricted": (EventKind.CONTROL_IMPOSED, "duty.only_by_policy"),
}
_OPEN = frozenset({"canalised", "canalized", "free"})
_REVIEWS = frozenset({"denial", "approval"})
_RESULTS = {
    "approve": EventKind.LICENSE_GRANTED,
    "clear": EventKind.LICENSE_GRANTED,
    "deny": EventKind.LICENSE_DENIED,
    "grant": EventKind.LICENSE_GRANTED,
    "refuse": EventKind.LICENSE_DENIED,
    "reject": EventKind.LICENSE_DENIED,
    "turn": EventKind.LICENSE_DENIED,
}
_RESTS = frozenset({"balance", "others", "remainder", "rest"})
_ANSWERS = frozenset({"answer", "decision", "reply", "response", "verdict"})
_ENTRIES = frozenset({"entry", "listing"})
# How many tokens back the license or the requests must be named.
_BACK = 45


def _goods_before(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether exports or goods under policy stand before a word in its sentence."""
    low = sentence.sent.start
    words = sentence.reading.doc[low : token.i]
    exported = any(word.lemma_.lower() == "export" for word in words)
    return exported or bool(sentence.reading.materials_in(low, token.i))


def _named(sentence: SentenceReading, token: Token, names: frozenset[str]) -> Token | None:
    """Return the last license or request named shortly before a word."""
    classes = sentence.reading.noun_class
    for index in range(token.i - 1, max(token.i - _BACK, -1), -1):
        if classes.get(index) in names:
            return sentence.reading.doc[index]
    return None


def _policy(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "export of X shall be 'Restricted'", "moves from 'Free' to 'Prohibited'"."""
    if token.i < 2 or not _goods_before(sentence, token):
        return
    doc = token.doc
    is_quoted = doc[token.i - 1].text in _QUOTES
    before = doc[max(token.i - 8, sentence.sent.start) : token.i]
    words = [word.lower_ for word in before if word.text not in _QUOTES]
    moved = words[-1:] == ["to"] and bool(_OPEN & set(words)) and "from" in words
    is_state = is_quoted and words[-1:] in (["is"], ["are"], ["be"], ["as"], ["remains"])
    titled = token.text[:1].isupper() and words[-1:] in (["is"], ["are"], ["be"], ["as"])
    if not (moved or is_state or titled):
        return
    kind, rule = _POLICIES[token.lower_]
    yield make_candidate(token, kind, rule, voice="passive")


def _only_against(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "permitted only against a license", "allowed solely under authorization"."""
    after = words_after(sentence, token, 8)
    if len(after) < 3 or after[0].lower_ not in {"against", "on", "under", "with"}:
        return
    before = token.doc[max(token.i - 4, sentence.sent.start) : token.i]
    verb = next((w for w in reversed(before) if w.lemma_.lower() in _LETTING), None)
    if verb is None or not _goods_before(sentence, token):
        return
    noun = sentence.first_of(after[:5], "license")
    if noun is not None:
        yield make_candidate(
            verb, EventKind.LICENSE_REGIME_CHANGED, "duty.only", noun=noun, voice="passive"
        )


def _presumption(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "applications will be reviewed under a presumption of denial"."""
    after = words_after(sentence, token, 2)
    if len(after) < 2 or after[0].lower_ != "of" or after[1].lower_ not in _REVIEWS:
        return
    low = max(token.i - 14, sentence.sent.start)
    before = token.doc[low : token.i]
    verb = next((w for w in reversed(before) if w.lemma_.lower() in _REVIEWING), None)
    if verb is not None and _named(sentence, verb, _PAPERS) is not None:
        yield make_candidate(
            verb, EventKind.LICENSE_REGIME_CHANGED, "duty.shall_review", voice="nominal"
        )


def _owned(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "Ridge Metals's is for a Korean maker", "X's covers deliveries to Y"."""
    doc = token.doc
    if token.tag_ != "POS" or token.i + 2 >= sentence.sent.end:
        return
    party, verb = doc[token.i - 1], doc[token.i + 1]
    if party.i not in sentence.reading.company_at or _named(sentence, token, _LICENSED) is None:
        return
    after = words_after(sentence, verb, 7)
    is_for = verb.lower_ in {"is", "was"} and bool(after) and after[0].lower_ == "for"
    if not is_for and verb.lemma_.lower() not in {"cover", "allow", "permit"}:
        return
    goods = sentence.first_of(after, "exports")
    yield make_candidate(verb, EventKind.LICENSE_GRANTED, "grant.elliptic", noun=goods, party=party)


def _share(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "2% rejected", "two were turned down": the shares of requests named before."""
    doc = token.doc
    if token.tag_ not in {"VBN", "VBD"} or token.i < 2:
        return
    if any(child.dep_ == "dobj" for child in token.children):
        return
    before = doc[token.i - 1]
    is_share = before.text == "%" or before.lower_ in {"percent", "cent", "pct"}
    noun = _named(sentence, token, _REQUESTED)
    if is_share and noun is not None:
        kind = _RESULTS[token.lemma_.lower()]
        yield make_candidate(token, kind, "grant.in_hand_share", noun=noun, voice="passive")


def _rest_waits(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the rest are awaiting a decision", "the others await an answer"."""
    subject = subject_of(token)
    if subject is None or subject.lower_ not in _RESTS:
        return
    after = {word.lemma_.lower() for word in words_after(sentence, token, 4)}
    noun = _named(sentence, subject, _REQUESTED)
    if after & _ANSWERS and noun is not None:
        yield make_candidate(
            token, EventKind.LICENSE_DELAYED, "delay.undecided", noun=noun, voice="passive"
        )


def _deleted_entry(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "one entry, for X, is deleted" where an entity list is spoken of."""
    subject = subject_of(token)
    if not is_passive(token):
        subject = next((child for child in token.children if child.dep_ == "dobj"), None)
    if subject is None or not sentence.reading.topic.has_list or sentence.class_of(subject):
        return
    if subject.lemma_.lower() in _ENTRIES:
        yield make_candidate(
            token, EventKind.ENTITY_DELISTED, "list.entry", voice="passive", party=subject
        )


def _among_listed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "Among them are X and Y" behind a sentence that lists entities."""
    doc, low = token.doc, sentence.sent.start
    if token.i != low or token.i + 3 >= sentence.sent.end or low == 0:
        return
    opening = [word.lower_ for word in doc[low + 1 : low + 3]]
    if opening not in (["them", "are"], ["these", "are"], ["them", "is"], ["those", "are"]):
        return
    earlier = [doc[index] for index in range(max(low - _BACK, 0), low)]
    listed = any(sentence.class_of(word) == "list" for word in earlier)
    adds = any(word.lemma_.lower() in {"add", "list", "place", "put"} for word in earlier)
    firms = sentence.reading.companies_in(low + 3, sentence.sent.end)
    if listed and adds and firms:
        yield make_candidate(
            doc[low + 2], EventKind.ENTITY_LISTED, "list.among", noun=None, voice="passive"
        )


def _freed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "low-grade rutile is freed": goods that leave a control."""
    subject = subject_of(token)
    if subject is None or not is_passive(token) or is_party(sentence, subject):
        return
    goods = sentence.reading.materials_in(sentence.sent.start, subject.i + 1)
    if goods and sentence.reading.topic.has_export:
        yield make_candidate(token, EventKind.CONTROL_EASED, "control.freed", voice="passive")


_LETTING = frozenset({"allow", "permit", "possible"})
_REVIEWING = frozenset({"assess", "consider", "examine", "face", "review", "subject"})
_LICENSED = frozenset({"license"})
_REQUESTED = frozenset({"application"})
RULES: dict[str, Rule] = {
    **dict.fromkeys(sorted(_POLICIES), _policy),
    **dict.fromkeys(("only", "solely"), _only_against),
    **dict.fromkeys(("presumption", "policy"), _presumption),
    **dict.fromkeys(("'s", "’s", "'", "’"), _owned),
    **dict.fromkeys(sorted(_RESULTS), _share),
    "await": _rest_waits,
    **dict.fromkeys(("delete", "remove"), _deleted_entry),
    "among": _among_listed,
    "free": _freed,
}
