"""Quotas given as amounts: "was allotted 500 tonnes", "may ship up to 900 tonnes".

Only in texts that speak of quotas or of a cap on exports; capacity and trade yield nothing.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive, left_group
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, is_party, subject_of
from models.vocabulary import EventKind

_ALLOTTING = frozenset({"allocate", "allot", "apportion", "assign", "award", "grant"})
_SHIPPING = frozenset({"deliver", "export", "sell", "send", "ship"})
_RECEIVING = frozenset({"get", "receive"})
_VERBS = _ALLOTTING | _SHIPPING | _RECEIVING
_MASS = frozenset({"kg", "kt", "kilograms", "kilotonnes", "t", "tons", "tonnes"})
_LIMITS = ("up to", "at most", "no more than", "a maximum of", "not more than")
# How many tokens back a quota must be named for a bare "received 900 tonnes".
_BACK = 90


def find_quota(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Yield the quotas that a verb of the sentence shares out or caps."""
    lemma = token.lemma_.lower()
    if not token.tag_.startswith("VB") or lemma not in _VERBS or not _has_mass(sentence, token):
        return
    if is_key(sentence, token) or not _speaks_of_quotas(sentence, token):
        return
    if lemma in _ALLOTTING:
        passive = is_passive(token)
        party = subject_of(token) if passive else None
        if passive and (party is None or not _is_sharer(sentence, party)):
            return
        yield make_candidate(
            token,
            EventKind.QUOTA_ISSUED,
            "quota.allotted",
            voice="passive" if passive else "active",
            party=party,
            subject=agent_of(token) if passive else subject_of(token),
        )
    elif lemma in _RECEIVING and token.tag_ in {"VBD", "VBN"}:
        subject = subject_of(token)
        if subject is not None and is_party(sentence, subject) and not _has_flow(token):
            yield make_candidate(token, EventKind.QUOTA_ISSUED, "quota.received", party=subject)
    elif lemma in _SHIPPING and _is_capped(sentence, token):
        yield make_candidate(token, EventKind.QUOTA_ISSUED, "quota.cap")


def find_instead(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "replaced the ban with quotas", "was swapped for quotas"."""
    if token.lemma_.lower() not in {"replace", "substitute", "swap"}:
        return
    for noun in sentence.walk(token, step=1, most=10):
        before = {word.lower_ for word in noun.doc[max(noun.i - 3, token.i) : noun.i]}
        if sentence.class_of(noun) == "quota" and before & {"by", "for", "with"}:
            passive = is_passive(token)
            yield make_candidate(
                noun,
                EventKind.QUOTA_ISSUED,
                "quota.instead",
                noun=noun,
                voice="passive" if passive else "active",
                subject=None if passive else subject_of(token),
            )
            return


def is_key(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether only the key of sharing is told ("shared out in proportion to ...")."""
    after = token.doc[token.i + 1 : min(token.i + 5, sentence.sent.end)].text.lower()
    is_share = after.startswith(("more than", "less than", "at least")) and "%" in after
    return "in proportion" in after or "according to" in after or is_share


def _speaks_of_quotas(sentence: SentenceReading, token: Token) -> bool:
    reading = sentence.reading
    classes = reading.noun_class
    high = sentence.sent.end + _BACK
    return any(
        classes.get(index) == "quota" or reading.doc[index].lower_ in {"quota", "quotas"}
        for index in range(max(token.i - _BACK, 0), min(high, len(reading.doc)))
    )


def _has_mass(sentence: SentenceReading, token: Token) -> bool:
    after = sentence.reading.doc[token.i + 1 : min(token.i + 10, sentence.sent.end)]
    return any(word.lower_ in _MASS for word in after)


def _is_sharer(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether a firm, not a material, gets the amount."""
    goods = sentence.reading.materials_in(token.i, token.i + 1)
    return is_party(sentence, token) and not goods


def _has_flow(token: Token) -> bool:
    """Tell whether goods, not shares of a quota, were received."""
    after = {word.lower_ for word in token.doc[token.i + 1 : token.i + 8]}
    return bool(after & {"imports", "ore", "shipments", "cargo", "from"})


def _is_capped(sentence: SentenceReading, token: Token) -> bool:
    after = token.doc[token.i + 1 : min(token.i + 6, sentence.sent.end)].text.lower()
    group = {word.lower_ for word in left_group(token)}
    return bool(group & {"can", "may", "must"}) and any(limit in after for limit in _LIMITS)
