"""What may be traded: goods as the object of a ban, exports let go again, licenses not needed.

Every function takes a sentence and a token and yields candidates.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.actors import is_official_noun
from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.objects import resolve_noun
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, is_party, subject_of
from extractors.events.topics import is_regulated
from extractors.events.word_rules import Rule
from models.vocabulary import EventKind

_BANNING = frozenset({"ban", "embargo", "forbid", "outlaw", "prohibit"})
_CURBING = frozenset({"control", "curb", "restrict"})
_LETTING = frozenset({"allow", "authorise", "authorize", "clear", "let", "permit"})
_GOING = frozenset({"continue", "flow", "leave", "move", "proceed", "restart", "resume"})
_STARTING = frozenset({"begin", "come", "kick", "start", "take"})
_NEEDED = frozenset({"need", "require"})


def is_government(sentence: SentenceReading, token: Token | None) -> bool:
    """Tell whether a noun names a government, one of its bodies or a speaker for it."""
    return token is not None and (token.i in sentence.reading.actor_at or is_official_noun(token))


def _decider(token: Token) -> Token | None:
    """Return who acts: the subject, or the owner of "China's decision to"."""
    if token.dep_ == "acl" and token.head.lemma_ in {"decision", "move", "order", "plan"}:
        return next((child for child in token.head.children if child.dep_ == "poss"), None)
    return agent_of(token) if is_passive(token) else subject_of(token)


def _goods(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "China embargoed antimony", "its decision to restrict gallium": no word of export."""
    head = next((child for child in token.children if child.dep_ == "dobj"), None)
    if is_passive(token):
        head = next((child for child in token.children if child.dep_ == "nsubjpass"), None)
    if head is None or not is_government(sentence, _decider(token)):
        return
    named = sentence.reading.materials_in(head.left_edge.i, head.i + 1)
    if not any(item.start <= head.i < item.end and is_regulated(item) for item in named):
        return
    low, high = head.left_edge.i, min(head.right_edge.i + 6, sentence.sent.end)
    is_bought = any(word.lower_ in {"from", "import", "imported", "in"} for word in head.subtree)
    foreign = sentence.reading.places_in(low, head.i)
    after = words_after(sentence, head, 4) if head.i > token.i else []
    if (
        is_bought
        or foreign
        or any(word.lower_ in {"from", "in"} for word in after[: high - head.i])
    ):
        # "banned Chinese magnets", "bans lead in paint": bought or used, not sold abroad.
        return
    bans = token.lemma_.lower() in _BANNING
    passive = is_passive(token)
    yield make_candidate(
        token,
        EventKind.BAN_IMPOSED if bans else EventKind.CONTROL_IMPOSED,
        "ban.goods" if bans else "control.goods",
        voice="passive" if passive else "active",
        subject=_decider(token),
    )


