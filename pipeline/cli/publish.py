"""`reeline publish`: a folder with a feed, a calendar and data files, for others to build on."""

import re
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err
from pipeline.publish import publish
from pipeline.settings import load_settings

# What the Data Package standard allows.
_LICENSE_NAME = re.compile(r"[-A-Za-z0-9._]{1,80}")


def publish_command(
    target: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write; replaced as a whole.")
    ],
    license_name: Annotated[
        str, typer.Option("--license", help="License of the data, by its SPDX name.")
    ] = "Apache-2.0",
    entries: Annotated[int, typer.Option(min=1, help="Entries of the feed at most.")] = 500,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Write timeline.atom, timeline.ics, csv/, parquet/ and a datapackage.json that explains them.

    Ids stay the same when an event is revised. The same snapshot gives the same bytes, and
    nothing half-written is ever seen in the folder: let a web server show it.

        reeline publish site
        reeline publish site --license CC-BY-4.0 --entries 100
    """
    if not _LICENSE_NAME.fullmatch(license_name):
        raise typer.BadParameter(f"--license {license_name!r}: expected a name such as CC-BY-4.0")
    files = publish(
        load_settings(data), target.absolute(), license_name=license_name, entries=entries
    )
    rows = [{"file": file.path, "rows": file.rows, "bytes": file.file_bytes} for file in files]
    emit(pd.DataFrame(rows, dtype=object), as_json=as_json, as_csv=as_csv)
    err.print(f"{len(files)} files and a description in {target}", markup=False)
