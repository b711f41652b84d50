"""Duties to hold a license, changes of a licensing system, entry into force.

A duty is `license_regime_changed`, beside `control_imposed` where the text calls it new.
"""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.lexicon import regime_verbs
from extractors.events.nouns import complement, modifiers
from extractors.events.objects import REGIMES, is_license_system
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, subject_of
from models.vocabulary import EventKind

_LANES = frozenset({"channel", "corridor", "lane", "track", "window"})
_FAST = frozenset(
    {
        "dedicated",
        "express",
        "fast",
        "fast-track",
        "fast-tracked",
        "green",
        "priority",
        "simplified",
    }
    | {"special", "streamlined", "track"}
)
_PLACING = frozenset({"bring", "come", "fall", "place", "put"})


_SHIFT = frozenset({"migrate", "move", "shift", "switch", "transition", "change"})


_SETTING = frozenset(
    {"adopt", "announce", "clamp", "establish", "impose", "introduce", "place", "put", "slap"}
    | {"attach", "roll", "unveil"}
)
# What a new form of license does for its holders.
_ENABLING = frozenset({"allow", "enable", "let", "permit"})


def find_requirement(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "imposed licensing requirements": the duty that comes with a control."""
    if token.lemma_ not in _SETTING:
        return
    passive = is_passive(token)
    low, high = (token.i - 10, token.i) if passive else (token.i + 1, token.i + 8)
    for index in range(max(low, sentence.sent.start), min(high, sentence.sent.end)):
        word = token.doc[index]
        is_duty = word.lemma_.lower() in {"requirement", "licensing"} and (
            word.lower_ == "licensing" or is_license_system(word)
        )
        if is_duty and sentence.class_of(word) == "control":
            yield make_candidate(
                token,
                EventKind.LICENSE_REGIME_CHANGED,
                "duty.requirement",
                noun=word,
                voice="passive" if passive else "active",
                subject=agent_of(token) if passive else subject_of(token),
            )
            return


def find_regime(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match changes of the licensing system: replaced, eased, drawn up, enabled by licenses."""
    lemma = token.lemma_.lower()
    if lemma == "work" and token_after(token) != "on":
        return
    if lemma in _ENABLING and _license_subject(sentence, token) and not sentence.is_headline:
        yield make_candidate(
            token, EventKind.LICENSE_REGIME_CHANGED, "regime.enable", voice="active"
        )
        return
    if lemma in _SHIFT and token.pos_ == "VERB":
        after = [word for word in sentence.sent if token.i < word.i <= token.i + 12]
        if any(word.lower_ == "to" for word in after) and sum(
            sentence.class_of(word) == "license" for word in after
        ) >= (1 if lemma == "switch" else 2):
            yield make_candidate(
                token, EventKind.LICENSE_REGIME_CHANGED, "regime.shift", voice="active"
            )
        return
    if lemma not in regime_verbs():
        return
    if lemma in {"create", "establish", "introduce"}:
        yield from _new_permit(sentence, token)
    noun = _regime_noun(sentence, token)
    if noun is not None:
        voice = "passive" if is_passive(token) else "active"
        yield make_candidate(
            token,
            EventKind.LICENSE_REGIME_CHANGED,
            "regime.change",
            noun=noun,
            voice=voice,
            subject=agent_of(token) if voice == "passive" else subject_of(token),
        )


def _new_permit(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "will introduce an export permit for tungsten": a duty under the name of its paper."""
    for child in token.children:
        is_permit = child.dep_ == "dobj" and sentence.class_of(child) == "license"
        instead = any(word.lower_ == "instead" for word in token.children)
        if is_permit and (instead or _is_for_goods(sentence, child)):
            yield make_candidate(
                token,
                EventKind.LICENSE_REGIME_CHANGED,
                "regime.permit",
                noun=child,
                voice="active",
                subject=subject_of(token),
            )


def _license_subject(sentence: SentenceReading, token: Token) -> bool:
    subject = subject_of(token)
    if subject is None or sentence.class_of(subject) != "license":
        return False
    if token.dep_ == "relcl" and token.lemma_ != "enable":
        # "issued a license that lets firms go on" is one license.
        return False
    lasting = {"annual", "general", "standing", "streamlined", "year", "long"}
    if token.lemma_ == "enable":
        lasting |= {"new"}
    return bool(lasting & {w.lower_ for w in modifiers(subject)})


def _regime_noun(sentence: SentenceReading, token: Token) -> Token | None:
    passive = is_passive(token)
    step = -1 if passive else 1
    for word in sentence.walk(token, step=step, most=9):
        if token.lemma_ in {"replace", "supersede"} and (
            sentence.class_of(word) == "license" or _is_by_case(word)
        ):
            return word
        if word.lemma_.lower() in _LANES and _is_fast(sentence, word):
            return word
        if word.lemma_.lower() in REGIMES and _is_of_licenses(word):
            return word
        if word.tag_ in {"VBD", "VBZ", "MD"} and step == 1:
            return None
    return None


def _is_by_case(word: Token) -> bool:
    """Match "case-by-case vetting", "shipment-by-shipment checks": what a new scheme replaces."""
    if word.lemma_.lower() not in {"approval", "check", "review", "vetting"}:
        return False
    before = [w.lower_ for w in word.doc[max(word.i - 5, 0) : word.i]]
    return "by" in before and bool({"case", "shipment", "consignment"} & set(before))


def _is_of_licenses(system: Token) -> bool:
    """Tell whether a system hands out licenses: "a license regime", "a scheme for validated"."""
    words = {word.lower_ for word in modifiers(system)}
    if any(word.startswith(("licens", "licenc", "permit", "approval")) for word in words):
        return True
    return bool({"validated", "veu"} & (words | {word.lower_ for word in complement(system)}))


def _is_fast(sentence: SentenceReading, lane: Token) -> bool:
    """Tell whether a channel is a quicker way to licenses: "a green channel for exporters"."""
    words = {word.lower_ for word in modifiers(lane)}
    topic = sentence.reading.topic
    return bool(words & _FAST) and (topic.has_license or topic.has_material or topic.is_short)


_ENTERING = frozenset({"apply", "begin", "come", "enter", "follow", "go", "start", "take"})


def find_entry(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the controls took effect on", "curbs came into force"."""
    if token.lemma_ not in _ENTERING:
        return
    after = [word.lower_ for word in token.doc[token.i + 1 : min(token.i + 4, sentence.sent.end)]]
    takes = token.lemma_ == "take" and after[:1] == ["effect"]
    begins = (
        token.lemma_ in {"begin", "start"}
        and after[:1] in (["on"], ["in"])
        and (token.dep_ != "relcl" or _is_dated(sentence, token))
    )
    comes = token.lemma_ in {"come", "enter", "go"} and after[:2] in (
        ["into", "force"],
        ["into", "effect"],
    )
    near = token.doc[token.i + 1 : min(token.i + 5, sentence.sent.end)]
    starts = [word.i for word in near if word.lower_ in {"as", "from", "since"}]
    applies = token.lemma_ == "apply" and bool(starts)
    applies = applies and bool(sentence.reading.dates_in(starts[0], starts[0] + 4))
    begins = begins or (applies and not is_passive(token))
    follows = token.lemma_ == "follow" and after[:1] in (["on"], ["in"]) and not is_passive(token)
    if not takes and not comes and not begins and not follows:
        return
    subject = subject_of(token)
    if subject is None:
        return
    name = sentence.class_of(subject)
    if follows and name == "license" and _is_for_goods(sentence, subject):
        # "Export permits for graphite followed on": the duty, not a permit for a firm.
        name = "control"
    if name == "control":
        yield make_candidate(
            token, EventKind.CONTROL_IMPOSED, "control.in_force", noun=subject, voice="active"
        )
    elif name == "ban" and token.dep_ != "relcl":
        yield make_candidate(
            token, EventKind.BAN_IMPOSED, "ban.in_force", noun=subject, voice="active"
        )


def _is_dated(sentence: SentenceReading, token: Token) -> bool:
    """Match "the rules that started in May"; "the policy, which began" only dates another act."""
    said = any(child.lower_ == "that" for child in token.children)
    return said and bool(
        sentence.reading.dates_in(token.i + 1, min(token.i + 4, sentence.sent.end))
    )


def _is_for_goods(sentence: SentenceReading, noun: Token) -> bool:
    goods = sentence.reading.materials_in(noun.i + 1, min(noun.i + 8, sentence.sent.end))
    return bool(goods) and token_after(noun) in {"for", "on"}


def token_after(token: Token) -> str:
    """Return the lower-case word after a token, empty at the end of the text."""
    return token.doc[token.i + 1].lower_ if token.i + 1 < len(token.doc) else ""


def find_placing(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "placed gallium under export controls", "made exports subject to licensing"."""
    if token.lemma_ not in {"become", "bring", "come", "fall", "make", "place", "put", "subject"}:
        return
    doc = sentence.reading.doc
    for index in range(token.i + 1, min(token.i + 16, sentence.sent.end - 1)):
        word = doc[index]
        if token.lemma_ in {"become", "come", "fall"} and index > token.i + 3:
            return
        is_under = word.lower_ == "under" and token.lemma_ in _PLACING
        is_subject = word.lower_ == "to" and "subject" in {token.lemma_, doc[index - 1].lower_}
        if not is_under and not is_subject:
            continue
        for noun in doc[index + 1 : min(index + 6, sentence.sent.end)]:
            is_licensing = noun.lower_ in {"license", "licence", "licensing"} and (
                sentence.reading.topic.is_ours
            )
            if sentence.class_of(noun) in {"control", "license"} or is_licensing:
                found = make_candidate(
                    token,
                    EventKind.CONTROL_IMPOSED,
                    "control.under",
                    noun=noun,
                    voice="passive" if is_passive(token) else "active",
                    subject=agent_of(token) if is_passive(token) else subject_of(token),
                )
                yield found
                if is_under and sentence.class_of(noun) == "license":
                    kind = EventKind.LICENSE_REGIME_CHANGED
                    yield replace(found, kind=kind, rule_id="event.duty.under")
                return
