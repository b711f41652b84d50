"""Event rules for the many verbs and nouns of one act: each class with a near-miss."""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import LicenseEvent


def events_of(text: str) -> tuple[LicenseEvent, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=date(2026, 3, 10)))
    return find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))


def pairs(text: str) -> set[str]:
    return {f"{event.kind.value}/{event.modality.value}" for event in events_of(text)}


PRESENT = [
    # granted
    ("Beijing nodded through nine export permits for gadolinium.", "license_granted/asserted"),
    ("China waved through two shipments of yttrium oxide.", "license_granted/asserted"),
    ("Export licenses for terbium went to Shin-Etsu on Monday.", "license_granted/asserted"),
    ("Daido Steel has been assured of an export permit.", "license_granted/planned"),
    ("Toyota has won approval of its export license for magnets.", "license_granted/asserted"),
    ("The export permit for holmium that cleared in May was the last.", "license_granted/asserted"),
    ("Hitachi is still without a license for its magnets.", "license_granted/negated"),
    ("Bosch and Valeo are still empty-handed.", "license_granted/negated"),
    ("BIS has cleared Lynas to ship erbium under a license.", "license_granted/asserted"),
    # denied
    ("Hanoi turned away two applications for yttrium licenses.", "license_denied/asserted"),
    ("The export license request came back unsigned in May.", "license_denied/asserted"),
    ("Beijing withheld the export permits for samarium metal.", "license_denied/asserted"),
    # delayed
    (
        "The license applications of three magnet makers are languishing.",
        "license_delayed/asserted",
    ),
    ("Delays in issuing export licenses have shut a line in Turin.", "license_delayed/asserted"),
    (
        "Nidec has waited ten weeks for an answer from Beijing.",
        "license_delayed/asserted",
    ),
    # revoked, renewed, excluded
    ("The export licenses of two traders were torn up.", "license_revoked/asserted"),
    ("Ningbo Yunsheng has lost its export license.", "license_revoked/asserted"),
    ("The revoked permits of Grirem covered cerium exports.", "license_revoked/asserted"),
    ("JL Mag won renewal of its export permit in March.", "license_renewed/asserted"),
    ("The general license for gallium is extended to June 30, 2026.", "license_renewed/asserted"),
    ("Thales was struck from the list of license holders.", "license_excluded/asserted"),
    # applied
    (
        "The ministry has received 140 export license applications from Japan.",
        "license_applied/asserted",
    ),
    # measures
    ("China has unwound its export controls on tellurium.", "control_lifted/asserted"),
    ("Hanoi did away with its export controls on tungsten.", "control_lifted/asserted"),
    (
        "The removal in May of the export controls on indium was a relief.",
        "control_lifted/asserted",
    ),
    (
        "Beijing suspended, until 1 June 2027, the export controls on scandium.",
        "control_suspended/asserted",
    ),
    ("China is weighing whether to ban exports of lutetium.", "ban_imposed/possible"),
    ("Kinshasa will cap exports of cobalt from May.", "quota_issued/planned"),
    ("Vietnam to end exports of rare earth ore", "ban_imposed/planned"),
    ("Malaysia prolonged its ban on exports of monazite by a year.", "ban_imposed/asserted"),
    ("Beijing stopped short of an embargo on dysprosium exports.", "ban_imposed/negated"),
    ("An export halt on bismuth was ordered by Hanoi.", "ban_imposed/asserted"),
    (
        "The controls on gadolinium exports would snap back.",
        "control_reinstated/conditional",
    ),
    ("Export controls on tellurium have applied since May 2, 2025.", "control_imposed/asserted"),
    (
        "Exporters of bismuth must show an export permit from April 1.",
        "license_regime_changed/asserted",
    ),
    (
        "Ottawa will introduce an export permit for scandium.",
        "license_regime_changed/planned",
    ),
    ("BIS issued an order that lifts the export controls on tantalum.", "control_lifted/asserted"),
    # exemptions and lists
    ("Hospitals have been spared the export controls on yttrium.", "exemption_granted/asserted"),
    (
        "Lutetium for research may be shipped without a license.",
        "exemption_granted/asserted",
    ),
    ("Cargoes at sea were exempted from the ban on cerium exports.", "exemption_granted/asserted"),
    ("The delisting of Halden Optics was announced in May.", "entity_delisted/asserted"),
    ("Its addition to the Entity List cost the magnet maker dear.", "entity_listed/asserted"),
    ("BIS took Kestrel Optics off the entity list.", "entity_delisted/asserted"),
]

ABSENT = [
    ("The newspaper Le Monde, an evening paper, went to Lynas readers.", "license_granted"),
    ("Lynas went to court over its quarry.", "license_granted"),
    ("The bank is without a rival in rare earth lending.", "license_granted"),
    ("Nidec has waited ten weeks for an answer from its bank.", "license_delayed"),
    ("Delays in building the Kalgoorlie plant cost Lynas dear.", "license_delayed"),
    ("The magnet maker lost its lease on the shed.", "license_revoked"),
    (
        "Under the plan quotas for rare earths are shared out in proportion to sales.",
        "quota_issued",
    ),
    ("The port suspended loading of lithium concentrate in a storm.", "ban_imposed"),
    ("The company was spared a strike at its magnet plant.", "exemption_granted"),
    ("Its addition to the stock index lifted shares of Lynas.", "entity_listed"),
    ("Beijing will not do away with its export controls altogether.", "control_lifted"),
    ("Companies may be required to obtain export permits for magnets.", "license_granted"),
    ("Neo holds a license to a patented process for magnets.", "license_granted"),
    ("Officials did not say whether they would ban exports of lutetium.", "ban_imposed"),
    ("The team takes pride in a list of export awards.", "entity_delisted"),
    ("Exporters must show a permit at the gate of the fair.", "control_imposed"),
    ("A bid by Lynas for a terbium rival was turned away.", "license_denied"),
]


@pytest.mark.parametrize(("text", "expected"), PRESENT)
def test_events_of_many_wordings(text: str, expected: str) -> None:
    assert expected in pairs(text)


@pytest.mark.parametrize(("text", "kind"), ABSENT)
def test_events_near_misses_of_wording(text: str, kind: str) -> None:
    assert kind not in {event.kind.value for event in events_of(text)}


def test_events_went_to_names_the_holders() -> None:
    (event,) = events_of("Export licenses for terbium went to JL Mag and Ningbo Yunsheng in May.")
    assert event.licensees == ("JL Mag", "Ningbo Yunsheng")


SINCE = [
    ("A ban on antimony exports has been in force since May 3, 2024.", "2024-05-03", "2024-05-04"),
    ("Export controls on indium have applied since June 2024.", "2024-06-01", "2024-07-01"),
    # several acts over a span
    ("The export controls on rare earths imposed since 2024 remain.", "2024-01-01", "2026-03-10"),
    (
        "On May 3, 2025 Hanoi went on and banned exports of tungsten ore.",
        "2025-05-03",
        "2025-05-04",
    ),
    (
        "On May 3, 2025 BIS issued a rule that suspends the export controls on gallium.",
        "2025-05-03",
        "2025-05-04",
    ),
]


@pytest.mark.parametrize(("text", "start", "end"), SINCE)
def test_events_dates_of_standing_and_joined_acts(text: str, start: str, end: str) -> None:
    dated = {(str(event.date_start), str(event.date_end)) for event in events_of(text)}
    assert (start, end) in dated
