"""Who holds, seeks, gets or lacks a license: the parties of an event by role.

The holder (or applicant) is a recipient, an owner ("its permit", "the permit of X") or a by-phrase;
the beneficiary stands after "for" or owns the supplier. Not here: how a phrase is cut into names
(`extractors/events/parties.py`).
"""

from dataclasses import dataclass

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.lexicon import party_nouns
from extractors.events.listed import exempted_parties, listed_parties, quota_sharers
from extractors.events.nouns import modifiers
from extractors.events.parties import Parties, antecedent_firm, parties_after, parties_at
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, is_party, of_what, subject_of
from models.vocabulary import FIRM_KINDS, EventKind

_TO = frozenset({"to"})
_FOR = frozenset({"concerning", "for", "regarding"})
_FROM = frozenset({"from", "by", "of"})
# What may stand between a license and its holder: "the permit held by X", "issued to X".
_HELD = frozenset(
    {"awarded", "belonging", "given", "granted", "handed", "held", "issued", "of", "owned"}
)
# Verbs that need no receiver: who ships is the holder.
_USING = frozenset({"export", "sell", "send", "ship", "supply", "deliver"})
_NOBODY = frozenset({"biggest", "businesses", "factories", "industries", "industry", "world"})
_COVERING = frozenset({"cover", "covering", "covers", "covered"})
_SOUGHT = frozenset(
    {EventKind.LICENSE_APPLIED, EventKind.LICENSE_DELAYED, EventKind.LICENSE_DENIED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Who holds, gets the benefit of, seeks or is left out of a license."""

    licensees: tuple[str, ...] = ()
    beneficiaries: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def roles_of(sentence: SentenceReading, candidate: Candidate) -> Roles:
    """Return the parties of a firm-level event, empty for a measure."""
    kind = candidate.kind
    if kind is EventKind.LICENSE_EXCLUDED:
        return Roles(excluded=parties_at(sentence, candidate.party).names)
    if kind in {EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED}:
        return Roles(excluded=listed_parties(sentence, candidate))
    if candidate.rule_id == "event.grant.purchase":
        return Roles(beneficiaries=parties_at(sentence, candidate.party).names)
    if kind is EventKind.EXEMPTION_GRANTED:
        return Roles(beneficiaries=exempted_parties(sentence, candidate))
    if kind is EventKind.QUOTA_ISSUED and candidate.party is not None:
        return Roles(licensees=quota_sharers(sentence, candidate))
    if kind not in FIRM_KINDS and kind is not EventKind.OTHER_LICENSE:
        return Roles()
    return _license_roles(sentence, candidate)


def _license_roles(sentence: SentenceReading, candidate: Candidate) -> Roles:
    """Return the roles of a license event: whose it is and for whom it was issued."""
    main = _main_party(sentence, candidate)
    customers = _customers(sentence, candidate)
    if not main.names and customers and not _are_buyers(sentence, customers):
        main, customers = Parties(names=customers), ()
    beneficiaries = tuple(dict.fromkeys((*customers, *main.possessors)))
    beneficiaries = tuple(n for n in beneficiaries if n not in main.names and not _is_vague(n))
    is_sought = candidate.kind in _SOUGHT
    is_request = candidate.noun is not None and sentence.class_of(candidate.noun) == "application"
    applicants = main.names if is_sought or is_request else ()
    if candidate.kind is EventKind.LICENSE_APPLIED:
        return Roles(applicants=applicants, beneficiaries=beneficiaries)
    if main.is_customer and not main.possessors:
        names = tuple(dict.fromkeys((*main.names, *beneficiaries)))
        return Roles(beneficiaries=names, applicants=applicants)
    return Roles(licensees=main.names, beneficiaries=beneficiaries, applicants=applicants)


def _is_vague(name: str) -> bool:
    """Tell whether a phrase names nobody in particular: "the world's biggest factories"."""
    words = set(name.replace("’", "'").replace("'s", "").split())
    return name == name.lower() and bool(words & _NOBODY)


def _main_party(sentence: SentenceReading, candidate: Candidate) -> Parties:
    """Return the party that a license is granted to, refused to or sought by."""
    if candidate.party is not None:
        counted = of_what(candidate.party)
        if counted is not None and sentence.class_of(counted) in {"application", "license"}:
            # "a limited number of licenses" holds nothing.
            return Parties()
        return parties_at(sentence, candidate.party)
    suffered = candidate.trigger.head
    if candidate.trigger.tag_ == "VBN" and _is_suffering(suffered, candidate.trigger):
        # "X had its permit revoked"
        return parties_at(sentence, subject_of(suffered))
    if candidate.role in {"holder", "applicant"} and candidate.voice == "active":
        return parties_at(sentence, candidate.subject)
    for head in (_dative(candidate.trigger), _provided(sentence, candidate)):
        if head is not None:
            return parties_at(sentence, head)
    if candidate.noun is None:
        return Parties()
    own = _premodifier(sentence, candidate.noun)
    if own.names:
        return own
    return _around_noun(sentence, candidate, candidate.noun)


def _around_noun(sentence: SentenceReading, candidate: Candidate, noun: Token) -> Parties:
    """Return the owner, the holder or the receiver that stands around a license noun."""
    name = sentence.class_of(noun)
    owner = _owner(sentence, noun)
    if owner.names:
        return owner
    following = sentence.reading.doc[min(noun.i + 1, sentence.sent.end - 1)].lower_
    is_shipped = name == "exports"
    words = _FROM if name == "application" or is_shipped or following in _HELD else _TO
    found = parties_after(sentence, noun, words)
    if found.names or is_shipped:
        return found
    user = _user(sentence, noun)
    if user is not None:
        return parties_at(sentence, user)
    if candidate.kind is EventKind.LICENSE_APPLIED and agent_of(candidate.trigger) is not None:
        return parties_at(sentence, agent_of(candidate.trigger))
    if candidate.trigger.i > noun.i:
        found = parties_after(sentence, candidate.trigger, _TO)
    if not found.names and candidate.kind in {EventKind.LICENSE_REVOKED, EventKind.LICENSE_RENEWED}:
        found = parties_after(sentence, noun, _FOR | {"of"})
    return found


def _owner(sentence: SentenceReading, noun: Token) -> Parties:
    """Return the party of "X's permit", "its request", "the vendors' papers"."""
    owner = next((child for child in noun.children if child.dep_ == "poss"), None)
    if owner is None or owner.i in sentence.reading.actor_at:
        return Parties()
    if owner.tag_ == "PRP$":
        if owner.lower_ not in {"its", "their"}:
            return Parties()
        firm = antecedent_firm(sentence, owner)
        return Parties(names=(firm,) if firm else ())
    return parties_at(sentence, owner) if is_party(sentence, owner) else Parties()


def _user(sentence: SentenceReading, noun: Token) -> Token | None:
    """Return who ships under a license: "the permit under which X exports"."""
    after = noun.doc[noun.i + 1 : min(noun.i + 6, sentence.sent.end)]
    if len(after) > 2 and [word.lower_ for word in after[:2]] == ["under", "which"]:
        return next((word for word in after[2:] if is_party(sentence, word)), None)
    for child in noun.children:
        if child.dep_ == "relcl" and child.lemma_ in _USING:
            subject = subject_of(child)
            if subject is not None and subject.i > noun.i and is_party(sentence, subject):
                return subject
    return None


def _provided(sentence: SentenceReading, candidate: Candidate) -> Token | None:
    """Return the receiver of "issued X with a permit", "stripped X of its license"."""
    noun = candidate.noun
    if noun is None or noun.dep_ != "pobj" or noun.head.lower_ not in {"of", "with"}:
        return None
    verb = candidate.trigger
    if candidate.voice == "passive":
        receiver = subject_of(verb)
    else:
        receiver = next((child for child in verb.children if child.dep_ == "dobj"), None)
    is_between = receiver is not None and (receiver.i < verb.i or receiver.i < noun.head.i)
    return (
        receiver if receiver is not None and is_between and is_party(sentence, receiver) else None
    )


def _is_suffering(verb: Token, trigger: Token) -> bool:
    """Tell whether "had" governs a participle with no other verb between."""
    between = trigger.doc[verb.i + 1 : trigger.i]
    is_have = verb.lemma_ in {"have", "see"} and 1 < trigger.i - verb.i <= 10
    return is_have and not any(word.pos_ in {"VERB", "AUX"} for word in between)


def _dative(trigger: Token) -> Token | None:
    return next(
        (child for child in trigger.children if child.dep_ == "dative" and child.pos_ != "ADP"),
        None,
    )


def _premodifier(sentence: SentenceReading, noun: Token) -> Parties:
    """Return the country whose firms applied: "some 2,000 EU applications"."""
    if sentence.class_of(noun) != "application":
        return Parties()
    for word in modifiers(noun):
        firm = sentence.reading.company_at.get(word.i)
        if firm is not None:
            return Parties(names=(firm.fact.text,))
        actor = sentence.reading.actor_at.get(word.i)
        if actor is not None and (actor.role.startswith("place") or actor.role == "government"):
            return Parties(names=(f"{word.text} firms",), is_customer=True)
    return Parties()


def _customers(sentence: SentenceReading, candidate: Candidate) -> tuple[str, ...]:
    """Return those for whom a license is issued: "for X", "covering deliveries to X"."""
    anchor = candidate.noun or candidate.trigger
    found = parties_after(sentence, anchor, _FOR).names
    if not found and (sentence.class_of(anchor) == "exports" or _covers(sentence, anchor)):
        found = parties_after(sentence, _covers(sentence, anchor) or anchor, _TO).names
    return found or tuple(_behalf(sentence, anchor) or _benefit(sentence, anchor))


def _covers(sentence: SentenceReading, anchor: Token) -> Token | None:
    """Return "covering" or the shipments after a license: "permits covering shipments to X"."""
    for word in anchor.doc[anchor.i + 1 : min(anchor.i + 12, sentence.sent.end)]:
        if word.lower_ in _COVERING:
            return word
    return None


def _are_buyers(sentence: SentenceReading, names: tuple[str, ...]) -> bool:
    """Tell whether those a license is "for" buy the goods; makers and traders hold it."""
    words = party_nouns()
    if any(name.split()[-1].lower().rstrip("s") in words.customers for name in names):
        return True
    doc = sentence.reading
    firms = [
        item.fact
        for item in doc.companies_in(sentence.sent.start, sentence.sent.end)
        if item.fact.text in names
    ]
    roles = {firm.role for firm in firms}
    is_chinese_maker = bool(roles) and roles <= {"magnet_maker", "miner", "refiner", "separator"}
    return not is_chinese_maker


def _behalf(sentence: SentenceReading, anchor: Token) -> list[str]:
    """Read "applications on behalf of two magnet makers"."""
    doc = sentence.reading.doc
    for index in range(anchor.i + 1, min(anchor.i + 6, sentence.sent.end - 2)):
        if doc[index].lower_ == "behalf":
            head = next((word for word in doc[index + 1].children if word.dep_ == "pobj"), None)
            return list(parties_at(sentence, head).names)
    return []


def _benefit(sentence: SentenceReading, anchor: Token) -> list[str]:
    """Read "for the benefit of U.S. end users and their suppliers"."""
    doc = sentence.reading.doc
    for index in range(anchor.i, sentence.sent.end - 3):
        if doc[index].lower_ == "benefit" and doc[index + 1].lower_ == "of":
            end = index + 2
            while end < sentence.sent.end and not doc[end].is_punct and not doc[end].is_space:
                end += 1
            return [str(doc[index + 2 : end].text)] if end > index + 2 else []
    return []
