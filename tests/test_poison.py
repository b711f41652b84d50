"""Pages that kill the process that reads them are left out after two tries; the others go on."""

import json

import pytest
from poison import dying_readers, fill, left_out

from pipeline.backfill import backfill
from pipeline.json_logs import json_logs
from pipeline.partitions import BackfillRequest
from pipeline.settings import Settings
from pipeline.store_read import query

_YEAR = BackfillRequest.model_validate({"first_day": "2026-01-01", "last_day": "2026-12-31"})
_READ = "SELECT v.url FROM percentage JOIN article_version AS v USING (version_id)"


def test_a_page_that_kills_its_reader_is_a_rejection_and_the_batch_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    fill(settings, ["a", "kill", "b", "memory", "c"])
    with (
        dying_readers(monkeypatch, "poisoned_reader") as readers,
        json_logs(settings, flow_run_id="r1") as file,
    ):
        report = backfill(settings, _YEAR, run_id="r1")
        assert (report.processed.pages, report.processed.articles) == (5, 3)
        assert (report.done, report.failed) == (1, 0)
        last = readers.pids
        assert backfill(settings, _YEAR, run_id="r2").partitions == 0
        assert readers.pids == last
    assert left_out(settings) == {
        "kill": ("reader_killed", "ended the process that read it 2 times: signal SIGKILL"),
        "memory": ("out_of_memory", "more than 200 MB of memory"),
    }
    read = query(settings, _READ)
    assert set(read["url"]) == {f"https://mill.example/{name}" for name in "abc"}
    assert file is not None
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    deaths = [line for line in lines if line["message"] == "page reader ended"]
    assert [line["url"] for line in deaths] == ["https://mill.example/kill"] * 2
    known = query(settings, "SELECT fetch_id FROM page_fetch WHERE url LIKE '%/kill'")
    assert {line["fetch_id"] for line in deaths} == set(known["fetch_id"])
    assert {line["flow_run_id"] for line in deaths} == {"r1"}
