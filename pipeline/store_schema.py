"""The Arrow form of each table, and the whole schema in one call.

How a database gets there is in `pipeline/store_migrations.py`, the SQL in `models/sql`.
"""

from functools import lru_cache

import duckdb
import pyarrow as pa

from pipeline.store_migrations import migrate

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
    "DOUBLE[]": pa.list_(pa.float64()),
}


def create_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Make every table, view, macro and check; doing it again changes nothing."""
    migrate(con)


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
