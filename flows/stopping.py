"""A soft stop for long flows: SIGTERM and cancellation wait for the batch in flight.

Prefect's own handler raises at any line. That loses nothing (batches are transactions), but the
batch would be read again; here the flow ends between two batches instead.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas import OrchestrationResult
from prefect.context import FlowRunContext
from prefect.states import Cancelled

from flows.reaper import UNREACHABLE

SAID = b"stopping after the batch in flight\n"
STOPPED = "Stopped after the batch in flight; running it again goes on from there."


@contextmanager
def soft_stop(*, also: Callable[[], bool] = lambda: False) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether to stop; pass the signal on when the block ends.

    A second SIGTERM acts at once. Outside the main thread signals cannot be caught.

    Args:
        also: Another reason to stop; true when there is one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield also
        return
    before = signal.getsignal(signal.SIGTERM)
    asked: list[int] = []

    def on_term(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        with suppress(OSError):  # whoever read it may be gone; a logger may be in use just now
            os.write(2, SAID)
        signal.signal(signal.SIGTERM, before)

    signal.signal(signal.SIGTERM, on_term)
    try:
        yield lambda: bool(asked) or also()
    finally:
        signal.signal(signal.SIGTERM, before)
    if asked:
        _say_cancelled()
        # The handler of before, Prefect's as a rule, now ends the run; as crashed if it has not.
        os.kill(os.getpid(), signal.SIGTERM)


def _say_cancelled() -> None:
    """End the run around as cancelled when that was asked.

    Prefect takes a signal for a cancellation only while its own handler is there, else for a crash;
    a run that has ended it leaves as it is.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    run = context.flow_run
    with suppress(*UNREACHABLE), get_client(sync_client=True) as client:
        asked = client.read_flow_run(run.id).state
        if asked is not None and asked.is_cancelling():
            answer: OrchestrationResult[Any] = client.set_flow_run_state(
                run.id, Cancelled(message=STOPPED)
            )
            run.state = answer.state or run.state
