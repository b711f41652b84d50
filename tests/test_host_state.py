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
from pipeline.politeness import HostTurns, note_answer, note_trouble

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


async def visit(turns, settings=None, error=None, *, delay_s=0.0):
    async with turns.turn(delay_s=delay_s) as state:
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
