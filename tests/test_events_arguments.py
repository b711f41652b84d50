"""Parties, authority, dates, form, instrument and background of license events.

Sentences mark firms as `[Name]`; the published day anchors relative dates.
"""

from datetime import date

import pytest
from test_events import read_events

from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.events.instruments import find_instrument
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.facts import LicenseEvent
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality

PUBLISHED = date(2025, 12, 10)

LICENSEES = [
    ("[Gansu Magnetics] received an export license.", ("Gansu Magnetics",)),
    (
        "China granted export licenses to firms including [Gansu Magnetics], [Luzhou Rotor] and "
        "[Tengri Alloys].",
        ("Gansu Magnetics", "Luzhou Rotor", "Tengri Alloys"),
    ),
    (
        "Export permits were issued to [Gansu Magnetics] and [Luzhou Rotor].",
        ("Gansu Magnetics", "Luzhou Rotor"),
    ),
    (
        "[Gansu Magnetics], [Luzhou Rotor] and [Tengri Alloys] hold export licenses.",
        ("Gansu Magnetics", "Luzhou Rotor", "Tengri Alloys"),
    ),
    ("[Nordmark Drives] said its suppliers had received export licenses.", ("its suppliers",)),
    (
        "Several suppliers of [Nordmark Drives] obtained export permits.",
        ("Several suppliers of Nordmark Drives",),
    ),
    ("Four Korean magnet makers won export licenses.", ("Four Korean magnet makers",)),
    ("[Gansu Magnetics] filed in May. The company got its export license in June.", None),
    ("The ministry granted [Gansu Magnetics] a general license.", ("Gansu Magnetics",)),
    ("The ministry revoked the export license of [Gansu Magnetics].", ("Gansu Magnetics",)),
]

BENEFICIARIES = [
    ("[Nordmark Drives] said its suppliers had received export licenses.", ("Nordmark Drives",)),
    (
        "Suppliers of [Nordmark Drives] and [Halden Motor] got export permits.",
        ("Nordmark Drives", "Halden Motor"),
    ),
    ("[Nordmark Drives]'s suppliers were granted export licenses.", ("Nordmark Drives",)),
    (
        "China will issue general licenses for the benefit of Dutch pump makers.",
        ("Dutch pump makers",),
    ),
    (
        "Beijing approved the license applications of several German importers.",
        ("several German importers",),
    ),
]

EXCLUDED = [
    (
        "Korean carmakers, notably [Halden Motor], were excluded from the first round of export "
        "licenses.",
        ("Korean carmakers", "Halden Motor"),
    ),
    ("[Halden Motor] was left out of the first batch of general licenses.", ("Halden Motor",)),
]

APPLICANTS = [
    (
        "[Gansu Magnetics] and [Luzhou Rotor] applied for export licenses.",
        ("Gansu Magnetics", "Luzhou Rotor"),
    ),
    ("[Gansu Magnetics] has submitted an application for an export license.", ("Gansu Magnetics",)),
]

AUTHORITIES = [
    ("Beijing banned exports of gallium.", "China"),
    ("Washington placed 14 firms on the Entity List.", "United States"),
    ("Brussels will restrict exports of magnet scrap.", "European Union"),
    ("MOFCOM suspended the export controls on holmium.", "Ministry of Commerce of China"),
    ("China's export controls on gallium were lifted.", "China"),
    ("Export controls on tungsten were imposed by Vietnam.", "Vietnam"),
    (
        "The Bureau of Industry and Security added nine firms to the Entity List.",
        "Bureau of Industry and Security",
    ),
]

FORMS = [
    ("[Gansu Magnetics] received a general export license.", LicenseKind.GENERAL),
    ("[Gansu Magnetics] won a year-long export license.", LicenseKind.GENERAL),
    ("[Gansu Magnetics] got a temporary export license.", LicenseKind.TEMPORARY),
    (
        "The rules required exporters of dysprosium to obtain individual licenses.",
        LicenseKind.INDIVIDUAL,
    ),
    (
        "Washington granted [Gansu Magnetics] a validated end-user authorization to export.",
        LicenseKind.VALIDATED_END_USER,
    ),
    ("[Gansu Magnetics] received an export license.", None),
]

DATES = [
    ("China banned exports of gallium on December 3, 2025.", date(2025, 12, 3), date(2025, 12, 4)),
    (
        "In October China introduced export controls on holmium.",
        date(2025, 10, 1),
        date(2025, 11, 1),
    ),
    (
        "The export controls that Beijing imposed in April remain.",
        date(2025, 4, 1),
        date(2025, 5, 1),
    ),
    ("China lifted export controls on graphite.", None, None),
    (
        "[Nordmark Drives] said on December 8 that its suppliers had received export licenses.",
        None,
        None,
    ),
    ("China suspended its export controls on holmium until November 10, 2026.", None, None),
]

BACKGROUND = [
    ("In 2010 China halted rare earth exports to Japan.", True),
    ("Beijing had introduced the export controls in April.", True),
    ("The controls on exports that China imposed in April remain.", True),
    ("China banned exports of gallium on December 9.", False),
    ("China will ban exports of gallium.", False),
]


