"""The ledger: what partitions are, where they stand, who has them, and what runs measured."""

import time
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from ledger_rows import AT, at_noon, execute, load, outcome, page, version
from pydantic import ValidationError

from models.errors import StoreError
from pipeline.ledger import holding, new_claim, record_metrics, settle_ledger
from pipeline.partitions import (
    BackfillRequest,
    Only,
    Partition,
    PartitionState,
    PartitionStatus,
    RunStage,
)
from pipeline.plan import choose
from pipeline.status_grid import status_grid
from pipeline.store import Store
from pipeline.store_extensions import load_extension
from pipeline.store_ledger import Claim, PartitionResult, claim, finish
from pipeline.store_migrations import migrate
from pipeline.store_partitions import PartitionContent
from pipeline.store_read import query
from pipeline.store_runs import Metric, settle, write_metrics

DAY = date(2025, 11, 3)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def taker(name, *, lease_s=60.0, made_by="v2"):
    return Claim(owner=name, run_id=f"run-{name}", extractor_version=made_by, lease_s=lease_s)


def partition(day=DAY, *, source="alpha", stage=RunStage.ARTICLE):
    return Partition(source=source, day=day, stage=stage)


def result(part, *, attempted=(), error=None):
    return PartitionResult(
        partition=part, attempted=attempted, documents=1, input_hash="h", processed=1,
        elapsed_s=1.0, error=error,
    )  # fmt: skip


