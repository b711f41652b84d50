"""Known mentions that may be of one event with others: by firm, instrument, days or text."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from models.timeline import Correction, CorrectionAction
from pipeline.clustering import BUCKET_DAYS, Word
from pipeline.instruments import key_of_instrument

_SCHEMA = pa.schema(
    [
        ("block", pa.string()),
        ("what", pa.string()),
        ("value", pa.string()),
        ("low", pa.date32()),
        ("high", pa.date32()),
    ]
)
# All that has a word, and more: which days a mention tells of is `event_days` of matching.py,
# here they are no narrower.
_NEAR = """
CREATE OR REPLACE TEMP TABLE near AS
WITH place AS MATERIALIZED (
  SELECT license_event_id, version_id, block
  FROM timeline_mention
  WHERE block IN (SELECT block FROM sought)
),
told AS MATERIALIZED (
  SELECT
    p.license_event_id,
    p.block,
    m.instrument,
    m.date_start AS first_day,
    CASE
      WHEN m.date_precision IS NULL OR m.date_precision IN ('day', 'time') THEN m.date_start + 1
      ELSE least(coalesce(m.date_end, m.date_start + 1), m.date_start + 366)
    END AS last_day,
    m.effective_start,
    m.date_end,
    v.published_on
  FROM place AS p
  JOIN license_event AS m USING (license_event_id)
  JOIN article_version AS v ON v.version_id = m.version_id
)
SELECT t.license_event_id
FROM told AS t
JOIN sought AS s ON s.block = t.block AND s.what = 'days'
WHERE (t.first_day <= s.high AND t.last_day >= s.low)
  OR (
    t.first_day IS NULL
    AND (
      t.effective_start BETWEEN s.low - 1 AND s.high
      OR t.date_end BETWEEN s.low AND s.high + 1
      OR t.published_on BETWEEN s.low - 1 AND s.high + 7
    )
  )
UNION
SELECT t.license_event_id
FROM told AS t
JOIN sought AS s ON s.block = t.block AND s.what = 'instrument' AND s.value = t.instrument
UNION
SELECT p.license_event_id
FROM place AS p
JOIN sought AS s ON s.block = p.block AND s.what = 'version' AND s.value = p.version_id
UNION
SELECT p.license_event_id
FROM place AS p
JOIN license_event_party AS f USING (license_event_id)
JOIN sought AS s
  ON s.block = p.block AND s.what = 'firm' AND s.value = coalesce(f.company_id, lower(f.name))
UNION
SELECT p.license_event_id
FROM place AS p
JOIN license_event_party AS f USING (license_event_id)
JOIN sought AS s ON s.block = p.block AND s.what = 'firm' AND s.value = lower(f.name)
"""
_WITH_THEIR_EVENTS = """
WITH event AS (
  SELECT event_id, license_event_id FROM timeline_evidence WHERE known_to IS NULL
),
reached AS (
  SELECT license_event_id
  FROM event
  WHERE event_id IN (SELECT event_id FROM event SEMI JOIN near USING (license_event_id))
  UNION
  FROM near
)
SELECT license_event_id, t.block, e.event_id
FROM timeline_mention AS t
SEMI JOIN reached USING (license_event_id)
LEFT JOIN event AS e USING (license_event_id)
ORDER BY license_event_id
"""
_INSTRUMENTS = "SELECT DISTINCT instrument FROM license_event WHERE instrument IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known mention, its block, and the event that it belongs to, if any."""

    mention_id: str
    block: str
    event_id: str | None


def find_near(
    con: duckdb.DuckDBPyConnection,
    asked: Mapping[str, Collection[Word]],
    corrections: Sequence[Correction],
) -> list[Near]:
    """Return the mentions of the last refresh that have a word, and those of their events.

    More may be returned, never fewer.

    Args:
        con: The store.
        asked: Words by block.
        corrections: Those in effect: links give firms other keys.
    """
    aliases = _aliases(corrections)
    # The year of a number may come from its mention.
    spellings = {
        row[0]: key_of_instrument(row[0], None) or ""
        for row in con.execute(_INSTRUMENTS).fetchall()
    }
    rows = [
        {"block": block, **row}
        for block, words in sorted(asked.items())
        for row in _rows(words, aliases, spellings)
    ]
    con.register("sought", pa.Table.from_pylist(rows, schema=_SCHEMA))
    con.execute(_NEAR)
    con.unregister("sought")
    found = con.execute(_WITH_THEIR_EVENTS).fetchall()
    return [Near(mention_id=row[0], block=row[1], event_id=row[2]) for row in found]


def _rows(
    words: Iterable[Word], aliases: Mapping[str, set[str]], spellings: Mapping[str, str]
) -> Iterator[Mapping[str, str | date]]:
    values: dict[str, set[str]] = {"firm": set(), "instrument": set(), "version": set()}
    buckets: list[int] = []
    for what, value in words:
        if isinstance(value, int):
            buckets.append(value)
        else:
            values[what].add(value)
    for firm in sorted(values["firm"]):
        values["firm"] |= aliases.get(firm, set())
    keys = values["instrument"]
    values["instrument"] = {
        spelling
        for spelling, bare in spellings.items()
        if bare in keys or any(key.startswith(f"{bare}/") for key in keys)
    }
    for what, members in values.items():
        yield from ({"what": what, "value": value} for value in sorted(members))
    for first, last in _runs(buckets):
        low, high = first * BUCKET_DAYS, (last + 1) * BUCKET_DAYS
        yield {"what": "days", "low": date.fromordinal(low), "high": date.fromordinal(high)}


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and last of each run of consecutive numbers."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number <= found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _aliases(corrections: Iterable[Correction]) -> dict[str, set[str]]:
    """Return the surfaces and ids that analysts linked to each firm."""
    found: dict[str, set[str]] = {}
    for correction in corrections:
        if correction.action is CorrectionAction.LINK and correction.value:
            surface = correction.target_ids[0]
            found.setdefault(correction.value, set()).update({surface.casefold(), surface.lower()})
    return found
