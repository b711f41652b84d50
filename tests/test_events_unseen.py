"""Event rules for language that the first texts did not have: each with a near-miss.

Marked-up sentences as in `test_events.py`; notices and numbered instruments have their own table.
"""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.events.instruments import find_instruments, with_years
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import LicenseEvent


def events_of(
    text: str, *, published: date | None = None, title: str | None = None
) -> tuple[LicenseEvent, ...]:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=published, title=title))
    return find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))


def pairs(text: str) -> set[str]:
    return {f"{event.kind.value}/{event.modality.value}" for event in events_of(text)}


PRESENT = [
    # measures told as states, orders, stops
    (
        "A moratorium on exports of raw rare earths has been in force since May 3, 2023.",
        "ban_imposed/asserted",
    ),
    (
        "The export controls on tellurium, in place since March 2024, are little known.",
        "control_imposed/asserted",
    ),
    ("Chinese shipments of yttrium to Norway ceased for six weeks.", "ban_imposed/asserted"),
    ("Hanoi has told the miner to halt its exports of rare earths.", "ban_imposed/asserted"),
    ("The rule on gallium exports is not a ban.", "ban_imposed/negated"),
    ("Chile has no export ban on rare earths.", "ban_imposed/negated"),
    (
        "Exports of antimony ore now face tighter checks at the border.",
        "control_expanded/asserted",
    ),
    ("The export curbs on indium will come back into force in May.", "control_reinstated/planned"),
    # duties in legal register
    (
        "An exporter shall obtain a license before any shipment of the rare earth items.",
        "license_regime_changed/asserted",
    ),
    (
        "Terbium targets may be exported only with a permit.",
        "license_regime_changed/asserted",
    ),
    (
        "Magnesium and bismuth exports became subject to export licensing on Monday.",
        "control_imposed/asserted",
    ),
    (
        "Beijing made export licenses for germanium compulsory in 2023.",
        "license_regime_changed/asserted",
    ),
    # exemptions
    (
        "Samples for research are exempt from the export license requirement for magnets.",
        "exemption_granted/asserted",
    ),
    (
        "The ministry rejected a request to exempt hospitals from the magnet export controls.",
        "exemption_granted/negated",
    ),
    # lists
    (
        "The ministry runs an entity list for rare earth users. Two firms were added as well on May 2, 2026.",
        "entity_listed/asserted",
    ),
    ("The bureau withdrew the entity listing of two magnet users.", "entity_delisted/asserted"),
    ("Rare earth buyers [Ardent] went onto the watch list.", "entity_listed/asserted"),
    # quotas
    (
        "Under the export quota for rare earths, exporters may ship up to 900 tonnes a year.",
        "quota_issued/asserted",
    ),
    (
        "The rare earth export quota is out. One exporter was allotted 700 tonnes.",
        "quota_issued/asserted",
    ),
    ("The ministry scrapped the export quota for rare earths.", "control_lifted/asserted"),
    # applications
    (
        "Three importers hold magnet licenses; other firms keep waiting.",
        "license_delayed/asserted",
    ),
    (
        "The exporter applied again on May 4 after its magnet license lapsed.",
        "license_applied/asserted",
    ),
    ("The firm has never applied in the license scheme for magnets.", "license_applied/negated"),
    (
        "Of 40 license applications for magnets, only ten requests got through.",
        "license_granted/asserted",
    ),
    (
        "Customs halted the review of license applications for magnets.",
        "license_delayed/asserted",
    ),
    (
        "Its magnet supplier was not included in the first round of export licenses.",
        "license_excluded/asserted",
    ),
    (
        "The ministry cleared magnet purchases by two importers under the export permit rules.",
        "license_granted/asserted",
    ),
    (
        "One supplier had its export permit for graphite revoked in June.",
        "license_revoked/asserted",
    ),
    ("The bureau stopped short of revoking permits for magnet exports.", "license_revoked/negated"),
    (
        "Claims that magnet export licenses had been refused were untrue, Beijing said.",
        "license_denied/denied",
    ),
    (
        "No Korean firm has said that its application for an export license was refused.",
        "license_denied/negated",
    ),
    (
        "There is no guarantee that the export licenses for magnets will be renewed.",
        "license_renewed/negated",
    ),
    (
        "Export permits will be granted for magnets provided that buyers show their papers.",
        "license_granted/conditional",
    ),
    (
        "Export controls on bismuth stay. Announcement No. 8 of 2025 was suspended in May.",
        "control_suspended/asserted",
    ),
    (
        "The controls grew. Export permits for tellurium followed on March 4, 2024.",
        "control_imposed/asserted",
    ),
    (
        "The bureau keeps an entity list for magnet users. Kappa Drives was not removed on May 2.",
        "entity_delisted/negated",
    ),
    # policy beside licensing
    ("The government raised its tariff on graphite from Peru.", "other_policy/asserted"),
    (
        "The Department of Energy awarded $12 million for a rare earth plant.",
        "other_policy/asserted",
    ),
]