def statuses(settings, made_by="v2"):
    rows = execute(
        settings, "SELECT source, day, stage, status FROM partition_status(?) ORDER BY ALL", made_by
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def test_the_day_is_that_of_publication_and_else_of_the_fetch(settings):
    dated, undated, unread = page(1), page(2), page(3, fetched_at=AT + timedelta(hours=20))
    load(
        settings,
        {"page_fetch": [dated, undated, unread]},
        version(dated, published=date(2025, 10, 30), made_by="v2"),
        version(undated, published=None, made_by="v2"),
    )
    found = statuses(settings)
    assert found["alpha", date(2025, 10, 30), "extract"] == "done"
    assert found["alpha", DAY, "extract"] == "done"
    assert found["alpha", date(2025, 11, 4), "article"] == "missing"
    assert ("alpha", date(2025, 11, 4), "extract") not in found


def test_an_address_belongs_to_the_day_that_discovery_gave(settings):
    seen = {
        "source": "alpha", "found_in": "feed", "first_seen_at": AT, "title": None,
        "title_key": None, "copy_of": None,
    }  # fmt: skip
    rows = [
        seen | {"url": "http://alpha.example/1", "published_at": at_noon(date(2025, 10, 30))},
        seen | {"url": "http://alpha.example/2", "published_at": None},
        seen | {"url": "http://alpha.example/3", "published_at": None, "copy_of": "another"},
    ]
    load(settings, {"page_fetch": [page(1)]})
    with Store(settings) as store:
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            store.con.execute(f"INSERT INTO seen_page ({names}) VALUES ({marks})", [*row.values()])
    found = {key: state for key, state in statuses(settings).items() if key[2] == "fetch"}
    assert found == {
        ("alpha", date(2025, 10, 30), "fetch"): "done",
        ("alpha", DAY, "fetch"): "missing",
    }


# What the ledger says, who read the document, and the status that follows.
_STATES = [
    (None, None, "missing"),
    (None, "v1", "stale"),
    (None, "v2", "done"),
    ("failed", None, "failed"),
    ("failed", "v2", "done"),  # read since by somebody else
    ("failed by v1", "v1", "stale"),  # another version may do better
    ("running", None, "running"),
    ("running, silent", None, "missing"),
    ("running, silent", "v1", "stale"),
    ("done, other inputs", "v2", "stale"),
    ("done, other inputs", "v1", "stale"),
]


def test_status_follows_documents_and_runs(settings):
    names = [f"s{number:02d}" for number in range(len(_STATES))]
    pages = {name: page(1, source=name) for name in names}
    read = [
        outcome(pages[name], made_by=made_by)
        for name, (_, made_by, _) in zip(names, _STATES, strict=True)
        if made_by
    ]
    load(settings, {"page_fetch": list(pages.values()), "page_outcome": read})
    now = datetime.now(UTC)
    with Store(settings) as store:
        for name, (run, _, _) in zip(names, _STATES, strict=True):
            if run is None:
                continue
            part = partition(source=name)
            who = taker(name, made_by="v1" if "v1" in run else "v2")
            claim(store, [part], who, planned_at=now, now=now)
            if "running" not in run:
                error = "disk full" if "failed" in run else None
                finish(store, [result(part, error=error)], who, now=now)
            if "silent" in run:
                store.con.execute(
                    "UPDATE partition_run SET heartbeat_at = ? WHERE owner = ?",
                    [now - timedelta(1), name],
                )
    found = statuses(settings)
    assert [found[name, DAY, "article"] for name in names] == [state for _, _, state in _STATES]


def test_a_claim_keeps_others_out_until_it_ends_or_falls_silent(settings):
    parts = [partition(DAY + timedelta(n)) for n in range(3)]
    first, second = taker("first"), taker("second")
    with Store(settings) as store:
        assert claim(store, parts[:2], first, planned_at=NOW, now=NOW) == parts[:2]
        assert claim(store, parts, second, planned_at=NOW, now=NOW) == parts[2:]
        later = NOW + timedelta(seconds=30)
        assert finish(store, [result(parts[0])], first, now=later) == {parts[0]: "done"}
        # Ended since the second one planned: not to be done again. Silent: free again.
        much_later = NOW + timedelta(seconds=61)
        again = claim(store, parts[:2], second, planned_at=NOW, now=much_later)
        assert again == [parts[1]]
        assert finish(store, [result(parts[1])], first, now=much_later) == {}
        assert claim(store, parts[:1], second, planned_at=much_later, now=much_later) == parts[:1]
    attempts = execute(settings, "SELECT day, attempts FROM partition_run ORDER BY day")
    assert [row[1] for row in attempts] == [2, 2, 1]


def test_a_partition_with_unread_pages_is_not_done_whatever_the_run_says(settings):
    load(settings, {"page_fetch": [page(1)]})
    with Store(settings) as store:
        claim(store, [partition()], taker("a"), planned_at=NOW, now=NOW)
        ended = finish(store, [result(partition(), attempted=("alpha-1",))], taker("a"), now=NOW)
    assert ended == {partition(): "failed"}
    assert execute(settings, "SELECT error FROM partition_run") == [
        ("documents still to be read: 1",)
    ]


def test_work_gives_signs_of_life_and_gives_back_what_it_leaves(settings):
    who = new_claim("r", lease_s=0.3)
    with Store(settings) as store:
        claim(store, [partition()], who, planned_at=NOW, now=datetime.now(UTC))
    with pytest.raises(KeyboardInterrupt):
        _wait_for_a_beat_and_be_interrupted(settings, who)
    with Store(settings) as store:
        now = datetime.now(UTC)
        assert claim(store, [partition()], taker("b"), planned_at=now, now=now) == [partition()]


def _wait_for_a_beat_and_be_interrupted(settings, who):
    with holding(settings, who):
        began = execute(settings, "SELECT heartbeat_at FROM partition_run")
        for _ in range(100):
            if execute(settings, "SELECT heartbeat_at FROM partition_run") > began:
                raise KeyboardInterrupt
            time.sleep(0.1)  # asked at once again, the store would never be free for the beat
    pytest.fail("no sign of life")


def test_settling_records_what_is_done_once(settings):
    read, unread = page(1), page(2, source="beta")
    load(settings, {"page_fetch": [read, unread], "page_outcome": [outcome(read, made_by="v2")]})
    who = taker("a")
    with Store(settings) as store:
        store.con.execute("INSERT INTO source_poll VALUES ('gamma', ?, ?, 60, 0, 0, 0)", [AT, AT])
    assert settle_ledger(settings, who) == 4
    rows = execute(settings, "SELECT source, stage, state FROM partition_run ORDER BY ALL")
    assert rows == [
        ("alpha", "article", "done"),
        ("alpha", "fetch", "done"),
        ("beta", "fetch", "done"),
        ("gamma", "fetch", "done"),  # asked, and nothing was offered
    ]
    before = execute(settings, "FROM partition_run ORDER BY ALL")
    assert settle_ledger(settings, taker("b")) == 0
    assert execute(settings, "FROM partition_run ORDER BY ALL") == before
    more = page(3)
    load(settings, {"page_fetch": [more], "page_outcome": [outcome(more, made_by="v2")]})
    assert settle_ledger(settings, who) == 2
    assert execute(settings, "FROM check_partition_runs") == []


def test_metrics_are_rows_with_their_trend(settings):
    for number, value in enumerate((10, 20, 5)):
        metrics = [Metric(name="pages_new", value=value, unit="pages")]
        record_metrics(settings, f"run-{number}", "ingest", metrics)
    record_metrics(settings, "run-2", "ingest", [Metric(name="pages_new", value=15, unit="pages")])
    frame = query(settings, "SELECT value, change_pct, mean_of_ten FROM run_metrics")
    assert frame.to_numpy().tolist() == [[10, None, None], [20, 100.0, 10.0], [15, -25.0, 15.0]]
    with pytest.raises(StoreError, match="finite"):
        record_metrics(settings, "r", "ingest", [Metric(name="x", value=float("nan"), unit="s")])


def test_a_source_is_silent_against_its_own_history(settings):
    histories = {  # days between its pages, and days since the last one
        "daily": ([1] * 9, 8),
        "weekend": ([1] * 9, 2),
        "weekly_late": ([7] * 9, 14),
        "weekly_gone": ([7] * 9, 30),
        "too_new": ([1, 1], 60),
    }
    pages = []
    for source, (gaps, silent_days) in histories.items():
        ago = silent_days
        for number, gap in enumerate([0, *gaps]):
            ago += gap
            pages.append(page(number, source=source, fetched_at=AT - timedelta(days=ago)))
    # Somebody else published today: the clock is that of the newest page.
    load(settings, {"page_fetch": [*pages, page(99, source="other", fetched_at=AT)]})
    rows = execute(settings, "SELECT source, alert, value, usual FROM source_alerts")
    assert rows == [("daily", "silent", 8.0, 1.0), ("weekly_gone", "silent", 30.0, 7.0)]


def test_a_yield_below_half_of_its_own_is_an_alert(settings):
    parts = []
    for source, good in (("poor", 1), ("usual", 5)):
        old = [page(n, source=source, fetched_at=AT - timedelta(days=8 + n)) for n in range(20)]
        new = [page(n, source=source) for n in range(100, 106)]
        parts.append({"page_fetch": [*old, *new]})
        articles, others = [*old[:16], *new[:good]], [*old[16:], *new[good:]]
        parts += [version(row, published=DAY, made_by="v2") for row in articles]
        parts.append({"page_outcome": [outcome(row, made_by="v2") for row in others]})
    load(settings, *parts)
    rows = execute(settings, "SELECT source, alert, value, usual FROM source_alerts")
    assert rows == [("poor", "yield_drop", 16.7, 80.0)]


def test_the_grid_has_the_worst_stage_of_each_day(settings):
    read, unread = page(1), page(2, fetched_at=AT - timedelta(days=2))
    load(settings, {"page_fetch": [read, unread], "page_outcome": [outcome(read, made_by="v2")]})
    settle_ledger(settings, taker("a"))
    grid = status_grid(settings, days=3)
    assert grid.sources == ("alpha",)
    assert grid.days[-1] == DAY
    states = [cell and cell.state for cell in grid.row("alpha")]
    assert states == [PartitionState.MISSING, None, PartitionState.DONE]


def content(state, *, day=DAY, unread=0, outdated=0, current=0):
    names = [tuple(f"{kind}{n}" for n in range(count)) for kind, count in
             (("u", unread), ("o", outdated), ("c", current))]  # fmt: skip
    status = PartitionStatus(
        partition=partition(day), state=PartitionState(state), why=None,
        documents=unread + outdated + current, unread=unread, outdated=outdated,
    )  # fmt: skip
    return PartitionContent(
        status=status, input_hash=None, unread=names[0], outdated=names[1], current=names[2]
    )


def request(**given):
    return BackfillRequest(**{"first_day": DAY, "last_day": DAY} | given)


@pytest.mark.parametrize(
    ("only", "given", "todo"),
    [
        (Only.MISSING, content("missing", unread=2, outdated=1), ("u0", "u1")),
        (Only.MISSING, content("stale", outdated=1), None),
        (Only.MISSING, content("failed", unread=1), None),
        (Only.STALE, content("stale", outdated=1, current=1), ("o0",)),
        (Only.STALE, content("missing", unread=1, outdated=1), ("o0",)),
        (Only.STALE, content("missing", unread=1), None),
        (Only.STALE, content("stale"), ()),  # only its inputs moved
        (Only.FAILED, content("failed", unread=1, outdated=1), ("u0", "o0")),
        (Only.FAILED, content("missing", unread=1), None),
        (Only.ALL, content("done", current=2), ("c0", "c1")),
        (Only.ALL, content("running", unread=1), None),
    ],
)
def test_what_each_choice_reads(only, given, todo):
    chosen, passed_over = choose([given], request(only=only))
    assert [planned.todo for planned in chosen] == ([] if todo is None else [todo])
    assert sum(passed_over.values()) == (todo is None)


def test_order_and_portion():
    days = [content("missing", day=DAY + timedelta(n), unread=3) for n in range(4)]
    oldest, _ = choose(days, request(max_documents=5))
    assert [planned.partition.day for planned in oldest] == [DAY, DAY + timedelta(1)]
    newest, left = choose(days, request(newest_first=True, max_documents=1))
    assert [planned.partition.day for planned in newest] == [DAY + timedelta(3)]
    assert left == {PartitionState.MISSING: 3}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"last_day": DAY - timedelta(1)}, "ends before it begins"),
        ({"last_day": date(2300, 1, 1)}, "more than"),
        ({"max_active": 0}, "max_active"),
        ({"stage": "facts"}, "stage"),
        ({"only": "everything"}, "only"),
        ({"wayback": True}, "wayback needs the stage fetch"),
        ({"form": 1}, "form"),
    ],
)
def test_a_bad_request_is_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        request(**given)


