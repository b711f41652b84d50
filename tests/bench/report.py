"""`python tests/bench/report.py`: the report with 10,000 events, as a browser feels it.

Prints how long the page takes to write, to open, to filter, to search, to scroll and to rewind,
in Chromium. Times are the page's own clock, to the frame after the change was drawn.
"""

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
from playwright.sync_api import CDPSession

from pipeline.report import write_report
from pipeline.settings import Settings
from pipeline.store import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import chromium, missing  # the fixtures of the tests

_KINDS = (
    *("control_imposed", "control_expanded", "control_suspended", "ban_imposed"),
    *("license_regime_changed", "entity_listed", "license_granted", "license_applied"),
    *("license_denied", "license_delayed"),
)
_PLACES = ("China", "Japan", "United States", "Vietnam", "Australia", "India", "Malaysia")
_GOODS = ("rare earths", "magnets", "gallium", "germanium", "dysprosium", "terbium", "graphite")
_MODALITIES = ("asserted", "asserted", "asserted", "reported", "planned")
_FIRST_DAY = date(2018, 1, 1)
_DAYS = 3000
_LOADED = datetime(2026, 4, 1, tzinfo=UTC)
# What each step does in the page, and what it is called in the table.
_STEPS = {
    "show all dates": "document.getElementById('all-dates').click()",
    "filter by kind": "choose('filter-kind', 'license_granted')",
    "filter by firm": "choose('filter-company', 'Firm 17 Co., Ltd.')",
    "clear the filters": "document.getElementById('clear').click()",
    "first search": "choose('filter-text', 'quarter dysprosium')",
    "next search": "choose('filter-text', 'quarter gallium')",
    "clear the search": "document.getElementById('clear').click()",
    "rewind halfway": "choose('as-of', Math.floor(document.getElementById('as-of').max / 2))",
    "rewind to the latest": "choose('as-of', document.getElementById('as-of').max)",
    "lanes by material": "document.querySelector('input[value=material]').click()",
    "scroll to the end": "document.getElementById('event-list').scrollTop = 1e7",
    "open the evidence": "document.querySelector('.option').click()",
}
_TIMED = """
async (action) => {
  window.choose = (id, value) => {
    const field = document.getElementById(id);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const before = document.getElementById('count').textContent;
  const start = performance.now();
  new Function(action)();
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  await frame();
  // Typing is answered after a pause of 80 ms, which counts.
  const wanted = action.includes('filter-text');
  while (wanted && document.getElementById('count').textContent === before) await frame();
  return performance.now() - start;
}
"""


def main() -> None:
    """Make a snapshot, write its report, and time a browser on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="Keep the data folder here.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=arguments.keep or Path(folder))
        settings.prepare()
        with Store(settings):
            pass
        fill(settings, arguments.events)
        wall, busy = time.perf_counter(), time.process_time()
        path = write_report(settings, today=date(2026, 4, 1))
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        print(f"{arguments.events:,} events, page of {path.stat().st_size / 1e6:.1f} MB")
        print(f"{'':<24}{'wall':>8}   {'CPU':>8}")
        print(f"{'write the page':<24}{wall * 1000:>8,.0f} ms{busy * 1000:>8,.0f} ms")
        why = missing()
        if why:
            print(f"not measured in a browser: {why}")
            return
        measure(path)


def fill(settings: Settings, count: int) -> None:
    """Put events, each with a sentence and how it was reported, into the snapshot."""
    chance = random.Random(7)
    settings.snapshot_file.chmod(0o644)
    with duckdb.connect(str(settings.snapshot_file)) as con:
        events = pd.DataFrame([_event(number, chance) for number in range(count)])
        con.register("made", events)
        con.execute("INSERT INTO timeline_event BY NAME SELECT * FROM made")
        con.execute(_REST)


_REST = """
INSERT INTO article_version BY NAME
SELECT event_id AS version_id, event_id AS article_id, 'wire' AS source,
  'http://wire.example/' || event_id AS url, 'Headline of ' || event_id AS title,
  first_reported_on AS published_on, [] AS tags, [] AS regions, [] AS sectors,
  known_from AS fetched_at, '' AS body_sha256, 200 AS text_chars, '1' AS extractor_version
