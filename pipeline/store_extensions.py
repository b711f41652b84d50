"""DuckDB extensions from their Python packages: nothing is ever fetched from the network.

The packages are the optional extra `scale`; an extension fits one DuckDB version only.
"""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from models.errors import StoreError

# Nothing else may be loaded by the mere use of a function or a file name.
OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def load_extension(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load an extension into a connection from its package.

    Raises:
        StoreError: The package is missing, or made for another DuckDB.
    """
    # A path cannot be a parameter of LOAD.
    path = str(_extension_file(name)).replace("'", "''")
    try:
        con.execute(f"LOAD '{path}'")
    except duckdb.Error as error:
        raise StoreError(f"the DuckDB extension {path} cannot be loaded: {error}") from error


def _extension_file(name: str) -> Path:
    package = f"duckdb_extension_{name}"
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    wanted = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
    for folder in folders:
        file = Path(folder, "extensions", f"v{duckdb.__version__}", f"{name}.duckdb_extension")
        if file.is_file():
            return file
    raise StoreError(
        f"expected the package {wanted}, found "
        f"{'another version of it' if folders else 'none'}: `pip install 'reeline[scale]'`, "
        "and use the DuckDB version that it is made for"
    )