class _Lake:
    """As much of a store as the ledger needs, over a lake with its catalog in a file."""

    def __init__(self, con):
        self.con = con

    def commit(self):
        self.con.execute("COMMIT")

    def mark_changed(self):
        pass


def test_a_lake_keeps_the_same_ledger(tmp_path):
    with duckdb.connect(":memory:") as con:
        try:
            load_extension(con, "ducklake")
        except StoreError as error:
            pytest.skip(str(error))
        con.execute("SET TimeZone = 'UTC'")
        con.execute(
            f"ATTACH 'ducklake:{tmp_path}/catalog.ducklake' AS lake (DATA_PATH '{tmp_path}/lake/')"
        )
        con.execute("USE lake")
        migrate(con, is_lake=True)
        lake, who = _Lake(con), taker("a")
        assert claim(lake, [partition()], who, planned_at=NOW, now=NOW) == [partition()]
        assert claim(lake, [partition()], taker("b"), planned_at=NOW, now=NOW) == []
        assert finish(lake, [result(partition())], who, now=NOW) == {partition(): "done"}
        assert settle(lake, who, now=NOW) == 0
        assert write_metrics(lake, "r", "ingest", [Metric(name="n", value=1, unit="s")], now=NOW)
        views = ("run_status", "status_grid", "run_metrics", "stage_speed", "source_alerts")
        found = [len(con.execute(f"FROM {view}").fetchall()) for view in views]
        assert found == [0, 0, 1, 1, 0]
