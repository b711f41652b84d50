"""How events bear on one another, and where a measure stands on a day."""

from datetime import date

import pytest
from mentions import built, mention, party

from models.timeline import MeasureStatus, RelationKind
from models.vocabulary import EventKind, LicenseKind, Modality
from pipeline.clustering import cluster_mentions
from pipeline.instruments import cited_instruments
from pipeline.lifecycle import event_codes, standing_on, with_status
from pipeline.relations import find_relations, sentences_by_event

K, R = EventKind, RelationKind


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Announcements No. 11 to 14 and 17 of 2026 are suspended.", {11, 12, 13, 14, 17}),
        ("Announcement No. 9 of 2026 is repealed.", {9}),
        ("Announcements 11, 12 and 13 of 2026", {11, 12, 13}),
        ("Announcements No. 11-13 of 2026", {11, 12, 13}),
        ("Notice No. 8 took effect on 3 May.", {8}),
        ("Announcement No. 5/2026 stands.", {5}),
        ("The announcement covers 20 firms.", set()),
        ("The announcement of 2026 was long.", set()),
        ("Order No. 4 stands.", set()),
        ("Announcement " + "1, " * 5000, {1}),
        ("暂停实施商务部公告2026年第11号、12号和第17号。", {11, 12, 17}),
        ("废止第9号公告。", {9}),
        ("公告2026年第11号至14号", {11, 12, 13, 14}),
        ("本公告自2026年3月2日起施行。", set()),
    ],
)
def test_cited_instruments(sentence, numbers):
    assert cited_instruments(sentence, 2026) == {f"announcement {n}/2026" for n in numbers}


def related(*mentions):
    clusters = cluster_mentions(mentions)
    events = built(clusters)
    told = [(c.event_id, m.sentence) for c in clusters for m in c.members]
    relations = find_relations(events, sentences_by_event(told))
    names = {c.event_id: c.seed.mention_id for c in clusters}
    found = {(names[r.event_id], r.relation, names[r.related_event_id]) for r in relations}
    return found, {names[e.event_id]: e for e in with_status(events, relations)}


def control(number, day="2026-03-10", **changes):
    return mention(
        f"c{number}", K.CONTROL_IMPOSED, day, instrument=f"Announcement No. {number} of 2026",
        published_on=date.fromisoformat(day), **changes,
    )  # fmt: skip


def suspension(sentence, **changes):
    fields = {"instrument": "Announcement No. 40 of 2026", "until": date(2027, 6, 1)} | changes
    return mention(
        "s", K.CONTROL_SUSPENDED, "2026-06-01", sentence=sentence,
        published_on=date(2026, 6, 1), **fields,
    )  # fmt: skip


def test_an_announcement_suspends_those_that_it_cites():
    text = "Announcements No. 14 to 15 of 2026 are suspended until June 1, 2027."
    found, events = related(control(14), control(15), control(16), suspension(text))
    assert {("s", R.SUSPENDS, "c14"), ("s", R.SUSPENDS, "c15")} <= found
    assert ("s", R.SUSPENDS, "c16") not in found
    assert events["c14"].status is MeasureStatus.SUSPENDED
    assert events["c14"].suspended_until == date(2027, 6, 1)
    assert events["c16"].status is MeasureStatus.IN_FORCE


def test_a_plan_suspends_nothing():
    text = "Announcement No. 14 of 2026 will be suspended."
    found, _ = related(control(14), suspension(text, modality=Modality.PLANNED))
    assert found == set()


def test_an_act_implements_its_plan_and_the_next_one_does_not():
    plan = mention(
        "p",
        K.CONTROL_LIFTED,
        "2026-02-01",
        modality=Modality.PLANNED,
        published_on=date(2026, 2, 1),
    )
    done = mention("d", K.CONTROL_LIFTED, "2026-03-01", published_on=date(2026, 3, 1))
    again = mention("e", K.CONTROL_LIFTED, "2026-08-01", published_on=date(2026, 8, 1))
    found, _ = related(plan, done, again)
    assert found == {("d", R.IMPLEMENTS, "p")}


