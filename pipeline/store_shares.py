"""What the runs that share one backfill must know of each other: which partitions were ended.

Who may begin one is decided by the claim, in `pipeline/store_ledger.py`.
"""

from datetime import datetime

from pipeline.partitions import BackfillRequest, Partition
from pipeline.store import Store

_ENDED = """
SELECT source, day
FROM partition_run
WHERE stage = $stage AND extractor_version = $version AND state <> 'running'
  AND finished_at > $since
"""


def ended_since(
    store: Store, request: BackfillRequest, version: str, *, since: datetime
) -> set[Partition]:
    """Return the partitions of a request's stage that a version ended, well or not, after a time.

    Args:
        store: The open store.
        request: Its stage counts; range and sources do not.
        version: Version of the extractors.
        since: Exclusive.
    """
    rows = store.con.execute(
        _ENDED, {"stage": request.stage.value, "version": version, "since": since}
    ).fetchall()
    return {Partition(source=row[0], day=row[1], stage=request.stage) for row in rows}
