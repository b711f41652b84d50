"""One line for each event, made from its fields alone."""

from collections.abc import Sequence
from dataclasses import replace

from models.timeline import TimelineEvent
from models.vocabulary import EventKind, LicenseKind, Modality

_VERBS: dict[EventKind, str] = {
    EventKind.CONTROL_IMPOSED: "imposes export controls",
    EventKind.CONTROL_EXPANDED: "expands export controls",
    EventKind.CONTROL_EASED: "eases export controls",
    EventKind.CONTROL_SUSPENDED: "suspends export controls",
    EventKind.CONTROL_REINSTATED: "reinstates export controls",
    EventKind.CONTROL_LIFTED: "lifts export controls",
    EventKind.BAN_IMPOSED: "bans exports",
    EventKind.BAN_LIFTED: "lifts an export ban",
    EventKind.LICENSE_REGIME_CHANGED: "changes its export licensing",
    EventKind.QUOTA_ISSUED: "issues a quota",
    EventKind.EXEMPTION_GRANTED: "grants an exemption",
    EventKind.ENTITY_LISTED: "puts entities on a control list",
    EventKind.ENTITY_DELISTED: "takes entities off a control list",
    EventKind.LICENSE_APPLIED: "receives license applications",
    EventKind.LICENSE_GRANTED: "grants export licenses",
    EventKind.LICENSE_DENIED: "refuses export licenses",
    EventKind.LICENSE_DELAYED: "delays export licenses",
    EventKind.LICENSE_REVOKED: "revokes export licenses",
    EventKind.LICENSE_RENEWED: "renews export licenses",
    EventKind.LICENSE_EXCLUDED: "leaves firms without licenses",
}
_FORMS = {
    LicenseKind.GENERAL: "general ",
    LicenseKind.INDIVIDUAL: "individual ",
    LicenseKind.VALIDATED_END_USER: "validated-end-user ",
    LicenseKind.TEMPORARY: "temporary ",
}
_SHOWN_PARTIES = 4


def summarize(event: TimelineEvent) -> TimelineEvent:
    """Return the event with its summary, e.g. "China grants general export licenses to JL MAG"."""
    verb = _VERBS.get(event.kind, event.kind.value.replace("_", " "))
    if event.license_kind:
        verb = verb.replace("export licenses", f"{_FORMS[event.license_kind]}export licenses")
    parts = [event.authority or "Unnamed authority"]
    if event.modality is Modality.PLANNED:
        parts.append("plans:")
    elif event.modality is Modality.REPORTED:
        parts.append("reportedly")
    parts.append(verb)
    if event.material:
        parts.append(f"on {_listed(event.material.split('; '))}")
    parts += _parties(event)
    if event.instrument:
        parts.append(f"({event.instrument})")
    return replace(event, summary=" ".join(parts).replace(" : ", ": "))


def _parties(event: TimelineEvent) -> list[str]:
    # The contract has no role for listed entities: they stand under `excluded`.
    is_listing = event.kind in {EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED}
    shown = (
        ("to", event.licensees),
        ("for", event.beneficiaries),
        ("from", event.applicants),
        (":" if is_listing else "without", event.excluded),
    )
    parts = [f"{word} {_listed(names)}" for word, names in shown if names]
    if event.destination:
        parts.append(f"[to {event.destination}]")
    return parts


def _listed(names: Sequence[str]) -> str:
    head = ", ".join(names[:_SHOWN_PARTIES])
    more = len(names) - _SHOWN_PARTIES
    return f"{head} and {more} more" if more > 0 else head