def only(marked: str) -> LicenseEvent:
    events = dated(marked)
    assert len(events) == 1, [event.kind for event in events]
    return events[0]


def dated(marked: str) -> tuple[LicenseEvent, ...]:
    """Return the events of a marked text with real dates."""
    return read_events(marked, published=PUBLISHED, with_dates=True)


@pytest.mark.parametrize(("text", "names"), LICENSEES)
def test_licensees_are_named(text: str, names: tuple[str, ...] | None) -> None:
    if names is None:
        last = dated(text)[-1]
        assert last.kind is EventKind.LICENSE_GRANTED
        assert last.licensees == ("Gansu Magnetics",)
        return
    assert only(text).licensees == names


@pytest.mark.parametrize(("text", "names"), BENEFICIARIES)
def test_beneficiaries_are_the_customers(text: str, names: tuple[str, ...]) -> None:
    assert only(text).beneficiaries == names


@pytest.mark.parametrize(("text", "names"), EXCLUDED)
def test_excluded_firms_are_named(text: str, names: tuple[str, ...]) -> None:
    event = only(text)
    assert event.kind is EventKind.LICENSE_EXCLUDED
    assert event.excluded == names


@pytest.mark.parametrize(("text", "names"), APPLICANTS)
def test_applicants_are_named(text: str, names: tuple[str, ...]) -> None:
    assert only(text).applicants == names


@pytest.mark.parametrize(("text", "name"), AUTHORITIES)
def test_authority_is_the_government(text: str, name: str) -> None:
    assert only(text).authority == name


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_license_form(text: str, form: LicenseKind | None) -> None:
    assert only(text).license_kind is form


@pytest.mark.parametrize(("text", "start", "end"), DATES)
def test_date_is_that_of_the_own_clause(text: str, start: date | None, end: date | None) -> None:
    event = only(text)
    assert (event.date_start, event.date_end) == (start, end)


def test_date_precision_is_that_of_the_expression() -> None:
    assert only("China banned exports of gallium in May.").date_precision is Granularity.MONTH


def test_entry_into_force_is_kept_apart() -> None:
    event = only("On December 3, 2025 China banned exports of tungsten from January 15, 2026.")
    assert event.date_start == date(2025, 12, 3)
    assert event.effective_start == date(2026, 1, 15)


def test_entry_into_force_dates_a_measure_without_another_day() -> None:
    event = only("China will restrict exports of tungsten from January 15, 2026.")
    assert (event.date_start, event.date_end) == (date(2026, 1, 15), date(2026, 1, 16))
    assert event.effective_start == date(2026, 1, 15)


@pytest.mark.parametrize(("text", "expected"), BACKGROUND)
def test_retold_acts_are_background(text: str, expected: bool) -> None:
    assert only(text).is_background is expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Announcement No. 57 of 2025 took effect.", "Announcement No. 57 of 2025"),
        ("The ministry published Decree No. 12.", "Decree No. 12"),
        ("He signed Executive Order 14290 today.", "Executive Order 14290"),
        ("The No. 3 pier was closed.", None),
        ("Announcements Nos. 55 and 56 of 2025 apply.", "Announcement No. 55 and 56 of 2025"),
    ],
)
def test_instrument_number(text: str, name: str | None) -> None:
    assert find_instrument(text) == name


def test_attribution_names_the_speaker() -> None:
    event = only("Two traders said [Gansu Magnetics] had won an export license.")
    assert event.attributed_to == "Two traders"
    assert event.modality is Modality.REPORTED
    assert not event.is_background


def test_media_lead_carries_on() -> None:
    text = (
        "China has granted its first general export licenses, Reuters reported. "
        "[Gansu Magnetics] received one for its Dutch client."
    )
    assert {event.modality for event in dated(text)} == {Modality.REPORTED}


def test_destination_and_material_are_canonical() -> None:
    event = only("Beijing suspended exports of terbium and dysprosium to Japan.")
    assert event.destination == "Japan"
    assert event.material == "terbium; dysprosium"


def test_evidence_is_a_span_of_the_text() -> None:
    text = "Prices rose. On Monday China banned exports of gallium; graphite was not named."
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    (event,) = find_license_events(doc, companies=(), dates=find_dates(doc))
    assert text[event.char_start : event.char_end] == event.text
    assert event.text == "On Monday China banned exports of gallium"


HOSTILE = [
    "",
    "license " * 3_000,
    "China banned exports of gallium " * 400,
    "(" * 5_000 + "China banned exports of gallium" + ")" * 5_000,
    "\u202eChina banned exports\u202c of gal\u200blium.",
    "9" * 20_000 + " licenses were granted",
    "its its its suppliers had had had been been granted granted",
    "No. No. No. 61 of of 2025 to to be be banned",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_keeps_offsets(text: str) -> None:
    doc = read_doc(load_nlp(), TextInput(id="t", text=text, published=PUBLISHED))
    for event in find_license_events(doc, companies=(), dates=()):
        assert doc.text[event.char_start : event.char_end] == event.text
