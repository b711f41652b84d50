"""One line for each event, made from its fields alone, in the words of a wire headline."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.gazetteer import materials
from extractors.places import country_of
from models.timeline import TimelineEvent
from models.vocabulary import EventKind, LicenseKind, Modality

# What is done, as (done, planned); {g} stands for the goods, {f} for the form of the license.
_ACTS: dict[EventKind, tuple[str, str]] = {
    EventKind.CONTROL_IMPOSED: ("imposes export controls{g}", "impose export controls{g}"),
    EventKind.CONTROL_EXPANDED: ("expands export controls{g}", "expand export controls{g}"),
    EventKind.CONTROL_EASED: ("eases export controls{g}", "ease export controls{g}"),
    EventKind.CONTROL_SUSPENDED: ("suspends export controls{g}", "suspend export controls{g}"),
    EventKind.CONTROL_REINSTATED: ("reinstates export controls{g}", "reinstate export controls{g}"),
    EventKind.CONTROL_LIFTED: ("lifts export controls{g}", "lift export controls{g}"),
    EventKind.BAN_IMPOSED: ("bans exports{o}", "ban exports{o}"),
    EventKind.BAN_LIFTED: ("lifts export ban{g}", "lift export ban{g}"),
    EventKind.LICENSE_REGIME_CHANGED: (
        "changes export license rules{g}",
        "change export license rules{g}",
    ),
    EventKind.QUOTA_ISSUED: ("issues quota{g}", "issue quota{g}"),
    EventKind.EXEMPTION_GRANTED: (
        "grants exemption from export controls{g}",
        "grant exemption from export controls{g}",
    ),
    EventKind.LICENSE_GRANTED: ("grants {f}export licenses{h}", "grant {f}export licenses{h}"),
    EventKind.LICENSE_DENIED: ("refuses {f}export licenses{h}", "refuse {f}export licenses{h}"),
    EventKind.LICENSE_DELAYED: ("delays {f}export licenses{h}", "delay {f}export licenses{h}"),
    EventKind.LICENSE_REVOKED: ("revokes {f}export licenses{h}", "revoke {f}export licenses{h}"),
    EventKind.LICENSE_RENEWED: ("renews {f}export licenses{h}", "renew {f}export licenses{h}"),
}
_FORMS = {
    LicenseKind.GENERAL: "general ",
    LicenseKind.INDIVIDUAL: "individual ",
    LicenseKind.VALIDATED_END_USER: "validated-end-user ",
    LicenseKind.TEMPORARY: "temporary ",
}
_SHORT = {"United States": "US", "European Union": "EU", "United Kingdom": "UK"}
_PLURALS = ("firms", "companies", "makers", "buyers", "suppliers", "importers", "users")
_SHOWN_PARTIES = 3
_SHOWN_GOODS = 2
_SUFFIX = re.compile(
    r",? (?:Co\.,? Ltd\.?|Company|Corporation|Corp\.?|Inc\.?|Ltd\.?|Limited|plc|PLC|AG"
    r"|N\.V\.|S\.A\.)$"
)
_PRONOUN = re.compile(
    r"^(?:(?:one|some|two|three|several) of )?(?:its|their|his|our) ", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:some|the|a|an) ", re.IGNORECASE)


_LEADING = frozenset(
    {
        *("all", "both", "several", "some", "many", "other", "others", "further", "unnamed"),
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *("eleven", "twelve", "fifteen", "twenty", "end", "foreign", "overseas", "magnet", "rare"),
        *("buyers", "carmakers", "companies", "customers", "exporters", "firms", "importers"),
        *("makers", "producers", "suppliers", "traders", "users"),
    }
)


def summarize(event: TimelineEvent) -> TimelineEvent:
    """Return the event with its summary, e.g. "China grants JL MAG general export licenses"."""
    actor = _place(country_of(event.authority)) or "Unnamed authority"
    if event.kind is EventKind.LICENSE_APPLIED:
        line = _application(event, actor)
    elif event.kind is EventKind.LICENSE_EXCLUDED:
        verb = _voiced(event, "leaves", "leave")
        names = names_of(event.excluded) or "applicants"
        line = f"{actor} {verb} {names} without {_form(event)}export licenses{_goods(event, 'for')}"
    elif event.kind in {EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED}:
        line = _listing(event, actor)
    else:
        line = _act(event, actor)
    if event.instrument:
        line = f"{line} ({event.instrument})"
    return replace(event, summary=line)


def _act(event: TimelineEvent, actor: str) -> str:
    done, planned = _ACTS.get(event.kind, (event.kind.value.replace("_", " "),) * 2)
    verb = _voiced(event, done, planned).format(
        g=_goods(event, "on"), o=_goods(event, "of"), h=_goods(event, "for"), f=_form(event)
    )
    if event.authority is None and event.kind is EventKind.LICENSE_GRANTED and event.licensees:
        who = names_of(event.licensees)
        verb = _voiced(event, "gets" if len(event.licensees) == 1 else "get", "get")
        parts = [f"{who[:1].upper()}{who[1:]} {verb} {_form(event)}export licenses"]
        parts[0] += _goods(event, "for")
    else:
        parts = [actor, verb]
    if event.licensees and event.authority is not None:
        parts.append(f"to {names_of(event.licensees)}")
    elif event.applicants:
        parts.append(f"to {names_of(event.applicants)}")
    served = set(event.beneficiaries) - set(event.licensees)
    if served and not _is_named(event.beneficiaries, event.licensees):
        is_grant = event.kind is EventKind.LICENSE_GRANTED and event.licensees
        word = "to supply" if is_grant else "for"
        parts.append(f"{word} {names_of(event.beneficiaries)}")
    if event.destination and not event.beneficiaries:
        word = "for" if event.kind is not EventKind.BAN_IMPOSED else "to"
        names = [name.strip() for name in event.destination.split(";")]
        vague = {"worldwide", "Europe"} if "European Union" in names else {"worldwide"}
        places = [_SHORT.get(name, name) for name in names if name not in vague]
        parts += [f"{word} {_listed(places, _SHOWN_PARTIES)}"] if places else []
    if event.suspended_until and event.kind is EventKind.CONTROL_SUSPENDED:
        parts.append(f"until {event.suspended_until:%B} {event.suspended_until.day}, ")
        parts[-1] += str(event.suspended_until.year)
    return " ".join(parts)


def _application(event: TimelineEvent, actor: str) -> str:
    firms = event.applicants or event.licensees or event.beneficiaries
    who = names_of(firms) or "firms"
    is_one = len(firms) == 1 and not _is_phrase(who) and not who.endswith(_PLURALS)
    if event.modality is Modality.PLANNED:
        verb = "plans to apply" if is_one else "plan to apply"
    else:
        verb = _voiced(event, "applies" if is_one else "apply", "apply")
    who = f"{who[:1].upper()}{who[1:]}"
    return f"{who} {verb} to {actor} for {_form(event)}export licenses{_goods(event, 'for')}"


def _listing(event: TimelineEvent, actor: str) -> str:
    where = event.entity_list or "control list"
    names = names_of(event.excluded) or "entities"
    if event.kind is EventKind.ENTITY_LISTED:
        return f"{actor} {_voiced(event, 'puts', 'put')} {names} on {where}"
    return f"{actor} {_voiced(event, 'takes', 'take')} {names} off {where}"


def _voiced(event: TimelineEvent, done: str, planned: str) -> str:
    if event.modality is Modality.PLANNED:
        return f"plans to {planned}"
    return f"reportedly {done}" if event.modality is Modality.REPORTED else done


def _form(event: TimelineEvent) -> str:
    return _FORMS[event.license_kind] if event.license_kind else ""


def _place(name: str | None) -> str | None:
    return _SHORT.get(name, name) if name else None


def _goods(event: TimelineEvent, word: str) -> str:
    """Return the goods with their preposition; many goods of one family by its name."""
    if not event.material:
        return ""
    names = event.material.split("; ")
    if len(names) > _SHOWN_GOODS:
        known = materials()
        names = list(dict.fromkeys(known[n].family if n in known else n for n in names))
    return f" {word} {_listed(names, _SHOWN_PARTIES)}"


def names_of(names: Sequence[str]) -> str:
    """Return parties as a headline names them: without legal forms, pronouns and repetitions."""
    shown: list[str] = []
    for name in names:
        short = _ARTICLE.sub("", _PRONOUN.sub("", _SUFFIX.sub("", name)))
        short = short[:1].lower() + short[1:] if _is_phrase(short) else short
        if not any(short.casefold() in kept.casefold() for kept in shown):
            shown = [kept for kept in shown if kept.casefold() not in short.casefold()] + [short]
    return _listed(shown, _SHOWN_PARTIES)


def _is_phrase(name: str) -> bool:
    """Tell a group ("Three magnet makers") from a name."""
    return name.split(" ", 1)[0].casefold() in _LEADING


def _is_named(names: Sequence[str], groups: Sequence[str]) -> bool:
    """Tell whether the groups name the firms already ("suppliers of General Motors")."""
    text = " ".join(groups).casefold()
    return all(_SUFFIX.sub("", name).split()[0].casefold() in text for name in names)


def _listed(names: Sequence[str], most: int) -> str:
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return "".join(names)
