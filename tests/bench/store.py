"""`python tests/bench/store.py`: the store at size, on synthetic articles with facts.

Prints build time, file size, snapshot time, the refresh after one new day, what replacing facts
costs beside the same DELETE and INSERT by hand, and the time of each question. `--articles
100000` makes 3M facts; `--growth` does it again with three times as many and compares the costs.
"""

import argparse
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.cookbook import questions
from pipeline.settings import Settings
from pipeline.staging import Batch, Row, StagedBatch, stage
from pipeline.store import Store
from pipeline.store_read import connect
from pipeline.store_schema import arrow_schemas
from pipeline.store_snapshot import publish
from pipeline.store_statistics import renew_statistics
from pipeline.store_timeline import RefreshReport, refresh_timeline

_FIRST_DAY = date(2015, 1, 1)
_DAYS = 4000
_SOURCES = 40
_FIRMS = 400
_MATERIALS = ("rare earths", "magnets", "gallium", "germanium", "dysprosium", "terbium", "graphite")
_COUNTRIES = ("China", "Japan", "United States", "Vietnam", "Australia")
_KINDS = (
    "license_granted", "license_denied", "license_applied", "control_imposed", "ban_imposed",
    "control_suspended", "license_regime_changed", "entity_listed",
)  # fmt: skip
# 30 facts an article, as in a dense report.
_PER_ARTICLE = {
    "date_mention": 10,
    "company_mention": 8,
    "tonnage": 5,
    "percentage": 4,
    "license_event": 3,
}
_FACT_TABLES = (*_PER_ARTICLE, "license_event_party", "article_sentence")
_BATCH_ARTICLES = 1000
_SENTENCES = 12
_SENTENCE = (
    "Report {:09d} says that China exported 5,493.9 tonnes and granted a license in part {:02d}. "
)
_SENTENCE_CHARS = len(_SENTENCE.format(0, 0))
_EVENTS_PER_DAY = 3
Costs = dict[str, float]


def _months(rng: random.Random, published: date) -> tuple[date, date]:
    start = (published - timedelta(days=rng.randint(20, 60))).replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1)


def _fact(table: str, number: int, rng: random.Random, published: date) -> Row:
    """Return the columns of one fact that are not the same for all."""
    start, end = _months(rng, published)
    material = rng.choice(_MATERIALS)
    if table == "date_mention":
        return {
            "kind": "date", "timex": published.isoformat(), "period_start": published,
            "period_end": published + timedelta(days=1), "granularity": "day",
        }  # fmt: skip
    if table == "company_mention":
        firm = rng.randrange(_FIRMS)
        return {"company_id": f"firm-{firm}", "name": f"Firm {firm}", "link": "registry"}
    if table == "tonnage":
        tonnes = float(rng.randint(1000, 1010))
        return {
            "value": tonnes, "tonnes": tonnes, "unit": "t", "unit_assumed": False,
            "bound": "exact", "flow": "export", "material": material,
            "reporter": rng.choice(_COUNTRIES), "period_start": start, "period_end": end,
            "basis": "month", "role": "level",
        }  # fmt: skip
    if table == "percentage":
        return {
            "value": rng.randint(-50, 50) / 2, "bound": "exact", "kind": "change_mom",
            "is_points": False, "material": material, "period_start": start, "period_end": end,
        }  # fmt: skip
    return _event_mention(rng, published)


def _event_mention(rng: random.Random, published: date) -> Row:
    """Return what a mention says of one of the events of the days before its publication.

    Events are told by their number: its day, and with it what happened to whom.
    """
    day = published - timedelta(days=min(rng.randrange(4), (published - _FIRST_DAY).days))
    event = (day - _FIRST_DAY).days * _EVENTS_PER_DAY + rng.randrange(_EVENTS_PER_DAY)
    told = random.Random(event)
    kind = told.choice(_KINDS)
    is_measure = not kind.startswith("license_g") and not kind.startswith(
        ("license_d", "license_a")
    )
    day -= timedelta(days=rng.random() < 0.1)  # one mention in ten names the wrong day
    return {
        "kind": kind, "authority": told.choice(_COUNTRIES), "material": told.choice(_MATERIALS),
        "licensees": [] if is_measure else [f"Firm {told.randrange(_FIRMS)}"],
        "beneficiaries": [], "applicants": [], "excluded": [],
        "date_start": day, "date_end": day + timedelta(days=1), "date_precision": "day",
        "modality": "asserted", "is_background": False,
        "instrument": f"Announcement No. {event % 90} of {day.year}" if is_measure else None,
    }  # fmt: skip


