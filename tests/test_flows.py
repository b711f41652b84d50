"""The real flow on a real, private Prefect server: what `make demo` does."""

import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from flows.server import ServerError, private_server
from flows.summary import summarize, summarize_refresh
from pipeline.acquire import AcquireReport
from pipeline.announce import Change, EventChange
from pipeline.ingest import IngestReport
from pipeline.process import ProcessReport
from pipeline.settings import Settings
from pipeline.store_read import query
from pipeline.store_timeline import RefreshReport


@pytest.mark.timeout(400)
def test_the_demo_runs_the_flow_and_shows_the_timeline(tmp_path):
    data = tmp_path / "demo"
    command = [sys.executable, "-m", "pipeline.cli.app", "demo", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "What was rejected, and why" in done.stdout
    assert "Yunsheng" in done.stdout
    report = (data / "reports" / "timeline.html").read_text(encoding="utf-8")
    assert "<details>" in report
    assert "http-equiv" in report
    assert len(query(Settings(data=data), "FROM timeline")) > 20
    with sqlite3.connect(data / "prefect" / "prefect.db") as con:
        states = con.execute("SELECT name, state_type FROM flow_run").fetchall()
        artifacts = con.execute("SELECT key, data FROM artifact").fetchall()
    assert [state for _, state in states] == ["COMPLETED"]
    ((key, text),) = [row for row in artifacts if row[0] == "ingest-report"]
    assert key == "ingest-report"
    assert "paywall" in text


def test_a_server_that_cannot_start_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.lifeline.sys.executable", "/bin/false")
    with pytest.raises(ServerError, match=r"server\.log"), private_server(tmp_path / "prefect"):
        pass


def test_the_summary_counts_what_happened():
    report = IngestReport(
        acquired=AcquireReport(found=3, fetched=2, rejected=Counter(http_error=1)),
        processed=ProcessReport(pages=2, articles=1, rejected=Counter(paywall=1)),
        timeline=RefreshReport(events=4, opened=1, revised=2, closed=0),
    )
    text = summarize(report, changed_pages=1)
    for line in ("| found | 3 |", "| http error | 1 |", "| paywall | 1 |", "| revised | 2 |"):
        assert line in text
    for line in ("| fetched | 2 |", "| of them new | 1 |", "| of them changed | 1 |"):
        assert line in text
    assert "## Events" not in text


def test_the_summary_names_the_events_of_which_very_many_are_counted():
    def change(number: int) -> EventChange:
        return EventChange(
            event_id=f"e{number}",
            revision=1,
            change=Change.CREATED,
            kind="license_granted",
            summary=f"Norvane | license {number}",
            authority=None,
            date_start=date(2026, 3, 1),
            licensees=("Norvane",),
            excluded=(),
            source_count=1,
            at=datetime(2026, 3, 2, tzinfo=UTC),
        )

    line = RefreshReport(events=52, opened=52, revised=0, closed=0)
    text = summarize_refresh(line, [change(number) for number in range(52)])
    assert "| created | license_granted | 2026-03-01 | Norvane \\| license 49 |" in text
    assert "license 50" not in text
    assert text.endswith("and 2 more")
