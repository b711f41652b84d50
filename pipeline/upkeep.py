"""Plain functions of the daily flows: what is wrong with the store, and what can be cleared away.

`reeline check`, `reeline runs --alerts` and `reeline archive verify` show the same by hand.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive import RawArchive
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_read import reading

_CHECKS = """
SELECT view_name, comment
FROM duckdb_views()
WHERE NOT internal AND view_name LIKE 'check\\_%' ESCAPE '\\'
ORDER BY view_name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A check view that returns rows.

    Attributes:
        name: The view.
        meaning: What it looks for.
        rows: How many rows it returns.
    """

    name: str
    meaning: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAlert:
    """A source that someone should look at: see the view `source_alerts`."""

    source: str
    alert: str
    value: float
    usual: float | None
    meaning: str


def failed_checks(settings: Settings) -> tuple[FailedCheck, ...]:
    """Return the checks of the store that do not hold; empty when all is well."""
    failed = []
    with reading(settings) as con:
        for name, meaning in con.execute(_CHECKS).fetchall():
            found = con.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
            if found and found[0]:
                failed.append(FailedCheck(name=name, meaning=meaning, rows=found[0]))
    return tuple(failed)


def source_alerts(settings: Settings) -> tuple[SourceAlert, ...]:
    """Return the sources that are silent, poor or unreachable against their own history."""
    with reading(settings) as con:
        rows = con.execute(
            "SELECT source, alert, value, usual, meaning FROM source_alerts ORDER BY source, alert"
        ).fetchall()
    return tuple(
        SourceAlert(source=source, alert=alert, value=value, usual=usual, meaning=meaning)
        for source, alert, value, usual, meaning in rows
    )


def damaged_files(settings: Settings) -> dict[str, list[str]]:
    """Return what is wrong with each archive file that is not whole; reads every byte of it."""
    return {
        report.warc_file: [problem.message for problem in report.problems]
        for report in RawArchive(settings.archive_dir).check_files()
        if report.problems
    }


def prune_temporary(settings: Settings, *, older_than_s: float) -> int:
    """Remove half-made batches and snapshots that killed runs left; return how many.

    Whole staged batches are never removed: the next run loads them. Holds the writers' lock, so
    that no snapshot is being made meanwhile.

    Args:
        settings: The data folder.
        older_than_s: Younger ones may belong to a run that lives.
    """
    before = time.time() - older_than_s
    with Store(settings):
        left = [
            *(path for path in settings.staging_dir.glob(".*")),
            *settings.data.glob(f".{settings.snapshot_file.name}.*"),
        ]
        old = [path for path in left if _modified(path) < before]
        for path in old:
            _remove(path)
    return len(old)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
