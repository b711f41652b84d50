"""Batches of rows on disk: what producers make and the loader loads.

A batch is a folder of Parquet files, written under a temporary name and renamed when whole, so
that a kill leaves either all of it or nothing that counts.
"""

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import StoreError
from pipeline.store_schema import arrow_schemas

_MANIFEST = "batch.json"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one unit of work.

    Attributes:
        batch_id: Hash of what the batch is about: the same work gives the same id.
        replaces: Article versions whose facts the batch replaces.
        rows: Rows by table.
    """

    batch_id: str
    replaces: tuple[str, ...]
    rows: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedBatch:
    """A batch on disk."""

    folder: Path
    batch_id: str
    replaces: tuple[str, ...]
    tables: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Whether nobody has loaded and removed it; settled only under the writers' lock."""
        return self.folder.exists()

    def file(self, table: str) -> Path:
        """Return the Parquet file of a table."""
        return self.folder / f"{table}.parquet"


def stage(folder: Path, batch: Batch) -> StagedBatch:
    """Write a batch to the staging folder and return it.

    Raises:
        StoreError: The disk refuses (full, read-only).
    """
    final = folder / batch.batch_id
    temporary = _hidden(final)
    if final.exists():
        return _already_staged(final, batch)
    schemas = arrow_schemas()
    try:
        temporary.mkdir(parents=True)
        for table, rows in batch.rows.items():
            data = pa.Table.from_pylist(list(rows), schema=schemas[table])
            pq.write_table(data, temporary / f"{table}.parquet", compression="zstd")
        tables = sorted(batch.rows)
        manifest = {"batch_id": batch.batch_id, "replaces": list(batch.replaces), "tables": tables}
        (temporary / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        temporary.rename(final)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if final.exists():  # another producer staged the same work first
            return _already_staged(final, batch)
        raise StoreError(f"batch {batch.batch_id} cannot be staged in {folder}: {error}") from error
    return _already_staged(final, batch)


def _already_staged(folder: Path, batch: Batch) -> StagedBatch:
    """Return the batch in a folder; also when another process loads and removes it just now."""
    try:
        return read_staged(folder)
    except FileNotFoundError:
        tables = tuple(sorted(batch.rows))
        return StagedBatch(
            folder=folder, batch_id=batch.batch_id, replaces=batch.replaces, tables=tables
        )


def read_staged(folder: Path) -> StagedBatch:
    """Return the batch in a folder."""
    manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    return StagedBatch(
        folder=folder,
        batch_id=manifest["batch_id"],
        replaces=tuple(manifest["replaces"]),
        tables=tuple(manifest["tables"]),
    )


def staged_batches(folder: Path) -> Iterator[StagedBatch]:
    """Yield the whole batches of a staging folder, oldest first."""
    whole = [path for path in folder.iterdir() if (path / _MANIFEST).is_file()]
    for path in sorted(whole, key=lambda entry: (entry.stat().st_mtime_ns, entry.name)):
        if not path.name.startswith("."):
            yield read_staged(path)


def discard(staged: StagedBatch) -> None:
    """Remove a batch that was loaded: at once, so that a kill leaves no half of it to load."""
    going = _hidden(staged.folder)
    with suppress(OSError):
        staged.folder.rename(going)
    shutil.rmtree(going, ignore_errors=True)


def _hidden(folder: Path) -> Path:
    """Return a name beside a folder that nobody takes for a batch."""
    return folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
