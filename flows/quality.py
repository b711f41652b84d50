"""The `quality` flow: the checks of the store and the health of the sources, every day."""

from prefect import flow
from prefect.events import emit_event

from flows.running import FLOW_VERSION, HOUR_S, fail_when, running, tell
from flows.summary import summarize_quality
from flows.telling import show
from pipeline.ledger import record_metrics
from pipeline.store_runs import Metric
from pipeline.upkeep import FailedCheck, SourceAlert, failed_checks, source_alerts


@flow(
    name="quality",
    version=FLOW_VERSION,
    description="Check the store, and look for sources that went silent or poor.",
    timeout_seconds=HOUR_S,
    log_prints=False,
)
def quality(data: str | None = None) -> dict[str, int]:
    """Check the store, and look for sources that are silent or poor against their own history.

    Emits `reeline.check.failed` and `reeline.source.alert`. The run fails when a check does not
    hold; a source that is silent is news, not a failure.

    Args:
        data: Data folder; default REELINE_DATA, else the user's data folder.

    Returns:
        Counts: checks that do not hold, alerts of sources.
    """
    with running(data=data) as run:
        checks, alerts = failed_checks(run.settings), source_alerts(run.settings)
        counts = {"failed_checks": len(checks), "source_alerts": len(alerts)}
        tell("looked", **counts)
        text = summarize_quality(checks, alerts)
        show(run, "quality-report", text, description="What was found")
        for check in checks:
            _emit_check(check)
        for alert in alerts:
            _emit_alert(alert)
        metrics = [Metric(name=name, value=count, unit=name) for name, count in counts.items()]
        record_metrics(run.settings, run.run_id, "quality", metrics)
        fail_when([f"{check.name}: {check.rows} rows" for check in checks])
    return counts


def _emit_check(check: FailedCheck) -> None:
    emit_event(
        event="reeline.check.failed",
        resource={"prefect.resource.id": f"reeline.check.{check.name}"},
        payload={"check": check.name, "rows": check.rows, "meaning": check.meaning},
    )


def _emit_alert(alert: SourceAlert) -> None:
    emit_event(
        event="reeline.source.alert",
        resource={"prefect.resource.id": f"reeline.source.{alert.source}"},
        payload={
            "source": alert.source,
            "alert": alert.alert,
            "value": alert.value,
            "usual": alert.usual,
            "meaning": alert.meaning,
        },
    )
