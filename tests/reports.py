"""Snapshots for tests of the report: the demo's, changed by hand."""

import json
import shutil
from pathlib import Path

import duckdb
from lxml import html

from pipeline.settings import Settings

LONG = "Ores & alloys " + "x" * 10_000
SCRIPT = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
QUOTES = "\"' onmouseover='window.hacked = 3' \u202eesrever\u202c \u2028\u2029 ${1} {{ 7 * 7 }}"


def changed_copy(source: Settings, folder: Path, *statements: str) -> Settings:
    """Return a data folder whose snapshot is a copy of another's after some statements."""
    made = Settings(data=folder, lock_wait_s=5.0)
    made.prepare()
    shutil.copyfile(source.snapshot_file, made.snapshot_file)
    made.snapshot_file.chmod(0o644)
    with duckdb.connect(str(made.snapshot_file)) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"SET VARIABLE script = {quoted(SCRIPT)}")
        con.execute(f"SET VARIABLE quotes = {quoted(QUOTES)}")
        con.execute(f"SET VARIABLE long = {quoted(LONG)}")
        for statement in statements:
            con.execute(statement)
    return made


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


HOSTILE = (
    "UPDATE article_version SET title = getvariable('long') || getvariable('script')",
    "UPDATE article_version SET url = 'javascript:window.hacked=4' WHERE source = 'meridian'",
    "UPDATE source SET name = getvariable('script') || name",
    "UPDATE timeline_event SET summary = getvariable('script') || getvariable('quotes') || summary",
    "UPDATE timeline_event SET authority = getvariable('script') WHERE authority = 'China'",
    "UPDATE timeline_event SET licensees = [getvariable('script')] WHERE len(licensees) > 0",
    "UPDATE timeline_evidence SET sentence = sentence || getvariable('script')",
    "UPDATE export_statistic SET evidence = getvariable('script'), "
    "partner = getvariable('quotes'), evidence_url = 'javascript:window.hacked=6'",
    "UPDATE rejection SET detail = getvariable('script'), url = 'javascript:window.hacked=5'",
    "UPDATE finding SET message = getvariable('script')",
    "UPDATE article_text SET text = replace(text, 'a jump of', getvariable('script'))",
)
# Half of the events were loaded a day later, and one of the others was known otherwise before.
REVISED = (
    "UPDATE timeline_event SET known_from = TIMESTAMPTZ '2026-04-02 08:00:00+00'",
    "UPDATE timeline_event SET known_from = TIMESTAMPTZ '2026-04-01 08:00:00+00' "
    "WHERE event_id IN (SELECT event_id FROM timeline_event ORDER BY event_id LIMIT 20)",
    "INSERT INTO timeline_event SELECT * REPLACE ('Known otherwise before' AS summary, "
    "2 AS revision, TIMESTAMPTZ '2026-03-31 08:00:00+00' AS known_from, "
    "TIMESTAMPTZ '2026-04-01 08:00:00+00' AS known_to) FROM timeline_event ORDER BY event_id LIMIT 1",
    "UPDATE timeline_evidence SET known_from = TIMESTAMPTZ '2026-04-01 08:00:00+00'",
)
# One event is denied, and a sentence of another begins outside the basic plane of Unicode.
_EMOJI_FIRST = "'\U0001f600' || sentence[2:]"
DENIED = (
    "UPDATE timeline_evidence SET stance = 'contradicts' WHERE event_id = "
    "(SELECT event_id FROM timeline_evidence GROUP BY event_id "
    "HAVING count(DISTINCT sentence) = 2 ORDER BY event_id LIMIT 1) "
    "AND license_event_id = (SELECT max(license_event_id) FROM timeline_evidence "
    "WHERE event_id = (SELECT event_id FROM timeline_evidence GROUP BY event_id "
    "HAVING count(DISTINCT sentence) = 2 ORDER BY event_id LIMIT 1))",
    "UPDATE timeline_event SET denial_count = 1 WHERE event_id IN "
    "(SELECT event_id FROM timeline_evidence WHERE stance = 'contradicts')",
    f"UPDATE timeline_evidence SET sentence = {_EMOJI_FIRST}",
)
# September is missing, and a year before there was a figure.
GAP = (
    "CREATE TEMP TABLE one AS SELECT * FROM export_statistic WHERE material = 'magnets' "
    "AND flow = 'export' AND reporter = 'China' AND partner IS NULL "
    "AND month = DATE '2025-11-01'",
    "INSERT INTO export_statistic "
    "SELECT * REPLACE (DATE '2025-08-01' AS month, 1000 AS tonnes) FROM one",
    "INSERT INTO export_statistic "
    "SELECT * REPLACE (DATE '2024-11-01' AS month, 2000 AS tonnes) FROM one",
)

# A fetch failed, two pages were never read, those of one source were read by other rules, a run
# goes on, and a source cannot be reached.
RUNS = (
    "UPDATE partition_run SET state = 'failed', error = getvariable('script') "
    "WHERE source = 'harborpost' AND stage = 'fetch' AND day = DATE '2025-12-04'",
    "DELETE FROM page_outcome WHERE fetch_id IN "
    "(SELECT fetch_id FROM page_fetch WHERE source = 'strata' ORDER BY fetch_id LIMIT 2)",
    "UPDATE page_outcome SET extractor_version = '0.0.9' "
    "WHERE fetch_id IN (SELECT fetch_id FROM page_fetch WHERE source = 'lodestone')",
    "UPDATE partition_run SET state = 'running', heartbeat_at = now(), lease_s = 86400 "
    "WHERE source = 'magnetweekly' AND stage = 'article' AND day = DATE '2025-12-11'",
    "DELETE FROM source_poll WHERE source = 'lodestone'",
    "INSERT INTO source_poll BY NAME SELECT 'lodestone' AS source, max(fetched_at) AS polled_at, "
    "max(fetched_at) AS due_at, 3600 AS interval_s, 0 AS found, 0 AS new, 5 AS failures "
    "FROM page_fetch",
)
# A year earlier there were runs on 152 days in a row, 1 January to 31 May; one failed.
MANY_DAYS = (
    "CREATE TEMP TABLE one AS SELECT * FROM partition_run "
    "WHERE source = 'meridian' AND stage = 'fetch' LIMIT 1",
    "INSERT INTO partition_run SELECT * REPLACE (CAST(made.day AS DATE) AS day) FROM one, "
    "(SELECT unnest(generate_series(DATE '2024-01-01', DATE '2024-05-31', INTERVAL 1 DAY)) AS day) "
    "AS made",
    "UPDATE partition_run SET state = 'failed', error = 'no answer' WHERE day = DATE '2024-05-02'",
)


def embedded(page: str) -> dict:
    """Return the data that a page holds, of drawn figures and of tables."""
    tree = html.fromstring(page)
    (data,) = tree.xpath("//script[@id='report-data']/text()")
    (tables,) = tree.xpath("//script[@id='report-tables']/text()")
    content = json.loads(data)
    content["figures"] |= json.loads(tables)
    return content


def shown_sql(page: str) -> dict[str, str]:
    """Return the statements that a page shows, by figure, as a reader would copy them."""
    return {
        pre.get("data-sql"): pre.text_content()
        for pre in html.fromstring(page).xpath("//pre[@data-sql]")
    }
