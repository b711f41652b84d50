"""One backfill by several runs: who begins with what, who helps, and who ends what was left."""

from datetime import timedelta

import pytest
from ledger_rows import execute
from pydantic import ValidationError
from test_backfill import DOCUMENTS, FIRST, archived, never, readings, request, states

from models.errors import SettingsError
from pipeline.backfill import backfill
from pipeline.backfill_stages import BackfillReport
from pipeline.ledger import new_claim, take
from pipeline.partitions import Only, Partition, RunStage
from pipeline.plan import plan_backfill
from pipeline.shares import lease_seconds, own_share, run_together, turn_of

__all__ = ["archived"]


def partition(day: int, *, source: str = "alpha", stage: RunStage = RunStage.ARTICLE):
    return Partition(source=source, day=FIRST + timedelta(days=day), stage=stage)


def test_the_days_of_a_source_go_round():
    turns = [turn_of(partition(day), 3) for day in range(6)]
    assert sorted(turns[:3]) == [1, 2, 3]
    assert turns[:3] == turns[3:]
    assert turn_of(partition(0), 1) == 1


def test_a_source_that_is_asked_belongs_to_one_run():
    asked = {turn_of(partition(day, stage=RunStage.FETCH), 4) for day in range(9)}
    assert len(asked) == 1


def test_the_shares_of_a_plan_are_all_of_it_once(archived):
    parts = [
        {p.partition for p in own_share(plan_backfill(archived, asked)).partitions}
        for asked in (request(shares=3, share=number) for number in (1, 2, 3))
    ]
    whole = [p.partition for p in plan_backfill(archived, request()).partitions]
    assert all(parts)
    assert sorted(p for part in parts for p in part) == sorted(whole)


def test_what_a_killed_run_held_is_taken_over(archived):
    plan = plan_backfill(archived, request())
    held = [planned.partition for planned in plan.partitions[:2]]
    dead = new_claim("dead", lease_s=3)
    assert take(archived, held, dead, planned_at=plan.planned_at) == held
    report = backfill(archived, request(shares=2, share=2), run_id="alive", lease_s=3)
    assert (report.failed, report.left, report.is_stopped) == (0, 0, False)
    assert readings(archived) == {1: DOCUMENTS}
    assert states(archived) == {"done": len(plan.partitions)}
    tries = execute(
        archived, "SELECT DISTINCT attempts FROM partition_run WHERE stage = 'article' ORDER BY 1"
    )
    assert tries == [(1,), (2,)]


def test_a_share_that_comes_late_finds_nothing_to_do(archived, monkeypatch):
    first = backfill(archived, request(shares=2))
    assert first.processed.pages == DOCUMENTS
    assert first.timeline is not None
    monkeypatch.setattr("pipeline.process.read_pages", never)
    second = backfill(archived, request(shares=2, share=2))
    assert (second.partitions, second.processed.pages) == (0, 0)
    # The first one might have been killed before its refresh.
    assert second.timeline is not None
    assert second.timeline.opened == second.timeline.revised == 0


def test_all_is_done_once_by_all_shares_together(archived, monkeypatch):
    backfill(archived, request())
    asked_at = plan_backfill(archived, request()).planned_at
    again = {"only": Only.ALL, "shares": 2, "asked_at": asked_at}
    assert backfill(archived, request(**again)).processed.pages == DOCUMENTS
    monkeypatch.setattr("pipeline.process.read_pages", never)
    assert backfill(archived, request(**again, share=2)).partitions == 0


def test_others_are_helped_from_their_far_end_until_both_meet(archived, monkeypatch):
    asked = request(shares=2, max_active=1)
    plan = plan_backfill(archived, asked)
    own = {p.partition for p in own_share(plan).partitions}
    others = [p.partition for p in plan.partitions if p.partition not in own]
    begun = []

    def run(chunks):
        for chunk in chunks:
            (planned,) = chunk.partitions
            begun.append(planned.partition)
            is_taken = planned.partition == others[0]
            yield BackfillReport(partitions=1, done=int(not is_taken), taken=int(is_taken))

    ended: set[Partition] = set()
    monkeypatch.setattr(
        "pipeline.shares.ended_since", lambda *_, **__: ended | set(begun) - {others[0]}
    )

    def should_stop():
        return others[0] in begun

    list(run_together(archived, plan, (), run=run, should_stop=should_stop))
    assert set(begun[: len(own)]) == own
    assert begun[len(own) :] == others[::-1]


def test_a_stop_ends_the_waiting(archived):
    plan = plan_backfill(archived, request())
    everything = [planned.partition for planned in plan.partitions]
    take(archived, everything, new_claim("alive", lease_s=600), planned_at=plan.planned_at)
    asked: list[int] = []
    report = backfill(
        archived, request(shares=2), should_stop=lambda: len(asked) > 3 or bool(asked.append(1))
    )
    assert report.partitions == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"shares": 2, "share": 3}, "no share 3 of 2"),
        ({"share": 2}, "no share 2 of 1"),
        ({"shares": 2, "max_documents": 100}, "cannot be shared"),
        ({"shares": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_shared_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        request(**given)


@pytest.mark.parametrize("given", ["soon", "-1", "0", "nan", "inf", "2.9"])
def test_a_lease_of_no_use_is_refused(monkeypatch, given):
    monkeypatch.setenv("REELINE_LEASE_S", given)
    with pytest.raises(SettingsError, match="REELINE_LEASE_S"):
        lease_seconds()


def test_the_lease_is_a_setting(monkeypatch):
    assert lease_seconds() == 120.0
    monkeypatch.setenv("REELINE_LEASE_S", "7.5")
    assert lease_seconds() == 7.5
