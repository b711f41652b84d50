"""What one run did, as the Markdown of its Prefect artifact. Pure."""

from collections.abc import Mapping

from pipeline.ingest import IngestReport


def summarize(report: IngestReport) -> str:
    """Return the summary of a run: pages, rejections by reason, facts by kind, timeline."""
    got, read, line = report.acquired, report.processed, report.timeline
    rejected = got.rejected + read.rejected
    return "\n\n".join(
        [
            "## Pages",
            _table(
                {
                    "found": got.found,
                    "new": got.fetched,
                    "adopted from an earlier run": got.adopted,
                    "unchanged": got.unchanged,
                    "articles read": read.articles,
                }
            ),
            "## Rejected",
            _table(rejected) if rejected else "nothing",
            "## Facts",
            _table(read.facts) if read.facts else "nothing new",
            "## Timeline",
            _table(
                {
                    "events": line.events,
                    "new": line.opened,
                    "revised": line.revised,
                    "withdrawn": line.closed,
                }
            ),
        ]
    )


def _table(counts: Mapping[str, int]) -> str:
    rows = [f"| {name.replace('_', ' ')} | {count} |" for name, count in counts.items()]
    return "\n".join(["| what | count |", "| --- | ---: |", *rows])
