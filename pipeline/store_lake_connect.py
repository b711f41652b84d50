"""How a connection gets to the lake: extensions, catalog and data path, no password in messages."""

import re

import duckdb

from models.errors import SettingsError, StoreError
from pipeline.settings import Settings
from pipeline.store_extensions import OFFLINE, load_extension
from pipeline.store_lock import this_process

LAKE = "lake"
_PREFIX = "ducklake:postgres:"
# DuckLake tries a commit again when another writer's came first; the default of 10 lost rows
# with four writers in trials, 100 did not.
_RETRIES = 100
_PASSWORD = re.compile(r"(password\s*=\s*)('[^']*'|\S+)|(://[^:/@\s]+:)[^@\s]+(?=@)", re.IGNORECASE)


def where(settings: Settings) -> str:
    """Return the name of the lake in messages, without a password."""
    return f"the lake {_redacted(settings.store)}"


def attach_lake(settings: Settings, *, is_read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection whose default database is the lake.

    Raises:
        SettingsError: The setting names no lake.
        StoreError: An extension is missing, or the catalog cannot be reached.
    """
    catalog = f"{_PREFIX}{_conninfo(settings)}"
    options = [f"DATA_PATH {_quoted(settings.lake_data)}"]
    options += ["READ_ONLY"] if is_read_only else []
    con = duckdb.connect(":memory:", config=OFFLINE)
    try:
        for name in ("ducklake", "postgres_scanner"):
            load_extension(con, name)
        if "://" in settings.lake_data:  # reads AWS_ACCESS_KEY_ID and the like
            load_extension(con, "httpfs")
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"SET ducklake_max_retry_count = {_RETRIES}")
        con.execute(f"ATTACH {_quoted(catalog)} AS {LAKE} ({', '.join(options)})")
        con.execute(f"USE {LAKE}")
    except duckdb.Error as error:
        con.close()
        raise _unreachable(settings, error) from None  # the chain would show the password
    except BaseException:
        con.close()
        raise
    return con


def lake_cursor(lake: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return another connection to an attached lake, with transactions of its own."""
    con = lake.cursor()
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"USE {LAKE}")
    return con


def catalog_cursor(
    lake: duckdb.DuckDBPyConnection, settings: Settings
) -> duckdb.DuckDBPyConnection:
    """Return a connection to the PostgreSQL of the catalog, attached as `catalog`.

    Raises:
        StoreError: The catalog cannot be reached.
    """
    con = lake.cursor()
    try:
        con.execute(f"ATTACH {_quoted(_conninfo(settings))} AS catalog (TYPE postgres)")
    except duckdb.Error as error:
        con.close()
        raise _unreachable(settings, error) from None
    return con


def _conninfo(settings: Settings) -> str:
    """Return what libpq reads, with a name by which other writers see this process."""
    if not settings.store.startswith(_PREFIX):
        raise SettingsError(
            f"REELINE_STORE: expected {_PREFIX}dbname=... host=..., found "
            f"{_redacted(settings.store)!r}; leave it empty for a file in the data folder"
        )
    info = settings.store.removeprefix(_PREFIX)
    if "://" in info or "application_name" in info:
        return info
    return f"{info} application_name='reeline {this_process()}'"


def _unreachable(settings: Settings, error: duckdb.Error) -> StoreError:
    if "creating a new DuckLake is explicitly disabled" in str(error):  # read-only
        return StoreError(
            f"{where(settings)} cannot be opened: there is nothing yet; run `reeline ingest` or "
            "`reeline demo` first"
        )
    return StoreError(
        f"{where(settings)} cannot be opened: {_redacted(str(error))}; what was staged is kept, "
        "and the next run loads it"
    )


def _redacted(text: str) -> str:
    return _PASSWORD.sub(lambda m: f"{m[1] or m[3]}***", text)


def _quoted(text: str) -> str:
    """Return an SQL string: ATTACH takes no parameters."""
    return "'" + text.replace("'", "''") + "'"