def article_rows(number: int, *, seed: int, day: date | None = None) -> dict[str, list[Row]]:
    """Return the rows of one synthetic article; another seed gives it other facts."""
    rng = random.Random(number * 31 + seed)
    published = day or _FIRST_DAY + timedelta(days=random.Random(number).randrange(_DAYS))
    keys = {"article_id": f"{number:016x}", "version_id": f"{number:016x}"}
    mark = {"rule_id": "bench.rule", "extractor_version": str(seed)}
    seen = datetime(published.year, published.month, published.day, 12, tzinfo=UTC)
    place = {"source": f"source-{number % _SOURCES}", "url": f"https://a.example/{number}"}
    text = "".join(_SENTENCE.format(number, i) for i in range(_SENTENCES))
    rows: dict[str, list[Row]] = {
        "article": [
            place | {"article_id": keys["article_id"], "current_version_id": keys["version_id"],
                     "first_seen_at": seen}
        ],
        "article_version": [
            keys | place | {
                "title": f"Report {number}", "published_at": seen, "published_on": published,
                "tags": [], "regions": [], "sectors": [], "fetched_at": seen,
                "body_sha256": "0" * 64, "text_chars": len(text), "extractor_version": str(seed),
            }
        ],
        "article_text": [{"version_id": keys["version_id"], "text": text}],
        "article_sentence": [
            {"version_id": keys["version_id"], "sentence_no": i,
             "char_start": i * _SENTENCE_CHARS, "char_end": (i + 1) * _SENTENCE_CHARS}
            for i in range(_SENTENCES)
        ],
    }  # fmt: skip
    for table, count in _PER_ARTICLE.items():
        rows[table] = [
            keys | mark | _fact(table, number, rng, published)
            | {"char_start": i * 90, "char_end": i * 90 + 5, "text": text[i * 90 : i * 90 + 5]}
            for i in range(count)
        ]  # fmt: skip
    for i, event in enumerate(rows["license_event"]):
        event["license_event_id"] = f"{number:013x}{i:03x}"
    rows["license_event_party"] = [
        keys | {
            "license_event_id": event["license_event_id"], "role": "licensee", "is_firm": True,
            "surface": name, "name": name, "company_id": name.lower().replace(" ", "-"),
        }
        for event in rows["license_event"] for name in event["licensees"]
    ]  # fmt: skip
    return rows


def batches(numbers: range, *, seed: int) -> Iterator[Batch]:
    """Yield batches of articles; only one is in memory."""
    for first in range(numbers.start, numbers.stop, _BATCH_ARTICLES):
        part = range(first, min(first + _BATCH_ARTICLES, numbers.stop))
        rows: dict[str, list[Row]] = {}
        for number in part:
            for table, found in article_rows(number, seed=seed).items():
                rows.setdefault(table, []).extend(found)
        replaces = tuple(f"{number:016x}" for number in part)
        yield Batch(batch_id=f"bench-{seed}-{first}", replaces=replaces, rows=rows)


_REFERENCE = """
INSERT INTO source SELECT 'source-' || i, 'Source ' || i, 'https://a.example', 'news', NULL, [],
  'owner-' || (i % 20), TRUE FROM range($sources) AS r(i)
"""


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall and CPU seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(what: str, seconds: tuple[float, float], more: str = "") -> None:
    """Print one figure."""
    print(f"{what:44}{seconds[0]:10.2f}{seconds[1]:10.2f}  {more}", flush=True)