ABSENT = [
    ("The kiln, in place since 2019, makes magnets.", "control_imposed"),
    ("The exports of magnets in force of numbers surprised nobody.", "control_imposed"),
    ("The plant stopped its furnaces for two months, a magnet maker said.", "ban_imposed"),
    ("The union told the miner to halt its talks on rare earths.", "ban_imposed"),
    ("Tighter checks of furnace linings cut scrap at the magnet plant.", "control_expanded"),
    ("The magnets are exempt from import duty.", "exemption_granted"),
    ("The rare earth plant received 700 tonnes of ore.", "quota_issued"),
    ("The plant may ship up to 900 tonnes of magnets a year.", "quota_issued"),
    ("The firm applied for a loan for its magnet plant.", "license_applied"),
    ("Magnet buyers are waiting for the holiday to end.", "license_delayed"),
    (
        "Export license requests for magnets that meet the terms will be approved.",
        "license_granted",
    ),
    (
        "Applications for magnet exports to foreign armies will, as a general principle, be refused.",
        "license_denied",
    ),
    ("A magnet exporter who, if lucky, holds the export license may ship.", "license_granted"),
    ("A quota on rare earth exports was discussed and dropped.", "control_lifted"),
    ("Bismuth was allotted 900 tonnes in the plan for the export quota.", "quota_issued"),
    ("Magnet talks followed on March 4, 2024, and no export was held up.", "control_imposed"),
    ("Of five license requests for magnets, one was withdrawn by the firm.", "license_revoked"),
    ("Announcement No. 8 of 2025 on rare earth exports was read in May.", "control_suspended"),
    ("The firm raised $12 million for its rare earth plant.", "other_policy"),
    ("The ministry awarded a prize to a rare earth student.", "other_policy"),
]


@pytest.mark.parametrize(("text", "expected"), PRESENT)
def test_unseen_wording_is_read(text: str, expected: str) -> None:
    assert expected in pairs(text.replace("[", "").replace("]", ""))


@pytest.mark.parametrize(("text", "kind"), ABSENT)
def test_near_misses_yield_nothing(text: str, kind: str) -> None:
    assert kind not in {pair.partition("/")[0] for pair in pairs(text)}


AUTHORITIES = [
    (
        "China's commerce ministry acted on Monday. The ministry put 12 Japanese entities on its "
        "export control list for rare earths.",
        "Ministry of Commerce of China",
    ),
    (
        "Announcement No. 9 of 2026 prohibited the export of gallium to Japanese military users.",
        "China",
    ),
    (
        "Beijing runs the magnet licenses. It was the first refusal of an Indian application.",
        "China",
    ),
    ("The ministry in Hanoi suspended exports of rare earths to Japan.", "Vietnam"),
    (
        "China restricts rare earth exports. Japan protested and demanded that the export "
        "controls be lifted.",
        "China",
    ),
]


@pytest.mark.parametrize(("text", "authority"), AUTHORITIES)
def test_targets_and_requesters_are_never_the_authority(text: str, authority: str) -> None:
    assert events_of(text)[-1].authority == authority


@pytest.mark.parametrize(
    ("text", "year", "names"),
    [
        (
            "Announcement No. 18 of 2025 stands. No. 18 covers terbium, No. 9 does not.",
            2026,
            [
                "Announcement No. 18 of 2025",
                "Announcement No. 18 of 2025",
                "Announcement No. 9 of 2026",
            ],
        ),
        ("Decree No. 71 was signed.", 2025, ["Decree No. 71"]),
        ("Announcement [2024] No. 46 was changed.", 2026, ["Announcement No. 46 of 2024"]),
        ("An announcement by the No. 2 carmaker came late.", 2026, []),
        ("Announcement No. 5 was read.", None, ["Announcement No. 5"]),
    ],
)
def test_instruments_take_the_year_of_their_text(
    text: str, year: int | None, names: list[str]
) -> None:
    found = with_years(find_instruments(text), published_year=year)
    assert [item.name for item in found] == names


NOTICE = (
    "Issued by the Ministry of Commerce on May 6, 2026.\n\n"
    "Control is imposed on exports of indium targets.\n\n"
    "This announcement takes effect on the day of its publication.\n"
)


def test_a_notice_gives_number_issuer_and_day() -> None:
    event = events_of(
        NOTICE, published=date(2026, 5, 7), title="Announcement No. 22 of 2026: indium targets"
    )[0]
    assert event.instrument == "Announcement No. 22 of 2026"
    assert event.authority == "Ministry of Commerce of China"
    assert (event.date_start, event.effective_start) == (date(2026, 5, 6), date(2026, 5, 6))


def test_news_about_a_notice_takes_no_printed_day() -> None:
    event = events_of(
        "Export controls were imposed on indium targets.\n\nThe paper was issued by a bank "
        "on May 6, 2026.",
        published=date(2026, 5, 7),
        title="Indium controls explained",
    )[0]
    assert event.instrument is None
    assert event.date_start is None


def test_a_retold_ban_does_not_take_the_number_of_the_new_act() -> None:
    found = events_of(
        "Announcement No. 40 of 2026 suspends the export controls on gallium that Beijing "
        "imposed in March 2025.",
        published=date(2026, 6, 2),
    )
    numbers = {event.kind.value: event.instrument for event in found}
    assert numbers["control_suspended"] == "Announcement No. 40 of 2026"
    assert numbers["control_imposed"] is None


def test_each_clause_has_its_own_material() -> None:
    found = events_of(
        "Exports of indium were banned in May, and exports of antimony were banned in June.",
        published=date(2026, 7, 2),
    )
    assert [event.material for event in found] == ["indium", "antimony"]


def test_the_measure_points_back_to_the_ban() -> None:
    found = events_of(
        "Beijing banned exports of dysprosium to Norway. Oslo urged China to withdraw the measure."
    )
    assert found[-1].kind.value == "ban_lifted"
    assert found[-1].modality.value == "requested"


def test_a_clause_with_when_takes_the_date_before_it() -> None:
    event = events_of(
        "Since May 4, 2026, when China banned exports of gallium to Norway, prices have doubled.",
        published=date(2026, 5, 20),
    )[0]
    assert event.date_start == date(2026, 5, 4)


def test_a_revoked_permit_names_its_holder() -> None:
    event = events_of("One supplier had its export permit for graphite revoked in June.")[0]
    assert event.licensees == ("One supplier",)
