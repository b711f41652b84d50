"""Kinds and modalities of license events in marked-up sentences.

A firm is written in square brackets. The expectation lists `kind/modality` pairs, empty for
sentences that hold no event.
"""

import re
from datetime import date

import pytest

from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import CompanyMention, LicenseEvent
from models.vocabulary import Link

_FIRM = re.compile(r"\[([^\]|]+)(?:\|(\w+))?\]")


def read_events(
    marked: str, *, published: date | None = None, with_dates: bool = False
) -> tuple[LicenseEvent, ...]:
    """Return the events of a text whose firms are marked as `[Name]` or `[Name|role]`."""
    firms: list[CompanyMention] = []
    text, last = "", 0
    for match in _FIRM.finditer(marked):
        text += marked[last : match.start()]
        name = match.group(1)
        firms.append(
            CompanyMention(
                text=name,
                char_start=len(text),
                char_end=len(text) + len(name),
                company_id=name.lower(),
                name=name,
                role=match.group(2),
                link=Link.REGISTRY,
                rule_id="test",
            )
        )
        text += name
        last = match.end()
    text += marked[last:]
    given = TextInput(id="t", text=text, published=published)
    doc = read_doc(load_nlp(), given)
    dates = find_dates(doc) if with_dates else ()
    return find_license_events(doc, companies=tuple(firms), dates=dates)


def pairs(marked: str) -> list[str]:
    return sorted(f"{event.kind.value}/{event.modality.value}" for event in read_events(marked))