def build(settings: Settings, articles: int, *, with_timeline: bool) -> Costs:
    """Stage and load all articles in one opening of the store, and give them a timeline."""
    staging, loading = [0.0, 0.0], [0.0, 0.0]

    def add(total: list[float], spent: tuple[float, float]) -> None:
        total[0] += spent[0]
        total[1] += spent[1]

    with Store(settings) as store:
        store.con.execute(_REFERENCE, {"sources": _SOURCES})
        for batch in batches(range(articles), seed=1):
            made: list[StagedBatch] = []
            add(staging, timed(lambda b=batch, m=made: m.append(stage(settings.staging_dir, b))))  # type: ignore[misc]
            add(loading, timed(lambda m=made: store.load(m[0])))  # type: ignore[misc]
        events = timed(lambda: refresh_timeline(store)) if with_timeline else (0.0, 0.0)
        figures = timed(lambda: renew_statistics(store.con))
    facts = articles * sum(_PER_ARTICLE.values())
    line("stage (Parquet)", (staging[0], staging[1]))
    line("load", (loading[0], loading[1]), f"{facts / loading[0]:,.0f} facts/s")
    if with_timeline:
        line("timeline, all of it", events, f"{_count(settings, 'timeline_event'):,} events")
    line("monthly trade figures, before publishing", figures)
    size = settings.store_file.stat().st_size
    published = timed(lambda: publish(settings))
    line("publish the snapshot", published, f"{size / 1e6:,.0f} MB")
    return {
        "stage, CPU s": staging[1], "load, CPU s": loading[1], "timeline, CPU s": events[1],
        "monthly figures, CPU s": figures[1], "file, MB": size / 1e6,
        "publish, wall s": published[0],
    }  # fmt: skip


