"""`reeline export`: the views as Parquet or CSV files."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err
from pipeline.settings import load_settings
from pipeline.store_export import ExportFormat, export
from pipeline.whole_folder import DESCRIPTION


def export_command(
    target: Annotated[
        Path, typer.Option("--to", metavar="DIR", help="Folder to write; replaced as a whole.")
    ],
    file_format: Annotated[
        ExportFormat, typer.Option("--format", help="What the files are.")
    ] = ExportFormat.PARQUET,
    tables: Annotated[
        bool, typer.Option("--tables", help="The tables too, also the texts.")
    ] = False,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Write every view to files, with a datapackage.json that explains each column.

    The same rows give the same bytes. Nothing half-written is ever seen in the folder.

        reeline export --to timeline-files
        reeline export --to timeline-csv --format csv --tables
    """
    files = export(
        load_settings(data), target.absolute(), file_format=file_format, with_tables=tables
    )
    rows = [
        {"file": file.path, "kind": file.kind, "rows": file.rows, "bytes": file.file_bytes}
        for file in files
    ]
    emit(pd.DataFrame(rows), as_json=as_json, as_csv=as_csv)
    err.print(f"{len(files)} files and {DESCRIPTION} in {target}")
