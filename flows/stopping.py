"""A soft stop for long flows: SIGTERM and cancellation wait for the batch in flight.

Prefect's own handler raises at any line. That loses nothing (batches are transactions), but the
batch would be read again; here the flow ends between two batches instead.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def soft_stop() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether to stop; pass the signal on when the block ends.

    A second SIGTERM acts at once. Outside the main thread signals cannot be caught: the function
    is then always false.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.getsignal(signal.SIGTERM)
    asked: list[int] = []

    def on_term(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(signal.SIGTERM, before)

    signal.signal(signal.SIGTERM, on_term)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGTERM, before)
    if asked:
        # The handler of before, Prefect's as a rule, now ends the run as cancelled or crashed.
        os.kill(os.getpid(), signal.SIGTERM)