FROM timeline_event;
INSERT INTO license_event BY NAME
SELECT event_id AS license_event_id, event_id AS article_id, event_id AS version_id,
  0 AS char_start, 40 AS char_end, summary[1:40] AS text, kind, modality, FALSE AS is_background,
  [] AS licensees, [] AS beneficiaries, [] AS applicants, [] AS excluded, 'bench' AS rule_id,
  '1' AS extractor_version
FROM timeline_event;
INSERT INTO timeline_evidence BY NAME
SELECT event_id, event_id AS license_event_id, event_id AS article_id, event_id AS version_id,
  'wire' AS source, summary || ' after a quarter of talks, two officials said in a statement.'
  AS sentence, 0 AS char_start, 40 AS char_end, 'supports' AS stance, known_from
FROM timeline_event;
INSERT INTO article_sentence BY NAME
SELECT event_id AS version_id, 0 AS sentence_no, 0 AS char_start, 200 AS char_end
FROM timeline_event;
INSERT INTO timeline_report BY NAME
SELECT event_id, first_reported_on AS reported_from, NULL AS reported_to, date_start, date_end,
  date_precision, kind, authority, material, licensees, beneficiaries, excluded, instrument,
  modality, article_count, source_count, 1 AS evidence_count, denial_count, first_reported_on,
  last_reported_on, summary AS evidence, 'http://wire.example/' AS evidence_url
FROM timeline_event;
INSERT INTO load_log VALUES ('bench', TIMESTAMPTZ '2026-04-01 00:00:00+00', 1, 1);
"""


def _event(number: int, chance: random.Random) -> dict[str, object]:
    day = _FIRST_DAY + timedelta(days=int(_DAYS * chance.random() ** 0.5))
    kind, place, goods = chance.choice(_KINDS), chance.choice(_PLACES), chance.choice(_GOODS)
    firm = f"Firm {chance.randrange(400)} Co., Ltd."
    return {
        "event_id": f"{number:016x}",
        "revision": 1,
        "kind": kind,
        "summary": f"{place}: {kind.replace('_', ' ')} for {goods}, {firm}, case {number}",
        "authority": place,
        "material": goods,
        "licensees": [firm],
        "beneficiaries": [],
        "applicants": [],
        "excluded": [],
        "destination": chance.choice((None, *_PLACES)),
        "date_start": day,
        "date_end": day + timedelta(days=1),
        "date_precision": "day",
        "date_basis": "majority",
        "other_dates": [],
        "modality": chance.choice(_MODALITIES),
        "first_reported_on": day + timedelta(days=chance.randrange(30)),
        "last_reported_on": day + timedelta(days=40),
        "article_count": 1,
        "source_count": 1 + chance.randrange(4),
        "confidence": round(0.3 + 0.7 * chance.random(), 2),
        "best_mention_id": f"{number:016x}",
        "denial_count": 0,
        "known_from": _LOADED,
    }


def measure(path: Path, *, rounds: int = 3) -> None:
    """Print the least time of each step over some fresh pages: noise only adds.

    CPU is that of the page's main thread: it means something on a shared machine too.
    """
    times: dict[str, list[tuple[float, float]]] = {}
    with chromium() as browser:
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto(path.as_uri(), wait_until="commit")
            page.wait_for_selector("html[data-ready]")
            drawn = page.evaluate("performance.getEntriesByName('timeline-drawn')[0].startTime")
            times.setdefault("open, timeline drawn", []).append((drawn, _busy_ms(session)))
            page.wait_for_selector("html[data-ready=all]")
            for name, action in _STEPS.items():
                before = _busy_ms(session)
                took = page.evaluate(_TIMED, action)
                times.setdefault(name, []).append((took, _busy_ms(session) - before))
                page.wait_for_timeout(150)
            page.close()
    for name, values in times.items():
        wall, busy = (min(column) for column in zip(*values, strict=True))
        print(f"{name:<24}{wall:>8,.0f} ms{busy:>8,.0f} ms")


def _busy_ms(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


if __name__ == "__main__":
    main()
