"""Rows for tests of the ledger: pages, outcomes, addresses, as acquisition would leave them."""

from datetime import UTC, date, datetime, time

from models.vocabulary import RejectionReason, Stage
from pipeline.page_reader import reject_page
from pipeline.recording import load_rows
from pipeline.settings import Settings
from pipeline.store import Store

AT = datetime(2025, 11, 3, 9, tzinfo=UTC)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def page(number: int, *, source: str = "alpha", fetched_at: datetime = AT, method: str = "http"):
    return {
        "fetch_id": f"{source}-{number}", "source": source,
        "url": f"http://{source}.example/{number}", "final_url": f"http://{source}.example/{number}",
        "fetched_at": fetched_at, "status": 200, "method": method, "body_sha256": f"{number:064x}",
        "body_bytes": 10, "warc_file": "f.warc.gz", "warc_offset": number, "warc_length": 10,
    }  # fmt: skip


def version(row, *, published: date | None, made_by: str):
    """Return the rows that make an article of a page."""
    key = f"version-of-{row['fetch_id']}"
    article = f"article-of-{row['fetch_id']}"
    place = {"article_id": article, "source": row["source"], "url": row["url"]}
    return {
        "article": [place | {"current_version_id": key, "first_seen_at": row["fetched_at"]}],
        "article_version": [
            place
            | {
                "version_id": key, "published_on": published, "tags": [], "regions": [],
                "sectors": [], "fetched_at": row["fetched_at"], "body_sha256": row["body_sha256"],
                "text_chars": 10, "extractor_version": made_by,
            }
        ],
        "page_outcome": [outcome(row, made_by=made_by, version_id=key)],
    }  # fmt: skip


def outcome(row, *, made_by: str, version_id: str | None = None):
    return {
        "fetch_id": row["fetch_id"],
        "extractor_version": made_by,
        "version_id": version_id,
        "rejection_id": None if version_id else f"r-{row['fetch_id']}",
    }


def load(settings: Settings, *parts: dict) -> None:
    """Load rows by table; the same table may come in several parts."""
    rows: dict[str, list] = {}
    for part in parts:
        for table, some in part.items():
            rows.setdefault(table, []).extend(some)
    load_rows(settings, rows)


def execute(settings: Settings, sql: str, *values):
    """Run one statement on the store and return its rows."""
    with Store(settings) as store:
        return store.con.execute(sql, list(values)).fetchall()


def reject_all(jobs):
    """Read pages as a page reader would that finds no text in any of them."""
    reason = RejectionReason.NO_TEXT
    return [reject_page(job, Stage.ARTICLE, reason, "nothing here") for job in jobs]


def pin_version(monkeypatch, name: str) -> None:
    """Let the whole program be of a version of the extractors."""
    for module in ("plan", "backfill", "ledger", "process", "page_reader", "diff"):
        monkeypatch.setattr(f"pipeline.{module}.extractor_version", lambda: name)
