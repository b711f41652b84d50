"""`reeline cookbook`: questions with their SQL, and the answers from the snapshot."""

from typing import Annotated

import pandas as pd
import typer
from rich.text import Text

from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, out
from pipeline.cookbook import find_question, questions
from pipeline.settings import load_settings
from pipeline.store_read import query


def cookbook_command(
    question: Annotated[
        str | None,
        typer.Argument(help="Number, name, or words of a question.", show_default=False),
    ] = None,
    show_sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL only, to change it.")
    ] = False,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """List the questions that analysts ask, or answer one and show its SQL.

    reeline cookbook
    reeline cookbook 4
    reeline cookbook "in force" --csv
    reeline cookbook who_holds_licenses --sql | reeline sql -
    """
    if question is None:
        rows = [{"no": q.number, "question": q.text, "name": q.slug} for q in questions()]
        emit(pd.DataFrame(rows), as_json=as_json, as_csv=as_csv)
        return
    found = find_question(question)
    if show_sql:
        typer.echo(found.sql.rstrip())
        return
    frame = query(load_settings(data), found.sql)
    if not (as_json or as_csv):
        out.print(Text(found.text, style="bold"))
        out.print(Text(found.sql.strip(), style="dim"))
    emit(frame, as_json=as_json, as_csv=as_csv)
