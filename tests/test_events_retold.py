"""Events as news retells them: the words of trade reports, each rule with a near-miss."""

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput, parse_published
from models.facts import LicenseEvent

_LEAD = "The trade in rare earth magnets depends on export licenses. "


def events_of(text: str) -> tuple[LicenseEvent, ...]:
    given = TextInput(id="t", text=text, published=parse_published("2026-03-12"))
    doc = read_doc(load_nlp(), given)
    return find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))


def pairs(text: str) -> set[str]:
    return {f"{event.kind.value}/{event.modality.value}" for event in events_of(text)}


# What tells an event, the event, and something like it that does not tell that.
TOLD = [
    # the way to a license
    (
        "Hanoi agreed last week to speed up approvals of terbium exports.",
        "license_regime_changed/planned",
        "Hanoi agreed last week to speed up construction of a terbium plant.",
    ),
    (
        "Seoul named nine companies entitled to export tungsten powder.",
        "license_granted/asserted",
        "Seoul named nine companies entitled to compensation for tungsten powder.",
    ),
    (
        "The annual license lets exporters make several deliveries to one buyer.",
        "license_regime_changed/asserted",
        "The annual report lets exporters make several comparisons with one buyer.",
    ),
    (
        "The ministry authorized PT Bukit Logam to send slag to Johor.",
        "license_granted/asserted",
        "The ministry authorized PT Bukit Logam to open a bank account in Johor.",
    ),
    (
        "Applications from Czech motor makers are being fast-tracked.",
        "license_regime_changed/asserted",
        "Czech motor makers are being driven round a fast track.",
    ),
    (
        "Only small lots of yttrium have been cleared for export.",
        "license_granted/asserted",
        "Only small lots of yttrium have been tested for purity.",
    ),
    (
        "Export approvals have not been forthcoming.",
        "license_granted/negated",
        "Explanations have not been forthcoming.",
    ),
    (
        "Kyiv ended the quota for titanium ore and introduced licenses instead.",
        "license_regime_changed/asserted",
        "Kyiv ended the quota for titanium ore and introduced a royalty instead.",
    ),
    (
        "The new scheme replaces case-by-case vetting.",
        "license_regime_changed/asserted",
        "The new manager replaces a colleague by the case study.",
    ),
    (
        "From Monday, anyone selling bismuth abroad needs a permit.",
        "license_regime_changed/asserted",
        "On Mondays, anyone selling bismuth abroad drinks a coffee.",
    ),
    # requests, refusals, waits
    (
        "Figures show 310 permits and 45 refusals for dysprosium.",
        "license_denied/asserted",
        "Figures show 310 tons and 45 shipments of dysprosium.",
    ),
    (
        "The mill does not even bother to apply.",
        "license_applied/negated",
        "The rule does not even seem to apply.",
    ),
    (
        "Lorenz Motoren had two applications returned, and a third is stuck in Seoul.",
        "license_delayed/asserted",
        "Lorenz Motoren had two engines returned, and a third is painted in Seoul.",
    ),
    (
        "New applicants face a longer queue.",
        "license_delayed/asserted",
        "New applicants face a shorter form.",
    ),
    # measures
    (
        "Oslo has halted its ban on gallium exports for a year.",
        "control_suspended/asserted",
        "Oslo has halted its campaign on gallium recycling for a year.",
    ),
    (
        "Hanoi announced curbs on ore exports in June, adding two metals to its list.",
        "control_expanded/asserted",
        "Hanoi announced curbs on ore exports in June, after Delhi added two staff.",
    ),
    (
        "Manila has lifted some of the curbs on nickel ore exports.",
        "control_eased/asserted",
        "Manila has lifted the curbs on nickel ore exports.",
    ),
    (
        "Controls on germanium exports began in 2023; antimony followed in September 2024.",
        "control_imposed/asserted",
        "Stocks of germanium rose in 2023; antimony followed in September 2024.",
    ),
    (
        "Ottawa has not ruled out an embargo on antimony exports.",
        "ban_imposed/possible",
        "Ottawa has not ruled out an inquiry into antimony exports.",
    ),
    (
        "The envoy dismissed talk of an embargo on rare earths.",
        "ban_imposed/denied",
        "The envoy dismissed talk of a visit to the rare earths plant.",
    ),
    (
        "Lima denied that there had been an embargo on rare earths.",
        "ban_imposed/denied",
        "Lima confirmed that there had been a visit to the rare earths plant.",
    ),
    (
        "Tokyo and Delhi condemn the export curbs on rare earths and call for their removal.",
        "control_lifted/requested",
        "Tokyo and Delhi condemn the ministers and call for their removal.",
    ),
    (
        "Exporting raw rare earth ore has been illegal since 2021.",
        "ban_imposed/asserted",
        "Dumping raw rare earth ore has been illegal since 2021.",
    ),
    (
        "Kinshasa replaced the cobalt export ban with quotas.",
        "quota_issued/asserted",
        "Kinshasa replaced the cobalt export chief with a deputy.",
    ),
    (
        "Windhoek lifted the mining quota for rare earths to 90,000 tons.",
        "quota_issued/asserted",
        "Windhoek lifted the quota for rare earth exports.",
    ),
    (
        "Delhi released surgical magnets from its export ban.",
        "exemption_granted/asserted",
        "Delhi released pictures of its export ban.",
    ),
    (
        "Lisbon asked for an exemption from the rare earth export controls.",
        "exemption_granted/requested",
        "Lisbon asked for a map of the rare earth export routes.",
    ),
]


@pytest.mark.parametrize(("text", "expected", "near_miss"), TOLD)
def test_retold_news_is_read(text: str, expected: str, near_miss: str) -> None:
    assert expected in pairs(_LEAD + text)
    assert expected not in pairs(_LEAD + near_miss)


# What is no event, or none of its own.
NOTHING = [
    "Foreign firms would have had to obtain permits for each ton.",
    "The general permit lets exporters deliver for a year without asking for approval each time.",
    "The ministry did not name the companies that were granted licenses.",
    "Subsidiaries of blacklisted companies are treated as blacklisted too.",
]


@pytest.mark.parametrize("text", NOTHING)
def test_no_license_is_granted_or_sought(text: str) -> None:
    kinds = {pair.split("/")[0] for pair in pairs(_LEAD + text)}
    assert not kinds & {"license_granted", "license_applied", "entity_listed"}


def test_entry_into_force_is_no_second_event() -> None:
    text = (
        "Norway announced export curbs on terbium on Tuesday. The new curbs take effect on May 2."
    )
    assert len(events_of(text)) == 1


def test_a_listing_is_told_once() -> None:
    text = (
        "Nine firms were put on the export control list on January 2, which cuts them off "
        "from rare earths."
    )
    assert [event.kind.value for event in events_of(text)] == ["entity_listed"]


def test_what_others_say_of_the_past_is_reported() -> None:
    text = _LEAD + "Permits for terbium were delayed throughout 2024, two executives said."
    (event,) = events_of(text)
    assert event.modality.value == "reported"
