"""What acquisition remembers in the store: addresses that were seen, documents that were read.

The rules are in `pipeline/memory.py` and `pipeline/findings.py`; here they are read and written.
When sources are due is in `pipeline/store_polls.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from models.errors import StoreError
from models.pages import PageRef, Source
from pipeline.fetch_settings import Validators
from pipeline.findings import KnownDocument, reading_of
from pipeline.memory import SeenPage, SeenTitle
from pipeline.politeness import PUT_OFF
from pipeline.revisits import Visit
from pipeline.store import Store
from pipeline.store_migrations import roll_back
from pipeline.store_schema import arrow_schemas

_OFFERED_AGAIN = timedelta(days=7)
_WAITED_FOR = timedelta(days=30)
_TITLES = """
SELECT s.title_key, s.url, coalesce(s.published_at, s.first_seen_at) AS used_at
FROM seen_page AS s
SEMI JOIN page_fetch AS f ON f.url = s.url
WHERE s.source = ? AND s.copy_of IS NULL AND s.title_key IS NOT NULL
  AND coalesce(s.published_at, s.first_seen_at) >= ?
QUALIFY row_number() OVER (PARTITION BY s.title_key ORDER BY used_at DESC, s.url) = 1
"""
_PENDING = """
SELECT s.found_in, s.url, s.title, s.published_at
FROM seen_page AS s
ANTI JOIN page_fetch AS f ON f.url = s.url
ANTI JOIN page_fetch AS g ON g.final_url = s.url
WHERE s.source = ? AND s.copy_of IS NULL AND (
  coalesce(s.published_at, s.first_seen_at) >= ?
  OR (
    s.first_seen_at >= ?
    AND s.url IN (SELECT url FROM rejection WHERE stage = 'fetch' AND contains(detail, ?))
  )
)
ORDER BY s.first_seen_at, s.url
"""
_NAMED = """
SELECT found_in, url, title, published_at
FROM seen_page AS s
WHERE source = ? AND (
  first_seen_at >= ?
  OR (
    first_seen_at >= ? AND copy_of IS NULL
    AND NOT EXISTS (FROM page_fetch AS f WHERE f.url = s.url)
  )
)
ORDER BY first_seen_at, url
"""


def known_titles(
    con: duckdb.DuckDBPyConnection, source: Source, *, now: datetime
) -> dict[str, SeenTitle]:
    """Return the titles by key that a source used of late, of pages that were fetched.

    Twice the source's `duplicate_days` back: a copy may itself be dated some days before now.
    """
    since = now - timedelta(days=2 * source.duplicate_days)
    rows = con.execute(_TITLES, [source.slug, since]).fetchall()
    return {key: SeenTitle(url=url, at=at) for key, url, at in rows}


def unfetched(con: duckdb.DuckDBPyConnection, source: Source) -> set[str]:
    """Return the addresses of a source that an earlier run asked for in vain, not those put off."""
    rows = con.execute(
        "SELECT s.url FROM seen_page AS s ANTI JOIN page_fetch AS f ON f.url = s.url "
        "SEMI JOIN (FROM rejection WHERE stage = 'fetch' AND NOT contains(detail, ?)) AS r "
        "ON r.url = s.url WHERE s.source = ? AND s.copy_of IS NULL",
        [PUT_OFF, source.slug],
    ).fetchall()
    return {row[0] for row in rows}


def pending(
    con: duckdb.DuckDBPyConnection, source: Source, *, now: datetime
) -> tuple[PageRef, ...]:
    """Return what a source published in the last week and no run has fetched, copies left out.

    A feed may have dropped it since: a host that was down for a day must not cost a page. What was
    put off because its host wants few requests is waited for longer, whenever it was published.
    """
    values = [source.slug, now - _OFFERED_AGAIN, now - _WAITED_FOR, PUT_OFF]
    rows = con.execute(_PENDING, values).fetchall()
    return tuple(_seen_ref(source, row) for row in rows)


def _seen_ref(source: Source, row: tuple[Any, ...]) -> PageRef:
    found_in, url, title, published = row
    return PageRef(source=source.slug, url=url, title=title, published=published, found_in=found_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """What is known of a page that came: when, and how to ask whether it has changed."""

    visit: Visit
    validators: Validators


def fetched_pages(con: duckdb.DuckDBPyConnection, since: datetime) -> dict[str, FetchedPage]:
    """Return the pages by address that came first at or after an instant."""
    rows = con.execute(
        "SELECT url, max_by(etag, fetched_at), max_by(last_modified, fetched_at), "
        "min(fetched_at) AS first_at, max(fetched_at) "
        "FROM page_fetch WHERE method = 'http' GROUP BY url HAVING first_at >= ?",
        [since],
    ).fetchall()
    return {
        url: FetchedPage(
            visit=Visit(first_at=first_at, last_at=last_at),
            validators=Validators(etag=etag, last_modified=modified),
        )
        for url, etag, modified, first_at, last_at in rows
    }


def fetched_before(con: duckdb.DuckDBPyConnection, until: datetime) -> set[str]:
    """Return the addresses of pages that came first before an instant."""
    rows = con.execute(
        "SELECT url FROM page_fetch WHERE method = 'http' GROUP BY url HAVING min(fetched_at) < ?",
        [until],
    ).fetchall()
    return {row[0] for row in rows}


def fetched_elsewhere(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the addresses whose pages came under another one.

    Captures of web archives that pages were made of, and where redirects led: asked for by that
    address, the page would come a second time.
    """
    rows = con.execute(
        "SELECT final_url FROM page_fetch WHERE final_url <> url EXCEPT SELECT url FROM page_fetch"
    ).fetchall()
    return {row[0] for row in rows}


