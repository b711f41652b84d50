"""`python -m flows.sqlite_server server start ...`: Prefect's command line, safe on SQLite.

Prefect 3.8.8 opens transactions as readers; when one writes after another has written, SQLite says
"database is locked" at once, whatever the timeout: an automation then misses its event for ever.
Here each transaction begins as a writer, waits its turn (a minute) and never fails so.
"""

import runpy
import sys
from contextlib import AbstractAsyncContextManager
from typing import Any

from prefect.server.database.configurations import AioSqliteConfiguration


def write_from_the_start() -> None:
    """Make the transactions of a SQLite server begin as writers; PostgreSQL is not concerned."""
    begin = AioSqliteConfiguration.begin_transaction

    def begin_as_writer(
        self: AioSqliteConfiguration,
        session: Any,
        with_for_update: bool = False,  # noqa: ARG001  # Prefect's own signature
    ) -> AbstractAsyncContextManager[Any]:
        return begin(self, session, with_for_update=True)

    AioSqliteConfiguration.begin_transaction = begin_as_writer  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    write_from_the_start()
    sys.argv[0] = "prefect"
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)
