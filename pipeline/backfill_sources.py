"""Whether a source can be asked for past days, and how. Pure.

Wayback Machine, GDELT and Federal Register know days; sitemaps carry dates as far back as the site
keeps them; feeds hold the newest items only; listings carry no dates.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date

from models.pages import PageRef, Source
from pipeline.wayback import backfill_source


def refusal_of(source: Source, *, wayback: bool = False) -> str | None:
    """Return why a source cannot be backfilled by fetching; None when it can."""
    if wayback or source.apis or source.sitemaps or source.feeds:
        return None
    return (
        f"{source.slug}: cannot be asked for past days: it only has listings, which carry no "
        "dates; try --wayback, or import saved pages with `reeline ingest --html` or `--warc`"
    )


def warning_of(source: Source, *, wayback: bool = False) -> str | None:
    """Return what should not be expected of a source; None when nothing is amiss."""
    if wayback or source.apis or source.sitemaps or not source.feeds:
        return None
    return (
        f"{source.slug}: only has feeds, which hold its newest items: days before those give "
        "nothing; --wayback asks the Wayback Machine instead"
    )


def bounded(source: Source, first: date, last: date, *, wayback: bool = False) -> Source:
    """Return a source whose interfaces are asked for some days only; both ends inclusive."""
    if wayback:
        return backfill_source(source, since=first, until=last)
    apis = tuple(replace(query, since=first, until=last) for query in source.apis)
    return replace(source, apis=apis, listings=())


def of_days(refs: Iterable[PageRef], source: Source, days: Collection[date]) -> list[PageRef]:
    """Return the addresses that some days ask for.

    Those with a date on one of the days; without a date those that an interface named, which was
    asked for these days only.
    """
    documents = {*source.feeds, *source.sitemaps}
    wanted = set(days)
    return [
        ref
        for ref in refs
        if (
            ref.published.astimezone(UTC).date() in wanted
            if ref.published
            else bool(source.apis) and ref.found_in not in documents
        )
    ]
