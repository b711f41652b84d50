"""What the daily flows do with plain functions: checks, alerts, damage, clearing, hosts, logs."""

import json
import logging
import os
import time
from datetime import UTC, datetime, timedelta

from ledger_rows import load, page

from pipeline.hosts import changed_pages, slowest_hosts
from pipeline.json_logs import json_logs, prune_logs
from pipeline.store import Store
from pipeline.upkeep import damaged_files, failed_checks, prune_temporary, source_alerts


def test_a_store_in_order_fails_no_check(demo):
    assert failed_checks(demo) == ()
    assert source_alerts(demo) == ()
    assert damaged_files(demo) == {}


def test_a_check_that_does_not_hold_is_named(settings):
    with Store(settings) as store:
        store.con.execute(
            "INSERT INTO page_fetch BY NAME SELECT 'f' AS fetch_id, 's' AS source, 'u' AS url, "
            "'u' AS final_url, now() - INTERVAL 1 DAY AS fetched_at, 200 AS status, "
            "'http' AS method, 'x' AS body_sha256, 1 AS body_bytes, 'w' AS warc_file, "
            "0 AS warc_offset, 1 AS warc_length"
        )
        store.mark_changed()
    (check,) = failed_checks(settings)
    assert check.name == "check_pages_without_outcome"
    assert check.rows == 1
    assert check.meaning


def test_a_damaged_archive_file_is_named(settings):
    (settings.archive_dir / "torn-00000.warc.gz").write_bytes(b"\x1f\x8b\x08not a record")
    damaged = damaged_files(settings)
    assert list(damaged) == ["torn-00000.warc.gz"]
    assert damaged["torn-00000.warc.gz"]


def test_only_old_half_made_files_are_cleared(settings):
    with Store(settings):
        pass
    old, young = settings.staging_dir / ".old.1", settings.staging_dir / ".young.1"
    whole = settings.staging_dir / "whole"
    for folder in (old, young, whole):
        folder.mkdir()
        (folder / "page_fetch.parquet").write_bytes(b"x")
    for folder in (old, whole):
        os.utime(folder, (time.time() - 7200, time.time() - 7200))
    assert prune_temporary(settings, older_than_s=3600) == 1
    assert not old.exists()
    assert young.exists()
    assert whole.exists()


def test_the_slowest_hosts_of_a_run_come_first(demo):
    hosts = slowest_hosts(demo, "run-")
    assert 0 < len(hosts) <= 5
    times = [host.elapsed_s for host in hosts]
    assert times == sorted(times, reverse=True)
    assert all(host.host.endswith(".example") for host in hosts)
    assert slowest_hosts(demo, "run-of-another-day") == ()


def test_a_page_is_changed_when_its_address_gave_other_bytes_before(settings):
    first, again, other = page(1), page(2), page(3)
    again |= {"url": first["url"], "warc_file": "run-2.warc.gz"}
    load(settings, {"page_fetch": [first, again, other | {"warc_file": "run-2-b.warc.gz"}]})
    assert changed_pages(settings, "run-2") == 1
    assert changed_pages(settings, "run-3") == 0


def test_a_log_line_is_json_with_the_fields_of_run_and_record(settings):
    with json_logs(settings, flow="ingest", flow_run_id="r1", deployment=None) as file:
        logging.getLogger("pipeline.somewhere").info("read", extra={"url": "https://a.example/ä"})
    logging.getLogger("pipeline.somewhere").info("after")
    assert file is not None
    (line,) = file.read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert record["message"] == "read"
    assert record["url"] == "https://a.example/ä"
    assert (record["flow"], record["flow_run_id"]) == ("ingest", "r1")
    assert "deployment" not in record
    assert record["level"] == "INFO"


def test_logs_may_go_to_stderr(settings, monkeypatch, capsys):
    monkeypatch.setenv("REELINE_JSON_LOGS", "stderr")
    with json_logs(settings, flow="quality") as file:
        logging.getLogger("flows.quality").warning("silent")
    assert file is None
    assert json.loads(capsys.readouterr().err)["flow"] == "quality"


def test_old_logs_are_removed(settings):
    folder = settings.data / "logs"
    folder.mkdir()
    now = datetime(2026, 5, 31, tzinfo=UTC)
    for days in (0, 30, 31):
        day = (now - timedelta(days=days)).date()
        (folder / f"{day}.jsonl").write_text("", encoding="utf-8")
    assert prune_logs(settings, keep_days=30, now=now) == 1
    assert len(list(folder.iterdir())) == 2