def test_announcements_of_a_day_are_part_of_the_package():
    whole = mention("w", K.CONTROL_IMPOSED, "2026-03-10", published_on=date(2026, 3, 11))
    found, _ = related(control(14), control(15), whole)
    assert found == {("c14", R.PART_OF, "w"), ("c15", R.PART_OF, "w")}


def test_a_buyer_confirms_the_standing_licenses():
    first = mention(
        "g",
        day="2026-03-01",
        parties=(party("Alpha"),),
        license_kind=LicenseKind.GENERAL,
        modality=Modality.REPORTED,
        published_on=date(2026, 3, 1),
    )
    buyer = mention(
        "b",
        day="2026-03-12",
        parties=(party("Ombra Motors", "beneficiary"),),
        license_kind=LicenseKind.GENERAL,
        published_on=date(2026, 3, 12),
    )
    found, _ = related(first, buyer)
    assert found == {("b", R.CONFIRMS, "g")}


def test_granted_and_refused_contradict():
    yes = mention("y", day="2026-03-01", parties=(party("Alpha"),), published_on=date(2026, 3, 1))
    no = mention(
        "n",
        K.LICENSE_DENIED,
        "2026-03-03",
        parties=(party("Alpha", "applicant"),),
        published_on=date(2026, 3, 3),
    )
    other = mention(
        "o",
        K.LICENSE_DENIED,
        "2026-03-03",
        parties=(party("Beta", "applicant"),),
        published_on=date(2026, 3, 3),
    )
    found, _ = related(yes, no, other)
    assert found == {("n", R.CONTRADICTS, "y")}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2026-03-09", None),
        ("2026-03-10", MeasureStatus.ANNOUNCED),
        ("2026-04-01", MeasureStatus.IN_FORCE),
        ("2026-06-01", MeasureStatus.SUSPENDED),
        ("2027-06-01", MeasureStatus.SUSPENDED),
        ("2027-06-02", MeasureStatus.IN_FORCE),
        ("2028-01-01", MeasureStatus.LIFTED),
    ],
)
def test_the_life_of_a_measure_by_day(day, status):
    lifted = mention(
        "l",
        K.CONTROL_LIFTED,
        "2028-01-01",
        sentence="Announcement No. 14 of 2026 is lifted.",
        published_on=date(2028, 1, 1),
    )
    text = "Announcement No. 14 of 2026 is suspended until June 1, 2027."
    _, events = related(control(14, effective_start=date(2026, 4, 1)), suspension(text), lifted)
    bearing = [(R.SUSPENDS, events["s"]), (R.SUPERSEDES, events["l"])]
    standing = standing_on(events["c14"], bearing, date.fromisoformat(day))
    assert (standing.status if standing else None) is status


def test_suspended_before_its_effect_is_not_in_force():
    text = "Announcement No. 14 of 2026 is suspended until June 1, 2027."
    _, events = related(control(14, effective_start=date(2026, 9, 1)), suspension(text))
    assert events["c14"].status is MeasureStatus.SUSPENDED


def test_a_firm_has_no_status_and_a_proposal_is_one():
    _, events = related(
        mention("g", day="2026-03-01", parties=(party("Alpha"),)),
        mention("p", K.CONTROL_IMPOSED, modality=Modality.PLANNED),
    )
    assert events["g"].status is None
    assert events["p"].status is MeasureStatus.PROPOSED


def test_every_kind_on_the_timeline_has_its_codes():
    assert set(event_codes()) == set(K) - {K.OTHER_POLICY, K.OTHER_LICENSE}
    assert {code.mast_edition for code in event_codes().values()} == {"2019"}
    watched = mention("m", K.ENTITY_LISTED, "2026-03-10", sentence="Beta joins the watch list.")
    (event,) = built(cluster_mentions([watched]))
    assert (event.mast_code, event.gta_type) == ("P33", "Export licensing requirement")