def _cut_off(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "China cut off Japan in 2010", "the buyer was cut off" in a text on exports."""
    off = any(child.lower_ == "off" and child.i > token.i for child in token.children)
    if not off or not sentence.reading.topic.has_export:
        return
    passive = is_passive(token)
    wanted = "nsubjpass" if passive else "dobj"
    hit = next((child for child in token.children if child.dep_ == wanted), None)
    who = _decider(token)
    is_known = is_government(sentence, who) or (
        who is not None
        and who.lower_ == "it"
        and bool(sentence.reading.actors_in(sentence.sent.start, who.i))
    )
    if hit is None or (not passive and not is_known):
        return
    reading = sentence.reading
    firms = reading.companies_in(sentence.sent.start, hit.i) if hit.lower_ in {"it", "they"} else ()
    if firms or hit.i in reading.company_at or reading.places_in(hit.i, hit.i + 1):
        yield make_candidate(
            token,
            EventKind.BAN_IMPOSED,
            "ban.cut_off",
            voice="passive" if passive else "active",
            subject=_decider(token),
        )


def _cleared_goods(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the ministry cleared magnets for X": goods stand for the license."""
    goods = next((child for child in token.children if child.dep_ == "dobj"), None)
    if is_passive(token) and sentence.reading.topic.has_license:
        yield from _cleared_for_export(sentence, token)
    if goods is None or is_passive(token) or not sentence.reading.topic.has_license:
        return
    if not is_government(sentence, subject_of(token)):
        return
    named = sentence.reading.materials_in(goods.left_edge.i, goods.i + 1)
    if not any(item.start <= goods.i < item.end and is_regulated(item) for item in named):
        return
    near = [child for word in (goods, token) for child in word.children if child.lower_ == "for"]
    party = next((w for pp in near for w in pp.children if w.dep_ == "pobj"), None)
    if party is not None and is_party(sentence, party):
        yield make_candidate(
            token,
            EventKind.LICENSE_GRANTED,
            "grant.goods",
            noun=goods,
            voice="active",
            subject=subject_of(token),
        )


def _cleared_for_export(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "only small amounts have been cleared for export"."""
    after = [word.lower_ for word in words_after(sentence, token, 2)]
    subject = subject_of(token)
    if after[:1] == ["for"] and after[1:] and after[1] in {"export", "shipment", "shipping"}:
        yield make_candidate(
            token, EventKind.LICENSE_GRANTED, "grant.goods", noun=subject, voice="passive"
        )


def _let_go(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "allowed exports of terbium to resume", "let shipments flow again"."""
    if token.tag_ != "VB":
        return
    low = max(token.i - 14, sentence.sent.start)
    before = token.doc[low : token.i]
    verb = next((word for word in reversed(before) if word.lemma_.lower() in _LETTING), None)
    if verb is None or not verb.tag_.startswith("VB"):
        return
    passive = is_passive(verb)
    first = before[0].i if passive else verb.i + 1
    noun = next((w for w in token.doc[first : token.i] if sentence.class_of(w) == "exports"), None)
    if noun is None and token.i == verb.i + 2 and before[-1].lower_ in {"it", "them"}:
        # "halted exports and later let them resume"
        noun = resolve_noun(sentence, before[-1], frozenset({"exports"}))
    again = {word.lower_ for word in words_after(sentence, token, 3)} & {"again", "anew"}
    if noun is None or not (token.lemma_ in {"restart", "resume"} or again):
        return
    giver = subject_of(verb)
    if giver is not None and giver.i in sentence.reading.company_at and not passive:
        return
    is_named = noun.dep_ in {"dobj", "nsubj", "nsubjpass", "compound"} or noun.head.i >= verb.i
    if is_named or noun.i < low:
        yield make_candidate(
            verb,
            EventKind.BAN_LIFTED,
            "ban.let_flow",
            noun=noun,
            voice="passive" if passive else "active",
            subject=None if passive else subject_of(verb),
        )


def _no_longer_needed(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "no longer need a license for", "a permit is no longer required"."""
    if not token.tag_.startswith("VB"):
        return
    before = [word.lower_ for word in token.doc[max(token.i - 4, sentence.sent.start) : token.i]]
    if "longer" not in before or not {"no", "not", "n't"} & set(before):
        return
    if is_passive(token):
        head = subject_of(token)
        noun = head if head is not None and sentence.class_of(head) else None
    else:
        noun = sentence.first_of(words_after(sentence, token, 6), "license", "quota")
    if noun is not None and sentence.class_of(noun) in {"license", "quota"}:
        yield make_candidate(
            token, EventKind.CONTROL_LIFTED, "control.no_longer", noun=noun, voice="nominal"
        )


def _took_hold(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "a halt to exports took hold at midnight", "the ban kicked in on Friday"."""
    after = [word.lower_ for word in words_after(sentence, token, 2)]
    fits = {"come": ["into"], "kick": ["in"], "take": ["hold"]}.get(token.lemma_)
    if fits is None or after[:1] != fits or after[1:] == ["play"]:
        return
    subject = subject_of(token)
    name = sentence.class_of(subject) if subject is not None else None
    if name not in {"ban", "control"} or (token.lemma_ == "come" and after[1:] != ["being"]):
        return
    kind = EventKind.BAN_IMPOSED if name == "ban" else EventKind.CONTROL_IMPOSED
    yield make_candidate(token, kind, f"{name}.in_force", noun=subject, voice="active")


def _waived(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the waiver lets suppliers ship without individual licenses"."""
    subject = subject_of(token)
    after = words_after(sentence, token, 14)
    if subject is None or sentence.class_of(subject) != "exemption" or is_passive(token):
        return
    noun = sentence.first_of(after, "control", "license")
    if noun is not None and any(w.lower_ in {"from", "without"} for w in after if w.i < noun.i):
        yield make_candidate(
            token, EventKind.EXEMPTION_GRANTED, "exempt.lets", noun=noun, voice="active"
        )


def _resume_or_let(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    if token.lemma_.lower() in _LETTING:
        yield from _waived(sentence, token)
        yield from _cleared_goods(sentence, token)
    if token.lemma_.lower() in _GOING:
        yield from _let_go(sentence, token)


RULES: dict[str, Rule] = {
    **dict.fromkeys(sorted(_BANNING | _CURBING), _goods),
    **dict.fromkeys(sorted(_LETTING | _GOING | {"free", "spare"}), _resume_or_let),
    **dict.fromkeys(("approve", "release"), _cleared_goods),
    "cut": _cut_off,
    **dict.fromkeys(sorted(_NEEDED), _no_longer_needed),
    **dict.fromkeys(sorted(_STARTING), _took_hold),
}
