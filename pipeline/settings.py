"""Where things lie: the one data folder and the few settings that change behaviour.

Settings come from the environment (`REELINE_DATA`, `REELINE_MODEL`) or the command line.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from models.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The data folder and how long to wait for the writer's lock, in seconds."""

    data: Path
    lock_wait_s: float = 600.0

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
    """Return the settings: the given folder, else `REELINE_DATA`, else the user's data folder."""
    chosen = data or os.environ.get("REELINE_DATA") or user_data_path("reeline", appauthor=False)
    return Settings(data=Path(chosen).expanduser().absolute())
