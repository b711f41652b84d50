"""What another writer or a lost catalog stops is tried again; what is wrong stays wrong."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from ledger_rows import execute, pin_version, reject_all
from test_backfill import DOCUMENTS, request
from test_store_lake import make_lake, needs_postgres, server

from models.errors import StoreBusyError, StoreError
from pipeline.acquire import import_pages
from pipeline.backfill import backfill, finish_backfill
from pipeline.backfill_stages import BackfillReport
from pipeline.ledger import end, new_claim, take
from pipeline.newsroom.synthetic import synthetic_pages
from pipeline.partitions import Partition, RunStage
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_again import TRIES, again, passes
from pipeline.store_lake_connect import attach_lake, catalog_cursor
from pipeline.store_ledger import Claim, PartitionResult, claim, finish

__all__ = ["server"]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_PART = Partition(source="alpha", day=date(2025, 11, 3), stage=RunStage.ARTICLE)
_CONFLICT = duckdb.TransactionException("Transaction conflict - another transaction has deleted")
_END_ALL = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


def _result():
    return PartitionResult(
        partition=_PART, attempted=(), documents=1, input_hash="h", processed=1, elapsed_s=1.0
    )


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """Settings of a lake that nobody reaches, and no pause between tries."""
    monkeypatch.setattr("pipeline.store_again._FIRST_S", 0.0)
    return Settings(data=tmp_path, store="ducklake:postgres:dbname=x host=127.0.0.1 port=1")


def _behind(error: BaseException, *, is_told: bool = True) -> StoreError:
    """Return the error as the store raises it: with the cause, or with it kept quiet."""
    try:
        try:
            raise error
        except duckdb.Error as cause:
            raise StoreError("cannot be written") from (cause if is_told else None)
    except StoreError as made:
        return made


@pytest.mark.parametrize(
    ("error", "is_passing"),
    [
        (_CONFLICT, True),
        (_behind(_CONFLICT), True),
        (_behind(duckdb.IOException("Unable to connect to Postgres"), is_told=False), True),
        (_behind(duckdb.Error("Failed to prepare COPY: server closed the connection")), True),
        (_behind(duckdb.BinderException("Failed to prepare: server closed the connection")), True),
        (duckdb.BinderException("no such column: connection"), False),
        (duckdb.Error("Failed to prepare COPY: syntax error"), False),
        (_behind(duckdb.ConstraintException("twice")), False),
        (duckdb.OutOfMemoryException("too much"), False),
        (StoreBusyError("still held after 600 s"), False),
        (StoreError("a newer version"), False),
    ],
)
def test_only_races_and_lost_connections_pass(error, is_passing):
    assert passes(error) is is_passing


def test_a_call_is_made_until_it_goes_through(lake):
    errors = [_CONFLICT, _behind(_CONFLICT)]

    def call():
        if errors:
            raise errors.pop()
        return 7

    assert again(lake, call) == 7
    assert errors == []


@pytest.mark.parametrize("error", [_CONFLICT, StoreError("a newer version")])
def test_what_does_not_pass_is_a_store_error_at_last(lake, error):
    made = []

    def call():
        made.append(1)
        raise error

    with pytest.raises(StoreError):
        again(lake, call)
    assert len(made) == (TRIES if error is _CONFLICT else 1)


def test_a_file_has_no_other_writer_to_lose_against(settings):
    made = []

    def call():
        made.append(1)
        raise _CONFLICT

    with pytest.raises(duckdb.TransactionException):
        again(settings, call)
    assert len(made) == 1


def test_what_was_committed_without_an_answer_is_known_by_the_next_try(settings):
    who = Claim(owner="first", run_id="r", extractor_version="v1", lease_s=60.0)
    later = NOW + timedelta(seconds=9)
    with Store(settings) as store:
        for _ in range(2):
            assert claim(store, [_PART], who, planned_at=NOW, now=NOW) == [_PART]
        for _ in range(2):
            assert finish(store, [_result()], who, now=later) == {_PART: "done"}
        # At another time it is another end, of what this run has not begun again.
        assert finish(store, [_result()], who, now=later + timedelta(seconds=1)) == {}
    assert execute(settings, "SELECT attempts, state FROM partition_run") == [(1, "done")]


def test_a_failure_is_forgiven_when_the_documents_were_read(settings, monkeypatch):
    pin_version(monkeypatch, "v1")
    monkeypatch.setattr("pipeline.process.read_pages", reject_all)
    pages = synthetic_pages(DOCUMENTS, first_day=request().first_day, days=4)
    import_pages(settings, pages, run_label="synthetic")
    assert backfill(settings, request()).failed == 0
    ((source, day),) = execute(settings, "SELECT source, day FROM partition_run LIMIT 1")
    read, asked = f"{source} {day} article", f"{source} {day} fetch"
    report = BackfillReport(failed=2, errors={read: "no answer", asked: "the host is down"})
    finish_backfill(settings, report, run_id="r")
    # Of a source that was asked in vain nothing is made up for.
    assert (report.failed, report.done, list(report.errors)) == (1, 1, [asked])


@pytest.fixture
def catalog(server, tmp_path):
    """Settings of an empty lake."""
    made = make_lake(server, tmp_path)(publish_every_s=3600.0)
    made.snapshot_file.touch()  # nobody reads it, and making it takes the longest
    return made


@needs_postgres
def test_a_late_commit_and_a_lost_catalog_are_got_over(catalog, monkeypatch):
    """As when the other run of a shared backfill is killed, and when PostgreSQL is restarted."""
    left, refused = [_lose_the_catalog, _commit_without_the_lock], []

    def disturbed(store, results, taker, *, now):
        if left:
            register = _then(left.pop(), catalog, monkeypatch)
            monkeypatch.setattr("pipeline.store_ledger.register_keys", register)
        try:
            return finish(store, results, taker, now=now)
        except StoreError as error:
            refused.append(str(error))
            raise

    monkeypatch.setattr("pipeline.ledger.finish", disturbed)
    who = new_claim("r")
    assert take(catalog, [_PART], who, planned_at=NOW) == [_PART]
    assert end(catalog, [_result()], who) == {_PART: "done"}
    assert left == []
    assert "Transaction conflict" in refused[0]
    assert "server closed the connection" in refused[1]
    with attach_lake(catalog, is_read_only=True) as con:
        rows = con.execute("SELECT source, state, attempts FROM partition_run ORDER BY 1")
        assert rows.fetchall() == [("alpha", "done", 1), ("late", "done", 1)]


def _then(disturb, settings, monkeypatch):
    """Return what disturbs a transaction that has begun to change rows, once."""
    from pipeline.store_partitions import register_keys

    def changed(con, name, rows, *schema):
        register_keys(con, name, rows, *schema)
        monkeypatch.setattr("pipeline.store_ledger.register_keys", register_keys)
        con.execute("UPDATE partition_run SET heartbeat_at = now()")
        disturb(settings)

    return changed


def _commit_without_the_lock(settings):
    row = "SELECT 'late' AS source, DATE '2020-01-01' AS day, 'article' AS stage, 'v0' AS extractor_version, 'done' AS state, 1 AS attempts, 0 AS documents, 0 AS processed, now() AS started_at, now() AS finished_at"  # fmt: skip
    with attach_lake(settings) as other:
        other.execute(f"INSERT INTO partition_run BY NAME {row}")


def _lose_the_catalog(settings):
    with attach_lake(settings) as other, catalog_cursor(other, settings) as cursor:
        cursor.execute("SELECT * FROM postgres_query('catalog', ?)", [_END_ALL]).fetchall()
