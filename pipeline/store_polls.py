"""When each source was asked last, and what its source file plans for it, in the store.

The rules are in `pipeline/polling.py`; here they are read and written.
"""

from collections.abc import Iterable

import duckdb

from models.pages import Source
from pipeline.polling import Poll
from pipeline.store import Store
from pipeline.store_acquisition import incoming_rows


def load_polls(con: duckdb.DuckDBPyConnection) -> dict[str, Poll]:
    """Return the last poll of each source."""
    rows = con.execute(
        "SELECT source, polled_at, interval_s, found, new, failures FROM source_poll"
    ).fetchall()
    return {
        row[0]: Poll(
            source=row[0],
            polled_at=row[1],
            interval_s=row[2],
            found=row[3],
            new=row[4],
            failures=row[5],
        )
        for row in rows
    }


def save_polls(store: Store, polls: Iterable[Poll]) -> None:
    """Replace the last poll of the given sources."""
    rows = [
        {
            "source": poll.source,
            "polled_at": poll.polled_at,
            "due_at": poll.due_at,
            "interval_s": poll.interval_s,
            "found": poll.found,
            "new": poll.new,
            "failures": poll.failures,
        }
        for poll in polls
    ]
    with incoming_rows(store, "source_poll", rows) as con:
        con.execute("DELETE FROM source_poll WHERE source IN (SELECT source FROM incoming)")
        con.execute("INSERT INTO source_poll BY NAME FROM incoming")
    if rows:
        store.mark_changed()


def save_plans(store: Store, sources: Iterable[Source]) -> None:
    """Bring `source_plan` up to the source files; unchanged rows are left alone."""
    rows = [
        {
            "source": source.slug,
            "group_name": source.group,
            "delay_s": source.delay_s,
            "poll_min_s": source.poll_min_s,
            "poll_max_s": source.poll_max_s,
            "min_articles_a_week": source.assertions.min_articles_a_week,
            "max_articles_a_week": source.assertions.max_articles_a_week,
            "required_fields": list(source.assertions.required_fields),
            "is_verified": source.verified,
            "confirmed": source.confirmed,
        }
        for source in sources
    ]
    with incoming_rows(store, "source_plan", rows) as con:
        if con.execute("FROM incoming EXCEPT FROM source_plan").fetchall():
            con.execute("DELETE FROM source_plan WHERE source IN (SELECT source FROM incoming)")
            con.execute("INSERT INTO source_plan BY NAME FROM incoming")
            store.mark_changed()
