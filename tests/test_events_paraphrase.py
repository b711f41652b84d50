"""Events in the words of other writers: each rule with a sentence it must read and a near-miss."""

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput, parse_published
from models.facts import LicenseEvent
from models.vocabulary import EventKind


def events_of(text: str) -> tuple[LicenseEvent, ...]:
    given = TextInput(id="t", text=text, published=parse_published("2026-03-12"))
    doc = read_doc(load_nlp(), given)
    return find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))


def pairs(text: str) -> set[str]:
    return {f"{event.kind.value}/{event.modality.value}" for event in events_of(text)}


# A sentence that tells an event, what it tells, and a sentence like it that does not tell that.
TOLD = [
    # weak nouns for licenses, with the goods or the shipping near
    (
        "The winding maker obtained the go-ahead to resume sales of its magnets to Norway.",
        "license_granted/asserted",
        "The winding maker obtained the go-ahead to build its magnets plant in Norway.",
    ),
    (
        "Approvals were granted to nine shippers of graphite anodes.",
        "license_granted/asserted",
        "Approvals were granted to nine mergers of graphite makers.",
    ),
    (
        "None of the six Thai importers has so far received clearance for rare earth magnets.",
        "license_granted/negated",
        "None of the six Thai importers has so far received a loan for rare earth magnets.",
    ),
    (
        "Three smelters lost the right to export antimony ore.",
        "license_revoked/asserted",
        "Three smelters lost the right to name a director of the antimony firm.",
    ),
    (
        "Mahindra seeks Chinese nod for rare earth magnet imports",
        "license_applied/asserted",
        "Mahindra seeks Chinese partner for rare earth magnet plant",
    ),
    # licenses and requests as subjects
    (
        "Two people said clearance had come through for a batch of sintered magnets.",
        "license_granted/reported",
        "Two people said news had come through of a batch of sintered magnets.",
    ),
    (
        "Export permits for yttrium began arriving at coating firms in February.",
        "license_granted/asserted",
        "Export orders for yttrium began arriving at coating firms in February.",
    ),
    (
        "With the export licence in hand, Innuovo restarted deliveries on Monday.",
        "license_granted/asserted",
        "With the order book in hand, Innuovo restarted deliveries on Monday.",
    ),
    (
        "Granted a general licence in December, Ningbo Yunsheng ships its magnets freely.",
        "license_granted/asserted",
        "Granted a tax rebate in December, Ningbo Yunsheng ships its magnets freely.",
    ),
    (
        "Licence applications for dysprosium have been piling up at the ministry.",
        "license_delayed/asserted",
        "Stocks of dysprosium have been piling up at the ministry.",
    ),
    (
        "More than 140 applications for magnet licences remain pending with MOFCOM.",
        "license_delayed/asserted",
        "More than 140 jobs in magnet making remain open at the plant.",
    ),
    (
        "China is dragging its feet on export licences for magnet buyers.",
        "license_delayed/asserted",
        "China is dragging its feet on the reform of its magnet industry.",
    ),
    (
        "Schaeffler is still waiting for China to issue export permits for its magnets.",
        "license_delayed/asserted",
        "Schaeffler is still waiting for China to recover as a market for its magnets.",
    ),
    (
        "The ministry cleared four export requests; the rest is still being examined.",
        "license_delayed/asserted",
        "The ministry bought four magnets; the rest is still being shipped.",
    ),
    (
        "Licensing for rare earths has come to a near standstill.",
        "license_delayed/asserted",
        "Mining for rare earths has come to a near standstill.",
    ),
    (
        "Three of the five applications for magnet export licences failed.",
        "license_denied/asserted",
        "Three of the five furnaces for magnet alloys failed.",
    ),
    (
        "Officials gave the thumbs down to an application for eight tonnes of dysprosium oxide.",
        "license_denied/asserted",
        "Investors gave the thumbs down to an offer for the dysprosium oxide maker.",
    ),
    (
        "The commerce ministry said no to their magnet licence requests.",
        "license_denied/asserted",
        "The commerce ministry said nothing on their magnet licence requests.",
    ),
    (
        "Two Taiwanese fan makers have turned to Beijing for permission to import magnets.",
        "license_applied/asserted",
        "Two Taiwanese fan makers have turned to Vietnam for the supply of magnets.",
    ),
    (
        "Since April more than 900 requests for rare earth export licences have reached the office.",
        "license_applied/asserted",
        "Since April more than 900 tonnes of rare earth metal have reached the office.",
    ),
    # parties left out
    (
        "Arms makers are not eligible for the general licences on magnets.",
        "license_excluded/asserted",
        "Arms makers are not eligible for the state subsidies on magnets.",
    ),
    (
        "The general licences do not apply to arms makers.",
        "license_excluded/asserted",
        "The general terms do not apply to arms makers.",
    ),
    (
        "Holders of military contracts are barred from obtaining the permits for dysprosium.",
        "license_excluded/asserted",
        "Holders of military contracts are barred from obtaining the alloys of dysprosium.",
    ),
    # measures as states, endings and set phrases
    (
        "Both metals have been under export control since August 2023.",
        "control_imposed/asserted",
        "Both metals have been under price pressure since August 2023.",
    ),
    (
        "Shortages of terbium spread in the wake of the controls of early April.",
        "control_imposed/asserted",
        "Shortages of terbium spread in the wake of the floods of early April.",
    ),
    (
        "Hanoi's new law makes it illegal to ship unprocessed rare earth ore.",
        "ban_imposed/asserted",
        "Hanoi's new law makes it cheaper to ship unprocessed rare earth ore.",
    ),
    (
        "China closed the door on sales of gallium to American buyers.",
        "ban_imposed/asserted",
        "China closed the door on talks about gallium with American buyers.",
    ),
    (
        "Raw monazite may not leave Malaysia under the new export law.",
        "ban_imposed/asserted",
        "Raw monazite does not leave Malaysia for want of export ships.",
    ),
    (
        "Export caps on tungsten have disappeared as well.",
        "control_lifted/asserted",
        "Export buyers of tungsten have disappeared as well.",
    ),
    (
        "China allowed gallium exports to America to resume.",
        "ban_lifted/asserted",
        "China expected gallium exports to America to shrink.",
    ),
    (
        "The October controls on holmium will be on hold until 10 November 2026.",
        "control_suspended/planned",
        "The October auction of holmium will be on show until 10 November 2026.",
    ),
    (
        "The second package of rare earth rules has been put off until November 2026.",
        "control_suspended/asserted",
        "The second package of rare earth rules has been put in print for November 2026.",
    ),
    (
        "The suspension of Announcement No. 46 runs to 27 November 2026.",
        "control_suspended/asserted",
        "The text of Announcement No. 46 runs to 27 pages.",
    ),
    (
        "Order 19 of 2021 on the export of zircon sand is hereby annulled.",
        "control_lifted/asserted",
        "Order 19 of 2021 for the purchase of zircon sand is hereby confirmed.",
    ),
    (
        "Beijing put curbs on exports of gallium in August 2023 and of antimony in September 2024.",
        "control_imposed/asserted",
        "Beijing sold stocks of gallium in August 2023 and of antimony in September 2024.",
    ),
    (
        "Beijing drew its rare earth export rules tighter on Thursday.",
        "control_expanded/asserted",
        "Beijing made its rare earth magnets tighter in tolerance on Thursday.",
    ),
    (
        "Hanoi followed with export limits on rare earth ore.",
        "control_imposed/asserted",
        "Hanoi followed with export offers of rare earth ore.",
    ),
    (
        "Relief goods are not subject to the rare earth export rules.",
        "exemption_granted/asserted",
        "Relief goods are not mentioned in the rare earth export rules.",
    ),
    (
        "Kunming Rotor and Dali Bearing joined the unreliable entity list in April.",
        "entity_listed/asserted",
        "Kunming Rotor and Dali Bearing joined the rare earth trade body in April.",
    ),
    (
        "A green channel for eligible European buyers of magnets was opened in June.",
        "license_regime_changed/asserted",
        "A sales channel for eligible European buyers of magnets was opened in June.",
    ),
    (
        "The Commerce Department took Halden Optik off its register of validated end users.",
        "license_revoked/asserted",
        "The Commerce Department took Halden Optik off its register of export bidders.",
    ),
    (
        "The trade ministry in Seoul has asked for quick export licences for magnets.",
        "license_granted/requested",
        "The trade ministry in Seoul has asked for quick export statistics on magnet licences.",
    ),
    # names of a firm's other papers
    (
        "The Kazakh government has issued the subsoil use license for the tungsten field.",
        "other_license/asserted",
        "The Kazakh government has issued the subsoil use statistics for the tungsten field.",
    ),
]


