"""A possible event, before modality and arguments are read."""

from dataclasses import dataclass

from spacy.tokens import Token

from models.vocabulary import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible event before modality and arguments.

    Attributes:
        noun: The noun acted on; None when the subject itself is licensed ("X was cleared").
        voice: active, passive (the noun or the party is the subject) or nominal.
        subject: Head of the subject, or of the by-phrase of a passive.
        party: Head of the licensed party where the frame has already found it.
    """

    kind: EventKind
    rule_id: str
    trigger: Token
    noun: Token | None
    voice: str
    subject: Token | None
    role: str
    party: Token | None = None


def make_candidate(
    sentence_trigger: Token,
    kind: EventKind,
    rule: str,
    *,
    noun: Token | None = None,
    voice: str = "nominal",
    party: Token | None = None,
    subject: Token | None = None,
    role: str = "government",
) -> Candidate:
    """Return a candidate of a special form; `rule` is its rule id without the prefix."""
    return Candidate(
        kind=kind,
        rule_id=f"event.{rule}",
        trigger=sentence_trigger,
        noun=noun,
        voice=voice,
        subject=subject,
        role=role,
        party=party,
    )
