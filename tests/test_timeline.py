"""Clustering and events: the rules of the domain guide, section 5, on mentions of our own."""

import random
from dataclasses import replace
from datetime import date

import pytest
from mentions import mention, party

from models.timeline import Party
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind
from pipeline.clustering import cluster_mentions
from pipeline.duplicates import count_independent, signatures_of
from pipeline.instruments import instrument_key
from pipeline.timeline import build_event

K = EventKind


def licensee(name):
    return party(name)


def group(name):
    return party(name, is_firm=False)


def importers(name):
    return party(name, "beneficiary", is_firm=False)


def events_of(*mentions):
    texts = {
        m.version_id: f"text of {m.version_id} about something else entirely" for m in mentions
    }
    texts |= {m.version_id: m.sentence for m in mentions if len(m.sentence) > 60}
    signatures = signatures_of(texts.items())
    return [build_event(cluster, signatures) for cluster in cluster_mentions(mentions)]


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [
        pytest.param({}, {"day": "2026-03-12"}, 1, id="republisher's weekday within the window"),
        pytest.param({}, {"day": "2026-05-30"}, 2, id="outside the window"),
        pytest.param(
            {"instrument": "Announcement No. 14 of 2026"},
            {"instrument": "MOFCOM Announcement 14/2026"},
            1,
            id="one instrument, two spellings",
        ),
        pytest.param(
            {"instrument": "Announcement No. 14 of 2026"},
            {"instrument": "Announcement No. 15 of 2026"},
            2,
            id="different instruments on one day never merge",
        ),
        pytest.param({"material": "dysprosium"}, {"material": "NdFeB magnets"}, 1, id="one family"),
        pytest.param({"material": "gallium"}, {"material": "rare earths"}, 2, id="two families"),
        pytest.param(
            {"parties": (licensee("Alpha"),)}, {"parties": (licensee("Beta"),)}, 2, id="other firms"
        ),
        pytest.param({"parties": (licensee("Alpha"),)}, {}, 1, id="one account names nobody"),
        pytest.param(
            {"parties": (licensee("Alpha"),)},
            {"parties": (group("three magnet makers"),)},
            1,
            id="a group tells no events apart",
        ),
        pytest.param(
            {"instrument": "Announcement No. 14 of 2026"},
            {"instrument": "No. 14"},
            1,
            id="a number without its year",
        ),
        pytest.param(
            {}, {"authority": "Ministry of Commerce of China; Customs"}, 1, id="joint issuers"
        ),
        pytest.param({}, {"kind": K.LICENSE_DENIED}, 2, id="other family of kinds"),
        pytest.param({}, {"authority": "Japan"}, 2, id="other country"),
        pytest.param({}, {"modality": Modality.PLANNED}, 2, id="a promise is not the act"),
        pytest.param({}, {"authority": "MOFCOM"}, 1, id="agency of the same country"),
        pytest.param(
            {"parties": (importers("Indian scooter makers"),)},
            {"parties": (importers("European carmakers"),)},
            2,
            id="groups of two nations",
        ),
        pytest.param(
            {"parties": (importers("German carmakers"),)},
            {"parties": (importers("European carmakers"),)},
            1,
            id="a member of the Union is European",
        ),
        pytest.param(
            {"license_kind": LicenseKind.GENERAL},
            {"license_kind": LicenseKind.TEMPORARY},
            2,
            id="standing and temporary licenses",
        ),
        pytest.param(
            {"parties": (licensee("Alpha"),)}, {"destination": "Japan"}, 1, id="one names a place"
        ),
        pytest.param({"destination": "Japan"}, {"destination": "Poland"}, 2, id="two places"),
    ],
)
def test_two_mentions_are_one_event_or_two(one, two, count):
    first = mention("m1", **({"day": "2026-03-10"} | one))
    second = mention("m2", **({"day": "2026-03-10"} | two))
    assert len(events_of(first, second)) == count


@pytest.mark.parametrize(
    "changes",
    [
        {"modality": Modality.NEGATED},
        {"modality": Modality.REQUESTED},
        {"modality": Modality.DENIED},
        {"kind": K.OTHER_POLICY},
        {"kind": K.OTHER_LICENSE},
        {"is_background": True, "date_start": None, "date_end": None, "date_precision": None},
        {"is_background": True, "date_precision": Granularity.VAGUE},
    ],
)
def test_what_opens_no_event(changes):
    assert events_of(replace(mention("m1", day="2026-03-10"), **changes)) == []


def test_background_joins_a_known_event_and_never_opens_a_newer_one():
    news = mention("m1", K.CONTROL_IMPOSED, "2026-03-10")
    retold = mention("m2", K.CONTROL_IMPOSED, "2026-03-10", is_background=True)
    undated = replace(retold, mention_id="m3", date_start=None, date_end=None, date_precision=None)
    (event,) = events_of(news, retold, undated)
    assert event.mention_ids == ("m1", "m2")


