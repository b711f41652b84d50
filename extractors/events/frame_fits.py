"""Whether a noun and a subject fit the frame of a verb: no patent, no storm, nobody's wish.

Only screens; the noun is found in `objects`, the candidate made in `triggers`.
"""

from spacy.tokens import Token

from extractors.events.actors import is_official_noun
from extractors.events.clauses import left_group
from extractors.events.lexicon import Frame, party_nouns
from extractors.events.nouns import modifiers
from extractors.events.objects import is_regime
from extractors.events.quotas import is_key
from extractors.events.reading import SentenceReading
from extractors.events.subjects import is_party
from extractors.events.verbs import lemma_of

_PRIVATE = frozenset(
    {
        "protester",
        "board",
        "court",
        "investor",
        "judge",
        "league",
        "lender",
        "shareholder",
    }
)
_SOME = frozenset({"many", "several", "some"})
_CARGOES = frozenset({"cargo", "consignment", "delivery", "sale"})
CLEARED = frozenset(
    {"approve", "authorise", "authorize", "clear", "green-light", "greenlight", "license"}
)


def noun_fits(
    sentence: SentenceReading, token: Token, frame: Frame, noun: Token, subject: Token | None
) -> bool:
    """Tell whether the noun that a verb acts on is what its frame means."""
    if frame.id in {"control.impose", "propose.control"}:
        return not is_regime(noun)
    if frame.id == "grant.announce" and sentence.reading.materials_in(noun.i + 2, noun.i + 4):
        # "announced permits for gallium": a duty, nobody's license.
        return False
    if frame.id in {"deny.exports", "grant.shipments"}:
        return _is_licensed_trade(sentence, token, noun, subject)
    if frame.id == "quota":
        return not is_key(sentence, token)
    if frame.id == "apply.received":
        return _is_certain(noun)
    if frame.id == "delay.shipments":
        # Storms and strikes delay cargoes too.
        return sentence.reading.topic.has_license
    return not frame.needs or _followed_by(sentence, token, noun, frame.needs)


def _is_certain(noun: Token) -> bool:
    """Tell whether requests are counted or somebody's: "the application of X", "its request"."""
    words = list(modifiers(noun))
    counted = any(w.tag_ == "CD" or w.lower_ in {"hundreds", "thousands"} for w in words)
    owned = any(word.tag_ in {"PRP$", "POS"} for word in words)
    of = (child for child in noun.children if child.lower_ in {"from", "of"})
    named = [word for pp in of for word in pp.children if word.dep_ == "pobj"]
    some = any(w.lower_ in _SOME for word in named for w in modifiers(word))
    return counted or owned or some or any(word.pos_ == "PROPN" for word in named)


def _is_licensed_trade(
    sentence: SentenceReading, token: Token, noun: Token, subject: Token | None
) -> bool:
    """Tell whether an export, or a cargo in a text on licenses, is let go by a ministry."""
    lemma = noun.lemma_.lower()
    if lemma in {"export", "shipment"}:
        return True
    told = {word.lower_ for word in left_group(token)}
    if (
        subject is None
        and token.lemma_.lower() in CLEARED
        and told & {"has", "have", "was", "were"}
    ):
        # "no consignment has been approved"
        return lemma in _CARGOES and sentence.reading.topic.has_license
    actor = sentence.reading.actor_at.get(subject.i) if subject is not None else None
    is_ministry = actor is not None and actor.role != "customs"
    is_ministry = is_ministry or (
        actor is None and subject is not None and is_official_noun(subject)
    )
    return lemma in _CARGOES and is_ministry and sentence.reading.topic.has_license


def _followed_by(sentence: SentenceReading, token: Token, noun: Token, preposition: str) -> bool:
    """Tell whether a receiver, not a date, follows: "extend permits to buyers"."""
    after = [*noun.doc[noun.i + 1 : noun.i + 3], *(c for c in token.children if c.i > token.i)]
    found = next((word for word in after if word.lower_ == preposition), None)
    if found is None or (found.i + 1 < len(found.doc) and found.nbor(1).tag_ == "VB"):
        # "extend its permit to ship ore" names no receiver.
        return False
    return not sentence.reading.dates_in(found.i + 1, min(found.i + 3, sentence.sent.end))


def _is_suffered(token: Token) -> bool:
    """Match "had its permit revoked": the participle tells what happened."""
    return any(
        child.dep_ in {"ccomp", "xcomp", "acl"} and child.tag_ == "VBN" and child.i > token.i + 1
        for child in token.subtree
    )


def _is_owed(sentence: SentenceReading, token: Token, subject: Token | None) -> bool:
    """Match "exporters have to obtain a permit": a duty of many, no permit of a named firm."""
    owed = token.dep_ == "xcomp" and token.head.lemma_ in {"have", "need"}
    owed = owed and "yet" not in {child.lower_ for child in token.head.children}
    return owed and (subject is None or subject.i not in sentence.reading.company_at)


def _can_hold(sentence: SentenceReading, token: Token, subject: Token | None) -> bool:
    """Tell whether a subject can hold or seek a license; "it has asked" may be a ministry."""
    if subject is None or (subject.pos_ == "PRON" and lemma_of(token) == "ask"):
        return False
    return is_party(sentence, subject)


def subject_fits(
    sentence: SentenceReading, token: Token, frame: Frame, subject: Token | None, *, passive: bool
) -> bool:
    """Tell whether the subject of a verb can do what the frame says."""
    if subject is not None and not passive and sentence.class_of(subject) == "license":
        return False
    if frame.id == "grant.hold" and (passive and lemma_of(token) in {"have", "hold", "possess"}):
        return False
    if lemma_of(token) == "have" and (token.nbor(1).lower_ == "to" or _is_suffered(token)):
        return False
    if frame.id == "grant.hold" and _is_owed(sentence, token, subject):
        return False
    if frame.subject == "any":
        return True
    if frame.subject in {"holder", "applicant"}:
        return passive or _can_hold(sentence, token, subject)
    if subject is None:
        return frame.subject != "named_government"
    if frame.subject == "named_government":
        return subject.i in sentence.reading.actor_at or is_official_noun(subject)
    if subject.i in sentence.reading.company_at or sentence.class_of(subject) == "application":
        return False
    words = party_nouns()
    return subject.lemma_.lower() not in words.holders | words.customers | _PRIVATE
