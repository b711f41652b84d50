"""Mentions for tests of the timeline: made in one line, read from the gold, put into a store."""

import json
import zlib
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from models.timeline import Mention, Party
from models.vocabulary import EventKind, Granularity, Modality, SourceKind
from pipeline.duplicates import signatures_of
from pipeline.store_schema import arrow_schemas
from pipeline.timeline import build_event

GOLD = Path(__file__).parent / "gold" / "mentions"
WHEN = datetime(2028, 1, 1, tzinfo=UTC)


def mention(key, kind=EventKind.LICENSE_GRANTED, day=None, **changes):
    start = date.fromisoformat(day) if day else None
    made = Mention(
        mention_id=key,
        kind=kind,
        authority="China",
        parties=(),
        material="rare earths",
        destination=None,
        license_kind=None,
        instrument=None,
        date_start=start,
        date_end=date.fromordinal(start.toordinal() + 1) if start else None,
        date_precision=Granularity.DAY if start else None,
        effective_start=None,
        modality=Modality.ASSERTED,
        is_background=False,
        sentence=f"sentence of {key}",
        char_start=0,
        char_end=5,
        article_id=f"a-{key}",
        version_id=f"v-{key}",
        source=f"s-{key}",
        source_kind=SourceKind.NEWS,
        owner_group=f"s-{key}",
        published_on=date(2026, 3, 20),
    )
    return replace(made, **changes)


def party(name, role="licensee", *, is_firm=True):
    return Party(role=role, key=name.lower(), name=name, is_firm=is_firm)


def built(clusters):
    texts = {
        m.version_id: f"text of {m.version_id} about something else entirely"
        for cluster in clusters
        for m in cluster.members
    }
    signatures = signatures_of(texts.items())
    return [build_event(cluster, signatures) for cluster in clusters]


def gold_rows():
    lines = [
        line
        for half in ("tune", "report")
        for line in (GOLD / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def fill(store, mentions):
    """Put mentions into the store as the texts of their articles."""
    rows = {}
    for m in mentions:
        keys = {"article_id": m.article_id, "version_id": m.version_id}
        base = zlib.crc32(m.mention_id.encode()) % 1_000_000
        names = {
            f"{role}s": [p.name for p in m.parties if p.role == role]
            for role in ("licensee", "applicant")
        }
        names["beneficiaries"] = [p.name for p in m.parties if p.role == "beneficiary"]
        names["excluded"] = [p.name for p in m.parties if p.role == "excluded"]
        plain = asdict(m)
        event = {
            k: plain[k]
            for k in (
                "kind",
                "authority",
                "material",
                "destination",
                "license_kind",
                "instrument",
                "date_start",
                "date_end",
                "date_precision",
                "effective_start",
                "modality",
                "is_background",
            )
        }
        add(
            rows,
            "license_event",
            {
                "license_event_id": m.mention_id,
                **keys,
                **event,
                **names,
                "text": m.sentence,
                "char_start": base,
                "char_end": base + 5,
                "rule_id": "test",
                "extractor_version": "1",
            },
        )
        for p in m.parties:
            add(
                rows,
                "license_event_party",
                {
                    "license_event_id": m.mention_id,
                    **keys,
                    "role": p.role,
                    "surface": p.name,
                    "company_id": None,
                    "name": p.name,
                    "is_firm": p.is_firm,
                },
            )
    for m in {m.version_id: m for m in mentions}.values():
        add(
            rows,
            "article",
            {
                "article_id": m.article_id,
                "source": m.source,
                "url": m.article_id,
                "current_version_id": m.version_id,
                "first_seen_at": WHEN,
            },
        )
        add(
            rows,
            "article_version",
            {
                "version_id": m.version_id,
                "article_id": m.article_id,
                "source": m.source,
                "url": m.article_id,
                "title": m.article_id,
                "published_on": m.published_on,
                "tags": [],
                "regions": [],
                "sectors": [],
                "fetched_at": WHEN,
                "body_sha256": "0",
                "text_chars": 0,
                "extractor_version": "1",
            },
        )
        add(
            rows,
            "article_text",
            {"version_id": m.version_id, "text": f"text of {m.version_id}, in its own words"},
        )
    for table, items in rows.items():
        data = pa.Table.from_pylist(items, schema=arrow_schemas()[table])
        store.con.register("filling", data)
        store.con.execute(f"INSERT INTO {table} BY NAME FROM filling")
        store.con.unregister("filling")


def add(rows, table, row):
    rows.setdefault(table, []).append(row)


def timeline_rows(store):
    """Return all that is current on the timeline, without times and revisions."""
    con = store.con
    left_out = "EXCLUDE (known_from, known_to, revision)"
    return [
        con.execute(
            f"SELECT * {left_out} FROM timeline_event WHERE known_to IS NULL ORDER BY ALL"
        ).fetchall(),
        *(
            con.execute(
                f"SELECT * EXCLUDE (known_from, known_to) FROM {table} WHERE known_to IS NULL ORDER BY ALL"
            ).fetchall()
            for table in ("timeline_evidence", "timeline_relation")
        ),
    ]
