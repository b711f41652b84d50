"""When an address that was asked for before is asked for again, and the memory that this takes.

Articles are corrected within days, so that young ones are asked for again, conditionally and less
and less. What an interrupted run got is never asked for by the run that makes up for it.
"""

import logging
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from models.pages import PageRef

log = logging.getLogger(__name__)

REVISITED_FOR = timedelta(days=3)
"""Pages that came first longer ago are never asked for again by themselves."""

LEAST_GAP = timedelta(hours=1)
FILE_NAME = "visits.sqlite"
_CREATE = """
CREATE TABLE IF NOT EXISTS visit (
  url TEXT PRIMARY KEY, first_at REAL NOT NULL, last_at REAL NOT NULL, has_failed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_run (source TEXT PRIMARY KEY, began_at REAL NOT NULL);
"""
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The first and the newest request for an address. `has_failed`: it gave no page for good."""

    first_at: datetime
    last_at: datetime
    has_failed: bool = False

    def joined(self, other: "Visit") -> "Visit":
        """Return two memories of one address as one; how it ended is known from the newer."""
        newer = max(self, other, key=lambda visit: visit.last_at)
        return replace(newer, first_at=min(self.first_at, other.first_at))


def is_due_again(known: Visit, *, now: datetime, interrupted_at: datetime | None = None) -> bool:
    """Return whether an address is worth another request.

    The time since the newest request must be as long as the time from the first to the newest, at
    least an hour: about 1, 2, 4, 8, 16, 32 and 64 hours after the first. Pages older than that are
    settled; an address that failed for good is asked for on and on, at doubling intervals.

    Args:
        known: The requests so far.
        now: The clock.
        interrupted_at: When a run began that asked the same source and never ended: what it asked
            for since is not asked for again.
    """
    if interrupted_at is not None and known.last_at >= interrupted_at:
        return False
    if not known.has_failed and now - known.first_at > REVISITED_FOR:
        return False
    return now - known.last_at >= max(LEAST_GAP, known.last_at - known.first_at)


def due_again(
    refs: Mapping[str, PageRef],
    known: Mapping[str, Visit],
    *,
    now: datetime,
    interrupted: Mapping[str, datetime],
) -> dict[str, PageRef]:
    """Return the addresses that were never asked for or are due again, in the given order.

    Args:
        refs: Addresses that are offered.
        known: The requests so far.
        now: The clock.
        interrupted: When a run of a source began that never ended, by source.
    """
    return {
        url: ref
        for url, ref in refs.items()
        if url not in known
        or is_due_again(known[url], now=now, interrupted_at=interrupted.get(ref.source))
    }


class VisitMemory:
    """Requests that left no page behind, and runs that have not ended; use in a `with` block.

    A cache beside the state of hosts, which any number of processes may use: whatever goes wrong
    with it, addresses are asked for once more and nothing is lost. Pages that came are known from
    the index of the archive.

    Args:
        folder: Where it lies; made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._con: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._con = sqlite3.connect(self._folder / FILE_NAME, timeout=10.0)
            # What a loss of power takes away costs some requests; syncing would cost time on each.
            self._con.execute("PRAGMA synchronous = OFF")
            self._con.executescript(_CREATE)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
        return self

    def __exit__(self, *_: object) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    def visits(self, urls: Iterable[str]) -> dict[str, Visit]:
        """Return what is known of some addresses."""
        found = {}
        for url in urls:
            rows = self._run("SELECT first_at, last_at, has_failed FROM visit WHERE url = ?", [url])
            for first_at, last_at, has_failed in rows:
                found[url] = Visit(
                    first_at=_moment(first_at),
                    last_at=_moment(last_at),
                    has_failed=bool(has_failed),
                )
        return found

    def asked_since(self, urls: Iterable[str], moment: datetime | None) -> list[str]:
        """Return those of some addresses that were asked for since an instant; none for None."""
        if moment is None:
            return []
        return [url for url, visit in self.visits(urls).items() if visit.last_at >= moment]

    def note(self, url: str, *, has_failed: bool) -> None:
        """Remember a request that brought no new page: an unchanged one, or a lasting failure."""
        now = datetime.now(UTC).timestamp()
        self._run(
            "INSERT INTO visit VALUES (?, ?, ?, ?) ON CONFLICT (url) "
            "DO UPDATE SET last_at = excluded.last_at, has_failed = excluded.has_failed",
            [url, now, now, int(has_failed)],
        )

    def begin(self, sources: Collection[str], *, now: datetime) -> Mapping[str, datetime]:
        """Note that a run of some sources begins; return those whose last run did not end.

        Each with the instant at which the first of the runs began that have to be made up for.
        """
        self._run("DELETE FROM open_run WHERE began_at < ?", [(now - REVISITED_FOR).timestamp()])
        self._run("DELETE FROM visit WHERE last_at < ?", [(now - _KEPT).timestamp()])
        rows = self._run("SELECT source, began_at FROM open_run", [])
        for source in sources:
            self._run("INSERT OR IGNORE INTO open_run VALUES (?, ?)", [source, now.timestamp()])
        return {source: _moment(at) for source, at in rows if source in sources}

    def end(self, sources: Collection[str]) -> None:
        """Note that a run of some sources came to its end: nothing has to be made up for."""
        for source in sources:
            self._run("DELETE FROM open_run WHERE source = ?", [source])

    def _run(self, sql: str, values: list[object]) -> list[tuple[Any, ...]]:
        if self._con is None:
            return []
        try:
            with self._con:
                return self._con.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _give_up(self, error: Exception) -> None:
        """Go on without; a file that is damaged makes room for a new one."""
        log.warning("memory of requests cannot be used", extra={"error": str(error)})
        self.__exit__()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        ):
            (self._folder / FILE_NAME).unlink(missing_ok=True)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