def _count(settings: Settings, table: str) -> int:
    with connect(settings.data) as con:
        row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def add_a_day(settings: Settings, articles: int) -> float:
    """Load the articles of one more day, refresh, and return the CPU seconds of the refresh."""
    day = _FIRST_DAY + timedelta(days=_DAYS)
    rows: dict[str, list[Row]] = {}
    share = max(1, articles // _DAYS)
    for number in range(articles, articles + share):
        for table, found in article_rows(number, seed=1, day=day).items():
            rows.setdefault(table, []).extend(found)
    with Store(settings) as store:
        store.load(stage(settings.staging_dir, Batch(batch_id="day", replaces=(), rows=rows)))
        reports: list[RefreshReport] = []
        spent = timed(lambda: reports.append(refresh_timeline(store)))
    changed = reports[0].opened + reports[0].revised
    line(f"refresh after a day of {share} articles", spent, f"{changed} events changed")
    return spent[1]


def replace(settings: Settings, articles: int) -> float:
    """Replace the facts of a tenth of the articles by `Store.load`, then the same by hand."""
    share = max(1, articles // 10)
    keys = tuple(f"{number:016x}" for number in range(share))
    staged = _stage_as_one(settings, keys, share)
    files = settings.data / "by-hand"
    shutil.copytree(staged.folder, files)
    # By hand on a copy: the second of two would find the rows together at the end of the file.
    copy = settings.data / "by-hand.duckdb"
    shutil.copyfile(settings.store_file, copy)
    with Store(settings) as store:
        loaded = timed(lambda: (store.load(staged), store.con.execute("CHECKPOINT")))
    with duckdb.connect(str(copy)) as con:
        by_hand = timed(lambda: _by_hand(con, files, keys))
    line(f"replace facts of {share:,} articles: Store.load", loaded)
    ratio = loaded[1] / by_hand[1]
    line("  the same DELETE + INSERT by hand", by_hand, f"ratio {ratio:.2f} (CPU)")
    return loaded[1]


def _stage_as_one(settings: Settings, keys: tuple[str, ...], share: int) -> StagedBatch:
    """Stage many articles as one batch, with one thousand of them in memory."""
    tables = tuple(sorted(article_rows(0, seed=2)))
    staged = stage(
        settings.staging_dir,
        Batch(batch_id="again", replaces=keys, rows=dict.fromkeys(tables, ())),
    )
    schemas = arrow_schemas()
    writers = {table: pq.ParquetWriter(staged.file(table), schemas[table]) for table in tables}
    for batch in batches(range(share), seed=2):
        for table, rows in batch.rows.items():
            writers[table].write_table(pa.Table.from_pylist(rows, schema=schemas[table]))
    for writer in writers.values():
        writer.close()
    return staged


def _by_hand(con: duckdb.DuckDBPyConnection, files: Path, keys: tuple[str, ...]) -> None:
    con.execute("BEGIN")
    con.execute("CREATE TEMP TABLE replaced AS SELECT unnest(?) AS version_id", [list(keys)])
    for table in _FACT_TABLES:
        con.execute(f"DELETE FROM {table} WHERE version_id IN (FROM replaced)")
        con.execute(
            f"INSERT INTO {table} BY NAME FROM read_parquet(?)", [str(files / f"{table}.parquet")]
        )
    con.execute("COMMIT")
    con.execute("CHECKPOINT")


def _consume(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    result = con.execute(sql)
    while result.fetchmany(1000):
        pass


def ask(settings: Settings, *, rounds: int) -> None:
    """Time each question of the cookbook on the snapshot, and the as-of macros."""
    asked = [(f"{q.number:02d} {q.slug}", q.sql) for q in questions()]
    asked += [
        ("timeline, newest 50", "FROM timeline LIMIT 50"),
        ("timeline of one material", "SELECT * FROM timeline WHERE material = 'gallium' LIMIT 50"),
        ("timeline_as_of, newest 50", "FROM timeline_as_of(now()) LIMIT 50"),
        ("timeline_on a day", "FROM timeline_on(DATE '2020-10-15', now())"),
        (
            "timeline_reported_by, newest 50",
            "FROM timeline_reported_by(DATE '2020-10-15') LIMIT 50",
        ),
    ]
    with connect(settings.data) as con:
        event = con.execute("SELECT max(event_id) FROM timeline_event").fetchone()
        asked.append(("event_history", f"FROM event_history('{event[0] if event else ''}')"))
        for name, sql in asked:
            spent = [timed(lambda s=sql: _consume(con, s)) for _ in range(rounds)]  # type: ignore[misc]
            best = min(spent)
            print(f"{name:44}{best[0] * 1000:10.0f}{best[1] * 1000:10.0f}  ms", flush=True)


def run(articles: int, given: argparse.Namespace) -> Costs:
    """Measure one size in a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory(prefix="reeline-bench-") as folder:
        settings = Settings(data=Path(folder))
        settings.prepare()
        facts = articles * sum(_PER_ARTICLE.values())
        print(f"{articles:,} articles, {facts:,} facts, DuckDB {duckdb.__version__}")
        print(f"{'':44}{'wall s':>10}{'CPU s':>10}")
        costs = build(settings, articles, with_timeline=not given.no_timeline)
        if not given.no_timeline:
            costs["refresh after a day, CPU s"] = add_a_day(settings, articles)
        costs["replace a tenth, CPU s"] = replace(settings, articles)
        print(f"\n{'cookbook':44}{'wall ms':>10}{'CPU ms':>10}")
        ask(settings, rounds=given.rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"\nresident peak {peak:,.0f} MB\n", flush=True)
    return costs


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--growth", action="store_true", help="again with three times as many")
    parser.add_argument("--no-timeline", action="store_true", help="facts only")
    given = parser.parse_args()
    first = run(given.articles, given)
    if given.growth:
        second = run(3 * given.articles, given)
        print(f"{'for 1,000 articles':34}{'at N':>12}{'at 3 N':>12}{'ratio':>8}")
        for what, cost in first.items():
            one, three = cost * 1000 / given.articles, second[what] * 1000 / (3 * given.articles)
            print(f"{what:34}{one:12.4f}{three:12.4f}{three / one if one else 0:8.2f}")


if __name__ == "__main__":
    main()
