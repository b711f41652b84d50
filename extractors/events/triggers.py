"""Verbs that open an event: the frame, the noun acted on, the voice and the subject.

Syntax first; where the parse gives no noun of the right class, the nearest one in the same
clause segment on the proper side of the verb is taken.
"""

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.clauses import SUBJECTS, is_passive, left_group
from extractors.events.frame_fits import CLEARED, noun_fits, subject_fits
from extractors.events.lexicon import (
    Frame,
    frames_by_verb,
)
from extractors.events.objects import WINDOW, find_noun
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, firm_before, is_party, subject_of
from extractors.events.verbs import is_verbal, lemma_of, particle_of

_PHRASAL = frozenset(
    {"bring", "call", "cut", "give", "hand", "hold", "put", "set", "take", "tear", "turn"}
)
# What controls do without an agent: "will revive in November".
_BY_THEMSELVES = frozenset({"ease", "end", "expand", "loosen", "resume", "revive", "tighten"})


def find_verb_candidates(sentence: SentenceReading) -> list[Candidate]:
    """Return the candidates that a verb of the sentence opens, at most one a verb and noun."""
    found: list[Candidate] = []
    by_verb = frames_by_verb()
    for token in sentence.sent:
        lemma = lemma_of(token)
        frames = by_verb.get(lemma)
        if not frames or not is_verbal(token):
            continue
        matches = [
            candidate
            for frame in _by_particle(token, lemma, frames)
            if (candidate := _match(sentence, token, frame)) is not None
        ]
        if matches:
            # "suspended a ban on exports" acts on the ban: the nearer noun is the object.
            found.append(min(matches, key=_distance))
    return found


def _distance(candidate: Candidate) -> int:
    if candidate.noun is None:
        return 1_000
    return abs(candidate.noun.i - candidate.trigger.i)


def _by_particle(token: Token, lemma: str, frames: tuple[Frame, ...]) -> list[Frame]:
    """Return the frames that the particles fit, with one first: "put on hold" is not "put"."""
    particles = particle_of(token)
    stated = particles - {""}
    own = {child.lower_ for child in token.children if child.dep_ == "prt"}
    if own and lemma in _PHRASAL:
        # "put off" is not "put": the particle must be one of the frame.
        particles = own | {word for word in particles if word in {"hold", "ice"}}
    fitting = [frame for frame in frames if frame.verbs[lemma] & particles]
    return sorted(fitting, key=lambda frame: not frame.verbs[lemma] & stated)


def _match(sentence: SentenceReading, token: Token, frame: Frame) -> Candidate | None:
    passive = is_passive(token) or _is_undergone(sentence, token, frame)
    subject = agent_of(token) if passive else subject_of(token)
    is_bare = frame.id.startswith("propose.") and token.tag_ == "VBN" and token.dep_ != "acl"
    if is_bare and not left_group(token):
        # "current and proposed controls"
        return None
    noun = find_noun(sentence, token, frame, passive)
    if noun is None:
        return _party_candidate(sentence, token, frame, passive)
    recipient = passive and noun.i > token.i
    if not noun_fits(sentence, token, frame, noun, subject):
        return None
    is_helper = token.dep_ in {"aux", "auxpass"}
    if subject is None and frame.subject in {"applicant", "holder"} and not (passive or is_helper):
        subject = firm_before(sentence, token)
    if not subject_fits(sentence, token, frame, subject, passive=passive):
        return None
    return Candidate(
        kind=frame.kind,
        rule_id=f"event.{frame.id}",
        trigger=token,
        noun=noun,
        voice="passive" if passive else "active",
        subject=subject,
        role=frame.subject,
        party=subject_of(token) or firm_before(sentence, token) if recipient else None,
    )


def _is_undergone(sentence: SentenceReading, token: Token, frame: Frame) -> bool:
    """Tell whether a past form is said of what is acted on: "permits handed out to X", "eased".

    The small model takes reduced passives for past tenses, and controls ease by themselves.
    """
    by_itself = token.tag_ in {"VB", "VBZ"} and token.lemma_ in _BY_THEMSELVES
    if (token.tag_ not in {"VBD", "VBN"} and not by_itself) or "exports" in frame.objects:
        return False
    if any(child.dep_ in {"dobj", "ccomp", "dative"} for child in token.children):
        return False
    subject = next((child for child in token.children if child.dep_ in SUBJECTS), None)
    return subject is not None and sentence.class_of(subject) in frame.objects


def _party_candidate(
    sentence: SentenceReading, token: Token, frame: Frame, passive: bool
) -> Candidate | None:
    """Match "firms were cleared" and "X was excluded": the party stands where the noun would."""
    party = _licensed_party(sentence, token, frame, passive)
    if party is None:
        return None
    return Candidate(
        kind=frame.kind,
        rule_id=f"event.{frame.id}.party",
        trigger=token,
        noun=None,
        voice="passive" if passive else "active",
        subject=agent_of(token) if passive else subject_of(token),
        role=frame.subject,
        party=party,
    )


def _licensed_party(
    sentence: SentenceReading, token: Token, frame: Frame, passive: bool
) -> Token | None:
    """Return whom a verb leaves out, turns away or clears; None where that is nobody."""
    topic = sentence.reading.topic
    party = subject_of(token) if passive else _object(token)
    if party is None:
        return None
    if "party" in frame.objects:
        found = party if is_party(sentence, party) else _buyer(party)
        return found if _license_context(sentence, token) and is_party(sentence, found) else None
    if not topic.has_license or _is_unnamed_name(sentence, party) or not is_party(sentence, party):
        return None
    if frame.id == "deny":
        return party if _turns_away(token) else None
    following = token.doc[min(token.i + 1, len(token.doc) - 1)].lower_
    is_cleared = frame.id in {"grant.act", "grant.application"} and passive
    if not is_cleared or token.lemma_.lower() not in CLEARED or following == "of":
        return None
    return party


def _turns_away(token: Token) -> bool:
    """Tell whether a verb refuses people as well as papers: "turned three firms away"."""
    lemma = token.lemma_.lower()
    return lemma == "rebuff" or (lemma == "turn" and bool({"away", "down"} & particle_of(token)))


def _buyer(goods: Token) -> Token:
    """Return for whom the goods are that are left out: "parts for X were left out"."""
    after = (child for child in goods.children if child.lower_ == "for")
    return next((word for pp in after for word in pp.children if word.dep_ == "pobj"), goods)


def _is_unnamed_name(sentence: SentenceReading, party: Token) -> bool:
    return party.pos_ == "PROPN" and party.i not in sentence.reading.company_at


def _license_context(sentence: SentenceReading, token: Token) -> bool:
    """Tell whether the clause speaks of rounds or lists of licenses."""
    rounds = {"batch", "channel", "list", "recipient", "round", "scheme", "tranche", "wave"}
    topic = sentence.reading.topic
    if topic.has_license or topic.has_quota:
        rounds |= {
            "facility",
            "group",
            "lane",
            "procedure",
            "program",
            "programme",
            "register",
            "roster",
            "track",
        }
    if not (topic.has_license or topic.has_quota or topic.is_short):
        return False
    if any(sentence.class_of(word) == "license" for word in sentence.sent):
        return True
    after = [word for word in sentence.sent if token.i < word.i <= token.i + WINDOW]
    return any(word.lemma_.lower() in rounds for word in after)


def _object(token: Token) -> Token | None:
    return next((child for child in token.children if child.dep_ in {"dobj", "dative"}), None)