@pytest.mark.parametrize(("text", "expected", "near_miss"), TOLD)
def test_events_paraphrased(text: str, expected: str, near_miss: str) -> None:
    assert expected in pairs(text)
    kind = expected.split("/")[0]
    assert not {found for found in pairs(near_miss) if found.startswith(kind)}


ROLES = [
    # the owner of a permit holds it; the asker of a request seeks it
    (
        "The ministry withdrew Lynas's export permit for terbium.",
        EventKind.LICENSE_REVOKED,
        {"licensees": ("Lynas",)},
    ),
    (
        "JL Mag shipped rotors to Wales. Its export licence has been prolonged by a year.",
        EventKind.LICENSE_RENEWED,
        {"licensees": ("JL Mag",)},
    ),
    (
        "Customs renewed the permit under which Glencore ships cobalt hydroxide to Finland.",
        EventKind.LICENSE_RENEWED,
        {"licensees": ("Glencore",)},
    ),
    (
        "The ministry furnished Ningbo Yunsheng with a permit for twelve months.",
        EventKind.LICENSE_GRANTED,
        {"licensees": ("Ningbo Yunsheng",)},
    ),
    (
        "An export licence request from Umicore was turned down in May.",
        EventKind.LICENSE_DENIED,
        {"applicants": ("Umicore",)},
    ),
    (
        "Nissan's request for a magnet licence is still pending in Beijing.",
        EventKind.LICENSE_DELAYED,
        {"applicants": ("Nissan",)},
    ),
    (
        "Beijing issued export licences for magnets to firms that deliver to Ford and Stellantis.",
        EventKind.LICENSE_GRANTED,
        {"beneficiaries": ("Ford", "Stellantis")},
    ),
    (
        "China will exempt Swiss buyers from the export licensing requirement for gallium.",
        EventKind.EXEMPTION_GRANTED,
        {"beneficiaries": ("Swiss buyers",)},
    ),
    (
        "The Company was refused an export permit for gallium.",
        EventKind.LICENSE_DENIED,
        {"applicants": ("Company",)},
    ),
]


@pytest.mark.parametrize(("text", "kind", "roles"), ROLES)
def test_events_roles_of_owners_and_askers(
    text: str, kind: EventKind, roles: dict[str, tuple[str, ...]]
) -> None:
    found = next(event for event in events_of(text) if event.kind is kind)
    for role, names in roles.items():
        assert getattr(found, role) == names


def test_events_owner_that_is_a_government_is_no_licensee() -> None:
    events = events_of("The smelter was handed one of Beijing's export licences for gallium.")
    assert all("Beijing" not in event.licensees for event in events)


def test_events_retold_october_package_widened_the_controls() -> None:
    text = (
        "China shelved for a year the rare earth controls it had announced on October 9, 2025. "
        "The controls it had announced on April 4, 2025 stay."
    )
    kinds = {
        event.date_start.month: event.kind
        for event in events_of(text)
        if event.is_background and event.date_start is not None
    }
    assert kinds.get(10) is EventKind.CONTROL_EXPANDED
    assert kinds.get(4, EventKind.CONTROL_IMPOSED) is EventKind.CONTROL_IMPOSED
