"""Manners that processes share: one request to a host at a time, with its delay, pauses and all."""

import asyncio
import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from models.errors import FetchError
from models.vocabulary import RejectionReason
from pipeline.fetch_settings import FetchSettings
from pipeline.host_state import HostMemory
from pipeline.politeness import HostTurns, is_put_off, note_answer, note_trouble

ROOT = Path(__file__).parents[1]
_VISITS = """
import asyncio, os, sys, time
from pathlib import Path
from pipeline.politeness import HostTurns
async def main():
    turns = HostTurns("gazette.example", Path(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        async with turns.turn(delay_s=0.1):
            begin = time.time()
            if sys.argv[3] == "die":
                os._exit(9)
            await asyncio.sleep(0.02)
            print(begin, time.time(), flush=True)
asyncio.run(main())
"""


def visits(folder, count, how="live"):
    command = [sys.executable, "-c", _VISITS, str(folder), str(count), how]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def trouble(reason=RejectionReason.UNREACHABLE, **more):
    return FetchError("no answer", reason=reason, retryable=True, **more)


async def visit(turns, settings=None, error=None, *, delay_s=0.0, **options):
    async with turns.turn(delay_s=delay_s, **options) as state:
        if error is None:
            note_answer(state)
        else:
            note_trouble(state, error, settings)


def test_processes_take_turns_with_the_delay_between_them(tmp_path):
    running = [visits(tmp_path, 4) for _ in range(2)]
    lines = [line for process in running for line in process.communicate()[0].splitlines()]
    spans = sorted(tuple(map(float, line.split())) for line in lines)
    assert len(spans) == 8
    assert all(later[0] - earlier[1] >= 0.1 for earlier, later in pairwise(spans))


def test_killed_process_frees_the_host_and_its_request_counts(tmp_path):
    process = visits(tmp_path, 1, "die")
    process.communicate()
    assert process.returncode == 9
    (state_file,) = tmp_path.glob("gazette.example-*.json")
    assert json.loads(state_file.read_bytes())["is_busy"]
    start = time.monotonic()
    asyncio.run(visit(HostTurns("gazette.example", tmp_path), delay_s=0.3))
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"last_at": "x"}', b"\0" * 1024])
def test_unreadable_state_counts_as_a_visit_just_now(tmp_path, content):
    turns = HostTurns("gazette.example", tmp_path)
    asyncio.run(visit(turns))
    (state_file,) = tmp_path.glob("*.json")
    state_file.write_bytes(content)
    start = time.monotonic()
    asyncio.run(visit(turns, delay_s=0.2))
    assert time.monotonic() - start >= 0.2


def test_breaker_opens_for_every_process_and_an_answer_forgives(tmp_path):
    settings = FetchSettings(max_attempts=2, host_pause_s=60.0)
    first, second = (HostTurns("down.example", tmp_path) for _ in range(2))
    asyncio.run(visit(first, settings, trouble()))
    asyncio.run(visit(second))  # answered: the count begins anew
    asyncio.run(visit(first, settings, trouble()))
    asyncio.run(visit(second, settings, trouble()))
    with pytest.raises(FetchError, match="left alone") as caught:
        asyncio.run(visit(first))
    assert caught.value.reason is RejectionReason.UNREACHABLE
    asyncio.run(visit(HostTurns("up.example", tmp_path)))


def test_retry_after_holds_and_a_long_one_closes_for_every_process(tmp_path):
    settings = FetchSettings(retry_after_cap_s=10.0)
    busy = trouble(RejectionReason.HTTP_ERROR, status=429, retry_after_s=0.3)
    asyncio.run(visit(HostTurns("busy.example", tmp_path), settings, busy))
    start = time.monotonic()
    asyncio.run(visit(HostTurns("busy.example", tmp_path)))
    assert time.monotonic() - start >= 0.25
    later = trouble(RejectionReason.HTTP_ERROR, status=429, retry_after_s=3600.0)
    asyncio.run(visit(HostTurns("busy.example", tmp_path), settings, later))
    with pytest.raises(FetchError) as caught:
        asyncio.run(visit(HostTurns("busy.example", tmp_path)))
    assert 3500 < caught.value.retry_after_s <= 3600


