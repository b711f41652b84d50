"""How sure the text is of an event: the modality of its clause, or that nothing is claimed.

Cues are read from the verb group, from the words that govern the verb through complements, and
from "no"/"none" in its subject or object. A cue never reaches over a clause break.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import has_subject, is_infinitive, left_group
from extractors.events.cue_votes import (
    governor_votes,
    group_votes,
    has_no,
    is_denied,
    is_untold,
    is_weighed,
    subordinator_votes,
    surface_votes,
)
from extractors.events.reading import SentenceReading
from models.vocabulary import FIRM_KINDS, EventKind, Modality

_COMPLEMENTS = frozenset({"dep", "xcomp", "ccomp", "pcomp", "acl", "advcl", "pobj", "dobj", "conj"})
_ASKING = frozenset({"how", "what", "when", "whether", "which", "why"})
_UNKNOWN = frozenset(
    {"ask", "clear", "decide", "disclose", "explain", "know", "on", "or", "say", "see", "specify"}
    | {"tell", "unclear", "unknown", "wonder"}
)
# Nearest cue wins only among equals; otherwise the stronger statement about the event does.
# Rules whose event is itself a negation.
_NEGATIVE = frozenset(
    {"event.delay.undecided", "event.exclude.missing"} | {"event.exempt.not_subject"}
)
_FIRM_PLANS = frozenset(
    {"assure", "draft", "draw", "guarantee", "offer", "plan", "pledge", "prepare", "promise"}
    | {"propose", "table"}
)
_REFUSING = frozenset({"decline", "deny", "rebuff", "refuse", "reject"})
_DROPPING = frozenset({"abandon", "drop", "scrap", "withdraw"})
_DUTIES = (
    "event.ban.may_not",
    "event.control.no_longer",
    "event.duty.shall",
    "event.duty.only",
    "event.exempt.without",
)
_ORDER = (
    Modality.DENIED,
    Modality.CONDITIONAL,
    Modality.NEGATED,
    Modality.REQUESTED,
    Modality.POSSIBLE,
    Modality.PLANNED,
)


def judge(sentence: SentenceReading, candidate: Candidate) -> Modality | None:
    """Return the modality of a candidate, None when the text claims no event."""
    trigger = candidate.trigger
    chain = governors(trigger)
    if _is_embedded_question(trigger, chain) or _is_order_text(candidate, trigger):
        return None
    votes = _votes(sentence, candidate, chain)
    if "unreal" in votes and not votes & {"negated", "requested", "denied"}:
        return None
    if "ruled_out" in votes:
        votes.discard("ruled_out")
        votes = (votes - {"negated"}) | ({"possible"} if "negated" in votes else {"negated"})
    if candidate.rule_id.startswith(_DUTIES) or candidate.rule_id.endswith(".as_said"):
        # "shall", "must" and "may only" are the duty itself.
        votes -= {"planned", "possible", "negated"}
    for modality in _ORDER:
        if modality.value in votes:
            return None if _is_partial(sentence, candidate, modality) else modality
    if "transparent" not in votes and _is_bare_infinitive(trigger, candidate):
        return Modality.PLANNED if _is_headline_future(sentence, trigger) else None
    return Modality.ASSERTED


def _votes(sentence: SentenceReading, candidate: Candidate, chain: list[Token]) -> set[str]:
    votes = _chain_votes(sentence, candidate, chain)
    votes |= surface_votes(sentence, candidate.trigger)
    votes |= subordinator_votes(chain)
    if candidate.rule_id == "event.quota.cap":
        # "may ship up to" is the cap itself.
        votes.discard("possible")
    if ".standing." in candidate.rule_id:
        # "nor has the licensing, in place since May, been touched": the aside is not denied.
        votes -= {"negated", "denied"}
    said = _said(candidate, votes)
    if said is not None:
        return {said}
    is_lack = candidate.rule_id.endswith((".short_of", ".lacking"))
    if is_lack or candidate.rule_id in {"event.deny.relief", "event.ban.not_one"}:
        votes.add("negated")
    if candidate.rule_id in {"event.exempt.ask", "event.exempt.grant"} and _asks(candidate):
        votes.add("requested")
    if candidate.rule_id.startswith(("event.propose.", "event.grant.assured")):
        firm = candidate.trigger.lemma_.lower() in _FIRM_PLANS
        votes.add("planned" if firm else "possible")
    return _final_votes(sentence, candidate, chain, votes)


def _chain_votes(sentence: SentenceReading, candidate: Candidate, chain: list[Token]) -> set[str]:
    """Return the votes of the verb group and of the words that govern the verb."""
    votes: set[str] = set()
    # "does not touch the curbs on metals imposed in May": they were imposed.
    is_aside = candidate.trigger.dep_ == "acl" and candidate.trigger.tag_ == "VBN"
    for position, node in enumerate(chain):
        if position and not sentence.clauses.same_segment(node, candidate.trigger):
            break
        if position == 0 or (not is_aside and _shares_group(chain[position - 1])):
            votes |= group_votes(node, chain)
        if position:
            votes |= governor_votes(node, chain[position - 1])
    return votes


def _said(candidate: Candidate, votes: set[str]) -> str | None:
    """Return the modality that the rule itself gives: ruled out, denied."""
    if candidate.rule_id.endswith(".ruled_out"):
        # "did not rule out" leaves the measure possible.
        return "possible" if "negated" in votes else "negated"
    return "denied" if candidate.rule_id.endswith("_denied") else None


def _asks(candidate: Candidate) -> bool:
    """Tell whether the verb itself asks: "is seeking carve-outs for medical firms"."""
    return candidate.trigger.lemma_.lower() in {"apply", "ask", "petition", "request", "seek"}


def _final_votes(
    sentence: SentenceReading, candidate: Candidate, chain: list[Token], votes: set[str]
) -> set[str]:
    """Add negation and denial, but where the negation itself is the event."""
    if candidate.rule_id in _NEGATIVE:
        # The negation is the event: "was not included" leaves a firm out.
        votes.discard("negated")
    elif has_no(candidate, candidate.trigger):
        votes.add("negated")
    if "planned" in votes and any(node.lemma_.lower() in _DROPPING for node in chain[1:]):
        # "dropped its plan to widen the rule"
        votes = (votes - {"planned"}) | {"negated"}
    if "requested" in votes and any(node.lemma_.lower() in _REFUSING for node in chain[1:]):
        votes = (votes - {"requested"}) | {"negated"}
    if is_untold(chain):
        votes.add("negated")
    if is_denied(sentence, candidate.trigger):
        votes.add("denied")
    return votes


def _is_partial(sentence: SentenceReading, candidate: Candidate, modality: Modality) -> bool:
    """Tell whether only the whole is denied: "will not do away with the curbs altogether"."""
    if modality is not Modality.NEGATED:
        return False
    high = min(candidate.trigger.i + 9, sentence.sent.end)
    after = sentence.reading.doc[candidate.trigger.i + 1 : high]
    return any(word.lower_ in {"altogether", "completely", "entirely"} for word in after)


def _shares_group(below: Token) -> bool:
    """Tell whether a verb takes over the auxiliaries and negation of the word above it."""
    if below.dep_ in {"ccomp", "advcl", "acl", "relcl", "pobj", "dobj", "prep", "pcomp"}:
        return below.dep_ in {"pcomp", "prep"} or is_infinitive(below)
    if below.dep_ == "conj":
        return not has_subject(below) and below.tag_ in {"VB", "VBN", "VBG", "NN"}
    return True


def governors(trigger: Token) -> list[Token]:
    """Return the trigger and the words that govern it through complements, nearest first."""
    chain, node = [trigger], trigger
    for _ in range(7):
        if node.head == node:
            break
        if node.dep_ in _COMPLEMENTS or node.dep_ == "prep" or node.dep_ == "relcl":
            if node.dep_ == "relcl" and not is_infinitive(node):
                break
            if node.dep_ == "advcl" and not is_infinitive(node):
                chain.append(node.head)
                break
            node = node.head
            chain.append(node)
            continue
        break
    return chain


def _is_embedded_question(trigger: Token, chain: list[Token]) -> bool:
    """Tell whether the clause is asked about: "did not say which exporters would be given"."""
    for index in range(trigger.i - 1, max(trigger.i - 9, trigger.sent.start), -1):
        word = trigger.doc[index]
        if word.lower_ in _ASKING and word.nbor(-1).lemma_.lower() in _UNKNOWN:
            return True
    if trigger.dep_ not in {"ccomp", "pcomp", "conj", "csubj"} and len(chain) < 2:
        return False
    for child in [*trigger.children, *(trigger.head.children if trigger.dep_ == "conj" else ())]:
        if child.i > trigger.i or child.head.dep_ not in {"ccomp", "pcomp", "conj", "csubj"}:
            continue
        if child.lower_ == "whether" and is_weighed(child.head):
            return False
        if child.lower_ in {"when", "how", "why", "whether"}:
            return True
        if child.left_edge.lower_ in {"which", "what", "how", "whose"} and child.dep_ != "mark":
            return child.left_edge.i > trigger.sent.start and child.dep_ in {
                "nsubj",
                "nsubjpass",
                "dobj",
                "advmod",
            }
    return False


def _is_order_text(candidate: Candidate, trigger: Token) -> bool:
    """Tell whether a legal text only says what shall be done with licenses in general."""
    group = {word.lower_ for word in left_group(trigger)}
    owes = trigger.dep_ == "xcomp" and trigger.head.lemma_ in {"oblige", "require"}
    if owes and candidate.kind in FIRM_KINDS:
        return True
    if candidate.kind is EventKind.LICENSE_APPLIED:
        is_duty = trigger.dep_ == "xcomp" and trigger.head.lemma_ in {"have", "need", "require"}
        return is_duty or bool(group & {"must", "shall", "can", "may", "should"})
    if candidate.noun is not None and candidate.noun.tag_ in {"NN", "NNP"}:
        # "the permit of X shall be cancelled" is about one license.
        owned = any(c.dep_ == "poss" or c.lower_ == "of" for c in candidate.noun.children)
        if owned and candidate.noun.left_edge.lower_ != "a":
            return False
    by_state = candidate.subject is not None and candidate.subject.ent_type_ == "GPE"
    return candidate.kind in FIRM_KINDS and "shall" in group and not by_state


def _is_headline_future(sentence: SentenceReading, trigger: Token) -> bool:
    """Match the headline form "China to ease export curbs"."""
    if not sentence.is_headline or trigger.i - sentence.sent.start > 6:
        return False
    between = [word for word in sentence.sent if word.i < trigger.i]
    return not any(word.pos_ == "VERB" for word in between)


def _is_bare_infinitive(trigger: Token, candidate: Candidate) -> bool:
    """Tell whether a to-infinitive states only a purpose."""
    owed = trigger.dep_ == "xcomp" and trigger.head.lemma_ == "have"
    if candidate.voice == "nominal" or (owed and candidate.rule_id.startswith("event.phrase.")):
        return False
    return trigger.tag_ == "VB" and any(word.lower_ == "to" for word in left_group(trigger)[:2])
