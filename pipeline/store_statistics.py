"""The monthly trade figures, made from the facts when these have changed.

They are made before a snapshot is published, so that no analyst sees older ones than the facts;
a loader that dies in between leaves a stamp that is not today's, and the next one makes them.
"""

from functools import lru_cache
from importlib.resources import files

import duckdb

from models.ids import stable_id
from pipeline.store_migrations import roll_back

_TABLE = "export_statistic"
_STAMP = "SELECT count(*), max(loaded_at), min(batch_id), max(batch_id) FROM load_log"


@lru_cache(maxsize=1)
def _statistics_sql() -> str:
    folder = files("models").joinpath("sql", "refresh")
    return folder.joinpath(f"{_TABLE}.sql").read_text(encoding="utf-8")


def write_statistics(con: duckdb.DuckDBPyConnection) -> None:
    """Make the monthly figures anew. Call it within a transaction."""
    con.execute("DELETE FROM export_statistic")
    con.execute(_statistics_sql())


def renew_statistics(con: duckdb.DuckDBPyConnection) -> bool:
    """Make the monthly figures anew when something was loaded since, or their rules changed.

    Returns:
        Whether rows were written.
    """
    loads = con.execute(_STAMP).fetchone() or ()
    stamp = stable_id(_statistics_sql(), *loads)
    known = con.execute("SELECT stamp FROM derived_state WHERE table_name = ?", [_TABLE])
    if known.fetchone() == (stamp,):
        return False
    con.execute("BEGIN")
    try:
        write_statistics(con)
        con.execute("DELETE FROM derived_state WHERE table_name = ?", [_TABLE])
        con.execute("INSERT INTO derived_state VALUES (?, ?)", [_TABLE, stamp])
        con.execute("COMMIT")
    except BaseException:
        roll_back(con)
        raise
    return True
