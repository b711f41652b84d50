"""License and policy events of a text, one row a mention.

Frames and special forms propose, modality and context dispose; reads the Doc and the companies
and dates found in it. Not here: merging mentions into events (the timeline does that).
"""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Span, Token

from extractors.events.arguments import (
    destination_of,
    license_kind_of,
    material_of,
)
from extractors.events.attribution import NONE, Attribution, attribute, is_media_lead
from extractors.events.authority import authority_of
from extractors.events.candidates import Candidate
from extractors.events.generic import is_generic
from extractors.events.holders import Roles, roles_of
from extractors.events.inherited import inherited_date
from extractors.events.known import is_named_by_day, known_kind, named_day
from extractors.events.modality import judge
from extractors.events.naming import begun, instrument_of, with_notice
from extractors.events.policies import find_policies
from extractors.events.reading import Reading, SentenceReading, read, read_sentence
from extractors.events.recast import is_retold, recast
from extractors.events.screen import (
    is_double,
    is_idea,
    is_of_other_goods,
    is_own_voice,
    is_presupposed,
    refined_kind,
    without_list_doubles,
    without_scheme_start,
)
from extractors.events.special import find_special_candidates
from extractors.events.timing import When, date_event, in_force_date, is_background
from extractors.events.triggers import find_verb_candidates
from models.facts import CompanyMention, DateMention, LicenseEvent
from models.vocabulary import FIRM_KINDS, EventKind, LicenseKind, Modality

# How many mentions back a text is searched for what a later one leaves unsaid.
_MEMORY = 30
_CARRIED_KINDS = FIRM_KINDS | {EventKind.LICENSE_REGIME_CHANGED}
_BOILERPLATE = (
    "advertisement",
    "also read",
    "click here",
    "follow us",
    "more on this",
    "newsletter",
    "read also",
    "read more",
    "read next",
    "recommended:",
    "related:",
    "related articles",
    "related stories",
    "see also",
    "sign up",
    "subscribe",
    "trending",
    "you may also like",
)
_SCHEME_KINDS = frozenset({EventKind.LICENSE_EXCLUDED, EventKind.LICENSE_GRANTED})


def find_license_events(
    doc: Doc, *, companies: tuple[CompanyMention, ...], dates: tuple[DateMention, ...]
) -> tuple[LicenseEvent, ...]:
    """Return every mention of a license or policy event, ordered by `char_start`.

    Args:
        doc: A Doc of `extractors.nlp.read_doc`.
        companies: The firms found in it.
        dates: The time expressions found in it.
    """
    reading = read(doc, companies=companies, dates=dates)
    if not reading.topic.is_on_minerals:
        return ()
    found: list[LicenseEvent] = []
    carried = NONE
    for sent in doc.sents:
        if not any(token.pos for token in sent) or _is_question(sent) or _is_boilerplate(sent):
            continue
        sentence = read_sentence(reading, sent)
        events = list(_events_of(sentence, found, carried))
        if not found and events and events[0].modality is Modality.REPORTED:
            carried = _carry(sentence)
        found += events
    return tuple(sorted(found, key=lambda event: (event.char_start, event.char_end)))


def _carry(sentence: SentenceReading) -> Attribution:
    """Return the media attribution of the first event, under which the story stands."""
    for candidate in _candidates(sentence):
        found = attribute(sentence, candidate.trigger)
        if is_media_lead(found):
            return found
    return NONE


def _is_boilerplate(sent: Span) -> bool:
    """Tell whether a line is a teaser or navigation, which is not the article."""
    return sent.text[:40].lstrip(" *•-–>|#").lower().startswith(_BOILERPLATE)


def _is_question(sent: Span) -> bool:
    return sent.text.rstrip().rstrip("\"”’'").endswith("?")


def _events_of(
    sentence: SentenceReading, earlier: list[LicenseEvent], carried: Attribution
) -> Iterator[LicenseEvent]:
    told = list(earlier[-_MEMORY:])
    for found in _candidates(sentence):
        candidate = recast(sentence, found, told)
        modality = judge(sentence, candidate)
        if modality is None or is_retold(candidate, told):
            continue
        event = _build(sentence, candidate, modality, earlier, carried)
        told.append(event)
        yield event


def _candidates(sentence: SentenceReading) -> list[Candidate]:
    """Return the candidates of a sentence without doubles and generic statements."""
    found = [
        replace(item, kind=refined_kind(sentence, item))
        for item in (*find_verb_candidates(sentence), *find_special_candidates(sentence))
    ]
    kept: list[Candidate] = []
    for candidate in sorted(found, key=lambda item: item.trigger.i):
        if is_double(candidate, kept) or is_generic(sentence, candidate):
            continue
        if is_presupposed(sentence, candidate) or is_own_voice(sentence, candidate):
            continue
        if is_of_other_goods(sentence, candidate) or is_idea(sentence, candidate):
            continue
        kept.append(candidate)
    kept = without_scheme_start(sentence, without_list_doubles(kept))
    return kept + list(find_policies(sentence, kept))