def test_any_order_gives_the_same_events():
    days = ["2026-03-02", "2026-03-09", "2026-03-20", "2026-04-15", "2026-06-01"]
    kinds = [K.LICENSE_GRANTED, K.CONTROL_IMPOSED, K.LICENSE_DENIED]
    mentions = [
        mention(f"m{i}{kind}", kind, day, parties=(licensee("Alpha"),) if i % 2 else ())
        for i, day in enumerate(days)
        for kind in kinds
    ]
    expected = events_of(*mentions)
    shuffled = list(mentions)
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert events_of(*shuffled) == expected


def test_the_issuers_date_beats_the_majority_and_others_stay_visible():
    wire = [mention(f"w{i}", K.CONTROL_IMPOSED, "2026-03-11") for i in range(3)]
    issuer = mention("i", K.CONTROL_IMPOSED, "2026-03-10", source_kind=SourceKind.REGULATOR)
    (event,) = events_of(*wire, issuer)
    assert (event.date_start, event.date_basis) == (date(2026, 3, 10), "issuer")
    assert event.other_dates == (date(2026, 3, 11),)


def test_the_majority_of_days_beats_the_earliest():
    days = ["2026-03-09", "2026-03-10", "2026-03-10"]
    (event,) = events_of(*(mention(f"m{i}", K.CONTROL_IMPOSED, d) for i, d in enumerate(days)))
    assert (event.date_start, event.date_basis) == (date(2026, 3, 10), "majority")


def test_a_publication_date_is_never_an_event_date():
    (event,) = events_of(mention("m1", K.CONTROL_IMPOSED))
    assert event.date_start is None
    assert event.date_basis is None
    assert event.first_reported_on == date(2026, 3, 20)


def test_owners_and_copies_count_once():
    text = "Regulators cleared the first shipments of the quarter after a long review of papers"
    texts = {"v1": "one", "v2": "two", "v3": text, "v4": f"Local copy. {text}", "v5": "own words"}
    signatures = signatures_of(texts.items())
    articles = [("v1", "group"), ("v2", "group"), ("v3", "wire"), ("v4", "paper")]
    assert count_independent(articles, signatures) == 2
    # The paper's own report counts, its copy of the wire does not.
    assert count_independent([*articles, ("v5", "paper")], signatures) == 3


def test_an_event_says_who_and_how_sure():
    sure = mention(
        "m1",
        day="2026-03-10",
        parties=(
            licensee("Alpha Magnets"),
            Party(role="beneficiary", key="beta", name="Beta", is_firm=True),
        ),
        license_kind=LicenseKind.GENERAL,
    )
    heard = mention("m2", day="2026-03-11", modality=Modality.REPORTED)
    (event,) = events_of(sure, heard)
    assert event.modality is Modality.ASSERTED
    assert event.licensees == ("Alpha Magnets",)
    assert event.beneficiaries == ("Beta",)
    assert event.summary == (
        "China grants general export licenses for rare earths to Alpha Magnets to supply Beta"
    )
    assert event.best_mention_id == "m1"
    assert event.source_count == 2
    assert event.confidence > build_single(heard).confidence


def test_events_told_by_doubtful_texts_alone_are_less_sure():
    sure = mention("m1", day="2026-03-11")
    doubt = replace(mention("m2", day="2026-03-11"), is_doubtful=True)
    assert build_single(doubt).confidence < build_single(sure).confidence
    (both,) = events_of(sure, doubt)
    (twice,) = events_of(sure, replace(doubt, is_doubtful=False))
    assert both.confidence == twice.confidence  # one text that can be relied on is enough


