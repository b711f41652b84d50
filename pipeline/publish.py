"""A folder for others to build on: Atom feed, calendar, CSV and Parquet, and their description.

It is written beside its place and renamed, so that a web server never shows half of it. The same
snapshot gives the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import StoreError
from pipeline.calendar_out import calendar
from pipeline.datapackage import (
    PACKAGE_NAME,
    PUBLIC_VIEWS,
    describe,
    file_resource,
    table_resources,
)
from pipeline.feeds_out import atom_feed, out_events
from pipeline.report_figures import snapshot_time
from pipeline.settings import Settings
from pipeline.store_export import ExportFormat, export
from pipeline.whole_folder import DESCRIPTION, check_target, replacing

FEED, CALENDAR = "timeline.atom", "timeline.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One file of a publication; `rows` is None for files that are no tables."""

    path: str
    rows: int | None
    file_bytes: int


def publish(
    settings: Settings, target: Path, *, license_name: str, entries: int = 500
) -> list[Published]:
    """Write the publication of the newest snapshot and return its files.

    A publication in the folder is replaced as a whole; until then it stays as it is.

    Args:
        settings: Where the snapshot is.
        target: The folder, made when it is missing.
        license_name: Licence of the data, for the description.
        entries: Entries of the feed at most.

    Raises:
        InputError: The folder holds something that is not a publication.
        StoreError: There is no snapshot, or the disk refuses.
    """
    check_target(target, name=PACKAGE_NAME, what="a publication", verb="publish")
    with replacing(target, failed=f"{target} cannot be published") as folder:
        snapshot_at = snapshot_time(settings)
        resources = _write_events(settings, folder, entries)
        for file_format in (ExportFormat.CSV, ExportFormat.PARQUET):
            resources += _write_tables(settings, folder, file_format)
        text = describe(settings, resources, license_name=license_name, snapshot_at=snapshot_at)
        if snapshot_time(settings) != snapshot_at:
            # The files would tell of two states.
            raise StoreError("something was loaded meanwhile, nothing was replaced: run it again")
        (folder / DESCRIPTION).write_text(text, encoding="utf-8")
    return [
        Published(path=item["path"], rows=item.get("rows"), file_bytes=item["bytes"])
        for item in resources
    ]


def _write_events(settings: Settings, folder: Path, entries: int) -> list[dict[str, Any]]:
    events = out_events(settings)
    feed, dates = folder / FEED, folder / CALENDAR
    feed.write_bytes(atom_feed(events, most=entries))
    dates.write_bytes(calendar(events))
    return [
        file_resource(
            "timeline-feed",
            feed,
            mediatype="application/atom+xml",
            description="The last revised events, an entry each",
        ),
        file_resource(
            "timeline-calendar",
            dates,
            mediatype="text/calendar",
            description="Every event with its day, days of effect, and ends of suspensions",
        ),
    ]


def _write_tables(
    settings: Settings, folder: Path, file_format: ExportFormat
) -> list[dict[str, Any]]:
    place = folder / file_format.value
    export(settings, place, file_format=file_format)
    resources = table_resources(place, file_format.value)
    kept = {f"{name}.{file_format.value}" for name in PUBLIC_VIEWS}
    for file in place.iterdir():
        if file.name not in kept:
            file.unlink()
    return resources