def _build(
    sentence: SentenceReading,
    candidate: Candidate,
    modality: Modality,
    earlier: list[LicenseEvent],
    carried: Attribution,
) -> LicenseEvent:
    doc = sentence.reading.doc
    roles = roles_of(sentence, candidate)
    authority = authority_of(sentence, candidate)
    when = date_event(sentence, candidate.trigger, candidate.noun)
    if candidate.rule_id.endswith(".in_force") and when.start is None:
        when = in_force_date(sentence, candidate.trigger, when)
    when = begun(sentence, candidate, with_notice(sentence, candidate, when, modality))
    when = named_day(sentence, candidate, when)
    when = inherited_date(sentence, candidate, when, modality)
    kind = known_kind(sentence, candidate, when)
    background = is_named_by_day(candidate) or is_background(
        sentence, candidate.trigger, when, modality, candidate.noun
    )
    source = attribute(sentence, candidate.trigger)
    if candidate.voice == "nominal" and modality is Modality.ASSERTED:
        modality = _inherited(sentence, earlier)
    # "of the requests that firms have filed since April", whoever counts them
    is_known = kind is EventKind.LICENSE_APPLIED and candidate.trigger.dep_ == "relcl"
    told = source.is_reported and not is_known
    if modality is Modality.ASSERTED and (told or not background):
        modality, source = _reported(kind, source, carried)
    start, end = _evidence(sentence, candidate, when)
    span = doc[start:end]
    return LicenseEvent(
        text=span.text,
        char_start=span.start_char,
        char_end=span.end_char,
        kind=kind,
        authority=authority,
        licensees=roles.licensees,
        beneficiaries=roles.beneficiaries,
        applicants=roles.applicants,
        excluded=roles.excluded,
        material=material_of(sentence, candidate),
        destination=destination_of(sentence, candidate, authority),
        license_kind=license_kind_of(sentence, candidate) or _same_scheme(candidate, earlier),
        instrument=instrument_of(sentence, candidate, is_background=background),
        date_start=when.start,
        date_end=when.end,
        date_precision=when.precision,
        effective_start=when.effective,
        modality=modality,
        attributed_to=source.speaker,
        is_background=background,
        rule_id=candidate.rule_id,
    )


def _reported(
    kind: EventKind, source: Attribution, carried: Attribution
) -> tuple[Modality, Attribution]:
    """Return the modality of a fact that somebody tells, and whom the row quotes."""
    if source.is_reported:
        return Modality.REPORTED, source if source.speaker or not carried.speaker else carried
    if source.speaker is None and carried.is_reported and kind in _CARRIED_KINDS:
        return Modality.REPORTED, carried
    return Modality.ASSERTED, source


def _same_scheme(candidate: Candidate, earlier: list[LicenseEvent]) -> LicenseKind | None:
    """Return the form of the scheme that the text is about, when it has named only that one."""
    if candidate.kind not in _SCHEME_KINDS:
        return None
    forms = {event.license_kind for event in earlier[-_MEMORY:] if not event.is_background} - {None}
    return LicenseKind.GENERAL if forms == {LicenseKind.GENERAL} else None


def _inherited(sentence: SentenceReading, earlier: list[LicenseEvent]) -> Modality:
    """Return the modality of an explanation: what a planned act "means" is planned too."""
    root = next((token for token in sentence.sent if token.dep_ == "ROOT"), None)
    if root is None or root.lemma_ not in {"mean", "represent", "amount", "entail", "imply"}:
        return Modality.ASSERTED
    line = sentence.reading.doc.text.rfind("\n", 0, sentence.sent.start_char)
    same = [event for event in earlier[-_MEMORY:] if event.char_start > line]
    return (
        same[-1].modality if same and same[-1].modality is Modality.PLANNED else Modality.ASSERTED
    )


def _evidence(sentence: SentenceReading, candidate: Candidate, when: When) -> tuple[int, int]:
    """Return the token span from the first to the last word of the event's clause."""
    trigger = candidate.trigger
    indexes = [trigger.i]
    for token in (candidate.noun, candidate.party, candidate.subject):
        is_here = token is not None and sentence.sent.start <= token.i < sentence.sent.end
        if token is not None and is_here and sentence.clauses.same_segment(token, trigger):
            indexes += [token.i]
    if when.span is not None:
        indexes += [when.span[0], when.span[1] - 1]
    same = [
        token.i
        for token in sentence.sent
        if sentence.clauses.same(token, trigger) and not token.is_space
    ]
    indexes += same
    return _tidy(sentence.reading.doc, min(indexes), max(indexes) + 1)


def _tidy(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end - 1 and (_is_edge(doc[start]) or doc[start].pos_ == "CCONJ"):
        start += 1
    while end > start + 1 and _is_edge(doc[end - 1]):
        end -= 1
    return start, end


def _is_edge(token: Token) -> bool:
    return token.is_space or (token.is_punct and token.text not in {"%"})


__all__ = ["Reading", "Roles", "find_license_events"]
