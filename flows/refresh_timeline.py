"""The `refresh-timeline` flow: events from what is stored, without asking any source."""

import time

from prefect import flow

from flows.running import FLOW_VERSION, HOUR_S, running
from flows.steps import refresh_task
from flows.summary import summarize_refresh
from flows.telling import announce_changes, just_before_now, show
from pipeline.ledger import record_metrics
from pipeline.store_runs import Metric


@flow(
    name="refresh-timeline",
    version=FLOW_VERSION,
    description="Bring the timeline, its corrections and the snapshot up to what is stored.",
    timeout_seconds=HOUR_S,
    log_prints=False,
)
def refresh_timeline(data: str | None = None) -> dict[str, int]:
    """Bring the timeline, its corrections and the snapshot up to what is stored.

    Args:
        data: Data folder; default REELINE_DATA, else the user's data folder.

    Returns:
        Counts of events: all, new, revised, withdrawn.
    """
    started, since = time.monotonic(), just_before_now()
    with running(data=data) as run:
        line = refresh_task(run.settings, run.run_id)
        told = announce_changes(run, since=since)
        counts = {
            "events": line.events,
            "events_new": line.opened,
            "events_revised": line.revised,
            "events_withdrawn": line.closed,
        }
        metrics = [Metric(name=name, value=n, unit="events") for name, n in counts.items()]
        elapsed_s = round(time.monotonic() - started, 3)
        metrics.append(Metric(name="elapsed", value=elapsed_s, unit="seconds"))
        record_metrics(run.settings, run.run_id, "refresh-timeline", metrics)
        text = summarize_refresh(line, told.events)
        show(run, "timeline-report", text, description="What the refresh changed")
    return counts
