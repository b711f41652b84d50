"""More than one machine: a backfill split between two workers on one PostgreSQL; one is killed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import postgres
import pytest
from same_rows import differing
from scale_field import Field, Work, fill, two_machines

from models.errors import StoreError
from pipeline.backfill import backfill
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
from pipeline.store_extensions import OFFLINE, load_extension
from pipeline.store_read import query

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("machine"),
    pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not())),
]

DOCUMENTS = 90
_AT_ONCE = 12
_WAIT_S = 240.0


def until(look: Callable[[], Any], what: str) -> Any:
    """Return what a look finds, once it finds something."""
    deadline = time.monotonic() + _WAIT_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"not seen in {_WAIT_S:.0f} s: {what}"
        time.sleep(0.5)
    return found


@dataclass(frozen=True)
class Story:
    """What happened: who had worked when one was killed, and how all ended."""

    field: Field
    first: str
    at_kill: list[Work]
    on: dict[int, str | None]
    killed: str
    states: dict[str, str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    try:
        with duckdb.connect(":memory:", config=OFFLINE) as con:
            load_extension(con, "ducklake")
    except StoreError as error:  # without the extra `scale`, or with another DuckDB
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("scale")
    with two_machines(folder, documents=DOCUMENTS, lease_s=20.0) as field:
        for name in ("one", "two"):
            field.start_worker(name)
        first = field.backfill(shares=2, max_active=_AT_ONCE)

        def both_have_worked() -> list[Work]:
            work = field.work()
            done = {one.run_id for one in work if one.state == "done"}
            return work if len(done) == 2 and _holds(work, first) else []

        def caught() -> tuple[list[Work], dict[int, str | None], str] | None:
            work = until(both_have_worked, "partitions done by both, one with some in hand")
            on = {one.pid: field.worker_of(one.pid) for one in work}
            # The run that started the other one, with its worker: frozen, for it may just end.
            (held,) = {on[one.pid] for one in work if one.run_id == first} - {None}
            field.freeze(str(held))
            if _holds(work := field.work(), first):
                return work, on, str(held)
            field.thaw(str(held))
            return None

        at_kill, on, killed = until(caught, "partitions in the hands of a frozen worker")
        field.kill(killed)
        states = until(lambda: _all_ended(field), "the end of both runs")
        yield Story(field, first, at_kill, on, killed, states)


def _holds(work: list[Work], run_id: str) -> bool:
    return any(one.run_id == run_id and one.state == "running" for one in work)


def _all_ended(field: Field) -> dict[str, str]:
    states = field.states()
    return states if set(states.values()) <= {"Completed", "Crashed", "Failed"} else {}


def test_both_workers_had_a_part(story: Story):
    assert set(story.on.values()) == {"one", "two"}
    runs = {one.run_id for one in story.at_kill}
    assert len(runs) == len(story.states) == 2


def test_no_run_is_left_running(story: Story):
    (other,) = set(story.states) - {story.first}
    assert story.states == {story.first: "Crashed", other: "Completed"}


def test_the_one_left_ends_it_all(story: Story):
    work = story.field.work()
    assert {one.state for one in work} == {"done"}
    held = [one for one in story.at_kill if one.run_id == story.first and one.state == "running"]
    tries = query(
        story.field.settings,
        "SELECT attempts, count(*) AS n FROM partition_run WHERE stage = 'article' GROUP BY 1",
    )
    # Twice begun is at most what the killed one had in hand, a chunk; less when its documents
    # were loaded by then, for only their rows of the ledger were missing.
    assert set(tries["attempts"]) <= {1, 2}
    assert tries["n"][tries["attempts"] == 2].sum() <= _AT_ONCE
    assert held
    assert sum(one.documents for one in work) == DOCUMENTS


def test_nothing_is_lost_or_doubled(story: Story, tmp_path, monkeypatch):
    monkeypatch.setenv("REELINE_PAGE_WORKERS", "1")
    peace = Settings(data=tmp_path / "peace")
    fill(peace, DOCUMENTS)
    request = BackfillRequest(first_day="2019-12-01", last_day="2029-12-31")  # type: ignore[arg-type]
    assert backfill(peace, request).failed == 0
    assert differing(story.field.settings, peace) == {}
    assert len(query(peace, "FROM timeline")) > 10
