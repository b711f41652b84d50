"""What one run did, as the Markdown of its Prefect artifact. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.announce import EventChange
from pipeline.backfill_stages import BackfillReport
from pipeline.hosts import HostTime
from pipeline.ingest import IngestReport
from pipeline.plan import Plan
from pipeline.store_timeline import RefreshReport
from pipeline.upkeep import FailedCheck, SourceAlert

_MAX_EVENTS = 50


def summarize(
    report: IngestReport,
    *,
    changed_pages: int = 0,
    changes: Sequence[EventChange] = (),
    hosts: Sequence[HostTime] = (),
) -> str:
    """Return the summary of an ingest: pages, rejections by reason, facts by kind, timeline.

    Args:
        report: What the run did.
        changed_pages: Pages among the fetched ones whose address had given other bytes before.
        changes: Events that are new, revised or withdrawn.
        hosts: Where its time went, the slowest first.
    """
    got, read = report.acquired, report.processed
    rejected = got.rejected + read.rejected
    pages = {
        "found": got.found,
        "fetched": got.fetched,
        "of them new": got.fetched - changed_pages,
        "of them changed": changed_pages,
        "adopted from an earlier run": got.adopted,
        "unchanged": got.unchanged,
        "not asked again yet": got.recent,
        "copies left alone": got.copies,
        "sources not due": got.not_due,
        "articles read": read.articles,
    }
    slow = [(host.host, host.pages, f"{host.elapsed_s:.1f}") for host in hosts]
    return _join(
        "## Pages",
        _counts(pages),
        "## Rejected",
        _counts(rejected) if rejected else "nothing",
        "## Facts",
        _counts(read.facts) if read.facts else "nothing new",
        "## Timeline",
        _timeline(report.timeline),
        *_changes(changes),
        *(["## Slowest hosts", _table(("host", "pages", "seconds"), slow)] if slow else []),
    )


def summarize_refresh(line: RefreshReport, changes: Sequence[EventChange] = ()) -> str:
    """Return the summary of a refresh of the timeline."""
    return _join("## Timeline", _timeline(line), *_changes(changes))


def summarize_backfill(plan: Plan, report: BackfillReport) -> str:
    """Return the summary of a backfill: what was planned, what was done, what failed."""
    request = plan.request
    done = {
        "planned": len(plan.partitions),
        "done": report.done,
        "failed": report.failed,
        "taken by another run": report.taken,
        "not begun": report.left,
    }
    read = report.processed
    errors = [(name, error) for name, error in sorted(report.errors.items())]
    first, last = request.first_day, request.last_day
    return _join(
        f"`{request.stage.value}` from {first} to {last}, only {request.only.value}"
        + (", dry run" if request.dry_run else ""),
        "## Partitions",
        _counts(done | {f"passed over: {s.value}": n for s, n in plan.passed_over.items()}),
        "## Documents",
        _counts(
            {"planned": plan.documents, "read": read.pages, "fetched": report.acquired.fetched}
        ),
        "## Facts",
        _counts(read.facts) if read.facts else "nothing",
        *(["## Rejected", _counts(read.rejected)] if read.rejected else []),
        *(["## Timeline", _timeline(report.timeline)] if report.timeline else []),
        *(["## Failed", _table(("partition", "why"), errors[:100])] if errors else []),
        *(f"Note: {note}" for note in plan.notes),
    )


def summarize_quality(checks: Iterable[FailedCheck], alerts: Iterable[SourceAlert]) -> str:
    """Return what the daily look found."""
    failed = [(check.name, check.rows, check.meaning) for check in checks]
    found = [(a.source, a.alert, f"{a.value:g}", a.meaning) for a in alerts]
    return _join(
        "## Checks",
        _table(("check", "rows", "what it looks for"), failed) if failed else "all hold",
        "## Sources",
        _table(("source", "alert", "value", "what it counts"), found) if found else "as usual",
    )


def summarize_upkeep(done: Mapping[str, int], damaged: Mapping[str, Sequence[str]]) -> str:
    """Return what was cleared away, and which archive files are damaged."""
    rows = [(name, "; ".join(problems)) for name, problems in sorted(damaged.items())]
    return _join(
        "## Cleared away",
        _counts(done),
        "## Archive",
        _table(("file", "what is wrong"), rows) if rows else "every record is whole",
    )


def _changes(changes: Sequence[EventChange]) -> tuple[str, ...]:
    if not changes:
        return ()
    rows = [(c.change.value, c.kind, c.date_start or "", c.summary) for c in changes[:_MAX_EVENTS]]
    more = len(changes) - len(rows)
    table = _table(("change", "kind", "from", "event"), rows)
    return ("## Events", table, *([f"and {more} more"] if more else []))


def _timeline(line: RefreshReport) -> str:
    return _counts(
        {
            "events": line.events,
            "new": line.opened,
            "revised": line.revised,
            "withdrawn": line.closed,
        }
    )


def _counts(counts: Mapping[str, int]) -> str:
    rows = [(name.replace("_", " "), count) for name, count in counts.items()]
    return _table(("what", "count"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    rule = ["---:" if name in {"count", "rows", "pages", "seconds"} else "---" for name in head]
    lines = [head, rule, *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _join(*parts: str) -> str:
    return "\n\n".join(parts)
