"""`reeline archive`: the bytes as served, listed, checked and read."""

import sys
from enum import StrEnum
from typing import Annotated, Any

import pandas as pd
import typer

from models.errors import InputError, StoreError
from models.pages import ArchiveEntry
from pipeline.archive import RawArchive
from pipeline.archive_writer import OPEN_SUFFIX
from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err, progress_bars
from pipeline.settings import Settings, load_settings
from pipeline.store_read import query
from pipeline.urls import clean_url


class ArchiveAction(StrEnum):
    """What `reeline archive` can do."""

    LS = "ls"
    CAT = "cat"
    VERIFY = "verify"


_LIST = """
SELECT url, fetched_at, status, content_type, body_bytes, body_sha256, warc_file, warc_offset,
  warc_length
FROM page_fetch
WHERE contains(url, ?)
ORDER BY fetched_at DESC, url
LIMIT ?
"""
_PLACES = """
SELECT url, warc_file, warc_offset, warc_length, body_sha256, fetched_at
FROM page_fetch
WHERE url = ?
ORDER BY fetched_at DESC
"""
_INDEX = "SELECT url, warc_file, warc_offset, warc_length, body_sha256, fetched_at FROM page_fetch"


def archive_command(
    action: Annotated[
        ArchiveAction, typer.Argument(help="ls: list pages; cat: print one; verify: check all.")
    ],
    url: Annotated[
        str | None,
        typer.Argument(
            help="cat: the page. ls: only addresses that contain it.", show_default=False
        ),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="cat: the HTTP response as served, with its headers.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="ls: at most so many.")] = 100,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """List, print and check the pages of the raw archive (WARC files).

    `verify` reads every byte and every row that points at one; it leaves with 1 when something
    cannot be read. `cat` prints the newest copy, its compression undone.

        reeline archive ls mofcom.gov.cn --limit 20
        reeline archive cat https://example.org/news/licenses > page.html
        reeline archive cat https://example.org/news/licenses --raw
        reeline archive verify --json
    """
    settings = load_settings(data)
    if action is ArchiveAction.CAT:
        if url is None:
            raise typer.BadParameter("cat needs the address of a page; `ls` lists them")
        if as_json or as_csv:
            raise typer.BadParameter("cat prints the page itself; --json and --csv are for lists")
        _cat(settings, url, raw=raw)
    elif raw:
        raise typer.BadParameter("--raw is for cat")
    elif action is ArchiveAction.LS:
        frame = query(settings, _LIST, [url or "", limit])
        emit(frame, as_json=as_json, as_csv=as_csv)
        if len(frame) == limit:
            err.print(f"the newest {limit}; --limit shows more")
    else:
        if url is not None:
            raise typer.BadParameter("verify checks the whole archive and takes no address")
        _verify(settings, as_json=as_json, as_csv=as_csv)


def _cat(settings: Settings, url: str, *, raw: bool) -> None:
    entries = _index(settings, _PLACES, [clean_url(url) or url])
    if not entries:
        raise InputError(f"{url}: no such page in the archive; `reeline archive ls` lists them")
    archive = RawArchive(settings.archive_dir)
    found = archive.read_response(entries[0]) if raw else archive.read(entries[0]).body
    sys.stdout.buffer.write(found)
    sys.stdout.buffer.flush()
    if len(entries) > 1:
        err.print(f"the newest of {len(entries)} versions")


def _verify(settings: Settings, *, as_json: bool, as_csv: bool) -> None:
    archive = RawArchive(settings.archive_dir)
    total = len(archive.files())
    rows: list[dict[str, Any]] = []
    problems = 0
    with progress_bars() as progress:
        for number, report in enumerate(archive.check_files(), 1):
            progress("verify", number, total)
            problems += len(report.problems)
            rows.append(
                {
                    "warc_file": report.warc_file,
                    "size_bytes": report.size_bytes,
                    "pages": report.pages,
                    "revisits": report.revisits,
                    "problems": [f"at {p.offset}: {p.message}" for p in report.problems],
                }
            )
    for lost in _lost_rows(settings, archive):
        problems += 1
        rows.append({**dict.fromkeys(("size_bytes", "pages", "revisits"), 0), **lost})
    columns = ["warc_file", "size_bytes", "pages", "revisits", "problems"]
    emit(pd.DataFrame(rows, columns=columns), as_json=as_json, as_csv=as_csv)
    pages = sum(row["pages"] for row in rows)
    err.print(f"{total} files, {pages} pages, {problems} problems")
    if problems:
        raise typer.Exit(1)


def _lost_rows(settings: Settings, archive: RawArchive) -> list[dict[str, Any]]:
    """Return a row for each indexed place at which no file has bytes."""
    sizes = {name: (archive.folder / name).stat().st_size for name in archive.files()}
    running = {path.name.removesuffix(".open") for path in archive.folder.glob(f"*{OPEN_SUFFIX}")}
    lost = []
    for entry in _index(settings, _INDEX, []):
        size = sizes.get(entry.warc_file)
        if entry.warc_file in running or (size or 0) >= entry.offset + entry.length:
            continue
        found = "no such file" if size is None else f"a file of {size} bytes"
        problem = f"at {entry.offset}: expected {entry.url}, found {found}"
        lost.append({"warc_file": entry.warc_file, "problems": [problem]})
    return lost


def _index(settings: Settings, sql: str, params: list[str]) -> list[ArchiveEntry]:
    """Return the places that the store knows; none without a store."""
    try:
        rows = query(settings, sql, params)
    except StoreError:
        if not settings.snapshot_file.exists():
            return []
        raise
    return [
        ArchiveEntry(
            url=url,
            warc_file=warc_file,
            offset=offset,
            length=length,
            body_sha256=body_sha256,
            fetched_at=fetched_at,
        )
        for url, warc_file, offset, length, body_sha256, fetched_at in rows.itertuples(index=False)
    ]
