"""Where things lie: the one data folder and the few settings that change behaviour.

Settings come from the environment (`REELINE_DATA`, `REELINE_STORE`, `REELINE_LAKE_DATA`,
`REELINE_MODEL`) or the command line.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from models.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The data folder and how long to wait for the writer's lock, in seconds.

    Attributes:
        data: Archive, staging and snapshot; of this machine, or of a folder that machines share.
        lock_wait_s: Seconds to wait for the writers' lock.
        store: Empty for a DuckDB file in the data folder, which is enough for one machine; else
            a DuckLake with its catalog in PostgreSQL, which several machines may load:
            `ducklake:postgres:dbname=reeline host=db.example`. A password belongs into
            `PGPASSWORD` or `~/.pgpass`.
        lake_data_path: Where the Parquet files of that lake lie: a folder that all machines
            see, or an object store (`s3://bucket/reeline/`); empty for the data folder.
        publish_every_s: A snapshot younger than this is not renewed when the store is closed; long
            runs of small transactions set it, because copying a store of a million articles takes
            a second. 0 renews it each time.
    """

    data: Path
    lock_wait_s: float = 600.0
    store: str = ""
    lake_data_path: str = ""
    publish_every_s: float = 0.0

    @property
    def is_lake(self) -> bool:
        """Whether the tables lie in a DuckLake rather than in a file of the data folder."""
        return bool(self.store)

    @property
    def lake_data(self) -> str:
        """Folder or object store of the lake's Parquet files, with a slash at the end."""
        return (self.lake_data_path or str(self.data / "lake")).rstrip("/") + "/"

    @property
    def archive_dir(self) -> Path:
        """WARC files: the bytes as served."""
        return self.data / "archive"

    @property
    def staging_dir(self) -> Path:
        """Batches that were produced and not loaded yet."""
        return self.data / "staging"

    @property
    def store_file(self) -> Path:
        """The database that only the loader opens."""
        return self.data / "store.duckdb"

    @property
    def snapshot_file(self) -> Path:
        """The read-only copy that analysts open."""
        return self.data / "reeline.duckdb"

    @property
    def reports_dir(self) -> Path:
        """Reports made for people."""
        return self.data / "reports"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            SettingsError: The data folder cannot be made or written.
        """
        try:
            for folder in (self.data, self.archive_dir, self.staging_dir, self.reports_dir):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"the data folder {self.data} cannot be made: {error.strerror}; "
                "choose another with --data or REELINE_DATA"
            ) from error
        if not os.access(self.data, os.W_OK | os.X_OK):
            raise SettingsError(
                f"the data folder {self.data} is not writable; "
                "choose another with --data or REELINE_DATA"
            )


def load_settings(data: Path | None = None) -> Settings:
    """Return the settings: the given folder, else `REELINE_DATA`, else the user's data folder.

    `REELINE_STORE` and `REELINE_LAKE_DATA` choose a lake: see `Settings`.
    """
    chosen = data or os.environ.get("REELINE_DATA") or user_data_path("reeline", appauthor=False)
    return Settings(
        data=Path(chosen).expanduser().absolute(),
        store=os.environ.get("REELINE_STORE", "").strip(),
        lake_data_path=os.environ.get("REELINE_LAKE_DATA", "").strip(),
    )
