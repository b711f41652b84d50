"""Which payloads the archive holds already, so that each is stored once.

A cache beside the WARC files: whatever goes wrong with it, payloads are stored again and nothing
is lost. Only payloads that are safely on disk are in it, so a reference never dangles.
"""

import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from pipeline.archive_records import Origin

log = logging.getLogger(__name__)

FILE_NAME = ".payloads.sqlite"
_CREATE = """
CREATE TABLE IF NOT EXISTS payload (
  payload_key TEXT PRIMARY KEY, record_id TEXT NOT NULL, url TEXT NOT NULL,
  fetched_at TEXT NOT NULL, warc_file TEXT NOT NULL, offset INTEGER NOT NULL,
  length INTEGER NOT NULL
) WITHOUT ROWID
"""


class StoredPayloads:
    """The payloads of one archive folder; any number of processes may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._con: sqlite3.Connection | None = None
        self._is_broken = False

    def find(self, payload_key: str) -> Origin | None:
        """Return where a payload lies, None when it is not known or its file is gone."""
        query = (
            "SELECT record_id, url, fetched_at, warc_file, offset, length FROM payload "
            "WHERE payload_key = ?"
        )
        try:
            con = self._connect()
            row = con.execute(query, [payload_key]).fetchone() if con else None
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if row is None:
            return None
        names = ("record_id", "url", "fetched_at", "warc_file", "offset", "length")
        origin = Origin(**dict(zip(names, row, strict=True)))
        return origin if self._is_there(origin) else None

    def add(self, origins: Mapping[str, Origin]) -> None:
        """Remember payloads that were synced to disk."""
        rows = [
            (key, o.record_id, o.url, o.fetched_at, o.warc_file, o.offset, o.length)
            for key, o in origins.items()
        ]
        if not rows:
            return
        try:
            con = self._connect()
            if con:
                with con:
                    con.executemany(
                        "INSERT OR REPLACE INTO payload VALUES (?, ?, ?, ?, ?, ?, ?)", rows
                    )
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file."""
        if self._con is not None:
            self._con.close()
            self._con = None

    def _connect(self) -> sqlite3.Connection | None:
        if self._con is None and not self._is_broken:
            self._con = sqlite3.connect(self._folder / FILE_NAME, timeout=10.0)
            # A lost cache costs a second copy of some pages; syncing it would cost time each batch.
            self._con.execute("PRAGMA synchronous = OFF")
            self._con.execute(_CREATE)
        return self._con

    def _is_there(self, origin: Origin) -> bool:
        path = self._folder / origin.warc_file
        for candidate in (path, path.with_name(f"{path.name}.open")):
            try:
                return candidate.stat().st_size >= origin.offset + origin.length
            except FileNotFoundError:
                continue
        return False

    def _give_up(self, error: sqlite3.Error) -> None:
        """Store every payload in full from here on; the next run starts a new list if it must."""
        log.warning("list of stored payloads cannot be used", extra={"error": str(error)})
        self.close()
        self._is_broken = True
        if not isinstance(error, sqlite3.OperationalError):
            (self._folder / FILE_NAME).unlink(missing_ok=True)
