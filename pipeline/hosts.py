"""What the pages that a run archived say of it: its slowest hosts, and what changed."""

from dataclasses import dataclass

from pipeline.settings import Settings
from pipeline.store_read import reading

_SLOWEST = """
SELECT
  regexp_extract(final_url, '^[a-z]+://([^/:?#]+)', 1) AS host,
  count(*) AS pages,
  epoch(max(fetched_at) - min(fetched_at)) AS elapsed_s
FROM page_fetch
WHERE warc_file LIKE $label || '%'
GROUP BY host
ORDER BY elapsed_s DESC, pages DESC, host
LIMIT $limit
"""
_CHANGED = """
SELECT count(DISTINCT url)
FROM page_fetch AS new
WHERE warc_file LIKE $label || '%'
  AND EXISTS (
    FROM page_fetch AS old
    WHERE old.url = new.url AND NOT old.warc_file LIKE $label || '%'
  )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTime:
    """Pages of one host and the seconds from its first to its last, pauses included."""

    host: str
    pages: int
    elapsed_s: float


def slowest_hosts(settings: Settings, run_label: str, *, limit: int = 5) -> tuple[HostTime, ...]:
    """Return the hosts that a run waited for longest, the slowest first.

    Args:
        settings: The data folder.
        run_label: Label of the run's archive files.
        limit: How many at most.
    """
    with reading(settings) as con:
        rows = con.execute(_SLOWEST, {"label": run_label, "limit": limit}).fetchall()
    return tuple(HostTime(host=host, pages=pages, elapsed_s=s) for host, pages, s in rows)


def changed_pages(settings: Settings, run_label: str) -> int:
    """Return how many addresses gave a run other bytes than they had given before."""
    with reading(settings) as con:
        row = con.execute(_CHANGED, {"label": run_label}).fetchone()
    return int(row[0]) if row else 0
