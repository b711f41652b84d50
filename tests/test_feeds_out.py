"""What others get: a feed, a calendar and tables, read back with the readers that others use."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import feedparser
import icalendar
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from models.errors import InputError, StoreError
from pipeline import publish as publishing
from pipeline.calendar_out import calendar
from pipeline.cli.app import app
from pipeline.feeds_out import OutEvent, atom_feed, clean_text, http_only, out_events
from pipeline.publish import CALENDAR, FEED, publish
from pipeline.settings import Settings
from pipeline.store_read import query

FIRST = datetime(2025, 12, 4, 9, 0, tzinfo=UTC)


def event(**values):
    known = OutEvent(
        event_id="0011223344556677", revision=1, kind="license_granted",
        summary="China grants a general license to Norrholm Magnets", authority="China",
        material="magnets", date_start=date(2025, 12, 2), date_end=date(2025, 12, 3),
        date_precision="day", effective_start=None, suspended_until=None, modality="asserted",
        first_reported_on=date(2025, 12, 4), source_count=2, article_count=3, confidence=0.85,
        evidence="The license came on December 2.", url="https://paper.example/a", source="paper",
        revised_at=FIRST, first_known_at=FIRST,
    )  # fmt: skip
    return replace(known, **values)


@pytest.fixture(scope="module")
def site(demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "site"
    publish(demo, folder, license_name="CC-BY-4.0")
    return folder


def package(site):
    return json.loads((site / "datapackage.json").read_text(encoding="utf-8"))


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- the feed --------------------------------------------------------------------------------------


def test_the_feed_has_every_event(demo, site):
    feed = feedparser.parse((site / FEED).read_bytes())
    assert not feed.bozo
    assert feed.version == "atom10"
    expected = query(demo, "SELECT event_id, summary, evidence FROM timeline")
    assert sorted(entry.title for entry in feed.entries) == sorted(expected["summary"])
    assert len({entry.id for entry in feed.entries}) == len(expected)
    assert all(entry.link.startswith("http") and entry.updated_parsed for entry in feed.entries)
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)


def test_a_revision_keeps_the_id_and_moves_to_the_top():
    later = event(revision=2, revised_at=FIRST + timedelta(days=3), summary="China renews it")
    other = event(event_id="ffff", revised_at=FIRST + timedelta(days=1))
    (first,) = feedparser.parse(atom_feed([event()])).entries
    newest, old = feedparser.parse(atom_feed([other, later])).entries
    assert newest.id == first.id != old.id
    assert newest.updated > first.updated
    assert newest.published == first.published
    assert len(feedparser.parse(atom_feed([other, later], most=1)).entries) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://paper.example/a?b=1&c=<2>", True),
        ("http://paper.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("http://[broken", False),
        ("https://paper.example/a\nX-Injected: 1", False),
        (None, False),
    ],
)
def test_only_http_addresses_are_linked(given, kept):
    assert (http_only(given) is not None) == kept
    made = event(url=http_only(given))
    entry = feedparser.parse(atom_feed([made])).entries[0]
    assert [link.href for link in entry.get("links", [])] == ([given] if kept else [])
    (entry,) = icalendar.Calendar.from_ical(calendar([made])).walk("VEVENT")
    assert ("URL" in entry) == kept


HOSTILE = (
    "<script>alert(1)</script> & \u202egnp\x00\x1b\ud800 BEGIN:VEVENT\r\nUID:x\n;,\\ " + "x" * 9000
)


def test_hostile_text_is_text_everywhere():
    text = clean_text(HOSTILE)
    made = event(summary=text, evidence=text, authority=text)
    assert "\n" not in text
    feed = feedparser.parse(atom_feed([made]))
    assert not feed.bozo
    assert len(feed.entries) == 1
    assert "<script>" not in atom_feed([made]).decode()
    entries = icalendar.Calendar.from_ical(calendar([made])).walk("VEVENT")
    assert [str(entry["SUMMARY"]) for entry in entries] == [text]


def test_an_empty_timeline_is_a_valid_feed_and_calendar():
    feed = feedparser.parse(atom_feed([]))
    assert not feed.bozo
    assert feed.feed.updated.startswith("1970-01-01")
    assert not icalendar.Calendar.from_ical(calendar([])).walk("VEVENT")


# --- the calendar ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "days", "title", "precision"),
    [
        ({}, ("2025-12-02", "2025-12-03"), "China grants", "day"),
        (
            {"date_start": date(2025, 11, 1), "date_end": date(2025, 12, 1), "date_precision": "month"},
            ("2025-11-01", "2025-12-01"), "[2025-11 (month)] China grants", "month",
        ),
        (
            {"date_start": date(2024, 1, 1), "date_end": date(2025, 1, 1), "date_precision": "year"},
            ("2024-01-01", "2025-01-01"), "[2024 (year)] China grants", "year",
        ),
        (
            {"date_start": date(2025, 4, 1), "date_end": None, "date_precision": "vague"},
            ("2025-04-01", "2025-04-02"), "[about 2025-04-01] China grants", "vague",
        ),
        (
            {"date_start": None, "date_end": None, "date_precision": None},
            ("2025-12-04", "2025-12-05"), "≤ China grants", "reported",
        ),
    ],
)  # fmt: skip
def test_entries_last_as_long_as_the_date_is_known(values, days, title, precision):
    (entry,) = icalendar.Calendar.from_ical(calendar([event(**values)])).walk("VEVENT")
    assert (entry["DTSTART"].dt.isoformat(), entry["DTEND"].dt.isoformat()) == days
    assert not isinstance(entry["DTSTART"].dt, datetime)
    assert str(entry["SUMMARY"]).startswith(title)
    assert str(entry["X-REELINE-DATE-PRECISION"]) == precision


def test_effects_and_ends_are_entries_of_their_own():
    made = event(
        effective_start=date(2026, 1, 1), suspended_until=date(2026, 11, 10), modality="planned",
        revision=3, revised_at=FIRST + timedelta(days=1),
    )  # fmt: skip
    entries = icalendar.Calendar.from_ical(calendar([made])).walk("VEVENT")
    assert [str(entry["UID"]) for entry in entries] == [
        f"{made.event_id}{part}@reeline" for part in ("", "-effect", "-end")
    ]
    assert {entry["STATUS"] for entry in entries} == {"TENTATIVE"}
    assert {entry["SEQUENCE"] for entry in entries} == {2}
    assert {entry["LAST-MODIFIED"].dt for entry in entries} == {made.revised_at}


def test_the_calendar_has_every_event(demo, site):
    entries = icalendar.Calendar.from_ical((site / CALENDAR).read_bytes()).walk("VEVENT")
    uids = [str(entry["UID"]) for entry in entries]
    assert len(set(uids)) == len(uids)
    assert {f"{made.event_id}@reeline" for made in out_events(demo)} <= set(uids)
    assert all("URL" not in entry or str(entry["URL"]).startswith("http") for entry in entries)


# --- the tables --------------------------------------------------------------------------------------

_READ = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": lambda cell: datetime.strptime(cell, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
    "array": lambda cell: [*json.loads(cell)] if cell.startswith("[") else 1 / 0,
}


def table(site, resource):
    with (site / resource["path"]).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_csv_cell_is_of_its_declared_type(site):
    tables = [item for item in package(site)["resources"] if item.get("type") == "table"]
    assert {"timeline", "evidence", "export_statistics"} <= {item["name"] for item in tables}
    for resource in tables:
        rows = table(site, resource)
        assert len(rows) == resource["rows"]
        fields = resource["schema"]["fields"]
        for field in fields:
            assert field["description"]
            for row in rows:
                cell = row[field["name"]]
                assert cell in resource["schema"]["missingValues"] or _READ[field["type"]](cell) is not None  # fmt: skip
        assert not rows or list(rows[0]) == [field["name"] for field in fields]


def test_keys_hold(site):
    resources = {item["name"]: item for item in package(site)["resources"]}
    ids = [row["event_id"] for row in table(site, resources["timeline"])]
    assert resources["timeline"]["schema"]["primaryKey"] == ["event_id"]
    assert len(set(ids)) == len(ids)
    referring = [item for item in resources.values() if "foreignKeys" in item.get("schema", {})]
    assert len(referring) == 4
    for resource in referring:
        assert {row["event_id"] for row in table(site, resource)} <= set(ids), resource["name"]


def test_csv_and_parquet_hold_the_same_rows(site):
    for resource in package(site)["resources"]:
        if resource["path"].startswith("parquet/"):
            assert pq.read_metadata(site / resource["path"]).num_rows == resource["rows"]


def test_the_description_is_whole(demo, site):
    known = package(site)
    assert known["licenses"] == [{"name": "CC-BY-4.0"}]
    assert known["created"] == known["provenance"]["snapshotTime"]
    assert datetime.fromisoformat(known["created"].replace("Z", "+00:00")) <= datetime.now(UTC)
    versions = query(demo, "SELECT DISTINCT extractor_version FROM article_version")
    assert known["provenance"]["extractorVersions"] == sorted(versions["extractor_version"])
    assert len(known["sources"]) >= 5
    assert all(source["title"] for source in known["sources"])
    names = [item["name"] for item in known["resources"]]
    assert len(set(names)) == len(names)
    described = {item["path"] for item in known["resources"]}
    assert described | {"datapackage.json"} == set(contents(site))
    for item in known["resources"]:
        data = (site / item["path"]).read_bytes()
        assert item["bytes"] == len(data)
        assert item["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


# --- the folder --------------------------------------------------------------------------------------


def test_the_same_snapshot_gives_the_same_bytes(demo, site, tmp_path):
    publish(demo, tmp_path / "again", license_name="CC-BY-4.0")
    assert contents(tmp_path / "again") == contents(site)
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_a_publication_is_replaced_and_nothing_else(demo, tmp_path, monkeypatch):
    target = tmp_path / "site"
    target.mkdir()
    (target / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        publish(demo, target, license_name="CC0-1.0")
    assert (target / "thesis.txt").exists()
    (target / "thesis.txt").unlink()
    (target / "datapackage.json").write_text('{"name": "reeline-publication"}', encoding="utf-8")
    (target / "old.csv").write_text("a", encoding="utf-8")

    def fail(*args, **options):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "describe", fail)
        with pytest.raises(StoreError, match="no space left"):
            publish(demo, target, license_name="CC0-1.0")
    assert (target / "old.csv").exists()
    done = CliRunner().invoke(app, ["publish", str(target), "--data", str(demo.data), "--json"])
    assert done.exit_code == 0
    assert {row["file"] for row in json.loads(done.stdout)} >= {FEED, CALENDAR, "csv/timeline.csv"}
    assert not (target / "old.csv").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_license_without_a_name_is_refused(demo, tmp_path):
    words = ["publish", str(tmp_path / "site"), "--license", "", "--data", str(demo.data)]
    assert CliRunner().invoke(app, words).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_without_a_snapshot_nothing_is_written(tmp_path):
    with pytest.raises(StoreError, match="no snapshot"):
        publish(Settings(data=tmp_path / "none"), tmp_path / "site", license_name="CC0-1.0")
    assert list(tmp_path.iterdir()) == []
