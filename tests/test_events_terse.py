"""Short forms of notices and results, and dates taken over: each rule with a near-miss."""

from datetime import date

import pytest
from test_events import read_events
from test_events_unseen import events_of, pairs

from models.facts import LicenseEvent

PUBLISHED = date(2026, 6, 5)

PRESENT = [
    ("Export of columbite is 'Prohibited' with immediate effect.", "ban_imposed/asserted"),
    ("Exports of tungsten sand shall be ‘Restricted’.", "control_imposed/asserted"),
    (
        "Exports of tungsten sand shall be permitted only against a licence from this office.",
        "license_regime_changed/asserted",
    ),
    (
        "The export policy of tungsten moves from 'Free' to 'Restricted'.",
        "control_imposed/asserted",
    ),
    (
        "Export license applications for holmium will be reviewed under a presumption of denial.",
        "license_regime_changed/asserted",
    ),
    (
        "Firms filed 70 export applications for magnets. Some 60% were granted, 9% refused.",
        "license_granted/asserted",
    ),
    (
        "Firms filed 70 export applications for magnets. Some 60% were granted, 9% refused.",
        "license_denied/asserted",
    ),
    (
        "Firms filed 70 export applications for magnets. The rest are awaiting an answer.",
        "license_delayed/asserted",
    ),
    (
        "Low-grade antimony is freed, but its export still needs a licence.",
        "control_eased/asserted",
    ),
    (
        "The mill has not asked for any exemption from the export controls on holmium.",
        "exemption_granted/negated",
    ),
    (
        "The restriction on export of tungsten notified on 3 May 2019 remains in force.",
        "control_imposed/asserted",
    ),
    (
        "General licenses for Danish customers of two magnet makers were announced by Beijing.",
        "license_granted/asserted",
    ),
    (
        "The export controls on holmium were neither withdrawn nor suspended.",
        "control_lifted/negated",
    ),
]

ABSENT = [
    ("Parking is restricted and smoking is prohibited near the rare earth plant.", "ban_imposed"),
    ("Entry to the rare earth plant is permitted only with a badge.", "license_regime_changed"),
    ("The rare earth firm has a policy of denial about its debts.", "license_regime_changed"),
    ("Rare earth sales rose 60%, and 9% rejected the takeover.", "license_denied"),
    ("The rest of the rare earth makers are awaiting an answer.", "license_delayed"),
    ("The tungsten miners were freed after two days of exports talks.", "control_eased"),
    ("Beijing announced export permits for holmium.", "license_granted"),
    ("Export curbs on rare earths could be imposed by governments at any time.", "control_imposed"),
    ("Firms whose export licenses for magnets have been revoked may apply.", "license_revoked"),
    ("No applicant will be allotted more than 30% of the tungsten export quota.", "quota_issued"),
]


@pytest.mark.parametrize(("text", "expected"), PRESENT)
def test_terse_forms_give_events(text: str, expected: str) -> None:
    assert expected in pairs(text)


@pytest.mark.parametrize(("text", "kind"), ABSENT)
def test_look_alikes_give_none(text: str, kind: str) -> None:
    assert kind not in {pair.split("/")[0] for pair in pairs(text)}


def _last(text: str) -> LicenseEvent:
    return read_events(text, published=PUBLISHED, with_dates=True)[-1]


def test_a_license_is_told_by_its_owner_alone() -> None:
    start = "Two makers received export licenses for magnets. "
    event = _last(start + "[Luzhou Rotor]'s covers deliveries to [Nordmark Drives|carmaker].")
    assert event.licensees == ("Luzhou Rotor",)
    assert event.beneficiaries == ("Nordmark Drives",)
    assert len(read_events(start + "[Luzhou Rotor]'s is the older plant.")) == 1