KINDS = [
    # control_imposed
    ("Beijing introduced export controls on tungsten last week.", "control_imposed/asserted"),
    ("India has imposed curbs on rare earth shipments.", "control_imposed/asserted"),
    (
        "Export restrictions on antimony were announced by the ministry on Monday.",
        "control_imposed/asserted",
    ),
    (
        "The controls that Beijing placed on graphite upset battery makers.",
        "control_imposed/asserted",
    ),
    ("China unveils export curbs on bismuth", "control_imposed/asserted"),
    ("New export controls on tellurium took effect on Tuesday.", "control_imposed/asserted"),
    # control_expanded
    (
        "China widened its export controls to cover five further rare earths.",
        "control_expanded/asserted",
    ),
    ("The government tightened curbs on magnet exports in June.", "control_expanded/asserted"),
    (
        "Beijing rolled out additional export restrictions on rare earth technology.",
        "control_expanded/asserted",
    ),
    ("Ytterbium and erbium were added to the export control list.", "control_expanded/asserted"),
    # control_eased
    ("China eased its export controls on rare earth magnets.", "control_eased/asserted"),
    ("Export curbs on graphite were relaxed after the talks.", "control_eased/asserted"),
    # control_suspended
    (
        "China paused its new export controls on rare earths for twelve months.",
        "control_suspended/asserted",
    ),
    (
        "The ministry suspended the implementation of its October export controls.",
        "control_suspended/asserted",
    ),
    (
        "The suspension of the export controls on gallium was welcomed in Tokyo.",
        "control_suspended/asserted",
    ),
    ("Beijing put its export controls on holmium on hold.", "control_suspended/asserted"),
    # control_lifted
    ("China lifted export restrictions on germanium.", "control_lifted/asserted"),
    ("The export controls on graphite were scrapped in March.", "control_lifted/asserted"),
    ("The removal of the export controls surprised traders.", "control_lifted/asserted"),
    # control_reinstated
    (
        "China reinstated the export controls on rare earths that it had shelved.",
        "control_reinstated/asserted control_suspended/asserted",
    ),
    ("The ministry reimposed restrictions on magnet exports.", "control_reinstated/asserted"),
    # bans
    ("China banned exports of gallium to the United States.", "ban_imposed/asserted"),
    ("Malaysia halted shipments of unprocessed rare earths.", "ban_imposed/asserted"),
    ("Beijing suspended exports of terbium to Japan.", "ban_imposed/asserted"),
    ("The government imposed an embargo on rare earth exports.", "ban_imposed/asserted"),
    ("Exports of separation technology were prohibited in December.", "ban_imposed/asserted"),
    ("China lifted its ban on antimony exports.", "ban_lifted/asserted"),
    ("The embargo on rare earths was scrapped.", "ban_lifted/asserted"),
    ("China resumed exports of rare earths to Japan.", "ban_lifted/asserted"),
    # license_regime_changed
    (
        "The rules required exporters to obtain a license for each cargo of dysprosium.",
        "license_regime_changed/asserted",
    ),
    (
        "A yearly permit replaced the per-shipment approvals that exporters of magnets had to seek.",
        "license_regime_changed/asserted",
    ),
    (
        "The ministry streamlined its export licensing process for rare earths.",
        "license_regime_changed/asserted",
    ),
    (
        "China overhauled its licensing system for magnet exports.",
        "license_regime_changed/asserted",
    ),
    # quotas
    ("The ministry issued the second batch of rare earth quotas.", "quota_issued/asserted"),
    ("China raised its rare earth mining quota to 270,000 tonnes.", "quota_issued/asserted"),
    ("Export quotas for rare earths were announced on Friday.", "quota_issued/asserted"),
    # exemptions
    ("Beijing exempted medical magnets from the export controls.", "exemption_granted/asserted"),
    (
        "China granted [Tokai Motors] a waiver from its export controls on rare earths.",
        "exemption_granted/asserted",
    ),
    # entity lists
    ("China added [Kestrel Aerospace] to its unreliable entity list.", "entity_listed/asserted"),
    ("Washington placed [Hengli Alloys] on the Entity List.", "entity_listed/asserted"),
    (
        "The ministry removed [Kestrel Aerospace] from the export control list.",
        "entity_delisted/asserted",
    ),
    # firm level
    ("[Gansu Magnetics] applied for an export license.", "license_applied/asserted"),
    (
        "[Gansu Magnetics] submitted three applications for export permits.",
        "license_applied/asserted",
    ),
    (
        "[Gansu Magnetics] is seeking a license to ship magnets to Korea.",
        "license_applied/asserted",
    ),
    ("The ministry granted [Gansu Magnetics] a general license.", "license_granted/asserted"),
    (
        "[Gansu Magnetics] obtained an export permit for rare earth magnets.",
        "license_granted/asserted",
    ),
    (
        "The commerce ministry approved a first set of export license applications.",
        "license_granted/asserted",
    ),
    (
        "[Gansu Magnetics] was cleared to ship rotors under an export license.",
        "license_granted/asserted",
    ),
    ("[Gansu Magnetics] gets nod for rare earth exports", "license_granted/asserted"),
    (
        "The issuance of export permits to [Gansu Magnetics] calmed the market.",
        "license_granted/asserted",
    ),
    (
        "China authorized exports of rare earth magnets to [Nordmark Drives].",
        "license_granted/asserted",
    ),
    (
        "The ministry rejected an application from [Gansu Magnetics] for an export license.",
        "license_denied/asserted",
    ),
    ("[Gansu Magnetics] was refused an export license.", "license_denied/asserted"),
    (
        "The refusal of a license for [Gansu Magnetics] shocked its clients.",
        "license_denied/asserted",
    ),
    ("Export license applications were held up for months.", "license_delayed/asserted"),
    ("Hundreds of export license applications are still pending.", "license_delayed/asserted"),
    (
        "Licenses for two Dutch importers of magnets came through in June.",
        "license_granted/asserted",
    ),
    ("Two license applications were sent back for missing papers.", "license_delayed/asserted"),
    ("Getting an export license for magnets took months.", "license_delayed/asserted"),
    ("The ministry revoked the export license of [Gansu Magnetics].", "license_revoked/asserted"),
    ("The export licenses of two traders were withdrawn.", "license_revoked/asserted"),
    (
        "China renewed the export license of [Gansu Magnetics] for a year.",
        "license_renewed/asserted",
    ),
    (
        "Korean carmakers were left out of the first round of export licenses.",
        "license_excluded/asserted",
    ),
    (
        "Export permits went out in May, but [Nordmark Drives] was passed over in the first batch.",
        "license_excluded/asserted",
    ),
    # kept apart
    (
        "[Ridgeline Minerals] received a mining license for its rare earth deposit.",
        "other_license/asserted",
    ),
]