def test_host_of_long_foreign_letters_has_a_file(tmp_path):
    host = ".".join(["\U00020000" * 15] * 6) + ".example"

    async def hold():
        async with HostMemory(host, tmp_path).held() as state:
            state.failures = 3
        async with HostMemory(host, tmp_path).held() as state:
            return state.failures

    assert asyncio.run(hold()) == 3
    assert all(file.name.isascii() for file in tmp_path.iterdir())


def test_clock_that_was_set_back_shuts_no_host_for_long(tmp_path):
    turns = HostTurns("gazette.example", tmp_path)
    asyncio.run(visit(turns))
    (state_file,) = tmp_path.glob("*.json")
    state = json.loads(state_file.read_bytes())
    state_file.write_text(json.dumps({**state, "last_at": time.time() + 9e6}))
    asyncio.run(visit(turns, delay_s=0.1))
    assert json.loads(state_file.read_bytes())["last_at"] <= time.time()


class Clock:
    """Stands still but for sleeping, which takes no time."""

    def __init__(self):
        self.now = 1_700_000_000.0

    def time(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    for name in ("politeness.time", "politeness.asyncio", "host_state.time"):
        monkeypatch.setattr(f"pipeline.{name}", made)
    return made


def slow_run(folder, names, *, crawl_delay_s=600.0, crawl_wait_s=0.0):
    """Ask a host that wants long delays for some addresses; return those that had a turn."""
    turns = HostTurns("slow.example", folder, crawl_wait_s=crawl_wait_s)
    served, put_off = [], []
    for name in names:
        try:
            asyncio.run(visit(turns, delay_s=5.0, crawl_delay_s=crawl_delay_s, wanted=name))
            served.append(name)
        except FetchError as error:
            put_off.append(error)
    assert all(is_put_off(error) and error.retryable for error in put_off)
    assert all(error.retry_after_s >= crawl_delay_s for error in put_off)
    return served


def test_long_crawl_delay_puts_off_and_whoever_was_first_has_the_next_turn(tmp_path, clock):
    served = []
    for _ in range(6):
        # Documents are wanted again by each run, pages until they came.
        wanted = ["feed", "map", *(page for page in "ab" if page not in served)]
        served += (now := slow_run(tmp_path, wanted))
        assert len(now) == 1, "one turn in ten minutes"
        assert slow_run(tmp_path, wanted) == []
        clock.now += 600
    assert served == ["feed", "map", "a", "b", "feed", "map"]


@pytest.mark.parametrize(("runs", "served"), [(1, []), (2, []), (3, ["feed"])])
def test_promise_to_a_page_that_nobody_asks_for_is_void_after_some_runs(
    tmp_path, clock, runs, served
):
    assert slow_run(tmp_path, ["feed", "gone"]) == ["feed"]
    clock.now += 600
    for _ in range(runs):
        found = slow_run(tmp_path, ["feed"])
    assert found == served


@pytest.mark.parametrize(
    ("crawl_delay_s", "served"),
    [(600.0, "ab"), (300.0, "abcd"), (901.0, "a"), (5.0, "abcdef"), (0.0, "abcdef")],
)
def test_run_waits_for_a_host_no_longer_than_it_may(tmp_path, clock, crawl_delay_s, served):
    start = clock.now
    found = slow_run(tmp_path, "abcdef", crawl_delay_s=crawl_delay_s, crawl_wait_s=900.0)
    assert found == list(served)
    assert clock.now - start == max(5.0, crawl_delay_s) * (len(served) - 1)


@pytest.mark.parametrize(
    ("crawl_wait_s", "served"), [(900.0, ["feed", "a"]), (599.0, ["a"])], ids=["enough", "less"]
)
def test_others_go_first_where_time_is_left_for_the_promised(tmp_path, clock, crawl_wait_s, served):
    assert slow_run(tmp_path, ["feed", "a"]) == ["feed"]
    clock.now += 600
    assert slow_run(tmp_path, ["feed", "a", "b", "c"], crawl_wait_s=crawl_wait_s) == served


def test_only_what_waits_for_its_turn_is_put_off():
    assert not is_put_off(FetchError("rules", reason=RejectionReason.ROBOTS_DISALLOWED))
    assert not is_put_off(trouble(RejectionReason.HTTP_ERROR, retry_after_s=9.0))
