"""Measures whose day tells what they were: a retold package that widened an older regime.

Only for acts that a text merely mentions ("the controls announced on October 9"); where it tells
the act itself, its own words decide.
"""

from datetime import date

from extractors.events.candidates import Candidate
from extractors.events.reading import SentenceReading
from extractors.events.timing import When
from models.vocabulary import EventKind

# China's announcements 55 to 58, 61 and 62 of 2025 widened the regime of 4 April 2025.
_WIDENINGS = {date(2025, 10, 9): "China"}
_ASIDES = frozenset({"acl", "relcl"})


def is_named_by_day(candidate: Candidate) -> bool:
    """Tell whether a measure is only pointed at by its day: what another act is done to."""
    return candidate.rule_id.endswith(".of_date")


def named_day(sentence: SentenceReading, candidate: Candidate, when: When) -> When:
    """Return the day by which a measure is named: "the controls of early April"."""
    if not is_named_by_day(candidate):
        return when
    low = candidate.trigger.i + 2
    found = sentence.reading.dates_in(low, min(low + 2, sentence.sent.end))
    if not found:
        return when
    fact = found[0].fact
    return When(
        start=fact.period_start,
        end=fact.period_end,
        precision=fact.granularity,
        effective=when.effective,
        span=(found[0].start, found[0].end),
    )


def known_kind(sentence: SentenceReading, candidate: Candidate, when: When) -> EventKind:
    """Return the kind of a retold control, after what is known of its day."""
    kind = candidate.kind
    trigger, noun = candidate.trigger, candidate.noun
    # The tagger may take "the controls it announced" for a verb and its complement.
    is_owned = noun is not None and trigger.dep_ == "ccomp" and trigger.head.i == noun.i
    is_aside = trigger.dep_ in _ASIDES or is_owned or is_named_by_day(candidate)
    if kind is not EventKind.CONTROL_IMPOSED or not is_aside or when.start is None:
        return kind
    country = _WIDENINGS.get(when.start)
    is_named = country is not None and country in sentence.reading.countries
    return EventKind.CONTROL_EXPANDED if is_named else kind
