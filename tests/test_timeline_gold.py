"""The clustering gold, and what holds for its mentions in every order."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from eval.clustering import FLOOR, read_gold, score
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clustering import cluster_mentions

PAIRS = [pair for half in ("tune", "report") for pair in read_gold(half)]
MENTIONS = [mention for mention, _ in PAIRS]
DAYS = sorted({mention.published_on for mention in MENTIONS})


def shape(clusters):
    return [
        (c.event_id, c.seed.mention_id, sorted(m.mention_id for m in c.members)) for c in clusters
    ]


WHOLE = shape(cluster_mentions(MENTIONS))


def test_the_gold_is_large_enough_and_of_one_piece():
    assert len(MENTIONS) >= 120
    assert len({event for _, event in PAIRS}) >= 30
    assert len({mention.mention_id for mention in MENTIONS}) == len(MENTIONS)
    for mention in MENTIONS:
        assert asdict(mention)["sentence"].endswith(".")


@pytest.mark.parametrize("half", ["tune", "report"])
def test_the_gold_is_met_without_merging_instruments(half):
    made = score(read_gold(half))
    assert made.f1 >= FLOOR
    assert made.false_merges == 0


@settings(max_examples=30, deadline=None)
@given(st.permutations(MENTIONS))
def test_any_order_gives_the_same_events_and_ids(mentions):
    assert shape(cluster_mentions(mentions)) == WHOLE


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(DAYS))
def test_later_reports_change_no_earlier_event(day):
    known = [m for m in MENTIONS if m.published_on <= day]
    later = {event_id: set(members) for event_id, _, members in WHOLE}
    ids = {m.mention_id for m in known}
    for event_id, _, members in shape(cluster_mentions(known)):
        assert set(members) == later[event_id] & ids


def test_a_mention_alone_is_an_event_of_its_own():
    first, *_ = MENTIONS
    moved = [first, *(m for m in MENTIONS if m.published_on > first.published_on + timedelta(900))]
    assert len(cluster_mentions(moved)) == 1
