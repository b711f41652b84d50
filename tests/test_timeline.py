"""Clustering and events: the rules of the domain guide, section 5, on mentions of our own."""

import random
from dataclasses import replace
from datetime import date

import pytest

from models.timeline import Mention, Party
from models.vocabulary import EventKind, Granularity, LicenseKind, Modality, SourceKind
from pipeline.clustering import cluster_mentions, instrument_key
from pipeline.duplicates import count_independent, signatures_of
from pipeline.timeline import build_event

K = EventKind


def mention(key, kind=K.LICENSE_GRANTED, day=None, **changes):
    start = date.fromisoformat(day) if day else None
    made = Mention(
        mention_id=key,
        kind=kind,
        authority="China",
        parties=(),
        material="rare earths",
        destination=None,
        license_kind=None,
        instrument=None,
        date_start=start,
        date_end=date.fromordinal(start.toordinal() + 1) if start else None,
        date_precision=Granularity.DAY if start else None,
        effective_start=None,
        modality=Modality.ASSERTED,
        is_background=False,
        sentence=f"sentence of {key}",
        char_start=0,
        char_end=5,
        article_id=f"a-{key}",
        version_id=f"v-{key}",
        source=f"s-{key}",
        source_kind=SourceKind.NEWS,
        owner_group=f"s-{key}",
        published_on=date(2026, 3, 20),
    )
    return replace(made, **changes)


def licensee(name):
    return Party(role="licensee", key=name.lower(), name=name, is_firm=True)


def group(name):
    return Party(role="licensee", key=name.lower(), name=name, is_firm=False)


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
    (event,) = events_of(mention("m1"))
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
        "China grants general export licenses on rare earths to Alpha Magnets for Beta"
    )
    assert event.best_mention_id == "m1"
    assert event.source_count == 2
    assert event.confidence > build_single(heard).confidence


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