def test_names_behind_a_listing() -> None:
    start = "The bureau added four companies to the Entity List over gallium. "
    listed = read_events(start + "Among them are [Velt Metals] and [Norra Trading].")
    assert listed[-1].excluded == ("Velt Metals", "Norra Trading")
    sold = read_events("The firm sold gallium. Among them are [Velt Metals] and [Norra Trading].")
    assert sold == ()


def test_members_of_a_counted_group_are_licensees() -> None:
    event = _last(
        "The ministry issued general export licenses for yttrium to five exporters, among them "
        "[Luzhou Rotor] and [Gansu Magnetics]."
    )
    assert {"Luzhou Rotor", "Gansu Magnetics"} <= set(event.licensees)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("China granted magnet export licenses for some of the world's biggest factories.", ()),
        ("China granted magnet export licenses for European carmakers.", ("European carmakers",)),
    ],
)
def test_only_customers_named_or_described_benefit(text: str, names: tuple[str, ...]) -> None:
    assert _last(text).beneficiaries == names


def test_goods_for_a_firm_leave_the_firm_out() -> None:
    text = "Holmium parts for [Nordmark Drives] were left out of the December export approvals."
    assert _last(text).excluded == ("Nordmark Drives",)
    assert read_events("Holmium parts for [Nordmark Drives] were left out in the rain.") == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Beijing will issue general licenses for magnets for the benefit of U.S. mills and their "
            "customers, and says more will follow.",
            "U.S. mills and their customers",
        ),
        ("Beijing granted export licenses for the benefit of the E.U. mills.", "the E.U. mills"),
    ],
)
def test_those_who_benefit_are_told_whole(text: str, name: str) -> None:
    assert _last(text).beneficiaries == (name,)


def test_a_possessive_party_loses_its_mark() -> None:
    text = "The mill says its supplier's application for an export license for magnets is pending."
    assert all("'" not in name for e in events_of(text) for name in e.applicants)
    assert any("its supplier" in e.applicants for e in events_of(text))


DATES = [
    (
        "In 2023 its owner was arrested and the export license for magnets was cancelled.",
        (date(2023, 1, 1), date(2024, 1, 1)),
    ),
    (
        "The agency issued a final rule on May 4 that suspends the export controls on gallium.",
        (date(2026, 5, 4), date(2026, 5, 5)),
    ),
    (
        "Berlin revoked the export licenses held by [Luzhou Rotor] on May 4 over magnets.",
        (date(2026, 5, 4), date(2026, 5, 5)),
    ),
    (
        "China has suspended its export controls on gallium, the ministry said on Wednesday.",
        (date(2026, 6, 3), date(2026, 6, 4)),
    ),
    (
        "China cut the tungsten mining quota for this year by a tenth.",
        (date(2026, 1, 1), date(2027, 1, 1)),
    ),
    (
        "From the third quarter of 2026 the export of gallium is forbidden.",
        (date(2026, 7, 1), date(2026, 10, 1)),
    ),
    # What says nothing of the day of the act.
    (
        "China had suspended its export controls on gallium, the ministry said on Wednesday.",
        (None, None),
    ),
    (
        "[Luzhou Rotor] said on Wednesday it had received an export license for magnets.",
        (None, None),
    ),
    ("Until May 2027 the export controls on gallium are suspended.", (None, None)),
    (
        "On Wednesday the ministry gave in: it had granted several export licenses for magnets.",
        (None, None),
    ),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates_are_taken_over(text: str, expected: tuple[date | None, date | None]) -> None:
    event = _last(text)
    assert (event.date_start, event.date_end) == expected


def test_a_measure_named_by_its_day_takes_no_number_of_another() -> None:
    text = "Announcement No. 12 of 2026 suspends the export controls of May 4 on gallium."
    numbers = {e.rule_id: (e.instrument, e.is_background) for e in events_of(text)}
    assert numbers["event.control.suspend"] == ("Announcement No. 12 of 2026", False)
    assert numbers["event.control.of_date"] == (None, True)