MODALITIES = [
    ("China will suspend its export controls on rare earths.", "control_suspended/planned"),
    ("Beijing plans to issue general licenses for magnets.", "license_granted/planned"),
    ("China has pledged to lift the ban on gallium exports.", "ban_lifted/planned"),
    ("The ministry is to publish new export controls on tungsten.", "control_imposed/planned"),
    ("China agreed to remove its export restrictions on rare earths.", "control_lifted/planned"),
    (
        "[Gansu Magnetics] expects to receive an export license in spring.",
        "license_granted/planned",
    ),
    (
        "Beijing's promise to ease rare earth export controls pleased the market.",
        "control_eased/planned",
    ),
    ("China may ban exports of scandium.", "ban_imposed/possible"),
    ("The ministry could revoke the export license.", "license_revoked/possible"),
    ("Beijing is considering tightening export controls on magnets.", "control_expanded/possible"),
    (
        "The EU is weighing a plan to restrict scrap but has threatened to impose export curbs on magnets.",
        "control_imposed/possible",
    ),
    (
        "If the talks fail, Beijing will reimpose its export controls on rare earths.",
        "control_reinstated/conditional",
    ),
    ("Unless the tariffs end, China will ban magnet exports.", "ban_imposed/conditional"),
    (
        "Export licenses would be granted only if buyers disclosed their end use.",
        "license_granted/conditional",
    ),
    (
        "Japan urged China to lift its export restrictions on rare earths.",
        "control_lifted/requested",
    ),
    ("The lobby asked the ministry to issue export licenses faster.", "license_granted/requested"),
    (
        "[Nordmark Drives] called on Beijing to grant export permits to its suppliers.",
        "license_granted/requested",
    ),
    ("China has not lifted its export controls on rare earths.", "control_lifted/negated"),
    ("No export licenses have been issued to European firms.", "license_granted/negated"),
    ("[Gansu Magnetics] has yet to obtain an export license.", "license_granted/negated"),
    ("None of the applications for export licenses was approved.", "license_granted/negated"),
    (
        "The ministry refused to issue export licenses to [Gansu Magnetics].",
        "license_granted/negated",
    ),
    ("Beijing stopped short of banning rare earth exports.", "ban_imposed/negated"),
    ("China has no plans to ban exports of magnets.", "ban_imposed/negated"),
    (
        "The ministry approved the filing rather than revoke the export license.",
        "license_revoked/negated",
    ),
    ("Malaysia pledged to refrain from banning exports of rare earths.", "ban_imposed/negated"),
    ("The ministry denied that it had halted rare earth exports.", "ban_imposed/denied"),
    ("Beijing dismissed reports that magnet shipments had been blocked.", "ban_imposed/denied"),
    (
        "China has granted export licenses to four magnet makers, Bloomberg reported.",
        "license_granted/reported",
    ),
    (
        "Export licenses were issued to [Gansu Magnetics], according to people familiar with the matter.",
        "license_granted/reported",
    ),
    ("Analysts say Beijing has eased its export controls on magnets.", "control_eased/reported"),
    (
        "China has reportedly granted [Gansu Magnetics] an export license.",
        "license_granted/reported",
    ),
    (
        "The chamber of commerce said half of the export license applications had been approved.",
        "license_granted/reported",
    ),
    (
        "The commerce ministry said it had granted several export licenses.",
        "license_granted/asserted",
    ),
    (
        "[Nordmark Drives] confirmed that its suppliers received export licenses.",
        "license_granted/asserted",
    ),
    (
        "China did not ban magnet exports but tightened its export controls on them.",
        "ban_imposed/negated control_expanded/asserted",
    ),
    (
        "[Gansu Magnetics] won an export license; [Nordmark Drives] did not.",
        "license_granted/asserted",
    ),
    ("Traders said a license had been granted to [Gansu Magnetics].", "license_granted/reported"),
]

NOTHING = [
    "The two firms signed a patent license agreement.",
    "The driver lost his license after the crash.",
    "The mill needs a social license to expand.",
    "Shareholders approved the merger of the two miners.",
    "The court approved the sale of the mine.",
    "The plant suspended its production line for lack of magnets.",
    "Will Beijing grant the export licenses in time?",
    "Export licenses are issued for one cargo at a time.",
    "Getting an export license usually takes six weeks.",
    "The council granted parking licenses to 300 residents.",
    "The team was banned from two matches.",
    "China lifted price controls on coal.",
    "The agency approved a permit to build a rare earth plant.",
    "The bank suspended its dividend.",
    "Quality control was tightened at the magnet plant.",
    "Brazil halted exports of beef.",
    "The fishing quota was raised to 4,000 tonnes.",
    "The ministry did not say when export licenses would be issued.",
    "Exporters must apply for a license for each batch.",
    "The software license was renewed for a year.",
    "A tariff exemption was granted to carmakers.",
    "The general license is valid for one year.",
    "The plan was added to the list of projects.",
    "Investors were excluded from the share register.",
    "The government approved the sale of rare earth miner [Ridgeline Minerals].",
    "[Ridgeline Minerals] halted shipments after the storm.",
    "Exports of rare earths fell 12% in May.",
    "Analysts follow export controls closely.",
    "The export control list has 24 entries.",
    "The minister spoke about export licenses for magnets.",
    "It is hard to obtain an export license for magnets.",
    "The company uses 40 tonnes of magnets under an individual license.",
    "The dam was cleared of silt.",
    "Read more: China bans exports of gallium",
    "Related: Beijing grants general licenses to three magnet makers",
    "Washington eased its export controls on chip software.",
    "The caretaker granted permission to use the roof near the magnet plant.",
    "The ministry did not disclose which exporters would be given export licenses.",
    "We have obtained two export licenses so far, a trader said.",
    "In advance of the introduction of export controls the parties will consult each other.",
    "China imposed tariffs on American soybeans.",
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_events_kind(text: str, expected: str) -> None:
    assert pairs(text) == sorted(expected.split())


@pytest.mark.parametrize(("text", "expected"), MODALITIES)
def test_events_modality(text: str, expected: str) -> None:
    assert pairs(text) == sorted(expected.split())


@pytest.mark.parametrize("text", NOTHING)
def test_events_of_other_things_are_none(text: str) -> None:
    assert pairs(text) == []
