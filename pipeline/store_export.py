"""Files for people without DuckDB: every view as Parquet or CSV, with a description beside them.

The description is `datapackage.json` (Frictionless Data Package v2), made from the comments of
the schema. Rows are ordered by all their columns: the same rows give the same bytes.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from pipeline.settings import Settings
from pipeline.store_read import dictionary, reading
from pipeline.whole_folder import DESCRIPTION, check_target, replacing

_PACKAGE_NAME = "reeline"
_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
_FIELD_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime",
}
_RELATIONS = """
SELECT view_name, CASE WHEN starts_with(view_name, 'check_') THEN 'check' ELSE 'view' END, comment
FROM duckdb_views()
WHERE NOT internal
UNION ALL
SELECT table_name, 'table', comment FROM duckdb_tables()
WHERE NOT internal AND schema_name = 'main' AND $tables
ORDER BY 1
"""


class ExportFormat(StrEnum):
    """What the files are."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One file of an export."""

    name: str
    kind: str
    path: str
    rows: int
    file_bytes: int


def export(
    settings: Settings, target: Path, *, file_format: ExportFormat, with_tables: bool = False
) -> list[Exported]:
    """Write every view of the snapshot to a folder and return its files, by name.

    Check views are among them: one without rows shows that the check was passed. An earlier
    export in the folder is replaced as a whole; until then it stays as it is. In CSV, lists are
    JSON and a null is an empty cell.

    Args:
        settings: The data folder.
        target: The folder, made when it is missing.
        file_format: Parquet or CSV.
        with_tables: The tables too, also the texts.

    Raises:
        InputError: The folder holds something that is not an export.
        StoreError: There is no snapshot, or the disk refuses.
    """
    check_target(target, name=_PACKAGE_NAME, what="an export", verb="export")
    failed, errors = f"the export to {target} failed", (OSError, duckdb.Error)
    with (
        replacing(target, failed=failed, errors=errors) as folder,
        reading(settings) as con,
    ):
        relations = con.execute(_RELATIONS, {"tables": with_tables}).fetchall()
        meanings = _meanings(settings)
        resources = [
            _write(con, folder, (name, kind, comment or ""), file_format, meanings)
            for name, kind, comment in relations
        ]
        package = {
            "$schema": _SCHEMA,
            "name": _PACKAGE_NAME,
            "title": "Rare-earth policy timeline",
            "description": (
                "Views of the reeline store. Periods are half-open: an end day is the day after. "
                "A null is what the texts do not say."
            ),
            "resources": resources,
        }
        text = json.dumps(package, ensure_ascii=False, indent=2)
        (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    return [
        Exported(
            name=resource["name"],
            kind=resource["kind"],
            path=resource["path"],
            rows=resource["rows"],
            file_bytes=resource["bytes"],
        )
        for resource in resources
    ]


def _meanings(settings: Settings) -> dict[tuple[str, str], str]:
    rows = dictionary(settings)[["name", "column_name", "meaning"]].itertuples(index=False)
    return {(name, column): meaning for name, column, meaning in rows}


def _write(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    relation: tuple[str, str, str],
    file_format: ExportFormat,
    meanings: dict[tuple[str, str], str],
) -> dict[str, Any]:
    name, kind, comment = relation
    described = con.execute(f'DESCRIBE "{name}"').fetchall()
    columns = [(row[0], row[1]) for row in described]
    file = folder / f"{name}.{file_format.value}"
    as_csv = file_format is ExportFormat.CSV
    listed = ", ".join(_csv_cell(*column) if as_csv else f'"{column[0]}"' for column in columns)
    options = "FORMAT csv, HEADER" if as_csv else "FORMAT parquet, CODEC zstd"
    # Names come from the catalog, and a quote in the path is doubled: COPY takes no parameters.
    path = str(file).replace("'", "''")
    con.execute(f"COPY (SELECT {listed} FROM \"{name}\" ORDER BY ALL) TO '{path}' ({options})")  # noqa: S608
    counted = con.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return {
        "name": name,
        "kind": kind,
        "path": file.name,
        "description": comment,
        "format": file_format.value,
        "mediatype": _MEDIA_TYPES[file_format],
        "encoding": "utf-8",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{digest}",
        "rows": int(counted[0]) if counted else 0,
        "schema": {
            "fields": [
                {
                    "name": column,
                    "type": _field_type(data_type),
                    "description": meanings.get((name, column)) or comment,
                }
                for column, data_type in columns
            ],
            "missingValues": [""],
        },
    }


def _csv_cell(column: str, data_type: str) -> str:
    """Return the SQL of a cell; lists become JSON and instants ISO 8601, as Frictionless asks."""
    kind = _field_type(data_type)
    if kind == "array":
        return f'to_json("{column}") AS "{column}"'
    if kind == "datetime":
        return f'strftime("{column}", \'%Y-%m-%dT%H:%M:%S.%fZ\') AS "{column}"'
    return f'"{column}"'


def _field_type(data_type: str) -> str:
    return "array" if data_type.endswith("[]") else _FIELD_TYPES.get(data_type, "any")
