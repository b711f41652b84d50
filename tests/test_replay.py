"""Clustering around new mentions gives what clustering whole blocks gives, alone and in the store."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from eval.clustering import read_gold
from hypothesis import given, settings
from hypothesis import strategies as st
from mentions import fill, mention, timeline_rows
from test_timeline_store import ARTICLES, MENTIONS, NOW, of_articles, store_of

from models.vocabulary import EventKind, Modality
from pipeline import store_touched
from pipeline.blocks import block_of, countries_of
from pipeline.clustering import cluster_block
from pipeline.replay import replay_block
from pipeline.store_timeline import refresh_timeline

COUNTRIES = countries_of(MENTIONS)
BLOCKS = defaultdict(list)
for one in MENTIONS:
    BLOCKS[block_of(one, COUNTRIES[one.mention_id])].append(one)


def said(clusters):
    return {c.event_id: sorted(m.mention_id for m in [*c.members, *c.counters]) for c in clusters}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(BLOCKS)), st.data())
def test_what_new_mentions_change_is_all_that_changes(key, data):
    block = BLOCKS[key]
    new = data.draw(st.sets(st.sampled_from(range(len(block))), min_size=1, max_size=4))
    before = cluster_block(key, [m for place, m in enumerate(block) if place not in new])
    known = {m.mention_id: None for place, m in enumerate(block) if place not in new}
    known |= {mention_id: event for event, ids in said(before).items() for mention_id in ids}
    replay = replay_block(key, block, known)
    kept = {event: ids for event, ids in said(before).items() if event not in replay.altered}
    assert kept | said(replay.clusters) == said(cluster_block(key, block))


def test_the_gold_has_blocks_of_some_size():
    assert len(read_gold("tune")) > 30
    assert max(len(block) for block in BLOCKS.values()) > 20


@pytest.fixture
def always_around(monkeypatch):
    """Never cluster a whole block for new mentions."""
    monkeypatch.setattr(store_touched, "_MOST_NEW", float("inf"))
    whole = []
    cluster = store_touched._whole

    def noted(con, keys, *others):
        whole.extend(keys)
        return cluster(con, keys, *others)

    monkeypatch.setattr(store_touched, "_whole", noted)
    return whole


def test_the_store_reads_enough_around_new_mentions(tmp_path, always_around):
    """Loads in some order, each refreshed around what is new, give the whole timeline."""
    articles = random.Random(4).sample(ARTICLES, len(ARTICLES))
    parts = [
        articles[:-12],
        *(articles[len(articles) - n : len(articles) - n + 4] for n in (12, 8, 4)),
    ]
    with store_of(tmp_path / "around") as store:
        for number, part in enumerate(parts):
            fill(store, of_articles(part))
            refresh_timeline(store, now=NOW + timedelta(hours=number))
        found = timeline_rows(store)
    assert always_around == []
    with store_of(tmp_path / "whole") as store:
        fill(store, MENTIONS)
        refresh_timeline(store, now=NOW, full=True)
        is_same = found == timeline_rows(store)
    assert is_same


def test_a_late_denial_finds_its_event_and_an_unrelated_event_is_not_read(tmp_path, always_around):
    ban = mention("m1", EventKind.BAN_IMPOSED, "2026-03-19")
    other = mention("m2", EventKind.BAN_IMPOSED, "2019-03-19")
    denial = mention("m3", EventKind.BAN_IMPOSED, "2026-03-19", modality=Modality.DENIED)
    with store_of(tmp_path) as store:
        fill(store, [ban, other])
        refresh_timeline(store, now=NOW)
        fill(store, [denial])
        report = refresh_timeline(store, now=NOW + timedelta(hours=1))
        assert (report.opened, report.revised, report.closed) == (0, 1, 0)
        stances = store.con.execute(
            "SELECT license_event_id, stance FROM timeline_evidence ORDER BY ALL"
        ).fetchall()
        assert stances == [("m1", "supports"), ("m2", "supports"), ("m3", "contradicts")]
    assert always_around == []


def test_a_mention_that_changed_or_went_away_disturbs_its_block(tmp_path, always_around):
    with store_of(tmp_path) as store:
        fill(store, [mention("m1", EventKind.BAN_IMPOSED, "2026-03-19")])
        refresh_timeline(store, now=NOW)
        store.con.execute("UPDATE license_event SET destination = 'Japan'")
        refresh_timeline(store, now=NOW + timedelta(hours=1))
    assert len(always_around) == 1
