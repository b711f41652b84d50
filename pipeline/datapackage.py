"""The description of a published folder: one Frictionless Data Package of all its files.

Made from the descriptions that `store_export` writes beside its files: types, meanings, sizes
and digests are theirs; licence, sources and keys are added here. Nothing is read from a clock.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from models.ids import sha256_hex
from pipeline.settings import Settings
from pipeline.store_read import query

PACKAGE_NAME = "reeline-publication"
# What others build on. Left out: how the runs went, and `company_status`, which depends on the
# day of the question (`company_events` has all it is made of).
PUBLIC_VIEWS = (
    "company_events",
    "company_mentions",
    "contradictions",
    "coverage",
    "event_parties",
    "evidence",
    "export_statistics",
    "license_events",
    "percentages",
    "relations",
    "timeline",
    "tonnages",
)
_KEYS = {"timeline": ["event_id"]}
_REFERRING = ("company_events", "event_parties", "evidence", "relations")
_SOURCES = """
SELECT s.name, s.homepage
FROM source AS s
WHERE s.source IN (SELECT source FROM article_version)
ORDER BY s.name, s.source
"""
_VERSIONS = "SELECT DISTINCT extractor_version FROM article_version ORDER BY 1"
_DESCRIPTION = (
    "Export controls and licenses on rare earths and kindred minerals, read from news and "
    "announcements; every row leads to the sentence that says so. Periods are half-open: an end "
    "day is the day after. A null is what the texts do not say. Lists are JSON in CSV files. "
    "Quoted sentences remain their publishers'."
)


def describe(
    settings: Settings,
    resources: Sequence[Mapping[str, Any]],
    *,
    license_name: str,
    snapshot_at: datetime,
) -> str:
    """Return the text of `datapackage.json`.

    Args:
        settings: Where the snapshot is: sources and versions are read from it.
        resources: What `table_resource` and `file_resource` made.
        license_name: Open Definition or SPDX name of the licence of the data.
        snapshot_at: When the snapshot was last loaded into.
    """
    sources = query(settings, _SOURCES).itertuples(index=False)
    versions = query(settings, _VERSIONS).iloc[:, 0]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": PACKAGE_NAME,
        "title": "Rare-earth policy timeline",
        "description": _DESCRIPTION,
        "created": snapshot_at.isoformat().replace("+00:00", "Z"),
        "licenses": [{"name": license_name}],
        "contributors": [{"title": "reeline", "roles": ["creator"]}],
        "sources": [_source(name, homepage) for name, homepage in sources],
        "provenance": {
            "program": "reeline",
            "extractorVersions": [str(version) for version in versions],
            "snapshotTime": snapshot_at.isoformat().replace("+00:00", "Z"),
        },
        "resources": list(resources),
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _source(name: str, homepage: str) -> dict[str, str]:
    named = {"title": name}
    return named | {"path": homepage} if homepage.startswith(("http://", "https://")) else named


def table_resources(export_folder: Path, prefix: str) -> list[dict[str, Any]]:
    """Return the public views of an export, with their paths under a sub-folder.

    Args:
        export_folder: What `store_export.export` wrote.
        prefix: Name of the sub-folder, which is also the format: csv or parquet.
    """
    known = json.loads((export_folder / "datapackage.json").read_text(encoding="utf-8"))
    by_name = {resource["name"]: resource for resource in known["resources"]}
    return [_table(by_name[name], prefix) for name in PUBLIC_VIEWS if name in by_name]


def _table(resource: dict[str, Any], prefix: str) -> dict[str, Any]:
    name, is_csv = resource["name"], prefix == "csv"
    made = {key: value for key, value in resource.items() if key not in {"kind", "name", "path"}}
    named = {"name": name if is_csv else f"{name}-{prefix}", "path": f"{prefix}/{resource['path']}"}
    if is_csv:
        named["type"] = "table"
        made["schema"] = resource["schema"] | _keys(name)
    return named | made


def _keys(name: str) -> dict[str, Any]:
    keys: dict[str, Any] = {"primaryKey": _KEYS[name]} if name in _KEYS else {}
    if name in _REFERRING:
        reference = {"resource": "timeline", "fields": ["event_id"]}
        keys["foreignKeys"] = [{"fields": ["event_id"], "reference": reference}]
    return keys


def file_resource(name: str, file: Path, *, mediatype: str, description: str) -> dict[str, Any]:
    """Return the entry of a file that is no table."""
    data = file.read_bytes()
    return {
        "name": name,
        "path": file.name,
        "description": description,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256_hex(data)}",
    }
