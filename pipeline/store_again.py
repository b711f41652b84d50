"""Trying again what the catalog of a lake stopped: a commit that came second, a lost connection.

Writers wait in line for the lake's lock, but a killed one's last commit may come after its lock is
gone, and a catalog that restarts takes locks and transactions with it. A file knows neither.
"""

import logging
import random
import re
import time
from collections.abc import Callable
from typing import TypeVar

import duckdb

from models.errors import ReelineError, StoreBusyError, StoreError
from pipeline.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

# 0.25, 0.5, 1, ... 8 s between them, each with up to half as much again: a catalog restarts in less
# than the 16 to 24 s that they add up to.
TRIES = 7
_FIRST_S = 0.25
_JITTER = 0.5
# What libpq says of a connection that is no more, or not yet again.
_LOST = re.compile(
    r"server closed the connection|terminating connection|no connection to the server"
    r"|connection (?:to server|not open|refused|reset)|SSL connection has been closed"
    r"|could not (?:connect|receive data)|database system is (?:starting|shutting)",
    re.IGNORECASE,
)


def again(settings: Settings, call: Callable[[], T]) -> T:
    """Return what a call returns, called anew while what stops it is of the kind that passes.

    Args:
        settings: The data folder; without a lake the call is made once.
        call: Opens the store by itself, and may be repeated after it has done its work: a commit
            whose answer was lost may have been made.

    Raises:
        StoreError: The lake refused every time.
    """
    if not settings.is_lake:
        return call()
    for number in range(TRIES):
        try:
            return call()
        except (ReelineError, duckdb.Error) as error:
            if not passes(error):
                raise
            if number == TRIES - 1:
                raise StoreError(f"the lake refused {TRIES} times, at last: {error}") from error
            wait_s = _FIRST_S * 2**number * random.uniform(1.0, 1.0 + _JITTER)  # noqa: S311
            extra = {"error": str(error).partition("\n")[0], "wait_s": round(wait_s, 2)}
            log.warning("the lake is tried again", extra=extra)
        time.sleep(wait_s)
    raise AssertionError("the last try returns or raises")


def passes(error: BaseException) -> bool:
    """Tell whether an error, or the one behind it, is a lost race or a lost connection.

    DuckLake says the first with a TransactionException; the second with whatever error fits the
    step that asked the catalog, a BinderException for example: only its text tells.
    """
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, StoreBusyError | duckdb.OutOfMemoryException):
            return False  # it has waited for as long as the setting says
        is_error = isinstance(found, duckdb.Error)
        if isinstance(found, duckdb.OperationalError) or (is_error and _LOST.search(str(found))):
            return True
        found = found.__cause__ or found.__context__
    return False