def build_single(one):
    (event,) = events_of(one)
    return event


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Announcement No. 61 of 2025", "announcement 61/2025"),
        ("MOFCOM and GACC Announcement No. 61 of 2025", "announcement 61/2025"),
        ("Notice No. 61 of 2025", "announcement 61/2025"),
        ("No. 61", "announcement 61/2026"),
        ("Decree No. 71", "decree 71/2026"),
        (None, None),
    ],
)
def test_instrument_spellings(spelling, key):
    assert instrument_key(mention("m1", instrument=spelling)) == key


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [
        pytest.param(
            {"kind": K.CONTROL_IMPOSED, "instrument": "Announcement No. 14 of 2026"},
            {"kind": K.LICENSE_REGIME_CHANGED, "instrument": "Announcement No. 14 of 2026"},
            1,
            id="a control and the duty that came with it",
        ),
        pytest.param(
            {"kind": K.CONTROL_IMPOSED, "instrument": "Announcement No. 14 of 2026"},
            {
                "kind": K.CONTROL_SUSPENDED,
                "instrument": "Announcement No. 14 of 2026",
                "day": "2026-09-01",
                "published_on": date(2026, 9, 1),
            },
            2,
            id="what later befell the announcement",
        ),
        pytest.param(
            {"kind": K.ENTITY_LISTED, "sentence": "Beta was put on the control list."},
            {"kind": K.ENTITY_LISTED, "sentence": "Gamma was put on the watch list."},
            2,
            id="two lists on one day",
        ),
        pytest.param(
            {"kind": K.ENTITY_LISTED, "sentence": "Beta was put on the watch list."},
            {"kind": K.ENTITY_LISTED, "sentence": "Beta has been watch-listed."},
            1,
            id="one list in two spellings",
        ),
        pytest.param(
            {"kind": K.CONTROL_IMPOSED, "material": "holmium"},
            {"kind": K.CONTROL_IMPOSED, "material": "dysprosium; terbium"},
            2,
            id="other elements",
        ),
        pytest.param(
            {"kind": K.CONTROL_IMPOSED, "material": "holmium"},
            {"kind": K.CONTROL_IMPOSED, "material": "rare earths"},
            1,
            id="an element and its family",
        ),
    ],
)
def test_two_measures_are_one_event_or_two(one, two, count):
    first = mention("m1", **({"day": "2026-03-10"} | one))
    second = mention("m2", **({"day": "2026-03-10"} | two))
    assert len(events_of(first, second)) == count


def test_a_package_is_none_of_its_announcements():
    numbered = [
        mention(
            f"n{n}", K.CONTROL_IMPOSED, "2026-03-10", instrument=f"Announcement No. {n} of 2026"
        )
        for n in (14, 15)
    ]
    whole = mention("w", K.CONTROL_IMPOSED, "2026-03-10")
    assert len(events_of(*numbered, whole)) == 3
    assert len(events_of(numbered[0], whole)) == 1


def test_since_a_day_is_that_day():
    news = mention("m1", K.CONTROL_IMPOSED, "2026-03-10", published_on=date(2026, 3, 10))
    other = mention("m2", K.CONTROL_IMPOSED, "2026-05-20", published_on=date(2026, 5, 20))
    since = mention(
        "m3",
        K.CONTROL_IMPOSED,
        "2026-03-10",
        date_end=date(2026, 6, 1),
        is_background=True,
        published_on=date(2026, 6, 1),
    )
    first, second = events_of(news, other, since)
    assert first.mention_ids == ("m1", "m3")
    assert second.mention_ids == ("m2",)


def test_a_denial_stands_against_the_event_and_a_clarification_does_not():
    ban = mention("m1", K.BAN_IMPOSED, "2026-03-19")
    denial = mention("m2", K.BAN_IMPOSED, modality=Modality.DENIED)
    clarification = mention("m3", K.BAN_IMPOSED, modality=Modality.NEGATED)
    (event,) = events_of(ban, denial, clarification)
    assert event.denial_count == 1
    assert event.mention_ids == ("m1",)
    assert event.confidence < build_single(ban).confidence


def test_an_old_act_is_dated_by_its_effect():
    old = mention("m1", K.BAN_IMPOSED, effective_start=date(2011, 5, 2))
    event = build_single(old)
    assert (event.date_start, event.date_basis) == (date(2011, 5, 2), "effect")


@pytest.mark.parametrize(
    ("made", "summary"),
    [
        (
            mention("m", K.CONTROL_SUSPENDED, "2026-03-10", until=date(2027, 3, 9)),
            "China suspends export controls on rare earths until March 9, 2027",
        ),
        (
            mention(
                "m", K.CONTROL_IMPOSED, modality=Modality.PLANNED, authority="European Commission"
            ),
            "EU plans to impose export controls on rare earths",
        ),
        (
            mention("m", K.BAN_IMPOSED, modality=Modality.REPORTED, destination="United States"),
            "China reportedly bans exports of rare earths to US",
        ),
        (
            mention("m", parties=(group("Some of its suppliers"),), material=None),
            "China grants export licenses to suppliers",
        ),
        (
            mention(
                "m", K.LICENSE_APPLIED, parties=(party("Oboro Motors Co., Ltd.", "applicant"),)
            ),
            "Oboro Motors applies to China for export licenses for rare earths",
        ),
        (
            mention(
                "m",
                K.ENTITY_LISTED,
                sentence="Beta joins the watch list.",
                parties=(party("Beta Inc.", "excluded"),),
            ),
            "China puts Beta on watch list",
        ),
        (
            mention(
                "m",
                K.CONTROL_IMPOSED,
                material="holmium; erbium; thulium",
                instrument="Announcement No. 14 of 2026",
            ),
            "China imposes export controls on rare earths (Announcement No. 14 of 2026)",
        ),
        (
            mention("m", authority=None, parties=(licensee("Alpha Magnets"),)),
            "Alpha Magnets gets export licenses for rare earths",
        ),
    ],
)
def test_summaries_read_like_headlines(made, summary):
    assert build_single(made).summary == summary
