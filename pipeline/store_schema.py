"""The tables, views, macros and checks of `models/sql`, and the Arrow form of each table."""

from functools import lru_cache
from importlib.resources import files

import duckdb
import pyarrow as pa

from models.ids import sha256_hex

SCHEMA_VERSION = 1
# Order matters: tables before the views that read them, `timeline` before macros and checks.
_FOLDERS = ("tables", "views", "macros", "checks")
_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "VARCHAR[]": pa.list_(pa.string()),
    "DATE[]": pa.list_(pa.date32()),
}


@lru_cache(maxsize=1)
def schema_statements() -> tuple[str, ...]:
    """Return the SQL of every object; running it again changes nothing."""
    root = files("models").joinpath("sql")
    found: list[str] = []
    for folder in _FOLDERS:
        entries = sorted(root.joinpath(folder).iterdir(), key=lambda entry: entry.name)
        found += [entry.read_text(encoding="utf-8") for entry in entries if ".sql" in entry.name]
    return tuple(found)


@lru_cache(maxsize=1)
def schema_sha256() -> str:
    """Return the hash of all statements."""
    return sha256_hex("\n".join(schema_statements()).encode())


def create_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table, view, macro and check that is not there yet."""
    for statement in schema_statements():
        con.execute(statement)


@lru_cache(maxsize=1)
def arrow_schemas() -> dict[str, pa.Schema]:
    """Return the Arrow schema of each table, read from the tables themselves."""
    with duckdb.connect(":memory:") as con:
        create_schema(con)
        columns = con.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM duckdb_columns() AS c "
            "JOIN duckdb_tables() AS t USING (table_name) ORDER BY c.table_name, c.column_index"
        ).fetchall()
    fields: dict[str, list[pa.Field]] = {}
    for table, column, data_type in columns:
        fields.setdefault(table, []).append(pa.field(column, _ARROW[data_type]))
    return {table: pa.schema(members) for table, members in fields.items()}