def known_documents(
    con: duckdb.DuckDBPyConnection, source: Source, *, now: datetime
) -> dict[str, KnownDocument]:
    """Return the documents of a source that gave validators, with what they named of late.

    Only those that were read for what the source file wants today. Of the last week they offer
    everything again, of the last month what never came: older pages are settled.
    """
    named: dict[str, list[PageRef]] = {}
    rows = con.execute(_NAMED, [source.slug, now - _OFFERED_AGAIN, now - _WAITED_FOR]).fetchall()
    for row in rows:
        named.setdefault(row[0], []).append(_seen_ref(source, row))
    documents = con.execute(
        "SELECT url, etag, last_modified FROM source_document WHERE source = ? AND read_for = ?",
        [source.slug, reading_of(source)],
    ).fetchall()
    return {
        url: KnownDocument(
            validators=Validators(etag=etag, last_modified=modified),
            refs=tuple(named.get(url, ())),
        )
        for url, etag, modified in documents
    }


def save_documents(
    store: Store, validators: Iterable[tuple[Source, Mapping[str, Validators]]]
) -> None:
    """Keep what the documents of each source were read with; unchanged rows are left alone."""
    rows = [
        {
            "source": source.slug,
            "url": url,
            "etag": held.etag,
            "last_modified": held.last_modified,
            "read_for": reading_of(source),
        }
        for source, documents in validators
        for url, held in documents.items()
        if held.etag or held.last_modified
    ]
    with incoming_rows(store, "source_document", rows) as con:
        if con.execute("FROM incoming EXCEPT FROM source_document").fetchall():
            con.execute(
                "DELETE FROM source_document WHERE (source, url) IN "
                "(SELECT (source, url) FROM incoming)"
            )
            con.execute("INSERT INTO source_document BY NAME FROM incoming")
            store.mark_changed()


def save_seen(store: Store, pages: Iterable[SeenPage]) -> dict[str, int]:
    """Keep the addresses that are new and return how many there are by source."""
    rows = [
        {
            "source": page.ref.source,
            "url": page.ref.url,
            "title": page.ref.title,
            "title_key": page.title_key,
            "published_at": page.ref.published,
            "found_in": page.ref.found_in,
            "first_seen_at": page.first_seen_at,
            "copy_of": page.copy_of,
        }
        for page in pages
    ]
    with incoming_rows(store, "seen_page", rows) as con:
        counts = con.execute(
            "SELECT source, count(*) FROM incoming ANTI JOIN seen_page USING (source, url) "
            "GROUP BY source"
        ).fetchall()
        if counts:
            con.execute(
                "INSERT INTO seen_page BY NAME "
                "FROM incoming ANTI JOIN seen_page USING (source, url)"
            )
            store.mark_changed()
    return dict(counts)


@contextmanager
def incoming_rows(
    store: Store, table: str, rows: list[dict[str, Any]]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Show rows as the relation `incoming` during one transaction.

    DELETE and INSERT rather than a key and `OR REPLACE`, which not every kind of store has.
    """
    con = store.con
    con.register("incoming", pa.Table.from_pylist(rows, schema=arrow_schemas()[table]))
    con.execute("BEGIN")
    try:
        yield con
        store.commit()
    except duckdb.Error as error:
        roll_back(con)
        raise StoreError(f"{table} cannot be written: {error}") from error
    finally:
        con.unregister("incoming")
